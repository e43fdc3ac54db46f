"""Run one module of measurements in a process of its own."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from bench.results import FailedRow, Row, Section

STOP_S = 20

Result = Row | FailedRow | Section


def measure(module: str, limit_s: float, *arguments: object) -> list[Result]:
    """Run one module in a process of its own. Return its results, and a failed row after an error.

    `arguments` are those of its function `rows`. After `limit_s` seconds, the process and every process that
    it started are stopped.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send_rows, args=(module, theirs, arguments))
    process.start()
    theirs.close()
    rows: list[Result] = []
    try:
        for row in _received(ours, time.monotonic() + limit_s):
            rows.append(row)  # one by one, because the rows before an error count
        process.join(STOP_S)
    except TimeoutError:
        rows.append(FailedRow(module, f"no end within {limit_s:.0f} s"))
    except EOFError:  # the process was killed
        rows.append(FailedRow(module, "its process ended early"))
    finally:
        _stop(process)
    return rows


def _received(connection: Connection, until: float) -> Iterator[Result]:
    """Yield each row that arrives, until None does. Raises TimeoutError and EOFError."""
    while connection.poll(max(0.0, until - time.monotonic())):
        row = connection.recv()
        if row is None:
            return
        yield row
    raise TimeoutError


def _send_rows(module: str, connection: Connection, arguments: Sequence[object]) -> None:
    """Send each row of a module, then None. This process begins a group, in which its own processes are."""
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that it stops what it has started
    try:
        for row in importlib.import_module(module).rows(*arguments):
            connection.send(row)
    except Exception as error:  # noqa: BLE001 - a failed measurement must not lose the rows of the others
        traceback.print_exc()
        connection.send(FailedRow(module, one_line(error)))
    connection.send(None)


def one_line(error: Exception) -> str:
    """Return an error's class and first line, with the names of files but no folders of this machine."""
    first = (str(error).splitlines() or [""])[0]
    without_folders = re.sub(r"(?:/[^/\s:]+)*/([^/\s:]+)", r"\1", first)
    return f"{type(error).__name__}: {without_folders}"


def _stop(process: SpawnProcess) -> None:
    assert process.pid, "the process was started"
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):  # every process of the group has ended
            os.killpg(process.pid, sign)
            process.join(STOP_S)
