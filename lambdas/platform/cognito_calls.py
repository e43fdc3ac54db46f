"""Calls of Cognito's user pools, and the errors that depend on what was asked for."""

from collections.abc import Callable, Set
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from lambdas.platform import aws, times


class RefusedError(Exception):
    """Cognito refused a call. `code` is its name of the error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def call(pool: str, operation: str, request: dict[str, Any], refusals: Set[str]) -> Any:
    """Call an operation of a user pool. Raises RefusedError for these errors, and ClientError for others."""
    operate: Callable[..., Any] = getattr(aws.cognito(), operation)
    try:
        return operate(UserPoolId=pool, **request)
    except ClientError as error:
        if aws.error_code(error) not in refusals:
            raise
        raise RefusedError(aws.error_code(error)) from error


def instant(moment: datetime) -> str:
    """Return a time of Cognito's in the form in which the API shows times."""
    return times.iso(round(moment.timestamp() * 1000))
