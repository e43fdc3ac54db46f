"""SQS queues as every queue here is: encrypted, TLS only, closed to all but the roles named."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.policy import Arns, deny_all_but, deny_plain_http, document

DAY = 24 * 60 * 60
# The most that every version of the provider lets a queue take, attributes included. The largest order that
# holds to the schema has half of it.
MAX_MESSAGE_BYTES = 256 * 1024
# A dead letter is what was sent and its reason: a source queue takes a little less.
MAX_SOURCE_BYTES = 240 * 1024

# What moves messages. Never sqs:*, which would lock out whoever deploys, for ever.
MESSAGE_ACTIONS = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
)


def dead_letter_queue(name: str, *, parent: pulumi.Resource, protect: bool) -> aws.sqs.Queue:
    """Declare a queue for what could not be processed, kept for as long as SQS keeps anything."""
    return aws.sqs.Queue(
        name,
        max_message_size=MAX_MESSAGE_BYTES,
        # A dead letter's age counts from its first enqueue: more than any source queue keeps.
        message_retention_seconds=14 * DAY,
        sqs_managed_sse_enabled=True,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect, retain_on_delete=protect),
    )


def close_queue(
    name: str, queue: aws.sqs.Queue, *, principals: Arns, parent: pulumi.Resource
) -> aws.sqs.QueuePolicy:
    """Let only `principals` touch the queue's messages, and nobody without TLS.

    It grants nothing: what each of them may do stands in the role's own policy.
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
