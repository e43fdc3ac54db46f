"""The AWS clients, each made once a process and not before it is needed."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# What AWS or the way to it answers for, as opposed to a fault of the order at hand.
AWS_FAULTS: tuple[type[Exception], ...] = (BotoCoreError, ClientError)

# A function has 10 s: two tries of at most 2 s, and the pause between them, leave time to report the failure.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def dynamodb() -> Any:
    """Return this process's DynamoDB client."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def sqs() -> Any:
    """Return this process's SQS client."""
    return boto3.client("sqs", config=_CONFIG)


@cache
def sns() -> Any:
    """Return this process's SNS client."""
    return boto3.client("sns", config=_CONFIG)


def error_code(error: BaseException) -> str:
    """Name an error for a log line: AWS's own code where there is one, else the class."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)
