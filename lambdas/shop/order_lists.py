"""Lists of orders: filtered, sorted and searched, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from lambdas.platform import listing, tables, text
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import (
    order_channels,
    order_labels,
    order_names,
    order_reads,
    order_status,
    order_table,
    search,
)
from lambdas.shop.documents import Order

NEWEST, OLDEST, LARGEST, SMALLEST = "newest", "oldest", "largest", "smallest"
YES, NO = "yes", "no"  # of the filter `settled`
BY_TIME, BY_TOTAL = (NEWEST, OLDEST), (LARGEST, SMALLEST)

_STEP = 51  # orders that a search reads at once: a page of the site and one more
_SHOWN_FIELDS = frozenset({"orderID", *order_table.LIST_FIELDS})
# The fields that a search shows or compares.
_READ_FIELDS = tuple({*order_table.LIST_FIELDS, *search.ORDER_FIELDS} - {"orderID", "status"})

OrderPage = tuple[list[Order], str | None]
"""Orders with their list fields, and the cursor of the next page or None."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The orders that a list asks for, and their sort order. An empty text or list sets no filter.

    `numbers` are numbers of orders with their sign; `words` has them without it. `label` is the key of a tag
    or an assignee, and `shop` the ID of a connected shop. `settled` is yes or no for the rejected orders that
    are dealt with or not; it needs their status. `first` and `last` are instants. A label, a shop, a
    customer, instants and words need a sort order of `BY_TIME`.
    """

    words: list[str]
    numbers: list[str]
    label: str
    status: str
    settled: str
    customer: str
    channel: str
    shop: str
    first: str
    last: str
    sort: str


def read_page(wanted: Filter, limit: int, cursor: str) -> OrderPage:
    """Return a page of orders. A page with a cursor may have fewer orders than the limit, or none.

    Raises batches.BusyError, and BadRequestError for a cursor of another list.
    """
    if wanted.words or wanted.label or wanted.shop:
        return _search(wanted, limit, cursor)
    if wanted.channel:
        page = listing.read_full_page(
            _listing(wanted), limit, cursor, lambda found: _of_channel(found, wanted.channel)
        )
        return cast(OrderPage, page)
    return cast(OrderPage, listing.read_page(_listing(wanted), limit, cursor))


def _of_channel(found: list[Record], channel: str) -> list[Record]:
    return [order for order in found if order_channels.of(order) == channel]


def _listing(wanted: Filter) -> Listing:
    if wanted.sort in BY_TOTAL:
        return by_total(wanted.status, wanted.settled, largest_first=wanted.sort == LARGEST)
    return _by_time(wanted)


def _search(wanted: Filter, limit: int, cursor: str) -> OrderPage:
    """Look up the words. Compare each order again, because a row of the search may be out of date."""
    from lambdas.shop import order_search  # here, because a function that only lists starts 15 ms sooner

    asked = order_search.Search(
        purpose="orders",
        words=_words(wanted),
        newest_first=wanted.sort == NEWEST,
        **order_table.key_range(wanted.first, wanted.last),
    )
    return order_search.read_page(asked, limit, cursor, lambda keys: _matching(keys, wanted), _STEP)


def _words(wanted: Filter) -> list[str]:
    """Return the words to look up. Those of the filters leave few orders to read, however many there are."""
    labels = [order_labels.word(wanted.label, wanted.status)] if wanted.label else []
    shops = [order_labels.shop_word(wanted.shop)] if wanted.shop else []
    return [*wanted.words, *labels, *shops, *search.email_words(wanted.customer)]


def _matching(keys: list[str], wanted: Filter) -> list[tuple[str, Order]]:
    """Return those of the orders that match, with their keys and without the fields that no list shows."""
    by_id = {order_table.order_id(key): key for key in keys}
    found = order_reads.read_many(list(by_id), _READ_FIELDS)
    return [(by_id[order["orderID"]], _listed(order)) for order in found if _matches(order, wanted)]


def _listed(order: Order) -> Order:
    return cast(Order, {name: value for name, value in order.items() if name in _SHOWN_FIELDS})


def _matches(order: Order, wanted: Filter) -> bool:
    return (
        wanted.status in ("", order["status"])
        and wanted.settled in ("", _is_settled(order))
        and wanted.customer in ("", text.mailbox(order["customer"].get("email", "")))
        and wanted.label in ("", *order_labels.keys(order))
        and wanted.channel in ("", order_channels.of(order))
        and wanted.shop in ("", order.get("shopID"))
        and all(number == order_names.number_of(order) for number in wanted.numbers)
        and search.matches(search.order_words(order), wanted.words)
    )


def _is_settled(order: Order) -> str:
    return YES if "settledAt" in order else NO


def _by_time(wanted: Filter) -> Listing:
    """Return the listing by time of acceptance.

    The status of one customer's orders is filtered without an index, because these orders are few.
    """
    status, customer = wanted.status, wanted.customer
    partitions: Sequence[str] = tables.SHARDS
    if customer:
        index, key, partitions = "byCustomer", "customerEmail", [customer]
    elif status:
        index, key, partitions = "byStatus", "statusShard", _status_shards(status, wanted.settled)
    else:
        index, key = "byRecency", "listShard"
    more = order_table.key_range(wanted.first, wanted.last)
    if customer and status:
        more |= _status_filter(status, wanted.settled)
    return Listing(
        table=order_table.name(),
        index=index,
        partition_key=key,
        partitions=partitions,
        descending=wanted.sort == NEWEST,
        **more,
    )


def by_total(status: str, settled: str = "", *, largest_first: bool) -> Listing:
    """Return the listing by total. An empty text sets no filter.

    All orders are the orders of every status. The statuses are in the order in which orders go through them,
    so an order that moves forward while the list is read is rather found twice than never.
    """
    statuses = [status] if status else order_status.NEXT
    return Listing(
        table=order_table.name(),
        index="byStatusTotal",
        partition_key="statusShard",
        partitions=[partition for one in statuses for partition in _status_shards(one, settled)],
        sort_key="totalKey",
        descending=largest_first,
    )


def _status_shards(status: str, settled: str) -> list[str]:
    kinds = [status]
    if status == order_status.REJECTED:
        kinds = {YES: [order_table.SETTLED], NO: [status]}.get(settled, [status, order_table.SETTLED])
    return [f"{kind}#{shard}" for kind in kinds for shard in tables.SHARDS]


def _status_filter(status: str, settled: str) -> dict[str, Any]:
    condition = {YES: " AND attribute_exists(settledAt)", NO: " AND attribute_not_exists(settledAt)"}
    return {
        "condition": "#status = :status" + condition.get(settled, ""),
        "names": {"#status": "status"},
        "values": {":status": status},
    }
