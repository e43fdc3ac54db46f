"""A shop for tests: sends events to the functions like AWS, and reads the tables and queues afterwards."""

import importlib
import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError

from lambdas.platform import aws, tables
from lambdas.platform.access import Person
from lambdas.platform.errors import Fault
from lambdas.shop import new_orders, order_table, product_pack
from lambdas.shop.documents import Order, OrderContent, Product
from lambdas.shop.order_origin import Origin
from tests.answers import assert_described

Json = dict[str, Any]
TimeLeft = int | Callable[[], int]
"""The milliseconds until the timeout of a function, or a function that returns them."""

# Senders of messages: the gateway's session of its role, and an operator's session of another role.
GATEWAY, OPERATOR = "AROAGATEWAY:BackplaneAssumeRoleSession", "AROAOPERATOR:jane@shop.example"

# The environment of the functions beside tables, queues and topic.
SETTINGS = {
    "SHOP_CURRENCY": "GBP",
    "SHOP_REQUIRED_OF_CUSTOMER": "name email",
    "SHOP_MAX_RECEIVE_COUNT": "20",
    "SHOP_VIEWS_BATCH_SIZE": "40",
    "SHOP_SITE_URL": "https://desk.example",
    "SHOP_ORDERS_STREAM": "arn:stream",
    "SHOP_NOTIFICATION_RECIPIENTS": "orders@shop.example boss@shop.example",
    "SHOP_GATEWAY_ROLE_ID": GATEWAY.partition(":")[0],
    "SHOP_SEAL_KEY": "0123456789abcdef0123456789abcdef",
    "SHOP_ACCESS_LOG_GROUP": "access",
    "SHOP_VIEWS_MAPPINGS": "",
    "SHOP_INBOX_LOG_GROUP": "inbox",
    "SHOP_STOREFRONT_LOG_GROUP": "storefront",
    "SHOP_CUSTOMER_POOL_ID": "",  # a test of accounts sets it
    "SHOP_INVITATION_DAYS": "7",
    "SHOP_MACHINE_SCOPE": "inbox/orders",
    "SHOP_MACHINE_TOKEN_URL": "https://machines.example/oauth2/token",
    "SHOP_WEBHOOK_TEST_HOSTS": "localhost 127.0.0.1",
    "SHOP_ORDER_RETENTION_DAYS": "365",
    "SHOP_CUSTOMER_RETENTION_DAYS": "100",
    "SHOP_DEAD_LETTER_RETENTION_DAYS": "400",
    "SHOP_STOREFRONT": json.dumps(
        {
            "name": "Harbour Supplies",
            "address": ["1 Quay Street"],
            "url": "https://shop.example",
            "assets": "/assets/0123456789ab",
            "vat": {},
            "settings": {"currency": "GBP", "password-rules": "at least 12", "sign-up-client-id": "new"},
        }
    ),
    "SHOP_STOREFRONT_EDITION": "1",
    "SHOP_MAIL_EVENTS": "mail-events",
    "SHOP_CUSTOMER_MAIL": json.dumps(
        {
            "name": "Harbour Supplies",
            "address": ["1 Quay Street"],
            "url": "https://shop.example",
            "address_from": "shop@shop.example",
            "vat": {"standard": 2000, "reduced": 500, "zero": 0, "exempt": 0},
        }
    ),
}

STAFF = {"email": "staff@shop.example", "cognito:groups": "staff", "sub": "1"}
ADMIN = {"email": "admin@shop.example", "cognito:groups": "staff,admin", "sub": "2"}
# The claims of an access token that a machine gets with its client credentials.
MACHINE = {"sub": "client-1", "client_id": "client-1", "token_use": "access", "scope": "inbox/orders"}
# The claims of an ID token of a customer's account.
CUSTOMER = {
    "sub": "0a1b2c3d-0000-4000-8000-000000000001",
    "email": "Ann@Example.org",
    "email_verified": "true",
    "name": "Ann Miller",
    "token_use": "id",
}

CATALOG: dict[str, Json] = {
    "MOP-1": {"name": "Flat mop", "category": "Mops", "unitPrice": 1250, "unit": "each", "active": True},
    "SOAP-5L": {"name": "Hand soap", "category": "Soap", "unitPrice": 899, "unit": "5 l", "active": True},
    "OLD-1": {"name": "Old broom", "category": "Mops", "unitPrice": 500, "unit": "each", "active": False},
    "EURO-1": {
        "name": "Schwamm",
        "category": "Sponges",
        "unitPrice": 100,
        "unit": "each",
        "active": True,
        "currency": "EUR",
    },
}


def context(remaining_ms: TimeLeft = 10_000) -> SimpleNamespace:
    """Return the context that Lambda gives a handler beside the event."""
    left = remaining_ms if callable(remaining_ms) else lambda: remaining_ms
    return SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=left)


_NUMBERS = itertools.count(1001)


def order(order_id: str = "", **changes: Any) -> Json:
    """Return an order as a client submits it, with a new ID unless one is given."""
    base: Json = {
        "orderID": order_id or str(uuid.uuid4()),
        "customer": {"name": "Ann Miller", "email": "Ann@Example.org"},
        "items": [{"sku": "MOP-1", "quantity": 2}, {"sku": "SOAP-5L", "quantity": 1}],
    }
    return base | changes


def new_order(content: Json, reasons: Sequence[Fault] = (), *, at: str, order_id: str = "") -> Json:
    """Return a new order with this content, without a submission hash."""
    order_id = order_id or str(uuid.uuid4())
    accepted_at = round(datetime.fromisoformat(at).timestamp() * 1000)
    origin = Origin(channel="staff", sender=Person("staff@shop.example", "1"), accepted_at=accepted_at)
    number = next(_NUMBERS)
    return dict(
        new_orders.make(order_id, number, cast(OrderContent, content), reasons, origin, currency="GBP")
    )


def with_keys(order: Json) -> Json:
    """Return an order with index keys that match its other fields."""
    return {**order, **order_table.index_keys(cast(Order, order))}


def product_item(sku: str, content: Json) -> Json:
    """Return a product as the table contains it."""
    return {
        "sku": sku,
        "category": "Other",
        "currency": "GBP",
        "version": 1,
        "createdAt": "2010-11-01T00:00:00.000Z",
        "updatedAt": "2010-11-01T00:00:00.000Z",
    } | content


def submission(body: Any, *, receives: int = 1, **attributes: str) -> Json:
    """Return the record of an order that a member of staff sent through the gateway."""
    said = {"channel": "staff", "acceptedAt": "1291191960123", "submittedBy": "staff@shop.example"}
    said |= {"sub": "1", "groups": "staff"}
    return message(body, receives=receives, sender=GATEWAY, **said | attributes)


def of_machine(body: Any, client: str = MACHINE["client_id"], **options: Any) -> Json:
    """Return the record of an order that the machine of a connected shop sent through the inbox."""
    said = {"channel": "machine", "acceptedAt": "1291191960123", "sub": client}
    return message(body, sender=GATEWAY, **said | options)


def customer_order(order_id: str = "", **changes: Any) -> Json:
    """Return an order as a customer of the storefront submits it, with a new ID unless one is given."""
    base = {name: value for name, value in order(order_id).items() if name != "customer"}
    return base | {"agreedTotal": 2 * 1250 + 899} | changes


def of_customer(body: Any, claims: Json = CUSTOMER, **options: Any) -> Json:
    """Return the record of an order that a customer sent through the API of the storefront."""
    said = {"channel": "customer", "acceptedAt": "1291191960123", "sub": claims["sub"]}
    said |= {"submittedBy": claims["email"], "name": claims["name"]}
    said |= {"emailVerified": claims["email_verified"]}
    return message(body, sender=GATEWAY, **said | options)


def message(
    body: Any, *, receives: int = 1, receipt: str = "none", sender: str = OPERATOR, **attributes: str
) -> Json:
    """Return a record of the order queue as Lambda receives it. A body that is not text becomes JSON."""
    return {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": receipt,
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {
            "SentTimestamp": "1291191960123",
            "ApproximateReceiveCount": str(receives),
            "SenderId": sender,
            "ApproximateFirstReceiveTimestamp": "1291191960200",
        },
        "messageAttributes": {name: _message_attribute(value) for name, value in attributes.items()},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:orders",
        "awsRegion": "us-east-1",
    }


def _message_attribute(value: str) -> Json:
    return {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}


def as_record(received: Json, sender: str = OPERATOR) -> Json:
    """Return a message as Lambda receives it that was received from a queue by a call."""
    attributes = received.get("MessageAttributes", {})
    receives = int(received["Attributes"]["ApproximateReceiveCount"])
    sent = message(received["Body"], receives=receives, sender=sender)
    texts = {name: _message_attribute(one["StringValue"]) for name, one in attributes.items()}
    return sent | {"messageId": received["MessageId"], "messageAttributes": texts}


def fault(code: str = "ProvisionedThroughputExceededException", operation: str = "PutItem") -> ClientError:
    """Return an error of AWS, as boto3 raises it."""
    return ClientError({"Error": {"Code": code, "Message": "made by a test"}}, operation)


def cancelled(*codes: str) -> ClientError:
    """Return the error of a cancelled transaction, with one reason code for each of its writes."""
    error = fault("TransactionCanceledException", "TransactWriteItems")
    error.response["CancellationReasons"] = [{"Code": code} for code in codes]
    return error


def change(before: Json | None, after: Json | None, event_id: str = "") -> Json:
    """Return a record of the orders stream, as Lambda receives it, for an item before and after a change."""
    name = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
    images = {"OldImage": before, "NewImage": after}
    return {
        "eventID": event_id or uuid.uuid4().hex,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1291191960.0,
            "Keys": {"orderID": {"S": (after or before or {})["orderID"]}},
            **{image: tables.attributes(item) for image, item in images.items() if item},
            "SequenceNumber": "1",
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def request(
    method: str,
    resource: str,
    body: Any = None,
    *,
    claims: Json | None = STAFF,
    headers: Json | None = None,
    query: Json | None = None,
    **path: str,
) -> Json:
    """Return a request as the proxy integration of API Gateway sends it."""
    return {
        "httpMethod": method,
        "resource": resource,
        "path": resource.format(**path),
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "queryStringParameters": query,
        "pathParameters": path or None,
        "requestContext": {"requestId": "gateway-1", "authorizer": {"claims": claims} if claims else None},
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


@contextmanager
def _environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables during the block, and delete those with None. `patch.dict` would set all others too."""
    before = {name: os.environ.get(name) for name in wanted}
    changed = {name for name, value in wanted.items() if value != before[name]}
    _set({name: wanted[name] for name in changed})
    try:
        yield
    finally:
        _set({name: before[name] for name in changed})


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


KEYS = {
    "SHOP_ORDERS_TABLE": "orderID",
    "SHOP_NUMBERS_TABLE": "counter",
    "SHOP_PRODUCTS_TABLE": "sku",
    "SHOP_NOTIFICATIONS_TABLE": "notificationID",
    "SHOP_TALLIES_TABLE": "tally",
    "SHOP_CUSTOMERS_TABLE": "email",
    "SHOP_SALES_TABLE": "product",
    "SHOP_TERMS_TABLE": "term",
    "SHOP_DRAFTS_TABLE": "sub",
    "SHOP_LETTERS_TABLE": "id",
    "SHOP_PEOPLE_TABLE": "person",
    "SHOP_ACCOUNTING_TABLE": "accepted",
    "SHOP_SHOPS_TABLE": "shopID",
    "SHOP_DELIVERIES_TABLE": "shop",
    "SHOP_ACCOUNTS_TABLE": "sub",
}
RANGES = {
    "SHOP_ACCOUNTS_TABLE": ("kind",),
    "SHOP_DELIVERIES_TABLE": ("deliveryID",),
    "SHOP_DRAFTS_TABLE": ("orderID",),
    "SHOP_PEOPLE_TABLE": ("entry",),
    "SHOP_SALES_TABLE": ("period",),
    "SHOP_TALLIES_TABLE": ("slot",),
    "SHOP_TERMS_TABLE": ("listKey",),
}
_WRITES_TO = {
    "count_orders": {"SHOP_ACCOUNTING_TABLE", "SHOP_LETTERS_TABLE"},
    "create_product": {"SHOP_PRODUCTS_TABLE", "SHOP_TERMS_TABLE"},
    "import_products": {"SHOP_PRODUCTS_TABLE", "SHOP_TERMS_TABLE"},
    "put_product": {"SHOP_PRODUCTS_TABLE", "SHOP_TERMS_TABLE"},
    "put_draft": {"SHOP_DRAFTS_TABLE"},
    "change_person": {"SHOP_PEOPLE_TABLE"},
    "invite_person": {"SHOP_PEOPLE_TABLE"},
    "record_sign_in": {"SHOP_PEOPLE_TABLE"},
    "resend_invitation": {"SHOP_PEOPLE_TABLE"},
    "sign_out_person": {"SHOP_PEOPLE_TABLE"},
    "add_shop_secret": {"SHOP_SHOPS_TABLE"},
    "change_shop": {"SHOP_SHOPS_TABLE"},
    "connect_shop": {"SHOP_SHOPS_TABLE"},
    "disconnect_shop": {"SHOP_SHOPS_TABLE"},
    "remove_shop_secret": {"SHOP_SHOPS_TABLE"},
    "put_webhook": {"SHOP_SHOPS_TABLE"},
    "delete_webhook": {"SHOP_SHOPS_TABLE"},
    "add_webhook_secret": {"SHOP_SHOPS_TABLE"},
    "remove_webhook_secret": {"SHOP_SHOPS_TABLE"},
    "send_test_event": {"SHOP_DELIVERIES_TABLE", "SHOP_WEBHOOK_QUEUE_URL"},
    "redeliver_event": {"SHOP_DELIVERIES_TABLE", "SHOP_WEBHOOK_QUEUE_URL"},
    "patch_customer": {"SHOP_CUSTOMERS_TABLE"},
    "put_cart": {"SHOP_ACCOUNTS_TABLE"},
    "put_addresses": {"SHOP_ACCOUNTS_TABLE"},
    "put_lists": {"SHOP_ACCOUNTS_TABLE"},
    "claim_orders": {"SHOP_ORDERS_TABLE"},
    "delete_account": {"SHOP_ACCOUNTS_TABLE"},
    "cancel_my_order": {"SHOP_ORDERS_TABLE"},
    "erase_customer": {
        "SHOP_ACCOUNTS_TABLE",
        "SHOP_CUSTOMERS_TABLE",
        "SHOP_DRAFTS_TABLE",
        "SHOP_LETTERS_TABLE",
        "SHOP_ORDERS_TABLE",
    },
    "delete_product": {"SHOP_PRODUCTS_TABLE", "SHOP_TERMS_TABLE"},
    "send_order_mail": {"SHOP_ORDERS_TABLE", "SHOP_NOTIFICATION_AGAIN_URL"},
    "delete_dead_letter": {"SHOP_LETTERS_TABLE"},
    "apply_retention": {"SHOP_ORDERS_TABLE", "SHOP_LETTERS_TABLE"},
    "delete_order": {"SHOP_ORDERS_TABLE", "SHOP_LETTERS_TABLE"},
    "deliver_webhooks": {"SHOP_DELIVERIES_TABLE", "SHOP_SHOPS_TABLE", "SHOP_WEBHOOK_DLQ_URL"},
    "keep_dead_letters": {"SHOP_LETTERS_TABLE"},
    "redrive_dead_letter": {
        "SHOP_LETTERS_TABLE",
        "SHOP_ORDER_QUEUE_URL",
        "SHOP_NOTIFICATION_AGAIN_URL",
        "SHOP_VIEWS_AGAIN_URL",
        "SHOP_WEBHOOK_QUEUE_URL",
        "SHOP_PAGES_AGAIN_URL",
        "SHOP_MAILS_QUEUE_URL",
    },
    "mail_customers": {"SHOP_NOTIFICATIONS_TABLE", "SHOP_MAILS_DLQ_URL"},
    "make_pages": {"SHOP_TERMS_TABLE", "SHOP_PAGES_DLQ_URL"},
    "write_orders": {"SHOP_ORDERS_TABLE", "SHOP_NUMBERS_TABLE", "SHOP_ORDER_DLQ_URL"},
    "notify": {
        "SHOP_NOTIFICATIONS_TABLE",
        "SHOP_NOTIFICATION_DLQ_URL",
        "SHOP_WEBHOOK_QUEUE_URL",
        "SHOP_MAILS_QUEUE_URL",
        "TEST_MAILS_URL",
    },
    "update_views": {
        "SHOP_TALLIES_TABLE",
        "SHOP_CUSTOMERS_TABLE",
        "SHOP_SALES_TABLE",
        "SHOP_TERMS_TABLE",
        "SHOP_VIEWS_DLQ_URL",
    },
}


class Reply:
    """A response of the API: status, headers and body."""

    def __init__(self, answer: Json) -> None:
        self.status: int = answer["statusCode"]
        self.headers: dict[str, str] = answer["headers"]
        self.text: str = answer["body"]

    @property
    def json(self) -> Json:
        """The body, parsed."""
        content: Json = json.loads(self.text)
        return content

    @property
    def error(self) -> Json:
        """The `error` object of the body: code, message and fields."""
        shape: Json = self.json["error"]
        assert set(shape) <= {"code", "message", "fields"}
        return shape

    @property
    def fields(self) -> dict[str, str]:
        """The messages of invalid fields, by path."""
        return {fault["path"]: fault["message"] for fault in self.error["fields"]}


class Shop:
    """The functions, and the tables and queues that they read and write."""

    def __init__(self, names: dict[str, str], environment: dict[str, set[str]]) -> None:
        self.names = names
        self._environment = environment
        self._written: set[str] = set()

    def stock(self, products: dict[str, Json] = CATALOG) -> None:
        """Store products, and the pack of the catalog with them, without calling put_product."""
        self.put_all("SHOP_PRODUCTS_TABLE", [product_item(*one) for one in products.items()])
        self.pack()

    def pack(self) -> None:
        """Store the pack of the present catalog."""
        products = cast(list[Product], self.all("SHOP_PRODUCTS_TABLE"))
        self.put_all("SHOP_TERMS_TABLE", product_pack.rows(products))

    def packed(self) -> dict[str, str]:
        """Return the lines of the stored pack by SKU. Each part must have its version in a row of its own."""
        rows = {(row["term"], row["listKey"]): row for row in self.all("SHOP_TERMS_TABLE")}
        parts = {term[8:]: row for (term, _), row in rows.items() if term.startswith("catalog#")}
        versions = {key: row["version"] for (term, key), row in rows.items() if term == "catalog-versions"}
        assert versions == {part: row["version"] for part, row in parts.items()}
        lines = [line for row in parts.values() for line in product_pack.unpack(row["lines"])]
        return {product_pack.sku_of(line): line for line in lines}

    def empty_catalog(self) -> None:
        """Delete every product, and the pack of the catalog."""
        self._empty("SHOP_PRODUCTS_TABLE")
        self._empty("SHOP_TERMS_TABLE")

    def mark_written(self, table: str) -> None:
        """Record that the test writes to a table itself, so that the table is emptied afterwards."""
        self._written.add(table)

    def put(self, table: str, item: Json) -> None:
        """Store an item without calling a function."""
        self._written.add(table)
        aws.dynamodb().put_item(TableName=self.names[table], Item=tables.attributes(item))

    def put_all(self, table: str, items: Sequence[Json]) -> None:
        """Store many items without calling a function."""
        self._write_batches(table, [{"PutRequest": {"Item": tables.attributes(item)}} for item in items])

    def all(self, table: str) -> list[Json]:
        """Return every item of a table, by a scan, which no function may do."""
        return [tables.record(item) for item in self._scan(table, ConsistentRead=True)]

    def _scan(self, table: str, **request: Any) -> Iterator[Json]:
        while True:  # one scan returns at most 1 MB
            page = aws.dynamodb().scan(TableName=self.names[table], **request)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def orders(self) -> dict[str, Json]:
        """Return every item of the orders table, by order ID."""
        return {item["orderID"]: item for item in self.all("SHOP_ORDERS_TABLE")}

    def deliver(self, *records: Json, remaining_ms: TimeLeft = 10_000) -> list[str]:
        """Call write_orders with messages; return the IDs of those to be redelivered."""
        answer = self.call("write_orders", {"Records": list(records)}, remaining_ms)
        assert set(answer) == {"batchItemFailures"}
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def place(self, submitted: Json | None = None) -> Json:
        """Have write_orders store an order; return its item."""
        submitted = submitted or order()
        assert self.deliver(submission(submitted)) == []
        return self.orders()[submitted["orderID"]]

    def announce(self, *records: Json, remaining_ms: int = 60_000) -> Json:
        """Call notify with stream records; return its result."""
        return self.call("notify", {"Records": list(records)}, remaining_ms)

    def follow(self, *records: Json, remaining_ms: TimeLeft = 60_000) -> None:
        """Call update_views, which keeps figures, customers and search terms, with stream records."""
        answer = self.call("update_views", {"Records": list(records)}, remaining_ms)
        assert answer == {"batchItemFailures": []}

    def call(self, module: str, event: Json, remaining_ms: TimeLeft = 10_000) -> Json:
        """Call a handler with only the environment variables that the program gives it."""
        self._written |= _WRITES_TO.get(module, set())
        given = self._environment[module] | {"SHOP_CORS_ORIGIN"}
        with _environment({name: value if name in given else None for name, value in self.names.items()}):
            answer: Json = importlib.import_module(f"lambdas.handlers.{module}").handler(
                event, context(remaining_ms)
            )
        return answer

    def ask(self, module: str, *args: Any, **kwargs: Any) -> Reply:
        """Call a handler of the API. The other arguments are those of the function `request`.

        Every answer must be as the API's document describes it.
        """
        reply = Reply(self.call(module, request(*args, **kwargs)))
        assert_described(module, reply.status, reply.text)
        return reply

    def letters(self, queue: str = "SHOP_ORDER_DLQ_URL") -> list[Json]:
        """Receive and delete every message of a queue; return the body and attributes of each."""
        found = []
        while batch := self._receive(queue):
            for received in batch:
                attributes = received.get("MessageAttributes", {}).items()
                texts = {
                    name: shown.get("StringValue", shown.get("BinaryValue")) for name, shown in attributes
                }
                found.append({"body": received["Body"], **texts})
        return found

    def keep(self, queue: str = "SHOP_ORDER_DLQ_URL") -> dict[str, Json]:
        """Have keep_dead_letters take every message of a queue twice; return all letters by their ID."""
        arn = f"arn:aws:sqs:eu-west-1:1:{self.names[queue].rpartition('/')[2]}"
        while batch := self._receive(queue):
            records = [as_record(one) | {"eventSourceARN": arn} for one in batch]
            for record, one in zip(records, batch, strict=True):
                record["attributes"]["SentTimestamp"] = one["Attributes"]["SentTimestamp"]
            for _ in range(2):
                assert self.call("keep_dead_letters", {"Records": records}) == {"batchItemFailures": []}
        return {letter["id"]: letter for letter in self.all("SHOP_LETTERS_TABLE")}

    def mails(self) -> list[Json]:
        """Receive and delete every mail; return the Subject and Message of each."""
        return [json.loads(letter["body"]) for letter in self.letters("TEST_MAILS_URL")]

    def receive(self) -> list[Json]:
        """Receive messages of the order queue as Lambda does; return them as records."""
        self._written |= {"SHOP_ORDER_QUEUE_URL"}
        received = self._receive("SHOP_ORDER_QUEUE_URL", delete=False)
        return [as_record(one) | {"receiptHandle": one["ReceiptHandle"]} for one in received]

    def clear(self) -> None:
        """Empty the tables and queues that the test wrote to, and restore the sample products."""
        for name in sorted(self._written):
            if name in KEYS:
                self._empty(name)
            else:  # with the messages that are hidden at this moment
                aws.sqs().purge_queue(QueueUrl=self.names[name])
        if "SHOP_PRODUCTS_TABLE" in self._written:  # without a pack, as `resources` creates them
            self.put_all("SHOP_PRODUCTS_TABLE", [product_item(*one) for one in CATALOG.items()])

    def _empty(self, table: str) -> None:
        names = {f"#{place}": name for place, name in enumerate((KEYS[table], *RANGES.get(table, ())))}
        keys = self._scan(table, ProjectionExpression=",".join(names), ExpressionAttributeNames=names)
        self._write_batches(table, [{"DeleteRequest": {"Key": key}} for key in keys])

    def _write_batches(self, table: str, requests: Sequence[Json]) -> None:
        self._written.add(table)
        for start in range(0, len(requests), 25):
            batch = {self.names[table]: requests[start : start + 25]}
            answer = aws.dynamodb().batch_write_item(RequestItems=batch)
            assert not answer["UnprocessedItems"]

    def _receive(self, queue: str, delete: bool = True) -> list[Json]:
        url = self.names[queue]
        answer = aws.sqs().receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
        )
        batch: list[Json] = answer.get("Messages", [])
        for one in batch if delete else []:
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return batch
