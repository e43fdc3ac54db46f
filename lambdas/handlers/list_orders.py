"""GET /orders: newest first or in another order; by status, customer, time and search; a page at a time."""

from collections.abc import Callable
from typing import Any

from lambdas.platform import json_schema, listing, tables, times
from lambdas.platform.http_api import Answer, Request, answer, refused, signed_in
from lambdas.platform.listing import FIRST_KEY, LAST_KEY, Listing
from lambdas.platform.strict_json import shown
from lambdas.platform.tables import Record
from lambdas.shop import order_status, order_table, orders, search

_BY_TIME, _BY_TOTAL = ("newest", "oldest"), ("largest", "smallest")


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of orders, without lines and history: 200, or 400."""
    words = search.parse_query(request.query("q"), search.ORDER)
    found, cursor = _search(request, words) if words else _page(request, _listing(request))
    return answer(200, {"orders": [orders.public(order) for order in found], "nextCursor": cursor})


def _page(request: Request, wanted: Listing) -> tuple[list[Record], str | None]:
    return listing.read_page(wanted, request.limit, request.query("cursor"))


def _listing(request: Request) -> Listing:
    sort = _sort(request)
    if sort in _BY_TOTAL:
        return Listing(table=order_table.name(), descending=sort == "largest", **_by_total(request))
    chosen = _period(request) | _selection(request)
    return Listing(table=order_table.name(), descending=sort == "newest", **chosen)


def _search(request: Request, words: list[str]) -> tuple[list[Record], str | None]:
    """Look up the words, then read what they lead to: a row may be older than its order."""
    status, customer = _status(request), _customer(request)
    newest = _sort(request) == "newest"
    terms = search.listing(search.ORDER, words, descending=newest, **_period(request))
    rows, cursor = _page(request, terms)
    found = orders.read_many([row["identity"] for row in rows])
    fits = (
        order
        for order in found
        if status in ("", order["status"])
        and customer in ("", order["customer"]["email"].lower())
        and search.matches(search.order_words(order), words)
    )
    return list(fits), cursor


def _sort(request: Request) -> str:
    sort = request.query("sort") or _BY_TIME[0]
    if sort not in _BY_TIME + _BY_TOTAL:
        raise refused("sort", f"must be one of {', '.join(_BY_TIME + _BY_TOTAL)}, got {shown(sort)}")
    beside = [name for name in ("q", "customer", "from", "to") if request.query(name)]
    if sort in _BY_TOTAL and beside:
        raise refused("sort", f"must be {' or '.join(_BY_TIME)} together with {beside[0]}, got {shown(sort)}")
    return sort


def _by_total(request: Request) -> dict[str, Any]:
    status = _status(request)
    if status:
        shards = [f"{status}#{shard}" for shard in tables.SHARDS]
        index = {"index": "byStatusTotal", "partition_key": "statusShard", "partitions": shards}
    else:
        index = {"index": "byTotal", "partition_key": "listShard", "partitions": tables.SHARDS}
    return index | {"sort_key": "totalKey"}


def _selection(request: Request) -> dict[str, Any]:
    """Choose the index: a customer's orders are few, so their status is filtered."""
    status, customer = _status(request), _customer(request)
    if customer:
        index = {"index": "byCustomer", "partition_key": "customerEmail", "partitions": [customer]}
        return index | (_of_status(status) if status else {})
    if status:
        shards = [f"{status}#{shard}" for shard in tables.SHARDS]
        return {"index": "byStatus", "partition_key": "statusShard", "partitions": shards}
    return {"index": "byRecency", "partition_key": "listShard", "partitions": tables.SHARDS}


def _of_status(status: str) -> dict[str, Any]:
    names, values = {"#status": "status"}, {":status": status}
    return {"condition": "#status = :status", "names": names, "values": values}


def _customer(request: Request) -> str:
    customer = request.query("customer").lower()
    if customer and not json_schema.is_valid("Customer", "email", customer):
        raise refused("customer", f"must be an e-mail address, got {shown(customer)}")
    return customer


def _status(request: Request) -> str:
    status = request.query("status")
    if status and status not in order_status.NEXT:
        raise refused("status", f"must be one of {', '.join(order_status.NEXT)}, got {shown(status)}")
    return status


def _period(request: Request) -> dict[str, Any]:
    first = _instant(request, "from", times.first_instant)
    last = _instant(request, "to", times.last_instant)
    if first and last and first > last:
        raise refused("from", f"must not be after to, got {request.query('from')} and {request.query('to')}")
    # A key is the time and then the ID: the last of a moment come before the moment with a tilde.
    return {"first": first or FIRST_KEY, "last": f"{last}#~" if last else LAST_KEY}


def _instant(request: Request, name: str, read: Callable[[str], str]) -> str:
    text = request.query(name)
    try:
        return read(text) if text else ""
    except ValueError:
        example = "a date or an instant such as 2026-01-31 or 2026-01-31T09:30:00Z"
        raise refused(name, f"must be {example}, got {shown(text)}") from None
