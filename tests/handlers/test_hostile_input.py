"""Text from outside that is made to be slow: the time to refuse it grows with its length only."""

import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from lambdas.platform import json_schema, strict_json, text, times
from lambdas.platform.errors import BadRequestError, UndeliverableError
from lambdas.platform.http_api import Request
from lambdas.shop import search, submissions

ORDER_ID = str(uuid.UUID(int=0))


def order(**changes: Any) -> str:
    customer = {"name": "Ann", "email": "ann@shop.example"} | changes.pop("customer", {})
    base = {"orderID": ORDER_ID, "customer": customer, "items": [{"sku": "A", "quantity": 1}]}
    return json.dumps(base | changes)


BODIES: dict[str, Callable[[int], str]] = {
    "dots in an address": lambda size: order(customer={"email": "a@" + "." * size}),
    "labels in an address": lambda size: order(customer={"email": "a@" + "b." * (size // 2) + " "}),
    "at signs in an address": lambda size: order(customer={"email": "a@b." * (size // 4)}),
    "blanks around a name": lambda size: order(customer={"name": " " * size}),
    "blanks in a name": lambda size: order(customer={"name": "a" + " " * size + "b"}),
    "accents on one letter": lambda size: order(notes="e" + "\u0301\u0323" * (size // 2)),
    "joiners": lambda size: order(notes="\u200d" * size + "a"),
    "flags": lambda size: order(notes="\U0001f3f4\U000e0067" * (size // 2)),
    "Punycode": lambda size: order(customer={"email": "a@xn--" + "a" * size + ".example"}),
    "hyphens in a SKU": lambda size: order(items=[{"sku": "A" + "-" * size + " ", "quantity": 1}]),
    "faulty lines": lambda size: order(items=[{"sku": "", "quantity": 0, "x": 1}] * (size // 30)),
    "unknown fields": lambda size: order(**{f"field{at}": at for at in range(size // 10)}),
    "one long unknown field": lambda size: order(**{"\u200b" * size: 1}),
    "deep nesting": lambda size: f'{{"orderID":"{ORDER_ID}","items":{"[" * size}{"]" * size}}}',
    "nested objects": lambda size: '{"a":' * size + "1" + "}" * size,
    "digits": lambda size: order(notes=1).replace(': 1}', f": {'9' * size}}}"),
    "fraction": lambda size: order(notes=1).replace(': 1}', f": 0.{'9' * size}}}"),
    "exponent": lambda size: order(notes=1).replace(': 1}', f": 1e{'9' * size}}}"),
    "opening quotes": lambda size: '{"orderID":' + '"\\' * size,
    "many short numbers": lambda size: order(items=list(range(size // 6))),
}  # fmt: skip


def parse_body(body: str) -> None:
    with suppress(UndeliverableError):
        submissions.read(body)


def request_body(body: str) -> None:
    with suppress(BadRequestError):
        Request({"body": body}).json("OrderEdit")


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("read", [parse_body, request_body])
@pytest.mark.parametrize("kind", BODIES)
def test_the_time_to_refuse_a_body_grows_with_its_length(kind: str, read: Callable[[str], None]) -> None:
    assert growth(read, BODIES[kind]) < 40


QUERIES: dict[str, Callable[[int], str]] = {
    "letters": lambda size: "a" * size,
    "symbols": lambda size: "a" + "-" * size + "a",
    "blanks": lambda size: "a" + " " * size + "b",
    "accents": lambda size: "e" + "\u0301\u0323" * (size // 20),
    "apostrophes": lambda size: "a'" * (size // 2),
}


@pytest.mark.parametrize("kind", QUERIES)
def test_the_time_for_a_query_grows_with_its_length(kind: str) -> None:
    def ask(given: str) -> None:
        event = {"queryStringParameters": {"q": given}}
        with suppress(BadRequestError):
            search.parse_query(Request(event).query("q"), search.ORDER)

    assert growth(ask, QUERIES[kind]) < 40


PATHS: dict[str, Callable[[int], str]] = {
    "labels": lambda size: "a@" + "xn--a-qgn." * (size // 10),
    "Punycode": lambda size: "a@xn--" + "a" * size,
    "digits": lambda size: "1" * size,
    "time": lambda size: "2010-12-01T" + "0" * size,
}


@pytest.mark.parametrize("kind", PATHS)
def test_the_time_for_a_parameter_grows_with_its_length(kind: str) -> None:
    def ask(given: str) -> None:
        key = Request({"pathParameters": {"email": given}}).path("email")
        if json_schema.is_valid("Customer", "email", key):
            text.mailbox(key)
        with suppress(ValueError):
            times.first_instant(given)

    assert growth(ask, PATHS[kind]) < 40


def growth(act: Callable[[str], None], made: Callable[[int], str]) -> float:
    """Return how much longer tenfold input takes: 10 times if the time is linear, 100 if it is squared."""
    short, long = (min(seconds(act, made(size)) for _ in range(3)) for size in (4_000, 40_000))
    return long / max(short, 0.0005)


def seconds(act: Callable[[str], None], given: str) -> float:
    started = time.thread_time()
    act(given)
    return time.thread_time() - started


@pytest.mark.usefixtures("settings")
def test_the_validator_stops_after_the_faults_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    matches = json_schema._matches

    def count(rule: str, value: str) -> bool:
        checked.append(value)
        return matches(rule, value)

    monkeypatch.setattr(json_schema, "_matches", count)
    submission = submissions.read(order(items=[{"sku": "-", "quantity": 1}] * 5_000))
    assert len(submission.faults) == submissions.MAX_FAULTS
    assert len(checked) < 2 * submissions.MAX_FAULTS


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "1e999999999999999999999"])
def test_json_that_python_cannot_parse_is_refused_with_a_reason(body: str) -> None:
    with pytest.raises(strict_json.NotJsonError):
        strict_json.parse(body)
