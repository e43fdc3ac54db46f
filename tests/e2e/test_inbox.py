"""The inbox: what the machine of a connected shop does over HTTP."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import machine_token, pool_of_machines
from tests.system import Json, Response, System, eventually, get, new_order


def call(system: System, method: str, path: str, token: str, document: Json | None = None) -> Response:
    return system.call(method, path, document, token=token, who=None, via="inbox")


def final(system: System, order_id: str, token: str) -> Json:
    """Ask for an order until it is stored, as a machine does; return it."""
    found: list[Response] = []

    def stored() -> bool:
        found[:] = [call(system, "GET", f"/orders/{order_id}", token)]
        return found[0].status == 200

    eventually(stored, what=f"order {order_id} stored")
    return found[0].document


def test_a_machine_sends_an_order_twice_and_reads_it_once_placed(system: System, machine: str) -> None:
    order = new_order()
    for _ in range(2):  # as after a lost answer
        sent = call(system, "POST", "/orders", machine, order)
        assert (sent.status, sent.document) == (202, {"status": "queued"})
    shown = final(system, order["orderID"], machine)
    assert (shown["status"], len(shown["items"])) == ("placed", 2)
    stored = system.order(order["orderID"])
    assert stored["channel"] == "machine"
    assert (stored["total"], stored["number"]) == (shown["total"], shown["number"])
    assert stored["history"][0]["sub"] not in json.dumps(shown)


def test_a_machine_reads_no_order_of_staff_and_none_of_another_shop(system: System, machine: str) -> None:
    system.place(staffs := new_order())
    other = machine_token(system, pool_of_machines(system), system.outputs["machineScope"])
    theirs = new_order()
    assert call(system, "POST", "/orders", other, theirs).status == 202
    system.order(staffs["orderID"])
    final(system, theirs["orderID"], other)
    for order in (staffs, theirs):
        refused = call(system, "GET", f"/orders/{order['orderID']}", machine)
        assert (refused.status, refused.error["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{}", "application/json", 400, "bad_request"),
        (b"no JSON", "application/json", 400, "bad_request"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_the_inbox_refuses_what_is_no_order(
    system: System, machine: str, body: bytes, kind: str, status: int, code: str
) -> None:
    response = system.call(
        "POST",
        "/orders",
        body=body,
        token=machine,
        who=None,
        via="inbox",
        headers={"Content-Type": kind},
    )
    assert (response.status, response.error["code"]) == (status, code)
    assert "access-control-allow-origin" not in response.headers


def test_a_charge_of_a_machine_makes_a_rejected_order(system: System, machine: str) -> None:
    order = new_order(charges=[{"kind": "discount", "amount": -100}])
    assert call(system, "POST", "/orders", machine, order).status == 202
    shown = final(system, order["orderID"], machine)
    assert shown["rejectionReasons"] == [{"path": "charges", "message": "can be added by staff only"}]


def test_the_document_of_the_inbox_names_addresses_of_this_machine(system: System) -> None:
    document = get(system.port, "/inbox-openapi.json").document
    (scheme,) = document["components"]["securitySchemes"].values()
    assert document["servers"] == [{"url": system.outputs["inboxUrl"]}]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == system.outputs["machineTokenUrl"]
    for url in (system.outputs["inboxUrl"], system.outputs["machineTokenUrl"]):
        assert urlsplit(url).hostname in ("localhost", "127.0.0.1")
