"""Messages of a queue that are tried until they succeed, but never again after a fault that stays."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lambdas.platform import aws, batches, dead_letters, log, tables, visibility
from lambdas.platform.errors import UndeliverableError
from lambdas.shop.order_message import Message

_RETRY_MS = 30_000  # after a fault that passes, such as a table that is too busy
_TRANSIENT_ERRORS: tuple[type[Exception], ...] = (
    *aws.AWS_ERRORS,
    batches.BusyError,
    tables.ConditionFailedError,
)


class Work(NamedTuple):
    """The messages of one queue: their name in the log and in reasons, and the variables with its URLs.

    `min_time_ms` is how long one message takes at most.
    """

    event: str
    noun: str
    queue: str
    dead: str
    min_time_ms: int

    def wait(
        self, message: Message, process: Callable[[Message], int | None], left: Callable[[], int]
    ) -> int | None:
        """Process a message; return the milliseconds until its next try, or None if it is done.

        A message that can never succeed goes to the dead letters.
        """
        if left() < self.min_time_ms:
            return 0
        try:
            return process(message)
        except _TRANSIENT_ERRORS as error:
            if tables.is_refusal(error):
                return self._send_to_dead_letters(message, error)
            code = aws.error_code(error)
            log.failure(f"{self.event}.failed", error, code=code, messageID=message.message_id)
            return _RETRY_MS
        except Exception as error:  # noqa: BLE001 - one message must not take the others to the dead letters
            return self._send_to_dead_letters(message, error)

    def answer(self, messages: Sequence[Message], waits: Mapping[str, int]) -> dict[str, object]:
        """Hide messages until their next try, by ID in milliseconds; return the answer of the function."""
        left = [one for one in messages if one.message_id in waits]
        pauses = [(one.receipt, -(-waits[one.message_id] // 1000)) for one in left]
        visibility.hide(os.environ[self.queue], pauses)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in waits]}

    def _send_to_dead_letters(self, message: Message, error: Exception) -> int | None:
        is_refused = isinstance(error, UndeliverableError)
        reason = str(error) if is_refused else f"{type(error).__name__}: {error}"
        log.failure(f"{self.event}.failed", error, messageID=message.message_id)
        try:
            dead_letters.send(
                os.environ[self.dead],
                message.body,
                f"this {self.noun} could not be sent: {reason}",
                message.message_id,
                message.attributes,
            )
        except aws.AWS_ERRORS as failure:
            log.failure(f"{self.event}.not_dead_lettered", failure, messageID=message.message_id)
            return _RETRY_MS
        return None
