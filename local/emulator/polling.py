"""Polling of queues and streams for the functions that read them, inside the emulator.

Polling starts after all saved state is loaded. By itself, the emulator would start as soon as the event
source mappings are loaded, and would continue from their saved positions in streams that are still empty.
Polling stops before the emulator exits, because a killed function leaves its work half done, for example a
mail that is sent but not recorded as sent.

Each event source mapping has a thread of its own, as on AWS. The emulator has one thread for all queues and
streams and runs the functions of streams in it, so a slow reader of a stream would delay all other readers
and queues. That thread also waits for 50 ms after each look that finds nothing. Here a new message or record
wakes the thread of its own mapping at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ministack.core.concurrency import esm_wake
from ministack.services import dynamodb, lambda_svc

POLL_INTERVAL_S = 0.01
# A reader that found something looks again after this time, so that messages that come one by one share a
# batch.
GATHER_S = 0.01

log = logging.getLogger(__name__)

Poll = Callable[[], bool]
Mappings = Callable[[], Iterator[tuple[str, str, dict[str, Any]]]]

# The UUID of the only event source mapping to poll; None polls all.
_only_mapping: ContextVar[str | None] = ContextVar("only_mapping", default=None)


class Polling:
    """The emulator's polling of queues and streams, stopped until `start`."""

    def __init__(self) -> None:
        """Replace the functions that the emulator's poll loop calls, and those that wake the loop."""
        self._stopped = True
        self._locks: list[threading.Lock] = []
        self._wake_events: dict[str, threading.Event] = {}
        self._sources: dict[str, list[threading.Event]] = {}
        self._mappings: Mappings = lambda_svc._iter_all_esms
        lambda_svc._iter_all_esms = self._polled_mappings
        self._polls = {"sqs": lambda_svc._poll_sqs, "dynamodb": lambda_svc._poll_dynamodb_streams}
        lambda_svc._poll_sqs = self._wake_all
        lambda_svc._poll_dynamodb_streams = lambda: False
        self._wake_at_messages()
        self._wake_at_records()

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

    def _wake_at_messages(self) -> None:
        """Wake the readers of queues when the emulator wakes its own loop, for example at a new message."""
        wake_loop = esm_wake.set

        def wake() -> None:
            wake_loop()
            for event in self._sources.get("sqs", ()):
                event.set()

        vars(esm_wake)["set"] = wake

    def _wake_at_records(self) -> None:
        """Wake the readers of a table's stream at a new record."""
        emit = dynamodb._emit_stream_event

        def emitted(table: str, *given: Any, **named: Any) -> None:
            emit(table, *given, **named)
            for event in self._sources.get(f"table/{table}", ()):
                event.set()

        dynamodb._emit_stream_event = emitted

    def _wake_all(self) -> bool:
        """Wake each mapping's own thread. This method replaces the emulator's poll of queues.

        The emulator's loop calls it at least every second, so that the readers find new mappings' work and
        messages that have become visible again.
        """
        for _, _, mapping in self._mappings():
            service = mapping.get("EventSourceArn", "").split(":")[2:3]
            if service and service[0] in self._polls:
                self._wake_event(mapping).set()
        return False

    def _wake_event(self, mapping: dict[str, Any]) -> threading.Event:
        name, source = mapping["UUID"], mapping["EventSourceArn"]
        if name not in self._wake_events:
            event = self._wake_events[name] = threading.Event()
            service, resource = source.split(":")[2], source.split(":", 5)[5]
            key = "sqs" if service == "sqs" else resource.partition("/stream/")[0]
            self._sources.setdefault(key, []).append(event)
            poll = self._with_lock(self._polls[service])
            threading.Thread(target=self._read, args=[name, poll, event], daemon=True).start()
        return self._wake_events[name]

    def _with_lock(self, poll: Poll) -> Poll:
        """Return a function that calls `poll` under a new lock, but does nothing while polling is stopped."""
        lock = threading.Lock()
        self._locks.append(lock)

        def locked_poll() -> bool:
            with lock:
                return not self._stopped and poll()

        return locked_poll

    def _read(self, mapping: str, poll: Poll, wake: threading.Event) -> None:
        """Read a mapping's source to its end at each wake-up. A failed poll is retried at the next one."""
        _only_mapping.set(mapping)  # only in this thread
        while wake.wait():
            wake.clear()
            while self._poll_once(poll):
                time.sleep(GATHER_S)

    @staticmethod
    def _poll_once(poll: Poll) -> bool:
        try:
            return poll()
        except Exception:
            log.exception(
                "a queue or stream could not be read"
            )  # logged and retried, as in the emulator's loop
            return False
