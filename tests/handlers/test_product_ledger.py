"""The product ledger: who got a product, what is bought with it, and whether it may be deleted."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws
from lambdas.shop import order_reads, product_ledger, product_orders
from tests.handlers.order_histories import erased, moved, put, stored
from tests.handlers.shop import ADMIN, Json, Reply, Shop, change, fault, order, product_item, with_keys

pytestmark = [pytest.mark.store, pytest.mark.usefixtures("no_pauses")]

ORDERS, ALSO_BOUGHT = "/products/{sku}/orders", "/products/{sku}/also-bought"
Rows = set[tuple[str, str]]


def sold(*lines: tuple[str, int], minute: int = 0, **changes: Any) -> Json:
    """Return an order of 20 November 2026 at 09:00 and some minutes, with lines of SKU and quantity."""
    at = f"2026-11-20T{9 + minute // 60:02}:{minute % 60:02}:00.000Z"
    return with_keys(stored(at, items=items(*lines)) | changes)


def items(*lines: tuple[str, int]) -> list[Json]:
    return [{"sku": sku, "quantity": quantity, "name": sku, "lineTotal": 0} for sku, quantity in lines]


def edited(order: Json, *lines: tuple[str, int]) -> Json:
    return order | {"items": items(*lines), "version": order["version"] + 1}


def follow(shop: Shop, *states: Json | None) -> None:
    """Store the last state of an order, and have the changes from state to state followed."""
    last = states[-1]
    assert last is not None
    put(shop, last)
    shop.follow(*(change(*step) for step in pairwise(states)))


def keep(shop: Shop, *orders: Json) -> None:
    """Store new orders and have them followed."""
    shop.put_all("SHOP_ORDERS_TABLE", orders)
    shop.follow(*(change(None, one) for one in orders))


def rows(shop: Shop) -> Rows:
    """Return SKU and order ID of each row of the ledger."""
    found = [row for row in shop.all("SHOP_TERMS_TABLE") if row["term"].startswith("sold#")]
    assert all(set(row) == {"term", "listKey"} for row in found)
    return {(row["term"].removeprefix("sold#"), row["listKey"].split("#")[1]) for row in found}


def rows_of(*orders: Json) -> Rows:
    """Return the rows to expect for orders, computed independently of the code."""
    return {
        (line["sku"], one["orderID"])
        for one in orders
        if "erasedAt" not in one and one["status"] not in ("rejected", "cancelled")
        for line in one["items"]
    }


def ask_orders(shop: Shop, sku: str, **query: str) -> Reply:
    named = {name.rstrip("_"): value for name, value in query.items()}
    return shop.ask("list_product_orders", "GET", ORDERS, query=named, sku=sku)


def pages(shop: Shop, sku: str, **query: str) -> Iterator[list[Json]]:
    cursor: str | None = ""
    while cursor is not None:
        content = ask_orders(shop, sku, **query, cursor=cursor).json
        yield content["orders"]
        cursor = content["nextCursor"]


def ids(orders: list[Json]) -> list[str]:
    return [one["orderID"] for one in orders]


def also_bought(shop: Shop, sku: str, **query: str) -> Reply:
    return shop.ask("get_also_bought", "GET", ALSO_BOUGHT, query=query, sku=sku)


def delete(shop: Shop, sku: str) -> Reply:
    return shop.ask("delete_product", "DELETE", "/products/{sku}", claims=ADMIN, sku=sku)


# ---- the rows


def test_a_new_order_has_one_row_for_each_product(shop: Shop) -> None:
    one = sold(("MOP-1", 2), ("SOAP-5L", 1), ("MOP-1", 3))
    follow(shop, None, one)
    assert rows(shop) == {("MOP-1", one["orderID"]), ("SOAP-5L", one["orderID"])}


@pytest.mark.parametrize(
    "states",
    [
        [sold(("A", 1)), edited(sold(("A", 1)), ("A", 2))],
        [sold(("A", 1)), edited(sold(("A", 1)), ("A", 1), ("B", 1))],
        [sold(("A", 1), ("B", 1)), edited(sold(), ("B", 1))],
        [sold(("A", 1), ("A", 1)), edited(sold(), ("A", 1))],
        [sold(("A", 1)), moved(sold(("A", 1)), "cancelled")],
        [sold(("A", 1)), moved(sold(("A", 1)), "cancelled"), moved(sold(("A", 1)), "placed")],
        [sold(("A", 1), status="rejected")],
        [sold(("A", 1)), erased(sold())],
        [sold(("A", 1), status="cancelled"), erased(sold())],
    ],
    ids=[
        "another quantity",
        "a line more",
        "a line less",
        "one of two lines of a product less",
        "cancelled",
        "cancelled and back",
        "rejected",
        "erased",
        "cancelled and erased",
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_rows_follow_each_change_of_an_order(shop: Shop, states: list[Json], together: bool) -> None:
    same = {"orderID": stored()["orderID"], "createdAt": states[0]["createdAt"]}
    first, *rest = [one | same for one in states]
    history = [
        None,
        *(
            one if "erasedAt" in one else with_keys(one | {"version": at})
            for at, one in enumerate([first, *rest], 1)
        ),
    ]
    for _ in range(2):  # the same changes again
        if together:
            follow(shop, *history)
        else:
            for step in pairwise(history):
                follow(shop, *step)
        last = history[-1]
        assert last
        assert rows(shop) == rows_of(last)


def test_a_move_of_an_order_writes_no_row(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    one = sold(("MOP-1", 1))
    follow(shop, None, one)
    written: list[Json] = []
    client = aws.dynamodb()

    class Recording:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def batch_write_item(self, **request: Any) -> Any:
            written.append(request)
            return client.batch_write_item(**request)

    with monkeypatch.context() as patch:
        patch.setattr(aws, "dynamodb", lambda: Recording())
        for status in ("packed", "shipped", "delivered"):
            after = moved(one, status)
            follow(shop, one, after)
            one = after
        follow(shop, one, edited(one, ("MOP-1", 5)))
        assert "sold#" not in str(written)
        follow(shop, one, edited(one, ("MOP-1", 5), ("SOAP-5L", 1)))
        assert str(written).count("sold#") == 1
    assert rows(shop) == {("MOP-1", one["orderID"]), ("SOAP-5L", one["orderID"])}


def random_history(chance: random.Random) -> list[Json | None]:
    """Return the states of an order whose lines and status change at random."""

    def lines() -> list[tuple[str, int]]:
        return [(chance.choice("ABCDE"), chance.randint(1, 9)) for _ in range(chance.randint(1, 4))]

    last = sold(*lines(), minute=chance.randrange(600), status=chance.choice(["placed", "rejected"]))
    states: list[Json | None] = [None, last]
    for _ in range(chance.randint(0, 4)):
        step = chance.choice(["edit", "placed", "packed", "cancelled", "erase"])
        if step == "erase":
            return [*states, erased(last)]
        last = edited(last, *lines()) if step == "edit" else moved(last, step)
        states.append(last)
    return states


def mixed(chance: random.Random, histories: list[list[Json | None]]) -> list[Json]:
    """Return the changes of several orders mixed, with those of one order in their sequence."""
    waiting = [list(pairwise(states)) for states in histories]
    changes = []
    while any(waiting):
        changes.append(change(*chance.choice([steps for steps in waiting if steps]).pop(0)))
    return changes


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_match_any_histories_delivered_in_batches_and_again(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    histories = [random_history(chance) for _ in range(12)]
    last = [one for states in histories if (one := states[-1])]
    for one in last:
        put(shop, one)
    changes = mixed(chance, histories)
    while changes:
        size = chance.randint(1, 8)
        for _ in range(chance.choice([1, 2])):
            shop.follow(*changes[:size])
        changes = changes[size:]
    assert rows(shop) == rows_of(*last)


@pytest.mark.thorough
def test_a_batch_cut_off_at_any_write_is_completed_by_a_retry(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The orders have so many lines that their rows need several calls."""
    many = [(f"SKU-{at}", 1) for at in range(60)]
    client = aws.dynamodb()
    for at in count():
        one, other = sold(*many), sold(*many[:30], minute=1)
        steps = [(None, one), (None, other), (one, edited(one, *many[20:])), (other, erased(other))]
        put(shop, edited(one, *many[20:]))
        put(shop, erased(other))
        calls = count()

        def call(name: str, request: Json, calls: Any = calls, at: int = at) -> Any:
            if name == "batch_write_item" and next(calls) == at:
                raise fault(operation=name)
            return getattr(client, name)(**request)

        class Failing:
            def __getattr__(self, name: str, call: Any = call) -> Any:
                return lambda **request: call(name, request)

        with monkeypatch.context() as patch:
            patch.setattr(aws, "dynamodb", lambda: Failing())
            with suppress(ClientError):
                shop.follow(*(change(*step) for step in steps))
        shop.follow(*(change(*step) for step in steps))
        assert rows(shop) == rows_of(edited(one, *many[20:]))
        shop.clear()
        if next(calls) <= at:
            break
    assert at > 2


# ---- the orders of a product


def test_an_order_is_listed_as_in_the_list_of_orders_with_the_quantity(shop: Shop) -> None:
    placed = shop.place(
        order(items=[{"sku": sku, "quantity": 2} for sku in ("MOP-1", "SOAP-5L", "MOP-1")], notes="Ring")
    )
    shop.follow(change(None, placed))
    [listed] = shop.ask("list_orders", "GET", "/orders").json["orders"]
    assert ask_orders(shop, "MOP-1").json == {"orders": [listed | {"quantity": 4}], "nextCursor": None}
    assert ask_orders(shop, "SOAP-5L").json["orders"] == [listed | {"quantity": 2}]


def test_the_orders_of_a_product_come_newest_first_in_full_pages(shop: Shop) -> None:
    kept = [sold(("MOP-1", 1), minute=at) for at in range(60)]
    keep(shop, *kept, sold(("SOAP-5L", 1)))
    newest_first = ids(kept[::-1])
    found = list(pages(shop, "MOP-1", limit="7"))
    assert [len(page) for page in found] == [7] * 8 + [4]
    assert [order_id for page in found for order_id in ids(page)] == newest_first
    assert ids(ask_orders(shop, "MOP-1").json["orders"]) == newest_first[:50]
    assert [ids(page) for page in pages(shop, "MOP-1", limit="60")] == [newest_first]


def test_a_period_limits_the_orders_of_a_product(shop: Shop) -> None:
    kept = [sold(("MOP-1", 1), minute=at) for at in range(10)]
    keep(shop, *kept)
    first, last = kept[3]["createdAt"], kept[7]["createdAt"]
    found = list(pages(shop, "MOP-1", from_=first, to=last, limit="2"))
    assert [ids(page) for page in found] == [ids(kept[7:5:-1]), ids(kept[5:3:-1]), ids([kept[3]])]
    assert len(ask_orders(shop, "MOP-1", from_="2026-11-20", to="2026-11-20").json["orders"]) == 10
    assert ask_orders(shop, "MOP-1", from_="2026-11-21").json == {"orders": [], "nextCursor": None}
    assert ask_orders(shop, "MOP-1", to="2026-11-19").json == {"orders": [], "nextCursor": None}


def test_orders_that_the_ledger_still_has_are_read_anew(shop: Shop) -> None:
    """The rows of orders that were erased, cancelled or edited a moment ago leave no gaps in a page."""
    kept = [sold(("MOP-1", 1), minute=at) for at in range(12)]
    keep(shop, *kept)
    for at, now in ((11, erased), (10, lambda one: moved(one, "cancelled")), (6, erased), (5, erased)):
        put(shop, now(kept[at]))
    put(shop, edited(kept[8], ("SOAP-5L", 1)))
    put(shop, edited(kept[7], ("MOP-1", 2), ("MOP-1", 3)))
    found = list(pages(shop, "MOP-1", limit="3"))
    assert [ids(page) for page in found] == [
        ids([kept[9], kept[7], kept[4]]),
        ids(kept[3:0:-1]),
        ids(kept[:1]),
    ]
    assert found[0][1]["quantity"] == 5


def test_a_deleted_product_still_has_its_orders(shop: Shop) -> None:
    one = sold(("MOP-1", 1), status="shipped")
    keep(shop, one)
    assert delete(shop, "MOP-1").status == 204
    assert ids(ask_orders(shop, "MOP-1").json["orders"]) == [one["orderID"]]
    assert ask_orders(shop, "MOP-1", from_="2026-12-01").json["orders"] == []


def test_a_product_without_orders_is_empty_and_an_unknown_one_404(shop: Shop) -> None:
    assert ask_orders(shop, "MOP-1").json == {"orders": [], "nextCursor": None}
    assert also_bought(shop, "MOP-1").json == {"items": []}
    assert [ask_orders(shop, "MOP-2").status, also_bought(shop, "MOP-2").status] == [404, 404]


# ---- also bought


@pytest.mark.parametrize("seed", range(4))
def test_also_bought_matches_an_independent_computation(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    names = {
        sku: chance.choice(["Brush", "broom", "Cloth"]) + f" {at % 3}" for at, sku in enumerate("ABCDEFGHIJ")
    }
    shop.put_all(
        "SHOP_PRODUCTS_TABLE",
        [
            product_item(
                sku, {"name": name, "category": "x", "unitPrice": 1, "unit": "each"} | {"active": sku != "J"}
            )
            for sku, name in names.items()
        ],
    )
    kept = []
    for at in range(90):
        skus = chance.choices("ABCDEFGHIJK", k=chance.randint(1, 6))
        kept.append(
            sold(
                *((sku, 1) for sku in skus),
                minute=at,
                status=chance.choice(["placed", "shipped", "cancelled"]),
            )
        )
    keep(shop, *kept)
    counts: Counter[str] = Counter()
    having = [one for one in kept if one["status"] != "cancelled" and "A" in str(one["items"])]
    for one in having[-50:]:
        counts.update({line["sku"] for line in one["items"]} - {"A"})
    wanted = sorted(
        ({"sku": sku, "name": names[sku], "orders": counts[sku]} for sku in "BCDEFGHI" if counts[sku]),
        key=lambda one: (-int(str(one["orders"])), str(one["name"]).lower(), one["sku"]),
    )
    assert also_bought(shop, "A", limit="20").json["items"] == wanted
    assert also_bought(shop, "A").json["items"] == wanted[:5]


def test_also_bought_reads_the_latest_50_orders_only(shop: Shop) -> None:
    old = [sold(("MOP-1", 1), ("SOAP-5L", 1), minute=at) for at in range(3)]
    keep(shop, *old, *(sold(("MOP-1", 1), minute=10 + at) for at in range(49)))
    [soap] = also_bought(shop, "MOP-1").json["items"]
    assert soap == {"sku": "SOAP-5L", "name": "Hand soap", "orders": 1}


def test_also_bought_looks_up_a_limited_number_of_products(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_orders, "_MAX_LOOKED_UP", 2)
    twice, once = [("MOP-1", 1), ("X", 1), ("SOAP-5L", 1)], [("EURO-1", 1), ("MOP-1", 1)]
    keep(shop, sold(*twice), sold(*twice), sold(*once))
    assert [one["sku"] for one in also_bought(shop, "MOP-1").json["items"]] == ["SOAP-5L"]


# ---- the deletion of a product


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("placed", 409),
        ("packed", 409),
        ("shipped", 204),
        ("delivered", 204),
        ("cancelled", 204),
        ("rejected", 204),
    ],
)
def test_a_product_is_deleted_unless_an_open_order_has_it(shop: Shop, status: str, answer: int) -> None:
    one = sold(("MOP-1", 1), status=status)
    keep(shop, one, sold(("SOAP-5L", 1)))
    reply = delete(shop, "MOP-1")
    assert reply.status == answer
    stored_skus = {item["sku"] for item in shop.all("SHOP_PRODUCTS_TABLE")}
    assert ("MOP-1" in stored_skus) == (answer == 409)
    if answer == 409:
        assert reply.error["code"] == "conflict"
        assert f"#{one['number']}" in reply.error["message"]
        assert "make it inactive" in reply.error["message"]


def test_an_open_order_is_found_behind_many_that_are_closed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_orders, "_STATUSES", 3)
    one = sold(("MOP-1", 1))
    closed = [sold(("MOP-1", 1), minute=at, status="shipped") for at in range(1, 11)]
    keep(shop, one, *closed)
    assert delete(shop, "MOP-1").status == 409
    put(shop, moved(one, "cancelled"))
    assert delete(shop, "MOP-1").status == 204


def test_orders_before_the_oldest_open_one_are_not_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = [sold(("MOP-1", 1), minute=at, status="shipped") for at in range(5)]
    keep(shop, *closed, sold(("SOAP-5L", 1), minute=4), sold(("MOP-1", 1), minute=5, status="delivered"))
    read: list[str] = []
    read_many = order_reads.read_many

    def record(order_ids: list[str], names: tuple[str, ...]) -> Any:
        read.extend(order_ids)
        return read_many(order_ids, names)

    monkeypatch.setattr(order_reads, "read_many", record)
    assert delete(shop, "MOP-1").status == 204
    assert len(read) <= 2


def test_an_order_that_lost_the_product_a_moment_ago_does_not_prevent_deletion(shop: Shop) -> None:
    one = sold(("MOP-1", 1), ("SOAP-5L", 1))
    keep(shop, one)
    put(shop, edited(one, ("SOAP-5L", 1)))
    assert delete(shop, "MOP-1").status == 204


def test_a_version_that_is_not_the_stored_one_is_412_before_409(shop: Shop) -> None:
    keep(shop, sold(("MOP-1", 1)))
    headers = {"If-Match": '"7"'}
    reply = shop.ask(
        "delete_product", "DELETE", "/products/{sku}", claims=ADMIN, headers=headers, sku="MOP-1"
    )
    assert reply.status == 412


# ---- bad input


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "1.5", "１", "9" * 30])
def test_a_bad_limit_of_the_orders_is_400(shop: Shop, limit: str) -> None:
    assert "limit" in ask_orders(shop, "MOP-1", limit=limit).fields


@pytest.mark.parametrize("limit", ["0", "-1", "21", "x", "1.5", "１", "9" * 30])
def test_a_bad_limit_of_also_bought_is_400(shop: Shop, limit: str) -> None:
    assert (
        also_bought(shop, "MOP-1", limit=limit)
        .fields["limit"]
        .startswith("must be a number from 1 to 20, got")
    )


def test_a_cursor_of_another_list_is_400(shop: Shop) -> None:
    keep(shop, *(sold(("MOP-1", 1), minute=at) for at in range(3)))
    cursors = [
        shop.ask("list_orders", "GET", "/orders", query=query).json["nextCursor"]
        for query in ({"limit": "1"}, {"limit": "1", "sort": "oldest"}, {"limit": "1", "q": "ann"})
    ]
    shop.stock()
    cursors.append(shop.ask("list_products", "GET", "/products", query={"limit": "1"}).json["nextCursor"])
    cursors += ["x", "é", "A" * 5000]
    for cursor in cursors:
        assert cursor
        assert "cursor" in ask_orders(shop, "MOP-1", cursor=cursor).fields
    mine = ask_orders(shop, "MOP-1", limit="1").json["nextCursor"]
    assert shop.ask("list_orders", "GET", "/orders", query={"cursor": mine}).status == 400


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({"from_": "2026-11-21", "to": "2026-11-20"}, "from"),
        ({"from_": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"to": "2026-11-20#~"}, "to"),
    ],
)
def test_a_bad_period_is_400(shop: Shop, period: dict[str, str], field: str) -> None:
    assert field in ask_orders(shop, "MOP-1", **period).fields


@pytest.mark.parametrize(
    "sku", ["", "-x", "a b", "x" * 3000, "a/b", "é", "MOP-1#", "sold#MOP-1", "a\nb", "\x00"]
)
def test_a_sku_that_no_product_can_have_is_404_without_a_read(
    shop: Shop, break_aws: Callable[..., None], sku: str
) -> None:
    """DynamoDB refuses a key that is too long."""
    break_aws("dynamodb", get_item=fault(), query=fault(), batch_get_item=fault())
    assert ask_orders(shop, sku).status == 404
    assert also_bought(shop, sku).status == 404


def test_the_listing_of_one_product_has_no_row_of_another(shop: Shop) -> None:
    """One SKU is the beginning of the other."""
    keep(shop, sold(("MOP-1", 1)), sold(("MOP-10", 1)))
    assert len(ask_orders(shop, "MOP-1").json["orders"]) == 1
    assert product_ledger.listing_of("MOP-1").partitions == ["sold#MOP-1"]
