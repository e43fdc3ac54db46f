"""The barcode of an order's number, read back bar by bar."""

import pytest

from tests.site.deno import evaluate

# Code 39 by ISO/IEC 16388: the wide ones of the five bars and the four spaces of each character.
WIDE_BARS = {
    **{"1": "15", "2": "25", "3": "12", "4": "35", "5": "13", "6": "23", "7": "45", "8": "14", "9": "24"},
    **{"0": "34", "*": "34"},
}
WIDE_SPACE = dict.fromkeys("1234567890", 2) | {"*": 1}
NUMBERS = ["1001", "1042", "2345678901", "99999"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_barcode_has_the_bars_of_the_standard(number: str) -> None:
    [found] = evaluate("lib/barcode.js", "module.barsOf(value)", [int(number)])
    bars, place = found["bars"], 0
    for character in f"*{number}*":
        for bar in range(1, 6):
            wide = str(bar) in WIDE_BARS[character]
            assert bars.pop(0) == {"at": place, "size": 3 if wide else 1}
            place += 3 if wide else 1
            place += 3 if bar == WIDE_SPACE[character] else 1
    assert bars == []
    assert found["width"] == place - 1
