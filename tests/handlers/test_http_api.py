"""The behaviour that every call of the API shares: reading requests, headers, errors and log lines."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.platform import http_api
from tests.handlers.shop import STAFF, Json, Reply, Shop, context, fault, request

pytestmark = pytest.mark.store

PATH = "/orders/{orderID}"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


def send(shop: Shop, event: Json, **changes: Any) -> Reply:
    """Send the PATCH with some of its fields replaced."""
    return Reply(shop.call("move_order", event | changes))


@pytest.fixture
def event() -> Json:
    """A PATCH of an unknown order: the response is 404 unless the request itself is invalid."""
    return request("PATCH", PATH, {"status": "packed"}, orderID=UNKNOWN_ID)


def test_every_response_is_json_that_is_not_cached(shop: Shop, event: Json) -> None:
    reply = send(shop, event)
    assert reply.headers == {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    assert reply.json == {"error": {"code": "not_found", "message": "there is no such order"}}


def test_a_configured_origin_may_read_responses(shop: Shop, event: Json, monkeypatch: Any) -> None:
    monkeypatch.setenv("SHOP_CORS_ORIGIN", "https://other.example")
    headers = send(shop, event).headers
    assert headers["Access-Control-Allow-Origin"] == "https://other.example"
    assert headers["Vary"] == "Origin"
    assert headers["Access-Control-Expose-Headers"] == "ETag"


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/json;x", None, ""]
)
def test_json_content_types_are_accepted_in_any_spelling(
    shop: Shop, event: Json, content_type: str | None
) -> None:
    assert send(shop, event, headers={"content-type": content_type}).status == 404
    assert send(shop, event, headers=None).status == 404


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"]
)
def test_other_content_types_are_415(shop: Shop, event: Json, content_type: str) -> None:
    reply = send(shop, event, headers={"CONTENT-TYPE": content_type})
    assert (reply.status, reply.error["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [None, "", "{", "NaN", '{"status": NaN}', "[" * 100_000, "9" * 5000, "1e9999999999999999999", "'x'"],
    ids=[
        "no body",
        "empty",
        "open brace",
        "NaN",
        "NaN in an object",
        "deep nesting",
        "5,000 digits",
        "huge exponent",
        "single quotes",
    ],
)
def test_a_body_that_is_not_json_is_400(shop: Shop, event: Json, body: str | None) -> None:
    reply = send(shop, event, body=body)
    assert (reply.status, reply.error["code"]) == (400, "bad_request")
    assert reply.error["message"].startswith("the body must be JSON: ")


@pytest.mark.parametrize("body", ["[]", '"packed"', "1", "true", "null"])
def test_a_json_body_that_is_no_object_is_400(shop: Shop, event: Json, body: str) -> None:
    assert "must be an object" in send(shop, event, body=body).fields[""]


def test_a_base64_body_is_decoded(shop: Shop, event: Json) -> None:
    body = base64.b64encode(b'{"status": "packed"}').decode()
    assert send(shop, event, body=body, isBase64Encoded=True).status == 404


@pytest.mark.parametrize("body", ["#", base64.b64encode(b"\xff\xfe").decode()])
def test_a_base64_body_that_is_not_text_is_400(shop: Shop, event: Json, body: str) -> None:
    assert send(shop, event, body=body, isBase64Encoded=True).status == 400


def test_the_message_names_the_first_invalid_field_and_counts_the_rest(shop: Shop, event: Json) -> None:
    reply = send(shop, event, body=json.dumps({"status": 1, "x": 1}))
    assert reply.error["message"] == "x is not a field that is known here (and 1 more)"
    assert reply.fields.keys() == {"status", "x"}


def test_a_response_that_quotes_half_a_surrogate_can_be_encoded(shop: Shop, event: Json) -> None:
    reply = send(shop, event, body='{"status": "\\ud83e", "\\ud83e": 1}')
    assert reply.status == 400
    reply.text.encode()


def test_percent_encoding_in_the_path_is_decoded(shop: Shop) -> None:
    reply = shop.ask("get_product", "GET", "/products/{sku}", sku="MOP%2D1")
    assert reply.json["sku"] == "MOP-1"


def test_an_account_without_email_is_named_by_its_sub() -> None:
    assert http_api.Request(request("GET", "/orders", claims={"sub": "42"})).person == ("42", "42")
    assert http_api.Request(request("GET", "/orders", claims=None)).person == ("unknown", "unknown")


def test_an_unexpected_error_is_logged_and_raised_for_the_alarms(
    shop: Shop, event: Json, break_aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    break_aws("dynamodb", get_item=fault("InternalServerError", "GetItem"))
    with pytest.raises(ClientError):
        send(shop, event)
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["code"], line["orderID"]) == (
        "request.failed",
        "InternalServerError",
        UNKNOWN_ID,
    )
    assert line["requestID"] == context().aws_request_id


def test_a_timeout_of_the_table_is_logged_and_raised(
    shop: Shop, event: Json, break_aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    break_aws("dynamodb", get_item=ReadTimeoutError(endpoint_url="https://dynamodb"))
    with pytest.raises(ReadTimeoutError):
        send(shop, event)
    assert json.loads(capsys.readouterr().out)["code"] == "ReadTimeoutError"


def test_each_call_is_logged_in_one_line_with_the_callers_sub_only(
    shop: Shop, event: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    send(shop, event)
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line == {
        "event": "request.answered",
        "status": 404,
        "route": f"PATCH {PATH}",
        "requestID": "request-1",
        "sub": STAFF["sub"],
        "orderID": UNKNOWN_ID,
    }
    assert STAFF["email"] not in json.dumps(line)


@pytest.mark.parametrize("name", ["orderID", "sku"])
@pytest.mark.parametrize("sent", ["anna@shop.example", "Anna Bell", "\u00e5nna", "../x", "x" * 8000])
def test_text_that_is_no_id_is_not_logged(
    shop: Shop, event: Json, capsys: pytest.CaptureFixture[str], name: str, sent: str
) -> None:
    send(shop, event, pathParameters={name: sent})
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line.keys() == {"event", "status", "route", "requestID", "sub"}


@pytest.mark.parametrize(
    ("module", "resource", "name"),
    [
        ("list_products", "/products", "active"),
        ("list_products", "/products", "sort"),
        ("list_orders", "/orders", "status"),
        ("list_orders", "/orders", "settled"),
        ("list_orders", "/orders", "sort"),
        ("get_top_sellers", "/reports/top-sellers", "by"),
    ],
)
def test_a_word_that_nobody_can_see_is_refused(shop: Shop, module: str, resource: str, name: str) -> None:
    reply = shop.ask(module, "GET", resource, query={name: "\x9a\x89"})
    assert (reply.status, list(reply.fields)) == (400, [name])
    assert shop.ask(module, "GET", resource, query={name: " "}).status == 200
