"""The mails about an order: which were due, what became of each, and one that is sent again."""

import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lambdas.platform import aws, tables, times
from lambdas.platform.errors import ConflictError
from lambdas.shop import customer_mail_states, ledger, letters, order_status
from lambdas.shop.documents import HistoryEntry, Order

MAILED = "mailed"  # the event of a history by which somebody had a mail sent again
_SOON_MS = 10 * 60 * 1000  # the mail of an event this young may still come
_IDS = uuid.UUID("0d0c1f0e-93a6-4d0b-8f57-5a2f0a4c6e55")  # a random namespace, only for the IDs of records


class Due(NamedTuple):
    """A mail that was due: its ID in the ledger, the event it is about, when, and who had it sent again."""

    id: str
    event: str
    at: str
    by: str = ""


def due(order: Order) -> list[Due]:
    """Return the mails that were due for an order, the first one first."""
    return [mail for entry in order["history"] if (mail := _due(order["orderID"], entry))]


def shown(order: Order) -> dict[str, Any]:
    """Return what became of the mails of an order, and its dead letters, as the API shows them.

    Raises batches.BusyError.
    """
    mails, to_customer = due(order), customer_mail_states.due(order)
    known = ledger.read([*(mail.id for mail in mails), *to_customer])
    dead = letters.of_order(order["orderID"])
    has_failed = any(one["source"] == letters.NOTIFICATIONS and one["state"] == letters.OPEN for one in dead)
    return {
        "mails": sorted(
            [
                *(_shown(mail, known.get(mail.id, {}), has_failed=has_failed) for mail in mails),
                *customer_mail_states.shown(order, known, dead),
            ],
            key=lambda mail: mail["at"],
        ),
        "deadLetters": [letters.listed(one) for one in dead],
    }


def require(order: Order, event: str) -> None:
    """Raise ConflictError unless a mail about this event was due."""
    known = sorted({mail.event for mail in due(order)})
    if event not in known:
        words = f"only about: {', '.join(known)}" if known else "about none of its events"
        raise ConflictError(f"there is no mail about {event} of this order, {words}")


def send_again(order: Order, event: str) -> None:
    """Send the mail about an event that its latest `mailed` entry asks for. Raises the errors of boto3.

    The notifier gets its ID in place of a change of the stream, reads the order, and sends it once.
    """
    mail = next(one for one in reversed(due(order)) if one.by and one.event == event)
    record = {
        "eventID": uuid.uuid5(_IDS, mail.id).hex,
        "eventName": "MAIL",
        "notificationID": mail.id,
        "status": mail.event,
        "dynamodb": {"Keys": tables.attributes({"orderID": order["orderID"]})},
    }
    queue = os.environ["SHOP_NOTIFICATION_AGAIN_URL"]
    aws.sqs().send_message(QueueUrl=queue, MessageBody=json.dumps(record))


def _due(order_id: str, entry: HistoryEntry) -> Due | None:
    if entry["event"] == MAILED:
        event = entry["mail"]
        return Due(f"{order_id}#{event}#{entry['at']}", event, entry["at"], entry["by"])
    status = entry.get("to")
    is_due = order_status.is_announced(status, entry.get("from"), is_new="from" not in entry)
    return Due(f"{order_id}#{status}", str(status), entry["at"]) if is_due else None


def _shown(mail: Due, entry: dict[str, Any], *, has_failed: bool) -> dict[str, Any]:
    facts = {"event": mail.event, "at": mail.at, "by": mail.by, "state": _state(mail, entry, has_failed)}
    facts |= {name: entry[name] for name in ("sentAt", "to") if name in entry}
    return {name: value for name, value in facts.items() if value}


def _state(mail: Due, entry: dict[str, Any], has_failed: bool) -> str:
    if "sentAt" in entry:
        return "sent"
    if has_failed:
        return "failed"
    accepted = round(datetime.fromisoformat(mail.at).replace(tzinfo=UTC).timestamp() * 1000)
    is_leased = entry.get("leasedUntil", 0) > times.now_ms()
    return "waiting" if is_leased or times.now_ms() - accepted < _SOON_MS else "unknown"
