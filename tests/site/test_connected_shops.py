"""The words of the page Connected shops."""

from __future__ import annotations

import json
from typing import Any

from tests.graph.graph import ROOT
from tests.site.deno import evaluate

SCHEMAS = json.loads((ROOT / "components/api_schemas.json").read_text())
EVENTS: list[str] = SCHEMAS["ShopHistoryEntry"]["properties"]["event"]["enum"]
MODULE = "shops/words.js"
ONE, TWO = [{"id": "a"}], [{"id": "a"}, {"id": "b"}]


def words(expression: str, *values: Any) -> list[Any]:
    return evaluate(MODULE, expression, list(values))


def test_every_state_and_change_has_words_of_its_own() -> None:
    states = words("module.shopStateWords({state: value})", *SCHEMAS["ShopState"]["enum"])
    changes = words('module.shopChangeWords({event: value, from: "a", to: "b"})', *EVENTS)
    for found in (states, changes):
        assert all(found)
        assert len(set(found)) == len(found)


def test_a_new_name_is_shown_beside_the_old_one() -> None:
    change = {"event": "renamed", "from": "Web shop", "to": "متجر"}
    assert words("module.shopChangeWords(value)", change) == ["Renamed from Web shop to \u2068متجر\u2069"]


def test_a_shop_with_two_secrets_gets_no_third() -> None:
    shops = [
        {"state": state, "secrets": secrets} for state in ("active", "disabled") for secrets in (ONE, TWO)
    ]
    assert words("module.shopActions(value)", *shops) == [
        ["add-secret", "disable", "delete"],
        ["disable", "delete"],
        ["add-secret", "enable", "delete"],
        ["enable", "delete"],
    ]
    assert words("module.secretWords(value)", *shops[:2]) == [
        "One secret",
        "Two secrets, while one is replaced",
    ]


def test_questions_say_how_long_a_token_still_works() -> None:
    for question in ("disableQuestion", "deleteQuestion"):
        (asked,) = words(f"module.{question}(value)", {"name": "Web shop"})
        assert "Web shop" in asked
        assert "works for up to an hour" in asked
    removals = words("module.removeQuestion({secrets: value}, {id: 'b'})", TWO, TWO[::-1])
    assert [text.partition("?")[0] for text in removals] == ["Remove the new secret", "Remove the old secret"]


def test_orders_of_today_are_added_up_by_sender() -> None:
    slots = [
        {"senders": {"shop1": {"orders": 2, "revenue": 5}, "operator": {"orders": 1, "revenue": 1}}},
        {},
        {"senders": {"shop1": {"orders": 1, "revenue": 5}}},
    ]
    (found,) = evaluate("shops/sums.js", "module.todayOf(value)", [{"slots": slots}])
    assert found == {"shop1": 3, "operator": 1}


def test_what_failed_last_of_a_shop_comes_first() -> None:
    rejected = [{"createdAt": "2026-11-27T08:00:00Z"}, {"createdAt": "2026-11-25T08:00:00Z"}]
    letters = [
        {"receivedAt": "2026-11-28T08:00:00Z", "shopID": "shop2"},
        {"receivedAt": "2026-11-26T08:00:00Z", "shopID": "shop1"},
        {"receivedAt": "2026-11-29T08:00:00Z"},
    ]
    both = "[1, 2, 9].map((most) => module.lastFailures('shop1', value[0], value[1], most).map(({at}) => at))"
    (found,) = evaluate("shops/sums.js", both, [[rejected, letters]])
    days = ["2026-11-27T08:00:00Z", "2026-11-26T08:00:00Z", "2026-11-25T08:00:00Z"]
    assert found == [days[:1], days[:2], days]
