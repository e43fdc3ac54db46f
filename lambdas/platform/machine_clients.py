"""The app clients of the machines' user pool. A connected shop is one of them; its ID never changes.

A client's name in Cognito says whether it is enabled, because ListUserPoolClients returns nothing but IDs and
names, and DescribeUserPoolClient would give the secret to every function that lists clients.
"""

import os
import re
import time
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from lambdas.platform import aws, cognito_calls
from lambdas.platform.cognito_calls import RefusedError

MAX_SECRETS = 2  # of an app client (Cognito API Reference, "AddUserPoolClientSecret")
TOKEN_MINUTES = 60
ACTIVE, DISABLED = "active", "disabled"
_BETWEEN = " - "
_MAX_PAGE = 60  # of ListUserPoolClients (Cognito API Reference)
# The characters that a client's name may not have (Cognito API Reference, "CreateUserPoolClient").
_NOT_IN_NAMES = re.compile(r"[^\w\s+=,.@-]", re.ASCII)
NOT_FOUND, TOO_MANY, INVALID = (
    "ResourceNotFoundException",
    "LimitExceededException",
    "InvalidParameterException",
)
_REFUSALS = frozenset({NOT_FOUND, TOO_MANY, INVALID})
# Calls of one operation that Cognito takes in a second for a user pool, which nobody can raise (Cognito
# Developer Guide, "Quotas", UserPoolClientRead), and the pauses in seconds before a refused one is repeated.
CALLS_PER_SECOND = 5
PAUSES: tuple[float, ...] = (0.5, 1)
_TOO_SOON = "TooManyRequestsException"


class Client(NamedTuple):
    """An app client. `label` is an earlier or the present name of the shop, in the characters of Cognito."""

    id: str
    label: str
    enabled: bool


class Secret(NamedTuple):
    """A secret of a client. `value` is empty unless the secret has just been made."""

    id: str
    created_at: str
    value: str = ""


def listed() -> list[Client]:
    """Return every client of the pool."""
    found: list[Client] = []
    position: dict[str, str] = {}
    while True:
        page = _call("list_user_pool_clients", MaxResults=_MAX_PAGE, **position)
        found += map(_client, page["UserPoolClients"])
        if "NextToken" not in page:
            return found
        position = {"NextToken": page["NextToken"]}


def find(client_id: str) -> Client | None:
    """Return a client, or None."""
    return next((one for one in listed() if one.id == client_id), None)


def create(name: str) -> tuple[Client, str]:
    """Create an enabled client for a shop of this name. Return it with its first secret."""
    made = _call("create_user_pool_client", GenerateSecret=True, **_settings(name, enabled=True))
    return _client(made["UserPoolClient"]), made["UserPoolClient"]["ClientSecret"]


def update(client_id: str, name: str, *, enabled: bool) -> None:
    """Enable or disable a client, and rename it. A disabled client gets no token, and keeps its secrets.

    Raises RefusedError.
    """
    _call("update_user_pool_client", ClientId=client_id, **_settings(name, enabled=enabled))


def delete(client_id: str) -> None:
    """Delete a client with its secrets. Nothing happens if it is gone."""
    try:
        _call("delete_user_pool_client", ClientId=client_id)
    except RefusedError as error:
        if error.code != NOT_FOUND:
            raise


def secrets(client_id: str) -> list[Secret]:
    """Return the secrets of a client without their values, the oldest first. Raises RefusedError."""
    found = _call("list_user_pool_client_secrets", ClientId=client_id)["ClientSecrets"]
    return sorted(map(_secret, found), key=lambda secret: (secret.created_at, secret.id))


def add_secret(client_id: str) -> Secret:
    """Give a client another secret. Raises RefusedError."""
    return _secret(_call("add_user_pool_client_secret", ClientId=client_id)["ClientSecretDescriptor"])


def delete_secret(client_id: str, secret_id: str) -> None:
    """Delete a secret of a client. Raises RefusedError, also for the last one."""
    _call("delete_user_pool_client_secret", ClientId=client_id, ClientSecretId=secret_id)


def _settings(name: str, *, enabled: bool) -> dict[str, Any]:
    """Return all settings of a client. Cognito would set a missing one to its default at an update."""
    state = ACTIVE if enabled else DISABLED
    return {
        "ClientName": f"{state}{_BETWEEN}{_NOT_IN_NAMES.sub('-', name)}",
        "AllowedOAuthFlowsUserPoolClient": enabled,
        "AllowedOAuthFlows": ["client_credentials"] if enabled else [],
        "AllowedOAuthScopes": [os.environ["SHOP_MACHINE_SCOPE"]] if enabled else [],
        "AccessTokenValidity": TOKEN_MINUTES,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        # Without a flow, Cognito would allow sign-in by password. The pool has no users.
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
    }


def _call(operation: str, **request: Any) -> Any:
    """Call Cognito, also again after a call that came too soon.

    Raises RefusedError for the errors that a rule knows, and ClientError for others.
    """
    pool = os.environ["SHOP_MACHINE_POOL"]
    for pause in PAUSES:
        try:
            return cognito_calls.call(pool, operation, request, _REFUSALS)
        except ClientError as error:
            if aws.error_code(error) != _TOO_SOON:
                raise
            time.sleep(pause)
    return cognito_calls.call(pool, operation, request, _REFUSALS)


def _client(client: Any) -> Client:
    state, _, label = client["ClientName"].partition(_BETWEEN)
    return Client(client["ClientId"], label or client["ClientName"], state != DISABLED)


def _secret(secret: Any) -> Secret:
    return Secret(
        id=secret["ClientSecretId"],
        created_at=cognito_calls.instant(secret["ClientSecretCreateDate"]),
        value=secret.get("ClientSecretValue", ""),
    )
