"""Earlier orders of an address, which the account of that address gets by a press."""

import uuid

import pytest

from lambdas.platform.errors import PreconditionFailedError
from lambdas.shop import order_claims, order_events, order_reads, orders
from tests.handlers.customer_calls import OTHER, claim, listed, read, send
from tests.handlers.shop import CUSTOMER, MACHINE, STAFF, Json, Shop, of_machine, order
from tests.handlers.test_customer_merges import transfer

pytestmark = pytest.mark.store

ANN = {"name": "Ann Miller", "email": "ann@EXAMPLE.org"}


def placed(shop: Shop, email: str = ANN["email"]) -> Json:
    """Have staff place an order for a customer; return it as stored."""
    return shop.place(order(customer=ANN | {"email": email}))


def claimed(shop: Shop, claims: Json = CUSTOMER) -> int:
    """Claim until there is no more; return how many orders the account has got."""
    found: int = 0
    cursor: str = ""
    while True:
        reply = claim(shop, claims, **({"cursor": cursor} if cursor else {}))
        assert reply.status == 200
        found += reply.json["claimed"]
        cursor = reply.json["nextCursor"]
        if not cursor:
            return found


def test_earlier_orders_of_the_address_are_in_the_account_from_then_on(shop: Shop) -> None:
    earlier = placed(shop)
    assert read(shop, earlier["orderID"]).status == 404
    assert claimed(shop) == 1
    shown = read(shop, earlier["orderID"]).json
    assert (shown["number"], shown["version"]) == (earlier["number"], 2)
    assert [one["orderID"] for one in listed(shop).json["orders"]] == [earlier["orderID"]]
    stored = shop.orders()[earlier["orderID"]]
    assert (stored["accountID"], stored["channel"]) == (CUSTOMER["sub"], "staff")
    entry = stored["history"][-1]
    assert (entry["event"], entry["by"], entry["sub"]) == ("claimed", CUSTOMER["email"], CUSTOMER["sub"])


def test_a_second_claim_changes_nothing(shop: Shop) -> None:
    placed(shop)
    claimed(shop)
    before = shop.orders()
    assert claimed(shop) == 0
    assert shop.orders() == before


def test_orders_of_another_address_or_account_are_left_alone(shop: Shop) -> None:
    others = [
        placed(shop, "bob@example.org"),
        placed(shop, "ann@example.org.evil"),
        placed(shop, "xann@example.org"),
    ]
    sent = send(shop, claims=OTHER | {"email": CUSTOMER["email"]})  # an account that had the address before
    before = shop.orders()
    assert claimed(shop) == 0
    assert shop.orders() == before
    assert all(read(shop, one["orderID"]).status == 404 for one in [*others, sent])


def test_an_order_that_staff_gave_to_another_customer_is_not_claimed(shop: Shop) -> None:
    moved = placed(shop)
    assert transfer(shop, moved["orderID"], "bob@example.org").status == 200
    assert claimed(shop) == 0
    assert claimed(shop, OTHER) == 1
    assert read(shop, moved["orderID"], OTHER).status == 200


def test_a_claimed_order_leaves_the_account_when_staff_give_it_away(shop: Shop) -> None:
    moved = placed(shop)
    claimed(shop)
    transfer(shop, moved["orderID"], "bob@example.org")
    assert read(shop, moved["orderID"]).status == 404


def test_the_index_may_name_an_order_that_is_another_customers_by_now(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = placed(shop)
    real, waiting = order_reads.find, ["bob@example.org"]

    def give_away_then_find(order_id: str) -> object:
        while waiting:
            transfer(shop, order_id, waiting.pop())
        return real(order_id)

    monkeypatch.setattr(order_reads, "find", give_away_then_find)
    assert claim(shop).json["claimed"] == 0
    assert "accountID" not in shop.orders()[moved["orderID"]]


def test_a_change_of_staff_at_the_same_moment_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = placed(shop)
    real, waiting = orders.save, [mine["orderID"]]

    def comment_then_save(*args: object) -> object:
        while waiting:
            body = {"comment": "Ring twice"}
            path = {"orderID": waiting.pop()}
            shop.ask("move_order", "PATCH", "/orders/{orderID}", body, headers={"If-Match": "*"}, **path)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "save", comment_then_save)
    assert claim(shop).json["claimed"] == 1
    assert [one["event"] for one in shop.orders()[mine["orderID"]]["history"]] == [
        "placed",
        "commented",
        "claimed",
    ]


def test_an_order_that_is_changed_at_every_try_waits_for_another_press(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed(shop)

    def refuse(*_: object) -> None:
        raise PreconditionFailedError("the order has been changed meanwhile")

    with monkeypatch.context() as patch:
        patch.setattr(orders, "save", refuse)
        assert claim(shop).json == {"claimed": 0, "nextCursor": None}
    assert claimed(shop) == 1


def test_many_orders_are_claimed_by_several_calls(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_claims, "_SIZE", 2)
    for _ in range(5):
        placed(shop)
    first = claim(shop).json
    assert first["claimed"] == 2
    assert first["nextCursor"]
    assert claimed(shop) == 3
    assert len(listed(shop).json["orders"]) == 5


def test_a_cursor_of_another_account_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_claims, "_SIZE", 1)
    for _ in range(3):
        placed(shop)
    cursor = claim(shop).json["nextCursor"]
    other = CUSTOMER | {"sub": str(uuid.uuid4())}
    for claims, wrong in ((other, cursor), (CUSTOMER, cursor[:-2]), (CUSTOMER, "x")):
        assert claim(shop, claims, cursor=wrong).status == 400


def test_a_cursor_of_the_list_of_orders_is_none_of_the_claim(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read an index by its keys, and a position in one would be taken for one in the other."""
    monkeypatch.setattr(order_claims, "_SIZE", 1)
    for _ in range(2):
        send(shop)
    placed(shop)
    of_list, of_claim = listed(shop, limit="1").json["nextCursor"], claim(shop).json["nextCursor"]
    assert of_list
    assert of_claim
    assert (claim(shop, cursor=of_list).status, listed(shop, cursor=of_claim).status) == (400, 400)


@pytest.mark.parametrize(
    "claims",
    [
        None,
        STAFF,
        MACHINE,
        CUSTOMER | {"email_verified": "false"},
        CUSTOMER | {"name": ""},
    ],
)
def test_only_a_customer_with_a_proved_address_claims(shop: Shop, claims: Json | None) -> None:
    placed(shop)
    before = shop.orders()
    assert claim(shop, claims).status in (401, 403)
    assert shop.orders() == before


def test_a_claim_is_no_event_for_the_shop_that_sent_the_order(shop: Shop) -> None:
    submitted = order(customer=ANN)
    assert shop.deliver(of_machine(submitted)) == []
    before = shop.orders()[submitted["orderID"]]
    assert claimed(shop) == 1
    assert order_events.of(before, shop.orders()[submitted["orderID"]]) is None


def test_an_anonymised_order_is_claimed_by_nobody(shop: Shop) -> None:
    earlier = placed(shop)
    stored = shop.orders()[earlier["orderID"]]
    nameless = {name: value for name, value in stored.items() if name != "customerEmail"}
    shop.put(
        "SHOP_ORDERS_TABLE", nameless | {"customer": {"name": "Erased"}, "anonymisedAt": stored["createdAt"]}
    )
    assert claimed(shop) == 0
