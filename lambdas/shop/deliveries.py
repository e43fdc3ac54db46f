"""Deliveries: what became of each event of a connected shop. The table keeps them for 30 days.

The ID of a delivery follows from the event, so that a second message about an event finds its row.
"""

import json
import os
import uuid
from datetime import datetime
from typing import Any

from lambdas.platform import aws, listing, tables, times
from lambdas.platform.errors import NotFoundError
from lambdas.platform.listing import Listing, Page
from lambdas.platform.tables import Record

WAITING, DELIVERED, FAILED, OFF = "waiting", "delivered", "failed", "off"
TEST = "test"  # the type of an event that an admin sends to see whether the webhook works
FIELDS = ("eventID", "type", "orderID", "state", "at", "tries", "lastAt", "status", "answer")
_KEPT_SECONDS = 30 * 24 * 3600
# A try takes 5 s, and the function that makes it is ended after a minute.
LEASE_MS = 60_000


def delivery_id(event: Record) -> str:
    """Return the ID of the delivery of an event. IDs sort by the time of the event."""
    moment = round(datetime.fromisoformat(event["at"]).timestamp() * 1000)
    return f"{moment:013d}-{event['id'].replace('#', '-')}"


def read_page(shop_id: str, limit: int, cursor: str) -> Page:
    """Return a page of a shop's deliveries as the API shows them, the latest first, and the next cursor.

    Raises BadRequestError for a cursor of another list.
    """
    wanted = Listing(
        table=_table(),
        partition_key="shop",
        partitions=[shop_id],
        sort_key="deliveryID",
        descending=True,
    )
    rows, following = listing.read_page(wanted, limit, cursor)
    return [shown(row) for row in rows], following


def shown(row: Record) -> Record:
    """Return a delivery as the API shows it."""
    kept = {name: row[name] for name in (*FIELDS, "milliseconds") if name in row}
    following = {"nextAt": times.iso(row["nextAt"])} if "nextAt" in row else {}
    return {"id": row["deliveryID"], **kept, **following}


def find(shop_id: str, delivery: str) -> Record | None:
    """Return the row of a delivery, or None."""
    return tables.get(_table(), shop=shop_id, deliveryID=delivery)


def begin(shop_id: str, event: Record, body: str, state: str = WAITING, **more: Any) -> Record:
    """Store a delivery of an event with this body, and return it, or the row that is stored already."""
    row = {
        "shop": shop_id,
        "deliveryID": delivery_id(event),
        "eventID": event["id"],
        "type": event["type"],
        **({"orderID": event["orderID"]} if "orderID" in event else {}),
        "state": state,
        "at": event["at"],
        "tries": 0,
        "body": body,
        "version": 1,
        "expiresAt": times.now_ms() // 1000 + _KEPT_SECONDS,
        **more,
    }
    try:
        tables.put_new(_table(), "shop", row)
    except tables.ConditionFailedError:
        return find(shop_id, row["deliveryID"]) or row
    return row


def claim(row: Record, now_ms: int) -> Record | None:
    """Take the right to try a delivery for a minute; return its row, or None if another try has it."""
    if row.get("leasedUntil", 0) > now_ms:
        return None
    taken = {"tries": row["tries"] + 1, "lastAt": times.iso(now_ms), "leasedUntil": now_ms + LEASE_MS}
    return _changed(row, taken, gone=("nextAt", "pressed"))


def settle(row: Record, **changes: Any) -> Record | None:
    """Store the result of a try, and return the row, or None if the row was changed meanwhile."""
    return _changed(row, changes, gone=("leasedUntil",))


def send_again(shop_id: str, delivery: str) -> None:
    """Have a delivery tried at once, whatever became of it before. Raises NotFoundError."""
    row = find(shop_id, delivery)
    pressed = {"state": WAITING, "tries": 0, "pressed": True}
    if row is None or _changed(row, pressed, gone=("nextAt",)) is None:
        raise NotFoundError("there is no such delivery, or it was tried at this moment: look again")
    _order(shop_id, delivery)


def send_test(shop_id: str) -> str:
    """Have an event without an order sent at once, and return the ID of its delivery."""
    event = {"id": f"test-{uuid.uuid4()}", "type": TEST, "at": times.now()}
    row = begin(shop_id, event, json.dumps(event), pressed=True)
    _order(shop_id, row["deliveryID"])
    return str(row["deliveryID"])


def _order(shop_id: str, delivery: str) -> None:
    body = json.dumps({"shop": shop_id, "delivery": delivery})
    aws.sqs().send_message(QueueUrl=os.environ["SHOP_WEBHOOK_QUEUE_URL"], MessageBody=body)


def _changed(row: Record, changes: Record, gone: tuple[str, ...]) -> Record | None:
    """Store changes of the row as it was read, and return it, or None if it is another by now."""
    changes = {**changes, "version": row["version"] + 1}
    removed = [name for name in gone if name in row and name not in changes]
    key = {"shop": row["shop"], "deliveryID": row["deliveryID"]}
    try:
        tables.update(_table(), row["version"], changes, removed, **key)
    except tables.ConditionFailedError:
        return None
    return {name: value for name, value in {**row, **changes}.items() if name not in removed}


def _table() -> str:
    return os.environ["SHOP_DELIVERIES_TABLE"]
