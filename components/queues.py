"""SQS queues that are encrypted, need TLS and accept only named roles."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.policy import Arns, deny_all_but, deny_plain_http, document

DAY = 24 * 60 * 60
# The largest limit that every version of Pulumi's AWS provider allows. Attributes count too. The largest
# valid order has half of this size.
MAX_MESSAGE_BYTES = 256 * 1024
# Smaller, because a dead letter is the message plus the reason of its failure.
MAX_SOURCE_BYTES = 240 * 1024

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
        sqs_managed_sse_enabled=True,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )


def close_queue(
    name: str, queue: aws.sqs.Queue, *, principals: Arns, parent: pulumi.Resource
) -> aws.sqs.QueuePolicy:
    """Deny the actions on messages to all but `principals`, and to everybody without TLS.

    The policy allows nothing. Each role in `principals` needs its own permissions too.
    """
    return aws.sqs.QueuePolicy(
        name,
        queue_url=queue.url,
        policy=document(
            deny_all_but(principals, MESSAGE_ACTIONS, queue.arn),
            deny_plain_http(MESSAGE_ACTIONS, [queue.arn]),
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )
