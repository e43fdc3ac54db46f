"""Mails to a customer of the storefront, from the order to the mailbox."""

from __future__ import annotations

import json
import uuid
from urllib.request import urlopen

from tests.e2e.conftest import customer_tokens
from tests.system import Json, System, active_skus, eventually


def mails(system: System, number: int) -> list[Json]:
    """Return the mails to customers about an order, as the mailbox lists them."""
    with urlopen(f"{system.outputs['local']['mailboxUrl']}?to=customers", timeout=10) as answer:
        found: list[Json] = json.load(answer)
    return [one for one in found if f"#{number}" in one["subject"]]


def test_a_customer_gets_one_mail_for_each_thing_that_became_of_an_order(system: System) -> None:
    email, order_id = f"robin-{uuid.uuid4().hex[:8]}@home.example", str(uuid.uuid4())
    token = customer_tokens(system, email)["IdToken"]
    items = [{"sku": active_skus()[0], "quantity": 2}]
    order = {"orderID": order_id, "items": items, "agreedTotal": 100_000_00}
    for _ in range(2):
        sent = system.call("POST", "/orders", order, token=token, who=None, via="storefrontApi")
        assert sent.status == 202
    eventually(lambda: system.call("GET", f"/orders/{order_id}").status == 200, what="the order stored")
    number = system.order(order_id)["number"]
    eventually(lambda: mails(system, number), what="the mail about the placed order")
    path = f"/orders/{order_id}/cancel"
    cancelled = system.call("POST", path, {}, token=token, who=None, via="storefrontApi")
    assert cancelled.status == 200
    eventually(lambda: len(mails(system, number)) > 1, what="the mail about the cancelled order")
    found = mails(system, number)
    assert [one["subject"] for one in found] == [
        f"We have your order #{number}",
        f"Your order #{number} was cancelled",
    ]
    assert {one["to"] for one in found} == {email}
    assert f"{system.outputs['shopUrl']}/order?id={order_id}" in found[0]["html"]
    wanted = [("placed", "sent"), ("cancelled", "sent")]
    eventually(lambda: _states(system, order_id) == wanted, what="both mails marked as sent")
    _come_back(system, order_id)
    eventually(lambda: ("placed", "bounced") in _states(system, order_id), what="what SES says")


def _states(system: System, order_id: str) -> list[tuple[str, str]]:
    """Return what became of the mails to the customer, as the desk shows it."""
    shown = system.call("GET", f"/orders/{order_id}/mails").document["mails"]
    return [(one["event"], one["state"]) for one in shown if one.get("toCustomer")]


def _come_back(system: System, order_id: str) -> None:
    """Publish a bounce as SES would. The emulator has none."""
    sns = system.client("sns")
    topics = [one["TopicArn"] for one in sns.list_topics()["Topics"]]
    (topic,) = (one for one in topics if ":customer-mails-events-topic" in one)
    event = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "timestamp": "2027-01-15T08:00:00Z",
        },
        "mail": {"destination": [], "tags": {"orderID": [order_id], "status": ["placed"]}},
    }
    sns.publish(TopicArn=topic, Message=json.dumps(event))
