"""`python -m local shop`: run a small web shop beside the local system. It orders there as a connected shop.

This command does what an admin does for the developer of another shop: it hands over the five values and the
catalog, and enters the shop's address for webhooks. The shop itself (`local/web_shop/`) knows nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from local import catalog_file
from local.api import Api, ApiError, ApiResponse, Json, SignInError, open_api
from local.csv_file import CsvError
from local.invoices import CURRENCY
from local.state_folder import keep_files_private
from local.web_shop import spike
from local.web_shop.inbox import Given, Inbox, InboxError
from local.web_shop.server import WEBHOOKS, Server
from local.web_shop.shop import WebShop
from local.web_shop.store import Store

DEFAULT_PORT = 8010
MAX_SPIKE = 100_000
FOLDER = "web-shop"  # in the state folder of the local system


class ShopError(Exception):
    """The shop cannot start. The message contains what the user can do."""


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C, or until a spike is stored. Return 1 if that fails or an order is missing."""
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 0
    except (ShopError, ApiError, SignInError, InboxError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    outputs = _outputs(arguments.state)
    account = outputs["local"]["admin"]
    admin = open_api(outputs, account["email"], account["password"])
    inbox = Inbox(_given(outputs))
    keep_files_private()
    folder = arguments.state / FOLDER
    folder.mkdir(exist_ok=True)
    with contextlib.closing(Store(folder / "orders.db")) as store:
        shop = WebShop(_products(arguments, admin), inbox, store, secrets=[])
        with _serving(shop, arguments.port, needed=not arguments.spike) as server:
            if server:
                address = f"http://{server.hosts[1]}{WEBHOOKS}"
                shop.secrets.append(_webhook_secret(admin, outputs["machine"]["clientId"], address, store))
            if arguments.spike:
                return _spike(arguments.spike, shop, inbox)
            print(f"The shop is open: http://localhost:{arguments.port} (Ctrl-C closes it)", flush=True)
            shop.run()
    return 0


def _outputs(state: Path) -> Json:
    try:
        outputs: Json = json.loads((state / "outputs.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ShopError(f"No local system runs in {state}. Start one first: python -m local up") from None
    if "machine" not in outputs:
        raise ShopError("The local system has no sample shop. What it printed at its start says why.")
    return outputs


def _given(outputs: Json) -> Given:
    machine = outputs["machine"]
    return Given(
        inbox_url=outputs["inboxUrl"],
        token_url=outputs["machineTokenUrl"],
        scope=outputs["machineScope"],
        client_id=machine["clientId"],
        client_secret=machine["clientSecret"],
    )


def _products(arguments: argparse.Namespace, admin: Api) -> list[Json]:
    """Return what the shop sells: the active products of an exported file, or of the desk."""
    products = _exported(arguments.catalog) if arguments.catalog else _listed(admin)
    sold = [one for one in products if one.get("active", True)]
    if not sold:
        raise ShopError("The catalog has no active product, so the shop has nothing to sell.")
    return sold


def _exported(path: Path) -> list[Json]:
    """Return the products of a file that the page Products exported."""
    try:
        file = catalog_file.read(path)
    except (CsvError, OSError) as error:
        raise ShopError(f"{path} cannot be read: {error}") from error
    rows = catalog_file.rows(file, CURRENCY) if file else []
    products = [{"currency": CURRENCY, **row.item} for row in rows if not row.faults]
    return [one for one in products if "unitPrice" in one and "name" in one]


def _listed(admin: Api) -> list[Json]:
    products: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = _expect(admin.call("GET", f"/products?active=true&limit=100&cursor={quote(cursor)}"), 200)
        products += page["products"]
        cursor = page["nextCursor"]
    return products


def _webhook_secret(admin: Api, shop_id: str, address: str, store: Store) -> str:
    """Have webhooks sent to this address, and return their secret, which the store keeps between runs.

    Without the kept secret of this shop, the webhook is made anew, because nobody can read a secret again.
    """
    path, kept = f"/shops/{shop_id}/webhook", store.setting(f"secret of {shop_id}")
    if kept and admin.call("GET", path).status == 200:
        _expect(admin.call("PUT", path, {"url": address, "state": "active"}), 200)
        return kept
    response = admin.call("PUT", path, {"url": address})
    if response.status == 200:  # somebody else's webhook
        _expect(admin.call("DELETE", path), 204)
        response = admin.call("PUT", path, {"url": address})
    secret = str(_expect(response, 201)["secret"])
    store.set(f"secret of {shop_id}", secret)
    return secret


def _expect(response: ApiResponse, status: int) -> Json:
    if response.status != status:
        raise ShopError(f"The order desk refused the shop: {response.message}")
    return response.document


@contextlib.contextmanager
def _serving(shop: WebShop, port: int, *, needed: bool) -> Iterator[Server | None]:
    """Serve the shop at a port. Yield nothing if the port is taken, and the server is not needed."""
    try:
        server = Server(port, shop)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise ShopError(f"Port {port} cannot be used: {error.strerror}.") from error
        if needed:
            raise ShopError(
                f"Port {port} is taken by another program. Choose another one: --port {port + 1}."
            ) from error
        yield None
        return
    thread = threading.Thread(target=server.serve_forever, name="web shop", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _spike(number: int, shop: WebShop, inbox: Inbox) -> int:
    """Send a spike and print what became of it. Return 1 if an accepted order is missing."""
    made = spike.orders(shop.products, number)
    outcome = spike.run(inbox, shop.store, made, say=lambda text: print(text, flush=True))
    print(outcome)
    print(f"webhooks  {len(shop.store.events_of({one['orderID'] for one in made})):,} so far")
    return 1 if outcome.missing else 0


def _number(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_SPIKE:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a number from 1 to {MAX_SPIKE}, got {text!r}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local shop",
        description="Run a small web shop that orders from the local system as a connected shop.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"the shop's port ({DEFAULT_PORT})")
    parser.add_argument("--state", type=Path, default=Path(".local"), help="the system's folder (.local)")
    parser.add_argument("--catalog", type=Path, help="a file that the page Products exported")
    parser.add_argument(
        "--spike", type=_number, default=0, metavar="N", help="send N orders from 8 connections, and end"
    )
    return parser
