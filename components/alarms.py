"""Alarms by mail: dead letters, a queue that falls behind, functions that fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function
from components.policy import deny_plain_http, document

MINUTE = 60
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """Who is told, and of what: the source queue, dead letters and functions by the word for each."""

    emails: Sequence[str]
    order_queue: aws.sqs.Queue
    dead_letters: Mapping[str, aws.sqs.Queue]
    functions: Mapping[str, Function]

    def __post_init__(self) -> None:
        if not self.emails:
            raise ValueError("emails must name at least one address, got none")


class Alarms(pulumi.ComponentResource):
    """A topic of its own, and one alarm for each thing that must not stay unseen."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Alarms", name, None, opts)
        self._name, self._args = name, args
        self.topic = self._topic()
        self._watch_dead_letters()
        self._watch_the_queue()
        self._watch_functions()
        self.register_outputs({"topic": self.topic.arn})

    def _topic(self) -> aws.sns.Topic:
        # No key: CloudWatch cannot publish to a topic under alias/aws/sns, and an alarm holds no secret.
        topic = aws.sns.Topic(
            f"{self._name}-topic",
            display_name="Order desk alarms",
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicPolicy(
            f"{self._name}-topic-policy",
            arn=topic.arn,
            # A policy replaces the topic's own one, which is what lets CloudWatch in.
            policy=document(
                {
                    "Sid": "AlarmsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": topic.arn,
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": aws.get_caller_identity().account_id}
                    },
                },
                deny_plain_http(["sns:Publish"], [topic.arn]),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for email in self._args.emails:
            aws.sns.TopicSubscription(
                f"{self._name}-mail-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return topic

    def _watch_dead_letters(self) -> None:
        for word, queue in self._args.dead_letters.items():
            # Depth and age; the number sent never counts what SQS moves there by itself.
            self._queue_alarm(
                f"{word}-waiting",
                queue,
                "ApproximateNumberOfMessagesVisible",
                above=0,
                says=f"There are {word}. docs/operate.md says how to read and redrive them.",
            )
            self._queue_alarm(
                f"{word}-expiring",
                queue,
                "ApproximateAgeOfOldestMessage",
                # What SQS moves there by itself keeps its age, so 7 days of the source may be gone already.
                above=5 * DAY,
                says=f"The oldest of the {word} has lain for 5 days and is deleted after 14, or after 7 "
                "where SQS moved it there itself.",
            )

    def _watch_the_queue(self) -> None:
        self._queue_alarm(
            "orders-late",
            self._args.order_queue,
            "ApproximateAgeOfOldestMessage",
            above=15 * MINUTE,
            says="An order has been waiting for 15 minutes: the writer cannot keep up.",
        )
        # The age leaves out what was received three times. What has failed is hidden between its tries, so
        # where nobody's order is stored there is never a moment without one.
        self._queue_alarm(
            "orders-stuck",
            self._args.order_queue,
            "ApproximateNumberOfMessagesNotVisible",
            statistic="Minimum",
            above=0,
            periods=3,
            says="For 15 minutes there was always an order being tried: the writer fails. Its log says why.",
        )

    def _watch_functions(self) -> None:
        for word, function in self._args.functions.items():
            self._alarm(
                f"{word}-errors",
                namespace="AWS/Lambda",
                metric="Errors",
                statistic="Sum",
                dimensions={"FunctionName": function.function.name},
                above=0,
                says=f"The function {word} failed. Its log says why.",
            )

    def _queue_alarm(
        self,
        role: str,
        queue: aws.sqs.Queue,
        metric: str,
        *,
        statistic: str = "Maximum",
        above: int,
        periods: int = 1,
        says: str,
    ) -> None:
        self._alarm(
            role,
            namespace="AWS/SQS",
            metric=metric,
            statistic=statistic,
            dimensions={"QueueName": queue.name},
            above=above,
            periods=periods,
            says=says,
        )

    def _alarm(
        self,
        role: str,
        *,
        namespace: str,
        metric: str,
        statistic: str,
        dimensions: Mapping[str, pulumi.Input[str]],
        above: int,
        periods: int = 1,
        says: str,
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{role}",
            alarm_description=says,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic=statistic,
            period=5 * MINUTE,
            evaluation_periods=periods,
            comparison_operator="GreaterThanThreshold",
            threshold=above,
            treat_missing_data="notBreaching",  # an idle queue or function reports nothing
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=pulumi.ResourceOptions(parent=self),
        )
