"""The secrets of app clients: the emulator gives a client one secret, and lacks the calls that change it.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito

MAX_SECRETS = 2  # of an app client (API Reference)
_LETTERS = string.ascii_lowercase + string.digits
_LENGTH = 52  # of the secrets that Cognito makes; 64 is the longest (API Reference)


class _RefusedError(Exception):
    """The call is refused. `answer` is the response."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = error_response_json(code, message, 400)


def install() -> None:
    """Add the three calls, and let a client get tokens with each of its secrets."""
    dispatch, authenticate = cognito._dispatch_idp, cognito._authenticate_client
    delete = cognito._delete_user_pool_client

    async def dispatched(action: str, data: dict[str, Any]) -> Any:
        call = _CALLS.get(action)
        return _answer(call, data) if call else await dispatch(action, data)

    def authenticated(headers: dict[str, str], form: dict[str, str]) -> tuple[str, str]:
        client_id, given = authenticate(headers, form)
        return client_id, _first_secret(client_id, given)

    def deleted(data: dict[str, Any]) -> Any:
        answer = delete(data)
        _forget(data)
        return answer

    cognito._client_secret = _new_secret
    cognito._dispatch_idp, cognito._authenticate_client = dispatched, authenticated
    cognito._delete_user_pool_client = deleted


def _new_secret() -> str:
    """Return a secret of the letters that Cognito uses. The emulator's own need encoding in a form."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def _answer(call: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> Any:
    try:
        return json_response(call(data))
    except _RefusedError as error:
        return error.answer


def _add(data: dict[str, Any]) -> dict[str, Any]:
    client, kept = _secrets(data)
    if len(kept) >= MAX_SECRETS:
        raise _RefusedError("LimitExceededException", "The app client has the maximum number of secrets.")
    made = _entry(client, data.get("ClientSecret") or _new_secret(), time.time())
    kept.append(made)
    shown = {name: value for name, value in made.items() if name != "ClientSecretValue"}
    return {"ClientSecretDescriptor": shown if data.get("ClientSecret") else made}


def _list(data: dict[str, Any]) -> dict[str, Any]:
    _, kept = _secrets(data)
    hidden = [{name: value for name, value in one.items() if name != "ClientSecretValue"} for one in kept]
    return {"ClientSecrets": hidden}


def _delete(data: dict[str, Any]) -> dict[str, Any]:
    client, kept = _secrets(data)
    gone = [one for one in kept if one["ClientSecretId"] == data.get("ClientSecretId")]
    if not gone:
        raise _RefusedError("ResourceNotFoundException", "Client secret not found.")
    if len(kept) == 1:
        raise _RefusedError(
            "InvalidParameterException", "The last secret of an app client cannot be deleted."
        )
    kept.remove(gone[0])
    client["ClientSecret"] = kept[0]["ClientSecretValue"]
    return {}


def _secrets(data: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an app client and its secrets, which are kept in its pool. Raises _RefusedError."""
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    client = (pool or {}).get("_clients", {}).get(data.get("ClientId"))
    if pool is None or client is None:
        raise _RefusedError("ResourceNotFoundException", f"Client {data.get('ClientId')} not found.")
    if not client.get("ClientSecret"):
        raise _RefusedError("InvalidParameterException", "The app client has no secret.")
    return client, _kept(pool, client)


def _kept(pool: dict[str, Any], client: dict[str, Any]) -> list[dict[str, Any]]:
    by_client: dict[str, list[dict[str, Any]]] = pool.setdefault("_client_secrets", {})
    first = _entry(client, client["ClientSecret"], client["CreationDate"])
    return by_client.setdefault(client["ClientId"], [first])


def _entry(client: dict[str, Any], value: str, at: float) -> dict[str, Any]:
    return {
        "ClientSecretId": f"{client['ClientId']}--{int(at * 1000)}",
        "ClientSecretValue": value,
        "ClientSecretCreateDate": at,
    }


def _first_secret(client_id: str, given: str) -> str:
    """Return the secret that the emulator compares if any secret of the client was given, else the given."""
    _, pool, client = cognito._find_pool_by_client_id(client_id)
    if not pool or not client or not client.get("ClientSecret"):
        return given
    values = [one["ClientSecretValue"] for one in _kept(pool, client)]
    return str(client["ClientSecret"]) if given in values else given


def _forget(data: dict[str, Any]) -> None:
    pool = cognito._user_pools.get(data.get("UserPoolId")) or {}
    pool.get("_client_secrets", {}).pop(data.get("ClientId"), None)


_CALLS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "AddUserPoolClientSecret": _add,
    "ListUserPoolClientSecrets": _list,
    "DeleteUserPoolClientSecret": _delete,
}
