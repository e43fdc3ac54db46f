"""The accounts in the user pool of customers. A stack without a storefront has neither pool nor accounts."""

import os
from contextlib import suppress
from typing import Any, NamedTuple

from lambdas.platform import cognito_calls, text
from lambdas.platform.cognito_calls import RefusedError

_NOT_FOUND = "UserNotFoundException"
_MAX_USERS = 60  # of a page of ListUsers (Cognito API Reference)


class Account(NamedTuple):
    """An account: its `sub`, which is its user name too, its name, and when it was made."""

    sub: str
    name: str
    created_at: str


def of_email(mailbox: str) -> list[Account]:
    """Return the accounts with an e-mail address, in whichever spelling, proved or not.

    The address is given as `text.mailbox` returns it. Cognito compares it without regard to capitals.
    """
    if not os.environ["SHOP_CUSTOMER_POOL_ID"]:
        return []
    found = {account.sub: account for one in text.spellings(mailbox) for account in _with(one)}
    return list(found.values())


def delete(sub: str) -> None:
    """Delete an account. Nothing happens if it is gone."""
    with suppress(RefusedError):
        _call("admin_delete_user", Username=sub)


def _with(email: str) -> list[Account]:
    quoted = email.replace("\\", "\\\\").replace('"', '\\"')
    found = _call("list_users", Filter=f'email = "{quoted}"', Limit=_MAX_USERS)
    return [_account(user) for user in found["Users"]]


def _account(user: Any) -> Account:
    attributes = {one["Name"]: one.get("Value", "") for one in user.get("Attributes", [])}
    return Account(
        sub=attributes.get("sub") or user["Username"],
        name=attributes.get("name", ""),
        created_at=cognito_calls.instant(user["UserCreateDate"]),
    )


def _call(operation: str, **request: Any) -> Any:
    return cognito_calls.call(os.environ["SHOP_CUSTOMER_POOL_ID"], operation, request, {_NOT_FOUND})
