"""Access: tokens at the gateway and groups in the functions."""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from components.api_calls import INBOX, STAFF_API, STOREFRONT, Api
from tests.e2e.conftest import PASSWORD, customer_tokens, machine_token, pool_of_machines, sign_in_customer
from tests.system import Json, Response, System, eventually, get, new_order

PRODUCT: Json = {"name": "Soap", "category": "Soap", "unitPrice": 100, "unit": "bar", "active": True}
EDIT: Json = {name: value for name, value in new_order().items() if name != "orderID"}
FILE: Json = {"kind": "image", "contentType": "image/webp", "size": 1, "sha256": "0" * 64}
# Every call of the API, with a body that is valid against its schema.
CALLS: tuple[tuple[str, str, Json | None], ...] = (
    ("GET", "/orders", None),
    ("POST", "/orders", new_order()),
    ("GET", "/orders/{order}", None),
    ("PUT", "/orders/{order}", EDIT),
    ("PATCH", "/orders/{order}", {"status": "packed"}),
    ("DELETE", "/orders/{order}", None),
    ("GET", "/orders/{order}/mails", None),
    ("POST", "/orders/{order}/mails", {"event": "placed"}),
    ("GET", "/drafts", None),
    ("GET", "/drafts/{order}", None),
    ("PUT", "/drafts/{order}", {"name": "Maria", "content": {"customer": {}, "items": []}}),
    ("DELETE", "/drafts/{order}", None),
    ("GET", "/products", None),
    ("POST", "/products", {"sku": "WHO-1", **PRODUCT}),
    ("POST", "/products/batch", {"items": [{"sku": "WHO-2", **PRODUCT}]}),
    ("GET", "/products/SC-101", None),
    ("POST", "/products/SC-101/files", FILE),
    ("GET", "/products/SC-101/history", None),
    ("PUT", "/products/SC-101", PRODUCT),
    ("DELETE", "/products/SC-101", None),
    ("GET", "/products/SC-101/orders", None),
    ("GET", "/products/SC-101/also-bought", None),
    ("GET", "/customers", None),
    ("GET", "/customers/maria@hotel.example", None),
    ("PATCH", "/customers/maria@hotel.example", {"note": "pays late"}),
    ("GET", "/people", None),
    ("POST", "/people", {"email": "who-may@shop.example", "group": "staff"}),
    ("GET", "/people/{order}", None),
    ("PATCH", "/people/{order}", {"enabled": False}),
    ("POST", "/people/{order}/invitation", None),
    ("POST", "/people/{order}/sign-out", None),
    ("GET", "/shops", None),
    ("POST", "/shops", {"name": "Who may"}),
    ("PATCH", "/shops/none", {"state": "disabled"}),
    ("DELETE", "/shops/none", None),
    ("POST", "/shops/none/secrets", None),
    ("DELETE", "/shops/none/secrets/none", None),
    ("GET", "/shops/none/webhook", None),
    ("PUT", "/shops/none/webhook", {"url": "http://localhost:8010/"}),
    ("DELETE", "/shops/none/webhook", None),
    ("POST", "/shops/none/webhook/secrets", None),
    ("DELETE", "/shops/none/webhook/secrets/none", None),
    ("POST", "/shops/none/webhook/test", None),
    ("GET", "/shops/none/deliveries", None),
    ("POST", "/shops/none/deliveries/none/redeliver", None),
    ("POST", "/sign-ins", None),
    ("GET", "/reports/activity?from=2026-01-01&to=2026-01-02", None),
    ("GET", "/reports/sales?edges=2026-01-01,2026-01-02", None),
    ("GET", "/reports/top-sellers", None),
    ("GET", "/reports/workload", None),
    ("GET", "/reports/accounting", None),
    ("GET", "/dead-letters", None),
    ("GET", "/dead-letters/orders-none", None),
    ("POST", "/dead-letters/orders-none/redrive", {}),
    ("DELETE", "/dead-letters/orders-none", None),
    ("GET", "/customers/none%40shop.example/export", None),
    ("POST", "/customers/none%40shop.example/erasure", {"dryRun": True}),
)
INBOX_CALLS: tuple[tuple[str, str, Json | None], ...] = (
    ("POST", "/orders", new_order()),
    ("GET", "/orders/{order}", None),
)
CUSTOMERS_ORDER: Json = {"orderID": str(uuid.uuid4()), "items": new_order()["items"], "agreedTotal": 0}
STOREFRONT_CALLS: tuple[tuple[str, str, Json | None], ...] = (
    ("GET", "/account", None),
    ("PUT", "/account/cart", {"lines": []}),
    ("PUT", "/account/addresses", {"addresses": []}),
    ("PUT", "/account/lists", {"lists": []}),
    ("POST", "/orders/claim", None),
    ("POST", "/orders", CUSTOMERS_ORDER),
    ("GET", "/orders", None),
    ("GET", "/orders/{order}", None),
    ("POST", "/orders/{order}/cancel", None),
    ("DELETE", "/account", None),  # last, because it works
)
ADMIN_CALLS = [
    call
    for call in CALLS
    if (call[0] == "DELETE" and not call[1].startswith("/drafts"))
    or call[1].endswith("/redrive")
    or call[1].startswith(("/people", "/shops"))
    or call[1].endswith(("/export", "/erasure"))
]


@pytest.fixture(scope="module")
def order_id(system: System) -> str:
    """Return the ID of a placed order."""
    order = new_order()
    system.place(order)
    return str(system.order(order["orderID"])["orderID"])


def _decode_part(token: str, number: int) -> Json:
    text = token.split(".")[number]
    part: Json = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return part


def _encode(part: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _tampered(system: System) -> str:
    """Return a staff member's token whose claims were changed to the group admin after signing."""
    head, _, signature = system.token("staff").split(".")
    claims = {**_decode_part(system.token("staff"), 1), "cognito:groups": ["admin"]}
    return f"{head}.{_encode(claims)}.{signature}"


def _unsigned(system: System) -> str:
    head = {**_decode_part(system.token("staff"), 0), "alg": "none"}
    return f"{_encode(head)}.{_encode(_decode_part(system.token('staff'), 1))}."


def _of_another_pool(system: System) -> str:
    """Return the token of a user with the same address and group in another user pool."""
    users, email = system.client("cognito-idp"), system.outputs["local"]["staff"]["email"]
    pool = users.create_user_pool(PoolName=f"other-{uuid.uuid4().hex}", UsernameAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    client = users.create_user_pool_client(
        UserPoolId=pool_id, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    users.create_group(UserPoolId=pool_id, GroupName="staff")
    users.admin_create_user(UserPoolId=pool_id, Username=email)
    users.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=PASSWORD, Permanent=True)
    users.admin_add_user_to_group(UserPoolId=pool_id, Username=email, GroupName="staff")
    signed_in = users.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client,
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    return str(signed_in["AuthenticationResult"]["IdToken"])


def _expired(system: System) -> str:
    """Return an expired token of this user pool, which was valid for 1 s."""
    users, person = system.client("cognito-idp"), system.outputs["local"]["staff"]
    client = users.create_user_pool_client(
        UserPoolId=system.outputs["userPoolId"],
        ClientName="short-lived",
        IdTokenValidity=1,
        AccessTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds", "AccessToken": "seconds"},
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    signed_in = users.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client,
        AuthParameters={"USERNAME": person["email"], "PASSWORD": person["password"]},
    )
    token = str(signed_in["AuthenticationResult"]["IdToken"])
    eventually(lambda: time.time() > _decode_part(token, 1)["exp"] + 1, 10, "token expired")
    return token


def _of_person(who: str, kind: str = "IdToken") -> Callable[[System], str]:
    def token(system: System) -> str:
        person = system.outputs["local"][who]
        return system.sign_in(person["email"], person["password"])[kind]

    return token


def _outsiders_access_token(system: System) -> str:
    """Return the access token of an account that is in no group."""
    users, email = system.client("cognito-idp"), f"nobody-{uuid.uuid4().hex[:8]}@shop.example"
    pool = system.outputs["userPoolId"]
    users.admin_create_user(UserPoolId=pool, Username=email)
    users.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    token = system.sign_in(email, PASSWORD)["AccessToken"]
    users.admin_delete_user(UserPoolId=pool, Username=email)
    return token


def _of_machine(system: System) -> str:
    """Return the token of a connected shop."""
    return machine_token(system, pool_of_machines(system), _scope(system))


def _expired_of_machine(system: System) -> str:
    """Return an expired token of a connected shop, which was valid for 1 s."""
    short: Json = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}}
    token = machine_token(system, pool_of_machines(system), _scope(system), **short)
    eventually(lambda: time.time() > _decode_part(token, 1)["exp"] + 1, 10, "token expired")
    return token


def _of_machine_with_another_scope(system: System) -> str:
    """Return a token of the machines' own pool with a scope of another server in it."""
    pool = pool_of_machines(system)
    return machine_token(system, pool, _add_scope(system, pool, f"other-{uuid.uuid4().hex[:8]}"))


def _of_machine_of_another_pool(system: System) -> str:
    """Return a token with the same scope from another pool."""
    pool = system.client("cognito-idp").create_user_pool(PoolName=f"other-{uuid.uuid4().hex}")["UserPool"][
        "Id"
    ]
    return machine_token(system, pool, _add_scope(system, pool, _scope(system).partition("/")[0]))


def _of_machine_of_the_staffs_pool(system: System) -> str:
    """Return a token with the same scope from the pool of staff."""
    users, pool = system.client("cognito-idp"), system.outputs["userPoolId"]
    scope = _add_scope(system, pool, _scope(system).partition("/")[0])
    token = machine_token(system, pool, scope)
    users.delete_resource_server(UserPoolId=pool, Identifier=scope.partition("/")[0])
    return token


def _of_person_in_the_machines_pool(system: System) -> str:
    """Return the ID token of a user in the machines' pool, in a group whose name is that of admins."""
    users, pool = system.client("cognito-idp"), pool_of_machines(system)
    name = f"person-{uuid.uuid4().hex[:8]}"
    client = users.create_user_pool_client(
        UserPoolId=pool, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    users.create_group(UserPoolId=pool, GroupName="admin")
    users.admin_create_user(UserPoolId=pool, Username=name)
    users.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
    users.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="admin")
    signed_in = users.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client,
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )
    users.delete_group(UserPoolId=pool, GroupName="admin")
    users.admin_delete_user(UserPoolId=pool, Username=name)
    users.delete_user_pool_client(UserPoolId=pool, ClientId=client)
    return str(signed_in["AuthenticationResult"]["IdToken"])


def _of_customer(kind: str) -> Callable[[System], str]:
    return lambda system: customer_tokens(system)[kind]


def _expired_of_customer(system: System) -> str:
    """Return an expired ID token of a customer, which was valid for 1 s."""
    short: Json = {"IdTokenValidity": 1, "TokenValidityUnits": {"IdToken": "seconds"}}
    token = customer_tokens(system, **short)["IdToken"]
    eventually(lambda: time.time() > _decode_part(token, 1)["exp"] + 1, 10, "token expired")
    return token


def _of_admin_in_the_customers_pool(system: System) -> str:
    """Return the token of a customer with the address of staff, in a group whose name is that of admins."""
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    email = system.outputs["local"]["admin"]["email"]
    customer_tokens(system, email)
    users.create_group(UserPoolId=pool, GroupName="admin")
    users.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName="admin")
    token = sign_in_customer(system, email)["IdToken"]
    assert _decode_part(token, 1)["cognito:groups"] == ["admin"]
    users.delete_group(UserPoolId=pool, GroupName="admin")
    return token


def _scope(system: System) -> str:
    return str(system.outputs["machineScope"])


def _add_scope(system: System, pool: str, server: str) -> str:
    """Add a resource server with the scope `orders` to a pool; return the scope's full name."""
    scopes = [{"ScopeName": "orders", "ScopeDescription": "orders"}]
    system.client("cognito-idp").create_resource_server(
        UserPoolId=pool, Identifier=server, Name=server, Scopes=scopes
    )
    return f"{server}/orders"


REFUSED, PASSES, STAFFS = "refused by the gateway", "passes", "only the calls of staff pass"
# How the calls of the staff's API, of the inbox and of the storefront answer to each kind of token.
TOKENS: dict[str, tuple[Callable[[System], str | None], str, str, str]] = {
    "no token": (lambda _: None, REFUSED, REFUSED, REFUSED),
    "empty token": (lambda _: "", REFUSED, REFUSED, REFUSED),
    "garbage": (lambda _: "garbage", REFUSED, REFUSED, REFUSED),
    "tampered": (_tampered, REFUSED, REFUSED, REFUSED),
    "unsigned": (_unsigned, REFUSED, REFUSED, REFUSED),
    "expired": (_expired, REFUSED, REFUSED, REFUSED),
    "of staff": (_of_person("staff"), STAFFS, REFUSED, REFUSED),
    "of an admin": (_of_person("admin"), PASSES, REFUSED, REFUSED),
    "access token of staff": (_of_person("staff", "AccessToken"), REFUSED, REFUSED, REFUSED),
    "access token of an admin": (_of_person("admin", "AccessToken"), REFUSED, REFUSED, REFUSED),
    "access token of nobody": (_outsiders_access_token, REFUSED, REFUSED, REFUSED),
    "of another user pool": (_of_another_pool, REFUSED, REFUSED, REFUSED),
    "of a machine": (_of_machine, REFUSED, PASSES, REFUSED),
    "expired of a machine": (_expired_of_machine, REFUSED, REFUSED, REFUSED),
    "of a machine with another scope": (_of_machine_with_another_scope, REFUSED, REFUSED, REFUSED),
    "of a machine of another pool": (_of_machine_of_another_pool, REFUSED, REFUSED, REFUSED),
    "of a machine of the staff's pool": (_of_machine_of_the_staffs_pool, REFUSED, REFUSED, REFUSED),
    "of a person in the machines' pool": (_of_person_in_the_machines_pool, REFUSED, REFUSED, REFUSED),
    "of a customer": (_of_customer("IdToken"), REFUSED, REFUSED, PASSES),
    "access token of a customer": (_of_customer("AccessToken"), REFUSED, REFUSED, REFUSED),
    "expired of a customer": (_expired_of_customer, REFUSED, REFUSED, REFUSED),
    "of an admin in the customers' pool": (_of_admin_in_the_customers_pool, REFUSED, REFUSED, PASSES),
}


@pytest.mark.parametrize("which", TOKENS)
def test_every_call_of_each_api_takes_only_its_own_kind_of_token(system: System, which: str) -> None:
    make, at_staff, at_inbox, at_storefront = TOKENS[which]
    token = make(system)
    for via, calls, expected in (
        ("site", CALLS, at_staff),
        ("inbox", INBOX_CALLS, at_inbox),
        ("storefrontApi", STOREFRONT_CALLS, at_storefront),
    ):
        for call in calls:
            response = _respond(system, call, token, via)
            if expected == REFUSED:
                assert (response.status, response.error["code"]) == (401, "unauthorized"), (via, call)
            elif expected == STAFFS and call in ADMIN_CALLS:
                assert (response.status, response.error["code"]) == (403, "forbidden"), (via, call)
            else:
                assert response.status not in (401, 403), (via, call)


def test_every_call_that_an_api_describes_has_an_expectation() -> None:
    """Without this test, a new call could take any token."""
    for api, calls in ((STAFF_API, CALLS), (INBOX, INBOX_CALLS), (STOREFRONT, STOREFRONT_CALLS)):
        described = {(call.method.upper(), call.path) for call in api.calls}
        found = [_described(api, method, path) for method, path, _ in calls]
        assert len(found) == len(set(found)) == len(described)
        assert set(found) == described


def _respond(system: System, call: tuple[str, str, Json | None], token: str | None, via: str) -> Response:
    """Make a call about something that does not exist, with a body that no call takes.

    It changes nothing. The gateway checks the token before the body, but a function never sees such a body,
    so the calls of admins have a valid one: the function checks the group first.
    """
    method, path, document = call
    path = path.format(order=uuid.uuid4()).replace("SC-101", "NONE-1")
    if document is None or call in ADMIN_CALLS:
        return system.call(method, path, document, token=token, who=None, via=via)
    return system.call(method, path, body=b"[]", token=token, who=None, via=via)


def _described(api: Api, method: str, path: str) -> tuple[str, str]:
    """Return method and path of the one call in an API's description that a call in this module makes."""
    (found,) = (
        (method, call.path)
        for call in api.calls
        if call.method.upper() == method
        and _fits(call.path, path)
        and not _is_shadowed(api, method, call.path, path)
    )
    return found


def _fits(template: str, path: str) -> bool:
    pattern = re.sub(r"\{\w+\}", "[^/]+", template)
    return bool(re.fullmatch(pattern, path.partition("?")[0]))


def _is_shadowed(api: Api, method: str, template: str, path: str) -> bool:
    """Whether another call of the API has this very path, as `/products/batch` beside `/products/{sku}`."""
    return "{" in template and any(call.path == path and call.method.upper() == method for call in api.calls)


def test_invalid_token_gets_a_401_with_cors_headers(system: System) -> None:
    for via in ("site", "api"):
        response = system.call("GET", "/orders", token="garbage", who=None, via=via)
        assert (response.status, response.error["code"]) == (401, "unauthorized")
        assert response.headers["access-control-allow-origin"] == system.outputs["siteUrl"]


def test_account_in_no_group_can_make_no_call(system: System, outsider: str, order_id: str) -> None:
    before = system.table("ordersTable")
    for method, path, document in CALLS:
        response = system.call(method, path.format(order=order_id), document, token=outsider)
        assert (response.status, response.error["code"]) == (403, "forbidden"), (method, path, response)
        assert response.headers["access-control-allow-origin"] == system.outputs["siteUrl"]
    assert system.table("ordersTable") == before


def test_staff_cannot_make_the_calls_of_admins(system: System, order_id: str) -> None:
    for method, path, document in ADMIN_CALLS:
        response = system.call(method, path.format(order=order_id), document, who="staff")
        assert (response.status, response.error["code"]) == (403, "forbidden"), (method, path)
    assert system.call("GET", f"/orders/{order_id}").status == 200


def test_erased_order_stays_erased_after_a_redelivery(system: System) -> None:
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    assert system.call("DELETE", f"/orders/{order['orderID']}", who="admin").status == 204
    assert system.call("GET", f"/orders/{order['orderID']}").status == 404
    system.place(order)  # as a late redelivery would
    system.place(after := new_order())
    system.order(after["orderID"])
    assert system.call("GET", f"/orders/{order['orderID']}").status == 404


def test_preflight_request_is_answered(system: System) -> None:
    asked = {"Origin": system.outputs["siteUrl"], "Access-Control-Request-Method": "PUT"}
    response = system.call("OPTIONS", "/orders/x", who=None, headers=asked, via="api")
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == system.outputs["siteUrl"]
    assert set(response.headers["access-control-allow-methods"].split(",")) == {
        "DELETE", "GET", "OPTIONS", "PATCH", "PUT"
    }  # fmt: skip
    assert {"Authorization", "Content-Type", "If-Match"} <= set(
        response.headers["access-control-allow-headers"].split(",")
    )


def test_an_unproved_address_or_a_missing_name_makes_no_call_of_a_customer(system: System) -> None:
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    for lacking in ("email_verified", "name"):
        email = f"lacking-{uuid.uuid4().hex[:8]}@home.example"
        customer_tokens(system, email)
        changed = [{"Name": lacking, "Value": "false" if lacking == "email_verified" else ""}]
        users.admin_update_user_attributes(UserPoolId=pool, Username=email, UserAttributes=changed)
        token = sign_in_customer(system, email)["IdToken"]
        for method, path, document in STOREFRONT_CALLS:
            whole = path.format(order=uuid.uuid4())
            if (lacking, method, path) == ("email_verified", "POST", "/orders"):
                continue  # the writer refuses it, and a handler test checks that
            response = system.call(method, whole, document, token=token, who=None, via="storefrontApi")
            assert (response.status, response.error["code"]) == (403, "forbidden"), (lacking, method, path)


def test_stolen_token_cannot_change_the_email_of_an_account(system: System) -> None:
    users, person = system.client("cognito-idp"), system.outputs["local"]["staff"]
    token = system.sign_in(person["email"], person["password"])["AccessToken"]
    evil = [{"Name": "email", "Value": "evil@elsewhere.example"}]
    with pytest.raises(ClientError, match="unauthorized attribute"):
        users.update_user_attributes(AccessToken=token, UserAttributes=evil)
    users.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "locale", "Value": "en"}])
    attributes = {one["Name"]: one["Value"] for one in users.get_user(AccessToken=token)["UserAttributes"]}
    assert (attributes["email"], attributes["locale"]) == (person["email"], "en")


def test_new_account_has_the_email_of_its_name_and_no_other(system: System) -> None:
    users, email = system.client("cognito-idp"), f"new-{uuid.uuid4().hex[:8]}@shop.example"
    asked = {"ClientId": system.outputs["userPoolClientId"], "Username": email, "Password": "Somebody-desk-1"}
    with pytest.raises(ClientError, match="unauthorized attribute"):
        users.sign_up(**asked, UserAttributes=[{"Name": "email", "Value": "staff@shop.example"}])
    users.sign_up(**asked, UserAttributes=[{"Name": "email", "Value": email}])
    users.admin_delete_user(UserPoolId=system.outputs["userPoolId"], Username=email)


def test_nobody_gets_a_token_from_the_sign_up_client(system: System) -> None:
    users, person = system.client("cognito-idp"), system.outputs["local"]["staff"]
    page = get(system.port, "/sign-up.html").body.decode()
    [client] = re.findall(r'data-client-id="([^"]+)"', page)
    with pytest.raises(ClientError, match="flow not enabled"):
        users.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=client,
            AuthParameters={"USERNAME": person["email"], "PASSWORD": person["password"]},
        )
