"""What feeds the functions from queues and streams, inside the emulator: it can be brought to rest.

It begins once everything is loaded: the emulator would begin as soon as the mappings are, and go on from
where they stood in a stream that is not there yet. And it ends before the emulator goes: a function that is
cut off half-way has done half its work, such as a mail sent and not noted as sent.

Streams are read side by side, each mapping by a thread of its own, as AWS reads them. The emulator by itself
has one thread for all queues and streams, and runs a stream's function within it: whoever reads a stream
would wait for its other readers, and so would the queues.
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

# The one mapping that a poll is about; None is all of them.
_only_mapping: ContextVar[str | None] = ContextVar("only_mapping", default=None)


class Polling:
    """The emulator's polling of queues and streams, at rest until `begin`."""

    def __init__(self) -> None:
        """Stand between the emulator's poll loop and its polls."""
        self._stopped = True
        self._locks: list[threading.Lock] = []
        self._wake_events: dict[str, threading.Event] = {}
        self._mappings: Mappings = lambda_svc._iter_all_esms
        self._poll_streams = lambda_svc._poll_dynamodb_streams
        lambda_svc._iter_all_esms = self._polled_mappings
        lambda_svc._poll_sqs = self._with_lock(lambda_svc._poll_sqs)
        lambda_svc._poll_dynamodb_streams = self._wake_readers

    def start(self) -> None:
        """Hand out what there is."""
        self._stopped = False

    def stop(self, seconds: float) -> None:
        """Hand out nothing from now on; return when all that was is done, or after some seconds."""
        self._stopped = True
        until = time.monotonic() + seconds
        for lock in list(self._locks):  # a stream's function runs within its reader's turn
            if lock.acquire(timeout=max(0.0, until - time.monotonic())):
                lock.release()
        while lambda_svc._esm_inflight and time.monotonic() < until:
            time.sleep(POLL_INTERVAL_S)

    def _polled_mappings(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        only = _only_mapping.get()
        return (one for one in self._mappings() if only in (None, one[2]["UUID"]))

    def _with_lock(self, poll: Poll) -> Poll:
        """Give a poll turns of its own, and none while at rest."""
        lock = threading.Lock()
        self._locks.append(lock)

        def locked_poll() -> bool:
            with lock:
                return not self._stopped and poll()

        return locked_poll

    def _wake_readers(self) -> bool:
        """In the place of the emulator's poll of streams: have each reader look for itself."""
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
        """Read one mapping's stream to its end whenever woken; what fails is tried again at the next time."""
        _only_mapping.set(mapping)  # each thread has a context of its own
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
            log.exception("a stream could not be read")  # as the emulator's own loop: told, and tried again
            return False
