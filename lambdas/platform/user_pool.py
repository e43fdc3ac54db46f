"""The accounts of the user pool. Each is named by its `sub`, which never changes and is its user name."""

import os
import re
from typing import Any, NamedTuple

from lambdas.platform import cognito_calls
from lambdas.platform.cognito_calls import RefusedError

_SUB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# Errors that depend on what was asked for (Cognito API Reference). The quota of mails is a LimitExceeded.
NOT_FOUND, EXISTS = "UserNotFoundException", "UsernameExistsException"
INVALID, USED_ALREADY = "InvalidParameterException", "UnsupportedUserStateException"
NOT_MAILED = frozenset({"CodeDeliveryFailureException", "LimitExceededException"})
_REFUSALS = NOT_MAILED | {NOT_FOUND, EXISTS, INVALID, USED_ALREADY}
# Of a page of ListUsersInGroup and of ListUsers (Cognito API Reference).
_MAX_MEMBERS = _MAX_USERS = 60


class Account(NamedTuple):
    """An account as Cognito has it. `email` is empty if the account has deleted its address."""

    sub: str
    email: str
    enabled: bool
    status: str
    created_at: str
    changed_at: str


def is_sub(text: str) -> bool:
    """Whether a text has the form of a `sub`. Cognito would take an e-mail address in its place too."""
    return bool(_SUB.fullmatch(text))


def find(sub: str) -> Account | None:
    """Return an account, or None."""
    return _find(sub) if is_sub(sub) else None


def find_by_email(email: str) -> Account | None:
    """Return the account with an e-mail address, or None."""
    return _find(email)


def page(limit: int, position: str, beginning: str) -> tuple[list[Account], str]:
    """Return a page of the accounts whose address has this beginning, or of the one with this `sub`.

    Also return the position of the next page. It is empty before the first page and after the last one.
    Raises RefusedError for a position that Cognito did not give.
    """
    request: dict[str, Any] = {"Limit": limit}
    if position:
        request["PaginationToken"] = position
    if beginning:
        is_id = is_sub(beginning.lower())
        request["Filter"] = f'sub = "{beginning.lower()}"' if is_id else f'email ^= "{_quoted(beginning)}"'
    found = _call("list_users", **request)
    return list(map(_account, found["Users"])), found.get("PaginationToken", "")


def addresses() -> set[str]:
    """Return the e-mail address of every account that has one."""
    found: set[str] = set()
    position: dict[str, str] = {}
    while True:
        part = _call("list_users", AttributesToGet=["email"], Limit=_MAX_USERS, **position)
        found |= {account.email for account in map(_account, part["Users"]) if account.email}
        if "PaginationToken" not in part:
            return found
        position = {"PaginationToken": part["PaginationToken"]}


def members(group: str) -> set[str]:
    """Return the `sub` of every member of a group."""
    found: set[str] = set()
    position: dict[str, str] = {}
    while True:
        part = _call("list_users_in_group", GroupName=group, Limit=_MAX_MEMBERS, **position)
        found |= {_account(user).sub for user in part["Users"]}
        if "NextToken" not in part:
            return found
        position = {"NextToken": part["NextToken"]}


def groups_of(sub: str) -> frozenset[str]:
    """Return the groups of an account."""
    found = _call("admin_list_groups_for_user", Username=sub, Limit=_MAX_MEMBERS)
    return frozenset(group["GroupName"] for group in found["Groups"])


def invite(email: str) -> Account:
    """Create an account, to which Cognito mails the first password. Raises RefusedError."""
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    return _account(_invite(email, UserAttributes=attributes)["User"])


def invite_again(email: str) -> None:
    """Have Cognito mail a new first password. Raises RefusedError."""
    _invite(email, MessageAction="RESEND")


def _find(name: str) -> Account | None:
    try:
        found = _call("admin_get_user", Username=name)
    except RefusedError as error:
        if error.code != NOT_FOUND:
            raise
        return None
    return _account({**found, "Attributes": found["UserAttributes"]})


def _invite(email: str, **request: Any) -> Any:
    # By mail, because Cognito would send a text message without this.
    return _call("admin_create_user", Username=email, DesiredDeliveryMediums=["EMAIL"], **request)


def add(sub: str, group: str) -> None:
    """Put an account into a group. Nothing happens if it is in the group."""
    _call("admin_add_user_to_group", Username=sub, GroupName=group)


def remove(sub: str, group: str) -> None:
    """Take an account out of a group. Nothing happens if it is not in the group."""
    _call("admin_remove_user_from_group", Username=sub, GroupName=group)


def disable(sub: str) -> None:
    """Disable an account, so that nobody can sign in with it, and end its sessions."""
    _call("admin_disable_user", Username=sub)
    sign_out(sub)


def enable(sub: str) -> None:
    """Enable an account that was disabled, so that its person can sign in again."""
    _call("admin_enable_user", Username=sub)


def sign_out(sub: str) -> None:
    """End every session of an account. An ID token that is out stays valid until it expires."""
    _call("admin_user_global_sign_out", Username=sub)


def _call(operation: str, **request: Any) -> Any:
    """Call Cognito. Raises RefusedError for the errors that a rule knows, and ClientError for others."""
    return cognito_calls.call(os.environ["SHOP_USER_POOL"], operation, request, _REFUSALS)


def _account(user: Any) -> Account:
    attributes = {one["Name"]: one.get("Value", "") for one in user.get("Attributes", [])}
    return Account(
        sub=attributes.get("sub") or user["Username"],
        email=attributes.get("email", ""),
        enabled=user["Enabled"],
        status=user["UserStatus"],
        created_at=cognito_calls.instant(user["UserCreateDate"]),
        changed_at=cognito_calls.instant(user["UserLastModifiedDate"]),
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
