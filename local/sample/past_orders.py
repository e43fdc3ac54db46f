"""Past orders in the orders table, as if they had come in the last weeks.

They are written as an operator restores a backup, because the API accepts orders at the present time only.
The functions' own code prices them and makes their items, and the stream tells the views about them. An order
that is stored as delivered is not announced. The stream has one record of each, so the changes before its
version get their marks here: a rebuild would take them for changes that are not counted yet.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from lambdas.platform import batches, tables, times
from lambdas.platform.access import Person
from lambdas.shop import (
    catalog,
    new_orders,
    order_channels,
    order_numbers,
    order_table,
    orders,
    pricing,
    rebuild_journal,
    search_table,
    submissions,
)
from lambdas.shop.documents import Order, OrderContent, ProductPrice
from lambdas.shop.order_origin import Origin
from local.sample.trade import Move, PastOrder


@contextmanager
def environment(variables: Mapping[str, str], endpoint: str, region: str) -> Iterator[None]:
    """Set a function's environment variables for a while, so that the functions' code can run here."""
    before = dict(os.environ)
    os.environ |= {
        **variables,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def store(past: Sequence[PastOrder], sender: Person) -> None:
    """Store orders that are not stored yet, with numbers that rise with their time.

    The environment has the variables of `write_orders` and SHOP_TERMS_TABLE. Raises ValueError for an order
    that the functions would refuse, batches.BusyError and the errors of boto3.
    """
    table = order_table.name()
    known = batches.read(table, "orderID", [one.order["orderID"] for one in past], ("orderID",))
    new = [one for one in past if one.order["orderID"] not in known]
    if not new:
        return
    products = catalog.read_for_pricing({item["sku"] for one in new for item in one.order["items"]})
    numbers = order_numbers.draw(len(new))
    made = [_item(one, number, products, sender) for one, number in zip(new, numbers, strict=True)]
    marks = [mark for order in made for mark in rebuild_journal.marks(order)[:-1]]
    batches.write(search_table.name(), search_table.put_requests(marks))
    # A condition for each would take the emulator three times as long, and nobody else has these IDs.
    batches.write(table, [{"PutRequest": {"Item": tables.attributes(order)}} for order in made])


def _item(one: PastOrder, number: int, products: Mapping[str, ProductPrice], sender: Person) -> Order:
    """Return an order as the functions would have stored it: accepted then, and moved since."""
    submission, currency = submissions.read(json.dumps(one.order)), os.environ["SHOP_CURRENCY"]
    lines, reasons = pricing.price(one.order["items"], products, currency)
    if faults := [*submission.faults, *reasons]:
        raise ValueError(f"the sample order {submission.order_id} would be refused: {faults[0]}")
    content: dict[str, Any] = {**submission.order, "items": lines}
    content.pop("orderID")
    origin = Origin(
        channel=order_channels.STAFF, sender=sender, accepted_at=round(one.accepted_at.timestamp() * 1000)
    )
    order = new_orders.make(
        submission.order_id, number, cast(OrderContent, content), (), origin, currency=currency
    )
    order["submissionHash"] = submission.fingerprint
    for move in one.moves:
        order = _moved(order, move, sender)
    return order


def _moved(order: Order, move: Move, by: Person) -> Order:
    note = {"note": move.note} if move.note else {}
    entry = {**by.signature, "event": "moved", "from": order["status"], "to": move.status, **note}
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    return orders.next_version(order, order | {"status": move.status}, entry, limit, at=_instant(move.at))


def _instant(moment: datetime) -> str:
    return times.iso(round(moment.timestamp() * 1000))
