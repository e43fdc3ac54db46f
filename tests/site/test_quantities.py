"""Reading whole numbers, with and without marks between their thousands."""

from tests.site.deno import evaluate

# Deno's language is English, in which the comma stands between thousands.
WRITTEN = {
    "0": 0,
    "007": 7,
    "1200": 1200,
    "1,200": 1200,
    "1 200": 1200,
    "1\u202f200": 1200,
    "1\u00a0200\u00a0300": 1_200_300,
    "1'200": 1200,
    "12\u2019345\u2019678": 12_345_678,
}
REFUSED = (
    *("", " ", "-1", "1.0", "1e2", "0x10", "a dozen", "1.200", "1,20", "1,2000", "01,200", "1,200.5", ",200"),
    *("1,200 300", "1 200,300", "1,,200", "1200,300", "\u0661", "\uff11"),
)


def test_a_whole_number_may_have_its_thousands_apart() -> None:
    found = evaluate("lib/quantity.js", "module.wholeNumber(value)", list(WRITTEN))
    assert found == list(WRITTEN.values())


def test_other_text_is_no_whole_number() -> None:
    found = evaluate("lib/quantity.js", "module.wholeNumber(value) ?? null", list(REFUSED))
    assert found == [None] * len(REFUSED)
