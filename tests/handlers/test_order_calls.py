"""The calls about one order: get, replace, move and delete."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ConnectTimeoutError

from lambdas.platform import aws, tables
from lambdas.shop import orders
from tests.handlers.in_process import InProcessEmulator
from tests.handlers.shop import ADMIN, STAFF, Json, Reply, Shop, change, order, request

pytestmark = pytest.mark.store

PATH = "/orders/{orderID}"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
INTERNAL_FIELDS = {"submissionHash", "listShard", "statusShard", "listKey", "totalKey", "customerEmail"}


@pytest.fixture
def placed(shop: Shop) -> Json:
    """An order of two lines, just placed."""
    return shop.place(order(notes="first"))


def edit(**changes: Any) -> Json:
    """Return the PUT body of a sample order (five mops for Bob), with these fields changed."""
    base = {
        "customer": {"name": "Bob", "email": "Bob@Example.org"},
        "items": [{"sku": "MOP-1", "quantity": 5}],
    }
    return base | changes


def get(shop: Shop, order_id: str) -> Reply:
    return shop.ask("get_order", "GET", PATH, orderID=order_id)


def put(shop: Shop, order_id: str, body: Any, if_match: str | None = "1") -> Reply:
    headers = {"If-Match": if_match} if if_match is not None else {}
    return shop.ask("replace_order", "PUT", PATH, body, headers=headers, orderID=order_id)


def patch(shop: Shop, order_id: str, body: Any, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("move_order", "PATCH", PATH, body, headers=named, orderID=order_id)


def delete(shop: Shop, order_id: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.ask("delete_order", "DELETE", PATH, claims=ADMIN, headers=named, orderID=order_id)


# ---- get


def test_an_order_is_returned_with_lines_and_history(shop: Shop, placed: Json) -> None:
    reply = get(shop, placed["orderID"])
    assert reply.status == 200
    assert reply.headers["ETag"] == '"1"'
    assert reply.json == {name: value for name, value in placed.items() if name not in INTERNAL_FIELDS}
    assert reply.json["items"][0]["lineTotal"] == 2500
    assert isinstance(reply.json["total"], int)


def test_an_order_is_returned_although_dynamodb_fails_once(
    shop: Shop, placed: Json, emulator: InProcessEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 tries each call of DynamoDB twice."""
    monkeypatch.setattr(emulator, "is_short", False)
    monkeypatch.setattr("botocore.endpoint.time", Mock())  # the pause between two tries
    sending = Mock(side_effect=[ConnectTimeoutError(endpoint_url="https://dynamodb"), None])
    events = aws.dynamodb().meta.events
    events.register_first("before-send.dynamodb.GetItem", sending)
    try:
        assert get(shop, placed["orderID"]).status == 200
    finally:
        events.unregister("before-send.dynamodb.GetItem", sending)
    assert sending.call_count == 2


def test_no_response_contains_internal_fields_of_the_table(shop: Shop, placed: Json) -> None:
    assert placed.keys() >= INTERNAL_FIELDS
    answers = [get(shop, placed["orderID"]), patch(shop, placed["orderID"], {"status": "packed"})]
    stale = patch(shop, placed["orderID"], {"status": "shipped"}, If_Match="1")
    for content in (*(one.json for one in answers), stale.json["order"]):
        assert not INTERNAL_FIELDS & content.keys()


def test_quotes_markup_and_emoji_pass_the_api_unchanged(shop: Shop) -> None:
    text = 'O\'Brien & Söhne <script>alert("1")</script> 🧹'
    placed = shop.place(order(customer={"name": text, "email": "a@b.c"}, notes=text))
    assert get(shop, placed["orderID"]).json["customer"]["name"] == text
    changed = put(shop, placed["orderID"], edit(customer={"name": text + "!", "email": "a@b.c"}, notes=text))
    assert changed.json["customer"]["name"] == text + "!"
    moved = patch(shop, placed["orderID"], {"status": "packed", "note": text})
    assert moved.json["history"][-1]["note"] == text


@pytest.mark.parametrize(
    "order_id", [UNKNOWN_ID, "nonsense", "", "x" * 5000, f"{UNKNOWN_ID}\n", "%00", "..", UNKNOWN_ID.upper()]
)
def test_an_unknown_order_is_404_for_every_call(shop: Shop, order_id: str) -> None:
    """DynamoDB raises an error for a key that is empty or too long."""
    replies = [
        get(shop, order_id),
        put(shop, order_id, edit()),
        patch(shop, order_id, {"status": "packed"}),
        delete(shop, order_id),
    ]
    assert [reply.status for reply in replies] == [404] * 4
    assert {reply.error["code"] for reply in replies} == {"not_found"}


# ---- replace


def test_an_edit_replaces_the_order_and_prices_it_again(shop: Shop, placed: Json) -> None:
    lines = [
        {"sku": "SOAP-5L", "quantity": 10},
        {"sku": "MOP-1", "quantity": 1},
        {"sku": "MOP-1", "quantity": 1},
    ]
    reply = put(shop, placed["orderID"], edit(items=lines, notes="second"))
    assert (reply.status, reply.headers["ETag"]) == (200, '"2"')
    assert (reply.json["version"], reply.json["total"], reply.json["lineCount"]) == (2, 8990 + 2500, 3)
    assert reply.json["customer"] == {"name": "Bob", "email": "Bob@Example.org"}
    entry = {"at": "", "by": "staff@shop.example", "sub": STAFF["sub"], "event": "edited"}
    assert reply.json["history"][-1] | {"at": "", "changes": []} == entry | {"changes": []}
    assert reply.json["createdAt"] == placed["createdAt"] < reply.json["updatedAt"]
    assert get(shop, placed["orderID"]).json == reply.json


def test_editing_the_customer_changes_the_indexed_email_address(shop: Shop, placed: Json) -> None:
    put(shop, placed["orderID"], edit())
    assert shop.orders()[placed["orderID"]]["customerEmail"] == "bob@example.org"


def test_an_edit_without_notes_removes_the_notes(shop: Shop, placed: Json) -> None:
    assert "notes" not in put(shop, placed["orderID"], edit()).json
    assert "notes" not in shop.orders()[placed["orderID"]]


def test_an_edit_keeps_the_ordered_price_and_unit_of_a_product(shop: Shop, placed: Json) -> None:
    shop.stock({"MOP-1": {"name": "Dear mop", "unitPrice": 9999, "unit": "box", "active": False},
                "NEW-1": {"name": "Pail", "unitPrice": 300, "unit": "piece", "active": True}})  # fmt: skip
    lines = [{"sku": "MOP-1", "quantity": 3}, {"sku": "NEW-1", "quantity": 1}]
    priced = put(shop, placed["orderID"], edit(items=lines)).json["items"]
    assert [(line["name"], line["unit"], line["unitPrice"]) for line in priced] == [
        ("Flat mop", "each", 1250), ("Pail", "piece", 300)
    ]  # fmt: skip


def test_an_edit_leaves_a_line_from_before_lines_had_units_without_one(shop: Shop, placed: Json) -> None:
    lines = [{name: line[name] for name in line.keys() - {"unit"}} for line in placed["items"]]
    shop.put("SHOP_ORDERS_TABLE", {**placed, "items": lines})
    edited = put(shop, placed["orderID"], edit(items=[{"sku": "MOP-1", "quantity": 3}]))
    assert (edited.status, "unit" in edited.json["items"][0]) == (200, False)


def test_an_edit_with_unavailable_products_is_400_with_their_lines(shop: Shop, placed: Json) -> None:
    lines = [{"sku": sku, "quantity": 1} for sku in ("MOP-1", "NONE", "OLD-1", "EURO-1")]
    reply = put(shop, placed["orderID"], edit(items=lines))
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert list(reply.fields) == ["items[1].sku", "items[2].sku", "items[3].sku"]
    assert shop.orders()[placed["orderID"]] == placed


@pytest.mark.parametrize("if_match", ["1", '"1"', 'W/"1"', "*", '"7", "1"'])
def test_an_edit_accepts_every_usual_form_of_if_match(shop: Shop, placed: Json, if_match: str) -> None:
    assert put(shop, placed["orderID"], edit(), if_match).status == 200


@pytest.mark.parametrize("if_match", ["2", '"0"', "-1", "+1", "1.0", "one", '"1', "１", "9" * 99, "01"])
def test_an_edit_of_another_version_is_412_with_the_current_order(
    shop: Shop, placed: Json, if_match: str
) -> None:
    reply = put(shop, placed["orderID"], edit(), if_match)
    assert (reply.status, reply.error["code"]) == (412, "precondition_failed")
    assert reply.json["order"] == get(shop, placed["orderID"]).json
    assert shop.orders()[placed["orderID"]] == placed


def test_an_edit_without_if_match_is_428(shop: Shop, placed: Json) -> None:
    for missing in (None, ""):
        reply = put(shop, placed["orderID"], edit(), missing)
        assert (reply.status, reply.error["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("status", ["packed", "cancelled"])
def test_only_a_placed_order_can_be_edited(shop: Shop, placed: Json, status: str) -> None:
    patch(shop, placed["orderID"], {"status": status})
    reply = put(shop, placed["orderID"], edit(), "2")
    assert (reply.status, reply.error["code"]) == (409, "conflict")
    assert status in reply.fields["status"]


def test_a_rejected_order_without_prices_cannot_be_edited(shop: Shop) -> None:
    rejected = shop.place(order(items=[{"sku": "NONE", "quantity": 1}]))
    assert put(shop, rejected["orderID"], edit()).status == 409


def test_one_of_two_simultaneous_edits_is_412(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    """Both edits read version 1 before either writes."""
    act_before_write(shop, monkeypatch, lambda: put(shop, placed["orderID"], edit(notes="the other")))
    reply = put(shop, placed["orderID"], edit(notes="mine"))
    assert (reply.status, reply.json["order"]["notes"]) == (412, "the other")
    assert shop.orders()[placed["orderID"]]["version"] == 2


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (edit(items=[]), "items"),
        (edit(items=[{"sku": "MOP-1", "quantity": 0}]), "items[0].quantity"),
        (edit(orderID=UNKNOWN_ID), "orderID"),
        (edit(customer={"name": "A", "email": "a"}), "customer.email"),
        (edit(notes=json.loads('"\\ud83e"')), "notes"),
        ({}, "items"),
        ([], ""),
        ("null", ""),
    ],
)
def test_an_edit_that_breaks_the_schema_is_400_with_the_field(
    shop: Shop, placed: Json, body: Any, path: str
) -> None:
    reply = put(shop, placed["orderID"], body)
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert path in reply.fields
    reply.text.encode()


def test_an_edit_too_large_for_dynamodb_is_413(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", 1500)
    reply = put(shop, placed["orderID"], edit(notes="x" * 1500))
    assert (reply.status, reply.error["code"]) == (413, "too_large")
    assert shop.orders()[placed["orderID"]] == placed


def test_the_largest_order_can_still_move_to_delivered_or_cancelled(shop: Shop, monkeypatch: Any) -> None:
    """Only moves may use the last bytes of an item, so that the largest stored order can still move."""
    first, second = shop.place(), shop.place()
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", len(json.dumps(first, ensure_ascii=False).encode()))
    for status in ("packed", "shipped", "delivered"):
        assert patch(shop, first["orderID"], {"status": status, "note": "🧹" * 500}).status == 200
    assert patch(shop, second["orderID"], {"status": "cancelled", "note": "🧹" * 500}).status == 200
    assert tables.HISTORY_BYTES > 3 * 500 * 6 + 3 * 400  # JSON writes a control character as six bytes


def test_a_full_order_and_its_history_fit_into_one_item() -> None:
    assert tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES < 400 * 1024


# ---- move


def test_an_order_moves_to_its_next_status_with_a_note(shop: Shop, placed: Json) -> None:
    reply = patch(shop, placed["orderID"], {"status": "packed", "note": "two boxes"})
    assert (reply.status, reply.headers["ETag"], reply.json["status"]) == (200, '"2"', "packed")
    assert reply.json["history"][-1] | {"at": ""} == {
        "at": "",
        "by": "staff@shop.example",
        "sub": STAFF["sub"],
        "event": "moved",
        "from": "placed",
        "to": "packed",
        "note": "two boxes",
    }
    assert shop.orders()[placed["orderID"]]["statusShard"] == f"packed#{placed['listShard']}"
    assert get(shop, placed["orderID"]).json == reply.json


def test_an_order_moves_from_placed_to_delivered(shop: Shop, placed: Json) -> None:
    for status in ("packed", "shipped", "delivered"):
        assert patch(shop, placed["orderID"], {"status": status}).status == 200
    stored = shop.orders()[placed["orderID"]]
    assert [entry.get("to") for entry in stored["history"]] == ["placed", "packed", "shipped", "delivered"]
    assert stored["version"] == 4


@pytest.mark.parametrize("target", ["shipped", "delivered", "placed", "rejected"])
def test_a_forbidden_move_is_409_and_names_the_allowed_ones(shop: Shop, placed: Json, target: str) -> None:
    reply = patch(shop, placed["orderID"], {"status": target})
    assert (reply.status, reply.error["code"]) == (409, "conflict")
    assert "packed or cancelled" in reply.error["message"]
    assert f"cannot become {target}" in reply.fields["status"]
    assert shop.orders()[placed["orderID"]] == placed


def test_a_move_of_another_version_is_412_with_the_current_order(shop: Shop, placed: Json) -> None:
    patch(shop, placed["orderID"], {"status": "packed"})
    reply = patch(shop, placed["orderID"], {"status": "cancelled"}, If_Match='"1"')
    assert (reply.status, reply.json["order"]["status"]) == (412, "packed")


def test_one_of_two_simultaneous_moves_is_412(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    act_before_write(shop, monkeypatch, lambda: patch(shop, placed["orderID"], {"status": "cancelled"}))
    reply = patch(shop, placed["orderID"], {"status": "packed"})
    assert (reply.status, reply.json["order"]["status"]) == (412, "cancelled")
    assert [entry.get("to") for entry in reply.json["order"]["history"]] == ["placed", "cancelled"]


# ---- step back

FORWARD = ("packed", "shipped", "delivered")
STEPS_BACK = [("packed", "placed"), ("shipped", "packed"), ("delivered", "shipped")]


def move_to(shop: Shop, placed: Json, status: str) -> Json:
    """Move a placed order forward to a status; return its item."""
    for step in FORWARD[: FORWARD.index(status) + 1]:
        assert patch(shop, placed["orderID"], {"status": step}).status == 200
    return shop.orders()[placed["orderID"]]


def step_back(shop: Shop, order_id: str, target: str, *, claims: Any = ADMIN, **note: Any) -> Reply:
    return shop.ask("move_order", "PATCH", PATH, {"status": target} | note, claims=claims, orderID=order_id)


@pytest.mark.parametrize(("status", "target"), STEPS_BACK)
def test_an_admin_moves_an_order_one_step_back(shop: Shop, placed: Json, status: str, target: str) -> None:
    before = move_to(shop, placed, status)
    reply = step_back(shop, placed["orderID"], target, note="the wrong box")
    assert (reply.status, reply.json["status"], reply.json["version"]) == (200, target, before["version"] + 1)
    assert reply.json["history"][:-1] == before["history"]
    assert reply.json["history"][-1] | {"at": ""} == {
        "at": "",
        "by": "admin@shop.example",
        "sub": ADMIN["sub"],
        "event": "moved",
        "from": status,
        "to": target,
        "note": "the wrong box",
    }
    assert reply.json["history"][-1]["at"] == reply.json["updatedAt"]
    lists = {
        one: shop.ask("list_orders", "GET", "/orders", query={"status": one}) for one in (status, target)
    }
    assert [one.json["orders"] != [] for one in lists.values()] == [False, True]


def test_an_order_moved_back_to_placed_can_be_edited_and_moved_again(shop: Shop, placed: Json) -> None:
    move_to(shop, placed, "packed")
    assert step_back(shop, placed["orderID"], "placed", claims=STAFF, note="one is missing").status == 200
    assert put(shop, placed["orderID"], edit(), "3").status == 200
    assert move_to(shop, placed, "delivered")["version"] == 7


@pytest.mark.parametrize(
    "note", [{}, *({"note": text} for text in ("", " \n\t", "\u200b\u2800\u3164", "\u00ad\ufe0f"))]
)
@pytest.mark.parametrize(("status", "target"), STEPS_BACK)
def test_a_step_back_without_a_visible_note_is_400(
    shop: Shop, placed: Json, status: str, target: str, note: Json
) -> None:
    before = move_to(shop, placed, status)
    reply = step_back(shop, placed["orderID"], target, **note)
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert reply.fields == {"note": "must say why the order goes back"}
    assert shop.orders()[placed["orderID"]] == before


@pytest.mark.parametrize(("status", "target"), STEPS_BACK[1:])
@pytest.mark.parametrize("note", [{}, {"note": "a mistake"}])
def test_a_step_back_from_shipped_on_by_staff_is_403(
    shop: Shop, placed: Json, status: str, target: str, note: Json
) -> None:
    before = move_to(shop, placed, status)
    reply = step_back(shop, placed["orderID"], target, claims=STAFF, **note)
    assert (reply.status, reply.error["code"]) == (403, "forbidden")
    assert reply.error["message"] == f"only an admin can move back an order that is {status}"
    assert shop.orders()[placed["orderID"]] == before


@pytest.mark.parametrize("target", ["placed", "packed"])
def test_a_cancelled_or_rejected_order_never_moves_back(shop: Shop, placed: Json, target: str) -> None:
    rejected = shop.place(order(items=[{"sku": "NONE", "quantity": 1}]))
    patch(shop, placed["orderID"], {"status": "cancelled"})
    for one in (placed, rejected):
        reply = step_back(shop, one["orderID"], target, note="a mistake")
        assert (reply.status, reply.error["code"]) == (409, "conflict")
        assert "is final" in reply.error["message"]


@pytest.mark.parametrize(
    ("claims", "allowed"),
    [(STAFF, "placed: it can become delivered"), (ADMIN, "or go back to packed with a note")],
)
def test_a_refused_move_names_the_steps_back_that_the_caller_may_take(
    shop: Shop, placed: Json, claims: Json, allowed: str
) -> None:
    move_to(shop, placed, "shipped")
    reply = step_back(shop, placed["orderID"], "placed", claims=claims, note="two at once")
    assert reply.status == 409
    assert allowed in reply.error["message"]


def test_one_of_two_simultaneous_steps_back_is_412(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    move_to(shop, placed, "shipped")
    act_before_write(shop, monkeypatch, lambda: step_back(shop, placed["orderID"], "packed", note="mine"))
    reply = step_back(shop, placed["orderID"], "packed", note="the other")
    assert (reply.status, reply.json["order"]["history"][-1]["note"]) == (412, "mine")
    assert shop.orders()[placed["orderID"]]["status"] == "packed"


def test_steps_back_leave_room_for_the_moves_forward(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    """An order that goes back and forward again and again can be moved to delivered at any time."""
    note = {"note": "🧹" * 500}
    size = len(json.dumps(placed, ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size + 9_000)
    while True:
        assert patch(shop, placed["orderID"], {"status": "packed"} | note).status == 200
        reply = step_back(shop, placed["orderID"], "placed", **note)
        if reply.status != 200:
            break
    assert (reply.status, reply.error["code"]) == (413, "too_large")
    for status in FORWARD[1:]:
        assert patch(shop, placed["orderID"], {"status": status} | note).status == 200


# ---- delivery details


def change_details(
    shop: Shop, order_id: str, details: Any, if_match: str | None = "1", **others: Any
) -> Reply:
    headers = {"If_Match": if_match} if if_match is not None else {}
    return patch(shop, order_id, {"details": details} | others, **headers)


DETAILS = {"address": "2 Mill Lane\nPort", "phone": "020 1", "notes": "Side door"}


@pytest.mark.parametrize("status", ["placed", "packed"])
def test_address_phone_and_notes_change_until_the_order_is_shipped(
    shop: Shop, placed: Json, status: str
) -> None:
    before = placed if status == "placed" else move_to(shop, placed, status)
    reply = change_details(shop, placed["orderID"], DETAILS, str(before["version"]))
    assert (reply.status, reply.headers["ETag"]) == (200, f'"{before["version"] + 1}"')
    after = shop.orders()[placed["orderID"]]
    customer = before["customer"] | {"address": DETAILS["address"], "phone": DETAILS["phone"]}
    entry = after["history"][-1]
    assert (entry["event"], entry["by"], entry["at"]) == ("edited", STAFF["email"], after["updatedAt"])
    assert after == before | {
        "customer": customer,
        "notes": "Side door",
        "version": before["version"] + 1,
        "updatedAt": after["updatedAt"],
        "history": [*before["history"], entry],
    }


@pytest.mark.parametrize("empty", ["", " \n\u200b"])
def test_an_empty_detail_removes_the_field_and_others_stay(shop: Shop, placed: Json, empty: str) -> None:
    change_details(shop, placed["orderID"], DETAILS)
    reply = change_details(shop, placed["orderID"], {"phone": empty, "notes": empty}, "2")
    assert reply.status == 200
    assert "notes" not in reply.json
    assert "phone" not in reply.json["customer"]
    assert reply.json["customer"]["address"] == DETAILS["address"]
    reply = change_details(shop, placed["orderID"], {"notes": "", "address": "1 Quay"}, "3")
    assert (reply.status, reply.json["customer"]["address"]) == (200, "1 Quay")
    assert shop.ask("list_orders", "GET", "/orders").status == 200


@pytest.mark.parametrize("status", ["shipped", "delivered"])
def test_details_of_an_order_that_left_are_refused(shop: Shop, placed: Json, status: str) -> None:
    before = move_to(shop, placed, status)
    reply = change_details(shop, placed["orderID"], DETAILS, str(before["version"]))
    assert (reply.status, reply.error["code"]) == (409, "conflict")
    assert f"this one is {status}" in reply.fields["status"]
    assert shop.orders()[placed["orderID"]] == before


def test_details_of_a_cancelled_or_rejected_order_are_refused(shop: Shop, placed: Json) -> None:
    rejected = shop.place(order(items=[{"sku": "NONE", "quantity": 1}]))
    patch(shop, placed["orderID"], {"status": "cancelled"})
    assert change_details(shop, placed["orderID"], DETAILS, "2").status == 409
    assert change_details(shop, rejected["orderID"], DETAILS).status == 409


def test_details_need_the_current_version_in_if_match(shop: Shop, placed: Json) -> None:
    assert change_details(shop, placed["orderID"], DETAILS, None).status == 428
    patch(shop, placed["orderID"], {"status": "packed"})
    reply = change_details(shop, placed["orderID"], DETAILS, "1")
    assert (reply.status, reply.json["order"]["status"]) == (412, "packed")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"details": {}}, "details"),
        ({"details": DETAILS, "status": "packed"}, "details"),
        ({"note": "only this"}, "status"),
        ({"details": {"name": "Bob"}}, "details.name"),
        ({"details": {"phone": "1" * 51}}, "details.phone"),
        ({"details": {"address": None}}, "details.address"),
        ({"details": []}, "details"),
    ],
)
def test_details_that_break_a_rule_are_400_with_the_field(
    shop: Shop, placed: Json, body: Json, path: str
) -> None:
    reply = patch(shop, placed["orderID"], body, If_Match="1")
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert path in reply.fields
    assert shop.orders()[placed["orderID"]] == placed


def test_details_leave_room_for_the_moves_forward(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    packed = move_to(shop, placed, "packed")
    size = len(json.dumps(packed, ensure_ascii=False).encode())
    monkeypatch.setattr(tables, "MAX_ITEM_BYTES", size + 1_000)
    reply = change_details(shop, placed["orderID"], {"notes": "x" * 1_000}, "2")
    assert (reply.status, reply.error["code"]) == (413, "too_large")
    assert shop.orders()[placed["orderID"]] == packed
    assert patch(shop, placed["orderID"], {"status": "shipped"}).status == 200


def test_changed_details_are_found_by_the_search_and_not_mailed(shop: Shop, placed: Json) -> None:
    packed = move_to(shop, placed, "packed")
    change_details(shop, placed["orderID"], {"notes": "ziggurat"}, "2", note="They phoned")
    changed = shop.orders()[placed["orderID"]]
    assert changed["history"][-1]["note"] == "They phoned"
    records = [change(None, placed), change(placed, packed), change(packed, changed)]
    shop.follow(*records)
    shop.follow(*records)
    shop.announce(records[-1])
    assert shop.mails() == []
    found = shop.ask("list_orders", "GET", "/orders", query={"q": "ziggurat"})
    assert [one["orderID"] for one in found.json["orders"]] == [placed["orderID"]]


@pytest.mark.parametrize(
    "body", [{"status": "lost"}, {"status": None}, {}, {"status": "packed", "x": 1}, {"note": ""}]
)
def test_a_move_that_breaks_the_schema_is_400(shop: Shop, placed: Json, body: Any) -> None:
    assert patch(shop, placed["orderID"], body).status == 400


# ---- delete


def test_an_erased_order_is_404_for_every_later_call(shop: Shop, placed: Json) -> None:
    reply = delete(shop, placed["orderID"])
    assert (reply.status, reply.text) == (204, "")
    assert get(shop, placed["orderID"]).status == 404
    assert delete(shop, placed["orderID"]).status == 404
    assert put(shop, placed["orderID"], edit()).status == 404


def test_a_tombstone_has_no_customer_data_and_outlives_the_queues(shop: Shop, placed: Json) -> None:
    delete(shop, placed["orderID"])
    (tombstone,) = shop.orders().values()
    names = {"orderID", "erasedAt", "erasedBy", "sub", "submissionHash", "lastChange", "expiresAt"}
    assert tombstone.keys() == names
    assert tombstone["lastChange"] == f"{placed['createdAt']}#{placed['orderID']}#000000002"
    assert (tombstone["erasedBy"], tombstone["sub"]) == ("admin@shop.example", ADMIN["sub"])
    assert orders.TOMBSTONE_SECONDS > 14 * 24 * 3600


def test_an_erased_order_is_logged_with_the_sub_of_who_erased_it(
    shop: Shop, placed: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    shop.ask("delete_order", "DELETE", PATH, orderID=placed["orderID"])
    delete(shop, placed["orderID"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    who = [(line["event"], line.get("status"), line["sub"]) for line in lines]
    assert who == [
        ("request.answered", 403, STAFF["sub"]),
        ("order.erased", None, ADMIN["sub"]),
        ("request.answered", 204, ADMIN["sub"]),
    ]
    assert {line["orderID"] for line in lines} == {placed["orderID"]}


def test_an_erased_order_is_in_no_list(shop: Shop, placed: Json) -> None:
    delete(shop, placed["orderID"])
    assert shop.ask("list_orders", "GET", "/orders").json["orders"] == []


def test_staff_without_admin_may_not_erase_an_order(shop: Shop, placed: Json) -> None:
    reply = shop.ask("delete_order", "DELETE", PATH, orderID=placed["orderID"])
    assert (reply.status, reply.error["code"]) == (403, "forbidden")
    assert shop.orders()[placed["orderID"]] == placed


def test_erasing_another_version_is_412_and_erases_nothing(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    assert delete(shop, placed["orderID"], If_Match="2").status == 412
    act_before_write(shop, monkeypatch, lambda: patch(shop, placed["orderID"], {"status": "packed"}))
    assert delete(shop, placed["orderID"]).status == 412
    assert shop.orders()[placed["orderID"]]["status"] == "packed"


def test_an_edit_of_an_order_just_erased_is_412_without_order(
    shop: Shop, placed: Json, monkeypatch: Any
) -> None:
    act_before_write(shop, monkeypatch, lambda: delete(shop, placed["orderID"]))
    reply = put(shop, placed["orderID"], edit())
    assert reply.status == 412
    assert "order" not in reply.json


def test_a_write_that_boto3_repeats_is_no_conflict(shop: Shop, placed: Json, monkeypatch: Any) -> None:
    """boto3 repeats a write that got no response, and the condition then fails because of the first write."""
    write = tables.write_conditionally

    def write_twice(operation: str, **given: Any) -> None:
        write(operation, **given)
        write(operation, **given)

    monkeypatch.setattr(tables, "write_conditionally", write_twice)
    assert put(shop, placed["orderID"], edit()).json["version"] == 2
    assert patch(shop, placed["orderID"], {"status": "packed"}).json["version"] == 3
    assert delete(shop, placed["orderID"]).status == 204


def act_before_write(shop: Shop, monkeypatch: Any, act: Any) -> None:
    """Call `act` between the next read and the write that follows it."""
    write = tables.write_conditionally

    def act_and_write(operation: str, **given: Any) -> None:
        monkeypatch.setattr(tables, "write_conditionally", write)
        act()
        write(operation, **given)

    monkeypatch.setattr(tables, "write_conditionally", act_and_write)


# ---- access

CALLS = [
    ("list_orders", "GET", "/orders", None),
    ("get_order", "GET", PATH, None),
    ("replace_order", "PUT", PATH, edit()),
    ("move_order", "PATCH", PATH, {"status": "packed"}),
    ("delete_order", "DELETE", PATH, None),
    ("list_products", "GET", "/products", None),
    ("get_product", "GET", "/products/{sku}", None),
    ("put_product", "PUT", "/products/{sku}", {}),
    ("delete_product", "DELETE", "/products/{sku}", None),
    ("list_product_orders", "GET", "/products/{sku}/orders", None),
    ("get_also_bought", "GET", "/products/{sku}/also-bought", None),
]


@pytest.mark.parametrize(("module", "method", "path", "body"), CALLS, ids=[call[0] for call in CALLS])
def test_an_account_outside_staff_and_admin_gets_403_for_every_call(
    shop: Shop, module: str, method: str, path: str, body: Any
) -> None:
    for groups in (None, "", "guests", "not-admin", "staffing,administrators", "[x not-staff]"):
        claims = {"email": "x@y.example"} | ({"cognito:groups": groups} if groups is not None else {})
        event = request(method, path, body, claims=claims, orderID=UNKNOWN_ID, sku="MOP-1")
        reply = Reply(shop.call(module, event))
        assert (reply.status, reply.error["code"]) == (403, "forbidden")


@pytest.mark.parametrize("groups", ["staff", "[staff]", "staff,guests"])
@pytest.mark.parametrize("module", ["delete_order", "delete_product"])
def test_staff_may_not_delete_orders_or_products(shop: Shop, module: str, groups: str) -> None:
    claims = {"email": "x@y.example", "cognito:groups": groups}
    event = request("DELETE", "/x", claims=claims, orderID=UNKNOWN_ID, sku="MOP-1")
    assert Reply(shop.call(module, event)).status == 403


@pytest.mark.parametrize("groups", ["admin", "[staff admin]", "staff,admin"])
def test_an_admin_may_erase_an_order(shop: Shop, placed: Json, groups: str) -> None:
    claims = {"email": "x@y.example", "cognito:groups": groups}
    event = request("DELETE", PATH, claims=claims, orderID=placed["orderID"])
    assert Reply(shop.call("delete_order", event)).status == 204
