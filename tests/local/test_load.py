"""`python -m local load`: sending with retries, polling, and the report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from local import invoices, load
from local.invoice_orders import order_id
from local.load_catalog import PRODUCTS_PER_CALL
from tests.local.fake_api import DROP, STAFF, FakeApi, serve_fake_api

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
DAY = Path(__file__).parents[1] / "data" / "online-retail-2010-12-01.csv"


class Run(NamedTuple):
    """The exit status of a run, and its standard output and error."""

    status: int
    out: str
    err: str


class Command:
    """The load command, with a fake API and a folder that contains its outputs.json."""

    def __init__(self, api: FakeApi, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.api = api
        self.folder = folder
        self._capsys = capsys
        self.write_outputs()

    def write_outputs(self, **changes: object) -> None:
        """Write outputs.json with some changes. The value None removes a key."""
        outputs = {key: value for key, value in {**self.api.outputs, **changes}.items() if value is not None}
        (self.folder / "outputs.json").write_text(json.dumps(outputs))

    def csv(self, *rows: str) -> str:
        """Write rows of invoice, code, quantity and price into a CSV file, and return its path."""
        file = self.folder / "orders.csv"
        cells = [row.split() for row in rows]
        lines = [
            f"{number},{code},SPONGE,{pieces},2010-12-01,{price},7,UK"
            for number, code, pieces, price in cells
        ]
        file.write_text("\n".join([HEADER, *lines]))
        return str(file)

    def run(self, *arguments: str) -> Run:
        """Run the command, with this folder as --state unless --outputs is given."""
        known = () if "--outputs" in arguments else ("--state", str(self.folder))
        status = load.main([*arguments, *known])
        return Run(status, *self._capsys.readouterr())


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.api.RETRY_DELAYS_S", (0, 0, 0))
    monkeypatch.setattr("local.load.POLL_INTERVAL_S", 0.01)
    monkeypatch.setattr("local.load.STALL_TIMEOUT_S", 0.2)
    monkeypatch.delenv("ORDER_DESK_PASSWORD", raising=False)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    with serve_fake_api() as api:
        yield Command(api, tmp_path, capsys)


def test_products_are_sent_before_orders(command: Command) -> None:
    run = command.run(command.csv("1 A1 2 2.55", "1 B2 1 10", "2 A1 1 2.55"))
    assert run.status == 0
    calls = [call for call in command.api.calls if not call.startswith("GET")]
    assert calls == ["POST /products/batch", *["POST /orders"] * 2]
    assert list(command.api.products) == ["A1", "B2"]
    items = command.api.orders[order_id("1")]["items"]
    assert [(item["sku"], item["quantity"]) for item in items] == [("A1", 2), ("B2", 1)]
    assert "2 products. 2 orders: 2 placed, 0 still queued. Total: 17.65 GBP." in run.out


@pytest.mark.thorough
def test_whole_trading_day_is_loaded(command: Command) -> None:
    run = command.run(str(DAY))
    assert run.status == 0
    assert (
        "1343 products. 136 orders: 128 placed, 8 rejected, 0 still queued. Total: 57,183.22 GBP." in run.out
    )
    assert "row 2408, order 536589, line 1 (21777): quantity must be at least 1, got -10" in run.out
    assert "order 536545: items[0].sku is not in the catalog" in run.out
    assert command.api.connections <= load.CONCURRENCY + 3


def test_refused_rows_are_listed_and_the_rest_is_sent(command: Command) -> None:
    run = command.run(command.csv("C1 A1 -2 2.55", "2 A1 1 2.55"))
    assert run.status == 0
    assert run.out.startswith("Refused before sending: 1\n  row 2, order C1, line 1 (A1): a cancellation")
    assert "\n2 rows: 1 in orders, 1 refused.\n" in run.out
    assert list(command.api.orders) == [order_id("2")]


def test_file_without_any_accepted_row_ends_with_an_error(command: Command) -> None:
    run = command.run(command.csv("C1 A1 -2 2.55", "2 A1 0 2.55"))
    assert run.status == 1
    assert "2 rows: 0 in orders, 2 refused." in run.out
    assert "every row is refused, and nothing was sent" in run.err
    assert command.api.calls == []


def test_file_without_rows_ends_with_an_error(command: Command) -> None:
    run = command.run(command.csv())
    assert (run.status, command.api.calls) == (2, [])
    assert "orders.csv has no rows below the column names" in run.err


def test_prices_that_differ_from_the_file_are_counted_with_examples(command: Command) -> None:
    run = command.run(command.csv("1 A1 2 2.55", *["2 A1 1 3"] * 12, "3 B2 1 0.50", "4 A1 1 2.55"))
    assert run.status == 0
    title = "Stored at another price than in the file: 12 lines of 1 orders\n"
    assert f"{title}  order 2, line 1 (A1): 3.00 in the file, 2.55 stored\n" in run.out
    assert "order 2, line 10 (A1)" in run.out
    assert "order 2, line 11 (A1)" not in run.out
    assert "  … and 2 more\n" in run.out


def test_free_line_is_stored_at_the_catalogs_price_and_mentioned(command: Command) -> None:
    file = command.csv("1 A1 2 2.55", "2 A1 1 0")
    assert "order 2, line 1 (A1): 0.00 in the file, 2.55 stored" in command.run(file).out


def test_file_in_another_encoding_is_loaded_if_it_is_named(command: Command) -> None:
    file = Path(command.csv("1 A1 2 2.55"))
    file.write_bytes(file.read_text().replace("UK", "España").encode("cp1252"))
    refused = command.run(str(file))
    assert (refused.status, command.api.calls) == (2, [])
    assert "row 2, column Country: the bytes 45 73 70 61 f1 61" in refused.err
    assert command.run(str(file), "--encoding", "cp1252").status == 0
    assert command.api.orders[order_id("1")]["customer"]["address"] == "España"


@pytest.mark.parametrize("fault", [429, 503, DROP])
def test_temporary_errors_lose_no_product_and_no_order(command: Command, fault: int) -> None:
    command.api.answer_next("POST /orders", fault, fault)
    command.api.answer_next("POST /products/batch", fault)
    run = command.run(command.csv("1 A1 2 2.55"))
    assert (run.status, len(command.api.orders)) == (0, 1)


def test_order_that_is_not_accepted_is_listed_and_others_are_sent(command: Command) -> None:
    command.api.answer_next("POST /orders", 400)
    run = command.run(command.csv("1 A1 2 2.55", "2 A1 1 2.55"))
    assert run.status == 1
    assert len(command.api.orders) == 1
    unsent = {"1", "2"} - {number for number in ("1", "2") if order_id(number) in command.api.orders}
    assert f"Not accepted: 1\n  order {unsent.pop()}: told to answer 400; name is odd" in run.out
    assert "0 still queued" in run.out


def test_a_product_that_is_refused_is_listed_and_others_are_sent(command: Command) -> None:
    command.api.refused["A1"] = "is odd"
    run = command.run(command.csv("1 A1 2 2.55", "2 B2 1 2.55"))
    assert run.status == 1
    assert "Not accepted: 1\n  product A1: name is odd\n" in run.out
    assert list(command.api.products) == ["B2"]


def test_many_products_are_sent_in_several_calls(command: Command) -> None:
    rows = [f"1 A{number} 1 1" for number in range(2 * PRODUCTS_PER_CALL + 1)]
    run = command.run(command.csv(*rows))
    assert run.status == 0
    assert command.api.calls.count("POST /products/batch") == 3
    assert len(command.api.products) == len(rows)


def test_error_of_the_last_retry_is_listed_with_its_product(command: Command) -> None:
    command.api.answer_next("POST /products/batch", *[500] * 9)
    run = command.run(command.csv("1 A1 2 2.55"))
    assert run.status == 1
    assert "product A1: POST /products/batch failed 4 times, at last: told to answer 500" in run.out


def test_token_that_expires_during_the_load_is_renewed(command: Command) -> None:
    command.api.answer_next("POST /orders", 401)
    run = command.run(command.csv("1 A1 2 2.55"))
    assert (run.status, command.api.refreshed) == (0, 1)


def test_orders_that_stay_queued_are_listed(command: Command) -> None:
    command.api.never_stored.add(order_id("1"))
    run = command.run(command.csv("1 A1 2 2.55", "2 A1 1 2.55"))
    assert run.status == 1
    assert f"order 1 ({order_id('1')})" in run.out
    assert "1 placed, 1 still queued" in run.out


def test_order_that_stays_queued_does_not_block_later_orders(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.load.POLL_BATCH_SIZE", 1)
    command.api.never_stored.add(order_id("1"))
    run = command.run(command.csv("1 A1 2 2.55", "2 A1 1 2.55", "3 A1 1 2.55"))
    assert "2 placed, 1 still queued" in run.out


def test_second_load_changes_nothing(command: Command) -> None:
    file = command.csv("1 A1 2 2.55", "2 B2 1 1")
    first = command.run(file)
    before = repr(command.api.orders)
    second = command.run(file)
    assert repr(command.api.orders) == before
    assert first.out.splitlines()[0] == second.out.splitlines()[0]


def test_order_stored_with_other_content_is_listed(command: Command) -> None:
    command.run(command.csv("1 A1 2 2.55", "2 A1 1 2.55"))
    run = command.run(command.csv("1 A1 3 2.55", "2 A1 1 2.55"))
    assert f"had it otherwise): 1\n  order 1 ({order_id('1')})\n" in run.out


def test_cancelled_and_rejected_orders_are_not_in_the_total(command: Command) -> None:
    file = command.csv("1 A1 2 2.55", "2 A1 1 2.55", "3 B2 1 0")
    command.run(file)
    command.api.orders[order_id("1")]["status"] = "cancelled"
    assert "1 cancelled, 1 placed, 1 rejected, 0 still queued. Total: 2.55 GBP." in command.run(file).out


def test_progress_without_a_terminal_is_a_line_for_each_tenth(command: Command) -> None:
    run = command.run(command.csv(*[f"{number} A1 1 1" for number in range(40)]))
    assert "\r" not in run.err
    orders = [line for line in run.err.splitlines() if line.startswith("Orders")]
    assert orders[0] == "Orders: 4 of 40"
    assert (len(orders), orders[-1]) == (10, "Orders: 40 of 40")


def test_progress_on_a_terminal_is_one_rewritten_line(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    run = command.run(command.csv("1 A1 1 1", "2 A1 1 1"))
    assert "\rOrders: 1 of 2\rOrders: 2 of 2\n" in run.err


def test_local_staff_account_is_the_default(command: Command) -> None:
    command.write_outputs(local={"endpointUrl": command.api.url, "staff": {**STAFF, "password": "wrong"}})
    run = command.run(command.csv("1 A1 1 1"))
    assert (run.status, run.err) == (2, f"error: {run.err.removeprefix('error: ')}")
    assert "Incorrect username or password" in run.err
    assert command.run(command.csv("1 A1 1 1"), "--password", STAFF["password"]).status == 0


@pytest.mark.parametrize("source", ["argument", "environment", "prompt"])
def test_load_into_a_deployment_accepts_a_password_from_each_source(
    command: Command, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    command.write_outputs(local={"endpointUrl": command.api.url})
    monkeypatch.setattr("getpass.getpass", lambda _: STAFF["password"] if source == "prompt" else "wrong")
    if source == "environment":
        monkeypatch.setenv("ORDER_DESK_PASSWORD", STAFF["password"])
    given = ["--password", STAFF["password"]] if source == "argument" else []
    outputs = str(command.folder / "outputs.json")
    run = command.run(command.csv("1 A1 1 1"), "--outputs", outputs, "--email", "you@shop.example", *given)
    assert run.status == 0


@pytest.mark.parametrize(
    ("option", "url"), [("--site", "{}/base"), ("--site", "{}/base/"), ("--api", "{}/base/api")]
)
def test_site_or_api_url_can_be_given(command: Command, option: str, url: str) -> None:
    command.write_outputs(apiUrl="http://127.0.0.1:9/nobody")
    assert command.run(command.csv("1 A1 1 1"), option, url.format(command.api.url)).status == 0


def test_missing_local_system_is_explained(command: Command) -> None:
    (command.folder / "outputs.json").unlink()
    run = command.run(command.csv("1 A1 1 1"))
    assert run.status == 2
    assert "start the local system (make local)" in run.err


def test_outputs_of_another_program_are_refused(command: Command) -> None:
    command.write_outputs(region=None, userPoolClientId=None)
    run = command.run(command.csv("1 A1 1 1"))
    assert run.status == 2
    assert "has no region, userPoolClientId" in run.err


def test_load_into_a_deployment_requires_an_email_address(command: Command) -> None:
    command.write_outputs(local=None)
    assert "say who loads: --email" in command.run(command.csv("1 A1 1 1")).err


def test_missing_or_invalid_file_is_explained(command: Command) -> None:
    run = command.run(str(command.folder / "nothing.csv"))
    assert (run.status, command.api.calls) == (2, [])
    assert "nothing.csv" in run.err
    (command.folder / "orders.csv").write_text("a,b\n1,2\n")
    assert "lack InvoiceNo, StockCode" in command.run(str(command.folder / "orders.csv")).err


def test_load_stops_at_once_if_the_account_is_forbidden(command: Command) -> None:
    command.api.answer_next("POST /products/batch", 403)
    run = command.run(command.csv("1 A1 1 1"))
    assert run.status == 2
    assert "POST /products/batch was refused: told to answer 403" in run.err
    assert "POST /orders" not in command.api.calls


def test_interruption_ends_without_a_traceback(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(invoices, "plan", interrupt)
    run = command.run(command.csv("1 A1 1 1"))
    assert run.status == 130
    assert "nothing is entered twice" in run.err


# -- files of the catalog, of which tests/handlers/test_catalog_files.py has the rules


def _catalog(command: Command, text: str = "SKU,Price\nA-1,2.50\nB-2,x\n") -> str:
    path = command.folder / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_with_a_sku_and_no_invoice_is_imported_into_the_catalog(command: Command) -> None:
    refused = command.folder / "refused.csv"
    run = command.run(_catalog(command), "--refused", str(refused))
    assert run.status == 1
    assert command.api.products == {"A-1": {"sku": "A-1", "unitPrice": 250}}
    assert command.api.orders == {}
    assert "row 3, Price 'x': must be an amount such as 1234.50" in run.out
    assert "2 rows: 1 added, 0 changed, 0 unchanged, 1 refused." in run.out
    assert refused.read_text(encoding="utf-8-sig").splitlines() == [
        "Fault,SKU,Price",
        "Price: must be an amount such as 1234.50,B-2,x",
    ]


def test_a_dry_run_of_a_catalog_writes_nothing_and_says_so(command: Command) -> None:
    run = command.run(_catalog(command, "SKU,Price\nA-1,2.50\n"), "--dry-run")
    assert (run.status, command.api.products) == (0, {})
    assert "Would be added: 1\n  row 2, A-1\n" in run.out
    assert "Nothing was written: it was a dry run." in run.out


def test_a_catalog_that_cannot_be_read_ends_with_2(command: Command) -> None:
    run = command.run(_catalog(command, "SKU,Price,Price\nA-1,2.50,3\n"))
    assert run.status == 2
    assert "the columns 2 and 3, Price and Price, may each be Price: rename all but one" in run.err


@pytest.mark.parametrize("option", [["--dry-run"], ["--refused", "x.csv"], ["--currency", "EUR"]])
def test_options_of_a_catalog_are_refused_for_invoices(command: Command, option: list[str]) -> None:
    run = command.run(command.csv("1 A1 2 2.55"), *option)
    assert (run.status, command.api.calls) == (2, [])
    assert "for files of the catalog" in run.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf\n", "it is empty"),
        (b"%PDF-1.7 x", "it is a PDF"),
        (b"PK\x03\x04 x", "it is a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "it is not a text file"),
        ("SKU,Price\nA,1\n".encode("utf-16-le"), "it has no byte order mark and seems to be UTF-16"),
    ],
)
def test_a_file_that_is_no_catalog_is_named_with_the_reason(
    command: Command, content: bytes, said: str
) -> None:
    path = command.folder / "prices.csv"
    path.write_bytes(content)
    for option in ([], ["--dry-run"]):
        run = command.run(str(path), *option)
        assert (run.status, command.api.calls) == (2, [])
        assert f"{path}: {said}" in run.err


@pytest.mark.parametrize("text", ["Kodas;Kaina\nA-1;2\n", "A-1,2.50\n"])
def test_a_catalog_without_known_column_names_is_not_called_one_of_invoices(
    command: Command, text: str
) -> None:
    run = command.run(_catalog(command, text), "--dry-run")
    assert (run.status, command.api.calls) == (2, [])
    assert "prices.csv has no row of column names of a catalog, such as SKU and Price" in run.err


def test_the_currency_of_prices_can_be_named(command: Command) -> None:
    run = command.run(_catalog(command, "SKU,Price\nA-1,250\nB-2,2.50\n"), "--currency", "JPY")
    assert command.api.products == {"A-1": {"sku": "A-1", "unitPrice": 250}}
    assert "row 3, Price '2.50': must be an amount such as 1234" in run.out
