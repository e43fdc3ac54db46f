"""The states of the mails to the customer of an order, as the desk shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from lambdas.platform.tables import Record
from lambdas.shop import ledger, letters, order_channels, order_status
from lambdas.shop.documents import Order

Due = dict[str, str]
"""A mail that may have been sent: the status that it tells of, and when the order came to it."""


def due(order: Order) -> dict[str, Due]:
    """Return the mails that may have been sent about an order, by their ID: the status of each and its time.

    Only an order that came through the storefront has any.
    """
    if order_channels.of(order) != order_channels.CUSTOMER:
        return {}
    steps = [one for one in order["history"] if "to" in one]
    first = {one["to"]: one["at"] for one in reversed(steps) if one["to"] in order_status.TOLD}
    return {
        ledger.id_to_customer(order["orderID"], status): {"event": status, "at": at}
        for status, at in first.items()
    }


def shown(order: Order, known: Mapping[str, Record], dead: Iterable[Record]) -> list[dict[str, Any]]:
    """Return what became of the mails to the customer of an order, as the API shows them.

    `known` has the entries of the ledger, and `dead` the dead letters of the order. A mail that nobody has
    begun to send is left out, because a shop need not send any.
    """
    failed = {one["id"] for one in dead if one["state"] == letters.OPEN}
    found = [
        _shown(
            mail, known.get(one, {}), is_failed=letters.id_of_mail(order["orderID"], mail["event"]) in failed
        )
        for one, mail in due(order).items()
    ]
    return [one for one in found if one]


def _shown(mail: Due, entry: Record, *, is_failed: bool) -> dict[str, Any]:
    if not entry and not is_failed:
        return {}
    facts: dict[str, Any] = {**mail, "toCustomer": True, "state": _state(entry, is_failed)}
    facts |= {name: entry[name] for name in ("sentAt", "because") if name in entry}
    came_back = entry.get("complainedAt") or entry.get("bouncedAt")
    return facts | ({"cameBackAt": came_back} if came_back else {})


def _state(entry: Record, is_failed: bool) -> str:
    if "complainedAt" in entry:
        return "unwanted"
    if "bouncedAt" in entry:
        return "bounced"
    if "sentAt" in entry:
        return "sent"
    return "failed" if is_failed else "waiting"
