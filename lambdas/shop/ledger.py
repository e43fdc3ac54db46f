"""The ledger of notifications: which mails have been sent, and who is sending one right now."""

import os
import time

from lambdas.platform import tables

# Longer than the function may run (30 s): whoever held the lease until then has ended without a mark.
_LEASE_MS = 60_000
_KEPT_SECONDS = 14 * 24 * 3600  # a stream delivers nothing that is older than a day


class StillLeasedError(Exception):
    """Another invocation may be sending this mail; to be tried again, since it may also have died."""


def table() -> str:
    """Name the table of the ledger."""
    return os.environ["SHOP_NOTIFICATIONS_TABLE"]


def claim(notification_id: str, owner: str, now_ms: int) -> bool:
    """Take the lease of a mail; tells whether the mail is still to be sent.

    The owner is the stream record: a second delivery of it can only come after the first invocation ended,
    so it need not wait for the lease. Raises StillLeasedError.
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
    """Note that the mail went out. Raises ConditionFailedError if the lease was lost meanwhile."""
    tables.write_conditionally(
        "update_item",
        TableName=table(),
        Key=tables.attributes({"notificationID": notification_id}),
        UpdateExpression="SET sentAt = :at REMOVE leaseOwner, leasedUntil",
        ConditionExpression="leaseOwner = :owner",
        ExpressionAttributeValues=tables.attributes({":at": at, ":owner": owner}),
    )


def _lease(notification_id: str, owner: str, now_ms: int) -> None:
    until = {":until": now_ms + _LEASE_MS, ":expiry": int(time.time()) + _KEPT_SECONDS}
    tables.write_conditionally(
        "update_item",
        TableName=table(),
        Key=tables.attributes({"notificationID": notification_id}),
        UpdateExpression="SET leaseOwner = :owner, leasedUntil = :until, expiresAt = :expiry",
        ConditionExpression="attribute_not_exists(notificationID) OR "
        "(attribute_not_exists(sentAt) AND (leasedUntil < :now OR leaseOwner = :owner))",
        ExpressionAttributeValues=tables.attributes({":owner": owner, ":now": now_ms, **until}),
    )
