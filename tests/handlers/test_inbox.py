"""The inbox: orders of the machines of connected shops, from the queue to what a machine may read of them."""

import uuid
from collections.abc import Iterable
from typing import Any

import pytest

from lambdas.platform import batches
from lambdas.shop import order_origin, sender_view
from tests.handlers.shop import (
    ADMIN,
    GATEWAY,
    MACHINE,
    OPERATOR,
    STAFF,
    Json,
    Reply,
    Shop,
    fault,
    message,
    of_machine,
    order,
    submission,
)

pytestmark = pytest.mark.store

OTHER = MACHINE | {"sub": "client-2", "client_id": "client-2"}


def read(shop: Shop, order_id: str, claims: Json | None = MACHINE) -> Reply:
    return shop.ask("get_inbox_order", "GET", "/orders/{orderID}", claims=claims, orderID=order_id)


def send(shop: Shop, submitted: Json | None = None) -> Json:
    """Have the machine send an order; return it as stored."""
    submitted = submitted or order()
    assert shop.deliver(of_machine(submitted)) == []
    return shop.orders()[submitted["orderID"]]


def test_an_order_of_a_machine_names_its_client_and_channel(shop: Shop) -> None:
    stored = send(shop)
    assert (stored["status"], stored["channel"]) == ("placed", "machine")
    (entry,) = stored["history"]
    assert (entry["by"], entry["sub"], entry["at"]) == (
        order_origin.NAMELESS,
        "client-1",
        stored["createdAt"],
    )
    assert stored["submittedBy"] == order_origin.NAMELESS


def connect(shop: Shop, client: str = "client-1", **row: str) -> None:
    shop.put("SHOP_SHOPS_TABLE", {"shopID": client, "version": 1, **row})


def test_an_order_of_a_machine_has_the_name_of_its_shop(shop: Shop) -> None:
    """Each of a batch has its own, also that of a shop that was deleted a moment ago."""
    connect(shop, name="Hotel Sonne")
    connect(shop, "client-2", name="Bad & Co", state="deleted")
    own, other, nameless, staffs = (order() for _ in range(4))
    sent = (of_machine(own), of_machine(other, "client-2"), of_machine(nameless, "client-3"))
    assert shop.deliver(*sent, submission(staffs)) == []
    stored = shop.orders()
    names = [stored[one["orderID"]]["submittedBy"] for one in (own, other, nameless, staffs)]
    assert names == ["Hotel Sonne", "Bad & Co", order_origin.NAMELESS, STAFF["email"]]
    (entry,) = stored[own["orderID"]]["history"]
    assert (entry["by"], entry["sub"]) == ("Hotel Sonne", "client-1")


def test_an_order_of_a_machine_is_stored_where_no_shop_can_be_connected_any_more(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages may wait while the switch is turned off."""
    monkeypatch.setitem(shop.names, "SHOP_SHOPS_TABLE", "")
    assert send(shop)["submittedBy"] == order_origin.NAMELESS


def test_names_that_cannot_be_read_delay_only_orders_of_machines(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order without its name would be that of nobody for ever."""
    real = batches.read_each

    def read_each(table: str, *given: Any) -> Any:
        found = real(table, *given)
        if table == shop.names["SHOP_SHOPS_TABLE"]:
            found.errors["client-1"] = fault()
        return found

    monkeypatch.setattr(batches, "read_each", read_each)
    delayed, staffs = of_machine(order()), submission(order())
    assert shop.deliver(delayed, staffs) == [delayed["messageId"]]
    assert len(shop.orders()) == 1


def test_a_batch_asks_for_the_names_of_its_machines_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = batches.read_each, list[str]()

    def read_each(table: str, key: str, values: Iterable[str], *given: Any) -> Any:
        wanted = list(values)
        asked.extend(wanted if table == shop.names["SHOP_SHOPS_TABLE"] else ())
        return real(table, key, wanted, *given)

    monkeypatch.setattr(batches, "read_each", read_each)
    assert shop.deliver(submission(order())) == []
    assert asked == []
    assert shop.deliver(submission(order()), of_machine(order())) == []
    assert asked == ["client-1"]


def test_an_account_with_the_id_of_a_client_keeps_its_own_name(shop: Shop) -> None:
    connect(shop, name="Hotel Sonne")
    staffs = order()
    assert shop.deliver(of_machine(order()), submission(staffs, sub="client-1")) == []
    assert shop.orders()[staffs["orderID"]]["submittedBy"] == STAFF["email"]


def test_names_are_not_read_when_the_time_of_the_writer_ends(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call would outlive its invocation."""
    asked: list[str] = []
    real: Any = batches._read

    def read(reading: Any, table: str, *given: Any) -> None:
        def before_call() -> None:
            given[-1]()
            asked.append(table)

        real(reading, table, *given[:-1], before_call)

    monkeypatch.setattr(batches, "_read", read)
    sent = of_machine(order())
    assert shop.deliver(sent, remaining_ms=100) == [sent["messageId"]]
    assert asked == []
    assert shop.deliver(sent) == []
    assert shop.names["SHOP_SHOPS_TABLE"] in asked


@pytest.mark.parametrize("claim", ["submittedBy", "groups"])
def test_a_machine_cannot_claim_to_be_a_person(shop: Shop, claim: str) -> None:
    """The mapping template writes neither, so only a forged message would have them."""
    shop.deliver(of_machine(order(), **{claim: "staff"}))
    assert {one["submittedBy"] for one in shop.orders().values()} <= {order_origin.NAMELESS}


def test_a_message_that_only_claims_to_be_of_a_machine_is_an_operators(shop: Shop) -> None:
    forged = message(submitted := order(), sender=OPERATOR, channel="machine", sub="client-1")
    assert shop.deliver(forged) == []
    assert shop.orders()[submitted["orderID"]]["channel"] == "operator"
    assert read(shop, submitted["orderID"]).status == 404


def test_a_machine_reads_what_became_of_its_order(shop: Shop) -> None:
    stored = send(shop)
    reply = read(shop, stored["orderID"])
    assert (reply.status, reply.headers["ETag"]) == (200, '"1"')
    assert "Access-Control-Allow-Origin" not in reply.headers
    shown = reply.json
    same = ("number", "status", "version", "createdAt", "updatedAt", "currency", "items", "total")
    assert {name: shown[name] for name in same} == {name: stored[name] for name in same}
    assert shown["statuses"] == [{"at": stored["createdAt"], "status": "placed"}]


def test_a_machine_learns_why_its_order_is_rejected(shop: Shop) -> None:
    stored = send(shop, order(items=[{"sku": "NONE-1", "quantity": 1}]))
    shown = read(shop, stored["orderID"]).json
    assert (shown["status"], shown["total"]) == ("rejected", 0)
    assert shown["rejectionReasons"] == stored["rejectionReasons"]


def test_a_machine_learns_nothing_of_the_people_of_the_shop(shop: Shop) -> None:
    """Names of staff, comments, tags and the assignee are the shop's own."""
    stored = send(shop)
    changes: list[Json] = [
        {"comment": "Secret comment"},
        {"labels": {"tags": ["secret tag"], "assignee": "Secret Van"}},
        {"status": "packed", "note": "Secret note"},
    ]
    for change in changes:
        path = {"orderID": stored["orderID"]}
        assert shop.ask("move_order", "PATCH", "/orders/{orderID}", change, **path).status == 200
    reply = read(shop, stored["orderID"])
    assert set(reply.json) <= {*sender_view.FIELDS, "statuses"}
    assert [one["status"] for one in reply.json["statuses"]] == ["placed", "packed"]
    assert not [word for word in ("ecret", STAFF["email"], stored["customer"]["name"]) if word in reply.text]


def test_all_but_its_own_orders_are_unknown_to_a_machine(shop: Shop) -> None:
    """Otherwise a machine could ask which IDs exist."""
    own, staffs = send(shop), order()
    # An account of staff whose ID is that of the client.
    shop.deliver(submission(staffs, sub="client-1"))
    unknown = read(shop, str(uuid.uuid4()))
    assert unknown.status == 404
    for reply in (
        read(shop, own["orderID"], OTHER),
        read(shop, staffs["orderID"]),
        read(shop, "no-id"),
        read(shop, own["orderID"].upper()),
    ):
        assert (reply.status, reply.text) == (404, unknown.text)


def test_an_erased_order_is_unknown_to_its_machine(shop: Shop) -> None:
    own = send(shop)
    path = {"claims": ADMIN, "orderID": own["orderID"]}
    assert shop.ask("delete_order", "DELETE", "/orders/{orderID}", **path).status == 204
    assert read(shop, own["orderID"]).status == 404


@pytest.mark.parametrize("claims", [None, STAFF, ADMIN], ids=["none", "staff", "admin"])
def test_the_token_of_a_person_reads_nothing_at_the_inbox(shop: Shop, claims: Json | None) -> None:
    assert read(shop, send(shop)["orderID"], claims).status == 403


def test_the_token_of_a_machine_reads_nothing_at_the_api_of_staff(shop: Shop) -> None:
    path = {"claims": MACHINE, "orderID": send(shop)["orderID"]}
    assert shop.ask("get_order", "GET", "/orders/{orderID}", **path).status == 403


def test_a_dead_letter_of_a_machine_keeps_channel_and_client(shop: Shop) -> None:
    """An order that is sent again by an admin stays the machine's."""
    first = send(shop)
    other = order(first["orderID"], notes="other content")
    assert shop.deliver(of_machine(other)) == []
    (letter,) = shop.letters()
    assert (letter["channel"], letter["sub"]) == ("machine", "client-1")
    again = {name: text for name, text in letter.items() if name != "body"}
    body = letter["body"]
    assert shop.deliver(message(body, sender=OPERATOR, **again)) == []
    (returned,) = shop.letters()
    assert (returned["channel"], returned["sub"], returned["acceptedAt"]) == (
        "machine",
        "client-1",
        letter["acceptedAt"],
    )


def test_a_dead_letter_of_a_machine_shows_the_name_of_its_shop(shop: Shop) -> None:
    """Otherwise nobody knows which shop to ask."""
    first = send(shop)
    assert shop.deliver(of_machine(order(first["orderID"], notes="other content"))) == []
    (letter,) = shop.keep().values()
    shown = [order_origin.NAMELESS, "Hotel Sonne"]
    for name in shown:
        asked = shop.ask("get_dead_letter", "GET", "/dead-letters/{id}", id=letter["id"])
        assert asked.json["submittedBy"] == name
        connect(shop, name="Hotel Sonne")


def test_a_sealed_dead_letter_of_a_machine_is_placed_as_its_own(shop: Shop) -> None:
    submitted = order()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.order_queue.on_last_try", lambda _message: True)
        patch.setattr("lambdas.shop.new_orders.store", lambda *_: 1 / 0)
        assert shop.deliver(of_machine(submitted)) == []
    (letter,) = shop.letters()
    sealed = {name: text for name, text in letter.items() if name != "body"}
    assert shop.deliver(message(letter["body"], sender=OPERATOR, **sealed)) == []
    assert read(shop, submitted["orderID"]).status == 200
    assert shop.orders()[submitted["orderID"]]["createdAt"] == "2010-12-01T08:26:00.123Z"


def test_the_same_order_of_a_machine_twice_is_stored_once(shop: Shop) -> None:
    submitted = order()
    assert shop.deliver(of_machine(submitted), of_machine(submitted)) == []
    assert shop.deliver(of_machine(submitted)) == []
    assert len(shop.orders()) == 1
    assert shop.letters() == []


def test_the_gateways_role_is_what_makes_a_message_a_machines(shop: Shop) -> None:
    submitted = order()
    shop.deliver(message(submitted, sender=GATEWAY, channel="machine", sub="client-1"))
    assert shop.orders()[submitted["orderID"]]["channel"] == "machine"
