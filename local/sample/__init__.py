"""Sample data for the local system: a catalog of cleaning supplies, and an order in every status.

The trade of the weeks before is in the modules `trade` and `past_orders`.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from local.api import Api, ApiError, ApiResponse, Json

CONCURRENCY = 8
STORED_TIMEOUT_S = 120.0  # long enough for a busy machine
POLL_INTERVAL_S = 0.05

_FOLDER = Path(__file__).parent


def catalog() -> list[Json]:
    """Return the sample products, as PUT /products takes them."""
    return [_with_image(product) for product in _read("catalog.json")]


def pictures() -> dict[str, Path]:
    """Return the pictures of the products by the names of their files in the bucket."""
    return {file_name(path): path for path in sorted((_FOLDER / "pictures").glob("*.webp"))}


def file_name(picture: Path) -> str:
    """Return the name of a picture in the bucket, which is that of its content (decision 167)."""
    return f"{hashlib.sha256(picture.read_bytes()).hexdigest()}{picture.suffix}"


def orders() -> list[Json]:
    """Return the sample orders: `order` as POST /orders takes it, and `moves`, its changes of status."""
    return _read("orders.json")


def add_products(api: Api) -> None:
    """Add the sample products through the API, as a member of staff. Existing products are not changed.

    Their pictures must be in the bucket. Raises ApiError when the API refuses something.
    """
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        _wait_for_all(pool.map(partial(_add_product, api), catalog()))


def add_orders(api: Api, pause: Callable[[float], None] = time.sleep) -> None:
    """Send and move the sample orders through the API, as a member of staff.

    The call can be repeated, also after a run that was cut off: the orders have fixed IDs, and an order keeps
    the status to which somebody moved it. `pause` is called with the seconds to wait.
    Raises ApiError when the API refuses something, or when an order is not stored within STORED_TIMEOUT_S.
    """
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        _wait_for_all(pool.map(partial(_add_order, api, pause), orders()))


def _with_image(product: Json) -> Json:
    """Return a product with the image that its picture, such as `canister-teal`, names."""
    picture = product.pop("picture")
    shape, colour = picture.split("-")
    image = file_name(_FOLDER / "pictures" / f"{picture}.webp")
    return {**product, "image": image, "imageText": f"Drawing: {shape}, {colour}"}


def _add_product(api: Api, product: Json) -> None:
    response = api.call("PUT", f"/products/{product['sku']}", product, {"If-None-Match": "*"})
    _expect(response, (200, 201, 412), product["sku"])


def _add_order(api: Api, pause: Callable[[float], None], sample: Json) -> None:
    order, path = sample["order"], f"/orders/{sample['order']['orderID']}"
    _expect(api.call("POST", "/orders", order), (202,), path)
    stored = _wait_until_stored(api, path, pause)
    for move in _moves_left(stored, sample["moves"]):
        _expect(api.call("PATCH", path, move), (200,), path)


def _wait_until_stored(api: Api, path: str, pause: Callable[[float], None]) -> Json:
    for _ in range(int(STORED_TIMEOUT_S / POLL_INTERVAL_S)):
        response = api.call("GET", path)
        if response.status == 200:
            return response.document
        pause(POLL_INTERVAL_S)
    raise ApiError(f"{path} was accepted, but not stored within {STORED_TIMEOUT_S:.0f} seconds")


def _moves_left(order: Json, moves: Sequence[Json]) -> Sequence[Json]:
    """Return the moves that an interrupted run left. An order that somebody moved back has none."""
    way = ["placed", *(move["status"] for move in moves)]
    left = moves[way.index(order["status"]) :] if order["status"] in way else ()
    reached = {entry.get("to") for entry in order["history"]}
    return () if any(move["status"] in reached for move in left) else left


def _expect(response: ApiResponse, statuses: tuple[int, ...], what: str) -> None:
    if response.status not in statuses:
        raise ApiError(f"the sample {what} was refused: {response.message}")


def _wait_for_all(results: Any) -> None:
    """Consume all results, so that the first error is raised."""
    for _ in results:
        pass


def _read(name: str) -> list[Json]:
    content: list[Json] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return content
