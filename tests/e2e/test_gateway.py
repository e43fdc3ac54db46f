"""Requests that the gateway itself refuses, before they reach a function or the queue."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.system import Json, Response, System, new_order

Change = Callable[[Json], Any]


def _with(**fields: Any) -> Change:
    return lambda order: order.update(fields)


def _customer(**fields: Any) -> Change:
    return lambda order: order["customer"].update(fields)


def _item(**fields: Any) -> Change:
    return lambda order: order["items"][0].update(fields)


def _without(*path: str) -> Change:
    def remove(order: Json) -> None:
        for name in path[:-1]:
            order = order[name]
        del order[path[-1]]

    return remove


INVALID_ORDERS: dict[str, Change] = {
    "unknown field": _with(discount=10),
    "unknown field of the customer": _customer(vip=True),
    "unknown field of a line": _item(unitPrice=1),
    "no orderID": _without("orderID"),
    "no customer": _without("customer"),
    "no name": _without("customer", "name"),
    "no items": _without("items"),
    "orderID that is no UUID": _with(orderID="1"),
    "orderID in capitals": lambda order: order.update(orderID=order["orderID"].upper() + "A"),
    "blank name": _customer(name="   "),
    "bad e-mail": _customer(email="maria"),
    "quantity 0": _item(quantity=0),
    "negative quantity": _item(quantity=-1),
    "quantity as text": _item(quantity="2"),
    "half a piece": _item(quantity=1.5),
    "too many of a thing": _item(quantity=100_001),
    "bad SKU": _item(sku="../x"),
    "no line at all": _with(items=[]),
    "1,001 lines": _with(items=[{"sku": "SC-101", "quantity": 1}] * 1001),
    "items as text": _with(items="SC-101"),
    "notes as a number": _with(notes=1),
    "2 MB of notes": _with(notes="x" * 2_000_000),
}


def _assert_refused(response: Response, system: System, status: int, code: str) -> None:
    assert (response.status, response.error["code"]) == (status, code)
    assert response.headers["access-control-allow-origin"] == system.outputs["siteUrl"]
    assert "cache-control" not in response.headers  # only responses of functions have this header


@pytest.mark.parametrize("what", INVALID_ORDERS)
def test_gateway_refuses_an_invalid_order_with_400(system: System, what: str) -> None:
    order = new_order()
    INVALID_ORDERS[what](order)
    _assert_refused(system.call("POST", "/orders", order), system, 400, "bad_request")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe"])
def test_gateway_refuses_a_body_without_a_json_object(system: System, body: bytes) -> None:
    _assert_refused(system.call("POST", "/orders", body=body), system, 400, "bad_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_gateway_refuses_content_types_other_than_json_with_415(system: System, kind: str) -> None:
    for body in (json.dumps(new_order()).encode(), b"orderID=1"):
        response = system.call("POST", "/orders", body=body, headers={"Content-Type": kind})
        _assert_refused(response, system, 415, "unsupported_media_type")


def test_gateway_queues_json_with_a_charset(system: System) -> None:
    body = json.dumps(new_order()).encode()
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    assert system.call("POST", "/orders", body=body, headers=headers).status == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_function_refuses_content_types_other_than_json_with_415(system: System, kind: str) -> None:
    body = json.dumps({"status": "packed"}).encode()
    response = system.call("PATCH", "/orders/x", body=body, headers={"Content-Type": kind})
    assert (response.status, response.error["code"]) == (415, "unsupported_media_type")


def test_gateway_refuses_invalid_edits_status_changes_and_products(system: System) -> None:
    wrong: list[tuple[str, str, Json]] = [
        ("PUT", "/orders/x", new_order()),  # the schema of an edit has no orderID
        ("PATCH", "/orders/x", {"status": "lost"}),
        ("PATCH", "/orders/x", {"status": "packed", "by": "me"}),
        ("PUT", "/products/x", {"name": "Soap"}),
        (
            "POST",
            "/products",
            {"name": "Soap", "category": "Soap", "unitPrice": 1, "unit": "bar", "active": True},
        ),
        ("POST", "/products/batch", {"items": []}),
    ]
    for method, path, document in wrong:
        _assert_refused(system.call(method, path, document), system, 400, "bad_request")


def test_unknown_path_or_method_returns_404(system: System) -> None:
    for method, path in (("GET", "/nothing"), ("DELETE", "/orders"), ("PUT", "/products")):
        _assert_refused(system.call(method, path), system, 404, "not_found")


def test_order_refused_by_the_gateway_is_not_queued(system: System) -> None:
    order = new_order()
    broken = copy.deepcopy(order)
    broken["items"][0]["quantity"] = 0
    system.call("POST", "/orders", broken)
    system.place(after := new_order())
    system.order(after["orderID"])
    assert order["orderID"] not in system.table("ordersTable")


def test_order_refused_by_the_queue_is_not_answered_as_queued(system: System) -> None:
    """SQS returns 403 to API Gateway if the queue's policy does not name the gateway's role."""
    queue, url = system.client("sqs"), system.outputs["orderQueueUrl"]
    policy = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    document, order = json.loads(policy), new_order()
    [named] = [
        one["Condition"]["ArnNotEquals"] for one in document["Statement"] if "ArnNotEquals" in str(one)
    ]
    named["aws:PrincipalArn"] = [arn for arn in named["aws:PrincipalArn"] if "gateway" not in arn]
    queue.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
    try:
        response = system.call("POST", "/orders", order)
    finally:
        queue.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    _assert_refused(response, system, 502, "internal_error")
    system.place(after := new_order())
    system.order(after["orderID"])
    assert order["orderID"] not in system.table("ordersTable")


def test_crash_of_a_function_returns_502_with_an_error_body(system: System) -> None:
    functions = system.client("lambda")
    name = next(
        one["FunctionName"]
        for one in functions.list_functions(MaxItems=100)["Functions"]
        if one["Handler"] == "lambdas.handlers.get_product.handler"
    )
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {}})
    try:
        response = system.call("GET", "/products/SC-101")
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)
    assert (response.status, response.error["code"]) == (502, "internal_error")
    assert response.headers["access-control-allow-origin"] == system.outputs["siteUrl"]
    assert system.call("GET", "/products/SC-101").status == 200
