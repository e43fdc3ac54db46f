"""The stream of a table, and functions that read it from the beginning and retry for a limited time."""

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
UNLIMITED = -1  # Lambda's value for retries until the record is too old
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How long a reader retries a record: until the record has this age in hours.

    Then Lambda sends the positions of the failed records to the reader's dead letter queue.
    """

    max_age_hours: int = 12

    def __post_init__(self) -> None:
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
    batch_size: int = 10,
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
        batch_size=batch_size,
        function_response_types=["ReportBatchItemFailures"],
        filter_criteria={"filters": filters} if filters else None,
        # Without a maximum age and a destination, one failing record blocks its shard for a day.
        maximum_retry_attempts=UNLIMITED,  # a number of them would end long before the maximum age
        maximum_record_age_in_seconds=retry_policy.max_age_hours * HOUR,
        bisect_batch_on_function_error=True,
        destination_config={"on_failure": {"destination_arn": dead_letters.arn}},
        # AWS allows only one mapping of a stream to a function, so the old one must be deleted first.
        opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True, depends_on=[reader.policy]),
    )
