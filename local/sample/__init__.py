"""Sample data of this machine: a catalog of cleaning supplies, and a few orders in every state."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from local.api import Api, ApiError, ApiResponse, Json

CONCURRENCY = 8
STORED_TIMEOUT_S = 30.0
POLL_INTERVAL_S = 0.05

_FOLDER = Path(__file__).parent


def catalog() -> list[Json]:
    """The sample products, as PUT /products takes them."""
    return _read("catalog.json")


def orders() -> list[Json]:
    """The sample orders: `order` as POST /orders takes it, and the `moves` it has been through since."""
    return _read("orders.json")


def seed(api: Api, pause: Callable[[float], None] = time.sleep) -> None:
    """Put the sample data into a new system through its API, as a member of staff.

    Harmless to repeat, also after half a run: products that are there stay as they are, the orders have
    fixed IDs, and an order that has left the sample's way keeps the status that somebody gave it.
    Raises ApiError when the API refuses something, or an order is not stored in time.
    """
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        _wait_for_all(pool.map(partial(_add_product, api), catalog()))
        _wait_for_all(pool.map(partial(_add_order, api, pause), orders()))


def _add_product(api: Api, product: Json) -> None:
    response = api.call("PUT", f"/products/{product['sku']}", product, {"If-None-Match": "*"})
    _expect(response, (200, 201, 412), product["sku"])


def _add_order(api: Api, pause: Callable[[float], None], sample: Json) -> None:
    order, path = sample["order"], f"/orders/{sample['order']['orderID']}"
    _expect(api.call("POST", "/orders", order), (202,), path)
    status = _wait_until_stored(api, path, pause)["status"]
    for move in _moves_left(status, sample["moves"]):
        _expect(api.call("PATCH", path, move), (200,), path)


def _wait_until_stored(api: Api, path: str, pause: Callable[[float], None]) -> Json:
    for _ in range(int(STORED_TIMEOUT_S / POLL_INTERVAL_S)):
        response = api.call("GET", path)
        if response.status == 200:
            return response.document
        pause(POLL_INTERVAL_S)
    raise ApiError(f"{path} was accepted, but not stored within {STORED_TIMEOUT_S:.0f} seconds")


def _moves_left(status: str, moves: Sequence[Json]) -> Sequence[Json]:
    way = ["placed", *(move["status"] for move in moves)]
    return moves[way.index(status) :] if status in way else ()


def _expect(response: ApiResponse, statuses: tuple[int, ...], what: str) -> None:
    if response.status not in statuses:
        raise ApiError(f"the sample {what} was refused: {response.message}")


def _wait_for_all(results: Any) -> None:
    """Wait for all, so that the first error comes out."""
    for _ in results:
        pass


def _read(name: str) -> list[Json]:
    content: list[Json] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return content
