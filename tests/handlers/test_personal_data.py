"""A list of all fields, tables, queues and log fields that may have personal data, and how they are reached.

A new one fails a test until it has an entry. One test leaves a marker in every field, has the person erased,
and looks for the marker everywhere.
"""

import ast
import json
from collections.abc import Iterator
from typing import Any, is_typeddict

import pytest

from components import openapi
from lambdas.platform import json_schema
from lambdas.shop import documents
from tests.graph.graph import Graph
from tests.handlers.personal_traces import (
    MARK,
    Trade,
    erase,
    export,
    exported,
    leave_everywhere,
    paths,
    traces,
)
from tests.handlers.shop import KEYS, Json, Shop
from tests.imports import ROOT

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ORDERS, CUSTOMERS, ACCOUNTS = "SHOP_ORDERS_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_ACCOUNTS_TABLE"
LETTERS, DRAFTS, TERMS = "SHOP_LETTERS_TABLE", "SHOP_DRAFTS_TABLE", "SHOP_TERMS_TABLE"
# The fields of tables with texts of people, each with its path in the export, or None for a copy
# that only the search or an index needs. The erasure must reach all of them.
PERSONAL: dict[str, str | None] = {
    f"{ORDERS}:customer.name": "orders[].customer.name",
    f"{ORDERS}:customer.email": "orders[].customer.email",
    f"{ORDERS}:customer.company": "orders[].customer.company",
    f"{ORDERS}:customer.phone": "orders[].customer.phone",
    f"{ORDERS}:customer.address": "orders[].customer.address",
    f"{ORDERS}:customerEmail": None,  # the key of an index
    f"{ORDERS}:reference": "orders[].reference",
    f"{ORDERS}:notes": "orders[].notes",
    f"{ORDERS}:charges[].text": "orders[].charges[].text",
    f"{ORDERS}:tags[]": "orders[].tags[]",
    f"{ORDERS}:assignee": None,  # somebody of the shop, in whose place the export has a word
    f"{ORDERS}:items[].sku": "orders[].items[].sku",  # of a rejected order, it may be any text
    f"{ORDERS}:submitted": "orders[].submitted",
    f"{ORDERS}:rejectionReasons[].path": "orders[].rejectionReasons[].path",
    f"{ORDERS}:rejectionReasons[].message": "orders[].rejectionReasons[].message",
    f"{ORDERS}:submittedBy": "orders[].submittedBy",  # the customer, if the channel is `customer`
    f"{ORDERS}:history[].by": "orders[].history[].by",
    f"{ORDERS}:history[].note": "orders[].history[].note",
    f"{ORDERS}:history[].changes[].field": "orders[].history[].changes[].field",
    f"{ORDERS}:history[].changes[].from": "orders[].history[].changes[].from",
    f"{ORDERS}:history[].changes[].to": "orders[].history[].changes[].to",
    f"{CUSTOMERS}:email": "customer.email",
    f"{CUSTOMERS}:listKey": None,  # the key of an index
    f"{CUSTOMERS}:name": "customer.name",
    f"{CUSTOMERS}:company": "customer.company",
    f"{CUSTOMERS}:phone": "customer.phone",
    f"{CUSTOMERS}:address": "customer.address",
    f"{CUSTOMERS}:note": "customer.note",
    f"{LETTERS}:body": "deadLetters[].body",
    f"{LETTERS}:original": "deadLetters[].original",
    f"{LETTERS}:customerName": "deadLetters[].customerName",
    f"{LETTERS}:excerpt": "deadLetters[].excerpt",
    f"{LETTERS}:history[].note": "deadLetters[].history[].note",
    f"{LETTERS}:history[].changes[].from": "deadLetters[].history[].changes[].from",
    f"{LETTERS}:history[].changes[].to": "deadLetters[].history[].changes[].to",
    f"{LETTERS}:redriven.note": None,  # a copy of its history
    f"{LETTERS}:redriven.changes[].from": None,
    f"{LETTERS}:redriven.changes[].to": None,
    f"{LETTERS}:attributes.redriven": None,
    f"{LETTERS}:submittedBy": "deadLetters[].submittedBy",
    f"{LETTERS}:attributes.submittedBy": None,
    f"{LETTERS}:attributes.name": None,  # of the account, which the letter has as the customer's name
    **{
        f"{ACCOUNTS}:{path}": f"accounts[].{of}.{path}"
        for of, paths in {
            "cart": (
                "lines[].name", "order.reference", "order.notes",
                *(f"order.customer.{field}" for field in ("company", "phone", "address")),
            ),
            "addresses": (
                f"addresses[].{field}" for field in ("name", "company", "phone", "address")
            ),
        }.items()
        for path in paths
    },
    **{
        f"{DRAFTS}:{path}": f"parkedOrders[].{path}"
        for path in (
            "name",
            *(f"content.{of}.{field}" for of in ("customer", "filled") for field in (
                "name", "email", "company", "phone", "address",
            )),
            *(f"content.items[].{field}" for field in ("sku", "quantity", "name", "unit")),
            *("content.charges[].text", "content.charges[].amount", "content.notes", "content.left"),
        )
    },
    f"{TERMS}:words": None,  # of the search: its journal and its blocks
    f"{TERMS}:entries": None,
}  # fmt: skip
# Fields with a text that no person writes about a customer: staff, products, keys, amounts, times.
IMPERSONAL = {
    "Item": "sku quantity",
    "Line": "sku quantity name unit unitPrice lineTotal",
    "Charge": "kind amount",
    "SubmittedOrder": "orderID agreedTotal collection",
    "OrderContent": "agreedTotal collection",
    # The member of staff who worked, and the time. A member of staff is no customer here.
    "HistoryEntry": "at by sub event from to deadLetter mail",
    "OrderReference": "orderID number",
    "OrderKeys": "listShard statusShard listKey totalKey",
    "Order": "orderID number status version channel shopID accountID collection createdAt updatedAt "
    "submittedBy currency total lineCount chargeTotal hasNotes slipPrintedAt settledAt anonymisedAt "
    "agreedTotal listShard statusShard listKey "
    # The hash of what was submitted: a redelivery is known by it. Nobody can read it backwards.
    "totalKey submissionHash",
    "Tombstone": "orderID erasedAt erasedBy sub submissionHash lastChange expiresAt",
    "DraftContent": "replaces",
    "Draft": "sub orderID lineCount version updatedAt expiresAt",
    "ProductPrice": "name unit unitPrice currency active minQuantity",
    "ProductContent": "name unit unitPrice currency active category description packSize netContent "
    "minQuantity vatClass signalWord pictograms hazardStatements ufi image imageText safetyDataSheet "
    "safetyDataSheetVersion safetyDataSheetDate",
    "UpdatedBy": "name sub",
    "Product": "sku version createdAt updatedAt name unit unitPrice currency active category description "
    "packSize netContent minQuantity vatClass signalWord pictograms hazardStatements ufi image imageText "
    "safetyDataSheet safetyDataSheetVersion safetyDataSheetDate",
    "ProductChange": "field from to",
    "ProductHistoryEntry": "at by sub event",
    "CustomerRow": "orders sales lastOrderAt lastOrderID latest listShard noteBy noteAt version counted",
    "LetterEntry": "at by sub event",
    "Letter": "id source state stateSource listKey version advice receivedAt returnedAt tries orderID "
    "acceptedAt channel shopID submittedBy sentAs tokens",
}
# Fields with other documents in them, or with texts that PERSONAL has under the table that they lie in.
PERSONAL_TYPES = {
    "Customer": "name email company phone address",
    "Charge": "text",
    "DeliveryDetails": "address phone notes",
    "Labels": "tags assignee",
    "SubmittedOrder": "customer items charges reference notes",
    "OrderContent": "customer items charges reference notes submitted",
    "RejectionReason": "path message",
    "FieldChange": "field from to",
    "HistoryEntry": "note changes",
    "OrderKeys": "customerEmail",
    "Order": "customer items charges reference notes submitted history rejectionReasons tags assignee "
    "replacedBy replaces customerEmail",
    "DraftContent": "customer items charges filled reference notes left",
    "Draft": "name content",
    "Product": "updatedBy",
    "ProductHistoryEntry": "changes",
    "CustomerRow": "email name company phone address listKey note",
    "LetterEntry": "note reason changes",
    "Letter": "reason body original customerName excerpt attributes redriven history",
}
# The schemas of what people send, each with the type of the document in which it is stored.
INPUTS = {
    "Customer": "Customer",
    "Item": "Item",
    "Charge": "Charge",
    "Order": "SubmittedOrder",
    "OrderEdit": "OrderContent",
    "OrderChange": "HistoryEntry",
    "OtherCustomer": "Customer",
    "Labels": "Labels",
    "CustomerChange": "CustomerRow",
    "Erasure": "HistoryEntry",  # its reason is the note, and the form says that it must name nobody
    "Settlement": "Order",
    "DeliveryDetails": "DeliveryDetails",
    "Product": "Product",
    "NewProduct": "Product",
    "ProductBatch": "Product",
    "ProductFile": "Product",
    "Draft": "Draft",
    "DraftContent": "DraftContent",
    "DraftCustomer": "DraftContent",
    "DraftLine": "DraftContent",
    "DraftCharge": "DraftContent",
    "Redrive": "Letter",
    "MailAgain": "HistoryEntry",
    "Invitation": "",  # an account of staff
    "PersonChange": "",
    "NewShop": "",  # a system that sends orders
    "ShopChange": "",
    "WebhookAddress": "",
    "CustomerOrder": "SubmittedOrder",
    "DeliverTo": "Customer",
    "CartContent": "",  # the rows of an account, which are exported and erased as they are
    "CartLine": "",
    "AddressBook": "",
    "SavedLists": "",
    "SavedList": "",
    "ListLine": "",
    "BookedAddress": "",
}
# The schemas of answers, by what they show. What is about customers is in the export.
ANSWERS = {
    "export": "CustomerExport ExportedAccount Cart Addresses ExportedMail StoredOrder OrderCustomer Line "
    "RejectionReason FieldChange HistoryEntry OrderReference StoredCustomer StoredDraft DeadLetter "
    "DeadLetterEntry OrderMail OrderMails",
    "parts of what the export has": "ListedOrder OrderPage ProductOrder ProductOrderPage ListedCustomer "
    "CustomerPage ListedDraft DraftList ListedDeadLetter DeadLetterPage DeadLetterChanged OrderChanged "
    "CustomerChanged DraftChanged InboxOrder Account CartChanged AddressesChanged Lists ListsChanged "
    "ClaimedOrders MyOrder MyListedOrder "
    "MyOrderPage",
    "products and figures": "AlsoBought AlsoBoughtItem StoredProduct FileUpload ProductHistory "
    "ProductHistoryEntry ProductChange ProductOutcomes ProductOutcome UpdatedBy ProductPage CategoryCount "
    "ProductChanged QuarterHour Activity Sale Sales TopSellers TopSeller Workload ErasureStep "
    "Accounting MissingOrder",
    "accounts of staff": "Person WholePerson PersonHistoryEntry PersonPage Sub Groups PersonState "
    "PersonSource",
    "webhooks: no customer, like the events themselves": "Webhook NewWebhook WebhookState "
    "WebhookOffReason WebhookSecret NewWebhookSecret DeliveryList Delivery DeliveryState EventType "
    "QueuedDelivery",
    "connected shops": "ShopList Shop NewlyConnectedShop ShopID ShopState ShopSecret NewShopSecret "
    "ShopHistoryEntry",
    "errors": "Error ErrorDetail ErrorField GatewayError",
    "words and numbers": "Instant Currency Channel Status StatusSince Queued DeadLetterSource "
    "DeadLetterState Moment Edges SalesPeriod SalesRank Words SortOrder ProductSort TrueOrFalse YesOrNo "
    "PageSize PeopleSize AlsoBoughtSize",
}
# The content of each table about customers, and how it goes.
TABLES = {
    "orders-table": "orders: anonymised or erased; a tombstone has no text and goes after 15 days",
    "views-customers": "the row and its note: go with the last order",
    "dead-letters-table": "letters: lose their content",
    "orders-drafts-table": "parked orders: deleted",
    "accounts-table": "carts and addresses: deleted, before the account in the pool of customers",
    "search-terms": "words of orders: replaced or removed; marks have an order's ID and go after 15 days",
    "notifications-ledger": "no customer: IDs of orders and the addresses of the shop; goes after 400 days",
    "orders-numbers": "a counter",
    "accounting-table": "no customer: IDs of accepted orders, and accounts that sent them",
    "products-table": "products",
    "views-product-sales": "sums by product",
    "views-tallies": "sums by time",
    "people-table": "accounts of staff",
    "webhooks-deliveries": "no customer: what a machine may see of its own orders; goes after 30 days",
    "connected-shops-table": "names of systems that send orders, and the admins who connected them",
}
# The content of each queue about customers. A queue is empty within seconds, unless a function fails.
QUEUES = {
    "orders-queue": "new orders, and those that are sent again: stored, and found by the next call",
    "orders-dead-letters": "orders: become letters",
    "notifications-dead-letters": "changes of orders: become letters",
    "notifications-again": "IDs of orders, and changes that are sent again",
    "views-dead-letters": "changes of orders: become letters",
    "views-again": "changes that are sent again",
    "webhooks-queue": "no customer: what a machine may see of its own orders",
    "webhooks-dead-letters": "no customer: events, which become letters",
    "storefront-dead-letters": "no customer: changes of products, which become letters",
    "storefront-again": "no customer: changes of products that are sent again",
    "customer-mails-queue": "IDs of orders, and for a moment what SES says of a mail that did not arrive",
    "customer-mails-dead-letters": "IDs of orders, which become letters",
}
# The fields that a line of a log may have. None of them is about a customer.
LOGGED = {
    *("dead", "delivery", "lines", "missing", "page", "pages", "since", "waiting"),
    *(
        "at",
        "bytes",
        "code",
        "error",
        "eventID",
        "fields",
        "file",
        "isFinished",
        "isNew",
        "left",
        "letterID",
        "level",
    ),
    *("messageID", "messages", "new", "notificationIDs", "orderID", "part", "person", "products"),
    *("receives", "refused", "requestID", "shop", "size", "sku", "source", "status", "sub", "version"),
}


def document_types() -> dict[str, set[str]]:
    """Return the fields of each type of a stored document."""
    found = {name: one for name, one in vars(documents).items() if is_typeddict(one)}
    return {name: set(one.__annotations__) for name, one in found.items()}


def test_each_field_of_a_document_is_listed_as_personal_or_not() -> None:
    listed = {
        name: {*IMPERSONAL.get(name, "").split(), *PERSONAL_TYPES.get(name, "").split()}
        for name in {*IMPERSONAL, *PERSONAL_TYPES}
    }
    assert listed == document_types()


def test_each_schema_of_a_body_is_listed_with_its_document() -> None:
    assert json_schema.SCHEMAS.keys() == INPUTS.keys()
    assert {of for of in INPUTS.values() if of} <= document_types().keys()


def test_each_schema_of_an_answer_is_listed() -> None:
    listed = [name for names in ANSWERS.values() for name in names.split()]
    assert sorted(listed) == sorted(openapi.api_schemas())


def test_each_field_of_a_body_is_a_field_of_its_document() -> None:
    """A field that is stored under another name has its own entry here."""
    renamed = {
        ("OrderChange", "status"), ("OrderChange", "details"), ("OrderChange", "settled"),
        ("OrderChange", "comment"), ("OrderChange", "printed"), ("OrderChange", "labels"),
        ("OrderChange", "customer"), ("Erasure", "reason"), ("Erasure", "dryRun"), ("Erasure", "cursor"),
        ("Erasure", "discardDeadLetters"),
        ("Settlement", "undone"), ("ProductBatch", "dryRun"), ("ProductBatch", "partial"),
        ("ProductBatch", "expected"),
        ("ProductBatch", "items"), ("ProductFile", "kind"), ("ProductFile", "contentType"),
        ("ProductFile", "size"), ("ProductFile", "sha256"), ("Redrive", "note"),
        *(("DraftCustomer", name) for name in ("name", "email", "company", "phone", "address")),
        *(("DraftLine", name) for name in ("sku", "quantity", "name", "unit", "unitPrice", "currency")),
        *(("DraftCharge", name) for name in ("kind", "text", "amount")),
    }  # fmt: skip
    found = {
        (schema, name)
        for schema, of in INPUTS.items()
        for name in json_schema.SCHEMAS[schema].get("properties", {})
        if of and name not in document_types()[of]
    }
    assert found == renamed


def test_each_table_and_queue_is_listed(dev: Graph) -> None:
    assert {one.name for one in dev.all("dynamodb.Table")} == TABLES.keys()
    assert {one.name for one in dev.all("sqs.Queue")} == QUEUES.keys()
    assert len(KEYS) == len(TABLES)  # the tests look into all of them


def test_each_field_of_a_log_line_is_listed() -> None:
    sources = [file.read_text() for file in sorted((ROOT / "lambdas").rglob("*.py"))]
    calls = [call for source in sources for call in _log_calls(source)]
    named = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    assert calls
    assert named - LOGGED == set()
    spread = {ast.unparse(word.value) for call in calls for word in call.keywords if word.arg is None}
    assert spread == {"fields", "figures", "prices", "details", "outcome.counts"}


def _log_calls(source: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("log.event", "log.failure"):
            yield node


@pytest.fixture
def traded(shop: Shop, packed: None) -> Trade:
    """A trade with traces of a person in everything."""
    trade = Trade(shop)
    leave_everywhere(trade)
    return trade


def test_the_traces_are_in_every_personal_field(traded: Trade) -> None:
    assert set(traces(traded.shop)) == PERSONAL.keys()


def test_the_export_has_every_personal_field(traded: Trade) -> None:
    whole = exported(traded.shop)
    assert {path for path in PERSONAL.values() if path} <= set(paths(whole, MARK))
    assert "@shop.example" not in json.dumps(whole)  # nobody of the shop
    assert len(whole["orders"]) == traded.shop.all(CUSTOMERS)[0]["orders"]
    assert {mail["orderID"] for mail in whole["mails"]} == {one["orderID"] for one in whole["orders"]}


def test_nothing_of_a_person_is_left_anywhere_after_the_erasure(
    traded: Trade, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, figures = traded.shop, _figures(traded.shop)
    preview = erase(shop, dryRun=True).json
    assert set(traces(shop)) == PERSONAL.keys()  # a dry run changes nothing
    answers = traded.erase_all()
    assert traces(shop) == []
    assert MARK not in capsys.readouterr().out.lower()
    counts = ("anonymised", "erased", "deadLetters", "parkedOrders", "accounts")
    assert (
        {name: sum(one[name] for one in answers) for name in counts}
        == {name: preview[name] for name in counts}
        == {"anonymised": 4, "erased": 3, "deadLetters": 6, "parkedOrders": 2, "accounts": 1}
    )
    assert export(shop).status == 404
    assert _figures(shop) == figures


def _figures(shop: Shop) -> Json:
    """Return the figures of the shop that an erasure must not change."""
    best = shop.ask("get_top_sellers", "GET", "/reports/top-sellers").json
    day = {"from": "2010-12-01", "to": "2010-12-01"}
    activity = shop.ask("get_activity", "GET", "/reports/activity", query=day).json
    counts: dict[str, Any] = shop.ask("get_workload", "GET", "/reports/workload").json["counts"]
    left = {name: count for name, count in counts.items() if name not in ("rejected", "cancelled")}
    return {"best": best, "activity": activity, "counts": left}
