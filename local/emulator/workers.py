"""The log lines of a function's invocation, read to their end without waiting.

A function runs in a worker process of the emulator, which takes the lines of one invocation from the worker's
stderr. By itself, the emulator waits until no line has come for 5 ms, or for 50 ms after a function that
prints nothing: longer than most functions work. Here the worker writes a marker line after each invocation.
"""

from __future__ import annotations

import queue
import time
from typing import Any

from ministack.core import lambda_runtime

END_OF_LOG = "\x00end of the invocation's log"
LOG_TIMEOUT_S = 0.25  # the emulator's own limit, for a worker that was killed before it wrote its marker

_ANSWER = "        _real_stdout.flush()\n\nrun()"  # the last step of the worker's loop


def install() -> None:
    """Make workers of Python functions write the marker, and make the emulator read up to the marker."""
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
