"""Mail about orders: the orders table's stream, a function, a topic."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.policy import allow, deny_plain_http, document
from components.queues import close_queue, dead_letter_queue
from components.table import TableArgs, table

HOUR = 60 * 60
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")

# Only texts are compared: numbers compare as text here, and what does not match is skipped for good.
ANNOUNCED: tuple[dict[str, Any], ...] = (
    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["placed", "rejected"]}}}},
    {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["cancelled"]}}}},
)


@dataclass(frozen=True, kw_only=True)
class OrderNotificationsArgs:
    """Whose stream is watched, who is told, and where the mail's links lead.

    `max_retries` and `max_age_hours` bound how long a fault at AWS may hold up a shard of the stream;
    after that the records' positions go to the dead letters.
    """

    orders: aws.dynamodb.Table
    emails: Sequence[str]
    site_url: pulumi.Input[str]
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool
    max_retries: int = 50
    max_age_hours: int = 12

    def __post_init__(self) -> None:
        if not 1 <= self.max_retries <= 10_000:
            raise ValueError(f"max_retries must be between 1 and 10000, got {self.max_retries}")
        if not 1 <= self.max_age_hours < 24:
            raise ValueError(f"max_age_hours must be below the stream's 24, got {self.max_age_hours}")


class OrderNotifications(pulumi.ComponentResource):
    """The topic with its subscribers, and the function that tells it what became of orders."""

    def __init__(
        self, name: str, args: OrderNotificationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:OrderNotifications", name, None, opts)
        self._name, self._args = name, args
        self.topic = self._topic()
        self._subscribe()
        self._ledger = self._ledger_table()
        self.dead_letters = self._dead_letters()
        self.notifier = self._notifier()
        self._close_dead_letters()
        self._watch_the_stream()
        self.register_outputs({"topic": self.topic.arn})

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

    def _notifier(self) -> Function:
        return Function(
            f"{self._name}-notify",
            FunctionArgs(
                module="notify",
                permissions=[
                    allow(READ_STREAM, [self._args.orders.stream_arn]),
                    # AWS knows no narrower resource for this one than everything.
                    allow(["dynamodb:ListStreams"], ["*"]),
                    allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._ledger.arn]),
                    allow(["sns:Publish"], [self.topic.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                ],
                environment={
                    "SHOP_NOTIFICATIONS_TABLE": self._ledger.name,
                    "SHOP_TOPIC_ARN": self.topic.arn,
                    "SHOP_NOTIFICATION_DLQ_URL": self.dead_letters.url,
                    "SHOP_SITE_URL": self._args.site_url,
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
        filters: list[aws.lambda_.EventSourceMappingFilterCriteriaFilterArgsDict] = [
            {"pattern": json.dumps(pattern, sort_keys=True)} for pattern in ANNOUNCED
        ]
        aws.lambda_.EventSourceMapping(
            f"{self._name}-notify-mapping",
            event_source_arn=self._args.orders.stream_arn,
            function_name=self.notifier.function.arn,
            starting_position="TRIM_HORIZON",  # LATEST loses what comes between create and start
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria={"filters": filters},
            # Without these four, one record that fails holds up its shard for a day.
            maximum_retry_attempts=self._args.max_retries,
            maximum_record_age_in_seconds=self._args.max_age_hours * HOUR,
            bisect_batch_on_function_error=True,
            destination_config={"on_failure": {"destination_arn": self.dead_letters.arn}},
            # The pair of stream and function may exist only once.
            opts=pulumi.ResourceOptions(
                parent=self, delete_before_replace=True, depends_on=[self.notifier.policy]
            ),
        )
