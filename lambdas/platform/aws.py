"""The AWS clients, each made once a process and not before it is needed."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# What AWS or the way to it answers for, as opposed to a fault of the order at hand.
AWS_ERRORS: tuple[type[Exception], ...] = (BotoCoreError, ClientError)


@cache
def dynamodb() -> Any:
    """Return this process's DynamoDB client; a call takes 6 s at worst: two tries, a pause of up to 1 s."""
    return _client("dynamodb", read_timeout=2, tries=2)


@cache
def sqs() -> Any:
    """Return this process's SQS client; a call takes 2.5 s at worst, which a failing batch has left."""
    return _client("sqs", read_timeout=2, tries=1)


@cache
def sns() -> Any:
    """Return this process's SNS client; a call takes 10.5 s at worst.

    It waits long and does not ask twice, for that may be two mails.
    """
    return _client("sns", read_timeout=10, tries=1)


def _client(service: str, read_timeout: int, tries: int) -> Any:
    """Make a client each try of which takes as long as to connect and to read, at worst."""
    retries = {"mode": "standard", "total_max_attempts": tries}
    config = Config(connect_timeout=0.5, read_timeout=read_timeout, retries=retries)
    return boto3.client(service, config=config)


def error_code(error: BaseException) -> str:
    """Name an error for a log line: AWS's own code where there is one, else the class."""
    if isinstance(error, ClientError):  # others have a `response` too, which is None
        return str(error.response["Error"]["Code"])
    return type(error).__name__
