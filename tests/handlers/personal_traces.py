"""Traces of one person for tests: a marker in every field that people can write, and the search for it."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.platform import aws, tables
from tests.handlers.customer_calls import line, pool_of_customers, put
from tests.handlers.shop import (
    ADMIN,
    KEYS,
    STAFF,
    Json,
    Reply,
    Shop,
    change,
    customer_order,
    of_customer,
    order,
    submission,
)
from tests.handlers.test_customer_notes import patch as patch_customer
from tests.handlers.test_drafts import put as park
from tests.handlers.test_redrive import mended
from tests.handlers.test_redrive import send as send_again

MARK = "zyxmark"
EMAIL = f"{MARK}@person.example"
OTHER_EMAIL = f"{MARK}.before@person.example"  # of an order before it was given to the person
PERSON = {
    "name": f"{MARK} Name",
    "email": EMAIL,
    "company": f"{MARK} Company",
    "phone": f"{MARK} 555-0100",
    "address": f"{MARK} Lane 1",
}
CHARGES = [
    {"kind": "other", "text": f"Plaque for {MARK}", "amount": 500},
    {"kind": "discount", "text": f"As agreed with {MARK}", "amount": -100},
]
ORDER = "/orders/{orderID}"


class Trade:
    """A shop whose stream is followed: after each change of an order, update_views is called with it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.records: list[Json] = []  # of the stream, all that were followed
        self._known = shop.orders()

    def follow(self) -> None:
        """Follow the changes of orders since the last time."""
        now = self.shop.orders()
        changed = [key for key in now if now[key] != self._known.get(key)]
        records = [change(self._known.get(key), now[key]) for key in changed]
        self._known = now
        self.records += records
        for record in records:
            self.shop.follow(record)

    def place(self, **changes: Any) -> str:
        """Have an order of the person placed; return its ID."""
        texts = {"reference": f"{MARK}-17", "notes": f"Ring {MARK}"}
        submitted = order(customer=PERSON, charges=CHARGES, **texts) | changes
        assert self.shop.deliver(submission(submitted)) == []
        self.follow()
        return str(submitted["orderID"])

    def patch(self, order_id: str, claims: Json = ADMIN, **body: Any) -> None:
        """Change an order, and follow the change."""
        reply = self.shop.ask(
            "move_order", "PATCH", ORDER, body, claims=claims, headers={"If-Match": "*"}, orderID=order_id
        )
        assert reply.status == 200, reply.text
        self.follow()

    def move(self, order_id: str, *statuses: str) -> None:
        """Move an order through statuses, with a note for each."""
        for status in statuses:
            self.patch(order_id, status=status, note=f"{MARK} rang")

    def edit(self, order_id: str) -> None:
        """Replace what an order has about its customer, with other texts of the same person."""
        customer = {name: f"{value} new" for name, value in PERSON.items() if name != "email"}
        body = {
            "customer": customer | {"email": EMAIL.upper()},
            "items": [{"sku": "MOP-1", "quantity": 3}],
            "charges": CHARGES,
            "reference": f"{MARK}-18",
            "notes": f"Leave it with {MARK}",
        }
        headers = {"If-Match": "*"}
        reply = self.shop.ask("replace_order", "PUT", ORDER, body, headers=headers, orderID=order_id)
        assert reply.status == 200, reply.text
        self.follow()

    def erase_all(self, email: str = EMAIL, most: int = 100, **body: Any) -> list[Json]:
        """Call the erasure until nothing is left, and follow each call; return the answers.

        Orders that did not arrive go too.
        """
        body = {"discardDeadLetters": True} | body
        answers: list[Json] = []
        while not answers or answers[-1]["left"]:
            cursor = {"cursor": answers[-1]["nextCursor"]} if answers and answers[-1]["nextCursor"] else {}
            reply = erase(self.shop, email, **body, **cursor)
            assert reply.status == 200, reply.text
            answers.append(reply.json)
            assert len(answers) <= most, answers
            self.follow()
        return answers


def erase(shop: Shop, email: str = EMAIL, claims: Json = ADMIN, **body: Any) -> Reply:
    """Make one call of the erasure."""
    asked = {"reason": "asked by letter"} | body
    return shop.ask("erase_customer", "POST", "/customers/{email}/erasure", asked, claims=claims, email=email)


def user_pool_of(shop: Shop, *emails: str) -> None:
    """Give the shop a user pool with an account for each address."""
    users, name = aws.cognito(), uuid.uuid4().hex
    pool = users.create_user_pool(PoolName=name, UsernameAttributes=["email"])["UserPool"]["Id"]
    for email in emails:
        attributes = [{"Name": "email", "Value": email}]
        users.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=attributes)
    shop.names["SHOP_USER_POOL"] = pool


def export(shop: Shop, email: str = EMAIL, claims: Json = ADMIN, cursor: str = "") -> Reply:
    """Read one page of the export."""
    query = {"cursor": cursor} if cursor else None
    if "SHOP_USER_POOL" not in shop.names:
        user_pool_of(shop)
    return shop.ask(
        "export_customer", "GET", "/customers/{email}/export", claims=claims, query=query, email=email
    )


def exported(shop: Shop, email: str = EMAIL) -> Json:
    """Return all pages of the export together."""
    whole: Json = {"orders": [], "deadLetters": [], "parkedOrders": [], "mails": []}
    cursor: str | None = ""
    while cursor is not None:
        page = export(shop, email, cursor=cursor).json
        cursor = page.pop("nextCursor")
        for name, value in page.items():
            whole[name] = whole.get(name, []) + value if isinstance(value, list) else value
    return whole


def traces(shop: Shop, mark: str = MARK) -> list[str]:
    """Return where the marker is: the paths in all tables, and the messages of all queues."""
    found: list[str] = []
    for table in KEYS:
        for item in shop.all(table):
            found += [f"{table}:{path}" for path in paths(item, mark)]
    urls = {name for name in shop.names if name.startswith("SHOP_") and name.endswith("_URL")}
    for queue in sorted(urls - {"SHOP_MACHINE_TOKEN_URL", "SHOP_SITE_URL"}):
        found += [queue for letter in shop.letters(queue) if mark in json.dumps(letter).lower()]
    return found


def paths(value: Any, mark: str, path: str = "") -> Iterator[str]:
    """Yield the paths of the texts with the marker, with `[]` for each entry of a list. Keys count too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if mark in str(name).lower():
                yield f"{path}.(key)".removeprefix(".")
            yield from paths(inner, mark, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, mark, f"{path}[]")
    elif mark in str(value).lower():
        yield path


def leave_everywhere(trade: Trade) -> None:
    """Leave traces of the person in everything that people can write."""
    _delivered(trade)
    _cancelled_and_rejected(trade)
    _given_to_the_person(trade)
    _dead_letters(trade)
    _parked(trade.shop)
    _by_the_person(trade)
    headers = {"if_match": "*", "email": EMAIL}
    assert patch_customer(trade.shop, {"note": f"{MARK} pays late"}, **headers).status == 200


def _delivered(trade: Trade) -> None:
    delivered = trade.place()
    trade.edit(delivered)
    details = {"address": f"{MARK} Street", "phone": f"{MARK} 7", "notes": f"{MARK} at noon"}
    trade.patch(delivered, details=details, note=f"As {MARK} said")
    trade.patch(delivered, labels={"tags": [f"for {MARK}"], "assignee": f"{MARK} van"})
    trade.patch(delivered, comment=f"{MARK} rang again")
    trade.patch(delivered, printed="slip")
    trade.move(delivered, "packed", "placed", "packed", "shipped", "delivered")


def _cancelled_and_rejected(trade: Trade) -> None:
    trade.move(trade.place(), "cancelled")
    rejected = trade.place(items=[{"sku": f"{MARK}-1", "quantity": 1}])
    trade.patch(rejected, settled={}, note=f"{MARK} bought elsewhere")
    trade.place(**{f"{MARK}Field": f"{MARK} value"})  # against the schema: its text is kept


def _given_to_the_person(trade: Trade) -> None:
    given = trade.place(customer=PERSON | {"email": OTHER_EMAIL})
    trade.patch(given, customer={"email": EMAIL})
    trade.move(given, "packed", "shipped")


def _dead_letters(trade: Trade) -> None:
    shop = trade.shop
    assert shop.deliver(submission(f"not JSON, from {EMAIL}")) == []
    assert shop.deliver(submission(order("17", customer=PERSON, notes=f"for {MARK}"))) == []
    taken = trade.place()
    trade.move(taken, "packed", "shipped", "delivered")
    sent = order(taken, customer=PERSON, notes=f"{MARK} wants a mop")
    assert shop.deliver(submission(sent)) == []
    letter = next(one for one in shop.keep().values() if one.get("orderID") == taken)
    body = mended(letter) | {"notes": f"{MARK} wants two", "customer": PERSON | {"name": f"{MARK} II"}}
    assert send_again(shop, letter, body=body, note=f"{MARK} agreed").status == 202
    _return(shop, letter["id"])
    last = body | {"notes": f"{MARK} wants three"}
    assert send_again(shop, letter, body=last, note=f"{MARK} agreed").status == 202
    _deliver(shop)
    _failed(trade)


def _return(shop: Shop, letter_id: str) -> None:
    """Have write_orders refuse what was sent again. The letter was lost meanwhile, as if by a restore."""
    key = tables.attributes({"id": letter_id})
    aws.dynamodb().delete_item(TableName=shop.names["SHOP_LETTERS_TABLE"], Key=key)
    _deliver(shop)


def _deliver(shop: Shop) -> None:
    """Have write_orders take what is in the order queue, and keep what it refuses."""
    records = shop.receive()
    for record in records:
        url = shop.names["SHOP_ORDER_QUEUE_URL"]
        aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])
    assert shop.deliver(*records) == []
    shop.keep()


def _failed(trade: Trade) -> None:
    """Have the mail and the count of a change fail, so that its letters have the whole order."""
    record = trade.records[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        trade.shop.announce(record)
        patch.setattr("lambdas.shop.order_changes.apply", lambda *_: int("x"))
        trade.shop.call("update_views", {"Records": [record]}, 60_000)
    for queue in ("SHOP_NOTIFICATION_DLQ_URL", "SHOP_VIEWS_DLQ_URL"):
        trade.shop.keep(queue)


def _by_the_person(trade: Trade) -> None:
    """Have the person order with an account: one order goes through, and one is a dead letter."""
    shop = trade.shop
    (claims,) = pool_of_customers(shop, EMAIL.upper(), name=PERSON["name"])
    claims["name"] = PERSON["name"]
    texts = {"reference": f"{MARK}-19", "notes": f"Ring {MARK}"}
    customer = {name: PERSON[name] for name in ("company", "phone", "address")}
    submitted = customer_order(customer=customer, **texts)
    address = {"name": f"{MARK} kitchen", **customer}
    put(shop, "cart", {"lines": [line(name=f"{MARK} mop")], "order": submitted}, 0, claims)
    put(shop, "addresses", {"addresses": [address]}, 0, claims)
    assert shop.deliver(of_customer(submitted, claims)) == []
    trade.follow()
    trade.move(submitted["orderID"], "packed", "shipped")
    assert shop.deliver(of_customer(customer_order(), claims | {"email_verified": "false"})) == []
    shop.keep()


def _parked(shop: Shop) -> None:
    content = {
        "customer": PERSON,
        "filled": PERSON,
        "items": [{"sku": f"{MARK}-1", "quantity": f"2 {MARK}", "name": f"{MARK} mop", "unit": MARK}],
        "charges": [{"kind": "other", "text": f"for {MARK}", "amount": f"5 {MARK}"}],
        "notes": f"{MARK} rings back",
        "left": f"MOP-1\t{MARK}",
    }
    for at, claims in enumerate((STAFF, ADMIN)):
        body = {"name": f"{MARK} parked", "content": content}
        reply = park(shop, body, f"0b7c2a52-7f0c-4a52-8d7a-6f0f5a1c9e1{at}", claims, If_None_Match="*")
        assert reply.status in (200, 201), reply.text
