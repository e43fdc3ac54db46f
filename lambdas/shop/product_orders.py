"""The orders of a product: who got it, what else they have, and whether one of them is still open.

The product ledger shows where to look. Everything that is returned is read from the orders, and an order that
is erased, cancelled or without the product by now is left out. The ledger is a moment behind, so the newest
orders may be missing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lambdas.platform import listing, tables
from lambdas.platform.errors import NotFoundError
from lambdas.platform.listing import LAST_KEY, Listing
from lambdas.platform.tables import Record
from lambdas.shop import catalog, order_reads, order_status, order_table, product_ledger
from lambdas.shop.documents import Order

MAX_BESIDE, DEFAULT_BESIDE = 20, 5  # products that an answer of `also_bought` has
# The status is always read.
_LISTED = (*(name for name in order_table.LIST_FIELDS if name != "status"), "anonymisedAt")
_STEP = 25  # orders that are read with their lines at once, because an order has up to 380 KB
_STATUSES = 400  # orders whose status is read at once
_LATEST, _MAX_LOOKED_UP = 50, 500  # orders that `also_bought` reads, and other products that it looks up


def read_page(
    sku: str, first: str, last: str, limit: int, cursor: str
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of the orders of a product, the newest first, and the cursor of the next page or None.

    An order has its list fields and the `quantity` of the product. `first` and `last` are instants or empty.
    Only the last page may have fewer orders than the limit. A product that was deleted from the catalog still
    has its orders. Raises NotFoundError if neither the catalog nor an order has it, batches.BusyError, and
    BadRequestError for a cursor of another list.
    """
    if catalog.find(sku) is None and not product_ledger.has_orders(sku):
        raise NotFoundError("there is no such product")
    wanted = product_ledger.listing_of(sku, **order_table.key_range(first, last))
    found: list[dict[str, Any]] = []
    position: str | None = cursor
    while position is not None and len(found) < limit:
        rows, position = listing.read_page(wanted, limit - len(found), position)
        found += [_listed(sku, order) for order in _read(sku, _order_ids(rows), _LISTED)]
    return found, position


def also_bought(sku: str, limit: int) -> list[dict[str, Any]]:
    """Return the active products that are in most of the same orders, with the number of these orders.

    Products in equally many orders are sorted by name. Only the latest 50 orders of the product are read:
    they are enough to tell a frequent companion from a chance one, the answer follows the season, and the
    cost does not grow with the orders. Of the other products in them, the 500 that are in most orders are
    looked up. Raises NotFoundError for a product that the catalog does not have, and batches.BusyError.
    """
    catalog.read(sku)
    rows, _ = listing.read_page(product_ledger.listing_of(sku), _LATEST, "")
    counts = Counter(
        other for order in _read(sku, _order_ids(rows), ()) for other in _skus(order) if other != sku
    )
    most = sorted(counts, key=lambda other: (-counts[other], other))[:_MAX_LOOKED_UP]
    found = catalog.read_for_pricing(most)
    active: list[dict[str, Any]] = [
        {"sku": other, "name": product["name"], "orders": counts[other]}
        for other, product in found.items()
        if product["active"]
    ]
    active.sort(key=lambda one: (-one["orders"], one["name"].lower(), one["sku"]))
    return active[:limit]


def find_open(sku: str) -> Order | None:
    """Return an order of a product that is placed or packed, with its `number` and lines, or None.

    The status of the product's orders is read back to the oldest open order of the shop, and no further than
    to the first one that is open. An order that the ledger does not have yet is not seen. This loses nothing,
    because an order keeps the name and the price of its lines. Raises batches.BusyError.
    """
    wanted = product_ledger.listing_of(sku, first=_oldest_open())
    position: str | None = ""
    while position is not None:
        rows, position = listing.read_page(wanted, _STATUSES, position)
        statuses = order_reads.read_many(_order_ids(rows), ())
        open_ids = [order["orderID"] for order in statuses if order["status"] in order_status.OPEN]
        found = next(_read(sku, open_ids, ("number",)), None)
        if found:
            return found
    return None


def name_on_latest(sku: str) -> str:
    """Return the name that a product has on its latest order, or an empty text if that has none by now."""
    rows, _ = listing.read_page(product_ledger.listing_of(sku), 1, "")
    for order in _read(sku, _order_ids(rows), ()):
        return next((line["name"] for line in order["items"] if line["sku"] == sku), "")
    return ""


def _oldest_open() -> str:
    """Return the `listKey` of the oldest open order, or one behind all orders if none is open."""
    found, _ = listing.merge(
        Listing(
            table=order_table.name(),
            index="byStatus",
            partition_key="statusShard",
            partitions=[f"{status}#{shard}" for status in order_status.OPEN for shard in tables.SHARDS],
            keys_only=True,
        ),
        "",
        1,
    )
    return str(found[0]["listKey"]) if found else LAST_KEY


def _order_ids(rows: Sequence[Record]) -> list[str]:
    return [order_table.order_id(row["listKey"]) for row in rows]


def _read(sku: str, order_ids: Sequence[str], names: Sequence[str]) -> Iterator[Order]:
    """Yield the orders that have a product and count as sold, with these fields and their lines."""
    for start in range(0, len(order_ids), _STEP):
        for order in order_reads.read_many(order_ids[start : start + _STEP], ("items", *names)):
            if order_status.is_sale(order["status"]) and sku in _skus(order):
                yield order


def _skus(order: Order) -> set[str]:
    return {line["sku"] for line in order["items"]}


def _listed(sku: str, order: Order) -> dict[str, Any]:
    quantity = sum(line["quantity"] for line in order["items"] if line["sku"] == sku)
    return {**{name: value for name, value in order.items() if name != "items"}, "quantity": quantity}
