"""A fresh process that calls a function once, or only makes AWS clients; `cold_starts` compares the two.

`python -m bench.first_call handler MODULE` imports the handler and calls it with the event in the standard
input. `python -m bench.first_call clients KIND …` imports boto3 and makes these clients. Both print JSON with
the milliseconds of processor time and the kinds of the clients. No network is used: each response is empty.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

NO_MESSAGES = {f"ApproximateNumberOfMessages{which}": "0" for which in ("", "NotVisible", "Delayed")}
ACCOUNT = {
    "Username": "0b9ee1a3-0b51-4a3c-9c1e-3f1a52c9d7aa",
    "Enabled": True,
    "UserStatus": "FORCE_CHANGE_PASSWORD",
    "UserCreateDate": 1291191960,
    "UserLastModifiedDate": 1291191960,
}
ANSWERS: dict[str, Any] = {
    "AdminCreateUser": {"User": {**ACCOUNT, "Attributes": []}},
    "AdminGetUser": {**ACCOUNT, "UserAttributes": []},
    "AdminListGroupsForUser": {"Groups": [{"GroupName": "admin"}, {"GroupName": "staff"}]},
    "ListUserPoolClients": {"UserPoolClients": []},
    "ListUsers": {"Users": []},
    "ListUsersInGroup": {"Users": []},
    "BatchExecuteStatement": {"Responses": [{}]},
    "BatchGetItem": {"Responses": {}},
    "FilterLogEvents": {"events": []},
    "Query": {"Items": [], "Count": 0},
    "Scan": {"Items": [], "Count": 0},
    "GetQueueAttributes": {"Attributes": NO_MESSAGES},
}
# Lambda and SNS name no operation in a header, and SNS answers in XML.
MAPPING = {"State": "Enabled"}
PUBLISHED = (
    "<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id><MessageId>1</MessageId></member>"
    "</Successful></PublishBatchResult></PublishBatchResponse>"
)
CONTEXT = SimpleNamespace(aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000)


class _Raw(io.BytesIO):
    """The body of a response, as urllib3 has it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _answer_without_network() -> None:
    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session

    def send(_: Any, request: Any) -> Any:
        operation = request.headers.get("X-Amz-Target", b"").rpartition(b".")[2].decode()
        text = json.dumps(ANSWERS.get(operation, {})) if operation else PUBLISHED
        if "/event-source-mappings/" in request.url:
            text = json.dumps(MAPPING)
        return AWSResponse(request.url, 200, {}, _Raw(text.encode()))

    URLLib3Session.send = send


def _make_clients(kinds: list[str]) -> list[str]:
    import boto3

    for kind in kinds:
        boto3.client(kind)
    return kinds


def call(name: str, event: dict[str, Any]) -> list[str]:
    """Import a handler and call it; return the kinds of the clients that were made."""
    from botocore.session import Session

    kinds: list[str] = []
    make = Session.create_client

    def count(session: Session, kind: str, **more: Any) -> Any:
        kinds.append(kind)
        return make(session, kind, **more)

    Session.create_client = count
    _answer_without_network()
    printed, sys.stdout = sys.stdout, io.StringIO()
    importlib.import_module(f"lambdas.handlers.{name}").handler(event, CONTEXT)
    sys.stdout = printed
    return kinds


def main(action: str, *names: str) -> None:
    """Print the processor time from here until the clients are made or the function has returned."""
    event = json.load(sys.stdin)
    begun = time.process_time()
    clients = call(names[0], event) if action == "handler" else _make_clients(list(names))
    print(json.dumps({"ms": (time.process_time() - begun) * 1000, "clients": clients}))


if __name__ == "__main__":
    main(*sys.argv[1:])
