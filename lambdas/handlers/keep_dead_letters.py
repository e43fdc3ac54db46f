"""From the dead-letter queues to the table of dead letters, where they stay until somebody settles them."""

from typing import Any

from lambdas.platform import aws, log
from lambdas.shop import letter_intake


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Keep the messages of a batch; return those that must be delivered again."""
    failed = [record["messageId"] for record in event["Records"] if not _keep(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _keep(record: dict[str, Any], context: Any) -> bool:
    """Keep a message; return whether its queue may delete it."""
    fields = {"requestID": context.aws_request_id, "messageID": record["messageId"]}
    try:
        kept = letter_intake.keep(record)
    except Exception as error:  # noqa: BLE001 - one message must not fail the others of its batch
        log.failure("dead_letter.not_kept", error, code=aws.error_code(error), **fields)
        return False
    for letter_id, source, is_new in kept:
        log.event("dead_letter.kept", letterID=letter_id, source=source, isNew=is_new, **fields)
    return True
