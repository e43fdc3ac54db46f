"""The sample data: valid, plausible, and entered only once even if seeding is repeated."""

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from lambdas.platform import json_schema
from lambdas.shop import product_files
from local import sample
from local.api import Api, ApiError, ApiResponse, open_api
from local.sample import shop
from tests.local.fake_api import STAFF, FakeApi, serve_fake_api


@pytest.fixture
def fake_api() -> Iterator[FakeApi]:
    with serve_fake_api() as running:
        yield running


@pytest.fixture
def api(fake_api: FakeApi) -> Api:
    return open_api(fake_api.outputs, STAFF["email"], STAFF["password"])


def enter(api: Api, pause: Callable[[float], None] = time.sleep) -> None:
    sample.add_products(api)
    sample.add_orders(api, pause)


def faults(schema: str, documents: list[Any]) -> list[Any]:
    return [(document, fault) for document in documents for fault in json_schema.faults(schema, document)]


def test_sample_is_valid_against_the_schema() -> None:
    assert faults("Product", sample.catalog()) == []
    assert faults("Order", [one["order"] for one in sample.orders()]) == []
    assert faults("OrderChange", [move for one in sample.orders() for move in one["moves"]]) == []


def test_each_product_has_a_picture_that_staff_could_upload() -> None:
    used = {product["image"] for product in sample.catalog()}
    assert used == sample.pictures().keys()
    for picture in sample.pictures().values():
        content = picture.read_bytes()
        assert content[:4] + content[8:12] == b"RIFFWEBP"
        assert len(content) <= product_files.KINDS["image"].max_size
    assert all(one["imageText"] for one in sample.catalog())


def test_catalog_is_plausible_for_a_shop() -> None:
    catalog = sample.catalog()
    assert 55 <= len(catalog) <= 70
    assert len({product["sku"] for product in catalog}) == len(catalog)
    assert len({(product["name"], product["unit"]) for product in catalog}) == len(catalog)
    assert len({product["category"] for product in catalog}) >= 8
    assert all(100 <= product["unitPrice"] <= 10_000 and product["description"] for product in catalog)
    assert sum(not product["active"] for product in catalog) == 2


def test_sample_has_an_order_in_every_status(api: Api, fake_api: FakeApi) -> None:
    enter(api)
    statuses = sorted(order["status"] for order in fake_api.orders.values())
    assert statuses == ["cancelled", "delivered", "packed", "placed", "rejected", "shipped"]
    rejected = next(order for order in fake_api.orders.values() if order["status"] == "rejected")
    assert [reason["path"] for reason in rejected["rejectionReasons"]] == ["items[3].sku"]


def test_placed_sample_orders_have_only_active_products() -> None:
    active = {product["sku"] for product in sample.catalog() if product["active"]}
    rejected = [one for one in sample.orders() if not active.issuperset(_skus(one))]
    assert len(rejected) == 1
    assert rejected[0]["moves"] == []


def _skus(one: Any) -> set[str]:
    return {item["sku"] for item in one["order"]["items"]}


def test_second_seeding_changes_nothing(api: Api, fake_api: FakeApi) -> None:
    enter(api)
    fake_api.products["SC-101"]["unitPrice"] = 1  # somebody has changed a price meanwhile
    before = (repr(fake_api.products), repr(fake_api.orders))
    enter(api)
    assert (repr(fake_api.products), repr(fake_api.orders)) == before


def test_next_seeding_finishes_an_interrupted_seeding(api: Api, fake_api: FakeApi) -> None:
    path = f"/orders/{sample.orders()[0]['order']['orderID']}"
    fake_api.answer_next(f"PATCH {path}", 409)
    with pytest.raises(ApiError, match=path):
        enter(api)
    enter(api)
    test_sample_has_an_order_in_every_status(api, fake_api)


def test_order_cancelled_by_somebody_stays_cancelled(api: Api, fake_api: FakeApi) -> None:
    enter(api)
    fake_api.orders[sample.orders()[1]["order"]["orderID"]]["status"] = "cancelled"
    calls = len(fake_api.calls)
    enter(api)
    assert [call for call in fake_api.calls[calls:] if call.startswith("PATCH")] == []


@pytest.mark.parametrize("status", ["placed", "packed", "shipped"])
def test_sample_order_moved_back_by_somebody_stays_there(api: Api, fake_api: FakeApi, status: str) -> None:
    enter(api)
    [order] = [one for one in fake_api.orders.values() if one["status"] == "delivered"]
    order["status"] = status
    order["history"].append({"event": "moved", "to": status})
    enter(api)
    assert order["status"] == status


def test_refused_product_raises_with_its_sku(api: Api, fake_api: FakeApi) -> None:
    fake_api.answer_next("PUT /products/SC-101", 400)
    with pytest.raises(ApiError, match="SC-101"):
        enter(api)


def test_order_that_is_never_stored_raises(api: Api, fake_api: FakeApi) -> None:
    fake_api.never_stored.add(sample.orders()[0]["order"]["orderID"])
    with pytest.raises(ApiError, match="not stored within 120 seconds"):
        enter(api, pause=lambda _: None)


class Shops:
    """The calls about connected shops, of which one has a name."""

    def __init__(self, *names: str) -> None:
        self.names = {str(number): name for number, name in enumerate(names)}

    def call(self, method: str, path: str, document: Any = None) -> ApiResponse:
        if method == "GET":
            return ApiResponse(
                200, {"shops": [{"id": id_, "name": name} for id_, name in self.names.items()]}
            )
        if method == "DELETE":
            del self.names[path.removeprefix("/shops/")]
            return ApiResponse(204, {})
        if document["name"] in self.names.values():
            return ApiResponse(409, {"error": {"message": "taken"}})
        self.names["new"] = document["name"]
        return ApiResponse(201, {"clientId": "new", "clientSecret": "secret", "id": "new"})


@pytest.mark.parametrize("names", [(), ("Web shop",), ("Web shop", shop.NAME)])
def test_a_sample_shop_whose_secret_was_lost_is_connected_anew(names: tuple[str, ...]) -> None:
    shops = Shops(*names)
    assert shop.connect(cast(Api, shops)) == {"clientId": "new", "clientSecret": "secret"}
    kept = [name for name in names if name != shop.NAME]
    assert list(shops.names.values()) == [*kept, shop.NAME]


def test_a_refused_sample_shop_is_an_error() -> None:
    class Refusing(Shops):
        def call(self, method: str, path: str, document: Any = None) -> ApiResponse:
            return ApiResponse(400, {"error": {"message": f"no {method} of {path} {document}"}})

    with pytest.raises(ApiError, match="the sample shop was refused: no POST"):
        shop.connect(cast(Api, Refusing()))
