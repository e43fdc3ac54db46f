"""Invoices of another system: the products and orders made from them, and the refusals with their rules."""

from pathlib import Path
from typing import Any

import pytest

from local import invoices
from local.invoices import CsvError, Plan, Refusal

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
DAY = Path(__file__).parents[1] / "data" / "online-retail-2010-12-01.csv"


def plan_of(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Plan:
    file = tmp_path / "orders.csv"
    file.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return invoices.plan(invoices.read(file))


def row(invoice: Any = 1, code: str = "A1", quantity: Any = 2, price: Any = "2.55", **more: str) -> str:
    cells = {
        "description": "SPONGE",
        "date": "2010-12-01 08:26:00",
        "customer": "17850.0",
        "country": "France",
    }
    c = {**cells, **more}
    return (
        f"{invoice},{code},{c['description']},{quantity},{c['date']},{price},{c['customer']},{c['country']}"
    )


def test_invoice_becomes_an_order(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(536365), row(536365, "B2", 1, "0.5", description="MOP"))
    assert plan.refusals == []
    assert [one.number for one in plan.invoices] == ["536365"]
    assert plan.invoices[0].order == {
        "orderID": invoices.order_id("536365"),
        "customer": {"name": "Customer 17850", "email": "customer-17850@example.com", "address": "France"},
        "items": [{"sku": "A1", "quantity": 2}, {"sku": "B2", "quantity": 1}],
        "notes": "Invoice 536365 of 2010-12-01 08:26:00",
    }
    assert plan.products == [
        {
            "sku": "A1",
            "name": "SPONGE",
            "category": "General",
            "unitPrice": 255,
            "currency": "GBP",
            "unit": "each",
        }
        | {"active": True},
        {
            "sku": "B2",
            "name": "MOP",
            "category": "General",
            "unitPrice": 50,
            "currency": "GBP",
            "unit": "each",
        }
        | {"active": True},
    ]


def test_order_id_is_the_same_at_every_load() -> None:
    assert invoices.order_id("536365") == "dc07b82b-3553-5434-868e-cbf4543a9640"
    assert invoices.order_id("536366") != invoices.order_id("536365")


def test_rows_of_one_invoice_need_not_be_adjacent(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(1), row(2), row(1, "B2"))
    assert [len(one.order["items"]) for one in plan.invoices] == [2, 1]


def test_a_product_twice_on_an_invoice_becomes_two_lines(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(quantity=2), row(quantity=3))
    assert plan.invoices[0].order["items"] == [{"sku": "A1", "quantity": 2}, {"sku": "A1", "quantity": 3}]


def test_product_has_its_first_description_and_first_positive_price(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        row(price="0.0", description=""),
        row(price="-1", description="FIRST"),
        row(price="19.99", description=""),
        row(price="3", description="SECOND"),
        row(code="B2", description=""),
        row(code="C3", price="0"),
        row(code="D4", price=""),
    )
    assert [(one["sku"], one["name"], one["unitPrice"]) for one in plan.products] == [
        ("A1", "FIRST", 1999),
        ("B2", "B2", 255),
    ]
    assert plan.refusals == []


def test_invoice_without_a_customer_belongs_to_the_walk_in_customer(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(customer="", country=""))
    assert plan.invoices[0].order["customer"] == {"name": "Walk-in customer", "email": "walk-in@example.com"}


def test_customer_id_may_be_text(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(customer="Müller & Söhne"))
    customer = plan.invoices[0].order["customer"]
    assert customer["name"] == "Customer Müller & Söhne"
    assert customer["email"] == "customer-M-ller-S-hne@example.com"


def test_every_row_of_a_cancellation_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row("C536379", "D", -1), row("c536380", "E", 4))
    rule = "a cancellation (InvoiceNo begins with C) is not an order"
    assert plan.invoices == []
    assert plan.refusals == [
        Refusal(2, "order C536379, line 1 (D)", rule),
        Refusal(3, "order c536380, line 1 (E)", rule),
    ]


@pytest.mark.parametrize("quantity", ["-10", "0", "-3.0"])
def test_returned_line_is_refused_and_other_lines_are_ordered(tmp_path: Path, quantity: str) -> None:
    plan = plan_of(tmp_path, row(), row(code="B2", quantity=quantity), row(code="C3"))
    assert [item["sku"] for item in plan.invoices[0].order["items"]] == ["A1", "C3"]
    rule = f"quantity must be at least 1, got {int(float(quantity))}"
    assert plan.refusals == [Refusal(3, "order 1, line 2 (B2)", rule)]


def test_order_with_only_returns_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(9, quantity=-1), row(1))
    assert [one.number for one in plan.invoices] == ["1"]
    assert plan.refusals == [
        Refusal(2, "order 9, line 1 (A1)", "quantity must be at least 1, got -1"),
        Refusal(2, "order 9", "items must have a length of at least 1, got 0"),
    ]


@pytest.mark.parametrize(
    ("code", "quantity", "rule", "got"),
    [
        ("A1", "two", "quantity must be a whole number", '"two"'),
        ("A1", "2.5", "quantity must be a whole number", '"2.5"'),
        ("A1", "", "quantity must be a whole number", '""'),
        ("A1", "100001", "quantity must be at most 100000", "100001"),
        ("BANK CHARGES", "1", "sku must be a SKU", '"BANK CHARGES"'),
    ],
)
def test_invalid_line_refuses_only_its_own_order(
    tmp_path: Path, code: str, quantity: str, rule: str, got: str
) -> None:
    plan = plan_of(tmp_path, row(1), row(7), row(7, quantity=-1), row(7, code, quantity), row(2))
    assert [one.number for one in plan.invoices] == ["1", "2"]
    refused = [one for one in plan.refusals if one.what == f"order 7, line 3 ({code})"]
    assert [(one.row, one.rule[: len(rule)]) for one in refused] == [(5, rule)]
    assert refused[0].rule.endswith(f", got {got}")
    assert [one.row for one in plan.refusals] == sorted(one.row for one in plan.refusals)


def test_refusal_of_a_whole_order_names_its_first_row(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(2), *[row(1, f"S{n}") for n in range(1001)])
    assert [one.number for one in plan.invoices] == ["2"]
    assert plan.refusals == [Refusal(3, "order 1", "items must have a length of at most 1000, got 1001")]


def test_row_without_an_invoice_number_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(""))
    assert plan.refusals == [Refusal(2, "order without number, line 1 (A1)", "InvoiceNo is required")]


@pytest.mark.parametrize("price", ["1,234.50", "12.345", "NaN", "Infinity", "1e9", "£2"])
def test_invalid_price_is_refused_and_the_next_price_is_used(tmp_path: Path, price: str) -> None:
    plan = plan_of(tmp_path, row(price=f'"{price}"'), row(price="2"))
    assert plan.products[0]["unitPrice"] == 200
    rule = f"UnitPrice must be a number of whole pence, such as 2.55, got {price!r}"
    assert plan.refusals == [Refusal(2, "price of A1", rule)]
    assert len(plan.invoices[0].order["items"]) == 2


def test_invalid_product_is_refused_with_its_row(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(), row(code="B2", price="100000.01"))
    assert [product["sku"] for product in plan.products] == ["A1"]
    rule = "unitPrice must be at most 10000000, got 10000001"
    assert plan.refusals == [Refusal(3, "product B2", rule)]


def test_row_number_is_the_line_number_in_a_text_editor(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(1, description='"TWO\nLINES"'), "", row(2, quantity=0))
    assert plan.products[0]["name"] == "TWO\nLINES"
    assert plan.refusals[0].row == 5


def test_columns_may_be_in_any_order_with_extra_columns(tmp_path: Path) -> None:
    header = " country ,Extra,UNITPRICE,CustomerID,InvoiceDate,Quantity,Description,StockCode,InvoiceNo"
    plan = plan_of(tmp_path, "France,x,2.55,17850,2010-12-01,2,SPONGE,A1,1", header=header)
    assert plan.invoices[0].order["customer"]["address"] == "France"
    assert plan.invoices[0].order["items"] == [{"sku": "A1", "quantity": 2}]


def test_short_row_is_refused_for_its_missing_cell(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "1,A1,SPONGE")
    assert [refusal.rule for refusal in plan.refusals] == ['quantity must be a whole number, got ""']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_utf8_and_latin1_files_are_read(tmp_path: Path, encoding: str) -> None:
    plan = plan_of(tmp_path, row(description="CAFÉ £5"), encoding=encoding)
    assert plan.products[0]["name"] == "CAFÉ £5"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Country", "lacks UnitPrice, CustomerID"),
        (HEADER.replace(",", ";"), "Found: InvoiceNo;StockCode"),
        ("", "Found: nothing"),
    ],
)
def test_missing_column_in_the_header_raises_with_its_name(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(CsvError, match=words):
        plan_of(tmp_path, header=header)


def test_too_long_cell_raises_with_its_line_number(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match=r"line 3: field larger than field limit"):
        plan_of(tmp_path, row(), row(description="x" * 200_000))


def test_trading_day_file_has_the_known_counts() -> None:
    plan = invoices.plan(invoices.read(DAY))
    assert (len(plan.products), len(plan.invoices)) == (1343, 136)
    assert max(len(one.order["items"]) for one in plan.invoices) == 592
    assert len({refusal.what.split(",")[0] for refusal in plan.refusals}) == 7
    assert [refusal.row for refusal in plan.refusals if "536589" in refusal.what] == [2408, 2408]
