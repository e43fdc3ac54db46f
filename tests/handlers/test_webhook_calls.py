"""The calls by which admins set webhooks, and see and repeat deliveries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.platform.access import Person
from lambdas.shop import deliveries, shops_table, webhooks
from tests.handlers.shop import Json, Reply, Shop
from tests.handlers.test_shops import Office

pytestmark = pytest.mark.store

URL, OTHER = "https://93.184.215.14/events", "https://93.184.215.15/events"
SHOP = "client-1"
WEBHOOK, SECRETS = "/shops/{shopID}/webhook", "/shops/{shopID}/webhook/secrets"
SECRET, TEST = f"{SECRETS}/{{secretID}}", f"{WEBHOOK}/test"
DELIVERIES = "/shops/{shopID}/deliveries"
AGAIN = f"{DELIVERIES}/{{deliveryID}}/redeliver"
WRITING: list[tuple[str, str, str, Json | None]] = [
    ("put_webhook", "PUT", WEBHOOK, {"url": OTHER}),
    ("delete_webhook", "DELETE", WEBHOOK, None),
    ("add_webhook_secret", "POST", SECRETS, None),
    ("remove_webhook_secret", "DELETE", SECRET, None),
    ("send_test_event", "POST", TEST, None),
    ("redeliver_event", "POST", AGAIN, None),
]
READING: list[tuple[str, str, str, Json | None]] = [
    ("get_webhook", "GET", WEBHOOK, None),
    ("list_deliveries", "GET", DELIVERIES, None),
]


class Desk(Office):
    """An admin, and one connected shop that has a row."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        shop.names["SHOP_WEBHOOK_TEST_HOSTS"] = "localhost"
        for table in ("SHOP_SHOPS_TABLE", "SHOP_DELIVERIES_TABLE", "SHOP_WEBHOOK_QUEUE_URL"):
            shop.mark_written(table)
        ann = Person("Ann", "2")
        shops_table.change(SHOP, "connected", {}, by=ann, known={"name": "Web shop"}, name="Web shop")

    def of(self, module: str, method: str, path: str, body: Json | None = None, **more: Any) -> Reply:
        return self.ask(module, method, path, body, **{"shopID": SHOP, **more})

    def put(self, url: str = URL, **more: Any) -> Reply:
        return self.of("put_webhook", "PUT", WEBHOOK, {"url": url, **more})

    def get(self) -> Reply:
        return self.of("get_webhook", "GET", WEBHOOK)

    def history(self) -> list[Json]:
        row = shops_table.find(SHOP)
        assert row
        history: list[Json] = row["changes"]
        return history

    def begin(self, number: int) -> str:
        """Store a delivery that has failed, and return its ID."""
        at = f"2026-01-31T08:26:{number:02}.000Z"
        event = {"id": f"order-1#{number}", "type": "order.placed", "at": at, "orderID": "order-1"}
        return str(deliveries.begin(SHOP, event, "{}", "failed", tries=10)["deliveryID"])

    def messages(self) -> list[Json]:
        return [json.loads(one["body"]) for one in self.shop.letters("SHOP_WEBHOOK_QUEUE_URL")]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def test_a_new_webhook_answers_its_secret_once(desk: Desk) -> None:
    assert desk.get().status == 404
    made = desk.put()
    assert (made.status, made.json["url"], made.json["state"]) == (201, URL, "active")
    assert made.json["secret"].startswith("whsec_")
    assert desk.get().json == {name: value for name, value in made.json.items() if name != "secret"}
    changed = desk.put(OTHER)
    assert (changed.status, changed.json["url"]) == (200, OTHER)
    assert made.json["secret"] not in changed.text + desk.get().text + json.dumps(desk.history())


def test_a_webhook_is_switched_off_and_on_and_deleted(desk: Desk) -> None:
    desk.put()
    assert desk.put(state="off").json["state"] == "off"
    assert desk.put(OTHER).json["state"] == "off"
    shops_table.note_webhook(SHOP, lambda one: webhooks.switched_off(one, webhooks.GONE))
    gone = desk.get().json
    assert (gone["why"], gone["offAt"][:2]) == ("gone", "20")
    assert desk.put(OTHER, state="active").json.keys() == {"url", "state", "secrets", "failures"}
    assert desk.of("delete_webhook", "DELETE", WEBHOOK).status == 204
    assert desk.of("delete_webhook", "DELETE", WEBHOOK).status == 404
    assert desk.get().status == 404
    events = [(one["event"], one.get("url"), one["by"]) for one in desk.history()]
    ann = "admin@shop.example"
    assert events == [
        ("webhook-removed", None, ann),
        ("webhook-on", OTHER, ann),
        ("webhook-moved", OTHER, ann),
        ("webhook-off", URL, ann),
        ("webhook-set", URL, ann),
        ("connected", None, "Ann"),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "http://93.184.215.14/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://" + "x" * 1000}, "url"),
        ({"url": URL, "state": "paused"}, "state"),
        ({"url": URL, "secret": "mine"}, "secret"),
    ],
)
def test_an_invalid_address_is_refused_at_its_field(desk: Desk, body: Json, field: str) -> None:
    refused = desk.of("put_webhook", "PUT", WEBHOOK, body)
    assert (refused.status, list(refused.fields)) == (400, [field])
    assert desk.get().status == 404


def test_secrets_are_changed_without_a_gap(desk: Desk) -> None:
    first = desk.put().json["secrets"][0]["id"]
    new = desk.of("add_webhook_secret", "POST", SECRETS)
    assert (new.status, sorted(new.json)) == (201, ["createdAt", "id", "secret"])
    assert desk.of("add_webhook_secret", "POST", SECRETS).status == 409
    for secret, status in ((first, 204), (first, 404), (new.json["id"], 409)):
        assert desk.of("remove_webhook_secret", "DELETE", SECRET, secretID=secret).status == status
    (kept,) = desk.get().json["secrets"]
    assert kept["id"] == new.json["id"]
    assert new.json["secret"] not in desk.get().text


def test_deliveries_are_listed_and_sent_again(desk: Desk) -> None:
    desk.put()
    first, second = desk.begin(1), desk.begin(2)
    page = desk.of("list_deliveries", "GET", DELIVERIES, query={"limit": "1"}).json
    assert [one["id"] for one in page["deliveries"]] == [second]
    more = {"limit": "1", "cursor": page["nextCursor"]}
    page = desk.of("list_deliveries", "GET", DELIVERIES, query=more).json
    assert ([one["id"] for one in page["deliveries"]], page["nextCursor"]) == ([first], None)
    again = desk.of("redeliver_event", "POST", AGAIN, deliveryID=first)
    assert (again.status, again.json) == (202, {"id": first})
    assert desk.messages() == [{"shop": SHOP, "delivery": first}]
    assert desk.of("redeliver_event", "POST", AGAIN, deliveryID="none").status == 404


def test_a_test_event_is_sent_at_once(desk: Desk) -> None:
    desk.put()
    sent = desk.of("send_test_event", "POST", TEST)
    assert sent.status == 202
    (listed,) = desk.of("list_deliveries", "GET", DELIVERIES).json["deliveries"]
    assert (listed["id"], listed["type"], listed["state"]) == (sent.json["id"], "test", "waiting")
    assert desk.messages() == [{"shop": SHOP, "delivery": sent.json["id"]}]


def test_nothing_is_sent_to_a_webhook_that_is_off(desk: Desk) -> None:
    delivery = desk.begin(1)
    for module, path in (("send_test_event", TEST), ("redeliver_event", AGAIN)):
        assert desk.of(module, "POST", path, deliveryID=delivery).status == 404
    desk.put(state="off")
    for module, path in (("send_test_event", TEST), ("redeliver_event", AGAIN)):
        refused = desk.of(module, "POST", path, deliveryID=delivery)
        assert (refused.status, refused.error["message"]) == (409, "the webhook is off: switch it on first")
    assert desk.messages() == []


@pytest.mark.parametrize("call", WRITING[:4], ids=[call[0] for call in WRITING[:4]])
def test_a_deleted_or_unknown_shop_has_no_webhook(desk: Desk, call: tuple[Any, ...]) -> None:
    desk.put()
    shops_table.change(SHOP, "deleted", {}, by=Person("Ann", "2"), known={}, state=shops_table.DELETED)
    for shop_id in (SHOP, "unknown"):
        assert desk.of(*call, shopID=shop_id, secretID="none").status == 404
    assert [row["shopID"] for row in desk.shop.all("SHOP_SHOPS_TABLE")] == [SHOP]


@pytest.mark.parametrize("call", [*WRITING, *READING], ids=[call[0] for call in [*WRITING, *READING]])
def test_staff_may_do_nothing_about_webhooks(desk: Desk, call: tuple[Any, ...]) -> None:
    claims = {"email": "staff@shop.example", "cognito:groups": "staff", "sub": desk.admin}
    refused = desk.of(*call, secretID="none", deliveryID="none", claims=claims)
    assert (refused.status, refused.error["code"]) == (403, "forbidden")


@pytest.mark.parametrize("call", WRITING, ids=[call[0] for call in WRITING])
def test_a_former_admin_changes_nothing(desk: Desk, call: tuple[Any, ...]) -> None:
    desk.put()
    delivery = desk.begin(1)
    before = desk.shop.all("SHOP_SHOPS_TABLE")
    desk.group("remove_user_from")
    refused = desk.of(*call, secretID="none", deliveryID=delivery)
    assert (refused.status, refused.error["message"]) == (403, "your account is no longer in the group admin")
    assert desk.shop.all("SHOP_SHOPS_TABLE") == before
    assert desk.messages() == []
