"""The function write_orders: who sent an order, through which channel, and when it was accepted."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.handlers.shop import (
    GATEWAY,
    OPERATOR,
    SETTINGS,
    Json,
    Shop,
    change,
    fault,
    message,
    order,
    submission,
)

pytestmark = pytest.mark.store

LATER = "1293840000000"  # 2011-01-01: a redrive renews the time of sending
ACCEPTED = "2010-12-01T08:26:00.123Z"
CLAIM: dict[str, Any] = {
    "channel": "staff",
    "submittedBy": "anna@shop.example",
    "sub": "7",
    "acceptedAt": "1275379200000",
}


def _origin(stored: Json) -> tuple[str, str, str, str]:
    """Return the channel of a stored order, its sender's name and sub, and when it was accepted."""
    (entry,) = stored["history"]
    assert (entry["by"], entry["at"]) == (stored["submittedBy"], stored["createdAt"])
    assert stored["listKey"] == f"{stored['createdAt']}#{stored['orderID']}"
    return stored["channel"], entry["by"], entry["sub"], entry["at"]


FROM_STAFF = ("staff", "staff@shop.example", "1", ACCEPTED)
FROM_OPERATOR = ("operator", "operator", OPERATOR, ACCEPTED)


def _redriven(letter: Json, sender: str = OPERATOR, **changes: str) -> Json:
    """Return a dead letter as the order queue delivers it after a redrive."""
    attributes = {name: text for name, text in (letter | changes).items() if name != "body"}
    sent = message(letter["body"], sender=sender, **attributes)
    sent["attributes"]["SentTimestamp"] = LATER
    return sent


def _dead_letter(shop: Shop, sent: Json) -> Json:
    """Return the dead letter of a good order that could not be stored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.orders.tables.put_new", lambda *_: (_ for _ in ()).throw(fault()))
        assert shop.deliver(sent) == []
    (letter,) = shop.letters()
    return letter


# ---- sent by the gateway


def test_an_order_from_the_gateway_has_its_channel_sender_and_time(shop: Shop) -> None:
    sent = submission(order(), acceptedAt="1291191959000")
    assert shop.deliver(sent) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == (*FROM_STAFF[:3], "2010-12-01T08:25:59.000Z")


@pytest.mark.parametrize("text", ["", "soon", "-1", "1291191960", "1291192261123", "99999999999999", "1e12"])
def test_an_unreadable_time_of_acceptance_is_the_time_of_sending(
    shop: Shop, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop.deliver(submission(order(), acceptedAt=text)) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_STAFF
    assert "order.acceptance_unreadable" in capsys.readouterr().out


def test_the_gateways_clock_may_be_five_minutes_ahead(shop: Shop) -> None:
    assert shop.deliver(submission(order(), acceptedAt="1291192260123")) == []
    (stored,) = shop.orders().values()
    assert stored["createdAt"] == "2010-12-01T08:31:00.123Z"


@pytest.mark.parametrize("sender", [GATEWAY, OPERATOR])
@pytest.mark.parametrize("channel", ["operator", "Staff", "staff ", "machines", "x" * 500])
def test_an_unknown_channel_is_a_dead_letter(shop: Shop, channel: str, sender: str) -> None:
    sent = message(order(), sender=sender, **CLAIM | {"channel": channel, "groups": "staff"})
    assert shop.deliver(sent) == []
    assert shop.orders() == {}
    (letter,) = shop.letters()
    assert letter["reason"].startswith("channel must be one of customer, machine, staff, got")


# ---- sent by an operator


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"submittedBy": "anna@shop.example", "sub": "7"},
        {"acceptedAt": "1275379200000"},
        CLAIM,
        CLAIM | {"groups": "staff"},
        CLAIM | {"groups": "staff", "seal": "0" * 64},
        CLAIM | {"groups": "staff", "seal": "é"},
    ],
)
def test_an_operators_order_says_so_whatever_it_claims(shop: Shop, claims: dict[str, Any]) -> None:
    assert shop.deliver(message(order(), **claims)) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_OPERATOR
    assert stored["status"] == "placed"


@pytest.mark.parametrize("sender", ["AROAGATEWAYS:x", "AROAGATEWA:x", "x:AROAGATEWAY", "", ":AROAGATEWAY"])
def test_only_the_gateways_role_speaks_for_others(shop: Shop, sender: str) -> None:
    assert shop.deliver(message(order(), sender=sender, **CLAIM, groups="staff")) == []
    (stored,) = shop.orders().values()
    assert _origin(stored)[:3] == ("operator", "operator", sender)


def test_a_member_of_no_group_is_refused_even_without_proof(shop: Shop) -> None:
    assert shop.deliver(message(order(), **CLAIM, groups="guests")) == []
    assert shop.orders() == {}
    assert "staff and admin" in shop.letters()[0]["reason"]


# ---- redriven


@pytest.mark.parametrize("sender", [GATEWAY, OPERATOR, "AROAWRITER:write-orders", "AIDAEXAMPLE"])
def test_a_redriven_order_keeps_channel_sender_and_time(shop: Shop, sender: str) -> None:
    """AWS does not say who the sender of a redriven message is."""
    letter = _dead_letter(shop, submission(order(), receives=20))
    assert letter["reason"].startswith("given up after 20 tries")
    assert shop.deliver(_redriven(letter, sender)) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_STAFF


def test_an_order_keeps_its_seal_through_a_second_redrive(shop: Shop) -> None:
    first = _dead_letter(shop, submission(order(), receives=20))
    again = _redriven(first)
    again["attributes"]["ApproximateReceiveCount"] = "20"
    second = _dead_letter(shop, again)
    assert second.keys() == first.keys()
    assert shop.deliver(_redriven(second)) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_STAFF


def test_a_dead_letter_that_sqs_moved_keeps_its_time_if_its_sender_stays(shop: Shop) -> None:
    moved = submission(order())
    moved["attributes"]["SentTimestamp"] = LATER
    assert shop.deliver(moved) == []
    assert [_origin(stored) for stored in shop.orders().values()] == [FROM_STAFF]


def test_a_redelivery_after_a_redrive_is_the_same_item(shop: Shop) -> None:
    letter = _dead_letter(shop, submission(order(), receives=20))
    stored: list[Json] = []
    for _ in range(2):
        sent = _redriven(letter)
        sent["attributes"]["SentTimestamp"] = str(int(LATER) + len(stored))
        assert shop.deliver(sent) == []
        (item,) = shop.orders().values()
        stored.append(item)
        shop.clear()
    assert stored[0] | {"number": 0} == stored[1] | {"number": 0}


def test_figures_and_customers_of_a_redriven_order_have_its_day(shop: Shop) -> None:
    letter = _dead_letter(shop, submission(order(), receives=20))
    assert shop.deliver(_redriven(letter)) == []
    (stored,) = shop.orders().values()
    shop.follow(change(None, stored))
    slots = {row["slot"] for row in shop.all("SHOP_TALLIES_TABLE") if row["tally"].startswith("quarter")}
    assert slots == {"2010-12-01T08:15:00.000Z"}
    (customer,) = shop.all("SHOP_CUSTOMERS_TABLE")
    assert customer["lastOrderAt"] == ACCEPTED


@pytest.mark.parametrize(
    "changes",
    [
        {"submittedBy": "boss@shop.example"},
        {"sub": "8"},
        {"acceptedAt": "1275379200000"},
        {"groups": "admin"},
        {"body": json.dumps(order())},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_dead_letter_is_the_operators(shop: Shop, changes: dict[str, Any]) -> None:
    letter = _dead_letter(shop, submission(order(), receives=20))
    assert shop.deliver(_redriven(letter | changes)) == []
    (stored,) = shop.orders().values()
    assert _origin(stored)[:3] == FROM_OPERATOR[:3]


NOTED = {"sender": OPERATOR, "sentAt": 1291191960123}  # what the writer notes of an operator's message


@pytest.mark.parametrize("claims", [CLAIM, CLAIM | {"seal": "0" * 64}, {}])
def test_a_dead_letter_of_an_operator_notes_the_operator(shop: Shop, claims: dict[str, Any]) -> None:
    letter = _dead_letter(shop, message(order(), receives=20, **claims))
    claimed = claims.keys() - {"seal"}
    assert letter.keys() == {"body", "reason", "sourceMessageId", "seal", "operator", *claimed}
    assert json.loads(letter["operator"]) == NOTED
    assert shop.deliver(_redriven(letter, "AROAREDRIVE:redrive")) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_OPERATOR


@pytest.mark.parametrize("sender", [GATEWAY, OPERATOR])
@pytest.mark.parametrize("seal", [None, "0" * 64])
def test_nobody_but_our_functions_notes_an_operator_or_who_sent_it_again(
    shop: Shop, sender: str, seal: str | None
) -> None:
    notes: Json = {
        "operator": json.dumps({"sender": "x", "sentAt": 1}),
        "redriven": json.dumps({"at": "x", "by": "x", "sub": "x", "event": "mended"}),
    } | ({"seal": seal} if seal else {})
    assert shop.deliver(message(order(), sender=sender, **CLAIM, **notes)) == []
    (stored,) = shop.orders().values()
    assert stored["submittedBy"] == ("anna@shop.example" if sender == GATEWAY else "operator")
    assert [entry["event"] for entry in stored["history"]] == ["placed"]
    assert "x" not in (stored["history"][0]["sub"], stored["createdAt"])


@pytest.mark.parametrize("name", ["operator", "redriven"])
def test_a_note_that_was_changed_breaks_the_seal(shop: Shop, name: str) -> None:
    letter = _dead_letter(shop, message(order(), receives=20, **CLAIM))
    changed = json.dumps({"sender": "boss", "sentAt": 1, "event": "mended", "by": "x", "at": "x", "sub": "x"})
    assert shop.deliver(_redriven(letter | {name: changed})) == []
    (stored,) = shop.orders().values()
    assert _origin(stored)[:3] == FROM_OPERATOR[:3]


def test_a_seal_of_an_earlier_release_is_believed(shop: Shop) -> None:
    """Earlier releases sealed the body and five attributes, and knew no notes."""
    sent = submission(order())
    attributes = {name: one["stringValue"] for name, one in sent["messageAttributes"].items()}
    names = ("channel", "acceptedAt", "submittedBy", "sub", "groups")
    sealed = json.dumps([sent["body"], *(attributes.get(name) for name in names)])
    key = SETTINGS["SHOP_SEAL_KEY"].encode()
    seal = hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()
    assert shop.deliver(_redriven({"body": sent["body"], **attributes, "seal": seal})) == []
    (stored,) = shop.orders().values()
    assert _origin(stored) == FROM_STAFF
