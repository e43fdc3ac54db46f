"""Fixtures for tests of the whole system over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system import System

HERE = Path(__file__).parent
PASSWORD = "Somebody-desk-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


def pool_of_machines(system: System) -> str:
    """Return the ID of the user pool whose app clients are the connected shops."""
    pools = system.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    (found,) = (one["Id"] for one in pools if one["Name"].startswith("machines-pool"))
    return str(found)


def add_machine(system: System, pool: str, scope: str, **settings: Any) -> tuple[str, str]:
    """Add an app client that may have this scope to a pool; return its ID and its secret."""
    made = system.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool,
        ClientName=f"shop-{uuid.uuid4().hex[:8]}",
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=[scope],
        **settings,
    )["UserPoolClient"]
    return made["ClientId"], made["ClientSecret"]


def machine_token(system: System, pool: str, scope: str, **settings: Any) -> str:
    """Return the token of a new app client, which is deleted at once. Its token works until it expires."""
    client, secret = add_machine(system, pool, scope, **settings)
    token = system.machine_token(client, secret)
    system.client("cognito-idp").delete_user_pool_client(UserPoolId=pool, ClientId=client)
    return token


def customer_tokens(system: System, email: str = "", **settings: Any) -> dict[str, str]:
    """Return the tokens of a new customer, whose address is proved; `settings` are those of the app client.

    The app client is deleted at once, because that of the pages takes no passwords.
    """
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    email = email or f"robin-{uuid.uuid4().hex[:8]}@home.example"
    given = {"email": email, "email_verified": "true", "name": "Robin Home"}
    attributes = [{"Name": name, "Value": value} for name, value in given.items()]
    users.admin_create_user(
        UserPoolId=pool, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS"
    )
    users.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    return sign_in_customer(system, email, **settings)


def sign_in_customer(system: System, email: str, **settings: Any) -> dict[str, str]:
    """Sign in a customer with an app client of its own, as `customer_tokens` explains; return the tokens."""
    users, pool = system.client("cognito-idp"), system.outputs["customerPoolId"]
    client = users.create_user_pool_client(
        UserPoolId=pool, ClientName="test", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], **settings
    )["UserPoolClient"]["ClientId"]
    signed_in = users.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client,
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    users.delete_user_pool_client(UserPoolId=pool, ClientId=client)
    tokens: dict[str, str] = signed_in["AuthenticationResult"]
    return tokens


@pytest.fixture(scope="module")
def machine(system: System) -> str:
    """Return the access token of the machine of a connected shop."""
    return machine_token(system, pool_of_machines(system), system.outputs["machineScope"])


@pytest.fixture(scope="module")
def outsider(system: System) -> Iterator[str]:
    """Return the ID token of a signed-in user who is in no group."""
    users, pool = system.client("cognito-idp"), system.outputs["userPoolId"]
    email = f"outsider-{uuid.uuid4().hex[:8]}@shop.example"
    users.admin_create_user(
        UserPoolId=pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )
    users.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    yield system.sign_in(email, PASSWORD)["IdToken"]
    users.admin_delete_user(UserPoolId=pool, Username=email)
