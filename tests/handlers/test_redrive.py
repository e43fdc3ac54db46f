"""Dead letters that are sent again, mended or discarded."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from lambdas.platform import aws, tables, times
from lambdas.shop import letters, redrive
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, change, fault, message, order, submission
from tests.handlers.test_dead_letters import ACCEPTED, get, listed, only

pytestmark = pytest.mark.store

OTHER_ADMIN = ADMIN | {"email": "boss@shop.example", "sub": "3"}


def send(shop: Shop, letter: Json, body: Any = None, note: str = "", **more: Any) -> Reply:
    asked = ({} if body is None else {"body": body}) | ({"note": note} if note else {})
    path, more = "/dead-letters/{id}/redrive", {"claims": ADMIN} | more
    return shop.ask("redrive_dead_letter", "POST", path, asked, id=letter["id"], **more)


def discard(shop: Shop, letter: Json, reason: str = "", **more: Any) -> Reply:
    path, query = "/dead-letters/{id}", {"reason": reason} if reason else None
    more = {"claims": ADMIN} | more
    return shop.ask("delete_dead_letter", "DELETE", path, query=query, id=letter["id"], **more)


def take(shop: Shop) -> list[Json]:
    """Take what is in the order queue."""
    records, queue = shop.receive(), shop.names["SHOP_ORDER_QUEUE_URL"]
    for record in records:
        aws.sqs().delete_message(QueueUrl=queue, ReceiptHandle=record["receiptHandle"])
    return records


def deliver(shop: Shop) -> dict[str, Json]:
    """Have write_orders take what is in the order queue, twice, and keep what failed. Return the orders."""
    records = take(shop)
    for _ in range(2):
        assert shop.deliver(*records) == []
    shop.keep()
    return shop.orders()


def new_id(shop: Shop, letter: Json) -> str:
    found: str = get(shop, letter["id"])["newOrderID"]
    return found


def give_up(shop: Shop, record: Json) -> None:
    """Deliver a message for the last time while nothing can be stored, and keep its letter."""
    record["attributes"]["ApproximateReceiveCount"] = "20"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.orders.tables.put_new", lambda *_: (_ for _ in ()).throw(fault()))
        assert shop.deliver(record) == []
    shop.keep()


@pytest.fixture
def broken(shop: Shop) -> Json:
    """The letter of an order whose ID is in capitals."""
    assert shop.deliver(submission(order(str(uuid.uuid4()).upper()))) == []
    return only(shop.keep())


@pytest.fixture
def given_up(shop: Shop) -> Json:
    """The letter of a good order that could not be stored."""
    give_up(shop, submission(order()))
    return only(shop.keep())


@pytest.fixture
def taken(shop: Shop) -> Json:
    """The letter of an order whose ID is that of another order."""
    placed = shop.place()
    assert shop.deliver(submission(order(placed["orderID"], notes="and a mop"))) == []
    return only(shop.keep())


def mended(letter: Json, order_id: str = "") -> Json:
    document: Json = json.loads(letter["body"])
    return document | {"orderID": order_id or document["orderID"]}


# ---- sent again as it is


def test_an_order_that_is_sent_again_keeps_its_date_channel_and_sender(shop: Shop, given_up: Json) -> None:
    answer = send(shop, given_up, note="The outage is over")
    assert (answer.status, answer.json["state"]) == (202, "sent")
    (stored,) = deliver(shop).values()
    assert (stored["status"], stored["version"]) == ("placed", 1)
    assert (stored["createdAt"], stored["channel"]) == (ACCEPTED, "staff")
    assert stored["submittedBy"] == "staff@shop.example"
    placed, again = stored["history"]
    assert (placed["event"], placed["by"], placed["at"]) == ("placed", "staff@shop.example", ACCEPTED)
    assert (again["event"], again["by"], again["sub"]) == ("redriven", "admin@shop.example", "2")
    assert (again["note"], again["deadLetter"]) == ("The outage is over", given_up["id"])
    shown = get(shop, given_up["id"])
    assert shown["stored"]["status"] == "placed"
    assert [(one["event"], one["by"], one.get("note")) for one in shown["history"]] == [
        ("received", "Order desk", None),
        ("sent", "admin@shop.example", "The outage is over"),
    ]


def test_what_is_still_wrong_comes_back_to_its_letter_with_the_new_reason(shop: Shop, taken: Json) -> None:
    for sendings in (1, 2):
        assert send(shop, taken).status == 202
        assert len(deliver(shop)) == 1
        letter = only(shop.keep())
        assert (letter["id"], letter["state"], letter["advice"]) == (taken["id"], "open", "id-taken")
        assert letter["tries"] == 1 + sendings
        events = [one["event"] for one in letter["history"]]
        assert events == ["received", *["sent", "returned"] * sendings]


def test_two_admins_who_send_a_letter_one_after_the_other_place_one_order(shop: Shop, given_up: Json) -> None:
    assert send(shop, given_up).status == 202
    assert send(shop, given_up, claims=OTHER_ADMIN).status == 202
    (stored,) = deliver(shop).values()
    assert (stored["version"], len(stored["history"])) == (1, 2)
    assert get(shop, given_up["id"])["state"] == "sent"


def test_of_two_admins_who_know_the_same_version_one_is_told_of_the_other(shop: Shop, given_up: Json) -> None:
    assert send(shop, given_up, headers={"If-Match": '"1"'}).status == 202
    late = send(shop, given_up, headers={"If-Match": '"1"'}, claims=OTHER_ADMIN)
    assert (late.status, late.json["deadLetter"]["state"]) == (412, "sent")
    assert discard(shop, given_up, headers={"If-Match": '"1"'}).status == 412


def test_of_two_sendings_at_the_same_moment_one_reaches_the_queue(
    shop: Shop, given_up: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = letters.read
    monkeypatch.setattr(letters, "read", lambda letter_id: read(letter_id) | {"version": 0})
    refused = send(shop, given_up)
    assert (refused.status, refused.json["deadLetter"]["version"]) == (412, 1)
    assert shop.receive() == []


def test_a_sending_that_was_cut_off_before_the_queue_is_finished_by_the_next(
    shop: Shop, given_up: Json, break_aws: Callable[..., None]
) -> None:
    break_aws("sqs", times=1, send_message=fault("ServiceUnavailable", "SendMessage"))
    with pytest.raises(Exception, match="made by a test"):
        send(shop, given_up)
    assert (get(shop, given_up["id"])["state"], shop.receive()) == ("sending", [])
    assert send(shop, given_up, body=mended(given_up)).status == 409
    assert discard(shop, given_up).status == 409
    assert send(shop, given_up).json["state"] == "sent"
    (stored,) = deliver(shop).values()
    assert stored["status"] == "placed"


def test_a_sending_that_was_cut_off_after_the_queue_places_one_order(
    shop: Shop, broken: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, saved = mended(broken, new_id(shop, broken)), letters.save

    def once(changed: Any, *limit: int) -> Any:
        if changed["state"] == "sent":
            raise fault()
        return saved(changed, *limit)

    with monkeypatch.context() as patch:
        patch.setattr(letters, "save", once)
        with pytest.raises(Exception, match="made by a test"):
            send(shop, broken, body=good)
    assert get(shop, broken["id"])["state"] == "sending"
    assert send(shop, broken, body=good | {"notes": "other"}).status == 409
    assert send(shop, broken).status == 202
    (stored,) = deliver(shop).values()
    assert (stored["orderID"], stored["status"]) == (good["orderID"], "placed")


def test_what_comes_back_before_its_sending_was_noted_can_be_sent_again(
    shop: Shop, taken: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = letters.save
    with monkeypatch.context() as patch:
        patch.setattr(letters, "save", lambda changed, *limit: _until_sent(saved, changed, *limit))
        with pytest.raises(Exception, match="made by a test"):
            send(shop, taken)
    deliver(shop)
    letter = get(shop, taken["id"])
    assert (letter["state"], letter["tries"]) == ("open", 2)
    assert [one["event"] for one in letter["history"]] == ["received", "sent", "returned"]
    assert discard(shop, taken).status == 204


def _until_sent(save: Callable[..., Any], changed: Any, *limit: int) -> Any:
    if changed["state"] == "sent":
        raise fault()
    return save(changed, *limit)


def test_two_messages_about_one_sending_return_to_its_letter_once(shop: Shop, taken: Json) -> None:
    for _ in range(2):
        assert send(shop, taken).status == 202
    deliver(shop)
    letter = only(shop.keep())
    assert (letter["state"], letter["tries"], len(letter["tokens"])) == ("open", 2, 3)
    events = [one["event"] for one in letter["history"]]
    assert events == ["received", "sent", "sent", "returned"]
    assert discard(shop, taken).status == 204


def test_what_comes_back_while_somebody_changes_its_letter_is_kept(
    shop: Shop, taken: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper reads the letter, somebody sends it once more, and the keeper reads it again."""
    assert send(shop, taken).status == 202
    assert shop.deliver(*shop.receive()) == []
    (back,) = (submission(one.pop("body"), **one) for one in shop.letters())
    back["attributes"]["SentTimestamp"] = str(times.now_ms())
    found, stale = letters.find, [letters.SENDING]

    def find(letter_id: str) -> Any:
        letter = found(letter_id)
        return letter | {"version": 2, "state": stale.pop()} if letter and stale else letter

    with monkeypatch.context() as patch:
        patch.setattr(letters, "find", find)
        shop.call("keep_dead_letters", {"Records": [back | {"eventSourceARN": "a:order-dead-letters"}]})
    letter = get(shop, taken["id"])
    assert (stale, letter["state"], letter["tries"]) == ([], "open", 2)


def test_the_answer_of_a_sending_that_came_back_at_once_says_so(
    shop: Shop, taken: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = letters.save

    def save(changed: Any, *limit: int) -> Any:
        if changed["state"] == "sent":
            deliver(shop)
        return saved(changed, *limit)

    monkeypatch.setattr(letters, "save", save)
    answer = send(shop, taken)
    assert (answer.status, answer.json["state"]) == (202, "open")
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'


def test_a_letter_that_would_outgrow_its_table_is_refused_and_stays_as_it_is(shop: Shop) -> None:
    """Texts count in bytes: a letter of the alphabet beside one of two bytes."""
    half = "é" * (tables.MAX_ITEM_BYTES // 4 - 3000)
    body = json.dumps({"orderID": "x", "notes": half}, ensure_ascii=False)
    record = submission(body) | {"eventSourceARN": "a:order-dead-letters"}
    assert shop.call("keep_dead_letters", {"Records": [record]}) == {"batchItemFailures": []}
    letter = only(shop.keep())
    shop.put("SHOP_LETTERS_TABLE", letter | {"original": "é" * (tables.MAX_ITEM_BYTES // 4 + 3000)})
    assert send(shop, letter).status == 413
    refused = discard(shop, letter)
    assert (refused.status, f"{tables.MAX_ITEM_BYTES:,} bytes" in refused.error["message"]) == (413, True)
    assert get(shop, letter["id"])["version"] == 1


def test_whatever_could_be_sent_has_room_to_come_back_and_to_be_discarded(shop: Shop, taken: Json) -> None:
    unused = tables.MAX_ITEM_BYTES - tables.HISTORY_BYTES
    while unused > 0:  # the fullest letter that can still be sent
        unused -= 50
        shop.put("SHOP_LETTERS_TABLE", taken | {"original": "x" * unused})
        if send(shop, taken).status == 202:
            break
    assert unused > tables.MAX_ITEM_BYTES - tables.HISTORY_BYTES - 5000
    deliver(shop)
    assert get(shop, taken["id"])["state"] == "open"
    assert send(shop, taken).status == 413
    assert discard(shop, taken, "é" * 500).status == 204


# ---- mended


def test_a_mended_order_is_placed_and_both_histories_say_what_was_mended(shop: Shop, broken: Json) -> None:
    good = mended(broken, new_id(shop, broken))
    good |= {"items": [{"sku": "MOP-1", "quantity": 3}], "notes": "Ring twice"}
    answer = send(shop, broken, body=good, note="ID in capitals")
    assert (answer.status, answer.json["sentAs"]) == (202, good["orderID"])
    (stored,) = deliver(shop).values()
    assert (stored["status"], stored["total"], stored["createdAt"]) == ("placed", 3750, ACCEPTED)
    assert (stored["channel"], stored["submittedBy"]) == ("staff", "staff@shop.example")
    entry = stored["history"][1]
    assert (entry["event"], entry["by"], entry["note"]) == ("mended", "admin@shop.example", "ID in capitals")
    assert {"field": "Notes", "to": "Ring twice"} in entry["changes"]
    assert {"field": "MOP-1", "from": "quantity 2", "to": "quantity 3"} in entry["changes"]
    shown = get(shop, broken["id"])
    assert shown["original"] == broken["body"]
    assert json.loads(shown["body"]) == good
    assert shown["history"][1]["changes"] == entry["changes"]
    assert shown["stored"]["orderID"] == good["orderID"]


def test_a_mended_order_is_not_listed_by_the_text_that_it_had(shop: Shop) -> None:
    assert shop.deliver(submission({"customer": {"phone": "555-0100"}})) == []
    letter = only(shop.keep())
    assert letter["excerpt"] == "555-0100"
    assert send(shop, letter).json["excerpt"] == "555-0100"
    deliver(shop)
    assert "excerpt" in only(shop.keep())
    sent = send(shop, letter, order(get(shop, letter["id"])["newOrderID"]))
    assert sent.status == 202
    assert "excerpt" not in sent.json


def test_an_order_may_be_sent_as_text(shop: Shop, broken: Json) -> None:
    good = mended(broken, new_id(shop, broken))
    assert send(shop, broken, body=json.dumps(good)).status == 202
    assert list(deliver(shop)) == [good["orderID"]]


def test_a_mended_order_that_fails_comes_back_as_it_was_mended(shop: Shop, given_up: Json) -> None:
    shop.place(order(given_up["orderID"]))  # somebody entered it anew meanwhile
    good = mended(given_up) | {"notes": "mended"}
    assert send(shop, given_up, body=good).status == 202
    deliver(shop)
    letter = get(shop, given_up["id"])
    assert (letter["state"], letter["advice"], letter["order"]["notes"]) == ("open", "id-taken", "mended")
    assert letter["original"] == given_up["body"]


def test_a_letter_that_is_mended_twice_is_listed_as_it_is_now_and_keeps_the_first_content(
    shop: Shop, taken: Json
) -> None:
    for name in ("Bea Cole", "Cy Dunn"):
        customer = {"name": name, "email": "bea@example.org"}
        assert send(shop, taken, body=mended(taken) | {"customer": customer}).status == 202
        deliver(shop)
        (shown,) = listed(shop)["deadLetters"]
        assert (shown["customerName"], shown["state"]) == (name, "open")
    assert get(shop, taken["id"])["original"] == taken["body"]


FAULTS: dict[str, tuple[Json, str]] = {
    "an unknown field": ({"colour": "red"}, "colour"),
    "no lines": ({"items": []}, "items"),
    "a fraction": ({"items": [{"sku": "MOP-1", "quantity": 1.5}]}, "items[0].quantity"),
    "no customer": ({"customer": None}, "customer"),
    "no e-mail": ({"customer": {"name": "Ann"}}, "customer.email"),
    "another ID": ({"orderID": "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"}, "orderID"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mended_order_has_the_checks_of_a_new_one(shop: Shop, given_up: Json, name: str) -> None:
    changes, path = FAULTS[name]
    refused = send(shop, given_up, body=mended(given_up) | changes)
    assert (refused.status, list(refused.fields)) == (400, [path])
    assert get(shop, given_up["id"])["version"] == 1
    assert shop.receive() == []


@pytest.mark.parametrize("body", ["?", "[]", "null", 5, True, [], {"orderID": "x"}, {}, "{", '{"a": 1}'])
def test_a_content_that_is_no_order_is_refused(shop: Shop, broken: Json, body: Any) -> None:
    refused = send(shop, broken, body=body)
    assert (refused.status, list(refused.fields)) == (400, ["body"])


@pytest.mark.parametrize("asked", [{"colour": "red"}, {"note": "x" * 501}, {"note": 5}, []])
def test_a_request_that_breaks_the_schema_is_refused(shop: Shop, broken: Json, asked: Any) -> None:
    path = "/dead-letters/{id}/redrive"
    refused = shop.ask("redrive_dead_letter", "POST", path, asked, claims=ADMIN, id=broken["id"])
    assert refused.status == 400


def test_a_request_without_a_body_sends_the_content_as_it_is(shop: Shop, given_up: Json) -> None:
    path = "/dead-letters/{id}/redrive"
    assert shop.ask("redrive_dead_letter", "POST", path, claims=ADMIN, id=given_up["id"]).status == 202
    assert len(deliver(shop)) == 1


def test_a_letter_says_nothing_of_an_order_that_was_erased(shop: Shop, given_up: Json) -> None:
    assert send(shop, given_up).status == 202
    (stored,) = deliver(shop).values()
    assert get(shop, given_up["id"])["stored"]["number"] == stored["number"]
    path = "/orders/{orderID}"
    gone = shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=stored["orderID"])
    assert gone.status == 204
    assert "stored" not in get(shop, given_up["id"])


# ---- under another ID


def test_an_order_whose_id_is_taken_is_sent_as_one_new_order(shop: Shop, taken: Json) -> None:
    again = mended(taken, new_id(shop, taken))
    assert send(shop, taken, body=again).status == 202
    assert send(shop, taken, body=again, claims=OTHER_ADMIN).status == 409
    assert send(shop, taken, claims=OTHER_ADMIN).status == 202
    stored = deliver(shop)
    assert set(stored) == {taken["orderID"], again["orderID"]}
    assert stored[again["orderID"]]["createdAt"] == ACCEPTED


def test_an_order_that_was_sent_twice_under_a_taken_id_becomes_one_new_order(shop: Shop) -> None:
    placed = shop.place()
    other = order(placed["orderID"], notes="and a mop")
    for _ in range(2):
        assert shop.deliver(submission(other)) == []
    first, second = shop.keep().values()
    for letter in (first, second):
        assert send(shop, letter, body=mended(letter, new_id(shop, letter))).status == 202
    assert len(deliver(shop)) == 2
    different = order(placed["orderID"], notes="and two mops")
    assert shop.deliver(submission(different)) == []
    third = next(one for one in shop.keep().values() if "two mops" in one["body"])
    assert new_id(shop, third) != new_id(shop, first)


def test_an_order_that_may_be_stored_cannot_be_sent_under_another_id(shop: Shop, given_up: Json) -> None:
    """The answer of its storing may have been lost, so a second ID could place it twice."""
    refused = send(shop, given_up, body=mended(given_up, new_id(shop, given_up)))
    assert list(refused.fields) == ["orderID"]
    assert given_up["orderID"] in refused.fields["orderID"]


def test_an_order_that_was_stored_after_all_is_not_placed_twice_by_mending_it(
    shop: Shop, given_up: Json
) -> None:
    """Mended, it comes back because its own first content has taken its ID."""
    shop.place(mended(given_up))
    assert send(shop, given_up, body=mended(given_up) | {"notes": "mended"}).status == 202
    deliver(shop)
    letter = get(shop, given_up["id"])
    assert letter["advice"] == "id-taken"
    refused = send(shop, letter, body=mended(letter, letter["newOrderID"]))
    assert (refused.status, list(refused.fields)) == (400, ["orderID"])
    assert len(deliver(shop)) == 1


# ---- nobody else's name


def test_who_may_not_order_may_not_through_the_dead_letters(shop: Shop) -> None:
    assert shop.deliver(submission(order(), groups="guests")) == []
    letter = only(shop.keep())
    for body in (None, mended(letter) | {"notes": "mended"}):
        assert send(shop, letter, body=body).status == 202
        assert deliver(shop) == {}
        assert only(shop.keep())["advice"] == "not-allowed"


def test_an_operators_order_stays_an_operators(shop: Shop) -> None:
    claims: Json = {"channel": "staff", "submittedBy": "boss@shop.example", "groups": "staff"}
    assert shop.deliver(message(order(str(uuid.uuid4()).upper()), **claims)) == []
    letter = only(shop.keep())
    assert send(shop, letter, body=mended(letter, new_id(shop, letter))).status == 202
    (stored,) = deliver(shop).values()
    origin = (stored["channel"], stored["submittedBy"], stored["createdAt"])
    assert origin == ("operator", "operator", ACCEPTED)
    assert stored["history"][0]["sub"].startswith("AROAOPERATOR")
    assert stored["history"][1]["by"] == "admin@shop.example"


@pytest.mark.parametrize("is_back", [True, False])
@pytest.mark.parametrize("is_mended", [True, False])
def test_charges_of_an_operators_order_are_taken_once_an_admin_mended_it(
    shop: Shop, is_mended: bool, is_back: bool
) -> None:
    """Also if the mended order comes back, and is then sent as it is."""
    give_up(shop, message(order(charges=[{"kind": "delivery", "amount": 500}])))
    letter = only(shop.keep())
    body = mended(letter) | {"notes": "asked by phone"} if is_mended else None
    assert send(shop, letter, body=body).status == 202
    if is_back:
        give_up(shop, *take(shop))
        assert send(shop, letter).status == 202
    (stored,) = deliver(shop).values()
    noted = [{"field": "Notes", "to": "asked by phone"}] if is_mended else None
    assert stored["history"][-1].get("changes") == noted
    assert stored["channel"] == "operator"
    if is_mended:
        assert (stored["status"], stored["chargeTotal"]) == ("placed", 500)
    else:
        assert [one["path"] for one in stored["rejectionReasons"]] == ["charges"]


@pytest.mark.parametrize("make", [message, submission])
def test_nobody_gets_a_note_of_their_own_sealed_with_a_dead_letter(
    shop: Shop, given_up: Json, make: Callable[..., Json]
) -> None:
    """The note would lead the message into another letter, and name somebody in the order's history."""
    forged = {"at": "2010", "by": "boss@shop.example", "event": "mended", "deadLetter": given_up["id"]}
    notes = {"redriven": json.dumps(forged), "operator": json.dumps({"sender": "boss", "sentAt": 1})}
    assert shop.deliver(make(order(str(uuid.uuid4()).upper()), **notes)) == []
    (letter,) = (one for name, one in shop.keep().items() if name != given_up["id"])
    assert get(shop, given_up["id"])["version"] == 1
    assert letter["acceptedAt"] == ACCEPTED
    assert send(shop, letter, body=mended(letter, new_id(shop, letter))).status == 202
    (stored,) = deliver(shop).values()
    assert [one["by"] for one in stored["history"]] == [stored["submittedBy"], "admin@shop.example"]
    assert stored["history"][1]["deadLetter"] == letter["id"]


def test_staff_can_neither_send_nor_discard(shop: Shop, given_up: Json) -> None:
    for answer in (send(shop, given_up, claims=STAFF), discard(shop, given_up, claims=STAFF)):
        assert (answer.status, answer.error["code"]) == (403, "forbidden")
    assert get(shop, given_up["id"])["version"] == 1


def test_a_message_that_would_be_too_large_is_refused_with_its_size(shop: Shop) -> None:
    body = json.dumps({"orderID": "x", "notes": "n" * (redrive.MAX_MESSAGE_BYTES - 200)})
    record = submission(body) | {"eventSourceARN": "a:order-dead-letters"}
    shop.call("keep_dead_letters", {"Records": [record]})
    refused = send(shop, only(shop.keep()))
    assert refused.status == 413
    assert "245,760 bytes" in refused.error["message"]


def test_a_letter_that_is_full_can_still_come_back(shop: Shop, taken: Json) -> None:
    """What a person adds to a letter leaves room for what comes back."""
    full = letters.with_keys(taken | {"original": "x" * 350_000, "version": 2})
    shop.put("SHOP_LETTERS_TABLE", dict(full))
    assert send(shop, taken, note="n" * 500).status == 202
    letter = get(shop, taken["id"])
    missing = 360_000 - len(json.dumps(letter, ensure_ascii=False).encode())
    full = letters.with_keys(shop.all("SHOP_LETTERS_TABLE")[0] | {"original": "x" * (350_000 + missing)})
    shop.put("SHOP_LETTERS_TABLE", dict(full))
    assert send(shop, taken, note="n" * 500).status == 413
    deliver(shop)
    assert get(shop, taken["id"])["state"] == "open"


# ---- discarded


def test_a_discarded_letter_keeps_everything_and_can_still_be_sent(shop: Shop, given_up: Json) -> None:
    for _ in range(2):
        assert discard(shop, given_up, reason=" Entered by\nhand ").status == 204
    letter = get(shop, given_up["id"])
    assert (letter["state"], letter["body"]) == ("discarded", given_up["body"])
    (_, entry) = letter["history"]
    said = (entry["event"], entry["by"], entry["note"])
    assert said == ("discarded", "admin@shop.example", "Entered by hand")
    assert send(shop, given_up).status == 202
    assert len(deliver(shop)) == 1
    assert discard(shop, given_up).status == 409


def test_an_erased_order_is_erased_from_its_dead_letters(shop: Shop, taken: Json) -> None:
    other = mended(taken) | {"notes": "Ann wants it soon"}
    assert send(shop, taken, body=other, note="Ann rang").status == 202
    deliver(shop)
    record = change(None, shop.orders()[taken["orderID"]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        shop.announce(record)
    assert len(shop.keep("SHOP_NOTIFICATION_DLQ_URL")) == 2
    path, order_id = "/orders/{orderID}", taken["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    stored = json.dumps(shop.all("SHOP_LETTERS_TABLE"))
    assert not [word for word in ("Ann", "Miller", "MOP-1", "mop", "soon") if word in stored]
    for letter in listed(shop)["deadLetters"]:
        assert (letter["state"], letter["reason"]) == ("discarded", "the order was erased")
        shown = get(shop, letter["id"])
        assert shown["history"][-1]["by"] == "admin@shop.example"
        assert send(shop, letter).status == 409
        assert send(shop, letter, body=other).status == 409


def test_an_erasure_that_was_cut_off_is_finished_by_the_next(
    shop: Shop, taken: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, order_id = "/orders/{orderID}", taken["orderID"]
    with monkeypatch.context() as patch:
        patch.setattr(letters, "all_of_order", lambda _: (_ for _ in ()).throw(fault()))
        with pytest.raises(Exception, match="made by a test"):
            shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id)
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 404
    assert get(shop, taken["id"])["body"] == ""


def test_a_letter_of_an_order_that_was_erased_meanwhile_is_kept_without_its_content(shop: Shop) -> None:
    stored = shop.place()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        shop.announce(change(None, stored))
    path, order_id = "/orders/{orderID}", stored["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    letter = only(shop.keep("SHOP_NOTIFICATION_DLQ_URL"))
    assert (letter["state"], letter["body"]) == ("discarded", "")
    assert "Miller" not in json.dumps(letter)


def test_the_reason_of_a_discarded_letter_has_a_limit(shop: Shop, given_up: Json) -> None:
    refused = discard(shop, given_up, reason="x" * 501)
    assert (refused.status, list(refused.fields)) == (400, ["reason"])
    assert discard(shop, given_up, reason="x" * 500).status == 204


# ---- mails and counts


def again(shop: Shop, source: str) -> list[Json]:
    """Return the records of the changes that were sent again to a reader of the stream."""
    queue = {"notifications": "SHOP_NOTIFICATION_AGAIN_URL", "views": "SHOP_VIEWS_AGAIN_URL"}[source]
    return [message(one["body"]) for one in shop.letters(queue)]


@pytest.fixture
def unannounced(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Json:
    """The letter of an order about which no mail could be made."""
    record = change(None, shop.place())
    with monkeypatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        shop.announce(record)
    return only(shop.keep("SHOP_NOTIFICATION_DLQ_URL"))


def test_a_mail_that_is_sent_again_arrives_once(shop: Shop, unannounced: Json) -> None:
    for _ in range(2):
        assert send(shop, unannounced).status == 202
        for record in again(shop, "notifications"):
            assert shop.announce(record) == {"batchItemFailures": []}
    assert len(shop.mails()) == 1
    assert get(shop, unannounced["id"])["state"] == "sent"


def test_a_mail_that_fails_again_comes_back_to_its_letter(
    shop: Shop, unannounced: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(shop, unannounced).status == 202
    monkeypatch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
    shop.announce(*again(shop, "notifications"))
    letter = only(shop.keep("SHOP_NOTIFICATION_DLQ_URL"))
    assert (letter["id"], letter["state"], letter["tries"]) == (unannounced["id"], "open", 2)


def test_no_mail_is_sent_again_about_an_erased_order(shop: Shop, unannounced: Json) -> None:
    path, order_id = "/orders/{orderID}", unannounced["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    refused = send(shop, unannounced)
    assert (refused.status, "erased" in refused.error["message"]) == (409, True)


def test_a_mail_is_sent_again_about_an_order_that_was_changed_since(shop: Shop, unannounced: Json) -> None:
    stored = shop.orders()[unannounced["orderID"]]
    shop.put("SHOP_ORDERS_TABLE", stored | {"version": 2})
    assert send(shop, unannounced).status == 202
    shop.announce(*again(shop, "notifications"))
    assert len(shop.mails()) == 1


@pytest.fixture
def uncounted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Json:
    """The letter of an order that could not be counted."""
    record = change(None, shop.place())
    with monkeypatch.context() as patch:
        patch.setattr("lambdas.shop.figures.difference", lambda *_: int("x"))
        shop.follow(record)
    return only(shop.keep("SHOP_VIEWS_DLQ_URL"))


def _placed(shop: Shop) -> int:
    report: Json = shop.ask("get_workload", "GET", "/reports/workload").json
    placed: int = report["counts"]["placed"]
    return placed


def test_a_change_that_is_sent_again_counts_once(shop: Shop, uncounted: Json) -> None:
    assert (uncounted["advice"], _placed(shop)) == ("not-counted", 0)
    for _ in range(2):
        assert send(shop, uncounted).status == 202
        shop.follow(*again(shop, "views"))
    assert _placed(shop) == 1


def _again_from_queue(shop: Shop, letter: Json, sent_at: int) -> Json:
    """Keep another message about a letter; return the letter."""
    record = message(letter["body"]) | {"eventSourceARN": "a:view-dead-letters"}
    record["attributes"]["SentTimestamp"] = str(sent_at)
    shop.call("keep_dead_letters", {"Records": [record]})
    return get(shop, letter["id"])


@pytest.mark.parametrize(("settle", "state"), [(send, "sent"), (discard, "discarded")])
def test_a_late_message_about_a_settled_failure_is_noted_and_opens_nothing(
    shop: Shop, uncounted: Json, settle: Callable[..., Reply], state: str
) -> None:
    assert settle(shop, uncounted).status in (202, 204)
    for repeats in (1, 2):
        letter = _again_from_queue(shop, uncounted, times.now_ms() - 3600_000)
        events = [one["event"] for one in letter["history"]]
        assert (letter["state"], events[2:]) == (state, ["repeated"] * repeats)
    assert set(letter["history"][-1]) == {"at", "by", "event"}
    assert "returnedAt" not in letter
    settled = listed(shop, state=state)["deadLetters"]
    assert [one["id"] for one in settled] == [uncounted["id"]]


def test_the_same_message_changes_a_settled_letter_no_more(shop: Shop, uncounted: Json) -> None:
    assert discard(shop, uncounted).status == 204
    settled = get(shop, uncounted["id"])
    record = message(uncounted["body"]) | {"eventSourceARN": "a:view-dead-letters"}
    record["messageId"] = uncounted["tokens"][0]
    record["attributes"]["SentTimestamp"] = str(times.now_ms() + 3600_000)
    shop.call("keep_dead_letters", {"Records": [record]})
    assert get(shop, uncounted["id"]) == settled


def test_a_late_message_during_a_sending_leaves_it_noted_as_sent(
    shop: Shop, uncounted: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, late = letters.save, [times.now_ms() - 3600_000]

    def save(changed: Any, *limit: int) -> Any:
        if changed["state"] == "sent" and late:
            assert _again_from_queue(shop, uncounted, late.pop())["state"] == "sending"
        return saved(changed, *limit)

    monkeypatch.setattr(letters, "save", save)
    assert send(shop, uncounted).json["state"] == "sent"
    letter = get(shop, uncounted["id"])
    assert (letter["state"], [one["event"] for one in letter["history"]][1:]) == (
        "sent",
        ["sent", "repeated"],
    )


def test_a_failure_of_a_later_sending_opens_its_letter_and_the_list_says_when(
    shop: Shop, uncounted: Json
) -> None:
    assert send(shop, uncounted).status == 202
    _again_from_queue(shop, uncounted, times.now_ms() - 3600_000)  # the note about it ends no sending
    letter = _again_from_queue(shop, uncounted, times.now_ms())
    assert [one["event"] for one in letter["history"]] == ["received", "sent", "repeated", "returned"]
    (row,) = listed(shop, state="open")["deadLetters"]
    assert row["returnedAt"] == letter["history"][-1]["at"]


@pytest.mark.parametrize(("late_ms", "state"), [(60_001, "sent"), (60_000, "open"), (0, "open")])
def test_a_clock_that_is_up_to_a_minute_late_hides_no_failure(
    shop: Shop, uncounted: Json, late_ms: int, state: str
) -> None:
    assert send(shop, uncounted).status == 202
    sent_at = datetime.fromisoformat(get(shop, uncounted["id"])["history"][-1]["at"])
    at_ms = round(sent_at.timestamp() * 1000)
    assert _again_from_queue(shop, uncounted, at_ms - late_ms)["state"] == state


def test_a_failure_of_the_first_of_two_sendings_opens_its_letter(shop: Shop, uncounted: Json) -> None:
    for _ in range(2):
        assert send(shop, uncounted).status == 202
    letter, hour_ms = only(shop.keep("SHOP_VIEWS_DLQ_URL")), 3600_000
    letter["history"][1]["at"] = times.iso(times.now_ms() - 2 * hour_ms)
    shop.put("SHOP_LETTERS_TABLE", letter)
    assert _again_from_queue(shop, uncounted, times.now_ms() - hour_ms)["state"] == "open"


def test_a_failure_opens_a_sent_letter_that_does_not_say_when_it_was_sent(
    shop: Shop, uncounted: Json
) -> None:
    shop.put("SHOP_LETTERS_TABLE", dict(letters.with_keys(uncounted | {"state": "sent"})))
    assert _again_from_queue(shop, uncounted, times.now_ms() - 3600_000)["state"] == "open"


def test_a_change_that_is_out_of_date_is_not_counted_again(shop: Shop, uncounted: Json) -> None:
    stored = shop.orders()[uncounted["orderID"]]
    shop.put("SHOP_ORDERS_TABLE", stored | {"version": 2})
    refused = send(shop, uncounted)
    assert (refused.status, "made anew" in refused.error["message"]) == (409, True)
    shop.put("SHOP_ORDERS_TABLE", {"orderID": stored["orderID"], "erasedAt": "x", "version": 2})
    assert send(shop, uncounted).status == 409
    assert again(shop, "views") == []


@pytest.mark.parametrize("is_cut_off", [True, False])
def test_a_change_that_was_sent_is_not_sent_once_more_when_it_is_out_of_date(
    shop: Shop, uncounted: Json, break_aws: Callable[..., None], is_cut_off: bool
) -> None:
    if is_cut_off:
        break_aws("sqs", times=1, send_message=fault("ServiceUnavailable", "SendMessage"))
        with pytest.raises(Exception, match="made by a test"):
            send(shop, uncounted)
    else:
        assert send(shop, uncounted).status == 202
    sent = len(again(shop, "views"))
    stored = shop.orders()[uncounted["orderID"]]
    shop.put("SHOP_ORDERS_TABLE", stored | {"version": 2})
    refused = send(shop, uncounted)
    assert (refused.status, "made anew" in refused.error["message"]) == (409, True)
    assert (sent, again(shop, "views")) == (0 if is_cut_off else 1, [])
    assert discard(shop, uncounted).status == (204 if is_cut_off else 409)


def test_a_mail_that_was_sent_is_not_sent_once_more_about_an_erased_order(
    shop: Shop, unannounced: Json
) -> None:
    assert send(shop, unannounced).status == 202
    path, order_id = "/orders/{orderID}", unannounced["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    assert len(again(shop, "notifications")) == 1
    assert send(shop, unannounced).status == 409
    assert again(shop, "notifications") == []


def test_an_erasure_that_could_not_be_counted_is_sent_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = shop.place()
    shop.follow(change(None, stored))
    path, order_id = "/orders/{orderID}", stored["orderID"]
    assert shop.ask("delete_order", "DELETE", path, claims=ADMIN, orderID=order_id).status == 204
    with monkeypatch.context() as patch:
        patch.setattr("lambdas.shop.figures.difference", lambda *_: int("x"))
        shop.follow(change(stored, shop.orders()[order_id]))
    letter = only(shop.keep("SHOP_VIEWS_DLQ_URL"))
    assert _placed(shop) == 1
    assert send(shop, letter).status == 202
    shop.follow(*again(shop, "views"))
    assert _placed(shop) == 0


@pytest.mark.parametrize("source", ["unannounced", "uncounted"])
def test_a_change_is_not_sent_again_when_its_mark_may_be_gone(
    shop: Shop, source: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = request.getfixturevalue(source)
    now, day = times.now_ms(), 24 * 3600 * 1000
    monkeypatch.setattr("lambdas.platform.times.now_ms", lambda: now + 14 * day)
    refused = send(shop, letter)
    assert (refused.status, "13 days" in refused.error["message"]) == (409, True)
    monkeypatch.setattr("lambdas.platform.times.now_ms", lambda: now + 12 * day)
    assert send(shop, letter).status == 202
    monkeypatch.setattr("lambdas.platform.times.now_ms", lambda: now + 14 * day)
    assert send(shop, letter).status == 409


def test_a_change_that_names_no_order_is_refused_and_can_be_discarded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = change(None, shop.place())
    del record["dynamodb"]["Keys"]
    with monkeypatch.context() as patch:
        patch.setattr("lambdas.shop.figures.difference", lambda *_: int("x"))
        shop.follow(record)
    letter = only(shop.keep("SHOP_VIEWS_DLQ_URL"))
    assert "orderID" not in letter
    refused = send(shop, letter)
    assert (refused.status, "which order changed" in refused.error["message"]) == (409, True)
    assert discard(shop, letter).status == 204


@pytest.mark.parametrize("source", ["unannounced", "uncounted"])
def test_the_content_of_a_change_cannot_be_mended(
    shop: Shop, source: str, request: pytest.FixtureRequest
) -> None:
    assert send(shop, request.getfixturevalue(source), body={"orderID": "x"}).status == 409


# ---- a thousand


def _kinds(taken_id: str) -> Iterator[tuple[str, Json]]:
    """Yield kinds of dead letters, each with the record of an order that becomes one, for ever."""
    while True:
        yield "not-json", submission(f"{{{uuid.uuid4()}")
        yield "no-order-id", submission(order(str(uuid.uuid4()).upper()))
        yield "id-taken", submission(order(taken_id, notes=str(uuid.uuid4())))
        yield "no-reason", submission(order())


@pytest.mark.thorough
def test_a_thousand_dead_letters_are_settled_and_each_order_is_placed_once(shop: Shop) -> None:
    first = {shop.place()["orderID"]}
    kinds, expected = _kinds(*first), Counter[str]()
    for _ in range(80):
        batch = [next(kinds) for _ in range(10)]
        expected.update(kind for kind, _ in batch)
        # What has no reason was moved by SQS itself, and was never at the writer.
        refused = [record for kind, record in batch if kind != "no-reason"]
        assert shop.deliver(*refused) == []
        moved = [
            one | {"eventSourceARN": "a:order-dead-letters"} for kind, one in batch if kind == "no-reason"
        ]
        assert shop.call("keep_dead_letters", {"Records": moved}) == {"batchItemFailures": []}
    shop.keep()
    changes = [change(None, shop.place()) for _ in range(100)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.shop.mail.compose", lambda *_: int("x"))
        patch.setattr("lambdas.shop.figures.difference", lambda *_: int("x"))
        for at in range(0, 100, 10):
            shop.announce(*changes[at : at + 10])
            shop.follow(*changes[at : at + 10])
    shop.keep("SHOP_NOTIFICATION_DLQ_URL")
    shop.keep("SHOP_VIEWS_DLQ_URL")
    expected.update({"mail": 100, "not-counted": 100})
    first |= {record["dynamodb"]["NewImage"]["orderID"]["S"] for record in changes}

    found = list(_all(shop, state="open"))
    assert Counter(one["advice"] for one in found) == expected
    assert len({one["id"] for one in found}) == 1000
    wanted: set[str] = set()
    for one in found:
        body = None
        if one["advice"] in ("no-order-id", "id-taken"):
            shown = get(shop, one["id"])
            body = shown["order"] | {"orderID": shown["newOrderID"]}
            wanted.add(shown["newOrderID"])
        elif one["advice"] == "no-reason":
            wanted.add(one["orderID"])
        if one["advice"] == "not-json":
            assert discard(shop, one, "Nobody can read it").status == 204
        else:
            assert send(shop, one, body).status == 202
    while records := shop.receive():
        for record in records:
            queue, receipt = shop.names["SHOP_ORDER_QUEUE_URL"], record["receiptHandle"]
            aws.sqs().delete_message(QueueUrl=queue, ReceiptHandle=receipt)
        assert shop.deliver(*records) == []
    for record in again(shop, "notifications"):
        shop.announce(record)
    for record in again(shop, "views"):
        shop.follow(record)

    stored = {name: one for name, one in shop.orders().items() if name not in first}
    assert set(stored) == wanted
    assert len(wanted) == 600
    assert {(one["status"], one["createdAt"], one["channel"]) for one in stored.values()} == {
        ("placed", ACCEPTED, "staff")
    }
    assert len(shop.mails()) == 100
    assert _placed(shop) == 100
    assert Counter(one["state"] for one in _all(shop)) == {"sent": 800, "discarded": 200}


def _all(shop: Shop, **query: str) -> Iterator[Json]:
    cursor: str | None = ""
    while cursor is not None:
        page = listed(shop, limit="100", cursor=cursor, **query)
        yield from page["deadLetters"]
        cursor = page["nextCursor"]
