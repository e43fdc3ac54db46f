"""GET /orders: the list of orders, a page at a time."""

import re

from lambdas.platform import json_schema, text
from lambdas.platform.http_api import Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import order_channels, order_labels, order_lists, order_status, orders, search
from lambdas.shop.order_lists import BY_TIME, BY_TOTAL, Filter

# The IDs of app clients (Cognito API Reference, "ClientIdType").
_SHOP_ID = re.compile(r"[\w+]{1,128}", re.ASCII)


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of orders, without lines and history: 200, or 400."""
    wanted = _filter(request)
    found, cursor = order_lists.read_page(wanted, request.limit, request.query("cursor"))
    return answer(200, {"orders": [orders.public(order) for order in found], "nextCursor": cursor})


def _filter(request: Request) -> Filter:
    query, sort = request.query("q"), _sort(request)
    first, last = request.period
    status, customer = request.choice("status", tuple(order_status.NEXT)), _customer(request)
    return Filter(
        words=search.parse_query(query, search.ORDER),
        numbers=search.parse_numbers(query),
        label=_label(request),
        sort=sort,
        first=first,
        last=last,
        status=status,
        settled=_settled(request, status),
        customer=customer,
        channel=request.choice("channel", order_channels.ALL),
        shop=_shop(request),
    )


def _sort(request: Request) -> str:
    sort = request.choice("sort", BY_TIME + BY_TOTAL) or order_lists.NEWEST
    others = [name for name in ("q", "label", "shop", "customer", "from", "to") if request.query(name)]
    if sort in BY_TOTAL and others:
        rule = f"must be {' or '.join(BY_TIME)} together with {others[0]}"
        raise field_error("sort", f"{rule}, got {shown(sort)}")
    return sort


def _label(request: Request) -> str:
    label = request.query("label")
    for fault in json_schema.faults("Labels", {"assignee": label}):
        raise field_error("label", fault.message)
    return order_labels.key(label)


def _shop(request: Request) -> str:
    shop = request.query("shop")
    if shop and not _SHOP_ID.fullmatch(shop):
        raise field_error("shop", f"must be the ID of a connected shop, got {shown(shop)}")
    return shop


def _customer(request: Request) -> str:
    customer = text.key(request.query("customer"))
    if customer and not json_schema.is_valid("Customer", "email", customer):
        raise field_error("customer", f"must be an e-mail address, got {shown(customer)}")
    return text.mailbox(customer)


def _settled(request: Request, status: str) -> str:
    settled = request.choice("settled", (order_lists.YES, order_lists.NO))
    if settled and status != order_status.REJECTED:
        raise field_error("settled", f"must be used with status=rejected, got status={shown(status)}")
    return settled
