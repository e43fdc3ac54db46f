"""The orders table's stream as each reader takes it: from the beginning, again and again, not for ever."""

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
class Patience:
    """How long a fault at AWS may hold up a shard of the stream: retries, and the age of a record in hours.

    After that the records' positions go to the reader's dead letters.
    """

    max_retries: int = 50
    max_age_hours: int = 12

    def __post_init__(self) -> None:
        if not 1 <= self.max_retries <= 10_000:
            raise ValueError(f"max_retries must be between 1 and 10000, got {self.max_retries}")
        if not 1 <= self.max_age_hours < 24:
            raise ValueError(f"max_age_hours must be below the stream's 24, got {self.max_age_hours}")


def may_read(table: aws.dynamodb.Table) -> list[Statement]:
    """What a function must be allowed to read a table's stream."""
    return [
        allow(READ_STREAM, [table.stream_arn]),
        # AWS knows no narrower resource for this one than everything.
        allow(["dynamodb:ListStreams"], ["*"]),
    ]


def feed(
    name: str,
    reader: Function,
    table: aws.dynamodb.Table,
    *,
    dead_letters: aws.sqs.Queue,
    patience: Patience,
    patterns: Sequence[Mapping[str, Any]] = (),
    parent: pulumi.Resource,
) -> aws.lambda_.EventSourceMapping:
    """Give a function the changes of a table that match one of the patterns (none: every change).

    Patterns may compare texts only: numbers compare as text here. What does not match is skipped for good.
    """
    filters: list[aws.lambda_.EventSourceMappingFilterCriteriaFilterArgsDict] = [
        {"pattern": json.dumps(pattern, sort_keys=True)} for pattern in patterns
    ]
    return aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=table.stream_arn,
        function_name=reader.function.arn,
        starting_position="TRIM_HORIZON",  # LATEST loses what comes between create and start
        batch_size=10,
        function_response_types=["ReportBatchItemFailures"],
        filter_criteria={"filters": filters} if filters else None,
        # Without these four, one record that fails holds up its shard for a day.
        maximum_retry_attempts=patience.max_retries,
        maximum_record_age_in_seconds=patience.max_age_hours * HOUR,
        bisect_batch_on_function_error=True,
        destination_config={"on_failure": {"destination_arn": dead_letters.arn}},
        # The pair of stream and function may exist only once.
        opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True, depends_on=[reader.policy]),
    )
