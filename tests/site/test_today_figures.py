"""The words that compare today's figures with those of the same weekday last week."""

from typing import Any

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


def at(time: str, orders: int, revenue: int, **senders: tuple[int, int]) -> dict[str, Any]:
    parts = {sender: {"orders": many, "revenue": much} for sender, (many, much) in senders.items()}
    return {"at": f"2026-11-{time}:00.000Z", "orders": orders, "revenue": revenue, "senders": parts}


def test_todays_orders_are_divided_among_their_senders() -> None:
    """Yesterday and tomorrow in the person's time zone do not count. A shop without a row has no name."""
    slots = [
        at("19T22:45", 9, 9000, shop1=(9, 9000)),
        at("19T23:00", 3, 300, shop1=(1, 100)),
        at("20T08:15", 12, 1005, shop1=(1, 50), shop2=(4, 400), operator=(1, 1), customer=(5, 5)),
        at("20T23:00", 8, 8000, shop2=(8, 8000)),
    ]
    by_sender = "(at('Europe/Berlin', '2026-11-20T12:00:00Z'), module.bySender(value, new Date()))"
    mixed = {"slots": slots, "shops": {"shop1": "Hotel Sonne"}}
    staffs = {"slots": [at("20T08:15", 7, 1000)], "shops": {}}
    shown, none = evaluate("today/senders.js", by_sender, [mixed, staffs])
    assert [(row["name"], row["orders"], row["revenue"]) for row in shown] == [
        ("Customers", 5, 5),
        ("A connected shop", 4, 400),
        ("Staff", 3, 749),
        ("Hotel Sonne", 2, 150),
        ("Operators in AWS", 1, 1),
    ]
    filters = ["channel=customer", "shop=shop2", "channel=staff", "shop=shop1", "channel=operator"]
    assert [row["href"] for row in shown] == [f"/orders.html?{one}&period=today" for one in filters]
    assert none == []
