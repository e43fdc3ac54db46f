"""The words that compare today's figures with those of the same weekday last week."""

from tests.site.deno import evaluate

WORDS = """(({ compared, ofOrders, ofRevenue }) => [
    compared({ ...ofOrders, soFar: value[0][0], before: value[1][0], by: "by noon" }),
    compared({ ...ofRevenue("GBP"), soFar: value[0][1], before: value[1][1], by: "by noon" }),
])(module)"""
# Orders and revenue of today and of last week, and the words for both.
CASES = [
    ((0, 0), (0, 0), "None by noon either", "None by noon either"),
    ((2, 1500), (0, 0), "None by noon", "None by noon"),
    ((0, 0), (3, 900), "3 fewer than by noon (3)", "£9.00 less than by noon (£9.00)"),
    ((3, 900), (3, 900), "As many as by noon", "As much as by noon"),
    ((5, 1234), (3, 900), "2 more than by noon (3)", "£3.34 more than by noon (£9.00)"),
]


def test_comparison_with_last_week_has_words_for_every_case() -> None:
    found = evaluate("today/wording.js", WORDS, [(now, then) for now, then, *_ in CASES])
    assert found == [[orders, revenue] for _, _, orders, revenue in CASES]
