"""Webhooks: events about orders for the systems of connected shops, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.order_notifications import EVENTS_ONLY
from components.policy import allow, send_by_topic
from components.queues import RECEIVE, close_queue, dead_letter_queue, event_queue, map_queue
from components.table import TableArgs, table

TIMEOUT = 60  # seconds; ten receivers of a batch that are slow take 50 if they belong to one shop
# So many batches at once: slow receivers hold some of them, and a new account may run ten functions.
MAX_CONCURRENCY = 5


@dataclass(frozen=True, kw_only=True)
class WebhooksArgs:
    """The table of shops, the topic with the events, and the settings of function and tables.

    `test_hosts` are hosts to which events may go without TLS, and which may be private.
    """

    shops: aws.dynamodb.Table
    topic: aws.sns.Topic
    test_hosts: Sequence[str]
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool


class Webhooks(pulumi.ComponentResource):
    """The queue of events, the function that sends them to webhooks, and the table of deliveries.

    `close_queues` must be called once the functions exist that send to the queues or empty them.
    """

    def __init__(self, name: str, args: WebhooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Webhooks", name, None, opts)
        self._name, self._args = name, args
        self.table = self._deliveries()
        self.dead_letters = dead_letter_queue(f"{name}-dead-letters", parent=self, protect=args.protect)
        self.queue = event_queue(
            f"{name}-queue", self.dead_letters, timeout=TIMEOUT, parent=self, protect=args.protect
        )
        self.test_hosts = " ".join(args.test_hosts)
        self.deliverer = self._deliverer()
        map_queue(
            f"{self._name}-deliver-mapping",
            self.queue,
            self.deliverer,
            batch_size=10,
            concurrency=MAX_CONCURRENCY,
            parent=self,
        )
        self.register_outputs({"table": self.table.name})

    def close_queues(self, *, keeper: Function, senders: Sequence[Function]) -> None:
        """Close the queues to all but the topic and these functions, and subscribe the queue to the topic."""
        operators = self._args.operator_arns
        closed = close_queue(
            f"{self._name}-queue-policy",
            self.queue,
            principals=[*(one.role.arn for one in (self.deliverer, *senders)), *operators],
            allowed=[send_by_topic(self.queue.arn, self._args.topic.arn)],
            parent=self,
        )
        close_queue(
            f"{self._name}-dead-letters-policy",
            self.dead_letters,
            principals=[*(one.role.arn for one in (self.deliverer, keeper)), *operators],
            parent=self,
        )
        aws.sns.TopicSubscription(
            f"{self._name}-events",
            topic=self._args.topic.arn,
            protocol="sqs",
            endpoint=self.queue.arn,
            filter_policy=EVENTS_ONLY,
            raw_message_delivery=True,  # the event alone, with the shop as an attribute
            # SNS drops what a queue refuses.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[closed]),
        )

    def _deliveries(self) -> aws.dynamodb.Table:
        args = TableArgs(key="shop", sort="deliveryID", expires=True, protect=self._args.protect)
        return table(f"{self._name}-deliveries", args, self)

    def _deliverer(self) -> Function:
        return Function(
            f"{self._name}-deliver",
            FunctionArgs(
                module="deliver_webhooks",
                permissions=[
                    allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._args.shops.arn]),
                    allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [self.table.arn]),
                    allow([*RECEIVE, "sqs:ChangeMessageVisibility"], [self.queue.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                ],
                environment={
                    "SHOP_SHOPS_TABLE": self._args.shops.name,
                    "SHOP_DELIVERIES_TABLE": self.table.name,
                    "SHOP_WEBHOOK_QUEUE_URL": self.queue.url,
                    "SHOP_WEBHOOK_DLQ_URL": self.dead_letters.url,
                    "SHOP_WEBHOOK_TEST_HOSTS": self.test_hosts,
                },
                log_retention_days=self._args.log_retention_days,
                timeout=TIMEOUT,
            ),
            pulumi.ResourceOptions(parent=self),
        )
