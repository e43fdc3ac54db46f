"""The pick list: lines of many orders, summed by SKU."""

from tests.site.deno import evaluate

Json = dict[str, object]


def order(number: int, day: int, *items: Json) -> Json:
    return {
        "orderID": f"{number}-uuid",
        "number": number,
        "createdAt": f"2010-12-{day:02}T08:00:00.000Z",
        "items": items,
    }


def item(sku: str, quantity: int, name: str, unit: str = "each") -> Json:
    return {"sku": sku, "quantity": quantity, "name": name, "unit": unit}


def lines(*orders: Json) -> list[Json]:
    [found] = evaluate("list/pick-list.js", "module.pickLines(value)", [orders])
    lines: list[Json] = found
    return lines


def test_lines_are_summed_by_sku_and_sorted() -> None:
    first = order(1042, 1, item("SOAP", 2, "Soap"), item("MOP", 1, "Mop"), item("SOAP", 3, "Soap"))
    second = order(1043, 2, item("SOAP", 10, "Soap"))
    assert lines(first, second) == [
        {"sku": "MOP", "unit": "", "quantity": 1, "name": "Mop", "orders": "#1042:\u00a01"},
        {
            "sku": "SOAP",
            "unit": "",
            "quantity": 15,
            "name": "Soap",
            "orders": "#1042:\u00a05, #1043:\u00a010",
        },
    ]


def test_what_is_packed_is_counted_with_packs_as_one() -> None:
    cases: list[list[Json]] = [
        [item("MOP", 1, "Mop")],
        [item("MOP", 1, "Mop"), item("SOAP", 2500, "Soap", "Each")],
        [item("MOP", 1, "Mop", "pack of 5")],
        [item("MOP", 4, "Mop", "pack of 5"), item("SOAP", 3, "Soap")],
    ]
    assert evaluate("lib/units.js", "module.inAll(value)", cases) == [
        "1 piece in all",
        "2,501 pieces in all",
        "1 piece or pack in all",
        "7 pieces and packs in all",
    ]


def test_packs_of_another_size_are_not_summed() -> None:
    found = lines(order(1, 1, item("MOP", 1, "Mop", "pack of 5"), item("MOP", 4, "Mop")))
    assert {(line["unit"], line["quantity"]) for line in found} == {("pack of 5", 1), ("", 4)}


def test_a_renamed_product_has_the_name_of_its_latest_order() -> None:
    [line] = lines(order(2, 9, item("MOP", 1, "Wet mop")), order(1, 1, item("MOP", 1, "Mop")))
    assert line["name"] == "Wet mop"


def test_an_order_without_a_number_is_named_by_its_id() -> None:
    older = order(7, 1, item("MOP", 1, "Mop")) | {"number": None, "orderID": "0b8f7a52-2f0c"}
    [line] = lines(older)
    assert line["orders"] == "0b8f7a52:\u00a01"
