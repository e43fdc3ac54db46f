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

LOOK_SECONDS = 0.01

log = logging.getLogger(__name__)

Poll = Callable[[], bool]
Mappings = Callable[[], Iterator[tuple[str, str, dict[str, Any]]]]

# The one mapping that a poll is about; None is all of them.
_alone: ContextVar[str | None] = ContextVar("alone", default=None)


class Feeding:
    """The emulator's polling of queues and streams, at rest until `begin`."""

    def __init__(self) -> None:
        """Stand between the emulator's poll loop and its polls."""
        self._resting = True
        self._turns: list[threading.Lock] = []
        self._readers: dict[str, threading.Event] = {}
        self._mappings: Mappings = lambda_svc._iter_all_esms
        self._read = lambda_svc._poll_dynamodb_streams
        lambda_svc._iter_all_esms = self._wanted
        lambda_svc._poll_sqs = self._guarded(lambda_svc._poll_sqs)
        lambda_svc._poll_dynamodb_streams = self._wake_readers

    def begin(self) -> None:
        """Hand out what there is."""
        self._resting = False

    def rest(self, seconds: float) -> None:
        """Hand out nothing from now on; return when all that was is done, or after some seconds."""
        self._resting = True
        until = time.monotonic() + seconds
        for turn in list(self._turns):  # a stream's function runs within its reader's turn
            if turn.acquire(timeout=max(0.0, until - time.monotonic())):
                turn.release()
        while lambda_svc._esm_inflight and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _wanted(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        wanted = _alone.get()
        return (one for one in self._mappings() if wanted in (None, one[2]["UUID"]))

    def _guarded(self, poll: Poll) -> Poll:
        """Give a poll turns of its own, and none while at rest."""
        turn = threading.Lock()
        self._turns.append(turn)

        def guarded() -> bool:
            with turn:
                return not self._resting and poll()

        return guarded

    def _wake_readers(self) -> bool:
        """In the place of the emulator's poll of streams: have each reader look for itself."""
        for _, _, mapping in self._mappings():
            if mapping.get("EventSourceArn", "").startswith("arn:aws:dynamodb:"):
                self._reader(mapping["UUID"]).set()
        return False

    def _reader(self, mapping: str) -> threading.Event:
        if mapping not in self._readers:
            self._readers[mapping] = threading.Event()
            threading.Thread(target=self._read_along, args=[mapping], daemon=True).start()
        return self._readers[mapping]

    def _read_along(self, mapping: str) -> None:
        """Read one mapping's stream to its end whenever woken; what fails is tried again at the next time."""
        _alone.set(mapping)  # each thread has a context of its own
        poll, woken = self._guarded(self._read), self._readers[mapping]
        while woken.wait():
            woken.clear()
            while self._went_on(poll):
                pass

    @staticmethod
    def _went_on(poll: Poll) -> bool:
        try:
            return poll()
        except Exception:
            log.exception("a stream could not be read")  # as the emulator's own loop: told, and tried again
            return False
