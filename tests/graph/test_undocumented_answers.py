"""AWS does not document how a mapping template renders some claims and which content types it takes.

These tests play each possible answer of API Gateway, through the template to the writer's own check. An order
is queued only for members of staff and admin and for customers whose e-mail address is proved, and for every
usual spelling of JSON's content type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote_plus

import pytest

from components import openapi
from components.api_calls import STAFF_API, STOREFRONT, Api
from lambdas.platform.errors import UndeliverableError
from lambdas.shop import order_origin
from lambdas.shop.order_message import Message

Render = Callable[[str], str]
Choose = Callable[[Mapping[str, str], str], str | None]

QUEUED, FORBIDDEN, REFUSED, FAILED = "queued", 403, 415, 500


class TemplateError(Exception):
    """API Gateway answers 500, because it cannot render the template."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the writer the ID of the gateway's role."""
    monkeypatch.setenv("SHOP_GATEWAY_ROLE_ID", "AROAGATEWAY")
    monkeypatch.setenv("SHOP_SEAL_KEY", "key")


def fail(text: str) -> str:
    raise TemplateError(text)


# How a template may render a claim that the token does not have.
ABSENT: dict[str, Render] = {
    "empty": lambda _text: "",
    "its own text": lambda text: text,
    "null": lambda _text: "null",
    "an error": fail,
}
# How a template may render two groups.
LISTS: dict[str, Callable[[list[str]], str]] = {
    "commas": ",".join,
    "Java's list": lambda groups: f"[{', '.join(groups)}]",
    "blanks": lambda groups: f"[{' '.join(groups)}]",
}
# How API Gateway may compare the content type with the keys of the templates.
CHOICES: dict[str, Choose] = {
    "whole": lambda templates, kind: templates.get(kind),
    "without charset": lambda templates, kind: templates.get(kind.partition(";")[0]),
}
JSON_TYPES = [
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-8",
    "application/json; charset=UTF-8",
    "application/json;charset=UTF-8",
]


def answer(
    groups: str | None, kind: str = "application/json", *, choose: Choose, absent: Render
) -> str | int:
    """Return what becomes of an order: QUEUED for the writer, or the status with which it is refused.

    `groups` is the rendered claim of the caller's groups, or None for a caller in no group.
    """
    template = choose(_integration(STAFF_API)["requestTemplates"], kind)
    if template is None:
        return REFUSED  # passthroughBehavior never
    claims = {"email": "anna@shop.example", "sub": "7d1c"} | ({"cognito:groups": groups} if groups else {})
    return _queued(template, claims, absent)


def _queued(template: str, claims: Mapping[str, str], absent: Render) -> str | int:
    """Return what becomes of an order that the gateway sends with this template for a token."""
    try:
        form = {name: value[0] for name, value in parse_qs(_render(template, claims, absent), True).items()}
    except TemplateError:
        return FAILED
    attributes = _attributes(form)
    if not all(attributes.values()):
        return FORBIDDEN  # SQS refuses an empty attribute with 400, which becomes 403
    try:
        order_origin.of(_message(form["MessageBody"], attributes))
    except UndeliverableError:
        return FORBIDDEN
    return QUEUED


@pytest.mark.parametrize("choose", CHOICES)
@pytest.mark.parametrize("kind", JSON_TYPES)
def test_every_spelling_of_json_is_queued(kind: str, choose: str) -> None:
    assert answer("staff", kind, choose=CHOICES[choose], absent=ABSENT["empty"]) == QUEUED


@pytest.mark.parametrize("choose", CHOICES)
@pytest.mark.parametrize("kind", ["text/plain", "text/plain; charset=utf-8", "application/jsonp", ""])
def test_other_content_types_are_refused(kind: str, choose: str) -> None:
    assert answer("staff", kind, choose=CHOICES[choose], absent=ABSENT["empty"]) == REFUSED


@pytest.mark.parametrize("absent", ABSENT)
def test_an_account_in_no_group_orders_nothing_however_its_claim_renders(absent: str) -> None:
    refused = answer(None, choose=CHOICES["whole"], absent=ABSENT[absent])
    assert refused == (FAILED if absent == "an error" else FORBIDDEN)


@pytest.mark.parametrize("join", LISTS)
@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["staff"], QUEUED),
        (["staff", "other"], QUEUED),
        (["other", "admin"], QUEUED),
        (["other", "staffing"], FORBIDDEN),
    ],
)
def test_groups_count_however_two_of_them_render(groups: list[str], expected: str | int, join: str) -> None:
    assert answer(LISTS[join](groups), choose=CHOICES["whole"], absent=ABSENT["empty"]) == expected


def test_a_call_without_a_match_is_never_passed_through() -> None:
    assert _integration(STAFF_API)["passthroughBehavior"] == "never"
    assert _integration(STOREFRONT)["passthroughBehavior"] == "never"


CUSTOMER = {"email": "robin@home.example", "sub": "7d1c", "name": "Robin", "email_verified": "true"}


@pytest.mark.parametrize("absent", ABSENT)
@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (CUSTOMER, QUEUED),
        (CUSTOMER | {"email_verified": "false"}, FORBIDDEN),
        ({name: text for name, text in CUSTOMER.items() if name != "email_verified"}, FORBIDDEN),
    ],
    ids=["proved", "not proved", "without the claim"],
)
def test_a_customer_orders_with_a_proved_address_however_claims_render(
    claims: Mapping[str, str], expected: str | int, absent: str
) -> None:
    template = _integration(STOREFRONT)["requestTemplates"]["application/json"]
    failed = absent == "an error" and "email_verified" not in claims
    assert _queued(template, claims, ABSENT[absent]) == (FAILED if failed else expected)


def test_a_customer_without_a_name_is_refused_by_the_queue() -> None:
    template = _integration(STOREFRONT)["requestTemplates"]["application/json"]
    assert _queued(template, CUSTOMER | {"name": ""}, ABSENT["empty"]) == FORBIDDEN


def _integration(api: Api) -> dict[str, Any]:
    targets = openapi.Targets(
        user_pool_arn="pool",
        queue_uri="queue",
        queue_role_arn="role",
        functions={name: name for name in api.functions},
        cors_origin=None,
    )
    post = openapi.document(api, targets)["paths"]["/orders"]["post"]
    found: dict[str, Any] = post["x-amazon-apigateway-integration"]
    return found


def _render(template: str, claims: Mapping[str, str], absent: Render) -> str:
    """Return the form that the template renders for a token with these claims."""

    def value(text: str) -> str:
        claim = re.fullmatch(r"\$context\.authorizer\.claims\.(?:get\('([^']+)'\)|(\w+))", text)
        name = claim and (claim[1] or claim[2])
        return claims.get(name) or absent(text) if name else "{}" if text == "$input.body" else "1"

    encoded = re.sub(
        r"\$util\.urlEncode\((\$[^&]*)\)(?=&|$)", lambda found: quote_plus(value(found[1])), template
    )
    return re.sub(r"(?<==)\$[^&]*", lambda found: value(found[0]), encoded)


def _attributes(form: Mapping[str, str]) -> dict[str, str]:
    names = {key: name for key, name in form.items() if key.endswith(".Name")}
    return {name: form[key.replace(".Name", ".Value.StringValue")] for key, name in names.items()}


def _message(body: str, attributes: Mapping[str, str]) -> Message:
    return Message.of(
        {
            "messageId": "1",
            "receiptHandle": "1",
            "body": body,
            "attributes": {
                "SentTimestamp": "1",
                "ApproximateReceiveCount": "1",
                "SenderId": "AROAGATEWAY:BackplaneAssumeRoleSession",
            },
            "messageAttributes": {name: {"stringValue": value} for name, value in attributes.items()},
        }
    )
