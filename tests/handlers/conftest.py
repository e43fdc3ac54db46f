"""Fixtures of the handler tests: an emulator with queues and the tables that the program declares."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from lambdas.platform import aws, batches, tables
from lambdas.shop import catalog_changes, customer_updates, order_blocks, order_packing, sales_folding
from tests.graph.graph import Graph
from tests.handlers.in_process import InProcessEmulator
from tests.handlers.shop import CATALOG, KEYS, RANGES, SETTINGS, Shop, product_item

# A wrong parameter fails before it is sent. The client is made after this line.
aws.VALIDATES_ITEMS = True
# Without this call, a failing assertion in that module would not show its values.
pytest.register_assert_rewrite("tests.handlers.order_histories")

ACCOUNT = "000000000000"
AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://emulator.invalid",  # nothing gets there: the emulator is in this process
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1",  # with a number as its host, the bucket is in the path
}
# The tables are on another server if these environment variables are set, for example on DynamoDB Local.
TABLE_ENDPOINTS = {
    name: os.environ[name]
    for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS")
    if name in os.environ
}


def declared_tables(program: Graph) -> dict[str, dict[str, Any]]:
    """Return the arguments of CreateTable for each declared table, by the variable with its name."""
    shapes = {
        (one.inputs["hashKey"], one.inputs.get("rangeKey")): _shape(one.inputs)
        for one in program.all("dynamodb.Table")
    }
    keys = {variable: (key, *RANGES.get(variable, (None,))) for variable, key in KEYS.items()}
    return {variable: shapes[both] for variable, both in keys.items() if both in shapes}


def _shape(inputs: Mapping[str, Any]) -> dict[str, Any]:
    attributes = [
        {"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs["attributes"]
    ]
    stream = {"StreamEnabled": True, "StreamViewType": inputs.get("streamViewType")}
    indexes = [_index(one) for one in inputs.get("globalSecondaryIndexes", [])]
    return {
        "KeySchema": _keys(inputs),
        "AttributeDefinitions": attributes,
        "BillingMode": inputs["billingMode"],
        **({"StreamSpecification": stream} if inputs.get("streamEnabled") else {}),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _index(inputs: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"NonKeyAttributes": inputs["nonKeyAttributes"]} if inputs.get("nonKeyAttributes") else {}
    projection = {"ProjectionType": inputs["projectionType"], **kept}
    keys = [
        {"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in inputs["keySchemas"]
    ]
    return {"IndexName": inputs["name"], "KeySchema": keys, "Projection": projection}


def _keys(inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    names = {"HASH": inputs.get("hashKey"), "RANGE": inputs.get("rangeKey")}
    return [{"AttributeName": name, "KeyType": kind} for kind, name in names.items() if name]


def declared_environment(program: Graph) -> dict[str, set[str]]:
    """Return the environment variables that the program gives each function, by module name."""
    return {
        one.inputs["handler"].removeprefix("lambdas.handlers.").removesuffix(".handler"): set(
            one.inputs["environment"]["variables"]
        )
        for one in program.all("lambda.Function")
    }


@pytest.fixture(scope="session")
def dev() -> Graph:
    """The stack `dev` with every function that is tested here, that of the storefront among them."""
    sender = "arn:aws:ses:eu-west-1:123456789012:identity/shop@shop.example"
    return Graph.of("dev", {"storefront": True, "cognitoMailFrom": sender, "customerMailFrom": sender})


@pytest.fixture(scope="session")
def emulator() -> Iterator[InProcessEmulator]:
    made = InProcessEmulator()
    yield made
    made.close()


@pytest.fixture(scope="session")
def session(emulator: InProcessEmulator) -> boto3.Session:
    """A boto3 session of these tests, so that the default session of other tests stays unchanged."""
    made = boto3.Session("test", "test", region_name=AWS_ENVIRONMENT["AWS_REGION"])
    emulator.serve(
        made,
        "logs",
        "sqs",
        "sns",
        "s3",
        "cognito-idp",
        *(() if TABLE_ENDPOINTS else ("dynamodb", "dynamodb-streams")),
    )
    return made


@pytest.fixture(scope="session")
def resources(dev: Graph, session: boto3.Session) -> dict[str, str]:
    """The environment of the functions, with the names of the tables, queues and topic that were created."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (AWS_ENVIRONMENT | TABLE_ENDPOINTS).items():
            patch.setenv(name, value)
        return {
            **_tables(session.client("dynamodb"), declared_tables(dev)),
            **_queues(session.client("sqs"), session.client("sns")),
            **_buckets(session.client("s3")),
        }


def _tables(client: Any, declared: dict[str, dict[str, Any]]) -> dict[str, str]:
    names = {}
    for variable, shape in declared.items():
        names[variable] = f"{KEYS[variable]}-{os.getpid()}-{time.time_ns()}"
        client.create_table(TableName=names[variable], **shape)
    for sku, content in CATALOG.items():
        item = tables.attributes(product_item(sku, content))
        client.put_item(TableName=names["SHOP_PRODUCTS_TABLE"], Item=item)
    return names


def _queues(sqs: Any, sns: Any) -> dict[str, str]:
    mails = sqs.create_queue(QueueName="mails")["QueueUrl"]
    topic = sns.create_topic(Name="orders")["TopicArn"]
    webhooks = sqs.create_queue(QueueName="webhooks")["QueueUrl"]
    to_customers = sqs.create_queue(QueueName="customer-mails")["QueueUrl"]
    for queue, attribute, raw in (
        ("mails", "mail", "false"),
        ("webhooks", "event", "true"),
        ("customer-mails", "customer", "true"),
    ):
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{AWS_ENVIRONMENT['AWS_REGION']}:{ACCOUNT}:{queue}",
            # test_webhooks_get_events_and_people_get_mails holds these of the program.
            Attributes={
                "FilterPolicy": json.dumps({attribute: [{"exists": True}]}),
                "RawMessageDelivery": raw,
            },
        )
    return {
        "SHOP_ORDER_QUEUE_URL": sqs.create_queue(QueueName="orders")["QueueUrl"],
        "SHOP_ORDER_DLQ_URL": sqs.create_queue(QueueName="order-dead-letters")["QueueUrl"],
        "SHOP_NOTIFICATION_DLQ_URL": sqs.create_queue(QueueName="notification-dead-letters")["QueueUrl"],
        "SHOP_VIEWS_DLQ_URL": sqs.create_queue(QueueName="view-dead-letters")["QueueUrl"],
        "SHOP_NOTIFICATION_AGAIN_URL": sqs.create_queue(QueueName="notifications-again")["QueueUrl"],
        "SHOP_WEBHOOK_QUEUE_URL": webhooks,
        "SHOP_WEBHOOK_DLQ_URL": sqs.create_queue(QueueName="webhook-dead-letters")["QueueUrl"],
        "SHOP_MAILS_QUEUE_URL": to_customers,
        "SHOP_MAILS_DLQ_URL": sqs.create_queue(QueueName="customer-mail-dead-letters")["QueueUrl"],
        "SHOP_PAGES_DLQ_URL": sqs.create_queue(QueueName="page-dead-letters")["QueueUrl"],
        "SHOP_PAGES_AGAIN_URL": sqs.create_queue(QueueName="pages-again")["QueueUrl"],
        "SHOP_VIEWS_AGAIN_URL": sqs.create_queue(QueueName="views-again")["QueueUrl"],
        "SHOP_TOPIC_ARN": topic,
        "TEST_MAILS_URL": mails,
    }


def _buckets(s3: Any) -> dict[str, str]:
    names = {"SHOP_FILES_BUCKET": "product-files", "SHOP_PAGES_BUCKET": "pages"}
    for name in names.values():
        s3.create_bucket(Bucket=name)
    return names


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings in the environment, for code that needs no table."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def shop(
    resources: dict[str, str],
    dev: Graph,
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """A shop without orders and with the sample products in its catalog."""
    names = {**resources, **SETTINGS}
    for name, value in (AWS_ENVIRONMENT | TABLE_ENDPOINTS | names).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SHOP_CORS_ORIGIN", raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    monkeypatch.setattr(aws, "session", lambda: session._session)
    # Otherwise botocore works out the endpoint of each call anew.
    aws.dynamodb()._ruleset_resolver = None
    empty_shop = Shop(names, declared_environment(dev))
    yield empty_shop
    empty_shop.clear()


class FaultyClient:
    """An AWS client with operations that fail a number of times."""

    def __init__(self, client: Any, failing: dict[str, Exception], times: int) -> None:
        self._client, self._failing = client, failing
        self._left = iter(range(times))  # `next` counts right in several threads

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._client, operation)
        if operation not in self._failing:
            return call

        def fail(**request: Any) -> Any:
            if next(self._left, None) is not None:
                raise self._failing[operation]
            return call(**request)

        return fail


@pytest.fixture
def break_aws(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make operations of one client of `aws` fail: `break_aws("dynamodb", put_item=error, times=1)`."""

    def break_client(client: str, times: int = 1_000_000, **failing: Exception) -> None:
        faulty = FaultyClient(getattr(aws, client)(), failing, times)
        monkeypatch.setattr(aws, client, lambda: faulty)

    return break_client


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the words of orders packed into blocks as soon as there are two."""
    monkeypatch.setattr(order_packing, "MAX_ROWS", 1)
    monkeypatch.setattr(order_packing, "_SAMPLE", 1)
    monkeypatch.setattr(order_packing, "_PAUSES", (0,) * 2)
    monkeypatch.setattr(order_blocks, "_CHUNK", 2)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the pauses between tries."""
    monkeypatch.setattr(batches, "PAUSES", (0.0,) * len(batches.PAUSES))
    monkeypatch.setattr(tables, "CONTENTION_PAUSES", (0.0,) * len(tables.CONTENTION_PAUSES))
    for module in (catalog_changes, customer_updates, sales_folding):
        monkeypatch.setattr(module, "PAUSES", (0.0,) * len(module.PAUSES))
