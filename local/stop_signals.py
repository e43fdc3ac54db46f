"""The signals that stop `python -m local up`: they raise `Stopped` in the main thread."""

from __future__ import annotations

import signal
import sys
import threading

STOP_REQUESTED = threading.Event()
STOP_SIGNALS = (signal.SIGALRM, signal.SIGINT, signal.SIGTERM)
SIGNAL_INTERVAL_S = 0.5


class Stopped(KeyboardInterrupt):
    """Ctrl-C or SIGTERM. The base class is KeyboardInterrupt, because asyncio catches ordinary exceptions."""


def handle_signals() -> None:
    """Raise `Stopped` in the main thread at Ctrl-C and SIGTERM."""

    def stop(*_: object) -> None:
        STOP_REQUESTED.set()
        # Repeat the signal until the process ends, because an exception in a callback or destructor is lost.
        signal.setitimer(signal.ITIMER_REAL, SIGNAL_INTERVAL_S)
        raise Stopped

    def unraisable(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type is not Stopped:
            sys.__unraisablehook__(lost)

    for one in STOP_SIGNALS:
        signal.signal(one, stop)
    sys.unraisablehook = unraisable


def ignore_signals() -> None:
    """Ignore further stop signals."""
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def pause(seconds: float) -> None:
    """Wait in a background thread, which gets no signals. Raises `Stopped` as soon as a stop is requested."""
    if STOP_REQUESTED.wait(seconds):
        raise Stopped
