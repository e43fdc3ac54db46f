"""The stream of a table, and functions that read it from the beginning with limited retries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.function import Function
from components.policy import Statement, allow

HOUR = 60 * 60
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """The limits of a reader's retries: their number, and the age of a record in hours.

    At either limit, Lambda sends the positions of the failed records to the reader's dead letter queue.
    """

    max_retries: int = 50
    max_age_hours: int = 12

    def __post_init__(self) -> None:
        if not 1 <= self.max_retries <= 10_000:
            raise ValueError(f"max_retries must be between 1 and 10000, got {self.max_retries}")
        if not 1 <= self.max_age_hours < 24:
            raise ValueError(f"max_age_hours must be below the stream's 24, got {self.max_age_hours}")


def may_read(table: aws.dynamodb.Table) -> list[Statement]:
    """Return the permissions that a function needs to read a table's stream."""
    return [
        allow(READ_STREAM, [table.stream_arn]),
        # AWS allows no resource but * for this action.
        allow(["dynamodb:ListStreams"], ["*"]),
    ]


def feed(
    name: str,
    reader: Function,
    table: aws.dynamodb.Table,
    *,
    dead_letters: aws.sqs.Queue,
    retry_policy: RetryPolicy,
    patterns: Sequence[Mapping[str, Any]] = (),
    parent: pulumi.Resource,
) -> aws.lambda_.EventSourceMapping:
    """Map a table's stream to a function, which then gets each change that matches one of the patterns.

    Without patterns, the function gets every change. Patterns may compare texts only, because Lambda compares
    numbers as texts.
    """
    filters: list[aws.lambda_.EventSourceMappingFilterCriteriaFilterArgsDict] = [
        {"pattern": json.dumps(pattern, sort_keys=True)} for pattern in patterns
    ]
    return aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=table.stream_arn,
        function_name=reader.function.arn,
        starting_position="TRIM_HORIZON",  # LATEST would miss changes before the mapping starts
        batch_size=10,
        function_response_types=["ReportBatchItemFailures"],
        filter_criteria={"filters": filters} if filters else None,
        # Without these four, one failing record blocks its shard for a day.
        maximum_retry_attempts=retry_policy.max_retries,
        maximum_record_age_in_seconds=retry_policy.max_age_hours * HOUR,
        bisect_batch_on_function_error=True,
        destination_config={"on_failure": {"destination_arn": dead_letters.arn}},
        # AWS allows only one mapping of a stream to a function, so the old one must be deleted first.
        opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True, depends_on=[reader.policy]),
    )
