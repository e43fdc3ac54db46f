"""Polling of queues and streams for the functions that read them, inside the emulator.

Polling starts after all saved state is loaded. By itself, the emulator would start as soon as the event
source mappings are loaded, and would continue from their saved positions in streams that are still empty.
Polling stops before the emulator exits, because a killed function leaves its work half done, for example a
mail that is sent but not recorded as sent.

Each event source mapping of a stream has a thread of its own, as on AWS. The emulator has one thread for all
queues and streams and runs the functions of streams in it, so a slow reader of a stream would delay all
other readers and queues.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc

POLL_INTERVAL_S = 0.01

log = logging.getLogger(__name__)

Poll = Callable[[], bool]
Mappings = Callable[[], Iterator[tuple[str, str, dict[str, Any]]]]

# The UUID of the only event source mapping to poll; None polls all.
_only_mapping: ContextVar[str | None] = ContextVar("only_mapping", default=None)


class Polling:
    """The emulator's polling of queues and streams, stopped until `start`."""

    def __init__(self) -> None:
        """Replace the functions that the emulator's poll loop calls."""
        self._stopped = True
        self._locks: list[threading.Lock] = []
        self._wake_events: dict[str, threading.Event] = {}
        self._mappings: Mappings = lambda_svc._iter_all_esms
        self._poll_streams = lambda_svc._poll_dynamodb_streams
        lambda_svc._iter_all_esms = self._polled_mappings
        lambda_svc._poll_sqs = self._with_lock(lambda_svc._poll_sqs)
        lambda_svc._poll_dynamodb_streams = self._wake_readers

    def start(self) -> None:
        """Start to poll."""
        self._stopped = False

    def stop(self, seconds: float) -> None:
        """Stop polling, and return when the running functions have finished, or after `seconds`."""
        self._stopped = True
        until = time.monotonic() + seconds
        for lock in list(self._locks):  # a reader keeps its lock while the stream's function runs
            if lock.acquire(timeout=max(0.0, until - time.monotonic())):
                lock.release()
        while lambda_svc._esm_inflight and time.monotonic() < until:
            time.sleep(POLL_INTERVAL_S)

    def _polled_mappings(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        only = _only_mapping.get()
        return (one for one in self._mappings() if only in (None, one[2]["UUID"]))

    def _with_lock(self, poll: Poll) -> Poll:
        """Return a function that calls `poll` under a new lock, but does nothing while polling is stopped."""
        lock = threading.Lock()
        self._locks.append(lock)

        def locked_poll() -> bool:
            with lock:
                return not self._stopped and poll()

        return locked_poll

    def _wake_readers(self) -> bool:
        """Wake each mapping's own thread. This method replaces the emulator's poll of streams."""
        for _, _, mapping in self._mappings():
            if mapping.get("EventSourceArn", "").startswith("arn:aws:dynamodb:"):
                self._wake_event(mapping["UUID"]).set()
        return False

    def _wake_event(self, mapping: str) -> threading.Event:
        if mapping not in self._wake_events:
            self._wake_events[mapping] = threading.Event()
            threading.Thread(target=self._read_stream, args=[mapping], daemon=True).start()
        return self._wake_events[mapping]

    def _read_stream(self, mapping: str) -> None:
        """Read a mapping's stream to its end at each wake-up. A failed poll is retried at the next one."""
        _only_mapping.set(mapping)  # only in this thread
        poll, wake = self._with_lock(self._poll_streams), self._wake_events[mapping]
        while wake.wait():
            wake.clear()
            while self._poll_once(poll):
                pass

    @staticmethod
    def _poll_once(poll: Poll) -> bool:
        try:
            return poll()
        except Exception:
            log.exception("a stream could not be read")  # logged and retried, as in the emulator's own loop
            return False
