"""The client of the API: sign-in, renewal of the token, and retries."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.api import RETRY_DELAYS_S, Api, ApiError, SignInError, open_api
from tests.local.fake_api import DROP, STAFF, FakeApi, serve_fake_api


@pytest.fixture
def fake_api() -> Iterator[FakeApi]:
    with serve_fake_api() as running:
        yield running


@pytest.fixture
def api(fake_api: FakeApi) -> Api:
    return signed_in(fake_api)


def signed_in(fake_api: FakeApi, password: str = STAFF["password"]) -> Api:
    api = open_api(fake_api.outputs, STAFF["email"], password)
    api._pause = lambda _: None
    return api


def test_call_uses_the_base_url_and_the_token(api: Api, fake_api: FakeApi) -> None:
    assert api.call("PUT", "/products/A-1", {"name": "é"}) == (201, {"name": "é"})
    assert fake_api.calls == ["PUT /products/A-1"]


def test_error_message_includes_the_fields(api: Api, fake_api: FakeApi) -> None:
    fake_api.answer_next("GET /orders/1", 400)
    assert api.call("GET", "/orders/1").message == "told to answer 400; name is odd"


@pytest.mark.parametrize("fault", [429, 500, 502, 503, 504, DROP])
def test_temporary_errors_are_retried(api: Api, fake_api: FakeApi, fault: int) -> None:
    fake_api.answer_next("POST /orders", fault, fault, fault)
    assert api.call("POST", "/orders", {"orderID": "1", "items": []}).status == 202
    assert fake_api.calls == ["POST /orders"] * 4


@pytest.mark.parametrize("status", [400, 404, 409, 412, 413, 415])
def test_refusals_are_not_retried(api: Api, fake_api: FakeApi, status: int) -> None:
    fake_api.answer_next("POST /orders", status)
    assert api.call("POST", "/orders", {"orderID": "1", "items": []}).status == status
    assert fake_api.calls == ["POST /orders"]


def test_error_of_the_last_retry_raises_with_its_message(api: Api, fake_api: FakeApi) -> None:
    fake_api.answer_next("GET /orders/1", *[503] * 50)
    with pytest.raises(ApiError, match=r"GET /orders/1 failed 9 times, at last: told to answer 503"):
        api.call("GET", "/orders/1")
    assert len(fake_api.calls) == len(RETRY_DELAYS_S) + 1


def test_unreachable_api_raises_with_the_cause(fake_api: FakeApi) -> None:
    dead = Api("http://127.0.0.1:9", signed_in(fake_api)._sign_in, pause=lambda _: None)
    with pytest.raises(ApiError, match="refused"):
        dead.call("GET", "/orders/1")


def test_pauses_between_retries_grow(fake_api: FakeApi) -> None:
    pauses: list[float] = []
    api = Api(fake_api.outputs["apiUrl"], signed_in(fake_api)._sign_in, pauses.append)
    fake_api.answer_next("GET /orders/1", *[429] * 4)
    api.call("GET", "/orders/1")
    assert len(pauses) == 4
    assert pauses[3] > pauses[0] * 3


@pytest.mark.thorough
def test_expired_token_is_renewed_once_for_many_threads(api: Api, fake_api: FakeApi) -> None:
    fake_api.refreshed = 7  # the client's token is no longer valid
    start = threading.Barrier(8)

    def call(_: int) -> int:
        start.wait()
        return api.call("GET", "/orders/1").status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(8))) == [404] * 8
    assert fake_api.refreshed == 8


def test_forbidden_call_raises_with_the_api_message(api: Api, fake_api: FakeApi) -> None:
    fake_api.answer_next("GET /orders/1", 403)
    fake_api.messages["GET /orders/1"] = "in neither group"
    with pytest.raises(SignInError, match="in neither group"):
        api.call("GET", "/orders/1")


def test_thread_reuses_its_connection(api: Api, fake_api: FakeApi) -> None:
    before = fake_api.connections
    for _ in range(5):
        api.call("GET", "/orders/1")
    assert fake_api.connections == before + 1


def test_wrong_password_raises_a_plain_message(fake_api: FakeApi) -> None:
    with pytest.raises(SignInError, match="Incorrect username or password"):
        signed_in(fake_api, "wrong")


def test_temporary_password_raises_an_explanation(fake_api: FakeApi) -> None:
    fake_api.challenge = "NEW_PASSWORD_REQUIRED"
    with pytest.raises(SignInError, match="sign in once at the site"):
        signed_in(fake_api)


def test_sign_in_asks_for_a_one_time_code(fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_api.challenge = "SOFTWARE_TOKEN_MFA"
    monkeypatch.setattr("builtins.input", lambda _: "123456 ")
    assert signed_in(fake_api).call("GET", "/orders/1").status == 404


@pytest.mark.parametrize("url", ["shop.example/api", "ftp://shop.example", "http://"])
def test_invalid_url_raises(fake_api: FakeApi, url: str) -> None:
    with pytest.raises(ApiError, match="http"):
        open_api(fake_api.outputs, STAFF["email"], STAFF["password"], url)


def test_response_that_is_not_json_is_quoted(
    api: Api, fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.local.fake_api.json.dumps", lambda _: "<h1>Sorry</h1>")
    assert api.call("GET", "/orders/1").message == "<h1>Sorry</h1>"
