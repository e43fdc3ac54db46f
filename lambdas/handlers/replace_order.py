"""PUT /orders/{orderID}: change customer, lines, charges, reference and notes of a placed order."""

from typing import Any, cast

from lambdas.platform.errors import BadRequestError, summary
from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import catalog, order_schema, orders, pricing
from lambdas.shop.documents import Item, Line, Order, OrderContent, ProductPrice


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the changed order: 200, or 400, 404, 409, 412, 413, or 428 without If-Match."""
    content = pricing.without_empty_charges(request.json("OrderEdit", order_schema.schemas()))
    request.require_if_match()
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    orders.refuse_edit(order)
    priced = content | {"items": _price(order, content)}
    edited = orders.edit(order, cast(OrderContent, priced), by=request.person)
    return answer(200, orders.public(edited), ETag=etag(edited["version"]))


def _price(order: Order, content: dict[str, Any]) -> list[Line]:
    """Price the lines: known SKUs as they were ordered, new SKUs from the catalog."""
    items: list[Item] = content["items"]
    ordered = {line["sku"]: _as_ordered(line, order["currency"]) for line in order["items"]}
    added = catalog.read_for_pricing({item["sku"] for item in items} - ordered.keys())
    lines, faults = pricing.price(items, added | ordered, order["currency"], content.get("charges", []))
    if faults:
        raise BadRequestError(summary(faults), faults)
    return lines


def _as_ordered(line: Line, currency: str) -> ProductPrice:
    price = {"unitPrice": line["unitPrice"], "currency": currency}
    return cast(ProductPrice, {"name": line["name"], "unit": line.get("unit", ""), "active": True, **price})
