"""A customer of the storefront over HTTP: from the sign-up to an order that only the customer sees."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import uuid
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.e2e.conftest import PASSWORD, customer_tokens, sign_in_customer
from tests.system import Json, Response, System, active_skus, eventually, request


def call(
    system: System,
    method: str,
    path: str,
    token: str,
    document: Json | None = None,
    version: int | None = None,
) -> Response:
    headers = {"Origin": system.outputs["shopUrl"]}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    return system.call(method, path, document, token=token, who=None, via="storefrontApi", headers=headers)


def final(system: System, order_id: str, token: str) -> Json:
    """Ask for an order until it is stored, as the page does; return it."""
    found: list[Response] = []

    def stored() -> bool:
        found[:] = [call(system, "GET", f"/orders/{order_id}", token)]
        return found[0].status == 200

    eventually(stored, what=f"order {order_id} stored")
    return found[0].document


def order(**fields: object) -> Json:
    items = [{"sku": active_skus()[0], "quantity": 2}]
    return {"orderID": str(uuid.uuid4()), "items": items, "agreedTotal": 100_000_00, **fields}


def signed_up(system: System, email: str) -> str:
    """Open an account with the code of the mail, as the page does; return its ID token."""
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    clients = users.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    (client,) = (one["ClientId"] for one in clients if one["ClientName"].startswith("customers-sign-up"))
    given = {"email": email, "name": "Zoë Ångström"}
    attributes = [{"Name": name, "Value": value} for name, value in given.items()]
    users.sign_up(ClientId=client, Username=email, Password=PASSWORD, UserAttributes=attributes)
    (mail,) = system.account_mails(email)
    assert "Quayside Cleaning Supplies" in mail["Subject"]
    (code,) = re.findall(r"\b\d{6}\b", mail["BodyText"])
    users.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code)
    return sign_in_customer(system, email)["IdToken"]


def test_a_customer_signs_up_orders_once_and_cancels_unseen_by_others(system: System) -> None:
    email = f"zoe-{uuid.uuid4().hex[:8]}@home.example"
    mine, theirs = signed_up(system, email), customer_tokens(system)["IdToken"]
    account = call(system, "GET", "/account", mine)
    assert account.headers["access-control-allow-origin"] == system.outputs["shopUrl"]
    assert (account.document["email"], account.document["name"]) == (email, "Zoë Ångström")

    sent = order(customer={"company": "Café Ö", "address": "1 Quay"}, reference="PO 7", collection=True)
    line = {**sent["items"][0], "ticked": True, "name": "Soap", "unitPrice": 100}
    cart = call(system, "PUT", "/account/cart", mine, {"lines": [line], "order": sent}, version=0)
    assert (cart.status, cart.document["order"]) == (200, sent)
    for _ in range(2):  # as after a lost answer
        answered = call(system, "POST", "/orders", mine, sent)
        assert (answered.status, answered.document) == (202, {"status": "queued"})
    shown = final(system, sent["orderID"], mine)
    assert (shown["status"], shown["reference"], shown["collection"]) == ("placed", "PO 7", True)
    assert shown["customer"] == {
        **{"name": "Zoë Ångström", "email": email},
        **{"company": "Café Ö", "address": "1 Quay"},
    }

    stored = system.order(sent["orderID"])
    assert (stored["channel"], stored["submittedBy"], stored["version"]) == ("customer", email, 1)
    assert "accountID" not in json.dumps([stored, shown])

    path = f"/orders/{sent['orderID']}"
    for method, of_others in (("GET", path), ("POST", f"{path}/cancel")):
        refused = call(system, method, of_others, theirs)
        missing = call(system, method, of_others.replace(sent["orderID"], str(uuid.uuid4())), theirs)
        assert (refused.status, refused.document) == (404, missing.document)
    assert call(system, "GET", "/orders", theirs).document["orders"] == []
    assert [one["orderID"] for one in call(system, "GET", "/orders", mine).document["orders"]] == [
        sent["orderID"]
    ]
    assert call(system, "POST", f"{path}/cancel", mine).document["status"] == "cancelled"
    system.assert_all_accounted()


@pytest.mark.parametrize(
    "more",
    [
        {"customer": {"name": "Somebody else"}},
        {"customer": {"email": "somebody@else.example"}},
        {"charges": [{"kind": "discount", "amount": -100}]},
        {"channel": "staff"},
        {"accountID": str(uuid.uuid4())},
    ],
    ids=lambda more: next(iter(more)),
)
def test_the_gateway_takes_nothing_from_a_customer_that_the_account_or_the_shop_decides(
    system: System, customer: str, more: Json
) -> None:
    refused = call(system, "POST", "/orders", customer, order(**more))
    assert (refused.status, refused.error["code"]) == (400, "bad_request")


@pytest.fixture(scope="module")
def customer(system: System) -> str:
    """Return the ID token of a customer."""
    return customer_tokens(system)["IdToken"]


def test_a_page_of_the_shop_is_allowed_to_call_the_api(system: System) -> None:
    asked = {"Origin": system.outputs["shopUrl"], "Access-Control-Request-Method": "PUT"}
    answered = system.call("OPTIONS", "/account/cart", who=None, headers=asked, via="storefrontApi")
    assert answered.status == 204
    assert answered.headers["access-control-allow-origin"] == system.outputs["shopUrl"]
    assert "If-Match" in answered.headers["access-control-allow-headers"]
    refused = system.call("GET", "/account", token="garbage", who=None, via="storefrontApi", headers=asked)
    assert refused.status == 401
    assert refused.headers["access-control-allow-origin"] == system.outputs["shopUrl"]


def accounts(system: System, email: str) -> int:
    """Return how many accounts of customers have an address."""
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    return len(users.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"])


def test_a_deleted_account_takes_nothing_from_a_tab_that_is_still_open(system: System) -> None:
    email = f"zoe-{uuid.uuid4().hex[:8]}@home.example"
    mine = signed_up(system, email)
    assert call(system, "PUT", "/account/cart", mine, {"lines": []}, version=0).status == 200
    assert [call(system, "DELETE", "/account", mine).status for _ in range(2)] == [204, 204]
    assert accounts(system, email) == 0
    late = {"addresses": [{"name": "Kitchen", "address": "1 Quay"}]}
    assert call(system, "PUT", "/account/addresses", mine, late, version=0).status == 409


def test_an_admin_exports_and_erases_the_account_of_a_customer(system: System) -> None:
    email = f"zoe-{uuid.uuid4().hex[:8]}@home.example"
    mine = signed_up(system, email)
    book = {"addresses": [{"name": "Kitchen", "address": "1 Quay"}]}
    assert call(system, "PUT", "/account/addresses", mine, book, version=0).status == 200
    (shown,) = system.call("GET", f"/customers/{email}/export", who="admin").document["accounts"]
    assert (shown["name"], shown["addresses"]["addresses"]) == ("Zoë Ångström", book["addresses"])
    erased = system.call("POST", f"/customers/{email}/erasure", {"reason": "asked by mail"}, who="admin")
    assert (erased.document["accounts"], erased.document["left"]) == (1, 0)
    assert accounts(system, email) == 0
    assert system.call("GET", f"/customers/{email}/export", who="admin").status == 404


FORM = "application/x-www-form-urlencoded"


def sign_in_at_the_hosted_page(system: System, who: str) -> Response:
    """Sign in on the page of the customers' pool as the shop's pages do; return the answer about tokens.

    The answer to the form has no code if the page refuses the person.
    """
    client, shop = system.outputs["customerClientId"], system.outputs["shopUrl"]
    emulator = urlsplit(system.outputs["local"]["endpointUrl"]).port or 80
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        **{"client_id": client, "redirect_uri": f"{shop}/callback.html", "response_type": "code"},
        **{"scope": "openid email profile aws.cognito.signin.user.admin", "state": "s"},
        **{"code_challenge": challenge, "code_challenge_method": "S256"},
    }
    page = request(emulator, "GET", f"/oauth2/authorize?{urlencode(asked)}").body.decode()
    hidden = re.findall(r'name="([^"]+)" value="([^"]*)"', page)
    person = system.outputs["local"][who]
    filled = {name: html.unescape(value) for name, value in hidden}
    filled |= {"username": person["email"], "password": person["password"]}
    own = {"Content-Type": FORM, "Origin": f"http://localhost:{emulator}"}
    sent = request(emulator, "POST", "/login", urlencode(filled).encode(), own)
    code = parse_qs(urlsplit(sent.headers.get("location", "")).query).get("code")
    if not code:
        return sent
    exchanged = {"grant_type": "authorization_code", "code": code[0], "code_verifier": verifier}
    exchanged |= {"client_id": client, "redirect_uri": asked["redirect_uri"]}
    head = {"Content-Type": FORM, "Origin": shop}
    return request(emulator, "POST", "/oauth2/token", urlencode(exchanged).encode(), head)


def test_the_sample_customer_signs_in_where_staff_cannot(system: System) -> None:
    """Both pools have their pages at the same address. The app client says whose pool it is."""
    tokens = sign_in_at_the_hosted_page(system, "customer")
    assert tokens.headers["access-control-allow-origin"] == system.outputs["shopUrl"]
    account = call(system, "GET", "/account", tokens.document["id_token"]).document
    sample = system.outputs["local"]["customer"]
    assert (account["email"], account["name"]) == (sample["email"], sample["name"])
    for who in ("staff", "admin"):
        assert "access_token" not in sign_in_at_the_hosted_page(system, who).body.decode(), who
