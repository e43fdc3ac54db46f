"""The words of the page about the webhook of a connected shop."""

from __future__ import annotations

import json
from typing import Any

from tests.graph.graph import ROOT
from tests.site.deno import evaluate

SCHEMAS = json.loads((ROOT / "components/api_schemas.json").read_text())
MODULE = "webhook/words.js"
NOW = 1_800_000_000_000
BEFORE, LATER = "2027-01-15T07:00:00.000Z", "2027-01-15T09:00:00.000Z"
ONE, TWO = [{"id": "a"}], [{"id": "a"}, {"id": "b"}]
ON = {"state": "active", "failures": 0, "secrets": ONE}


def words(expression: str, *values: Any) -> list[Any]:
    return evaluate(MODULE, expression, list(values))


def test_the_state_of_a_webhook_is_said_in_words() -> None:
    off = {"state": "off", "failures": 0}
    assert words(
        f"module.webhookWords(value, {NOW})",
        ON,
        off,
        {**off, "why": "gone", "offAt": BEFORE},
        {**off, "why": "gone"},
        {**ON, "failures": 3, "pausedUntil": LATER},
        {**ON, "failures": 1, "pausedUntil": BEFORE},
    ) == [
        ["Sends"],
        ["Off"],
        ["Off: the receiver answered 410 Gone", " on ", {"at": BEFORE}],
        ["Off: the receiver answered 410 Gone"],
        ["Waits until ", {"at": LATER}, " after 3 failed tries"],
        ["Tries again now, after 1 failed try"],
    ]


def test_every_event_and_state_of_a_delivery_has_words_of_its_own() -> None:
    for expression, schema in (
        ("module.eventWords({type: value})", "EventType"),
        ("module.deliveryWords({state: value, tries: 1}).join('')", "DeliveryState"),
        ("module.webhookMark({state: value, failures: 0})", "WebhookState"),
    ):
        found = words(expression, *SCHEMAS[schema]["enum"])
        assert all(found)
        assert len(set(found)) == len(found)
    assert words("module.eventWords({type: value})", "order.new") == ["order.new"]


def test_a_delivery_says_when_it_is_tried_again() -> None:
    waiting = {"state": "waiting", "tries": 2, "nextAt": LATER}
    assert words(
        f"module.deliveryWords(value, null, {NOW})",
        waiting,
        {**waiting, "tries": 0},
        {"state": "waiting", "tries": 0},
        {"state": "delivered", "tries": 1, "lastAt": BEFORE},
        {"state": "failed", "tries": 10},
    ) == [
        ["Tries again ", {"at": LATER}, ", after 2 failed tries"],
        ["Tries again ", {"at": LATER}],
        ["Waiting"],
        ["Delivered ", {"at": BEFORE}],
        ["Failed after 10 tries"],
    ]


def test_a_delivery_waits_as_long_as_its_webhook_and_never_promises_a_time_that_is_over() -> None:
    def said(next_at: str, webhook: str) -> list[object]:
        row = {"state": "waiting", "tries": 1, "nextAt": next_at}
        [found] = words(f"module.deliveryWords(value, {webhook}, {NOW})", row)
        return list(found)

    paused = json.dumps({"pausedUntil": LATER})
    assert said(BEFORE, paused) == ["Tries again ", {"at": LATER}, ", after 1 failed try"]
    assert said(BEFORE, "null") == ["Waiting", ", after 1 failed try"]
    assert said(LATER, json.dumps({"pausedUntil": BEFORE}))[1] == {"at": LATER}


def test_a_problem_speaks_of_the_address_and_not_of_a_field_of_the_api() -> None:
    fields = [{"path": "url", "message": "must begin with https://"}]
    assert words(
        "module.problemWords(value)",
        {"message": "url must begin with https://", "fields": fields},
        {"message": "the webhook is off", "fields": []},
        {"message": "no connection"},
    ) == ["The address must begin with https://", "the webhook is off", "no connection"]


def test_an_answer_has_its_status_and_time_or_the_reason_for_none() -> None:
    assert words(
        "module.answerWords(value)",
        {"status": 204, "milliseconds": 35},
        {"status": 500, "milliseconds": 1520, "answer": "oops"},
        {"answer": "timed out", "milliseconds": 5000},
        {},
    ) == [["204 in 35 ms", ""], ["500 in 1.5 s", "oops"], ["No answer after 5.0 s", "timed out"], ["", ""]]
    redirect = {"status": 302, "milliseconds": 7}
    assert words("module.answerWords(value)", redirect, {**redirect, "answer": "moved"}) == [
        ["302 in 7 ms", "A redirect is not followed"],
        ["302 in 7 ms", "moved"],
    ]


def test_only_what_is_not_on_its_way_is_sent_again() -> None:
    deliveries = [{"state": "failed"}, {"state": "delivered"}, {"state": "waiting", "nextAt": LATER}]
    assert words(f"module.isRepeatable(value, {json.dumps(ON)})", *deliveries, {"state": "waiting"}) == [
        *[True] * 3,
        False,
    ]
    assert words("module.isRepeatable({state: 'failed'}, value)", {"state": "off"}, None) == [False, False]


def test_a_webhook_offers_what_makes_sense() -> None:
    assert words(
        "module.webhookActions(value)",
        ON,
        {**ON, "failures": 1, "secrets": TWO},
        {**ON, "state": "off"},
    ) == [
        ["add-secret", "test", "off", "delete"],
        ["test", "now", "off", "delete"],
        ["add-secret", "on", "delete"],
    ]
    removals = words("module.removalQuestion({secrets: value}, {id: 'b'})", ONE, TWO, TWO[::-1])
    asked = [text.partition("?")[0] for text in removals]
    assert asked == ["Remove the secret", "Remove the new secret", "Remove the old secret"]
