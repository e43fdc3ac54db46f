"""`python -m local load FILE`: load invoices or a catalog from a CSV file through the HTTP API, as staff.

`load_catalog` imports a file of the catalog, which has a column of SKUs. Of a file of invoices, every product
and order is checked against the API's schema and sent with retries until it is accepted. Then the orders are
polled until each is placed or rejected. Loading the same file again changes nothing.
"""

import argparse
import getpass
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from local import catalog_file, invoices, load_catalog
from local.api import Api, ApiError, Json, SignInError, open_api
from local.csv_file import CsvError
from local.invoice_cells import MINOR_UNITS
from local.invoices import CURRENCY, Invoice, Plan
from local.load_catalog import PRODUCTS_PER_CALL
from local.progress import Progress

CONCURRENCY = 8
POLL_BATCH_SIZE = 200
STALL_TIMEOUT_S = 120  # the load gives up if no order is stored for this long
POLL_INTERVAL_S = 0.25
MAX_EXAMPLES = 10
STATUSES_WITHOUT_SALES = ("rejected", "cancelled")


class LoadError(Exception):
    """The load cannot start. The message contains what the user can do."""


class Failure(NamedTuple):
    """A product or an order that the API did not accept, and the reason."""

    what: str
    why: str


@dataclass(kw_only=True)
class Outcome:
    """The result of a load: stored orders, orders still in the queue, and calls that were not accepted."""

    stored: list[tuple[Invoice, Json]] = field(default_factory=list)
    queued: list[Invoice] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def statuses(self) -> Counter[str]:
        """The number of stored orders by status."""
        return Counter(order["status"] for _, order in self.stored)

    @property
    def total(self) -> Decimal:
        """The sum of the orders' totals in pounds, without rejected and cancelled orders."""
        totals = [order["total"] for _, order in self.stored if order["status"] not in STATUSES_WITHOUT_SALES]
        return Decimal(sum(totals)) / MINOR_UNITS


class Call(NamedTuple):
    """A request, and its name in the report."""

    what: str
    method: str
    path: str
    document: Json


class Loader:
    """Send a plan over several connections at once, and poll until its orders are placed or rejected."""

    def __init__(self, api: Api, pool: ThreadPoolExecutor) -> None:
        """Take a signed-in API, and the threads that send."""
        self._api = api
        self._pool = pool

    def load(self, plan: Plan) -> Outcome:
        """Send the products, then the orders, and wait until each order is placed or rejected.

        Return early, with orders still queued, if no order was stored for STALL_TIMEOUT_S.
        """
        failures = self._send_products(plan.products)
        failures += self._send_orders([_order_call(invoice) for invoice in plan.invoices])
        failed = {failure.what for failure in failures}
        sent = [invoice for invoice in plan.invoices if _order_call(invoice).what not in failed]
        return self._watch(Outcome(queued=sent, failures=failures))

    def _send_products(self, products: Sequence[Json]) -> list[Failure]:
        """Import products, one call after the other, because a call writes its products side by side."""
        progress = Progress("Products", len(products))
        failures = []
        for start in range(0, len(products), PRODUCTS_PER_CALL):
            part = products[start : start + PRODUCTS_PER_CALL]
            failures += self._import(part)
            progress.step(len(part))
        return failures

    def _import(self, products: Sequence[Json]) -> list[Failure]:
        try:
            response = self._api.call("POST", "/products/batch", {"items": products})
        except ApiError as error:
            return [Failure(f"product {product['sku']}", str(error)) for product in products]
        if response.status != 200:
            return [Failure(f"product {product['sku']}", response.message) for product in products]
        refused = [one for one in response.document["items"] if one["outcome"] == "refused"]
        return [Failure(f"product {one['sku']}", _faults(one["fields"])) for one in refused]

    def _send_orders(self, calls: Sequence[Call]) -> list[Failure]:
        progress = Progress("Orders", len(calls))
        failures = []
        for done in as_completed([self._pool.submit(self._send_one, call) for call in calls]):
            progress.step()
            failures += [failure for failure in [done.result()] if failure]
        return failures

    def _send_one(self, call: Call) -> Failure | None:
        try:
            response = self._api.call(call.method, call.path, call.document)
        except ApiError as error:
            return Failure(call.what, str(error))
        return None if response.status in (200, 201, 202) else Failure(call.what, response.message)

    def _watch(self, outcome: Outcome) -> Outcome:
        progress = Progress("Placed or rejected", len(outcome.queued))
        last_found = time.monotonic()
        while outcome.queued and time.monotonic() - last_found < STALL_TIMEOUT_S:
            found = self._poll_batch(outcome)
            progress.step(found)
            if found:
                last_found = time.monotonic()
            else:
                time.sleep(POLL_INTERVAL_S)
        return outcome

    def _poll_batch(self, outcome: Outcome) -> int:
        """Look up the first queued orders, and return how many are stored. The others move to the end."""
        batch, rest = outcome.queued[:POLL_BATCH_SIZE], outcome.queued[POLL_BATCH_SIZE:]
        responses = list(self._pool.map(self._find_stored, batch))
        found = [(invoice, order) for invoice, order in zip(batch, responses, strict=True) if order]
        outcome.stored += found
        outcome.queued = rest + [
            invoice for invoice, order in zip(batch, responses, strict=True) if not order
        ]
        return len(found)

    def _find_stored(self, invoice: Invoice) -> Json | None:
        response = self._api.call("GET", f"/orders/{invoice.order['orderID']}")
        return response.document if response.status == 200 else None


def main(argv: Sequence[str]) -> int:
    """Load a file and print a report.

    Return 0 if everything sent was accepted and stored, 1 if not or if nothing could be sent, and 2 for
    invalid input.
    """
    arguments = _parser().parse_args(argv)
    try:
        catalog = catalog_file.read(arguments.file, arguments.encoding)
        if catalog:
            wanted = load_catalog.Wanted(arguments.dry_run, arguments.refused, arguments.currency)
            return load_catalog.load(_api(arguments), catalog, wanted)
        if arguments.dry_run or arguments.refused or arguments.currency:
            raise LoadError(
                f"{arguments.file} has no row of column names of a catalog, such as SKU and Price, and "
                "--dry-run, --refused and --currency are for files of the catalog"
            )
        plan = invoices.plan(invoices.read(arguments.file, arguments.encoding))
        return load(_api(arguments), plan) if plan.invoices else _refuse_all(plan)
    except (LoadError, CsvError, OSError, ApiError, SignInError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. Load the file again when you like: nothing is entered twice.", file=sys.stderr)
        return 130


def load(api: Api, plan: Plan) -> int:
    """Send a plan, wait until its orders are stored, print the report, and return the exit status."""
    started = time.monotonic()
    pool = ThreadPoolExecutor(CONCURRENCY)
    try:
        outcome = Loader(api, pool).load(plan)
    finally:
        pool.shutdown(cancel_futures=True)
    _print_report(plan, outcome)
    print(f"{time.monotonic() - started:.1f} s.")
    return 1 if outcome.failures or outcome.queued else 0


def _refuse_all(plan: Plan) -> int:
    _print_refusals(plan)
    print("error: every row is refused, and nothing was sent", file=sys.stderr)
    return 1


def _faults(fields: Iterable[Mapping[str, str]]) -> str:
    return "; ".join(f"{field['path']} {field['message']}" for field in fields)


def _order_call(invoice: Invoice) -> Call:
    return Call(f"order {invoice.number}", "POST", "/orders", invoice.order)


def _print_report(plan: Plan, outcome: Outcome) -> None:
    _print_refusals(plan)
    _print_list("Not accepted", [f"{what}: {why}" for what, why in outcome.failures])
    rejected = [(invoice, order) for invoice, order in outcome.stored if order["status"] == "rejected"]
    _print_list("Rejected by the shop", [f"order {one.number}: {_reasons(order)}" for one, order in rejected])
    differing = [one for one, order in outcome.stored if _differs(one.order, order)]
    _print_list(
        "Stored with other content (edited since, or an earlier file had it otherwise)", _names(differing)
    )
    _print_examples("Stored at another price than in the file", _price_differences(outcome))
    _print_list("Still queued (see the dead letters if that lasts)", _names(outcome.queued))
    counts = [f"{count} {status}" for status, count in sorted(outcome.statuses.items())]
    print(
        f"{len(plan.products)} products. {len(plan.invoices)} orders: {', '.join(counts) or 'none stored'}, "
        f"{len(outcome.queued)} still queued. Total: {outcome.total:,.2f} {CURRENCY}."
    )


def _print_refusals(plan: Plan) -> None:
    _print_list("Refused before sending", [f"row {row}, {what}: {rule}" for row, what, rule in plan.refusals])
    _print_list("Codes that differ only in capitals, and are different products", plan.similar_codes)
    lines = sum(len(invoice.order["items"]) for invoice in plan.invoices)
    print(f"{plan.rows} rows: {lines} in orders, {len(plan.refused_rows)} refused.")


def _price_differences(outcome: Outcome) -> list[list[str]]:
    """Return the lines of each order whose stored price is not the one in the file."""
    return [
        [
            f"order {invoice.number}, line {place} ({item['sku']}): {_money(price)} in the file, "
            f"{_money(item['unitPrice'])} stored"
            for place, (price, item) in enumerate(zip(invoice.prices, order["items"], strict=False), 1)
            if price != item["unitPrice"]
        ]
        for invoice, order in outcome.stored
        if order["status"] != "rejected" and not _differs(invoice.order, order)
    ]


def _money(pence: int | None) -> str:
    return "no price" if pence is None else f"{Decimal(pence) / MINOR_UNITS:.2f}"


def _print_examples(title: str, by_order: list[list[str]]) -> None:
    """Print the number of orders with any line, and the first lines."""
    lines = [line for order in by_order for line in order]
    if lines:
        orders = sum(1 for order in by_order if order)
        print(f"{title}: {len(lines)} lines of {orders} orders", *lines[:MAX_EXAMPLES], sep="\n  ")
        if len(lines) > MAX_EXAMPLES:
            print(f"  … and {len(lines) - MAX_EXAMPLES} more")


def _print_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        print(f"{title}: {len(lines)}", *lines, sep="\n  ")


def _names(sent: Iterable[Invoice]) -> list[str]:
    return [f"order {invoice.number} ({invoice.order['orderID']})" for invoice in sent]


def _reasons(order: Json) -> str:
    return "; ".join(f"{one['path']} {one['message']}" for one in order["rejectionReasons"])


def _differs(sent: Json, stored: Json) -> bool:
    lines = [{"sku": item["sku"], "quantity": item["quantity"]} for item in stored["items"]]
    return (sent["items"], sent["customer"]) != (lines, stored["customer"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local load",
        description="""Load a CSV file through the HTTP API, by default into the system of this machine:
            invoices, with the columns of the UCI "Online Retail" data set, as products and orders; or the
            catalog or a list of prices, with a column SKU.""",
        epilog="""For a deployment: pulumi stack output --json > outputs.json, then --outputs outputs.json
            --email you@example.com. The password is asked for, or read from ORDER_DESK_PASSWORD.""",
    )
    parser.add_argument("file", type=Path, help="the CSV file, in UTF-8, or in UTF-16 with its mark")
    parser.add_argument("--encoding", default="", help="the encoding of another file, such as cp1252")
    parser.add_argument("--dry-run", action="store_true", help="say what a file of the catalog would change")
    parser.add_argument("--refused", type=Path, help="where to write the refused rows of a catalog, to mend")
    parser.add_argument("--currency", default="", help="the currency of prices (that of the first product)")
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="the local system's folder (.local)"
    )
    parser.add_argument("--outputs", type=Path, help="stack outputs as JSON (<state>/outputs.json)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--site", help="the site's URL, where its /api is to be used")
    where.add_argument("--api", help="the API's URL, where it is not the outputs' apiUrl")
    parser.add_argument("--email", help="who loads (the local system's sample staff)")
    parser.add_argument("--password", help="better asked for, or in ORDER_DESK_PASSWORD, than here")
    return parser


def _api(arguments: argparse.Namespace) -> Api:
    outputs = _outputs(arguments.outputs or arguments.state / "outputs.json")
    email, password = _account(arguments, outputs)
    url = f"{arguments.site.rstrip('/')}/api" if arguments.site else arguments.api
    return open_api(outputs, email, password, url or "")


def _outputs(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        raise LoadError(
            f"{path} is not there: start the local system (make local), or name a deployment's --outputs"
        )
    outputs: Json = json.loads(path.read_text(encoding="utf-8"))
    missing = [key for key in ("apiUrl", "region", "userPoolClientId") if key not in outputs]
    if missing:
        raise LoadError(
            f"{path} has no {', '.join(missing)}: is it what `pulumi stack output --json` prints?"
        )
    return outputs


def _account(arguments: argparse.Namespace, outputs: Mapping[str, Any]) -> tuple[str, str]:
    sample = outputs.get("local", {}).get("staff", {})
    email = arguments.email or sample.get("email")
    if not email:
        raise LoadError("say who loads: --email")
    password = arguments.password or os.environ.get("ORDER_DESK_PASSWORD")
    if not password and email == sample.get("email"):
        password = sample["password"]
    return email, password or getpass.getpass(f"Password of {email}: ")
