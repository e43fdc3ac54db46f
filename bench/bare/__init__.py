"""The bare pipeline: what tutorials build for the same task, as the reference of what the program costs.

A REST API sends each POST to a queue, a function puts each message into a table, and another function reads
the table's stream and publishes each new item to a topic. There is no sign-in, no validation, no price, no
check for duplicates, no ledger and no figure. The functions are those of AWS's own lab "Build a Proof of
Concept for a Serverless Solution" (AWS Skill Builder, "Architecting Solutions"): store.py and announce.py.

The pipeline runs in an emulator of its own, which has the same settings, corrections, saves and polling as
that of the local system, because it is started by the same class. A queue stands for the mailbox, as it does
in the local system, and is drained meanwhile.
"""

from __future__ import annotations

import io
import json
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.clients import post_all, wait_until
from local.emulator import ACCOUNT, Emulator, take_port

REGION = "eu-west-1"
LONG_POLL_S = 1
WARM_UP_TIMEOUT_S = 60
HERE = Path(__file__).resolve().parent
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["apigateway.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
ACTIONS = ("dynamodb:*", "logs:*", "sns:*", "sqs:*")


@contextmanager
def emulator() -> Iterator[Emulator]:
    """Start an emulator with the settings of the local system, and stop it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        started = Emulator(take_port(0), Path(folder), REGION)
        try:
            started.wait()
            yield started
        finally:
            started.stop()


@contextmanager
def pipeline(*, readers: bool = True) -> Iterator[Pipeline]:
    """Build the pipeline in an emulator of its own, and yield it, with its functions warm.

    Without `readers` the queue only fills.
    """
    with emulator() as aws:
        built = Pipeline(aws)
        if readers:
            built.add_readers()
            with built.draining():
                built.warm_up()
                yield built
        else:
            yield built


class Pipeline:
    """A bare pipeline; `url` is where orders are sent with POST."""

    def __init__(self, aws: Emulator) -> None:
        """Build the gateway and the queue."""
        self._aws = aws
        self._role = self._make_role()
        self._sqs = aws.client("sqs")
        self._queue = self._sqs.create_queue(QueueName="orders")["QueueUrl"]
        self._mailbox = self._sqs.create_queue(QueueName="mailbox")["QueueUrl"]
        self.url = self._make_gateway()
        self.mails = 0

    def add_readers(self) -> None:
        """Build the table, the topic and the two functions."""
        table = self._aws.client("dynamodb").create_table(
            TableName="orders",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "orderID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "orderID", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]
        self._function("store", _arn("sqs", "orders"), TABLE="orders")
        self._function("announce", table["LatestStreamArn"], TOPIC=self._make_topic())

    def warm_up(self) -> None:
        """Send one order and wait for its mail, so that both functions have started. `mails` is 0 again."""
        post_all(self.url, [{"orderID": "warm-up"}])
        self.wait_for_mails(1, WARM_UP_TIMEOUT_S)
        self.mails = 0

    def queued(self) -> int:
        """Return how many messages wait in the queue."""
        name = "ApproximateNumberOfMessages"
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=[name])
        return int(found["Attributes"][name])

    def wait_for_mails(self, count: int, seconds: float) -> float:
        """Return the seconds until the mailbox has had `count` mails since the warm-up."""
        return wait_until(lambda: self.mails >= count, seconds, f"{count} mails, of which {self.mails} came")

    @contextmanager
    def draining(self) -> Iterator[None]:
        """Receive, count and delete the mails in a thread."""
        stopped = threading.Event()
        thread = threading.Thread(target=self._drain, args=(stopped,))
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def _drain(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            got = self._sqs.receive_message(
                QueueUrl=self._mailbox, MaxNumberOfMessages=10, WaitTimeSeconds=LONG_POLL_S
            )
            if messages := got.get("Messages", []):
                entries = [
                    {"Id": str(place), "ReceiptHandle": one["ReceiptHandle"]}
                    for place, one in enumerate(messages)
                ]
                self._sqs.delete_message_batch(QueueUrl=self._mailbox, Entries=entries)
                self.mails += len(messages)

    def _make_role(self) -> str:
        iam = self._aws.client("iam")
        role = iam.create_role(RoleName="bare", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        statement = {"Effect": "Allow", "Action": list(ACTIONS), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_role_policy(RoleName="bare", PolicyName="bare", PolicyDocument=json.dumps(policy))
        return str(role["Arn"])

    def _make_gateway(self) -> str:
        gateway = self._aws.client("apigateway")
        api = gateway.create_rest_api(name="bare")["id"]
        [root] = gateway.get_resources(restApiId=api)["items"]
        at = {"restApiId": api, "resourceId": root["id"], "httpMethod": "POST"}
        gateway.put_method(**at, authorizationType="NONE")
        gateway.put_integration(
            **at,
            type="AWS",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGION}:sqs:path/{ACCOUNT}/orders",
            credentials=self._role,
            requestParameters={
                "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
            },
            requestTemplates={"application/json": "Action=SendMessage&MessageBody=$input.body"},
        )
        gateway.put_method_response(**at, statusCode="200")
        gateway.put_integration_response(**at, statusCode="200")
        gateway.create_deployment(restApiId=api, stageName="bare")
        return f"http://localhost:{self._aws.port}/_aws/execute-api/{api}/bare/"

    def _make_topic(self) -> str:
        """Return the ARN of a new topic whose messages go to the mailbox."""
        sns = self._aws.client("sns")
        topic = sns.create_topic(Name="orders")["TopicArn"]
        self._sqs.set_queue_attributes(
            QueueUrl=self._mailbox,
            Attributes={"Policy": json.dumps(_let_sns_send(_arn("sqs", "mailbox")))},
        )
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=_arn("sqs", "mailbox"))
        return str(topic)

    def _function(self, name: str, source: str, **environment: str) -> None:
        functions = self._aws.client("lambda")
        functions.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=self._role,
            Handler=f"{name}.handler",
            Code={"ZipFile": _zipped(HERE / f"{name}.py")},
            Timeout=60,
            Environment={"Variables": environment},
        )
        start = {} if ":sqs:" in source else {"StartingPosition": "TRIM_HORIZON"}
        functions.create_event_source_mapping(EventSourceArn=source, FunctionName=name, **start)


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def _let_sns_send(queue: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _zipped(file: Path) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as zipped:
        zipped.write(file, file.name)
    return whole.getvalue()
