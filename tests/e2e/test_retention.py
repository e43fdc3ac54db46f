"""Retention in the running system: the schedule's function, with its own role, erases what is due."""

from __future__ import annotations

import json
import uuid
from typing import Any

from lambdas.platform import tables
from tests.system import Json, System, eventually, new_order

LONG_AGO, LATER = "2001-01-31T09:30:00.000Z", "2011-01-31T09:30:00.000Z"
# As EventBridge sends it (User Guide, "Events from a schedule").
EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def test_the_scheduled_function_erases_an_old_order_with_its_dead_letter(system: System) -> None:
    old, kept = (_old_order(system, status) for status in ("delivered", "shipped"))
    letters = _environment(system)["SHOP_LETTERS_TABLE"]
    system.client("dynamodb").put_item(TableName=letters, Item=_letter(old))
    preview = _invoke(system, {"dryRun": True, "customerRetentionDays": 0})
    assert (old in preview["orders"]["first"], kept in preview["orders"]["first"]) == (True, False)
    assert f"views-{old}" in preview["deadLetters"]["first"]
    assert system.call("GET", f"/orders/{old}").status == 200
    _run(system)
    assert system.call("GET", f"/orders/{old}").status == 404
    assert system.table("ordersTable")[old]["sub"]["S"] == "retention"
    assert system.call("GET", f"/orders/{kept}").document["status"] == "shipped"
    assert system.call("GET", f"/dead-letters/views-{old}").status == 404
    eventually(lambda: _found(system, old) == [], what="the erased order gone from the search")


def test_the_scheduled_function_forgets_a_customer_and_keeps_the_books(system: System) -> None:
    email = f"gone-{uuid.uuid4().hex[:8]}@hotel.example"
    paid = _old_order(system, "delivered", LATER, email)
    _old_order(system, "cancelled", LATER, email)
    eventually(lambda: system.call("GET", f"/customers/{email}").status == 200, what="the customer")
    total = system.call("GET", f"/orders/{paid}").document["total"]
    _run(system)
    order = system.call("GET", f"/orders/{paid}").document
    assert (order["total"], order["customer"]) == (total, {"name": "Erased customer"})
    eventually(lambda: system.call("GET", f"/customers/{email}").status == 404, what="the customer gone")


def test_the_schedule_calls_the_function_once_a_day(system: System) -> None:
    events = system.client("events")
    (rule,) = [one for one in events.list_rules()["Rules"] if one["Name"].startswith("retention-schedule")]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    function = system.client("lambda").get_function(FunctionName=system.outputs["retentionFunction"])
    assert rule["ScheduleExpression"] == "rate(1440 minutes)"
    assert target["Arn"] == function["Configuration"]["FunctionArn"]


def _old_order(system: System, status: str, at: str = LONG_AGO, email: str = "") -> str:
    """Store an order that was accepted and last moved long ago; return its ID."""
    email, order_id = email or f"{uuid.uuid4().hex}@hotel.example", str(uuid.uuid4())
    model = new_order(customer={"name": "Maria Okafor", "email": email})
    system.place(model)
    system.order(model["orderID"])
    shard = tables.shard(order_id)
    changes = {
        "orderID": order_id,
        "status": status,
        "createdAt": at,
        "updatedAt": at,
        "listShard": shard,
        "statusShard": f"{status}#{shard}",
        "listKey": f"{at}#{order_id}",
    }
    item = system.table("ordersTable")[model["orderID"]]
    system.call("DELETE", f"/orders/{model['orderID']}", who="admin")
    item |= {name: {"S": text} for name, text in changes.items()}
    for entry in item["history"]["L"]:
        entry["M"]["at"] = {"S": at}
    item["totalKey"] = {"S": f"{item['total']['N']:0>16}#{order_id}"}
    system.client("dynamodb").put_item(TableName=system.outputs["ordersTable"], Item=item)
    eventually(lambda: _found(system, order_id) == [order_id], what="the order in the search")
    return order_id


def _letter(order_id: str) -> Json:
    """Return a settled dead letter about an order, in DynamoDB's form."""
    texts = {"id": f"views-{order_id}", "source": "views", "state": "discarded", "orderID": order_id}
    texts |= {"stateSource": "discarded#views", "listKey": f"{LONG_AGO}#views-{order_id}", "body": "{}"}
    texts |= {"reason": "", "advice": "other", "receivedAt": LONG_AGO}
    step = {"at": {"S": LONG_AGO}, "by": {"S": "Order desk"}, "event": {"S": "discarded"}}
    return {name: {"S": text} for name, text in texts.items()} | {
        "version": {"N": "1"},
        "tries": {"N": "1"},
        "attributes": {"M": {}},
        "tokens": {"L": [{"S": "message-1"}]},
        "history": {"L": [{"M": step}]},
    }


def _run(system: System) -> None:
    _invoke(system, EVENT)


def _invoke(system: System, event: Json) -> Any:
    """Call the function, and return its answer."""
    answer = system.client("lambda").invoke(
        FunctionName=system.outputs["retentionFunction"], Payload=json.dumps(event).encode()
    )
    written = answer["Payload"].read()
    assert "FunctionError" not in answer, written
    return json.loads(written)


def _environment(system: System) -> dict[str, str]:
    client, name = system.client("lambda"), system.outputs["retentionFunction"]
    found: dict[str, str] = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return found


def _found(system: System, order_id: str) -> list[str]:
    orders = system.call("GET", f"/orders?q={order_id}").document["orders"]
    return [one["orderID"] for one in orders]
