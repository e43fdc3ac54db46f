"""The announcements of orders: a function reads the orders table's stream and publishes to a topic.

Addresses and telephones get mails, and queues get events. The attributes of a message say which it has.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.policy import allow, deny_plain_http, document
from components.queues import RECEIVE, again_queue, close_queue, dead_letter_queue, map_queue
from components.stream import RetryPolicy, feed, may_read
from components.table import TableArgs, table

ANNOUNCED_CHANGES: tuple[dict[str, Any], ...] = (
    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["placed", "rejected"]}}}},
    {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["cancelled"]}}}},
)
# Every change of an order that a machine sent may be an event. The channel of an order never changes, and the
# tombstone of an erased one has none.
CHANGES_OF_MACHINES: dict[str, Any] = {
    "eventName": ["MODIFY"],
    "dynamodb": {"OldImage": {"channel": {"S": ["machine"]}}},
}
# A customer is told of this change too, although nobody at the shop is.
SHIPPED_TO_CUSTOMERS: dict[str, Any] = {
    "eventName": ["MODIFY"],
    "dynamodb": {"OldImage": {"channel": {"S": ["customer"]}}, "NewImage": {"status": {"S": ["shipped"]}}},
}
# Always there, because a new policy takes effect within 15 minutes, in which everybody would get a mail about
# every event: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-apply.html
MAILS_ONLY = json.dumps({"mail": [{"exists": True}]})
EVENTS_ONLY = json.dumps({"event": [{"exists": True}]})
CUSTOMERS_ONLY = json.dumps({"customer": [{"exists": True}]})
# Seconds. Long enough for a slow call of SNS, because a second call may send a second mail.
TIMEOUT = 60
# BatchExecuteStatement needs the permissions of its statements, which add and replace leases.
USE_LEDGER = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
)


@dataclass(frozen=True, kw_only=True)
class OrderNotificationsArgs:
    """The orders table, whose stream the function reads, and the recipients of mails and of text messages.

    With `events`, changes of the orders of connected shops are announced too, and with `customers` the
    shipping of a customer's order.
    """

    orders: aws.dynamodb.Table
    emails: Sequence[str]
    phones: Sequence[str]
    events: bool
    customers: bool
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)


class OrderNotifications(pulumi.ComponentResource):
    """The topic with its subscribers, and the function that publishes to it.

    `add_notifier` declares the function, and must be called after the site exists, because the mails link to
    the site. The constructor cannot do this: the site needs the API, and the API needs this component's dead
    letter queue.
    """

    notifier: Function

    def __init__(
        self, name: str, args: OrderNotificationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:OrderNotifications", name, None, opts)
        self._name, self._args = name, args
        self.topic = self._topic()
        self._subscribe()
        self.ledger = self._ledger_table()
        self.dead_letters = self._dead_letters()
        self.again = again_queue(
            f"{name}-again", self.dead_letters, timeout=TIMEOUT, parent=self, protect=args.protect
        )
        self.register_outputs({"topic": self.topic.arn})

    def add_notifier(
        self, site_url: pulumi.Input[str], *, keeper: Function, senders: Sequence[Function]
    ) -> None:
        """Declare the function that mails about orders, with links to the site.

        `keeper` keeps its dead letters, and `senders` have mails sent again.
        """
        self.notifier = self._notifier(site_url)
        self._close_queues(keeper, senders)
        self._map_stream()
        map_queue(f"{self._name}-again-mapping", self.again, self.notifier, parent=self)

    def _topic(self) -> aws.sns.Topic:
        topic = aws.sns.Topic(
            f"{self._name}-topic",
            display_name="Order desk",  # the sender of mails, and the first words of text messages
            kms_master_key_id="alias/aws/sns",
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicPolicy(
            f"{self._name}-topic-policy",
            arn=topic.arn,
            # SNS refuses sns:* in a topic's policy. The notifier's own role allows it to publish.
            policy=document(deny_plain_http(["sns:Publish"], [topic.arn])),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return topic

    def _subscribe(self) -> None:
        mails = [("mail", "email", email) for email in self._args.emails]
        texts = [("text", "sms", phone) for phone in self._args.phones]
        for role, protocol, endpoint in (*mails, *texts):
            aws.sns.TopicSubscription(
                f"{self._name}-{role}-{endpoint}",
                topic=self.topic.arn,
                protocol=protocol,
                endpoint=endpoint,
                filter_policy=MAILS_ONLY,
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _ledger_table(self) -> aws.dynamodb.Table:
        args = TableArgs(key="notificationID", expires=True, protect=self._args.protect)
        return table(f"{self._name}-ledger", args, self)

    def _dead_letters(self) -> aws.sqs.Queue:
        return dead_letter_queue(f"{self._name}-dead-letters", parent=self, protect=self._args.protect)

    def _notifier(self, site_url: pulumi.Input[str]) -> Function:
        return Function(
            f"{self._name}-notify",
            FunctionArgs(
                module="notify",
                permissions=[
                    *may_read(self._args.orders),
                    allow(USE_LEDGER, [self.ledger.arn]),
                    allow(["sns:Publish"], [self.topic.arn]),
                    # A mail that somebody has sent again is about the stored order.
                    allow(["dynamodb:GetItem"], [self._args.orders.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                    allow(RECEIVE, [self.again.arn]),
                ],
                environment={
                    "SHOP_NOTIFICATIONS_TABLE": self.ledger.name,
                    "SHOP_ORDERS_TABLE": self._args.orders.name,
                    "SHOP_TOPIC_ARN": self.topic.arn,
                    "SHOP_NOTIFICATION_DLQ_URL": self.dead_letters.url,
                    "SHOP_SITE_URL": site_url,
                    "SHOP_NOTIFICATION_RECIPIENTS": " ".join((*self._args.emails, *self._args.phones)),
                },
                log_retention_days=self._args.log_retention_days,
                timeout=TIMEOUT,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _close_queues(self, keeper: Function, senders: Sequence[Function]) -> None:
        others = {self.dead_letters: ("dead-letters", [keeper]), self.again: ("again", senders)}
        for queue, (role, functions) in others.items():
            close_queue(
                f"{self._name}-{role}-policy",
                queue,
                principals=[
                    *(one.role.arn for one in (self.notifier, *functions)),
                    *self._args.operator_arns,
                ],
                parent=self,
            )

    def _map_stream(self) -> None:
        feed(
            f"{self._name}-notify-mapping",
            self.notifier,
            self._args.orders,
            patterns=[
                *ANNOUNCED_CHANGES,
                *([CHANGES_OF_MACHINES] if self._args.events else []),
                *([SHIPPED_TO_CUSTOMERS] if self._args.customers else []),
            ],
            dead_letters=self.dead_letters,
            retry_policy=self._args.retry_policy,
            parent=self,
        )
