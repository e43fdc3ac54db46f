"""The ledger of notifications: the mails that were sent, and the leases of mails that are being sent."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.platform import aws, batches, tables
from lambdas.platform.tables import Record

# The functions that send run for at most 60 s. So if a lease expires, its owner has ended without marking the
# mail as sent.
_LEASE_MS = 90_000
_ENTRY_SECONDS = 400 * 24 * 3600  # so long the page of an order says what was mailed
# The later news of SES about a mail to a customer: when it came back or was called unwanted, and why.
_RETURNED = ("bouncedAt", "complainedAt", "because")
# The codes of a statement whose entry has changed since it was read (API Reference, "BatchStatementError").
_CHANGED = ("ConditionalCheckFailed", "DuplicateItem")


class SentBeforeError(Exception):
    """The mail was sent already. No try is needed."""


class StillLeasedError(Exception):
    """Another invocation has the lease of this mail: it is still running or has crashed. Try again later."""


class Owner(NamedTuple):
    """An owner of a lease: a stream record, and the invocation that processes the record."""

    record: str
    invocation: str

    def __str__(self) -> str:
        return f"{self.record}/{self.invocation}"


def id_to_customer(order_id: str, status: str) -> str:
    """Return the ID of the mail that tells a customer of a status of an order."""
    return f"{order_id}#{status}#customer"


def table() -> str:
    """Return the name of the table of the ledger."""
    return os.environ["SHOP_NOTIFICATIONS_TABLE"]


def read(notification_ids: Iterable[str]) -> dict[str, Record]:
    """Return the entries of mails by their ID. Mails without an entry are left out. Raises BusyError."""
    names = ("notificationID", "leaseOwner", "leasedUntil", "sentAt", "to", *_RETURNED)
    return batches.read(table(), "notificationID", notification_ids, names)


def claim(owners: Mapping[str, Owner], known: Mapping[str, Record], now_ms: int) -> dict[str, Exception]:
    """Take the leases of at most 25 mails by their ID, and return the errors of those that have none now.

    `known` has the entries as they were read. An invocation may take the lease of an earlier delivery of its
    record, because Lambda makes another one only after the first invocation has ended. Of two invocations
    that read the same entry, only one gets the lease.
    """
    errors = {mail: _obstacle(known.get(mail), owner, now_ms) for mail, owner in owners.items()}
    free = [mail for mail, error in errors.items() if error is None]
    codes = batches.execute([_lease(mail, owners[mail], known.get(mail), now_ms) for mail in free])
    failed = {mail: code for mail, code in zip(free, codes, strict=True) if code}
    current = read(mail for mail, code in failed.items() if code in _CHANGED)
    for mail, code in failed.items():
        # boto3 repeats a call whose answer was lost. The entry is then that of the first call.
        is_own = current.get(mail, {}).get("leaseOwner") == str(owners[mail])
        errors[mail] = None if is_own else _failure(code, current.get(mail))
    return {mail: error for mail, error in errors.items() if error}


def mark_sent(recipients: Mapping[str, Sequence[str]], at: str) -> None:
    """Mark mails, by their ID, as sent to these addresses, whoever has their leases by now.

    An event that is no mail has no addresses. Raises BusyError.
    """
    mark = {"sentAt": at, "expiresAt": _expiry()}
    marks = [{"notificationID": mail, "to": list(to), **mark} for mail, to in recipients.items()]
    batches.write(table(), [{"PutRequest": {"Item": tables.attributes(mark)}} for mark in marks])


def note(notification_id: str, **notes: Any) -> bool:
    """Add notes to the entry of a mail, whatever it has by now; return whether there is an entry."""
    try:
        tables.note(table(), "notificationID", notification_id, notes)
    except tables.ConditionFailedError:
        return False
    return True


def release(notification_id: str) -> None:
    """End the lease of a mail that was certainly not sent."""
    note(notification_id, leasedUntil=0)


def _obstacle(entry: Record | None, owner: Owner, now_ms: int) -> Exception | None:
    """Return the reason for which the owner may not send this mail now, or None."""
    if entry is None:
        return None
    if "sentAt" in entry:
        return SentBeforeError()
    is_own = entry["leaseOwner"].partition("/")[0] == owner.record
    return None if is_own or entry["leasedUntil"] < now_ms else StillLeasedError()


def _lease(mail: str, owner: Owner, entry: Record | None, now_ms: int) -> dict[str, Any]:
    """Return the statement that adds a lease, or that replaces the lease that was read."""
    lease = {"leaseOwner": str(owner), "leasedUntil": now_ms + _LEASE_MS, "expiresAt": _expiry()}
    if entry is None:
        return batches.insertion(table(), {"notificationID": mail, **lease})
    was = {name: entry[name] for name in ("leaseOwner", "leasedUntil")}
    return batches.replacement(table(), {"notificationID": mail, **was}, lease)


def _failure(code: str, entry: Record | None) -> Exception:
    if code not in _CHANGED:
        return aws.error_of({"Code": code}, "BatchExecuteStatement")
    return SentBeforeError() if entry and "sentAt" in entry else StillLeasedError()


def _expiry() -> int:
    return int(time.time()) + _ENTRY_SECONDS
