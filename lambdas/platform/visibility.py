"""Messages of a queue that are hidden until their next try."""

from collections.abc import Sequence

from lambdas.platform import aws, log


def hide(queue_url: str, pauses: Sequence[tuple[str, int]]) -> None:
    """Hide messages, each a receipt and the seconds of its pause; at most ten of one batch.

    If hiding fails, the messages return after the visibility timeout.
    """
    if not pauses:
        return
    entries: Sequence[dict[str, object]] = [
        {"Id": str(index), "ReceiptHandle": receipt, "VisibilityTimeout": pause}
        for index, (receipt, pause) in enumerate(pauses)
    ]
    try:
        response = aws.sqs().change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
    except aws.AWS_ERRORS as error:
        log.failure("back_off.failed", error, code=aws.error_code(error))
    else:
        log.event("back_off", messages=len(entries), refused=len(response.get("Failed", [])))
