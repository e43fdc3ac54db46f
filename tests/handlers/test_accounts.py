"""Accounts of customers: cart, addresses, their versions, and how all of it goes."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.platform import customer_pool, tables, times
from lambdas.shop import accounts
from lambdas.shop.erasure import Erasure, Outcome
from tests.handlers.customer_calls import (
    OTHER,
    account,
    accounts_in_pool,
    delete_account,
    line,
    pool_of_customers,
    put,
    put_cart,
    send,
)
from tests.handlers.personal_traces import erase, export, user_pool_of
from tests.handlers.shop import CUSTOMER, Json, Shop, customer_order, fault

pytestmark = pytest.mark.store

ADDRESS: Json = {"name": "School kitchen", "phone": "0117 1", "address": "1 Quay Street\nBristol"}
LIST: Json = {"name": "Weekly", "lines": [{"sku": "MOP-1", "quantity": 2, "name": "Flat mop"}]}
BODIES: dict[str, Json] = {
    "cart": {"lines": [line()]},
    "addresses": {"addresses": [ADDRESS]},
    "lists": {"lists": [LIST]},
}
KINDS = list(BODIES)


def kept(shop: Shop, claims: Json = CUSTOMER) -> dict[str, Any]:
    reply = account(shop, claims)
    assert reply.status == 200
    return reply.json


def test_a_new_account_has_an_empty_cart_no_addresses_and_no_lists(shop: Shop) -> None:
    assert kept(shop) == {
        "email": "Ann@Example.org",
        "name": "Ann Miller",
        "cart": {"version": 0, "lines": []},
        "addresses": {"version": 0, "addresses": []},
        "lists": {"version": 0, "lists": []},
    }


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stored_is_read_with_its_version(shop: Shop, kind: str) -> None:
    reply = put(shop, kind, BODIES[kind], 0)
    assert (reply.status, reply.headers["ETag"]) == (200, '"1"')
    shown = kept(shop)[kind]
    assert shown == reply.json
    assert {name: shown[name] for name in BODIES[kind]} == BODIES[kind]
    assert shown["version"] == 1


def test_cart_and_addresses_have_versions_of_their_own(shop: Shop) -> None:
    put(shop, "cart", BODIES["cart"], 0)
    put(shop, "cart", {"lines": []}, 1)
    put(shop, "addresses", BODIES["addresses"], 0)
    shown = kept(shop)
    assert (shown["cart"]["version"], shown["addresses"]["version"]) == (2, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_names_the_version_that_it_is_made_to(shop: Shop, kind: str) -> None:
    missing = put(shop, kind, BODIES[kind], None)
    assert missing.status == 428
    put(shop, kind, BODIES[kind], 0)
    empty: Json = {name: [] for name in BODIES[kind]}
    for version in (0, 2, "x"):
        stale = put(shop, kind, empty, version)
        assert (stale.status, stale.json[kind]) == (412, kept(shop)[kind])
    assert put(shop, kind, empty, 1).json["version"] == 2


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_stored_over_a_version_that_never_was(shop: Shop, kind: str) -> None:
    reply = put(shop, kind, BODIES[kind], 1)
    assert (reply.status, reply.json[kind]["version"]) == (412, 0)
    assert shop.all("SHOP_ACCOUNTS_TABLE") == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_content_again_changes_nothing(shop: Shop, kind: str) -> None:
    """A browser without an answer sends it again, to the version that it knew."""
    first = put(shop, kind, BODIES[kind], 0)
    assert put(shop, kind, BODIES[kind], 0).json == first.json
    assert put(shop, kind, BODIES[kind], 1).json == first.json


@pytest.mark.parametrize("before", [0, 1])
def test_one_of_two_carts_that_are_stored_at_once_wins(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """Two tabs press at the same moment. The other one gets the cart with the order that is being sent."""
    if before:
        put_cart(shop, {"lines": [line(quantity=9)]})
    sent = [BODIES["cart"] | {"order": customer_order()} for _ in range(2)]
    real, waiting = accounts._find, [sent[1]]

    def find_then_lose(sub: str, kind: str) -> Any:
        found = real(sub, kind)
        while waiting:
            assert put_cart(shop, waiting.pop(), before).status == 200
        return found

    monkeypatch.setattr(accounts, "_find", find_then_lose)
    lost = put_cart(shop, sent[0], before)
    assert (lost.status, lost.json["cart"]["version"]) == (412, before + 1)
    assert lost.json["cart"]["order"] == sent[1]["order"] == kept(shop)["cart"]["order"]


@pytest.mark.parametrize("before", [0, 1])
def test_a_cart_whose_answer_was_lost_on_the_way_is_stored_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """boto3 repeats the call, whose condition is not met any more."""
    if before:
        put_cart(shop, {"lines": [line(quantity=9)]})
    name = "put_over" if before else "put_new"
    real = getattr(tables, name)

    def write_twice(*args: Any) -> None:
        real(*args)
        real(*args)

    monkeypatch.setattr(tables, name, write_twice)
    reply = put_cart(shop, BODIES["cart"], before)
    assert (reply.status, reply.json["version"]) == (200, before + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_another_account_neither_reads_nor_changes_it(shop: Shop, kind: str) -> None:
    put(shop, kind, BODIES[kind], 0)
    first = kept(shop)
    assert kept(shop, OTHER)[kind]["version"] == 0
    other: Json = {name: [] for name in BODIES[kind]}
    stale = put(shop, kind, other, 1, OTHER)  # the version of the first account
    assert (stale.status, stale.json[kind]["version"]) == (412, 0)
    assert put(shop, kind, other, 0, OTHER).status == 200
    assert kept(shop) == first


@pytest.mark.parametrize("name", ["sub", "kind", "version", "updatedAt", "closedAt", "expiresAt", "email"])
def test_a_body_names_no_account_and_no_version(shop: Shop, name: str) -> None:
    reply = put_cart(shop, BODIES["cart"] | {name: OTHER["sub"]})
    assert (reply.status, list(reply.fields)) == (400, [name])


def test_a_cart_may_have_five_hundred_lines_and_no_more(shop: Shop) -> None:
    longest = [line(f"SKU-{at:036}", 100_000, name="Ü" * 120, unitPrice=10_000_000) for at in range(500)]
    reply = put_cart(shop, {"lines": longest})
    assert reply.status == 200
    assert kept(shop)["cart"]["lines"] == longest
    more = put_cart(shop, {"lines": [*longest, line()]}, 1)
    assert (more.status, list(more.fields)) == (400, ["lines"])


def test_a_cart_that_the_table_cannot_keep_is_refused(shop: Shop) -> None:
    """The largest cart with the largest order, in letters of four bytes, is more than an item may have."""
    name = "\U0001d11e" * 120
    lines = [line(f"SKU-{at:036}", 100_000, name=name, unitPrice=10_000_000) for at in range(500)]
    items = [{"sku": f"SKU-{at:036}", "quantity": 100_000} for at in range(1000)]
    cart: Json = {"lines": lines, "order": customer_order(items=items)}
    assert put_cart(shop, cart).status == 200
    texts: Json = {"notes": "\U0001d11e" * 2000, "customer": {"address": "\U0001d11e" * 500}}
    reply = put_cart(shop, {"lines": lines, "order": customer_order(items=items, **texts)}, 1)
    assert reply.status == 413
    assert kept(shop)["cart"]["version"] == 1


def test_a_product_is_in_one_line_of_a_cart(shop: Shop) -> None:
    reply = put_cart(shop, {"lines": [line(), line("SOAP-5L"), line(quantity=1)]})
    assert reply.fields == {"lines[2].sku": "must be in one line only, got MOP-1 again"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"quantity": 0}, "lines[0].quantity"),
        ({"quantity": 1.5}, "lines[0].quantity"),
        ({"unitPrice": -1}, "lines[0].unitPrice"),
        ({"ticked": "yes"}, "lines[0].ticked"),
        ({"sku": "../x"}, "lines[0].sku"),
        ({"lineTotal": 1}, "lines[0].lineTotal"),
    ],
)
def test_a_line_of_a_cart_is_checked(shop: Shop, change: Json, path: str) -> None:
    reply = put_cart(shop, {"lines": [line(**change)]})
    assert (reply.status, list(reply.fields)) == (400, [path])


@pytest.mark.parametrize(
    "forged",
    [
        {"customer": {"name": "Bob Baker"}},
        {"customer": {"email": "bob@example.org"}},
        {"charges": [{"kind": "discount", "amount": -1}]},
        {"accountID": OTHER["sub"]},
        {"channel": "staff"},
    ],
)
def test_the_order_in_a_cart_is_one_that_can_be_sent(shop: Shop, forged: Json) -> None:
    reply = put_cart(shop, {"lines": [], "order": customer_order(**forged)})
    assert reply.status == 400
    assert all(path.startswith("order.") for path in reply.fields)


@pytest.mark.parametrize("name", ["Zoë & Łukasz", "مطبخ المدرسة", "厨房"])
def test_addresses_keep_the_names_that_people_write(shop: Shop, name: str) -> None:
    book = {"addresses": [ADDRESS | {"name": name, "address": f"{name}\n1 Quay Street"}]}
    assert put(shop, "addresses", book, 0).json["addresses"] == book["addresses"]


def test_an_address_book_has_twenty_addresses_at_most(shop: Shop) -> None:
    assert put(shop, "addresses", {"addresses": [ADDRESS] * 20}, 0).status == 200
    assert put(shop, "addresses", {"addresses": [ADDRESS] * 21}, 1).status == 400


def test_fifty_lists_of_two_hundred_lines_are_the_most(shop: Shop) -> None:
    lines = [{"sku": f"S-{at}", "quantity": 100_000, "name": "Mop"} for at in range(200)]
    most: Json = {"lists": [{"name": "x" * 100, "lines": lines[:80]}] * 50}
    assert put(shop, "lists", most, 0).json["lists"] == most["lists"]
    assert put(shop, "lists", {"lists": [{"name": "x", "lines": lines}]}, 1).status == 200
    more = put(shop, "lists", {"lists": [LIST] * 51}, 2)
    longer = put(shop, "lists", {"lists": [LIST | {"lines": [*lines, *LIST["lines"]]}]}, 2)
    assert [list(one.fields) for one in (more, longer)] == [["lists"], ["lists[0].lines"]]


def test_lists_that_the_table_cannot_keep_are_refused(shop: Shop) -> None:
    lines = [{"sku": f"S-{at}", "quantity": 1, "name": "\U0001d11e" * 120} for at in range(200)]
    assert put(shop, "lists", {"lists": [{"name": "x", "lines": lines}] * 10}, 0).status == 413
    assert kept(shop)["lists"]["version"] == 0


def test_a_product_is_in_one_line_of_a_list(shop: Shop) -> None:
    reply = put(shop, "lists", {"lists": [LIST, LIST | {"lines": LIST["lines"] * 2}]}, 0)
    assert reply.fields == {"lists[1].lines[1].sku": "must be in one line only, got MOP-1 again"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": " "}, "lists[0].name"),
        ({"lines": []}, "lists[0].lines"),
        ({"sub": OTHER["sub"]}, "lists[0].sub"),
        ({"lines": [LIST["lines"][0] | {"quantity": 0}]}, "lists[0].lines[0].quantity"),
        ({"lines": [LIST["lines"][0] | {"sku": "../x"}]}, "lists[0].lines[0].sku"),
        ({"lines": [LIST["lines"][0] | {"unitPrice": 1}]}, "lists[0].lines[0].unitPrice"),
    ],
)
def test_a_saved_list_is_checked(shop: Shop, change: Json, path: str) -> None:
    reply = put(shop, "lists", {"lists": [LIST | change]}, 0)
    assert (reply.status, list(reply.fields)) == (400, [path])


# ---- deleted by the customer


def test_a_deleted_account_leaves_no_cart_no_addresses_and_no_user(shop: Shop) -> None:
    mine, other = pool_of_customers(shop, "ann@example.org", "bob@example.org")
    for kind, body in BODIES.items():
        put(shop, kind, body, 0, mine)
        put(shop, kind, body, 0, other)
    stored = send(shop, claims=mine)
    assert delete_account(shop, mine).status == 204
    assert accounts_in_pool(shop) == [other["sub"]]
    left = [row for row in shop.all("SHOP_ACCOUNTS_TABLE") if row["sub"] == mine["sub"]]
    assert {frozenset(row) for row in left} == {frozenset({"sub", "kind", "closedAt", "expiresAt"})}
    assert kept(shop, other)["cart"]["lines"] == BODIES["cart"]["lines"]
    assert shop.orders()[stored["orderID"]] == stored  # the shop has to keep it


def test_an_account_is_deleted_again_without_a_fault(shop: Shop) -> None:
    (mine,) = pool_of_customers(shop, "ann@example.org")
    assert [delete_account(shop, mine).status for _ in range(2)] == [204, 204]


def test_a_deletion_that_is_cut_off_is_finished_by_the_next_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is still there, so its customer can sign in and press again."""
    (mine,) = pool_of_customers(shop, "ann@example.org")
    put_cart(shop, BODIES["cart"], claims=mine)
    with monkeypatch.context() as patch:
        patch.setattr(customer_pool, "delete", lambda _sub: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            delete_account(shop, mine)
    assert accounts_in_pool(shop) == [mine["sub"]]
    assert kept(shop, mine)["cart"] == {"version": 0, "lines": []}
    assert delete_account(shop, mine).status == 204
    assert accounts_in_pool(shop) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [0, 1, 2, "*"])
def test_a_tab_with_a_living_token_stores_nothing_after_the_deletion(
    shop: Shop, kind: str, version: object
) -> None:
    """Nobody would find it any more."""
    (mine,) = pool_of_customers(shop, "ann@example.org")
    put(shop, kind, BODIES[kind], 0, mine)
    delete_account(shop, mine)
    other: Json = {name: [] for name in BODIES[kind]}
    reply = put(shop, kind, other, version, mine)
    assert reply.status == 409
    assert all("closedAt" in row for row in shop.all("SHOP_ACCOUNTS_TABLE"))


@pytest.mark.parametrize("before", [0, 1])
def test_a_cart_that_is_on_its_way_during_the_deletion_is_not_stored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    (mine,) = pool_of_customers(shop, "ann@example.org")
    if before:
        put_cart(shop, {"lines": []}, claims=mine)
    real, waiting = accounts._find, [mine]

    def find_then_delete(sub: str, kind: str) -> Any:
        found = real(sub, kind)
        while waiting:
            assert delete_account(shop, waiting.pop()).status == 204
        return found

    monkeypatch.setattr(accounts, "_find", find_then_delete)
    assert put_cart(shop, BODIES["cart"], before, mine).status == 409
    assert all("closedAt" in row for row in shop.all("SHOP_ACCOUNTS_TABLE"))


# ---- exported and erased by an admin

EMAIL = "ann@example.org"


@pytest.fixture
def ann(shop: Shop) -> Json:
    """Return the claims of a customer with cart and addresses, whose address has capitals in the pool."""
    mine, other = pool_of_customers(shop, "Ann@Example.org", "joann@example.org")
    for kind, body in BODIES.items():
        put(shop, kind, body, 0, mine)
        put(shop, kind, body, 0, other)
    return mine


def test_the_export_has_the_accounts_of_the_person(shop: Shop, ann: Json) -> None:
    (shown,) = export(shop, EMAIL).json["accounts"]
    stored = kept(shop, ann)
    assert {kind: shown[kind] for kind in KINDS} == {kind: stored[kind] for kind in KINDS}
    assert shown["name"] == "Ann Miller"


def test_the_export_of_a_shop_without_a_storefront_asks_no_pool_of_customers(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_pool, "_call", lambda *_, **__: 1 / 0)
    shop.names["SHOP_CUSTOMER_POOL_ID"] = ""
    user_pool_of(shop)
    assert export(shop, EMAIL).status == 404
    assert erase(shop, EMAIL, dryRun=True).status == 404


def test_an_erasure_deletes_the_account_with_cart_and_addresses(shop: Shop, ann: Json) -> None:
    preview = erase(shop, EMAIL, dryRun=True).json
    assert (preview["accounts"], preview["left"]) == (1, 1)
    assert kept(shop, ann)["cart"]["version"] == 1  # a dry run changes nothing
    done = erase(shop, EMAIL).json
    assert (done["accounts"], done["left"]) == (1, 0)
    assert len(accounts_in_pool(shop)) == 1
    assert erase(shop, EMAIL, dryRun=True).status == 404
    contents = [row for row in shop.all("SHOP_ACCOUNTS_TABLE") if row["sub"] == ann["sub"]]
    assert all("closedAt" in row for row in contents)


def test_an_account_stays_while_the_shop_owes_its_customer_goods(shop: Shop, ann: Json) -> None:
    send(shop, claims=ann)
    assert erase(shop, EMAIL).status == 409
    assert len(accounts_in_pool(shop)) == 2
    assert kept(shop, ann)["cart"]["version"] == 1


def test_an_erasure_that_is_cut_off_before_the_account_is_finished_by_the_next_one(
    shop: Shop, ann: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(customer_pool, "delete", lambda _sub: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(shop, EMAIL)
    assert erase(shop, EMAIL).json["accounts"] == 1
    assert len(accounts_in_pool(shop)) == 1


def test_an_account_stays_until_nothing_else_of_its_customer_is_left(
    shop: Shop, ann: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the customer could not see any more what the shop still has."""

    def leave_something(_self: Erasure, outcome: Outcome, _cursor: str, **_: Any) -> None:
        outcome.left += 1

    monkeypatch.setattr(Erasure, "_rest", leave_something)
    done = erase(shop, EMAIL).json
    assert (done["accounts"], done["left"]) == (0, 2)
    assert len(accounts_in_pool(shop)) == 2


def test_an_address_with_quotation_marks_is_asked_for_as_it_is(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def call(_operation: str, **request: Any) -> Json:
        asked.append(request["Filter"])
        return {"Users": []}

    monkeypatch.setattr(customer_pool, "_call", call)
    monkeypatch.setenv("SHOP_CUSTOMER_POOL_ID", "pool")
    assert customer_pool.of_email('x" or \\@example.org') == []
    assert asked == [r'email = "x\" or \\@example.org"']


def test_an_account_in_another_spelling_of_the_domain_is_found(shop: Shop) -> None:
    (mine,) = pool_of_customers(shop, "ann@xn--bcher-kva.example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_CUSTOMER_POOL_ID", shop.names["SHOP_CUSTOMER_POOL_ID"])
        assert [one.sub for one in customer_pool.of_email("ann@bücher.example")] == [mine["sub"]]


def test_a_fault_of_the_pool_is_no_missing_account(shop: Shop, break_aws: Callable[..., None]) -> None:
    pool_of_customers(shop, "ann@example.org")
    break_aws("cognito", admin_delete_user=fault("TooManyRequestsException", "AdminDeleteUser"))
    with pytest.raises(Exception, match="TooManyRequests"):
        delete_account(shop, CUSTOMER | {"sub": str(uuid.uuid4())})


# ---- an order that waits in the cart

WAITING: Json = {"lines": [line()], "order": customer_order()}
LATE: Json = {"orderedAt": "2026-03-02T08:00:00.000Z", "isLate": True}


def store_late(shop: Shop) -> None:
    """Store a cart whose order was written some days ago."""
    put_cart(shop, WAITING)
    (row,) = shop.all("SHOP_ACCOUNTS_TABLE")
    tables.put_over(shop.names["SHOP_ACCOUNTS_TABLE"], 1, row | {"orderedAt": LATE["orderedAt"]})


def about_order(cart: Json) -> Json:
    return {name: cart[name] for name in ("orderedAt", "isLate") if name in cart}


@pytest.mark.parametrize(("minutes", "is_late"), [(59, False), (61, True)])
def test_an_order_that_waits_for_more_than_an_hour_is_late(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, minutes: int, is_late: bool
) -> None:
    stored = put_cart(shop, WAITING).json
    assert about_order(stored) == {"orderedAt": stored["updatedAt"], "isLate": False}
    now = times.now_ms() + minutes * 60_000
    monkeypatch.setattr(times, "now_ms", lambda: now)
    assert about_order(kept(shop)["cart"]) == {"orderedAt": stored["updatedAt"], "isLate": is_late}


def test_a_changed_line_leaves_the_time_of_the_waiting_order(shop: Shop) -> None:
    """A device that brings its own lines has not asked the customer."""
    store_late(shop)
    assert about_order(put_cart(shop, WAITING | {"lines": []}, 1).json) == LATE
    other = put_cart(shop, WAITING | {"order": customer_order()}, 2).json
    assert about_order(other) == {"orderedAt": other["updatedAt"], "isLate": False}
    assert about_order(put_cart(shop, {"lines": []}, 3).json) == {}


def test_a_late_order_that_is_written_again_counts_as_written_now(shop: Shop) -> None:
    """Its customer wants it sent. A tab that still asks cannot take it out, because its version is older."""
    store_late(shop)
    again = put_cart(shop, WAITING, 1)
    assert (again.json["version"], again.json["isLate"]) == (2, False)
    assert put_cart(shop, WAITING, 1).json == again.json, "a second delivery, or a second tab that sends it"
    taken_out = put_cart(shop, {"lines": [line()]}, 1)
    assert (taken_out.status, taken_out.json["cart"]) == (412, again.json)


def test_a_late_order_that_was_taken_out_is_not_written_again(shop: Shop) -> None:
    store_late(shop)
    assert put_cart(shop, {"lines": [line()]}, 1).status == 200
    again = put_cart(shop, WAITING, 1)
    assert (again.status, again.json["cart"]["version"]) == (412, 2)
    assert "order" not in kept(shop)["cart"]
