"""The number of messages in queues."""

from collections.abc import Sequence

from lambdas.platform import aws

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def of(queues: Sequence[str]) -> int:
    """Return how many messages the queues with these URLs have, hidden ones too.

    SQS counts approximately, and is right a minute after the last change (API Reference,
    "GetQueueAttributes"). Raises the errors of boto3.
    """
    answers = [
        aws.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=list(_COUNTS)) for queue in queues
    ]
    return sum(int(answer["Attributes"][name]) for answer in answers for name in _COUNTS)
