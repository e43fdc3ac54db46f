"""Quick order, saved lists, earlier orders and papers of the storefront, without a browser."""

from typing import Any

import pytest

from tests.site.deno import evaluate

ROWS, LISTS = "../storefront/assets/quick/rows.js", "../storefront/assets/lists/lists.js"
PAPERS, CLAIMS = "../storefront/assets/orders/papers.js", "../storefront/assets/orders/claims.js"
Json = dict[str, Any]


def facts(sku: str, least: int = 1, **fields: Any) -> Json:
    found = {"sku": sku, "name": f"Mop {sku}", "unit": "each", "unitPrice": 250, "currency": "GBP"}
    return {**found, "minQuantity": least, **fields}


def row(number: int, sku: str, quantity: int = 2, **fields: Any) -> Json:
    return {"row": number, "at": 0, "text": f"{sku} {quantity}", "sku": sku, "quantity": quantity, **fields}


def judged(rows: list[Json], known: Json) -> list[Json]:
    expression = "module.judged(value.rows, new Map(Object.entries(value.known)), 'GBP')"
    [found] = evaluate(ROWS, expression, [{"rows": rows, "known": known}])
    assert isinstance(found, list)
    return found


def put(kept: Json, rows: list[Json], known: Json, most: Json | None = None) -> Json:
    expression = """(() => {
      const rows = module.judged(value.rows, new Map(Object.entries(value.known)), "GBP");
      const found = module.withRows(value.kept, rows, value.most);
      return { ...found, left: module.leftRows(rows, found.full).map(({ text }) => text) };
    })()"""
    value = {"kept": kept, "rows": rows, "known": known, "most": most or {"lines": 500, "units": 100_000}}
    [found] = evaluate(ROWS, expression, [value])
    assert isinstance(found, dict)
    return found


EMPTY: Json = {"base": None, "changed": [], "lines": []}


def test_each_row_says_what_becomes_of_it() -> None:
    rows = [
        row(1, "A"),
        row(2, "B", fault="has no quantity"),
        row(3, "GONE"),
        row(4, "SLOW"),
        row(5, "MANY"),
        row(6, "EURO"),
        row(7, "DOZEN", unit="dozen"),
    ]
    known = {
        "A": facts("A"),
        "GONE": None,
        "MANY": facts("MANY", 3),
        "EURO": facts("EURO", currency="EUR"),
        "DOZEN": facts("DOZEN"),
    }
    assert [(one["state"], one["note"]) for one in judged(rows, known)] == [
        ("good", ""),
        ("bad", "Row 2 has no quantity."),
        ("bad", "This shop sells no product with this SKU."),
        ("looking", "Looking it up …"),
        ("good", "At least 3 in an order."),
        ("bad", "Not sold here: it has a price in another currency."),
        ("good", "Your table says dozen; a unit here is each."),
    ]


def test_rows_of_the_same_product_are_added_up_on_the_first() -> None:
    found = judged(
        [row(1, "a", 2), row(2, "B"), row(3, "A", 5)], {"a": facts("A"), "A": facts("A"), "B": facts("B")}
    )
    assert [(one["state"], one.get("sum")) for one in found][:2] == [("good", 7), ("good", 2)]
    assert (found[2]["state"], found[2]["note"]) == ("joined", "Added to row 1.")


def test_a_product_is_looked_for_as_written_and_in_capitals() -> None:
    assert evaluate(ROWS, "module.spellings(value)", ["mop-1", "MOP-1"]) == [["mop-1", "MOP-1"], ["MOP-1"]]


def test_good_rows_are_added_to_the_cart_and_others_are_left() -> None:
    line = {"sku": "A", "quantity": 1, "ticked": False, "name": "Old", "unitPrice": 1}
    found = put(EMPTY | {"lines": [line]}, [row(1, "A"), row(2, "GONE"), row(3, "B"), row(4, "A")], {
        "A": facts("A"), "GONE": None, "B": facts("B"),
    })  # fmt: skip
    assert found["kept"]["lines"] == [
        {"sku": "A", "quantity": 5, "ticked": True, "name": "Mop A", "unitPrice": 250},
        {"sku": "B", "quantity": 2, "ticked": True, "name": "Mop B", "unitPrice": 250},
    ]
    assert (found["count"], found["left"]) == (2, ["GONE 2"])


@pytest.mark.parametrize("most", [{"lines": 1, "units": 100_000}, {"lines": 500, "units": 3}])
def test_rows_that_the_cart_has_no_room_for_are_left(most: Json) -> None:
    quantity = 4 if most["units"] == 3 else 2
    rows = [row(1, "A"), row(2, "B", quantity), row(3, "B", 1)]
    found = put(EMPTY, rows, {"A": facts("A"), "B": facts("B")}, most)
    assert [one["sku"] for one in found["kept"]["lines"]] == ["A"]
    assert found["left"] == [f"B {quantity}", "B 1"]


def test_what_became_of_the_rows_is_read_out_once_all_are_looked_up() -> None:
    states = [["good", "looking"], [], ["good"], ["good", "joined", "good", "bad"], ["bad", "bad"]]
    rows = [[{"state": state} for state in some] for some in states]
    assert evaluate(ROWS, "module.summaryOf(value)", rows) == [
        "",
        "",
        "One product found.",
        "2 products found. One row cannot be ordered.",
        "No product found. 2 rows cannot be ordered.",
    ]


def test_a_list_has_the_products_of_the_cart_and_stands_first() -> None:
    cart = [{"sku": "A", "quantity": 3, "name": "Mop", "ticked": False, "unitPrice": 1}]
    older = {"name": "Monthly", "lines": []}
    value = {"lists": [older], "cart": cart}
    [found] = evaluate(LISTS, "module.withList(value.lists, ' Weekly ', value.cart)", [value])
    assert found == [{"name": "Weekly", "lines": [{"sku": "A", "quantity": 3, "name": "Mop"}]}, older]


@pytest.mark.parametrize(
    ("name", "at", "is_good"),
    [
        ("Weekly", -1, False),
        (" weekly ", -1, False),
        ("Weekly", 0, True),
        ("Weekly", 1, False),
        ("New", -1, True),
        (" ", -1, False),
    ],
)
def test_each_list_has_a_name_of_its_own(name: str, at: int, *, is_good: bool) -> None:
    lists = [{"name": "Weekly", "lines": []}, {"name": "Monthly", "lines": []}]
    value = {"lists": lists, "name": name, "at": at}
    [fault] = evaluate(LISTS, "module.faultOfName(value.lists, value.name, value.at)", [value])
    assert (fault == "") is is_good


def test_a_cart_that_cannot_be_a_list_says_why() -> None:
    found = evaluate(
        LISTS,
        "module.whyNotSaved(...value, { lists: 50, lines: 200 })",
        [[49, 200], [50, 1], [0, 0], [0, 201]],
    )
    assert found == [
        "",
        "At most 50 lists.",
        "Your cart is empty. What is in it can be saved here.",
        "A list has at most 200 products, and your cart has 201.",
    ]


def test_a_renamed_list_keeps_its_place_and_its_lines() -> None:
    lists = [{"name": "A", "lines": [1]}, {"name": "B", "lines": [2]}]
    [found] = evaluate(LISTS, "module.renamed(value, 1, ' C ')", [lists])
    assert found == [{"name": "A", "lines": [1]}, {"name": "C", "lines": [2]}]


def test_a_list_is_put_into_the_cart_with_the_names_and_prices_of_now() -> None:
    lines = [{"sku": sku, "quantity": 2, "name": "Old"} for sku in ("A", "GONE")]
    value = {"list": {"name": "Weekly", "lines": lines}, "known": {"A": facts("A"), "GONE": None}}
    expression = "module.forCart(value.list, new Map(Object.entries(value.known)))"
    [found] = evaluate(LISTS, expression, [value])
    assert found == [
        {"sku": "A", "quantity": 2, "name": "Mop A", "unitPrice": 250},
        {"sku": "GONE", "quantity": 2, "name": "Old", "unitPrice": 0},
    ]


# ---- papers of an order

SHEET = {"path": "/files/a.pdf", "version": "3", "date": "2026-03-01"}


def sums(order: Json, known: Json, rates: Json) -> Json:
    expression = "module.sumsOfOrder(value.order, new Map(Object.entries(value.known)), value.rates)"
    [found] = evaluate(PAPERS, expression, [{"order": order, "known": known, "rates": rates}])
    assert isinstance(found, dict)
    return found


def test_an_order_has_the_vat_of_its_products_at_the_prices_of_the_order() -> None:
    items = [{"sku": "A", "quantity": 3, "unitPrice": 333}, {"sku": "B", "quantity": 1, "unitPrice": 100}]
    known = {"A": facts("A", vatClass="standard", unitPrice=999), "B": facts("B", vatClass="zero")}
    found = sums({"items": items, "total": 1099}, known, {"standard": 2000})
    assert found == {"count": 2, "net": 1099, "vat": 200, "gross": 1299}


@pytest.mark.parametrize(
    ("known", "charges", "rates"),
    [
        ({"A": None}, [], {"standard": 2000}),
        ({}, [], {"standard": 2000}),
        ({"A": facts("A")}, [], {"standard": 2000}),
        ({"A": facts("A", vatClass="standard")}, [], {}),
        ({"A": facts("A", vatClass="standard")}, [{"kind": "delivery", "amount": 500}], {"standard": 2000}),
    ],
)
def test_vat_that_is_not_known_is_not_guessed(known: Json, charges: list[Json], rates: Json) -> None:
    order = {"items": [{"sku": "A", "quantity": 1, "unitPrice": 250}], "charges": charges, "total": 750}
    assert sums(order, known, rates) == {"count": 1, "net": 750}


def test_each_data_sheet_of_an_order_is_shown_once() -> None:
    items = [{"sku": sku, "quantity": 1} for sku in ("B", "A", "B", "GONE", "PLAIN")]
    known = {
        "A": facts("A", sheet=SHEET),
        "B": facts("B", sheet=SHEET),
        "GONE": None,
        "PLAIN": facts("PLAIN"),
    }
    expression = "module.sheetsOf(value.items, new Map(Object.entries(value.known)))"
    [found] = evaluate(PAPERS, expression, [{"items": items, "known": known}])
    assert found == [{"name": "Mop B", **SHEET}, {"name": "Mop A", **SHEET}]


def test_orders_are_claimed_until_no_more_follow() -> None:
    expression = """(async () => {
      const asked = [];
      const answers = value.map(([claimed, nextCursor]) => ({ claimed, nextCursor }));
      const sum = await module.claimAll(async (cursor) => {
        asked.push(cursor);
        return answers.shift();
      });
      return [sum, asked, module.claimedText(sum)];
    })()"""
    several, none, one = evaluate(
        CLAIMS, expression, [[[25, "a"], [0, "b"], [2, None]], [[0, None]], [[1, None]]]
    )
    assert several == [27, ["", "a", "b"], "27 orders are added. The newest stand first."]
    assert none == [0, [""], "There are no other orders of this address."]
    assert one == [1, [""], "One order is added."]
