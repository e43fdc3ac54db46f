"""Mails to the customers of accounts about their orders, by SES, and what becomes of each mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.order_notifications import CUSTOMERS_ONLY, OrderNotifications
from components.policy import Statement, allow, deny_plain_http, document, send_by_topic
from components.queues import RECEIVE, close_queue, dead_letter_queue, event_queue, map_queue

TIMEOUT = 60  # seconds; of a batch with slow calls, the function leaves the rest in the queue


@dataclass(frozen=True, kw_only=True)
class CustomerMailsArgs:
    """The tables that are read, the announcer with topic and ledger, and what a mail says of the shop.

    `mail_from` is the ARN of an SES mailbox identity of this account and region. `vat` has the rates in
    hundredths of a percent by VAT class, or nothing if none is known.
    """

    orders: aws.dynamodb.Table
    products: aws.dynamodb.Table
    notifications: OrderNotifications
    mail_from: str
    shop_name: str
    shop_address: Sequence[str]
    vat: Mapping[str, int]
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool

    @property
    def address(self) -> str:
        """The e-mail address of the sender."""
        return self.mail_from.rpartition("/")[2]


class CustomerMails(pulumi.ComponentResource):
    """The queue of mails, the function that sends them, and the way back of what SES says about them.

    `add_mailer` declares all but the queues. It must be called once the address of the storefront is known,
    which is after the dead letters, and these need the queues.
    """

    mailer: Function

    def __init__(
        self, name: str, args: CustomerMailsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:CustomerMails", name, None, opts)
        self._name, self._args = name, args
        self.dead_letters = dead_letter_queue(f"{name}-dead-letters", parent=self, protect=args.protect)
        self.queue = event_queue(
            f"{name}-queue", self.dead_letters, timeout=TIMEOUT, parent=self, protect=args.protect
        )
        self.register_outputs({"queue": self.queue.url})

    def add_mailer(self, shop_url: pulumi.Input[str], *, keeper: Function, sender: Function) -> None:
        """Declare the function, which links to the storefront, and feed its queue.

        `keeper` keeps the dead letters, and `sender` sends them again.
        """
        events = self._configuration_set()
        topic = self._events_topic(events)
        self.mailer = self._mailer(shop_url, events)
        map_queue(
            f"{self._name}-mail-mapping",
            self.queue,
            self.mailer,
            batch_size=10,
            parent=self,
        )
        self._close_queues(topic, keeper, sender)
        self._publish_events(events, topic)

    def _configuration_set(self) -> aws.ses.ConfigurationSet:
        return aws.ses.ConfigurationSet(f"{self._name}-events", opts=pulumi.ResourceOptions(parent=self))

    def _events_topic(self, events: aws.ses.ConfigurationSet) -> aws.sns.Topic:
        # Without encryption, because SES cannot publish to a topic encrypted with alias/aws/sns, and a key of
        # our own costs $1 a month. The queue behind it is encrypted.
        topic = aws.sns.Topic(f"{self._name}-events-topic", opts=pulumi.ResourceOptions(parent=self))
        aws.sns.TopicPolicy(
            f"{self._name}-events-topic-policy",
            arn=topic.arn,
            policy=document(
                {
                    "Sid": "OnlyThisConfigurationSet",
                    "Effect": "Allow",
                    "Principal": {"Service": "ses.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": topic.arn,
                    "Condition": {
                        "StringEquals": {
                            "aws:SourceAccount": aws.get_caller_identity().account_id,
                            "aws:SourceArn": events.arn,
                        }
                    },
                },
                deny_plain_http(["sns:Publish"], [topic.arn]),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return topic

    def _mailer(self, shop_url: pulumi.Input[str], events: aws.ses.ConfigurationSet) -> Function:
        args = self._args
        letterhead = {
            "name": args.shop_name,
            "address": list(args.shop_address),
            "url": shop_url,
            "address_from": args.address,
            "vat": dict(args.vat),
        }
        return Function(
            f"{self._name}-mail",
            FunctionArgs(
                module="mail_customers",
                permissions=self._permissions(events),
                environment={
                    "SHOP_ORDERS_TABLE": args.orders.name,
                    "SHOP_PRODUCTS_TABLE": args.products.name,
                    "SHOP_NOTIFICATIONS_TABLE": args.notifications.ledger.name,
                    "SHOP_MAILS_QUEUE_URL": self.queue.url,
                    "SHOP_MAILS_DLQ_URL": self.dead_letters.url,
                    "SHOP_MAIL_EVENTS": events.name,
                    "SHOP_CUSTOMER_MAIL": pulumi.Output.json_dumps(
                        letterhead, sort_keys=True, ensure_ascii=False
                    ),
                },
                log_retention_days=args.log_retention_days,
                timeout=TIMEOUT,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _permissions(self, events: aws.ses.ConfigurationSet) -> list[Statement]:
        args = self._args
        use_ledger = ("dynamodb:BatchGetItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate")
        return [
            allow(["dynamodb:GetItem"], [args.orders.arn]),
            # The VAT classes of the products.
            allow(["dynamodb:BatchGetItem"], [args.products.arn]),
            allow([*use_ledger, "dynamodb:UpdateItem"], [args.notifications.ledger.arn]),
            allow([*RECEIVE, "sqs:ChangeMessageVisibility"], [self.queue.arn]),
            allow(["sqs:SendMessage"], [self.dead_letters.arn]),
            {
                **allow(["ses:SendEmail"], [args.mail_from, events.arn]),
                "Condition": {"StringEquals": {"ses:FromAddress": args.address}},
            },
        ]

    def _close_queues(self, events: aws.sns.Topic, keeper: Function, sender: Function) -> None:
        operators, topic = self._args.operator_arns, self._args.notifications.topic
        closed = close_queue(
            f"{self._name}-queue-policy",
            self.queue,
            principals=[self.mailer.role.arn, sender.role.arn, *operators],
            allowed=[send_by_topic(self.queue.arn, topic.arn, events.arn)],
            parent=self,
        )
        close_queue(
            f"{self._name}-dead-letters-policy",
            self.dead_letters,
            principals=[self.mailer.role.arn, keeper.role.arn, *operators],
            parent=self,
        )
        for role, one, wanted in (("orders", topic, CUSTOMERS_ONLY), ("returns", events, None)):
            aws.sns.TopicSubscription(
                f"{self._name}-{role}",
                topic=one.arn,
                protocol="sqs",
                endpoint=self.queue.arn,
                filter_policy=wanted,
                raw_message_delivery=True,
                # SNS drops what a queue refuses.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[closed]),
            )

    def _publish_events(self, events: aws.ses.ConfigurationSet, topic: aws.sns.Topic) -> None:
        aws.ses.EventDestination(
            f"{self._name}-destination",
            configuration_set_name=events.name,
            enabled=True,
            matching_types=["bounce", "complaint"],
            sns_destination={"topic_arn": topic.arn},
            opts=pulumi.ResourceOptions(parent=self),
        )
