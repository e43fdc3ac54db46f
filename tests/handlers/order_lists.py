"""Orders for the tests of lists and searches, and the calls that list them."""

from collections.abc import Iterator
from typing import Any

from tests.handlers.shop import Json, Reply, Shop, change, new_order, with_keys

ANN = {"name": "Ann-Marie O’Neill", "email": "Ann@Example.org", "company": "Miller & Söhne (Leeds)"}
LUKASZ = {"name": "Łukasz Groß", "email": "lg+desk@hotel.example", "company": "Hôtel Élysée"}


def stored(
    minute: int = 0, customer: Json = ANN, total: int = 100, status: str = "placed", order_id: str = ""
) -> Json:
    """Return an order placed on 1 December 2010 at 08:MM, as the table contains it."""
    at = f"2010-12-01T08:{minute:02}:00.000Z"
    content = {"customer": customer, "items": []}
    made = new_order(content, at=at, order_id=order_id)
    made |= {"status": status, "total": total, "submissionHash": "x"}
    return with_keys(made)


def store(shop: Shop, *some: Json) -> list[Json]:
    """Store orders and their search terms."""
    shop.put_all("SHOP_ORDERS_TABLE", some)
    shop.follow(*(change(None, one) for one in some))
    return list(some)


def get(shop: Shop, **query: str) -> Reply:
    named = {name.rstrip("_"): value for name, value in query.items()}
    return shop.ask("list_orders", "GET", "/orders", query=named)


def found(shop: Shop, **query: str) -> list[str]:
    """Return the order IDs of all pages of the list together."""
    return [order_id for page in pages(shop, **query) for order_id in page]


def ids(some: list[Json]) -> list[str]:
    return [one["orderID"] for one in some]


def pages(shop: Shop, **query: str) -> Iterator[list[str]]:
    """Yield the order IDs of each page of the list."""
    cursor: str | None = ""
    for _ in range(100):
        content = get(shop, **query, cursor=cursor or "").json
        yield [order["orderID"] for order in content["orders"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return
    raise AssertionError("the cursors never end")


class SmallPagesClient:
    """A DynamoDB client that reads two items a query, as if items were very large."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def query(self, **request: Any) -> Any:
        return self._client.query(**{**request, "Limit": 2})
