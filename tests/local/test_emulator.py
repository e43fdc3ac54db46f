"""The emulator's process: what reaches it, what it keeps, when it goes."""

from __future__ import annotations

import io
import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import Emulator, EmulatorError, take_port
from tests.system import eventually

REGION = "eu-west-1"
Start = Callable[[], Emulator]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start an emulator, again and again on one folder and port."""
    started: list[Emulator] = []

    def start() -> Emulator:
        port = started[0].port if started else 0
        started.append(Emulator(take_port(port), tmp_path, REGION))
        started[-1].wait()
        return started[-1]

    yield start
    for emulator in started:
        emulator.stop()


def _function(emulator: Emulator, code: str) -> None:
    """Make the function `f` of this code; it may do everything."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as files:
        files.writestr("h.py", code)
    roles = emulator.client("iam")
    trust = _policy(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    role = roles.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    roles.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=_policy(Action="*", Resource="*"))
    emulator.client("lambda").create_function(
        FunctionName="f",
        Role=role,
        Runtime="python3.13",
        Handler="h.handler",
        Code={"ZipFile": zipped.getvalue()},
    )


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _kill(emulator: Emulator) -> None:
    os.kill(emulator.pid, signal.SIGKILL)
    eventually(lambda: emulator.exit_code() is not None)


def test_nothing_of_this_machines_environment_reaches_a_function(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://elsewhere.example")
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    code = "import os\ndef handler(event, context): return dict(os.environ)"
    emulator = start()
    _function(emulator, code)
    environment = json.loads(emulator.client("lambda").invoke(FunctionName="f")["Payload"].read())
    assert {"AWS_ENDPOINT_URL_SQS", "DATABASE_PASSWORD"}.isdisjoint(environment)
    assert environment["AWS_REGION"] == REGION


def test_it_keeps_everything_over_a_stop_and_what_was_told_to_be_saved_over_a_kill(start: Start) -> None:
    first = start()
    first.client("sns").create_topic(Name="stopped")
    first.stop()
    assert first.exit_code() == 0
    second = start()
    second.client("sns").create_topic(Name="saved")
    second.save()
    _kill(second)
    topics = start().client("sns").list_topics()["Topics"]
    assert sorted(one["TopicArn"].rsplit(":", 1)[1] for one in topics) == ["saved", "stopped"]


def test_it_saves_by_itself_within_a_second(start: Start) -> None:
    first = start()
    first.client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    saved = first.log.parent / "saves" / "current" / "dynamodb.json"
    eventually(lambda: saved.exists() and "orders" in saved.read_text(), 2)
    _kill(first)
    assert start().client("dynamodb").list_tables()["TableNames"] == ["orders"]


def test_it_goes_when_whoever_started_it_is_gone(start: Start) -> None:
    emulator = start()
    assert emulator._process.stdin
    emulator._process.stdin.close()  # as the system does for a process that is killed
    eventually(lambda: emulator.exit_code() == 0)


SLOW = """
import time, boto3

def handler(event, context):
    sqs = boto3.client("sqs")
    print("begun", flush=True)
    time.sleep(2)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="done")["QueueUrl"], MessageBody="done")
"""


def test_a_function_that_is_at_work_may_finish_before_it_goes(start: Start) -> None:
    first = start()
    queues = first.client("sqs")
    todo, done = (queues.create_queue(QueueName=name)["QueueUrl"] for name in ("todo", "done"))
    _function(first, SLOW)
    arn = f"arn:aws:sqs:{REGION}:000000000000:todo"
    first.client("lambda").create_event_source_mapping(FunctionName="f", EventSourceArn=arn)
    queues.send_message(QueueUrl=todo, MessageBody="do")
    eventually(lambda: _count(first, todo) == (0, 1), what="the function was given its work")
    first.stop()
    second = start()
    assert (_count(second, todo), _count(second, done)) == ((0, 0), (1, 0))


def _count(emulator: Emulator, url: str) -> tuple[int, int]:
    """How many messages wait, and how many are in somebody's hands."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def test_an_emulator_that_is_gone_says_where_to_look(start: Start) -> None:
    emulator = start()
    _kill(emulator)
    with pytest.raises(EmulatorError, match=r"did not get saved; what it said is in .*emulator\.log"):
        emulator.save()


def test_a_taken_port_is_an_error_before_anything_is_started(start: Start) -> None:
    with pytest.raises(OSError, match="in use"):
        take_port(start().port)


def test_an_attribute_without_a_value_is_refused_as_aws_does(start: Start) -> None:
    queue = start().client("sqs")
    url = queue.create_queue(QueueName="q")["QueueUrl"]
    empty = {"groups": {"DataType": "String", "StringValue": ""}}
    with pytest.raises(ClientError, match="must contain a non-empty value of type 'String'"):
        queue.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=empty)


@pytest.mark.parametrize("closed", [True, False])
def test_people_sign_up_only_where_the_pool_lets_them(start: Start, closed: bool) -> None:
    cognito = start().client("cognito-idp")
    config = {"AllowAdminCreateUserOnly": closed}
    pool = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"], AdminCreateUserConfig=config)[
        "UserPool"
    ]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="c")["UserPoolClient"]["ClientId"]
    asked = {"ClientId": client, "Username": "zoe@shop.example", "Password": "Mop-and-bucket-1"}
    if closed:
        with pytest.raises(ClientError, match="SignUp is not permitted for this user pool"):
            cognito.sign_up(**asked)
    else:
        assert cognito.sign_up(**asked)["UserConfirmed"] is False
    assert len(cognito.list_users(UserPoolId=pool)["Users"]) == (0 if closed else 1)
