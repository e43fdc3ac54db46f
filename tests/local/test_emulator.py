"""The emulator's process: its environment, saves and exit, and the corrections of the emulator."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import signal
import socket
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import ClientError

from local.emulator import HOST, Emulator, EmulatorError, take_port
from local.proxy import Proxy
from tests.system import Response, eventually, request

pytestmark = pytest.mark.thorough  # each test starts a process of the emulator

REGION = "eu-west-1"
Start = Callable[[], Emulator]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts an emulator, each time in the same folder and on the same port."""
    started: list[Emulator] = []

    def start() -> Emulator:
        port = started[0].port if started else 0
        started.append(Emulator(take_port(port), tmp_path, REGION))
        started[-1].wait()
        return started[-1]

    yield start
    for emulator in started:
        emulator.stop()


def _function(emulator: Emulator, code: str, name: str = "f") -> None:
    """Create a function with this code and all permissions."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as files:
        files.writestr("h.py", code)
    roles = emulator.client("iam")
    trust = _policy(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    role = roles.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    roles.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_policy(Action="*", Resource="*"))
    emulator.client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="h.handler",
        Code={"ZipFile": zipped.getvalue()},
        Timeout=60,
    )


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _kill(emulator: Emulator) -> None:
    os.kill(emulator.pid, signal.SIGKILL)
    eventually(lambda: emulator.exit_code() is not None)


def test_functions_do_not_get_environment_variables_of_this_machine(
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


def test_state_survives_a_stop_and_saved_state_survives_a_kill(start: Start) -> None:
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


def test_an_emulator_holds_a_lock_until_it_has_exited(tmp_path: Path) -> None:
    """Without the lock, the next start with --fresh would delete what this emulator still saves."""
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        emulator = Emulator(take_port(0), tmp_path / "emulator", REGION, held=[lock.fileno()])
    with (tmp_path / "lock").open("w") as lock:
        emulator.wait()
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        emulator.stop()
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_save_that_outlives_its_killed_emulator_holds_the_lock_but_not_the_port(tmp_path: Path) -> None:
    listeners = take_port(0)
    port = listeners[0].getsockname()[1]
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        emulator = Emulator(listeners, tmp_path / "emulator", REGION, held=[lock.fileno()])
    emulator.wait()
    with (tmp_path / "emulator/saves/lock").open("w") as saves, (tmp_path / "lock").open("w") as lock:
        fcntl.flock(saves, fcntl.LOCK_EX)
        saves.write("a save empties this file as it opens it, and then waits for the lock")
        saves.flush()
        emulator.client("sns").create_topic(Name="to-save")
        eventually(lambda: os.fstat(saves.fileno()).st_size == 0)
        _kill(emulator)
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for listener in take_port(port):
            listener.close()
        fcntl.flock(saves, fcntl.LOCK_UN)
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert "to-save" in (tmp_path / "emulator/saves/current/sns.json").read_text()


def test_emulator_saves_every_second(start: Start) -> None:
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


def test_emulator_exits_when_its_parent_process_has_ended(start: Start) -> None:
    emulator = start()
    assert emulator._process.stdin
    emulator._process.stdin.close()  # as the operating system does when the parent is killed
    eventually(lambda: emulator.exit_code() == 0)


SAY = """
import time, boto3

sqs = boto3.client("sqs")

def say(queue):
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=queue)
"""
SLOW = (
    SAY
    + """
def handler(event, context):
    say("begun")
    time.sleep(2)
    say("done")
"""
)
QUICK = SAY + 'handler = lambda event, context: say("done")'
HELD_UP = (
    SAY
    + """
def handler(event, context):
    say("begun")
    go_on = sqs.get_queue_url(QueueName="go-on")["QueueUrl"]
    while not sqs.receive_message(QueueUrl=go_on, WaitTimeSeconds=1).get("Messages"):
        pass
    say("done")
"""
)


def _queues(emulator: Emulator, *names: str) -> list[str]:
    return [emulator.client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in names]


def _stream(emulator: Emulator) -> str:
    """Create the table `rows`, and return the ARN of its stream."""
    table = emulator.client("dynamodb").create_table(
        TableName="rows",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn: str = table["TableDescription"]["LatestStreamArn"]
    return arn


def _feed(emulator: Emulator, name: str, source: str) -> None:
    start = {"StartingPosition": "TRIM_HORIZON"} if "dynamodb" in source else {}
    emulator.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=source, **start)


def _change(emulator: Emulator) -> None:
    emulator.client("dynamodb").put_item(TableName="rows", Item={"id": {"S": "1"}})


@pytest.mark.parametrize("source", ["queue", "stream"])
def test_running_function_finishes_before_the_emulator_exits(start: Start, source: str) -> None:
    first = start()
    todo, begun, done = _queues(first, "todo", "begun", "done")
    _function(first, SLOW)
    _feed(first, "f", f"arn:aws:sqs:{REGION}:000000000000:todo" if source == "queue" else _stream(first))
    if source == "queue":
        first.client("sqs").send_message(QueueUrl=todo, MessageBody="do")
    else:
        _change(first)
    eventually(lambda: _count(first, begun) == (1, 0), what="the function is at work")
    first.stop()
    second = start()
    assert (_count(second, todo), _count(second, done)) == ((0, 0), (1, 0))


def test_readers_of_a_stream_do_not_wait_for_each_other(start: Start) -> None:
    emulator = start()
    begun, done, go_on = _queues(emulator, "begun", "done", "go-on")
    stream = _stream(emulator)
    for name, code in (("held-up", HELD_UP), ("quick", QUICK)):
        _function(emulator, code, name)
        _feed(emulator, name, stream)
    _change(emulator)
    eventually(lambda: _count(emulator, begun) == (1, 0), what="one reader is at work")
    eventually(lambda: _count(emulator, done) == (1, 0), what="the other one is done")
    emulator.client("sqs").send_message(QueueUrl=go_on, MessageBody="go on")
    eventually(lambda: _count(emulator, done) == (2, 0), what="both are done")


def _count(emulator: Emulator, url: str) -> tuple[int, int]:
    """Return how many messages of a queue are visible, and how many are in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def test_save_after_a_kill_raises_an_error_naming_the_log_file(start: Start) -> None:
    emulator = start()
    _kill(emulator)
    with pytest.raises(EmulatorError, match=r"did not get saved; what it said is in .*emulator\.log"):
        emulator.save()


def test_taken_port_raises_before_anything_starts(start: Start) -> None:
    with pytest.raises(OSError, match="in use"):
        take_port(start().port)


def test_emulator_also_answers_on_ipv6_and_frees_the_port(start: Start) -> None:
    listeners = take_port(0)
    port = listeners[0].getsockname()[1]
    if len(listeners) == 2:
        assert listeners[1].getsockname()[:2] == ("::1", port)
        listeners[0].close()
        with pytest.raises(OSError, match="in use"):
            take_port(port)
        socket.create_server(("127.0.0.1", port)).close()  # free, although the other address is taken
    for listener in listeners:
        listener.close()
    addresses = [HOST, "::1"][: len(listeners)]
    emulator = start()
    for address in addresses:
        socket.create_connection((address, emulator.port), timeout=5).close()


def test_empty_message_attribute_is_refused_as_on_aws(start: Start) -> None:
    queue = start().client("sqs")
    url = queue.create_queue(QueueName="q")["QueueUrl"]
    empty = {"groups": {"DataType": "String", "StringValue": ""}}
    with pytest.raises(ClientError, match="must contain a non-empty value of type 'String'"):
        queue.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=empty)


def test_a_role_that_may_publish_may_publish_a_batch(start: Start) -> None:
    emulator = start()
    topic = emulator.client("sns").create_topic(Name="t")["TopicArn"]
    trust = _policy(Action="sts:AssumeRole", Principal={"AWS": "arn:aws:iam::000000000000:root"})
    for name, action, allowed in (("may", "sns:Publish", True), ("may-not", "sns:Subscribe", False)):
        role = emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        policy = _policy(Action=action, Resource=topic)
        emulator.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
        given = emulator.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")[
            "Credentials"
        ]
        sns = boto3.client(
            "sns",
            endpoint_url=emulator.url,
            region_name=REGION,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        refused = contextlib.nullcontext() if allowed else pytest.raises(ClientError, match="sns:Publish")
        with refused:
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "m"}])


@pytest.mark.parametrize("closed", [True, False])
def test_sign_up_works_only_if_the_pool_allows_it(start: Start, closed: bool) -> None:
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


def test_a_statement_needs_the_permission_of_its_verb(start: Start) -> None:
    emulator = start()
    key = {"AttributeName": "id", "KeyType": "HASH"}
    emulator.client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = f"arn:aws:dynamodb:{REGION}:000000000000:table/ledger"
    tables = _client_of_role(emulator, "dynamodb", Action="dynamodb:PartiQLInsert", Resource=table)
    insert = "INSERT INTO \"ledger\" VALUE {'id': 'a'}"
    assert "Error" not in tables.batch_execute_statement(Statements=[{"Statement": insert}])["Responses"][0]
    for refused in ("UPDATE \"ledger\" SET b = 1 WHERE id = 'a'", insert.replace("ledger", "other")):
        with pytest.raises(ClientError, match="AccessDenied"):
            tables.batch_execute_statement(Statements=[{"Statement": refused}])


def _client_of_role(emulator: Emulator, service: str, **allowed: str) -> Any:
    """Return a client with the session of a new role that may do only this."""
    roles, trust = emulator.client("iam"), _policy(Action="sts:AssumeRole", Principal={"AWS": "*"})
    role = roles.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    roles.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=_policy(**allowed))
    given = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{emulator.port}",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def test_a_mapping_is_read_by_a_role_that_may_read_this_one(start: Start) -> None:
    emulator = start()
    _queues(emulator, "todo", "again")
    _function(emulator, "def handler(event, context): pass")
    mine, other = (
        emulator.client("lambda").create_event_source_mapping(
            FunctionName="f", EventSourceArn=f"arn:aws:sqs:{REGION}:000000000000:{queue}"
        )["UUID"]
        for queue in ("todo", "again")
    )
    own = f"arn:aws:lambda:{REGION}:000000000000:event-source-mapping:{mine}"
    functions = _client_of_role(emulator, "lambda", Action="lambda:GetEventSourceMapping", Resource=own)
    assert functions.get_event_source_mapping(UUID=mine)["State"] == "Enabled"
    with pytest.raises(ClientError, match="AccessDenied"):
        functions.get_event_source_mapping(UUID=other)
    with pytest.raises(ClientError, match="AccessDenied"):
        functions.list_event_source_mappings()


def test_an_inserted_item_is_checked_like_a_put_and_is_in_the_stream(start: Start) -> None:
    emulator = start()
    stream = _stream(emulator)
    dynamodb, streams = emulator.client("dynamodb"), emulator.client("dynamodbstreams")
    insert = "INSERT INTO \"rows\" VALUE {'id': ?, 'lines': ?}"
    keys = [{"S": "a"}, {"S": "a"}, {"N": "1"}]
    lines = {"L": [{"M": {"sku": {"S": "MOP-1"}}}]}
    statements = [{"Statement": insert, "Parameters": [key, lines]} for key in keys]
    answers = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    codes = [answer.get("Error", {}).get("Code") for answer in answers]
    assert codes == [None, "DuplicateItem", "ValidationError"]
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    start_at = {"ShardIteratorType": "TRIM_HORIZON"}
    place = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **start_at)["ShardIterator"]
    (record,) = streams.get_records(ShardIterator=place)["Records"]
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "lines": lines}


def test_gateways_message_has_its_role_as_sender_and_the_time(start: Start) -> None:
    emulator = start()
    [queue] = _queues(emulator, "orders")
    trust = _policy(Action="sts:AssumeRole", Principal={"Service": "apigateway.amazonaws.com"})
    role = emulator.client("iam").create_role(RoleName="gateway", AssumeRolePolicyDocument=trust)["Role"]
    template = (
        "Action=SendMessage&MessageBody=m&MessageAttribute.1.Name=acceptedAt&MessageAttribute.1.Value.DataType="
        "String&MessageAttribute.1.Value.StringValue=$context.requestTimeEpoch"
    )
    before = time.time_ns() // 1_000_000
    assert _post(emulator, _queue_api(emulator, role["Arn"], template)) == 200
    sqs = emulator.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="by hand")
    sent = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["SenderId"]}
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **sent)["Messages"]
    by_body = {one["Body"]: one for one in received}
    assert by_body["m"]["Attributes"]["SenderId"] == f"{role['RoleId']}:BackplaneAssumeRoleSession"
    accepted = int(by_body["m"]["MessageAttributes"]["acceptedAt"]["StringValue"])
    assert before <= accepted <= time.time_ns() // 1_000_000
    assert by_body["by hand"]["Attributes"]["SenderId"].isdigit()  # the account's owner


def _queue_api(emulator: Emulator, role: str, template: str) -> str:
    """Create an API whose POST / sends a message to the queue `orders`; return its ID."""
    client = emulator.client("apigateway")
    api = client.create_rest_api(name="a")["id"]
    [root] = client.get_resources(restApiId=api)["items"]
    post = {"restApiId": api, "resourceId": root["id"], "httpMethod": "POST"}
    client.put_method(**post, authorizationType="NONE")
    client.put_integration(
        **post,
        type="AWS",
        integrationHttpMethod="POST",
        credentials=role,
        uri=f"arn:aws:apigateway:{REGION}:sqs:path/000000000000/orders",
        requestTemplates={"application/json": template},
    )
    client.put_method_response(**post, statusCode="200")
    client.put_integration_response(**post, statusCode="200")
    client.create_deployment(restApiId=api, stageName="s")
    return str(api)


def _post(emulator: Emulator, api: str) -> int:
    url = f"http://127.0.0.1:{emulator.port}/_aws/execute-api/{api}/s/"
    request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        return int(response.status)


ECHO = """
import json
from urllib.parse import unquote

def handler(event, context):
    sent = event["pathParameters"]["email"]
    document = {"sent": sent, "read": unquote(sent), "path": event["path"]}
    return {"statusCode": 200, "body": json.dumps(document)}
"""
NASTY_BEGINNINGS = [
    "front/desk",
    "100%",
    "a%2Fb",
    "%2525",
    "a+b",
    "../up",
    "a?b#c&d=e",
    "zoë",
    "a;b=c",
    "{a}",
    "/",
    "%",
    "a%zz",
    "a\\b",
    "'\"<b>",
    "🧽",
]


def _site(emulator: Emulator) -> str:
    """Create an API with one function behind a distribution, and return the distribution's host."""
    _function(emulator, ECHO)
    gateway = emulator.client("apigateway")
    api = gateway.create_rest_api(name="api")["id"]
    parent = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for part in ("api", "customers", "{email}"):
        parent = gateway.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    method = {"restApiId": api, "resourceId": parent, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    function = f"arn:aws:lambda:{REGION}:000000000000:function:f"
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api, stageName="v1")
    return _distribution(emulator, f"/_aws/execute-api/{api}/v1")


def _distribution(emulator: Emulator, path: str) -> str:
    ports = {"HTTPPort": emulator.port, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    origin = {"Id": "api", "DomainName": "127.0.0.1", "OriginPath": path, "CustomOriginConfig": ports}
    methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    behavior = {
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # AWS's policy without caching
        "AllowedMethods": {"Quantity": len(methods), "Items": methods},
    }
    config = {
        "CallerReference": "test",
        "Comment": "",
        "Enabled": True,
        "DefaultCacheBehavior": behavior,
        "Origins": {"Quantity": 1, "Items": [origin]},
    }
    made = emulator.client("cloudfront").create_distribution(DistributionConfig=config)
    domain: str = made["Distribution"]["DomainName"]
    return domain


@pytest.fixture
def at_site(start: Start) -> Iterator[Callable[..., Response]]:
    """Return a function that sends a request through the proxy to a distribution in front of an API."""
    emulator = start()
    proxy = Proxy(0, emulator.port, _site(emulator))
    proxy.start()
    yield lambda method, path: request(proxy.port, method, path)
    proxy.stop()


def test_a_path_parameter_is_decoded_once_on_its_way(at_site: Callable[..., Response]) -> None:
    for email in (f"{beginning}@shop.example" for beginning in NASTY_BEGINNINGS):
        sent = quote(email, safe="!'()*-._~")  # as encodeURIComponent does
        document = at_site("GET", f"/api/customers/{sent}").document
        assert document == {"sent": sent, "read": email, "path": f"/api/customers/{sent}"}


EMULATORS_OWN = """
    GET /health
    GET /oauth2/authorize
    GET /oauth2/userInfo
    POST /oauth2/token
    POST /login
    GET /logout
    POST /v2/email/outbound-emails
    GET /v2/
    GET /v20180820/tags
    POST /Execute
    GET /iceberg/v1/config
    POST /WriteGetObjectResponse
    POST /?Action=ListQueues
    GET /restapis
    GET /2015-03-31/functions
    OPTIONS /x
"""


def test_the_site_has_none_of_the_emulators_own_paths(at_site: Callable[..., Response]) -> None:
    for call in EMULATORS_OWN.strip().splitlines():
        response = at_site(*call.split())
        assert (response.status, response.document) == (403, {"message": "Missing Authentication Token"}), (
            call
        )


def test_pages_are_refused_by_the_emulator_in_its_own_process(start: Start) -> None:
    emulator = start()
    emulator.client("sns").create_topic(Name="kept")

    def reset(**headers: str) -> int:
        return request(emulator.port, "POST", "/_ministack/reset", headers=headers).status

    assert reset(Origin="http://evil.example") == 403
    assert reset(Host="evil.example") == 403
    assert reset(**{"Sec-Fetch-Site": "same-site"}) == 403
    assert reset(Host="d000.cloudfront.net") == 404
    assert len(emulator.client("sns").list_topics()["Topics"]) == 1
    assert request(emulator.port, "GET", "/_ministack/health").status == 200


def test_no_websocket_is_opened(start: Start) -> None:
    emulator = start()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    for path in ("/", "/_aws/execute-api/a/s", "/graphql"):
        assert request(emulator.port, "GET", path, headers=headers).status != 101, path
        evil = {**headers, "Origin": "http://evil.example"}
        assert request(emulator.port, "GET", path, headers=evil).status == 403, path


PRINTS = """
import os, sys

def handler(event, context):
    print(event, end="")
    if event == "fail":
        raise RuntimeError(event)
    if event == "exit":
        sys.stderr.flush()
        os._exit(1)
"""


def test_log_of_each_invocation_has_its_own_lines_to_the_last(start: Start) -> None:
    emulator = start()
    _function(emulator, PRINTS)
    for said in ("one\ntwo", "no line break", "", "fail", "x" * 100_000, "exit", "after the exit"):
        emulator.client("lambda").invoke(FunctionName="f", Payload=json.dumps(said))
        log = _last_log(emulator)
        assert log[0].startswith("START")
        end = next(place for place, line in enumerate(log) if line.startswith("END"))
        assert "\n".join(log[1:end]).startswith(said), log
        assert (end == 1) == (said == ""), log


def _last_log(emulator: Emulator) -> list[str]:
    """Return the lines that the last invocation of the function `f` logged."""
    logs, group = emulator.client("logs"), {"logGroupName": "/aws/lambda/f"}
    streams = logs.describe_log_streams(**group)["logStreams"]
    last = max(streams, key=lambda one: (one["creationTime"], one["lastEventTimestamp"]))["logStreamName"]
    return [one["message"] for one in logs.get_log_events(**group, logStreamName=last)["events"]]
