"""Orders from the gateway to the mail, through queue, writer, table, stream and notifier."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdas.platform import times
from local import sample
from tests.system import ROOT, Json, System, eventually, new_order

# Characters that often break mapping templates, mails and pages.
HOSTILE = """Zoë O'Neill & "Söhne" <script>alert('x')</script> 🧽 50% + 1=2 \\n {} $input.body #set"""


def price(sku: str) -> int:
    """Return the price of a product in the sample catalog, in pence."""
    return int(next(one["unitPrice"] for one in sample.catalog() if one["sku"] == sku))


def drain_pipeline(system: System) -> None:
    """Wait until all orders sent so far are mailed, by sending another order and waiting for its mail."""
    system.place(last := new_order())
    system.order(last["orderID"])
    eventually(lambda: system.mails_about(last["orderID"]), what="the last order's mail")


def _sub(system: System, who: str) -> str:
    """Return Cognito's ID of a sample user."""
    claims = system.token(who).split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(f"{claims}=="))["sub"])


def test_order_is_placed_priced_and_mailed_once(system: System) -> None:
    order = new_order([{"sku": "SC-101", "quantity": 3}, {"sku": "SC-102", "quantity": 1}], notes="Gate 4")
    before = times.now()
    system.place(order)
    stored = system.order(order["orderID"])
    assert stored["status"] == "placed"
    assert stored["total"] == 3 * price("SC-101") + price("SC-102")
    assert [(line["sku"], line["quantity"], line["lineTotal"]) for line in stored["items"]] == [
        ("SC-101", 3, 3 * price("SC-101")),
        ("SC-102", 1, price("SC-102")),
    ]
    assert (stored["submittedBy"], stored["channel"], stored["version"]) == ("staff@shop.example", "staff", 1)
    assert before <= stored["createdAt"] <= times.now()
    [entry] = stored["history"]
    assert (entry["event"], entry["sub"]) == ("placed", _sub(system, "staff"))
    assert {**stored["customer"], "notes": stored["notes"]} == {**order["customer"], "notes": "Gate 4"}
    drain_pipeline(system)
    [mail] = system.mails_about(order["orderID"])
    assert mail["to"] == "orders@shop.example"
    assert order["customer"]["name"] in mail["body"]
    assert f"{system.outputs['siteUrl']}/order.html?id={order['orderID']}" in mail["body"]


def test_order_with_an_unknown_product_is_rejected_with_its_reason(system: System) -> None:
    order = new_order([{"sku": "SC-101", "quantity": 1}, {"sku": "NOT-SOLD", "quantity": 1}])
    system.place(order)
    stored = system.order(order["orderID"])
    assert (stored["status"], stored["total"]) == ("rejected", 0)
    [reason] = stored["rejectionReasons"]
    assert reason["path"].startswith("items[1]")
    assert "NOT-SOLD" in reason["message"]
    eventually(lambda: system.mails_about(order["orderID"]), what="the mail about the rejected order")


def test_same_order_sent_again_changes_nothing(system: System) -> None:
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    drain_pipeline(system)
    stored = system.table("ordersTable")[order["orderID"]]
    again = dict(reversed(order.items()))  # the order of the keys does not change the content
    system.place(order)
    system.place(again)
    system.send_to_queue(*[json.dumps(order)] * 10)
    drain_pipeline(system)
    assert system.table("ordersTable")[order["orderID"]] == stored
    assert len(system.mails_about(order["orderID"])) == 1
    assert system.dead_letters(order["orderID"]) == []


def test_redelivered_stream_record_sends_no_second_mail(system: System) -> None:
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    drain_pipeline(system)
    image = system.table("ordersTable")[order["orderID"]]
    record = {
        "eventID": uuid.uuid4().hex,
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"orderID": image["orderID"]}, "NewImage": image},
    }
    functions = system.client("lambda")
    notifier = next(
        one["FunctionName"]
        for one in functions.list_functions(MaxItems=100)["Functions"]
        if one["Handler"] == "lambdas.handlers.notify.handler"
    )
    response = functions.invoke(FunctionName=notifier, Payload=json.dumps({"Records": [record, record]}))
    assert json.loads(response["Payload"].read()) == {"batchItemFailures": []}
    drain_pipeline(system)
    assert len(system.mails_about(order["orderID"])) == 1


def test_used_order_id_with_other_content_becomes_a_dead_letter(system: System) -> None:
    order = new_order()
    system.place(order)
    stored = system.order(order["orderID"])
    other = {**order, "notes": "and a mop"}
    system.place(other)
    eventually(lambda: system.dead_letters(order["orderID"]), what="the dead letter")
    [letter] = system.dead_letters(order["orderID"])
    assert (letter["order"], letter["advice"]) == (other, "id-taken")
    assert "other content" in letter["reason"]
    assert (letter["channel"], letter["submittedBy"]) == ("staff", "staff@shop.example")
    assert system.order(order["orderID"]) == stored


def test_a_dead_letter_is_mended_and_sent_again_until_it_is_placed(system: System) -> None:
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    other = {**order, "notes": f"and a mop {uuid.uuid4()}"}
    system.place(other)
    eventually(lambda: system.dead_letters(other["notes"]), what="the dead letter")
    [letter] = system.dead_letters(other["notes"])
    path = f"/dead-letters/{letter['id']}"
    assert system.call("POST", f"{path}/redrive", {}).status == 403
    assert system.call("POST", f"{path}/redrive", {}, who="admin").status == 202
    eventually(lambda: _events(system, path)[-1:] == ["returned"], what="the same dead letter again")
    mended = {"body": {**other, "orderID": letter["newOrderID"]}, "note": "A second order"}
    assert system.call("POST", f"{path}/redrive", mended, who="admin").status == 202
    stored = system.order(letter["newOrderID"])
    assert (stored["channel"], stored["submittedBy"]) == ("staff", "staff@shop.example")
    assert stored["createdAt"] == letter["acceptedAt"]
    assert [(one["event"], one["by"]) for one in stored["history"]] == [
        ("placed", "staff@shop.example"), ("mended", "admin@shop.example")
    ]  # fmt: skip
    drain_pipeline(system)
    assert len(system.mails_about(letter["newOrderID"])) == 1
    assert _events(system, path) == ["received", "sent", "returned", "mended"]
    assert system.call("GET", path).document["state"] == "sent"
    assert system.call("DELETE", path, who="admin").status == 409


def _events(system: System, path: str) -> list[str]:
    return [one["event"] for one in system.call("GET", path).document["history"]]


def test_operators_message_cannot_name_another_sender(system: System) -> None:
    order = new_order()
    claims = {"channel": "staff", "submittedBy": "admin@shop.example", "acceptedAt": "1291191960123"}
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in claims.items()}
    queue, body = system.outputs["orderQueueUrl"], json.dumps(order)
    system.client("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=attributes)
    stored = system.order(order["orderID"])
    assert (stored["channel"], stored["submittedBy"]) == ("operator", "operator")
    assert stored["createdAt"] > "2020"


def test_invalid_messages_in_the_queue_are_never_placed(system: System) -> None:
    good = new_order()
    rejected = {
        "quantity": {**new_order(), "items": [{"sku": "SC-101", "quantity": 0}]},
        "discount": {**new_order(), "discount": 5},
        "email": {**new_order(), "customer": {"name": "Maria", "email": "maria"}},
        "items": {**new_order(), "items": [{"sku": "SC-101", "quantity": 1}] * 1001},
    }
    hopeless = {
        "JSON": f"no JSON {uuid.uuid4()}",
        "orderID": json.dumps({"items": [], "is": str(uuid.uuid4())}),
    }
    bodies = [json.dumps(order) for order in (*rejected.values(), good)] + list(hopeless.values())
    system.send_to_queue(*bodies)
    assert system.order(good["orderID"])["status"] == "placed"
    for word, order in rejected.items():
        stored = system.order(order["orderID"])
        assert (stored["status"], stored["total"]) == ("rejected", 0)
        assert any(word in reason["path"] for reason in stored["rejectionReasons"]), stored
    for word, body in hopeless.items():
        assert word in _dead_letter_reason(system, body)


def _dead_letter_reason(system: System, body: str) -> str:
    """Wait for a dead letter with this body, and return its reason."""
    found: list[Json] = []

    def is_there() -> bool:
        found[:] = [one for one in system.dead_letters("") if one["body"] == body]
        return bool(found)

    eventually(is_there, what=f"the dead letter {body}")
    return str(found[0]["reason"])


def test_special_characters_survive_api_and_mail(system: System) -> None:
    customer = {
        "name": HOSTILE,
        "company": HOSTILE,
        "address": HOSTILE,
        "phone": HOSTILE[:49],
        "email": f"o'neill+{uuid.uuid4().hex[:6]}@hotel.example",
    }
    order = new_order(customer=customer, notes=HOSTILE)
    system.place(order)
    stored = system.order(order["orderID"])
    assert stored["customer"] == customer
    assert stored["notes"] == HOSTILE
    eventually(lambda: system.mails_about(order["orderID"]), what="the mail")
    [mail] = system.mails_about(order["orderID"])
    assert HOSTILE in mail["body"]
    assert mail["subject"].isascii()
    assert len(mail["subject"]) < 100
    listed = system.call("GET", f"/orders?customer={customer['email'].replace('+', '%2B')}").document
    assert [one["customer"]["name"] for one in listed["orders"]] == [HOSTILE]


def test_order_history_names_who_made_each_change(system: System) -> None:
    order = new_order()
    system.place(order)
    path = f"/orders/{order['orderID']}"
    system.order(order["orderID"])
    edit = {"customer": order["customer"], "items": [{"sku": "SC-101", "quantity": 9}]}
    assert system.call("PUT", path, edit).status == 428
    assert system.call("PUT", path, edit, headers={"If-Match": '"1"'}).status == 200
    stale = system.call("PUT", path, edit, headers={"If-Match": '"1"'})
    assert stale.status == 412
    assert stale.document["order"]["version"] == 2
    assert system.call("PATCH", path, {"status": "packed", "note": "Box 7"}, who="admin").status == 200
    assert system.call("PUT", path, edit, headers={"If-Match": '"3"'}).status == 409
    refused = system.call("PATCH", path, {"status": "delivered"})
    assert refused.status == 409
    assert "shipped" in refused.error["message"]
    assert system.call("PATCH", path, {"status": "cancelled"}).status == 200
    stored = system.order(order["orderID"])
    assert [(one["event"], one["by"].split("@")[0]) for one in stored["history"]] == [
        ("placed", "staff"), ("edited", "staff"), ("moved", "admin"), ("moved", "staff")
    ]  # fmt: skip
    drain_pipeline(system)
    assert len(system.mails_about(order["orderID"])) == 2  # one for "placed", one for "cancelled"


@contextmanager
def _without_policy(system: System, handler: str) -> Iterator[None]:
    """Remove a function's policy during the block, so that the function can reach no table and no queue."""
    functions, roles = system.client("lambda"), system.client("iam")
    everything = functions.list_functions(MaxItems=100)["Functions"]
    role = next(one["Role"] for one in everything if one["Handler"] == handler).rsplit("/", 1)[1]
    [policy] = roles.list_role_policies(RoleName=role)["PolicyNames"]
    document = roles.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    roles.delete_role_policy(RoleName=role, PolicyName=policy)
    try:
        yield
    finally:
        roles.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


@pytest.fixture
def short_visibility(system: System) -> Iterator[None]:
    """Redeliver messages after 2 s instead of 60 s, so that the test does not wait."""
    queue, url = system.client("sqs"), system.outputs["orderQueueUrl"]
    queue.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "2"})
    yield
    queue.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})


def _assert_all_placed_once(system: System, orders: list[Json]) -> None:
    for order in orders:
        assert system.order(order["orderID"])["status"] == "placed"
    drain_pipeline(system)
    for order in orders:
        assert len(system.mails_about(order["orderID"])) == 1
        assert system.dead_letters(order["orderID"]) == []


@pytest.mark.usefixtures("short_visibility")
def test_orders_are_placed_exactly_once_after_the_table_was_unreachable(system: System) -> None:
    orders = [new_order() for _ in range(3)]
    with _without_policy(system, "lambdas.handlers.write_orders.handler"):
        for order in orders:
            system.place(order)
        eventually(lambda: system.in_flight() == len(orders), what="the writer tried all")
        assert not {order["orderID"] for order in orders} & set(system.table("ordersTable"))
    _assert_all_placed_once(system, orders)


@pytest.mark.usefixtures("short_visibility")
def test_writer_crash_within_a_batch_loses_and_repeats_no_order(system: System) -> None:
    orders = [new_order() for _ in range(10)]
    with _crashing_writer(system):
        system.send_to_queue(*(json.dumps(order) for order in orders))
        eventually(lambda: _count_stored(system, orders) >= 1, what="the writer got to an order and crashed")
        assert _count_stored(system, orders) < len(orders)
    _assert_all_placed_once(system, orders)


def _count_stored(system: System, orders: list[Json]) -> int:
    return len({order["orderID"] for order in orders} & set(system.table("ordersTable")))


@contextmanager
def _crashing_writer(system: System) -> Iterator[None]:
    """Make the writer's process crash after the first order of each batch during the block."""
    functions = system.client("lambda")
    writer = next(
        one for one in functions.list_functions(MaxItems=100)["Functions"] if "write_orders" in one["Handler"]
    )
    name, whole = writer["FunctionName"], _download_code(system, writer["FunctionName"])
    functions.update_function_code(FunctionName=name, ZipFile=_with_module(whole, "crash", CRASH))
    functions.update_function_configuration(FunctionName=name, Handler="crash.handler")
    try:
        yield
    finally:
        functions.update_function_configuration(
            FunctionName=name, Handler="lambdas.handlers.write_orders.handler"
        )
        functions.update_function_code(FunctionName=name, ZipFile=whole)


CRASH = """
import os
from lambdas.handlers import write_orders

def handler(event, context):
    write_orders.handler({"Records": event["Records"][:1]}, context)
    os._exit(1)
"""


def _download_code(system: System, name: str) -> bytes:
    """Return a function's zip file from the emulator."""
    url: str = system.client("lambda").get_function(FunctionName=name)["Code"]["Location"]
    with urllib.request.urlopen(url) as response:
        code: bytes = response.read()
    return code


def _with_module(code: bytes, name: str, text: str) -> bytes:
    whole = io.BytesIO(code)
    with zipfile.ZipFile(whole, "a") as files:
        files.writestr(f"{name}.py", text)
    return whole.getvalue()


def test_logs_command_shows_an_orders_log_lines(system: System) -> None:
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    drain_pipeline(system)
    command = [sys.executable, "-m", "local", "logs", "--state", str(system.folder / "state")]
    printed = subprocess.check_output(command, cwd=ROOT, text=True)
    lines = [line for line in printed.splitlines() if order["orderID"] in line]
    assert any("orders-write" in line and "order.placed" in line for line in lines)
    assert any("notify" in line and "notification.sent" in line for line in lines)
    assert order["customer"]["email"] not in printed


def test_order_list_is_newest_first_over_all_pages(system: System) -> None:
    email = f"regular-{uuid.uuid4().hex[:8]}@hotel.example"
    sent = [new_order(customer={"name": "Regular", "email": email}) for _ in range(3)]
    for order in sent:
        system.place(order)
        system.order(order["orderID"])
    found: list[Any] = []
    cursor = ""
    while cursor is not None:
        page = system.call("GET", f"/orders?customer={email}&limit=2&cursor={cursor}").document
        found += [one["orderID"] for one in page["orders"]]
        cursor = page["nextCursor"]
    assert found == [order["orderID"] for order in reversed(sent)]
