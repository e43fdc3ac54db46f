"""One real trading day, loaded into the whole system: orders, totals and mails."""

import csv
import json
import subprocess
import sys
import uuid
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.system import ROOT, System, eventually, new_order

pytestmark = pytest.mark.e2e

Json = dict[str, Any]

DAY = ROOT / "tests" / "data" / "online-retail-2010-12-01.csv"
UNPRICED = {f"5365{number}" for number in (45, 46, 47, 49, 50, 52, 53, 54)}
DRAIN_TIMEOUT_S = 180.0  # long enough for a busy machine


class Line(NamedTuple):
    """One row of the file, parsed without the loader's code."""

    code: str
    quantity: int
    price: Decimal


def read_invoices() -> dict[str, list[Line]]:
    """Return the lines of every invoice in the file, including cancelled invoices."""
    found: dict[str, list[Line]] = {}
    with DAY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = Line(row["StockCode"], int(row["Quantity"]), Decimal(row["UnitPrice"]))
            found.setdefault(row["InvoiceNo"], []).append(line)
    return found


def first_prices() -> dict[str, int]:
    """Return the price of each product code in pence: its first positive price in the file."""
    prices: dict[str, int] = {}
    for line in (line for lines in INVOICES.values() for line in lines if line.price > 0):
        prices.setdefault(line.code, int(line.price * 100))
    return prices


def sold_lines() -> dict[str, list[Line]]:
    """Return the sold lines of each invoice that becomes an order."""
    lines = {number: [line for line in of if line.quantity > 0] for number, of in INVOICES.items()}
    return {number: of for number, of in lines.items() if of and not number.startswith("C")}


INVOICES = read_invoices()
PRICES = first_prices()
SOLD = sold_lines()


def order_id(number: str) -> str:
    """Return the ID that the loader gives to an invoice's order."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:order-desk:invoice:{number}"))


class Day(NamedTuple):
    """The system after the load, its outputs.json, the command's output, and the earlier dead letters."""

    system: System
    outputs: Path
    printed: str
    dead_letters_before: int

    def rows(self) -> dict[str, Json]:
        """Return all stored orders and products by their keys."""
        return self.system.table("ordersTable") | self.system.table("productsTable")


@pytest.fixture(scope="module")
def day(system: System, tmp_path_factory: pytest.TempPathFactory) -> Day:
    outputs = tmp_path_factory.mktemp("day") / "outputs.json"
    outputs.write_text(json.dumps(system.outputs))
    before = count_dead_letters(system)
    printed = load(outputs)
    drain_pipeline(system)
    return Day(system, outputs, printed, before)


@pytest.fixture(scope="module")
def orders(day: Day) -> dict[str, Json]:
    """The invoices' orders from the API, read once."""
    return {number: day.system.order(order_id(number)) for number in SOLD}


def load(outputs: Path) -> str:
    """Load the day with `python -m local load`, and return the command's output."""
    command = [sys.executable, "-m", "local", "load", str(DAY), "--outputs", str(outputs)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def drain_pipeline(system: System) -> None:
    """Wait until the queue is empty, then place one more order and wait for its mail."""
    eventually(
        lambda: queue_depth(system, system.outputs["orderQueueUrl"]) == 0, DRAIN_TIMEOUT_S, "an empty queue"
    )
    last = new_order()
    system.place(last)
    eventually(lambda: system.mails_about(last["orderID"]), DRAIN_TIMEOUT_S, "the mail of a last order")


def queue_depth(system: System, url: str) -> int:
    """Return how many messages a queue contains, including those in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = system.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def count_dead_letters(system: System) -> int:
    """Return how many dead letters are open, and how many messages are still in their queues."""
    queues = system.client("sqs").list_queues()["QueueUrls"]
    kept: dict[str, int] = system.call("GET", "/reports/workload").document["deadLetters"]
    return sum(kept.values()) + sum(queue_depth(system, url) for url in queues if "dead-letters" in url)


def test_file_has_the_known_numbers_of_invoices_and_prices() -> None:
    assert (len(INVOICES), len(SOLD), len(PRICES)) == (143, 136, 1343)
    unpriced = {number for number, lines in SOLD.items() if any(line.code not in PRICES for line in lines)}
    assert unpriced == UNPRICED


def test_every_order_with_prices_is_placed(day: Day, orders: dict[str, Json]) -> None:
    expected = {number: "rejected" if number in UNPRICED else "placed" for number in SOLD}
    assert {number: order["status"] for number, order in orders.items()} == expected
    assert "1343 products. 136 orders: 128 placed, 8 rejected, 0 still queued." in day.printed


def test_every_order_has_its_invoices_lines_in_the_same_sequence(orders: dict[str, Json]) -> None:
    for number, lines in SOLD.items():
        stored = [(item["sku"], item["quantity"]) for item in orders[number]["items"]]
        assert stored == [(line.code, line.quantity) for line in lines], number


def test_every_total_equals_the_sum_in_the_file(day: Day, orders: dict[str, Json]) -> None:
    placed = SOLD.keys() - UNPRICED
    stored = {number: orders[number]["total"] for number in placed}
    assert stored == {
        number: sum(PRICES[one.code] * one.quantity for one in SOLD[number]) for number in placed
    }
    assert sum(stored.values()) == 5_718_322
    assert "Total: 57,183.22 GBP." in day.printed


def test_rejected_order_names_the_products_without_a_price(orders: dict[str, Json]) -> None:
    for number in UNPRICED:
        reasons = orders[number]["rejectionReasons"]
        assert [reason["path"] for reason in reasons] == [
            f"items[{at}].sku" for at in range(len(SOLD[number]))
        ]
        assert all(line.code in reason["message"] for line, reason in zip(SOLD[number], reasons, strict=True))


def test_every_order_sends_exactly_one_mail(day: Day) -> None:
    mails = Counter(mail["body"].partition("/order.html?id=")[2].strip() for mail in day.system.mails())
    assert {number: mails[order_id(number)] for number in SOLD} == dict.fromkeys(SOLD, 1)


def test_no_order_becomes_a_dead_letter(day: Day) -> None:
    assert count_dead_letters(day.system) == day.dead_letters_before


def test_loader_names_row_line_and_rule_of_refusals(day: Day) -> None:
    assert "row 2408, order 536589, line 1 (21777): quantity must be at least 1, got -10" in day.printed
    for number in INVOICES.keys() - SOLD.keys():
        assert f"order {number}, line {len(INVOICES[number])} (" in day.printed
        assert day.system.call("GET", f"/orders/{order_id(number)}").status == 404


def test_second_load_changes_nothing(day: Day) -> None:
    rows, mails = day.rows(), day.system.mails()
    load(day.outputs)
    assert_only_one_order_added(day, rows, mails)


def test_orders_sent_directly_to_the_queue_change_nothing(day: Day, orders: dict[str, Json]) -> None:
    rows, mails = day.rows(), day.system.mails()
    for order in orders.values():
        day.system.send_to_queue(json.dumps(as_sent(order)))
    assert_only_one_order_added(day, rows, mails)


def as_sent(order: Json) -> Json:
    """Return a stored order as it was sent."""
    items = [{"sku": item["sku"], "quantity": item["quantity"]} for item in order["items"]]
    return {**{name: order[name] for name in ("orderID", "customer", "notes")}, "items": items}


def assert_only_one_order_added(day: Day, rows: dict[str, Json], mails: list[Json]) -> None:
    """Assert that the order of `drain_pipeline` was stored and mailed, and that nothing else changed."""
    drain_pipeline(day.system)
    after = day.rows()
    assert {key: after.get(key) for key in rows} == rows
    assert len(after) == len(rows) + 1
    assert day.system.mails()[:-1] == mails
    assert count_dead_letters(day.system) == day.dead_letters_before


@pytest.mark.parametrize("number", sorted(INVOICES.keys() - SOLD.keys()))
def test_gateway_also_refuses_the_invoices_that_the_loader_refuses(day: Day, number: str) -> None:
    items = [{"sku": line.code, "quantity": line.quantity} for line in INVOICES[number]]
    order = new_order(items, orderID=order_id(number))
    response = day.system.call("POST", "/orders", order, via="api")
    assert (response.status, response.error["code"]) == (400, "bad_request")
    assert "fields" not in response.error  # only a function's error has `fields`, so this is the gateway's
    assert day.system.call("GET", f"/orders/{order_id(number)}").status == 404
