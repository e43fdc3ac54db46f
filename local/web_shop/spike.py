"""A spike: many orders at once, some sent twice and some malformed, as on the day of a sale."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.web_shop.inbox import Inbox
from local.web_shop.store import Store

Json = dict[str, Any]

CONNECTIONS = 8
REPEATED, MALFORMED = 20, 100  # each so manieth order is sent twice, or lacks its customer's name
STALL_S = 120  # without one more stored order, after which the wait ends
POLL_S = 0.5


@dataclass(frozen=True)
class Outcome:
    """The orders of a spike by what became of them, and the seconds until all were sent and all stored."""

    sent: int
    repeated: int
    accepted: int
    refused: int
    placed: int
    rejected: int
    missing: int
    retries: int
    sending_s: float
    storing_s: float

    def __str__(self) -> str:
        rate = self.accepted / self.sending_s if self.sending_s else 0
        return "\n".join(
            [
                f"sent      {self.sent:,}, {self.repeated:,} of them twice, {self.retries:,} retries",
                f"accepted  {self.accepted:,} in {self.sending_s:.1f} s, {rate:.0f} a second",
                f"refused   {self.refused:,}, because they were malformed on purpose",
                f"stored    {self.placed:,} placed, {self.rejected:,} rejected, {self.storing_s:.1f} s later",
                f"missing   {self.missing:,}",
            ]
        )


def orders(products: list[Json], number: int, seed: int | None = None) -> list[Json]:
    """Return so many orders of one to four products of the catalog."""
    draw = random.Random(seed)  # noqa: S311  sample orders need no secure numbers
    sold = [one["sku"] for one in products]
    return [_order(draw.sample(sold, k=min(len(sold), draw.randint(1, 4))), at) for at in range(number)]


def _order(skus: Iterable[str], at: int) -> Json:
    customer = {"name": f"Customer {at}", "email": f"customer-{at}@shop.example"}
    if (at + 1) % MALFORMED == 0:
        del customer["name"]
    return {
        "orderID": str(uuid.uuid4()),
        "customer": customer,
        "items": [{"sku": sku, "quantity": 1 + at % 3} for sku in skus],
        "reference": f"SPIKE-{at + 1}",
    }


def run(
    inbox: Inbox, store: Store, made: list[Json], say: Callable[[str], None], stall_s: float = STALL_S
) -> Outcome:
    """Send the orders from 8 connections, and wait until each accepted one is stored. Raises InboxError."""
    store.add(made)
    repeated = made[::REPEATED]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        began = time.monotonic()
        refusals = list(pool.map(inbox.send, made))
        list(pool.map(inbox.send, repeated))
        sent = time.monotonic()
        for order, refusal in zip(made, refusals, strict=True):
            store.answered(order["orderID"], refusal)
        accepted = [one["orderID"] for one, refusal in zip(made, refusals, strict=True) if not refusal]
        say(f"{len(accepted):,} accepted; waiting until they are stored")
        found = _stored(pool, inbox, store, accepted, stall_s)
    rejected = sum(one["status"] == "rejected" for one in found)
    return Outcome(
        sent=len(made),
        repeated=len(repeated),
        accepted=len(accepted),
        refused=len(made) - len(accepted),
        placed=len(found) - rejected,
        rejected=rejected,
        missing=len(accepted) - len(found),
        retries=inbox.repeats,
        sending_s=sent - began,
        storing_s=time.monotonic() - sent,
    )


def _stored(
    pool: ThreadPoolExecutor, inbox: Inbox, store: Store, wanted: list[str], stall_s: float
) -> list[Json]:
    """Return the orders that are stored, after all are or none more came for `stall_s` seconds."""
    found: dict[str, Json] = {}
    since = time.monotonic()
    while len(found) < len(wanted) and time.monotonic() - since < stall_s:
        batch = [one for one in wanted if one not in found][: 50 * CONNECTIONS]
        new = {one["orderID"]: one for one in pool.map(inbox.find, batch) if one}
        for one in new.values():
            store.learned(one)
        found |= new
        if new:
            since = time.monotonic()
        else:
            time.sleep(min(POLL_S, stall_s))
    return list(found.values())
