"""Histories of orders for the tests of update_views, and the figures, customers and terms to expect."""

import random
from collections import Counter
from typing import Any, cast

from lambdas.shop import order_status, search
from lambdas.shop.documents import Order
from tests.handlers.shop import Json, Shop, new_order, with_keys

# The fields of an order by its sender. Most orders are staff's.
SENDERS: list[Json] = [
    {},
    {},
    {"channel": "machine", "shopID": "client-1"},
    {"channel": "operator"},
    {"channel": "machine", "shopID": "client-2"},
    {"channel": "customer", "accountID": "account-1"},
]
COUNTED = ("client-1", "client-2", "operator", "customer")  # senders that the figures tell apart from staff
FIGURES = (
    *("orders", "sales", "revenue", "charges", "total:GBP", *order_status.NEXT, *COUNTED),
    *(f"{name}@{sender}" for name in ("orders", "revenue") for sender in COUNTED),
)
VIEWS = ("SHOP_TALLIES_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_TERMS_TABLE")

PEOPLE = [
    {"name": "Ann Miller", "email": "Ann@Example.org", "company": "Miller & Söhne"},
    {"name": "Ann M.", "email": "ann@example.org", "phone": "0123"},
    {"name": "Łukasz O’Neill", "email": "lukasz.oneill@hotel.example"},
    {"name": "Jürgen Groß", "email": "j@x.example", "address": "Side door"},
]


def stored(
    at: str = "2026-11-20T09:07:00.000Z",
    person: int = 0,
    price: int = 1250,
    sender: Json | None = None,
    **changes: Any,
) -> Json:
    """Return an order as the table contains it, by default of each sender in turn."""
    line = {"sku": "MOP-1", "quantity": 1, "name": "Mop", "unitPrice": price, "lineTotal": price}
    content = {"customer": PEOPLE[person], "items": [line]}
    order = new_order(content, at=at)
    by: Json = SENDERS[order["number"] % len(SENDERS)] if sender is None else sender
    return order | {"submissionHash": "0"} | by | changes


def moved(order: Json, status: str) -> Json:
    return _next(order, status=status)


def edited(order: Json, person: int, total: int, charged: int = 0) -> Json:
    return _next(order, customer=PEOPLE[person], total=total, chargeTotal=charged)


def _next(order: Json, **changes: Any) -> Json:
    after = order | changes | {"version": order["version"] + 1}
    return with_keys(after)


def erased(order: Json) -> Json:
    return {"orderID": order["orderID"], "erasedAt": "2026-11-21T00:00:00.000Z", "submissionHash": "0"}


def history(chance: random.Random) -> list[Json | None]:
    """Return the versions of one randomly made order as the table stores them, oldest first.

    The first is None, because the order does not exist yet.
    """
    at = f"2026-11-{chance.randint(19, 21)}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00.000Z"
    order = stored(at, chance.randrange(4), chance.randint(1, 9999))
    if chance.random() < 0.1:
        order = stored(at, chance.randrange(4), status="rejected", total=0)
        order = with_keys(order)
    states: list[Json | None] = [None, order]
    for _ in range(chance.randint(0, 4)):
        last = states[-1]
        assert last is not None
        status = chance.choice(["edit", "placed", "packed", "shipped", "delivered", "cancelled", "erase"])
        if status == "erase":
            return [*states, erased(last)]
        step = (
            edited(last, chance.randrange(4), chance.randint(1, 9999), chance.randint(-99, 99))
            if status == "edit"
            else moved(last, status)
        )
        states.append(step)
    return states


def stored_figures(shop: Shop, table: str) -> dict[tuple[str, ...], Counter[str]]:
    """Return the figures other than zero by row, as sums of all shards, without the erased orders."""
    keys = {"SHOP_TALLIES_TABLE": ("tally", "slot"), "SHOP_CUSTOMERS_TABLE": ("email",)}[table]
    sums: dict[tuple[str, ...], Counter[str]] = {}
    for row in shop.all(table):
        key = tuple(row[name].rstrip("0123").rstrip("#") if name == "tally" else row[name] for name in keys)
        if key[0] != "erased":
            sums.setdefault(key, Counter()).update({name: row.get(name, 0) for name in FIGURES})
    return _without_zeros(sums)


def expected(left: list[Json]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return the tallies and customer figures of the remaining orders, computed independently of the code."""
    tallies: dict[tuple[str, ...], Counter[str]] = {}
    people: dict[tuple[str, ...], Counter[str]] = {}
    for order in left:
        sold = order["status"] not in ("rejected", "cancelled")
        at = order["createdAt"]
        slot = f"{at[:14]}{['00', '15', '30', '45'][int(at[14:16]) // 15]}:00.000Z"
        tallies.setdefault(("status", "all"), Counter())[order["status"]] += 1
        quarter = tallies.setdefault(("quarter#GBP", slot), Counter())
        charged = order.get("chargeTotal", 0)
        quarter.update({"orders": sold, "revenue": sold * order["total"], "charges": sold * charged})
        if order["status"] in ("placed", "packed"):
            quarter[order["status"]] += 1
        sender = str(order.get("shopID", order["channel"]))
        if sender != "staff" and sold:
            tallies.setdefault(("status", "senders"), Counter())[sender] += 1
            quarter.update({f"orders@{sender}": 1, f"revenue@{sender}": order["total"]})
        person = people.setdefault((order["customer"]["email"].lower(),), Counter())
        person.update({"orders": 1, "sales": sold, "total:GBP": sold * order["total"]})
    return _without_zeros(tallies), _without_zeros(people)


def _without_zeros(rows: dict[tuple[str, ...], Counter[str]]) -> dict[tuple[str, ...], Counter[str]]:
    kept = {key: Counter({name: row[name] for name in FIGURES if row[name]}) for key, row in rows.items()}
    return {key: row for key, row in kept.items() if row}


def searched(shop: Shop) -> dict[str, str]:
    """Return the text in which the search looks, of each order by its ID."""
    texts: dict[str, str] = {}
    for row in sorted(shop.all("SHOP_TERMS_TABLE"), key=lambda row: str(row["listKey"])):
        if "words" in row and row["term"].startswith("journal#"):
            texts[row["listKey"].split("#")[1]] = row["words"]
    return texts


def texts_of(left: list[Json]) -> dict[str, str]:
    return {one["orderID"]: search.text(search.order_words(cast(Order, one))) for one in left}


def without_erased(*last: Json | None) -> list[Json]:
    """Return the items that are orders, not None and not tombstones."""
    return [order for order in last if order and "erasedAt" not in order]


def put(shop: Shop, state: Json) -> None:
    shop.put("SHOP_ORDERS_TABLE", state)


def assert_figures_match(shop: Shop, left: list[Json]) -> None:
    tallies, people = expected(left)
    assert stored_figures(shop, "SHOP_TALLIES_TABLE") == tallies
    assert stored_figures(shop, "SHOP_CUSTOMERS_TABLE") == people


def assert_views_match(shop: Shop, left: list[Json]) -> None:
    assert_figures_match(shop, left)
    _, people = expected(left)
    assert {row["email"] for row in shop.all("SHOP_CUSTOMERS_TABLE")} == {key for (key,) in people}
    assert searched(shop) == texts_of(left)
    for row in shop.all("SHOP_CUSTOMERS_TABLE"):
        last = max(
            (one for one in left if one["customer"]["email"].lower() == row["email"]),
            key=lambda one: str(one["listKey"]),
        )
        assert row["lastOrderID"] == last["orderID"]
        assert {name: row.get(name) for name in ("name", "company", "phone", "address")} == {
            name: last["customer"].get(name) for name in ("name", "company", "phone", "address")
        }
