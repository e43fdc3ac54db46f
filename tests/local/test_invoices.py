"""Invoices of another system: the products and orders made from them, and the refusals with their rules."""

from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local import invoices
from local.csv_file import CsvError
from local.invoice_orders import Refusal, order_id
from local.invoices import Plan
from tests.nasty_texts import NASTY_TEXTS, NastyText

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
MAX_NAME = 120  # of a product; a customer's name is longer
DAY = Path(__file__).parents[1] / "data" / "online-retail-2010-12-01.csv"


def plan_of(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Plan:
    file = tmp_path / "orders.csv"
    file.write_bytes("\n".join([header, *rows, ""]).encode(encoding, "surrogatepass"))
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
        "orderID": order_id("536365"),
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
    assert order_id("536365") == "dc07b82b-3553-5434-868e-cbf4543a9640"
    assert order_id("536366") != order_id("536365")


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
        row(price="", description="FIRST"),
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
    assert customer["email"] == "customer-M-ller-S-hne-5381e28da7@example.com"


def test_every_customer_has_an_address_of_their_own(tmp_path: Path) -> None:
    names = (
        "Müller",
        "Möller",
        "M-ller",
        "M ller",
        "Мария",
        "Марья",
        "x" * 99,
        "x" * 98,
        "A.",
        "A",
        "walk-in",
        "",
    )
    plan = plan_of(tmp_path, *[row(100 + n, customer=name) for n, name in enumerate(names)])
    addresses = {invoice.order["customer"]["email"] for invoice in plan.invoices}
    assert len(addresses) == len(names)
    assert all(address.isascii() and address.index("@") <= 64 for address in addresses)


@pytest.mark.parametrize(
    ("spellings", "customer"),
    [
        (("17850", "17850.0", "017850", " 17850 ", "\u200b17850", "１７８５０"), "17850"),
        (("M\u00fcller", "Mu\u0308ller", "M\u00fc\u00adller"), "M\u00fcller"),
    ],
)
def test_spellings_of_one_customer_id_are_one_customer(
    tmp_path: Path, spellings: tuple[str, ...], customer: str
) -> None:
    plan = plan_of(tmp_path, *[row(100 + n, customer=cell) for n, cell in enumerate(spellings)])
    assert len({invoice.order["customer"]["email"] for invoice in plan.invoices}) == 1
    assert {invoice.order["customer"]["name"] for invoice in plan.invoices} == {f"Customer {customer}"}


@pytest.mark.parametrize(
    "spelling",
    [
        "700010.0",
        "700010.00",
        "0700010",
        " 700010 ",
        "\u200b700010",
        "\ufeff700010",
        "７０００１０",
        "\xa0700010",
    ],
)
def test_spellings_of_one_invoice_number_are_one_order(tmp_path: Path, spelling: str) -> None:
    plan = plan_of(tmp_path, row("700010"), row(spelling, code="B2"))
    assert [(one.number, len(one.order["items"])) for one in plan.invoices] == [("700010", 2)]
    assert plan.invoices[0].order["orderID"] == order_id("700010")
    assert plan.invoices[0].order["notes"].startswith("Invoice 700010 of")
    assert plan_of(tmp_path, row(spelling)).invoices[0].order["orderID"] == order_id("700010")


def test_capitals_and_small_letters_of_an_invoice_number_are_one_order(tmp_path: Path) -> None:
    assert [one.number for one in plan_of(tmp_path, row("re-1"), row("RE-1", "B2")).invoices] == ["RE-1"]


@pytest.mark.parametrize(
    ("spelling", "rule"),
    [
        ("7.0001E+05", "InvoiceNo must have every digit, got '7.0001E+05': a spreadsheet has shortened it"),
        ("7.0001e+05", "InvoiceNo must have every digit"),
        ("700.010", "InvoiceNo must begin with a letter or digit, without marks in numbers, got '700.010'"),
        ('"700,010"', "InvoiceNo must begin with a letter or digit, without marks in numbers, got '700,010'"),
        ("700 010", "InvoiceNo must begin"),
        ('"=""700010"""', "InvoiceNo must begin"),
        ("'700010", "InvoiceNo must begin"),
        ("700010.000", "InvoiceNo must begin"),
        ("#700010", "InvoiceNo must begin"),
    ],
)
def test_unclear_invoice_number_refuses_its_row_and_the_order_it_may_belong_to(
    tmp_path: Path, spelling: str, rule: str
) -> None:
    plan = plan_of(tmp_path, row(1), row("700010"), row(spelling, code="B2"), row(2))
    assert [one.number for one in plan.invoices] == ["1", "2"]
    assert [(one.row, one.rule) for one in plan.refusals if one.row == 3] == [
        (3, "row 4 may belong to it and cannot be read")
    ]
    assert [one.rule[: len(rule)] for one in plan.refusals if one.row == 4] == [rule]
    assert plan.refused_rows == {3, 4}


@pytest.mark.parametrize(
    ("column", "other", "rule"),
    [
        (
            "customer",
            "17851",
            "CustomerID must be the same in every row of an invoice, got '17850' in row 2 and '17851'",
        ),
        ("customer", "", "CustomerID must be the same"),
        (
            "country",
            "Spain",
            "Country must be the same in every row of an invoice, got 'France' in row 2 and 'Spain'",
        ),
        (
            "date",
            "2010-12-02 08:26:00",
            "InvoiceDate must be the same in every row of an invoice, got '2010-12-01'",
        ),
    ],
)
def test_invoice_of_two_customers_countries_or_days_is_refused(
    tmp_path: Path, column: str, other: str, rule: str
) -> None:
    plan = plan_of(tmp_path, row(7), row(7, "B2", **{column: other}), row(8))
    assert [one.number for one in plan.invoices] == ["8"]
    assert [(one.row, one.what, one.rule[: len(rule)]) for one in plan.refusals] == [(2, "order 7", rule)]


def test_invoice_may_take_some_minutes(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(), row(code="B2", date="2010-12-01 08:27:00"))
    assert (len(plan.invoices), plan.refusals) == (1, [])


@pytest.mark.parametrize(
    "date",
    [
        "2010-12-01",
        "2010-12-01T08:26:00Z",
        "12/1/2010 8:26",
        "01.12.2010",
        "31/12/10",
        "2012-02-29",
        "1-12-2010 8:26 PM",
    ],
)
def test_date_may_be_written_in_several_ways(tmp_path: Path, date: str) -> None:
    assert plan_of(tmp_path, row(date=date)).invoices[0].order["notes"] == f"Invoice 1 of {date}"


@pytest.mark.parametrize(
    "date",
    [
        "2010-13-01",
        "2010-02-30",
        "31/04/2010",
        "2010",
        "40513.35",
        "tomorrow",
        "1/0/1900",
        "2010-12-01 25:00",
    ],
)
def test_date_that_no_calendar_has_refuses_the_order(tmp_path: Path, date: str) -> None:
    plan = plan_of(tmp_path, row(date=date), row(2))
    assert [one.number for one in plan.invoices] == ["2"]
    rule = f"InvoiceDate must be a date such as 2010-12-01 08:26, got {date!r}"
    assert plan.refusals == [Refusal(2, "order 1, line 1 (A1)", rule)]


def test_product_in_two_parts_of_an_invoice_refuses_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(1), row(1, "B2"), row(2), row(1), row(1, "B2"))
    assert [one.number for one in plan.invoices] == ["2"]
    rule = "the rows of an invoice may be apart, but not those of a product: "
    assert plan.refusals == [Refusal(2, "order 1", f"{rule}StockCode A1 is in row 2 and again in row 5")]


def test_product_twice_around_a_return_stays_one_order(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(), row(code="B2", quantity=-1), "", row())
    assert [len(one.order["items"]) for one in plan.invoices] == [2]


@pytest.mark.parametrize("code", ["71053.0", "71053.00", "8.5123E+04"])
def test_stock_code_that_became_a_number_refuses_the_order(tmp_path: Path, code: str) -> None:
    plan = plan_of(tmp_path, row(1, code), row(2))
    assert [one.number for one in plan.invoices] == ["2"]
    rule = f"StockCode must be as it is in the catalog, got {code!r}: a program made it a number"
    assert [refusal.rule for refusal in plan.refusals] == [rule]
    assert [product["sku"] for product in plan.products] == ["A1"]


@pytest.mark.parametrize("code", ["01-Dec", "1-Mar", "Sep-02"])
def test_stock_code_that_became_a_date_refuses_the_order(tmp_path: Path, code: str) -> None:
    plan = plan_of(tmp_path, row(1, code), row(2, "DEC-01"))
    assert [one.number for one in plan.invoices] == ["2"]
    rule = f"StockCode must be as it is in the catalog, got {code!r}: a program made it a date"
    assert [refusal.rule for refusal in plan.refusals] == [rule]


@pytest.mark.parametrize("missing", ["nan", "NULL", "None", "#N/A", "#NAME?", "#REF!"])
def test_values_that_are_spelled_out_as_missing_are_no_texts(tmp_path: Path, missing: str) -> None:
    plan = plan_of(tmp_path, row(1, missing), row(2, description=missing, country=missing))
    assert [refusal.rule for refusal in plan.refusals] == [f"StockCode must be a code, got {missing!r}"]
    assert [(product["sku"], product["name"]) for product in plan.products] == [("A1", "A1")]
    assert "address" not in plan.invoices[0].order["customer"]


@pytest.mark.parametrize(
    ("cell", "once"), [("MÃ¼ller", "Müller"), ("Ã\x81lvaro", "Álvaro"), ("5â‚¬ â€“ Sale", "5€ – Sale")]
)
def test_text_that_was_encoded_twice_refuses_its_order(tmp_path: Path, cell: str, once: str) -> None:
    plan = plan_of(tmp_path, row(1, customer=cell), row(2, customer="Müller Ã"))
    assert [one.number for one in plan.invoices] == ["2"]
    rule = f"CustomerID must be encoded once, got {cell!r}, which is {once!r} encoded twice"
    assert plan.refusals == [Refusal(2, "order 1", rule)]


@pytest.mark.parametrize("end", ["\x1a", "\u200b,,,,,,,", " ,\ufeff,,,,,,"])
def test_row_of_nothing_visible_is_no_row(tmp_path: Path, end: str) -> None:
    plan = plan_of(tmp_path, row(1), end)
    assert ([one.number for one in plan.invoices], plan.refusals, plan.rows) == (["1"], [], 1)


def test_no_control_character_of_a_file_is_in_the_report(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "\x1b[2J1,A1", row("\x1b[2J2"), row(3, "\x1b]0;x\x07"), row(customer="\x1b"))
    assert plan.refusals
    assert all(refusal.what.isprintable() and refusal.rule.isprintable() for refusal in plan.refusals)


@pytest.mark.parametrize("nasty", NASTY_TEXTS, ids=lambda nasty: nasty.about)
def test_loader_gives_nasty_texts_their_normal_form(tmp_path: Path, nasty: NastyText) -> None:
    quoted = '"' + nasty.text.replace('"', '""') + '"'
    if nasty.field == "sku":
        assert sent(tmp_path, row(code=quoted)).skus == ([nasty.normal] if nasty.normal else [])
    elif nasty.field == "name":
        names = sent(tmp_path, row(description=quoted)).names
        normal = nasty.normal or "A1"  # the code, if the description is nothing
        assert names == [normal] or (names == [] and (nasty.normal is None or len(normal) > MAX_NAME))


class Sent(NamedTuple):
    """The SKUs of the order's lines and the names of the products that are sent."""

    skus: list[str]
    names: list[str]


def sent(tmp_path: Path, *rows: str) -> Sent:
    """Return what is sent of a file, which is nothing if the file as a whole is refused."""
    try:
        plan = plan_of(tmp_path, *rows)
    except CsvError:
        return Sent([], [])
    skus = [item["sku"] for one in plan.invoices for item in one.order["items"]]
    return Sent(skus, [product["name"] for product in plan.products])


@pytest.mark.parametrize(
    ("price", "pence"),
    [
        ("2.55", 255),
        ("2,55", 255),
        ("2.5", 250),
        ("2", 200),
        ("2.5500", 255),
        ("+2.5", 250),
        (" 2.55\xa0", 255),
    ],
)
def test_price_may_have_a_decimal_comma_or_further_zeros(tmp_path: Path, price: str, pence: int) -> None:
    plan = plan_of(tmp_path, row(price=f'"{price}"'))
    assert [product["unitPrice"] for product in plan.products] == [pence]
    assert plan.invoices[0].prices == [pence]


@pytest.mark.parametrize(
    ("quantity", "pieces"), [("6", 6), ("6.0", 6), ("6.00", 6), ("+6", 6), (" 6 ", 6), ("06", 6)]
)
def test_quantity_may_be_written_as_spreadsheets_do(tmp_path: Path, quantity: str, pieces: int) -> None:
    assert plan_of(tmp_path, row(quantity=quantity)).invoices[0].order["items"][0]["quantity"] == pieces


def test_every_row_of_a_cancellation_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row("C536379", "D", -1), row("c536380", "E", 4))
    rule = "a cancellation (InvoiceNo begins with C) is not an order"
    assert plan.invoices == []
    assert plan.refusals == [
        Refusal(2, "order C536379, line 1 (D)", rule),
        Refusal(3, "order C536380, line 1 (E)", rule),
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
        Refusal(2, "order 9", "items must have at least 1 entry, got 0"),
    ]


@pytest.mark.parametrize(
    ("code", "quantity", "rule", "got"),
    [
        ("A1", "two", "quantity must be a whole number", '"two"'),
        ("A1", "2.5", "quantity must be a whole number", '"2.5"'),
        ("A1", "1.200", "quantity must be a whole number", '"1.200"'),
        ("A1", "6.000", "quantity must be a whole number", '"6.000"'),
        ("A1", "6e2", "quantity must be a whole number", '"6e2"'),
        ("A1", "NaN", "quantity must be a whole number", '"NaN"'),
        ("A1", "inf", "quantity must be a whole number", '"inf"'),
        ("A1", "٦", "quantity must be a whole number", '"٦"'),
        ("A1", "99999999999999", "quantity must be at most 100000", "99999999999999"),
        ("A1", "", "quantity must be a whole number", '""'),
        ("A1", "100001", "quantity must be at most 100000", "100001"),
        ("BANK CHARGES", "1", "StockCode must be a SKU", '"BANK CHARGES"'),
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
    assert Refusal(3, "order 7", "none of its 3 rows is sent") in plan.refusals
    assert plan.refused_rows == {3, 4, 5}
    assert [one.row for one in plan.refusals] == sorted(one.row for one in plan.refusals)


def test_refusal_of_a_whole_order_names_its_first_row(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(2), *[row(1, f"S{n}") for n in range(1001)])
    assert [one.number for one in plan.invoices] == ["2"]
    assert plan.refusals == [Refusal(3, "order 1", "items must have at most 1000 entries, got 1001")]


def test_row_without_an_invoice_number_is_refused(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(""))
    assert plan.refusals == [Refusal(2, "order without number, line 1 (A1)", "InvoiceNo is required")]


@pytest.mark.parametrize(
    "price",
    [
        "1,234.50",
        "1.234,50",
        "1 234.50",
        "1.234",
        "1,234",
        "12.345",
        "NaN",
        "Infinity",
        "1e9",
        "£2",
        "2.55 GBP",
    ],
)
def test_invalid_price_refuses_its_order_and_the_next_price_is_used(tmp_path: Path, price: str) -> None:
    plan = plan_of(tmp_path, row(price=f'"{price}"'), row(), row(2, price="2"))
    assert [one.number for one in plan.invoices] == ["2"]
    assert plan.products[0]["unitPrice"] == 255
    rule = f"UnitPrice must be a number of whole pence, such as 2.55, got {price!r}"
    assert plan.refusals == [
        Refusal(2, "order 1, line 1 (A1)", rule),
        Refusal(2, "order 1", "none of its 2 rows is sent"),
    ]


def test_negative_price_of_a_sold_line_refuses_its_order(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(price="-2.55"), row(2, quantity=-1, price="-2.55"), row(2))
    assert [one.number for one in plan.invoices] == ["2"]
    assert plan.refusals[0] == Refusal(2, "order 1, line 1 (A1)", "UnitPrice must be at least 0, got '-2.55'")


@pytest.mark.parametrize("customer", ["nan", "NaN", "NULL", "None", "N/A", "#N/A", "=1+1", "'7"])
def test_customer_id_that_is_no_id_refuses_the_order(tmp_path: Path, customer: str) -> None:
    plan = plan_of(tmp_path, row(customer=customer), row(2))
    assert [one.number for one in plan.invoices] == ["2"]
    assert plan.refusals[0].rule.startswith("CustomerID must b")
    assert plan.refusals[0].rule.endswith(f"got {customer!r}")


def test_codes_that_differ_only_in_capitals_are_mentioned(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(code="A1"), row(code="a1"), row(code="B2"))
    assert plan.similar_codes == ["A1 and a1"]


def test_invalid_product_is_refused_with_its_row(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, row(), row(code="B2", price="100000.01"))
    assert [product["sku"] for product in plan.products] == ["A1"]
    rule = "UnitPrice must be at most 10000000, got 10000001"
    assert plan.refusals == [Refusal(3, "product B2", rule)]


@pytest.mark.parametrize(
    ("above", "orders"),
    [([], ["1", "3"]), ([row("", "B2")], ["3"]), ([row("", "", quantity=9)], ["1", "3"])],
    ids=["none", "of a product", "of a sum"],
)
def test_row_without_a_number_refuses_the_order_above_if_it_has_a_product(
    tmp_path: Path, above: list[str], orders: list[str]
) -> None:
    plan = plan_of(tmp_path, row(1), *above, row(3))
    assert [one.number for one in plan.invoices] == orders


def test_rows_in_orders_and_refused_rows_add_up(tmp_path: Path) -> None:
    """Each kind of refusal, and each pair of them in one invoice and in two."""
    kinds = [
        row(), row(code="B2"), row(code="B2", quantity=-1), row(quantity="x"), row(price="x"), row(date="x"),
        row(customer="9"), row("C1"), row(""), row("", ""), row("1E+05"), "1,A1", ",,,,,,,9,9",
        '1,A1,"SPONGE', '"1"2,A1', row(description="\ufffd"), row(code="?"), row(quantity=200000), ",,,,,,,",
    ]  # fmt: skip
    for first, second in combinations_with_replacement(kinds, 2):
        plan = plan_of(tmp_path, first, row(2), second, row(1, "Z9"))
        in_orders = sum(len(one.order["items"]) for one in plan.invoices)
        assert plan.rows == in_orders + len(plan.refused_rows), (first, second)
        assert plan.rows == sum(any(cell.strip() for cell in one.split(",")) for one in (first, second)) + 2
        named = {number for number in plan.refused_rows for refusal in plan.refusals if refusal.row == number}
        whole = {refusal.what for refusal in plan.refusals}
        assert named == plan.refused_rows or "order 1" in whole, (first, second)


def test_trading_day_file_has_the_known_counts() -> None:
    plan = invoices.plan(invoices.read(DAY))
    assert (len(plan.products), len(plan.invoices)) == (1343, 136)
    assert (plan.rows, len(plan.refused_rows)) == (3108, 27)
    assert max(len(one.order["items"]) for one in plan.invoices) == 592
    assert len({refusal.what.split(",")[0] for refusal in plan.refusals}) == 7
    assert [refusal.row for refusal in plan.refusals if "536589" in refusal.what] == [2408, 2408]
