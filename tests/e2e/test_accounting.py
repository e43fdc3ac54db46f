"""The accounting of the whole system: an order that somebody takes out of the queue is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lambdas.shop import accounting
from tests.system import Json, System, eventually, new_order

PLACES = ("accepted", "placed", "rejected", "erased", "waiting", "dead", "difference", "missing")


def report(system: System) -> Json:
    found = system.call("GET", "/reports/accounting").document
    return {name: found[name] for name in PLACES}


@contextmanager
def _writer_switched_off(system: System) -> Iterator[None]:
    functions, queue = system.client("lambda"), system.outputs["orderQueueUrl"].rpartition("/")[2]
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    (mapping,) = (one["UUID"] for one in mappings if one["EventSourceArn"].endswith(f":{queue}"))
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def _steal(system: System, order_id: str) -> None:
    """Take the message of an order out of the queue, as nobody may on AWS."""
    sqs, queue = system.client("sqs"), system.outputs["orderQueueUrl"]
    stolen: list[Any] = []

    def take() -> bool:
        for one in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            if order_id in one["Body"]:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
                stolen.append(one)
            else:
                sqs.change_message_visibility(
                    QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0
                )
        return bool(stolen)

    eventually(take, what="the message of the order")


def _count(system: System) -> None:
    """Call the function that the schedule calls, as EventBridge does."""
    functions = system.client("lambda")
    (name,) = (
        one["FunctionName"]
        for one in functions.list_functions()["Functions"]
        if one["FunctionName"].startswith("accounting-count-")
    )
    answer = functions.invoke(FunctionName=name, Payload=json.dumps({"detail-type": "Scheduled Event"}))
    assert "FunctionError" not in answer, answer["Payload"].read()


def _let_a_minute_pass(system: System, order_id: str) -> None:
    """Date back since when an order is in no place."""
    tables = system.client("dynamodb")
    (table,) = (one for one in tables.list_tables()["TableNames"] if one.startswith("accounting-table-"))
    tables.update_item(
        TableName=table,
        Key={"accepted": {"S": order_id}},
        UpdateExpression="SET since = since - :late",
        ConditionExpression="attribute_exists(since)",
        ExpressionAttributeValues={":late": {"N": str(accounting.GRACE_MS)}},
    )


def test_a_stolen_order_is_named_and_its_dead_letter_places_it(system: System) -> None:
    eventually(lambda: report(system)["waiting"] == 0, what="orders on their way")
    before, stolen, other = report(system), new_order(), new_order()
    assert (before["difference"], before["missing"]) == (0, [])
    with _writer_switched_off(system):
        system.place(stolen)
        system.place(other)
        assert report(system) == before | {"accepted": before["accepted"] + 2, "waiting": 2}
        _steal(system, stolen["orderID"])
    system.order(other["orderID"])
    both = before | {"accepted": before["accepted"] + 2, "placed": before["placed"] + 1}
    eventually(lambda: report(system) == both | {"waiting": 1}, what="the other order")
    _count(system)
    _let_a_minute_pass(system, stolen["orderID"])
    assert report(system) == both | {"difference": 1, "missing": [stolen["orderID"]]}
    _count(system)
    lost = f"orders-lost-{stolen['orderID']}"
    shown = system.call("GET", f"/dead-letters/{lost}").document
    assert (shown["state"], shown["advice"]) == ("open", "lost")
    assert system.call("POST", f"/dead-letters/{lost}/redrive", {"body": stolen}, who="admin").status == 202
    assert system.order(stolen["orderID"])["history"][0]["event"] == "placed"
    eventually(
        lambda: report(system) == before | {"accepted": both["accepted"], "placed": both["placed"] + 1}
    )
