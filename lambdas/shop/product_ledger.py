"""The product ledger: for each product, the orders in which it was sold.

The table of search terms has a row for each order and SKU as long as the order counts as sold. The row has
nothing but its key, the SKU and the order's `listKey`. Readers read the order itself, because a row may be
out of date.
"""

from collections.abc import Iterable, Iterator, Sequence

from lambdas.platform import batches, json_schema, listing
from lambdas.platform.listing import FIRST_KEY, LAST_KEY, Listing
from lambdas.platform.tables import Record
from lambdas.shop import order_status, search_table
from lambdas.shop.documents import Order

Key = tuple[str, str]
"""The key of a row: its `term` and `listKey`."""


def follow(changes: Sequence[tuple[Order | None, Order | None]]) -> None:
    """Write the rows that changes of orders, before and after, add or remove.

    The changes of one order are in their sequence. Then the same changes again, or those from one of them
    onwards, end in the same rows, so no write has a condition. Raises batches.BusyError and the errors of
    boto3.
    """
    requests: dict[Key, Record] = {}
    for before, after in changes:
        requests |= dict(_requests(keys(before), keys(after)))
    batches.write(search_table.name(), list(requests.values()))


def listing_of(sku: str, first: str = FIRST_KEY, last: str = LAST_KEY) -> Listing:
    """Return the listing of the rows of a valid SKU, the newest order first, in a range of `listKey`."""
    return Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=[_term(sku)],
        first=first,
        last=last,
        descending=True,
    )


def has_orders(sku: str) -> bool:
    """Whether a product has a row, also after its deletion from the catalog."""
    return json_schema.is_valid("Product", "sku", sku) and bool(listing.merge(listing_of(sku), "", 1)[0])


def keys(order: Order | None) -> list[Key]:
    """Return the keys of the rows of an order, one for each SKU."""
    if order is None or not order_status.is_sale(order["status"]):
        return []
    return [(_term(sku), order["listKey"]) for sku in {line["sku"]: 1 for line in order["items"]}]


def _term(sku: str) -> str:
    return f"sold#{sku}"


def _requests(before: Iterable[Key], after: Iterable[Key]) -> Iterator[tuple[Key, Record]]:
    """Yield the requests for the rows that are new or gone, by their keys."""
    old, new = set(before), set(after)
    yield from ((key, search_table.delete_request(*key)) for key in before if key not in new)
    for term, list_key in after:
        if (term, list_key) not in old:
            (request,) = search_table.put_requests([{"term": term, "listKey": list_key}])
            yield (term, list_key), request
