"""SQS queues that are encrypted, need TLS and accept only named roles."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.function import Function
from components.policy import Arns, Statement, deny_all_but, deny_plain_http, document

DAY = 24 * 60 * 60
VISIBILITY_OF_DEAD_LETTERS = 60  # seconds; six times the timeout of the function that keeps them
# The smallest number that AWS takes. A new account may run 10 functions at once.
MAX_CONCURRENCY = 2
# A message is received again after each pause and every 15 minutes for 4 days, which is about 400 times. SQS
# takes no larger number. What can never succeed goes to the dead letters by the function itself, at once.
MAX_EVENT_RECEIVE_COUNT = 1000
# The largest limit that every version of Pulumi's AWS provider allows. Attributes count too. The largest
# valid order has half of this size.
MAX_MESSAGE_BYTES = 256 * 1024
# Smaller, because a dead letter is the message plus the reason of its failure.
MAX_SOURCE_BYTES = 240 * 1024

# The event source mapping of a queue needs these.
RECEIVE = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
# The actions on messages, which a queue's policy denies. Denying sqs:* would also deny later deployments.
MESSAGE_ACTIONS = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
)


def dead_letter_queue(name: str, *, parent: pulumi.Resource, protect: bool) -> aws.sqs.Queue:
    """Declare a queue that keeps failed messages as long as SQS allows."""
    return aws.sqs.Queue(
        name,
        max_message_size=MAX_MESSAGE_BYTES,
        # Longer than any source queue, because SQS deletes a message that it moved here by its whole age.
        message_retention_seconds=14 * DAY,
        visibility_timeout_seconds=VISIBILITY_OF_DEAD_LETTERS,
        sqs_managed_sse_enabled=True,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )


def again_queue(
    name: str, dead_letters: aws.sqs.Queue, *, timeout: int, parent: pulumi.Resource, protect: bool
) -> aws.sqs.Queue:
    """Declare the queue of what somebody sends again from the dead letters to a reader of the stream.

    `timeout` is that of the reader in seconds.
    """
    redrive = {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 5}
    return aws.sqs.Queue(
        name,
        max_message_size=MAX_MESSAGE_BYTES,
        # Together with the 13 days of redrive.py less than the 15 of the marks in order_journal.py.
        message_retention_seconds=DAY,
        visibility_timeout_seconds=6 * timeout,
        sqs_managed_sse_enabled=True,
        redrive_policy=pulumi.Output.json_dumps(redrive, sort_keys=True),
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )


def event_queue(
    name: str, dead_letters: aws.sqs.Queue, *, timeout: int, parent: pulumi.Resource, protect: bool
) -> aws.sqs.Queue:
    """Declare the queue of events for somebody outside, which are tried for 4 days.

    `timeout` is that of its function in seconds.
    """
    redrive = {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": MAX_EVENT_RECEIVE_COUNT}
    return aws.sqs.Queue(
        name,
        max_message_size=MAX_MESSAGE_BYTES,
        # Shorter than that of the dead letters, and longer than the 4 days.
        message_retention_seconds=7 * DAY,
        visibility_timeout_seconds=6 * timeout,
        sqs_managed_sse_enabled=True,
        redrive_policy=pulumi.Output.json_dumps(redrive, sort_keys=True),
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )


def map_queue(
    name: str,
    queue: aws.sqs.Queue,
    reader: Function,
    *,
    batch_size: int = 1,
    concurrency: int = MAX_CONCURRENCY,
    parent: pulumi.Resource,
) -> aws.lambda_.EventSourceMapping:
    """Map a queue to its reader. `concurrency` is the number of batches at once."""
    return aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=queue.arn,
        function_name=reader.function.arn,
        batch_size=batch_size,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config={"maximum_concurrency": concurrency},
        # AWS allows only one mapping of a queue to a function, so the old one must be deleted first.
        opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True, depends_on=[reader.policy]),
    )


def close_queue(
    name: str,
    queue: aws.sqs.Queue,
    *,
    principals: Arns,
    allowed: Sequence[Statement] = (),
    parent: pulumi.Resource,
) -> aws.sqs.QueuePolicy:
    """Deny the actions on messages to all but `principals`, and to everybody without TLS.

    The policy allows nothing but the statements `allowed`. Each role in `principals` needs its own
    permissions too.
    """
    return aws.sqs.QueuePolicy(
        name,
        queue_url=queue.url,
        policy=document(
            *allowed,
            deny_all_but(principals, MESSAGE_ACTIONS, queue.arn),
            deny_plain_http(MESSAGE_ACTIONS, [queue.arn]),
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )
