"""Starts the emulator's Python workers as forks of one process that has imported boto3 already.

A new interpreter that imports boto3 takes some 400 ms of processor time, a fork some 5 ms. A system that
starts needs about ten workers. The emulator's own way to start one remains where forks are unsafe: on macOS,
whose libraries do not work in the fork of a process that has used them.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

DESCRIPTORS = 4  # stdin, stdout, stderr, and the end of a pipe that closes when the worker ends
IS_SAFE = sys.platform == "linux"


class ForkServer:
    """The other process, and the calls to it. It ends with this process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno())]
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )

    def close(self) -> None:
        """End the other process. Each of its workers ends as soon as the worker's stdin is closed."""
        self._channel.close()

    def fork(self, script: str, cwd: str, env: dict[str, str], descriptors: list[int]) -> int:
        """Start a worker with its folder, environment and descriptors; return its process ID."""
        with self._turn:
            request = json.dumps({"script": script, "cwd": cwd, "env": env}).encode()
            socket.send_fds(self._channel, [len(request).to_bytes(4)], descriptors)
            self._channel.sendall(request)
            return int.from_bytes(_read(self._channel, 4))


class Forked:
    """A worker, with those attributes of `subprocess.Popen` that the emulator uses."""

    def __init__(self, server: ForkServer, script: str, cwd: str, env: dict[str, str]) -> None:
        (stdin, ours_in), (ours_out, stdout), (ours_err, stderr), (self._alive, alive) = (
            os.pipe() for _ in range(DESCRIPTORS)
        )
        self.stdin = os.fdopen(ours_in, "w", buffering=1)
        self.stdout = os.fdopen(ours_out)
        self.stderr = os.fdopen(ours_err)
        theirs = [stdin, stdout, stderr, alive]
        try:
            self.pid = server.fork(script, cwd, env, theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def __del__(self) -> None:
        os.close(self._alive)

    def poll(self) -> int | None:
        """Return None while the worker runs, and then 0; nobody reads the status that it ended with."""
        return 0 if select.select([self._alive], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        """Return when the worker has ended, or raise TimeoutExpired after `timeout` seconds."""
        if not select.select([self._alive], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return 0

    def terminate(self) -> None:
        """Ask the worker to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the worker at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _serve(channel: socket.socket) -> None:
    """Fork a worker for each request, until the emulator has ended."""
    _import_what_functions_import()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system then collects workers that have ended
    while True:
        head, descriptors, _, _ = socket.recv_fds(channel, 4, DESCRIPTORS)
        if not head:
            return
        request = json.loads(_read(channel, int.from_bytes(head)))
        pid = os.fork()
        if pid == 0:
            channel.close()
            _become_worker(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.sendall(pid.to_bytes(4))


def _import_what_functions_import() -> None:
    import boto3

    session = boto3.Session("key", "secret", region_name="eu-west-1")
    for service in ("dynamodb", "sns", "sqs"):
        session.client(service)  # botocore imports most of its modules for the first client only


def _become_worker(request: dict[str, Any], descriptors: list[int]) -> None:
    """Run the worker's script as a new interpreter would, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = [request["script"]]
    sys.path.insert(0, str(Path(request["script"]).parent))
    status = 1
    try:
        runpy.run_path(request["script"], run_name="__main__")
        status = 0
    except BaseException:  # noqa: BLE001  # the interpreter would print it as well
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _read(channel: socket.socket, size: int) -> bytes:
    """Return the next `size` bytes."""
    read = b""
    while len(read) < size:
        part = channel.recv(size - len(read))
        if not part:
            raise ConnectionError("the fork server has ended")
        read += part
    return read


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
