"""The ledger of notifications: the mails that were sent, and the leases of mails that are being sent."""

import os
import time

from lambdas.platform import tables

# `notify` runs for at most 30 s. So if a lease expires, its owner has ended without marking the mail as sent.
_LEASE_MS = 60_000
_ENTRY_SECONDS = 14 * 24 * 3600  # a stream delivers a record for one day


class StillLeasedError(Exception):
    """Another invocation has the lease of this mail: it is still running or has crashed. Try again later."""


def table() -> str:
    """Return the name of the table of the ledger."""
    return os.environ["SHOP_NOTIFICATIONS_TABLE"]


def claim(notification_id: str, owner: str, now_ms: int) -> bool:
    """Take the lease of a mail; return whether the mail is still to be sent.

    The owner of a lease is the stream record. A second delivery of the record need not wait for the lease,
    because Lambda makes it only after the first invocation has ended. Raises StillLeasedError.
    """
    try:
        _lease(notification_id, owner, now_ms)
    except tables.ConditionFailedError:
        stored = tables.get(table(), notificationID=notification_id)
        if stored is None or "sentAt" not in stored:
            raise StillLeasedError from None
        return False
    return True


def mark_sent(notification_id: str, owner: str, at: str) -> None:
    """Mark a mail as sent. Raises ConditionFailedError if the owner has lost the lease."""
    tables.write_conditionally(
        "update_item",
        TableName=table(),
        Key=tables.attributes({"notificationID": notification_id}),
        UpdateExpression="SET sentAt = :at REMOVE leaseOwner, leasedUntil",
        ConditionExpression="leaseOwner = :owner",
        ExpressionAttributeValues=tables.attributes({":at": at, ":owner": owner}),
    )


def _lease(notification_id: str, owner: str, now_ms: int) -> None:
    until = {":until": now_ms + _LEASE_MS, ":expiry": int(time.time()) + _ENTRY_SECONDS}
    tables.write_conditionally(
        "update_item",
        TableName=table(),
        Key=tables.attributes({"notificationID": notification_id}),
        UpdateExpression="SET leaseOwner = :owner, leasedUntil = :until, expiresAt = :expiry",
        ConditionExpression="attribute_not_exists(notificationID) OR "
        "(attribute_not_exists(sentAt) AND (leasedUntil < :now OR leaseOwner = :owner))",
        ExpressionAttributeValues=tables.attributes({":owner": owner, ":now": now_ms, **until}),
    )
