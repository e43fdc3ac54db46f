"""People: the accounts of the user pool, and what admins do with them.

The configuration names the first admins. `pulumi up` keeps those accounts in their groups, so nobody else
takes them out. Every change is in the log and in the table of people, with the `sub` of both persons.
"""

import os
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from lambdas.platform import log, side_by_side, user_pool
from lambdas.platform.access import ADMIN, STAFF, Person
from lambdas.platform.cognito_calls import RefusedError
from lambdas.platform.errors import ConflictError, NotFoundError, RequestError
from lambdas.platform.http_api import field_error
from lambdas.platform.listing import cursor_error, decode_cursor, encode_cursor
from lambdas.platform.tables import Record
from lambdas.platform.user_pool import Account
from lambdas.shop import admin_now, people_table

GROUPS = (STAFF, ADMIN)
# A page reads two rows of each person in one call of DynamoDB, which takes 100 keys.
MAX_PAGE = 50
_MAX_POSITION_BYTES = 3000  # of a position that Cognito gives; a whole URL may have 8,192 bytes

_STATES = {
    "FORCE_CHANGE_PASSWORD": "invited",
    "UNCONFIRMED": "unconfirmed",
    "CONFIRMED": "active",
    "RESET_REQUIRED": "password-reset",
}


def listed(limit: int, cursor: str, beginning: str) -> tuple[list[Record], str | None]:
    """Return a page of the people whose address has this beginning, or of the one with this `sub`.

    Also return the cursor of the next page or None.
    Raises BadRequestError for a cursor of another list.
    """
    scope = f"people\n{beginning}"
    position = decode_cursor(cursor, scope, _MAX_POSITION_BYTES) if cursor else ""
    try:
        accounts, following = user_pool.page(limit, position, beginning)
    except RefusedError as error:
        if error.code != user_pool.INVALID:
            raise
        raise cursor_error() from None
    rows = people_table.read([account.sub for account in accounts])
    members = dict(zip(GROUPS, side_by_side.call(user_pool.members, GROUPS), strict=True))
    people = [
        _shown(account, {group for group in GROUPS if account.sub in members[group]}, rows[account.sub])
        for account in accounts
    ]
    return people, encode_cursor(following, scope) if following else None


def whole(sub: str) -> Record:
    """Return a person with the latest changes of the account. Raises NotFoundError."""
    return _whole(_read(sub), user_pool.groups_of(sub))


def invite(email: str, group: str, *, by: Person) -> Record:
    """Create an account in a group, and have its first password mailed.

    Raises ConflictError for an address that has an account or gets no mail, BadRequestError, ForbiddenError.
    """
    admin_now.require(by)
    try:
        account = user_pool.invite(email)
    except RefusedError as error:
        raise _refused_invitation(error, email) from error
    user_pool.add(account.sub, group)
    people_table.mark_invited(account.sub, by=by)
    _record(account.sub, "invited", by, to=[group])
    return _whole(account, {group})


def invite_again(sub: str, *, by: Person) -> Record:
    """Have a new first password mailed to a person who never signed in.

    Raises NotFoundError, ForbiddenError, and ConflictError for anybody else.
    """
    admin_now.require(by)
    account = _read(sub)
    if not account.enabled or _STATES.get(account.status) != "invited":
        raise ConflictError("only somebody who has not signed in yet can be invited again")
    try:
        user_pool.invite_again(account.email)
    except RefusedError as error:
        raise _refused_invitation(error, account.email) from error
    people_table.mark_invited_again(sub)
    _record(sub, "invited-again", by)
    return _whole(account, user_pool.groups_of(sub))


def change(sub: str, groups: AbstractSet[str] | None, enabled: bool | None, *, by: Person) -> Record:
    """Change the groups of a person, and whether the account is enabled. None leaves either as it is.

    An account that is disabled loses its sessions. So does one that gets its first group, because somebody
    else may have opened it with the person's address. Raises NotFoundError, ForbiddenError, and ConflictError
    for a change that would lock out the admin who asks, or that the next `pulumi up` would undo.
    """
    admin_now.require(by)
    account, before = _read(sub), user_pool.groups_of(sub)
    wanted = before if groups is None else groups | (before - set(GROUPS))
    _refuse_own_lockout(sub, wanted, enabled, by)
    _refuse_against_configuration(sub, before - wanted)
    if enabled is not None and enabled != account.enabled:
        (user_pool.enable if enabled else user_pool.disable)(sub)
        _record(sub, "enabled" if enabled else "disabled", by)
        account = account._replace(enabled=enabled)
    if wanted != before:
        _set_groups(sub, before, wanted)
        _record(sub, "groups-changed", by, **{"from": _ours(before), "to": _ours(wanted)})
    return _whole(account, wanted)


def sign_out(sub: str, *, by: Person) -> Record:
    """End every session of a person. Raises NotFoundError, ForbiddenError."""
    admin_now.require(by)
    account = _read(sub)
    user_pool.sign_out(sub)
    _record(sub, "signed-out", by)
    return _whole(account, user_pool.groups_of(sub))


def _read(sub: str) -> Account:
    account = user_pool.find(sub)
    if account is None:
        raise NotFoundError("there is no such person")
    return account


def _refuse_own_lockout(sub: str, wanted: AbstractSet[str], enabled: bool | None, by: Person) -> None:
    if sub == by.sub and (enabled is False or ADMIN not in wanted):
        raise ConflictError(
            "you cannot disable yourself or leave the group admin, so that one admin always remains: "
            "ask another admin"
        )


def _refuse_against_configuration(sub: str, leaving: AbstractSet[str]) -> None:
    (configuration, _), _ = people_table.read_whole(sub)
    configured = configuration.get("groups", [])
    held = [group for group in configured if group in leaving]
    if held:
        keys = " and ".join(f"{group}Emails" for group in held)
        raise ConflictError(
            f"the configuration puts this person into {' and '.join(held)}: remove the address from {keys} "
            "and run pulumi up. Until then you can disable the account"
        )


def _set_groups(sub: str, before: AbstractSet[str], wanted: AbstractSet[str]) -> None:
    if before.isdisjoint(GROUPS):
        user_pool.sign_out(sub)
    for group in sorted(wanted - before):
        user_pool.add(sub, group)
    for group in sorted(before - wanted):
        user_pool.remove(sub, group)


def _refused_invitation(error: RefusedError, email: str) -> RequestError:
    if error.code == user_pool.EXISTS:
        account = user_pool.find_by_email(email)
        state = _state(account, user_pool.groups_of(account.sub)) if account else "there"
        return ConflictError(
            f"this address has an account already, which is {state.replace('-', ' ')}: look for it in the "
            "list, where you can change its groups, enable it or invite it again"
        )
    if error.code in user_pool.NOT_MAILED:
        return ConflictError("the mail could not be sent: check the address, or try again tomorrow")
    if error.code == user_pool.USED_ALREADY:
        return ConflictError("only somebody who has not signed in yet can be invited again")
    return field_error("email", "is no address that an account can have")


def _record(sub: str, event: str, by: Person, **details: Any) -> None:
    log.event(f"person.{event}", sub=by.sub, person=sub, **details)
    people_table.add_change(sub, event, details, by=by)


def _whole(account: Account, groups: AbstractSet[str]) -> Record:
    """Return a person with the latest changes.

    Groups and state are those that a change has just made, because Cognito may answer with older ones.
    """
    rows, changes = people_table.read_whole(account.sub)
    return {**_shown(account, groups, rows), "history": changes}


def _shown(account: Account, groups: AbstractSet[str], rows: people_table.Rows) -> Record:
    """Return a person as the API shows one."""
    configured, known = rows
    state = _state(account, groups)
    invited_at = max(known.get("invitedAt", ""), account.created_at)
    return {
        "sub": account.sub,
        **({"email": account.email} if account.email else {}),
        "groups": _ours(groups),
        "state": state,
        "source": "configuration" if configured else "page" if "invitedBy" in known else "other",
        "configuredGroups": configured.get("groups", []),
        "createdAt": account.created_at,
        "changedAt": account.changed_at,
        **({"invitationEndsAt": _end_of_invitation(invited_at)} if state == "invited" else {}),
        **{name: known[name] for name in ("invitedBy", "lastSignInAt") if name in known},
    }


def _state(account: Account, groups: AbstractSet[str]) -> str:
    if not account.enabled:
        return "disabled"
    state = _STATES.get(account.status, "unknown")
    return "waiting" if state == "active" and groups.isdisjoint(GROUPS) else state


def _end_of_invitation(invited_at: str) -> str:
    days = int(os.environ["SHOP_INVITATION_DAYS"])
    end = datetime.fromisoformat(invited_at) + timedelta(days=days)
    return end.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ours(groups: AbstractSet[str]) -> list[str]:
    return [group for group in GROUPS if group in groups]
