"""Access to the local system: its listening addresses, its files, and pages of other origins."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.system import System

PROC = Path("/proc")
LISTENING = "0A"  # the state in /proc/net/tcp
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # 127.0.0.1 and ::1


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all processes that it has started."""
    yield pid
    for status in PROC.glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # the process has ended
            if f"\nPPid:\t{pid}\n" in status.read_text():
                yield from _family(int(status.parent.name))


def _sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    links = []
    for file in (PROC / str(pid) / "fd").iterdir():
        with contextlib.suppress(OSError):  # the file is closed
            links.append(str(file.readlink()))
    return {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}


def _listeners() -> dict[str, tuple[str, int]]:
    """Return the address and port of each listening TCP socket of this machine, by its inode."""
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in (PROC / "net" / table).read_text().splitlines()[1:]
    ]
    return {
        line[9]: (line[1].split(":")[0], int(line[1].split(":")[1], 16))
        for line in lines
        if line[3] == LISTENING
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the sockets of a process in /proc")
def test_the_system_listens_at_three_ports_of_the_loopback_only(system: System) -> None:
    assert system.process
    system.call("GET", "/orders")  # so that a function has run
    sockets = {one for pid in _family(system.process.pid) for one in _sockets(pid)}
    found = [where for inode, where in _listeners().items() if inode in sockets]
    assert {address for address, _ in found} <= LOOPBACK
    others = {urlsplit(system.outputs[name]).port for name in ("apiUrl", "shopUrl")}
    assert {port for _, port in found} == {system.port, *others}


def test_only_the_owner_has_rights_to_the_files(system: System) -> None:
    state = system.folder / "state"
    paths = [state, *(path for path in state.rglob("*") if not path.is_symlink())]
    assert len(paths) > 50
    assert [path for path in paths if path.exists() and path.stat().st_mode & 0o077] == []
