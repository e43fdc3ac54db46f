"""Alarms by mail about dead letters, slow queues and streams, failures of functions, and a failing API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

import pulumi
import pulumi_aws as aws

from components.function import Function
from components.policy import deny_plain_http, document
from components.rest_api import RestApi

MINUTE = 60
DAY = 24 * 60 * MINUTE
LOG_NAMESPACE = "OrderDesk"  # of the metrics that are made from log lines


class AlarmOptions(TypedDict, total=False):
    """Options of an alarm. By default an alarm compares the maximum of one period of 5 minutes."""

    statistic: str
    period: int
    periods: int
    missing: str


@dataclass(frozen=True, kw_only=True)
class LoggedFailure:
    """A failure that a function only logs, by the name of its event, and what it means."""

    function: Function
    event: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """The addresses to alert, and what is watched.

    `dead_letters`, `functions`, `readers`, `scheduled`, `logged` and `apis` are keyed by the names that the
    alarms show. `readers` are the functions that read a stream, `scheduled` those that run by themselves.
    """

    emails: Sequence[str]
    order_queue: aws.sqs.Queue
    dead_letters: Mapping[str, aws.sqs.Queue]
    functions: Mapping[str, Function]
    readers: Mapping[str, Function]
    scheduled: Mapping[str, Function]
    logged: Mapping[str, LoggedFailure]
    apis: Mapping[str, RestApi]

    def __post_init__(self) -> None:
        if not self.emails:
            raise ValueError("emails must name at least one address, got none")


class Alarms(pulumi.ComponentResource):
    """A topic with its subscribers, and the alarms that publish to it."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Alarms", name, None, opts)
        self._name, self._args = name, args
        self.topic = self._topic()
        self._watch_dead_letters()
        self._watch_the_queue()
        self._watch_functions()
        self._watch_the_streams()
        self._watch_the_schedules()
        self._watch_the_logs()
        self._watch_the_apis()
        self.register_outputs({"topic": self.topic.arn})

    def _topic(self) -> aws.sns.Topic:
        # Without encryption, because CloudWatch cannot publish to a topic encrypted with alias/aws/sns. An
        # alarm contains no secret.
        topic = aws.sns.Topic(
            f"{self._name}-topic",
            display_name="Order desk alarms",
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicPolicy(
            f"{self._name}-topic-policy",
            arn=topic.arn,
            # This policy replaces the topic's default policy, which allows CloudWatch to publish.
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
        """Watch the queues, which a function empties at once. It logs what it cannot keep.

        The age leaves out messages that were received three times, so this shows that nobody takes them.
        """
        for name, queue in self._args.dead_letters.items():
            self._queue_alarm(
                f"{name}-not-taken",
                queue,
                "ApproximateAgeOfOldestMessage",
                threshold=15 * MINUTE,
                description=f"The {name} have waited for 15 minutes to be kept: the function that keeps them "
                "is throttled or switched off. The queue deletes them after 14 days, or after 7 at the "
                "earliest if SQS moved them there itself.",
            )

    def _watch_the_queue(self) -> None:
        self._queue_alarm(
            "orders-late",
            self._args.order_queue,
            "ApproximateAgeOfOldestMessage",
            threshold=15 * MINUTE,
            description="An order has been waiting for 15 minutes: the writer cannot keep up.",
        )
        # The age ignores messages that were received three times, so this alarm counts hidden messages. A
        # failed message is hidden until its next try. If every order fails, some message is always hidden.
        self._queue_alarm(
            "orders-stuck",
            self._args.order_queue,
            "ApproximateNumberOfMessagesNotVisible",
            statistic="Minimum",
            threshold=0,
            # SQS reports each minute with hidden messages and no other minute. A longer period would count as
            # stuck if it had a single such minute.
            period=MINUTE,
            periods=15,
            description="For 15 minutes there was always an order being tried: the writer fails. "
            "Its log says why.",
        )

    def _watch_functions(self) -> None:
        for name, function in self._args.functions.items():
            self._alarm(
                f"{name}-errors",
                namespace="AWS/Lambda",
                metric="Errors",
                statistic="Sum",
                dimensions={"FunctionName": function.function.name},
                threshold=0,
                description=f"The function {name} failed. Its log says why.",
            )

    def _watch_the_streams(self) -> None:
        # A throttled reader makes no errors, and neither does a reader that reports failed records.
        for name, function in self._args.readers.items():
            self._alarm(
                f"{name}-late",
                namespace="AWS/Lambda",
                metric="IteratorAge",
                dimensions={"FunctionName": function.function.name},
                threshold=15 * MINUTE * 1000,  # in milliseconds
                description=f"The function {name} is 15 minutes behind the orders: it is throttled, or one "
                "change fails again and again. Its log says which.",
            )

    def _watch_the_schedules(self) -> None:
        # A function that is never called makes no errors.
        for name, function in self._args.scheduled.items():
            self._alarm(
                f"{name}-silent",
                namespace="AWS/Lambda",
                metric="Invocations",
                statistic="Sum",
                dimensions={"FunctionName": function.function.name},
                comparison="LessThanThreshold",
                threshold=1,
                period=30 * MINUTE,
                missing="breaching",
                description=f"The function {name} was not called for 30 minutes: its schedule is off.",
            )

    def _watch_the_logs(self) -> None:
        for name, failure in self._args.logged.items():
            # With the function's name, because another stack of the account has the same namespace.
            metric = pulumi.Output.concat(failure.function.function.name, "/", failure.event)
            aws.cloudwatch.LogMetricFilter(
                f"{self._name}-{name}-filter",
                log_group_name=failure.function.logs.name,
                pattern=f'{{ $.event = "{failure.event}" }}',
                metric_transformation={"name": metric, "namespace": LOG_NAMESPACE, "value": "1"},
                opts=pulumi.ResourceOptions(parent=self),
            )
            self._alarm(
                name,
                namespace=LOG_NAMESPACE,
                metric=metric,
                statistic="Sum",
                dimensions={},
                threshold=0,
                description=failure.meaning,
            )

    def _watch_the_apis(self) -> None:
        # Also counts the crashes of the functions behind an API, and orders that did not reach the queue.
        for name, api in self._args.apis.items():
            self._alarm(
                f"{name}-failing",
                namespace="AWS/ApiGateway",
                metric="5XXError",
                statistic="Sum",
                dimensions={"ApiName": api.api.name},
                threshold=0,
                description=f"An API ({name}) answered 5xx. Its log and the logs of its functions say why.",
            )

    def _queue_alarm(
        self,
        role: str,
        queue: aws.sqs.Queue,
        metric: str,
        *,
        threshold: int,
        description: str,
        **options: Unpack[AlarmOptions],
    ) -> None:
        self._alarm(
            role,
            namespace="AWS/SQS",
            metric=metric,
            dimensions={"QueueName": queue.name},
            threshold=threshold,
            description=description,
            **options,
        )

    def _alarm(
        self,
        role: str,
        *,
        namespace: str,
        metric: pulumi.Input[str],
        dimensions: Mapping[str, pulumi.Input[str]],
        threshold: int,
        description: str,
        comparison: str = "GreaterThanThreshold",
        statistic: str = "Maximum",
        period: int = 5 * MINUTE,
        periods: int = 1,
        missing: str = "notBreaching",  # an idle queue or function reports nothing
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{role}",
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions or None,
            statistic=statistic,
            period=period,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            comparison_operator=comparison,
            threshold=threshold,
            treat_missing_data=missing,
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=pulumi.ResourceOptions(parent=self),
        )
