"""Faults that tests cause on purpose: a network that is cut, and functions that are killed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from pathlib import Path

_CHUNK = 65_536


class Relay:
    """Passes connections on to a port of this machine until the network is cut."""

    def __init__(self, port: int) -> None:
        """Listen at a free port, and pass on what arrives to `port`."""
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> int:
        """Break all connections, and refuse new ones until `mend`. Return how many were open."""
        self._is_cut.set()
        with self._lock:
            broken = list(self._open)
        for one in broken:
            _close(one)
        return len(broken) // 2

    def mend(self) -> None:
        """Pass new connections on again."""
        self._is_cut.clear()

    def close(self) -> None:
        """Break everything for good."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                theirs, _ = self._listener.accept()
                if self._is_cut.is_set():
                    _close(theirs)
                    continue
                ours = socket.create_connection(("127.0.0.1", self._target))
                with self._lock:
                    self._open |= {theirs, ours}
                for ends in ((theirs, ours), (ours, theirs)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                target.sendall(data)
        with self._lock:
            self._open -= {source, target}
        for one in (source, target):
            _close(one)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def kill_functions(emulator: int) -> int:
    """Kill each process in which the emulator runs a function now. Return how many there were.

    `emulator` is the emulator's process. Its functions run in the children of its fork server.
    """
    parents = _parents()
    servers = {one for one, parent in parents.items() if parent == emulator}
    workers = [one for one, parent in parents.items() if parent in servers]
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return len(workers)


def _parents() -> dict[int, int]:
    """Return the parent of each process, from the fourth field of its `stat` (proc_pid_stat(5))."""
    found: dict[int, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            found[int(file.parent.name)] = int(file.read_text().rpartition(")")[2].split()[1])
    return found
