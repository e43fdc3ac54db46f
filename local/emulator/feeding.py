"""What feeds the functions from queues and streams, inside the emulator: it can be brought to rest.

It begins once everything is loaded: the emulator would begin as soon as the mappings are, and go on from
where they stood in a stream that is not there yet. And it ends before the emulator goes: a function that is
cut off half-way has done half its work, such as a mail sent and not noted as sent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ministack.services import lambda_svc

POLLS = ("_poll_sqs", "_poll_dynamodb_streams")
LOOK_SECONDS = 0.01


class Feeding:
    """The emulator's polling of queues and streams, at rest until `begin`."""

    def __init__(self) -> None:
        """Stand between the emulator's poll loop and its polls."""
        self._round = threading.Lock()
        self._resting = True
        for name in POLLS:
            setattr(lambda_svc, name, self._guarded(getattr(lambda_svc, name)))

    def begin(self) -> None:
        """Hand out what there is."""
        self._resting = False

    def rest(self, seconds: float) -> None:
        """Hand out nothing from now on; return when all that was is done, or after some seconds."""
        self._resting = True
        until = time.monotonic() + seconds
        if self._round.acquire(timeout=seconds):  # a stream's function runs within its round
            self._round.release()
        while lambda_svc._esm_inflight and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _guarded(self, poll: Callable[[], bool]) -> Callable[[], bool]:
        def guarded() -> bool:
            with self._round:
                return not self._resting and poll()

        return guarded
