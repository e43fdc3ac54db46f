"""The AWS clients. Each is made once per process, when it is first used, and is shared by all threads."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

# Errors of AWS or the network. Any other error is a fault in the order.
AWS_ERRORS: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
# Connections of a client, and threads that call it side by side: one for each message of a batch.
CONNECTIONS = 10
# Whether boto3 compares each part of each item with its model before it sends a call. That takes a tenth of
# the processor time of a call, and DynamoDB checks the same. The tests switch it on.
VALIDATES_ITEMS = False
# Tries of a call of DynamoDB. A rebuild, which is no function, has more.
DYNAMODB_TRIES = 2
# The name under which AWS logs our calls. Without it, botocore builds a description of the machine for each
# call, twice.
_USER_AGENT = "shop-orders"

_making = Lock()


def _shared(make: Callable[[], Any]) -> Any:
    """Return a function that makes a client once. boto3 cannot make clients in several threads at once."""
    made = cache(make)

    @wraps(make)
    def get() -> Any:
        with _making:
            return made()

    return get


@_shared
def dynamodb() -> Any:
    """Return the DynamoDB client. A call takes at most 6 s: two tries and a pause of up to 1 s."""
    return _client("dynamodb", read_timeout=2, tries=DYNAMODB_TRIES, parameter_validation=VALIDATES_ITEMS)


@_shared
def streams() -> Any:
    """Return the client of DynamoDB's streams. A call takes at most 6 s."""
    return _client("dynamodbstreams", read_timeout=2, tries=2)


@_shared
def sqs() -> Any:
    """Return the SQS client. A call takes at most 2.5 s, because a failed batch has little time left."""
    return _client("sqs", read_timeout=2, tries=1)


@_shared
def sns() -> Any:
    """Return the SNS client. A call takes at most 10.5 s.

    The client waits long for a response and never retries, because a retry may send a second mail.
    """
    return _client("sns", read_timeout=10, tries=1)


@_shared
def ses() -> Any:
    """Return the client of SES. A call takes at most 10.5 s, and is never repeated for the same reason."""
    return _client("sesv2", read_timeout=10, tries=1)


@_shared
def logs() -> Any:
    """Return the client of CloudWatch Logs. A call takes at most 8 s: two tries and a pause of up to 1 s."""
    return _client("logs", read_timeout=3, tries=2)


@_shared
def functions() -> Any:
    """Return the Lambda client. A call takes at most 8 s: two tries and a pause of up to 1 s."""
    return _client("lambda", read_timeout=3, tries=2)


@_shared
def cognito() -> Any:
    """Return the client of user pools. A call takes at most 8 s: two tries and a pause of up to 1 s."""
    return _client("cognito-idp", read_timeout=3, tries=2)


@_shared
def s3() -> Any:
    """Return the S3 client. A call takes at most 6 s. Its URLs name bucket and region in their host."""
    hosts = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
    return _client("s3", read_timeout=2, tries=2, signature_version="s3v4", s3=hosts)


def _client(service: str, read_timeout: int, tries: int, **more: Any) -> Any:
    """Return a client. Each try takes at most 0.5 s to connect and `read_timeout` seconds to read."""
    retries = {"mode": "standard", "total_max_attempts": tries}
    config = Config(
        connect_timeout=0.5,
        read_timeout=read_timeout,
        retries=retries,
        max_pool_connections=CONNECTIONS,
        user_agent=_USER_AGENT,
        **more,
    )
    with _without_garbage_collection():
        return session().create_client(service, config=config)


@cache
def session() -> Any:
    """Return the session that makes the clients. boto3 would wrap it, and import the file transfers of S3."""
    return get_session()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Keep the collector from looking at all that a start creates, which stays until the process ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def error_of(entry: Mapping[str, Any], operation: str) -> Exception:
    """Return the failure of one entry of a batch as the error that boto3 raises for a single call."""
    fault = {"Code": entry.get("Code", "NoResult"), "Message": entry.get("Message", "")}
    error: Exception = ClientError({"Error": fault}, operation)
    return error


def error_code(error: BaseException) -> str:
    """Return the error code of AWS, or the name of the class of any other error."""
    if isinstance(error, ClientError):  # other errors of botocore have a `response` of None
        return str(error.response["Error"]["Code"])
    return type(error).__name__
