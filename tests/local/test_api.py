"""The API's client: signed in, renewed, and not put off by passing faults."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.api import BACK_OFF_SECONDS, Api, ApiError, SignInError, open_api
from tests.local.shop import DROP, STAFF, Shop, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as running:
        yield running


@pytest.fixture
def api(shop: Shop) -> Api:
    return signed_in(shop)


def signed_in(shop: Shop, password: str = STAFF["password"]) -> Api:
    api = open_api(shop.outputs, STAFF["email"], password)
    api._pause = lambda _: None
    return api


def test_a_call_goes_to_the_base_url_with_the_token(api: Api, shop: Shop) -> None:
    assert api.call("PUT", "/products/A-1", {"name": "é"}) == (201, {"name": "é"})
    assert shop.calls == ["PUT /products/A-1"]


def test_an_answer_names_its_message_and_fields(api: Api, shop: Shop) -> None:
    shop.refuse_once("GET /orders/1", 400)
    assert api.call("GET", "/orders/1").message == "told to answer 400; name is odd"


@pytest.mark.parametrize("fault", [429, 500, 502, 503, 504, DROP])
def test_a_passing_fault_is_tried_again(api: Api, shop: Shop, fault: int) -> None:
    shop.refuse_once("POST /orders", fault, fault, fault)
    assert api.call("POST", "/orders", {"orderID": "1", "items": []}).status == 202
    assert shop.calls == ["POST /orders"] * 4


@pytest.mark.parametrize("status", [400, 404, 409, 412, 413, 415])
def test_a_refusal_is_not_tried_again(api: Api, shop: Shop, status: int) -> None:
    shop.refuse_once("POST /orders", status)
    assert api.call("POST", "/orders", {"orderID": "1", "items": []}).status == status
    assert shop.calls == ["POST /orders"]


def test_a_fault_that_stays_is_an_error_that_names_it(api: Api, shop: Shop) -> None:
    shop.refuse_once("GET /orders/1", *[503] * 50)
    with pytest.raises(ApiError, match=r"GET /orders/1 failed 9 times, at last: told to answer 503"):
        api.call("GET", "/orders/1")
    assert len(shop.calls) == len(BACK_OFF_SECONDS) + 1


def test_an_absent_api_is_an_error_that_names_it(shop: Shop) -> None:
    dead = Api("http://127.0.0.1:9", signed_in(shop)._sign_in, pause=lambda _: None)
    with pytest.raises(ApiError, match="refused"):
        dead.call("GET", "/orders/1")


def test_pauses_grow(shop: Shop) -> None:
    pauses: list[float] = []
    api = Api(shop.outputs["apiUrl"], signed_in(shop)._sign_in, pauses.append)
    shop.refuse_once("GET /orders/1", *[429] * 4)
    api.call("GET", "/orders/1")
    assert len(pauses) == 4
    assert pauses[3] > pauses[0] * 3


def test_an_expired_token_is_renewed_once_by_many_threads(api: Api, shop: Shop) -> None:
    shop.refreshed = 7  # the token that the client holds is out of date
    start = threading.Barrier(8)

    def call(_: int) -> int:
        start.wait()
        return api.call("GET", "/orders/1").status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [404] * 8
    assert shop.refreshed == 8


def test_an_account_without_a_group_is_told_so(api: Api, shop: Shop) -> None:
    shop.refuse_once("GET /orders/1", 403)
    shop.messages["GET /orders/1"] = "in neither group"
    with pytest.raises(SignInError, match="in neither group"):
        api.call("GET", "/orders/1")


def test_a_thread_keeps_its_connection(api: Api, shop: Shop) -> None:
    before = shop.connections
    for _ in range(5):
        api.call("GET", "/orders/1")
    assert shop.connections == before + 1


def test_a_wrong_password_is_an_error_in_plain_words(shop: Shop) -> None:
    with pytest.raises(SignInError, match="Incorrect username or password"):
        signed_in(shop, "wrong")


def test_a_temporary_password_is_explained(shop: Shop) -> None:
    shop.challenge = "NEW_PASSWORD_REQUIRED"
    with pytest.raises(SignInError, match="sign in once at the site"):
        signed_in(shop)


def test_a_one_time_code_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.challenge = "SOFTWARE_TOKEN_MFA"
    monkeypatch.setattr("builtins.input", lambda _: "123456 ")
    assert signed_in(shop).call("GET", "/orders/1").status == 404


@pytest.mark.parametrize("url", ["shop.example/api", "ftp://shop.example", "http://"])
def test_a_url_that_is_none_is_an_error(shop: Shop, url: str) -> None:
    with pytest.raises(ApiError, match="http"):
        open_api(shop.outputs, STAFF["email"], STAFF["password"], url)


def test_an_answer_that_is_no_json_is_quoted(api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.local.shop.json.dumps", lambda _: "<h1>Sorry</h1>")
    assert api.call("GET", "/orders/1").message == "<h1>Sorry</h1>"
