"""The catalog through the gateway: products that are created, imported and ordered."""

import pytest

from tests.system import Json, System, eventually, new_order

pytestmark = pytest.mark.e2e

MOP: Json = {"name": "Wet mop", "category": "Mops", "unitPrice": 1250, "unit": "each", "active": True}


def listed(system: System, query: str) -> list[str]:
    response = system.call("GET", f"/products?{query}")
    return [product["sku"] for product in response.document["products"]]


def price_of(system: System, sku: str) -> int:
    """Return the price at which a new order has a product."""
    order = new_order(items=[{"sku": sku, "quantity": 1}])
    system.place(order)
    price: int = system.order(order["orderID"])["items"][0]["unitPrice"]
    return price


def test_a_product_is_created_once_and_found_and_ordered(system: System) -> None:
    created = system.call("POST", "/products", {"sku": "E2E-MOP", **MOP})
    assert (created.status, created.document["version"]) == (201, 1)
    again = system.call("POST", "/products", {"sku": "E2E-MOP", **MOP, "unitPrice": 1})
    assert (again.status, again.document["product"]["unitPrice"]) == (409, 1250)
    assert "E2E-MOP" in listed(system, "q=wet+mop")
    assert price_of(system, "E2E-MOP") == 1250


def test_an_import_is_tried_written_and_then_unchanged(system: System) -> None:
    rows = [{"sku": f"E2E-{number}", **MOP, "unitPrice": number} for number in range(100)]
    rows[7]["unitPrice"] = -1
    for body, outcome in (({"dryRun": True}, "added"), ({}, "added"), ({}, "unchanged")):
        response = system.call("POST", "/products/batch", {"items": rows, **body})
        assert response.status == 200
        outcomes = [one["outcome"] for one in response.document["items"]]
        assert outcomes == [outcome if number != 7 else "refused" for number in range(100)]
        assert "E2E-99" in listed(system, "q=e2e-99") or "dryRun" in body
    assert price_of(system, "E2E-99") == 99


def test_a_price_that_is_imported_is_in_the_history_and_in_the_next_order(system: System) -> None:
    system.call("POST", "/products", {"sku": "E2E-PRICE", **MOP})
    change = {"sku": "E2E-PRICE", **MOP, "unitPrice": 1300}
    system.call("POST", "/products/batch", {"items": [change]}, who="admin")
    changed, added = system.call("GET", "/products/E2E-PRICE/history").document["history"]
    assert (added["event"], changed["event"]) == ("added", "changed")
    assert changed["changes"] == [{"field": "unitPrice", "from": 1250, "to": 1300}]
    assert changed["by"] == system.outputs["local"]["admin"]["email"]
    assert price_of(system, "E2E-PRICE") == 1300


def test_inactive_products_have_a_list_of_their_own(system: System) -> None:
    system.call("POST", "/products", {"sku": "E2E-OFF", **MOP, "active": False, "category": "E2E off"})
    assert listed(system, "category=E2E+off&active=false") == ["E2E-OFF"]
    assert listed(system, "category=E2E+off&active=true") == []
    assert "E2E-OFF" in listed(system, "active=false&limit=100")


def test_the_path_of_the_import_is_no_product(system: System) -> None:
    assert system.call("POST", "/products", {"sku": "batch", **MOP}).status == 400
    for method in ("GET", "PUT", "DELETE"):
        assert (
            system.call(method, "/products/batch", MOP if method == "PUT" else None, who="admin").status
            == 404
        )


def test_a_product_keeps_its_orders_and_is_deleted_once_none_is_open(system: System) -> None:
    for sku in ("E2E-PAIL", "E2E-LID"):
        system.call("POST", "/products", {"sku": sku, **MOP, "name": sku})
    order = new_order(items=[{"sku": "E2E-PAIL", "quantity": 3}, {"sku": "E2E-LID", "quantity": 1}])
    system.place(order)
    orders = "/products/E2E-PAIL/orders"
    eventually(lambda: system.call("GET", orders).document["orders"], what="the order of the product")
    (listed_order,) = system.call("GET", orders).document["orders"]
    assert (listed_order["orderID"], listed_order["quantity"]) == (order["orderID"], 3)
    also = system.call("GET", "/products/E2E-PAIL/also-bought").document
    assert also == {"items": [{"sku": "E2E-LID", "name": "E2E-LID", "orders": 1}]}
    refused = system.call("DELETE", "/products/E2E-PAIL", who="admin")
    assert (refused.status, refused.error["code"]) == (409, "conflict")
    for status in ("packed", "shipped"):
        system.call("PATCH", f"/orders/{order['orderID']}", {"status": status})
    assert system.call("DELETE", "/products/E2E-PAIL", who="admin").status == 204
    assert system.call("GET", orders).document["orders"][0]["status"] == "shipped"
