"""The text that somebody pastes into the search for products."""

import pytest

from tests.site.deno import evaluate


@pytest.mark.parametrize("text", ["MOP-01 24", "MOP-01, 24", "a\tb", "a\nb", "MOP-01;24", "1 2"])
def test_rows_of_a_spreadsheet_are_recognised(text: str) -> None:
    assert evaluate("order/pasted-text.js", "module.isRows(value)", [text]) == [True]


@pytest.mark.parametrize("text", ["bleach 5", "MOP-01", "", "1," * 30_000 + "x", "1" * 60_000 + " x"])
def test_other_text_is_a_search_however_long_it_is(text: str) -> None:
    assert evaluate("order/pasted-text.js", "module.isRows(value)", [text]) == [False]
