"""The worker processes in which the emulator runs functions: their number, their start and their logs.

By itself, the emulator starts a worker for each invocation that finds none free. Here an invocation waits for
one, once its function has a worker for each processor, and a start is a fork (fork_server.py).

The emulator takes the log lines of one invocation from the worker's stderr. By itself, it waits until no line
has come for 5 ms, or for 50 ms after a function that prints nothing: longer than most functions work. Here
the worker writes a marker line after each invocation.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.emulator.fork_server import IS_SAFE, Forked, ForkServer

PROCESSORS = os.cpu_count() or 1
WAIT_S = 2.0  # then another worker starts, because the invocation may be awaited by the others

END_OF_LOG = "\x00end of the invocation's log"
LOG_TIMEOUT_S = 0.25  # the emulator's own limit, for a worker that was killed before it wrote its marker

_ANSWER = "        _real_stdout.flush()\n\nrun()"  # the last step of the worker's loop


def install() -> None:
    """Correct the emulator's handling of workers. Call it once, before the emulator starts."""
    _share_workers()
    _mark_end_of_log()
    if IS_SAFE:
        _fork_workers(ForkServer())


def _fork_workers(server: ForkServer) -> None:
    def start(command: list[str], **settings: Any) -> Any:
        if command[0] == sys.executable:
            with contextlib.suppress(ConnectionError):  # the fork server was killed
                return Forked(server, command[1], settings["cwd"], settings["env"])
        return subprocess.Popen(command, **settings)

    names = {name: getattr(subprocess, name) for name in subprocess.__all__}
    lambda_runtime.subprocess = SimpleNamespace(**{**names, "Popen": start})


def _share_workers() -> None:
    acquire, release = lambda_runtime.acquire_worker, lambda_runtime.release_worker
    released = threading.Condition()

    def acquire_shared(function: str, config: Any, code: bytes, qualifier: str = "$LATEST") -> Any:
        key = lambda_runtime._worker_key(function, config, qualifier)

        def is_one_free() -> bool:
            workers = lambda_runtime._workers.get(key, ())
            return len(workers) < PROCESSORS or not all(worker.in_use for worker in workers)

        with released:
            released.wait_for(is_one_free, WAIT_S)
            return acquire(function, config, code, qualifier)

    def release_shared(worker: Any) -> None:
        with released:
            release(worker)
            released.notify_all()

    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = acquire_shared, release_shared


def _mark_end_of_log() -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    marker = f"        sys.stderr.write({END_OF_LOG!r} + chr(10)); sys.stderr.flush()\n"
    if script.count(_ANSWER) != 1:
        raise RuntimeError("the emulator's worker has another form than this correction knows")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_ANSWER, marker + _ANSWER)
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drained(worker: Any, *given: Any, **named: Any) -> str:
        if not worker.config.get("Runtime", "python").startswith("python"):
            text: str = drain(worker, *given, **named)
            return text
        return read_log(worker._stderr_queue)

    lambda_runtime.Worker._drain_stderr_bounded = drained


def read_log(lines: queue.Queue[str]) -> str:
    """Return the lines up to the marker, which can stand behind a last line without a line break."""
    found, until = [], time.monotonic() + LOG_TIMEOUT_S
    while (left := until - time.monotonic()) > 0:
        try:
            line, is_last, _ = lines.get(timeout=left).partition(END_OF_LOG)
        except queue.Empty:
            break
        if line or not is_last:
            found.append(line)
        if is_last:
            break
    return "\n".join(found)
