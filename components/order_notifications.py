"""Mail about orders: the orders table's stream, a function, a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.policy import allow, deny_plain_http, document
from components.queues import close_queue, dead_letter_queue
from components.stream import Patience, feed, may_read
from components.table import TableArgs, table

ANNOUNCED: tuple[dict[str, Any], ...] = (
    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["placed", "rejected"]}}}},
    {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["cancelled"]}}}},
)


@dataclass(frozen=True, kw_only=True)
class OrderNotificationsArgs:
    """Whose stream is watched, and who is told."""

    orders: aws.dynamodb.Table
    emails: Sequence[str]
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool
    patience: Patience = field(default_factory=Patience)


class OrderNotifications(pulumi.ComponentResource):
    """The topic with its subscribers, and the function that tells it what became of orders.

    The function comes second, by `announce`: its mails link to the site, and the site is in front of an API
    that counts the dead letters which are made here.
    """

    notifier: Function

    def __init__(
        self, name: str, args: OrderNotificationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:OrderNotifications", name, None, opts)
        self._name, self._args = name, args
        self.topic = self._topic()
        self._subscribe()
        self._ledger = self._ledger_table()
        self.dead_letters = self._dead_letters()
        self.register_outputs({"topic": self.topic.arn})

    def announce(self, site_url: pulumi.Input[str]) -> None:
        """Begin to tell what becomes of orders, in mails that link to the site."""
        self.notifier = self._notifier(site_url)
        self._close_dead_letters()
        self._watch_the_stream()

    def _topic(self) -> aws.sns.Topic:
        topic = aws.sns.Topic(
            f"{self._name}-topic",
            display_name="Order desk",
            kms_master_key_id="alias/aws/sns",
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicPolicy(
            f"{self._name}-topic-policy",
            arn=topic.arn,
            # Publish only: SNS refuses sns:* here. The notifier's own role is what lets it publish.
            policy=document(deny_plain_http(["sns:Publish"], [topic.arn])),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return topic

    def _subscribe(self) -> None:
        for email in self._args.emails:
            aws.sns.TopicSubscription(
                f"{self._name}-mail-{email}",
                topic=self.topic.arn,
                protocol="email",
                endpoint=email,
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
                    allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._ledger.arn]),
                    allow(["sns:Publish"], [self.topic.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                ],
                environment={
                    "SHOP_NOTIFICATIONS_TABLE": self._ledger.name,
                    "SHOP_TOPIC_ARN": self.topic.arn,
                    "SHOP_NOTIFICATION_DLQ_URL": self.dead_letters.url,
                    "SHOP_SITE_URL": site_url,
                },
                log_retention_days=self._args.log_retention_days,
                timeout=30,  # SNS is waited for long: asking twice may be two mails
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _close_dead_letters(self) -> None:
        close_queue(
            f"{self._name}-dead-letters-policy",
            self.dead_letters,
            principals=[self.notifier.role.arn, *self._args.operator_arns],
            parent=self,
        )

    def _watch_the_stream(self) -> None:
        feed(
            f"{self._name}-notify-mapping",
            self.notifier,
            self._args.orders,
            patterns=ANNOUNCED,
            dead_letters=self.dead_letters,
            patience=self._args.patience,
            parent=self,
        )
