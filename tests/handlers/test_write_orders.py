"""The function write_orders: messages of the order queue become placed or rejected orders."""

import json
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from lambdas.platform import log, strict_json, tables
from tests.handlers.shop import Json, Shop, message, order, product_item, submission

pytestmark = pytest.mark.store

AWKWARD = 'O\'Brien & Söhne <script>alert("1")</script> 🧹\u200d♀️ \\ %00 end'


# ---- placed


def test_an_order_is_placed_at_catalog_prices(shop: Shop) -> None:
    stored = shop.place(order(notes="by the back door"))
    assert stored["status"] == "placed"
    assert stored["version"] == 1
    assert stored["currency"] == "GBP"
    assert stored["items"] == [
        {
            "sku": "MOP-1",
            "quantity": 2,
            "name": "Flat mop",
            "unit": "each",
            "unitPrice": 1250,
            "lineTotal": 2500,
        },
        {
            "sku": "SOAP-5L",
            "quantity": 1,
            "name": "Hand soap",
            "unit": "5 l",
            "unitPrice": 899,
            "lineTotal": 899,
        },
    ]
    assert (stored["total"], stored["lineCount"], stored["notes"]) == (3399, 2, "by the back door")
    assert "submitted" not in stored
    assert "rejectionReasons" not in stored


def test_a_placed_order_has_its_sender_and_time_of_sending(shop: Shop) -> None:
    stored = shop.place()
    assert stored["createdAt"] == stored["updatedAt"] == "2010-12-01T08:26:00.123Z"
    assert stored["submittedBy"] == "staff@shop.example"
    entry = {"at": stored["createdAt"], "by": "staff@shop.example", "sub": "1", "event": "placed"}
    assert stored["history"] == [entry | {"to": "placed"}]


def test_a_placed_order_has_the_keys_of_every_index(shop: Shop) -> None:
    stored = shop.place()
    assert stored["listShard"] in {"0", "1", "2", "3"}
    assert stored["statusShard"] == f"placed#{stored['listShard']}"
    assert stored["listKey"] == f"2010-12-01T08:26:00.123Z#{stored['orderID']}"
    assert stored["customerEmail"] == "ann@example.org"
    assert stored["customer"]["email"] == "Ann@Example.org"


def test_orders_spread_over_all_four_shards(shop: Shop) -> None:
    assert shop.deliver(*(message(order()) for _ in range(40))) == []
    assert {stored["listShard"] for stored in shop.orders().values()} == {"0", "1", "2", "3"}


@pytest.mark.parametrize("groups", ["staff", "admin", "staff,admin", "[staff]", "[staff admin]", "x,admin"])
def test_members_of_staff_or_admin_may_place_orders(shop: Shop, groups: str) -> None:
    assert shop.deliver(submission(order(), groups=groups)) == []
    assert [stored["status"] for stored in shop.orders().values()] == ["placed"]


@pytest.mark.parametrize("groups", ["[]", "guests", "not-admin", "admins,staffing", "[not-staff x]"])
def test_an_order_from_outside_staff_and_admin_is_a_dead_letter(shop: Shop, groups: str) -> None:
    assert shop.deliver(submission(order(), groups=groups)) == []
    assert shop.orders() == {}
    (letter,) = shop.letters()
    assert "staff and admin" in letter["reason"]
    assert letter["groups"] == groups


def test_the_same_sku_on_two_lines_stays_two_lines(shop: Shop) -> None:
    """BatchGetItem refuses a key that is given twice."""
    lines = [{"sku": "MOP-1", "quantity": 1}, {"sku": "MOP-1", "quantity": 3}]
    stored = shop.place(order(items=lines))
    assert [line["lineTotal"] for line in stored["items"]] == [1250, 3750]


def test_quotes_markup_and_emoji_are_stored_unchanged(shop: Shop) -> None:
    customer = dict.fromkeys(("name", "company", "phone", "address"), AWKWARD[:50]) | {
        "email": "o'b+🧹@b.example"
    }
    stored = shop.place(order(customer=customer, notes=AWKWARD))
    assert (stored["customer"], stored["notes"]) == (customer, AWKWARD)


def test_optional_fields_without_visible_text_are_left_out(shop: Shop) -> None:
    customer = {"name": "A", "email": "a@b.c", "company": "", "phone": " ", "address": "\u200b"}
    stored = shop.place(order(customer=customer, notes="\n"))
    assert stored["customer"] == {"name": "A", "email": "a@b.c"}
    assert "notes" not in stored


def test_an_address_with_invisible_characters_is_the_customer_that_people_see(shop: Shop) -> None:
    written = ["Anna@Shop.example", "\u202aanna@shop.example\u202c", "ａｎｎａ@shop.example"]
    placed = [shop.place(order(customer={"name": "Anna\u200b", "email": email})) for email in written]
    assert {one["customerEmail"] for one in placed} == {"anna@shop.example"}
    assert placed[1]["customer"] == {"name": "Anna", "email": "anna@shop.example"}


@pytest.mark.thorough
def test_an_order_of_950_lines_is_priced_and_stored(shop: Shop) -> None:
    """A BatchGetItem reads at most 100 keys, and DynamoDB refuses an item above 400 KB."""
    product = {"name": "é" * 120, "category": "C", "unit": "each", "active": True, "unitPrice": 10_000_000}
    skus = [f"{n:03}".ljust(40, "x") for n in range(950)]
    shop.put_all("SHOP_PRODUCTS_TABLE", [product_item(sku, product) for sku in skus])
    stored = shop.place(order(items=[{"sku": sku, "quantity": 100_000} for sku in skus]))
    assert stored["total"] == 950 * 100_000 * 10_000_000
    assert 340_000 < len(json.dumps(stored, ensure_ascii=False).encode()) <= tables.MAX_ITEM_BYTES


# ---- rejected


def test_each_unavailable_product_of_a_rejected_order_has_a_reason(shop: Shop) -> None:
    skus = ["MOP-1", "NONE-1", "OLD-1", "EURO-1"]
    stored = shop.place(order(items=[{"sku": sku, "quantity": 1} for sku in skus]))
    assert (stored["status"], stored["total"], stored["lineCount"]) == ("rejected", 0, 4)
    reasons = {reason["path"]: reason["message"] for reason in stored["rejectionReasons"]}
    assert reasons == {
        "items[1].sku": "NONE-1 is not in the catalog",
        "items[2].sku": "OLD-1 is no longer sold",
        "items[3].sku": "EURO-1 is priced in EUR, not in GBP",
    }
    assert stored["items"][0]["unitPrice"] == 1250
    assert stored["items"][1] == {"sku": "NONE-1", "quantity": 1}
    assert stored["items"][2].items() > {"sku": "OLD-1", "quantity": 1}.items()
    assert "name" in stored["items"][2], "only an unknown product has no name"
    assert "unitPrice" not in stored["items"][2]
    assert stored["history"][0]["event"] == "rejected"


INVALID: dict[str, tuple[Json, str]] = {
    "quantity 0": ({"items": [{"sku": "MOP-1", "quantity": 0}]}, "items[0].quantity"),
    "a negative quantity": ({"items": [{"sku": "MOP-1", "quantity": -1}]}, "items[0].quantity"),
    "a boolean quantity": ({"items": [{"sku": "MOP-1", "quantity": True}]}, "items[0].quantity"),
    "a fractional quantity": ({"items": [{"sku": "MOP-1", "quantity": 1.5}]}, "items[0].quantity"),
    "a quantity as text": ({"items": [{"sku": "MOP-1", "quantity": "2"}]}, "items[0].quantity"),
    "a line with a price": (
        {"items": [{"sku": "MOP-1", "quantity": 1, "unitPrice": 1}]},
        "items[0].unitPrice",
    ),
    "no lines": ({"items": []}, "items"),
    "1,001 lines": ({"items": [{"sku": "MOP-1", "quantity": 1}] * 1001}, "items"),
    "lines that are no objects": ({"items": [1, None, []]}, "items[1]"),
    "no customer": ({"customer": None}, "customer"),
    "a bad e-mail address": ({"customer": {"name": "A", "email": "a@b"}}, "customer.email"),
    "a missing e-mail address": ({"customer": {"name": "A"}}, "customer.email"),
    "a blank name": ({"customer": {"name": " \t", "email": "a@b.c"}}, "customer.name"),
    "an unknown field": ({"discount": 10}, "discount"),
    "half a surrogate pair": ({"notes": "\ud83e"}, "notes"),
    "a character that SQS refuses": ({"notes": "\uffff"}, "notes"),
    "half a surrogate pair as a field name": ({"\ud83e": 1}, '"\\ud83e"'),
}


@pytest.mark.parametrize(("change", "path"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_order_from_the_queue_is_stored_as_rejected(shop: Shop, change: Json, path: str) -> None:
    submitted = message(order() | change)
    assert shop.deliver(submitted) == []
    (stored,) = shop.orders().values()
    assert (stored["status"], stored["total"], stored["version"]) == ("rejected", 0, 1)
    assert path in [reason["path"] for reason in stored["rejectionReasons"]]
    assert stored["submitted"] == submitted["body"]
    assert shop.letters() == []


def test_a_rejected_order_shows_its_readable_fields(shop: Shop) -> None:
    broken = order(
        customer={"name": "Ann", "email": 5, "fax": "1"}, items=[{"sku": "MOP-1", "quantity": 1}, "x"]
    )
    assert shop.deliver(message(broken)) == []
    (stored,) = shop.orders().values()
    assert stored["customer"] == {"name": "Ann", "email": ""}
    assert stored["items"] == [{"sku": "MOP-1", "quantity": 1}]
    assert "customerEmail" not in stored


def test_an_order_has_at_most_a_hundred_rejection_reasons(shop: Shop) -> None:
    assert shop.deliver(message(order(items=[{"sku": "MOP-1", "quantity": 0}] * 900))) == []
    (stored,) = shop.orders().values()
    assert len(stored["rejectionReasons"]) == 100


# ---- log


def test_the_log_names_order_and_request_but_no_customer(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = order(customer={"name": "Ann Miller", "email": "ann@b"}, notes="secret")
    shop.deliver(submission(order()), message(bad), message('"Ann Miller"'))
    lines = {line["event"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert lines.keys() == {"order.placed", "order.rejected", "order.dead_lettered"}
    assert all(line["requestID"] == "request-1" for line in lines.values())
    assert lines["order.rejected"]["orderID"] == bad["orderID"]
    assert lines["order.placed"]["sub"] == "1"
    assert lines["order.rejected"]["sub"] == "AROAOPERATOR"
    assert "sub" not in lines["order.dead_lettered"]
    for secret in ("Ann", "ann@", "secret", "staff@", "jane@"):
        assert secret not in json.dumps(lines)


def test_an_event_is_one_write_so_that_threads_do_not_mix_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=written.append, flush=lambda: None))
    log.event("order.placed", new=True)
    assert written == ['{"event": "order.placed", "new": true}\n']


def test_an_error_is_logged_without_its_message(
    shop: Shop, break_aws: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    break_aws("dynamodb", put_item=strict_json.NotJsonError("Ann Miller"))
    shop.deliver(message(order()))
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["event"], first["level"], first["error"]) == ("order.failed", "ERROR", "NotJsonError")
    assert "Ann" not in json.dumps(first)
