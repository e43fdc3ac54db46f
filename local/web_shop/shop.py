"""The web shop: its products, and its orders on their way to the order desk."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import Any

from local.web_shop.inbox import Inbox, InboxError
from local.web_shop.store import ACCEPTED, SENDING, Store

Json = dict[str, Any]

POLL_INTERVAL_S = 3.0
MAX_POLLED = 20  # orders that are asked for in one round


class WebShop:
    """A shop with this catalog, inbox and store. `secrets` are those of its webhook."""

    def __init__(self, products: list[Json], inbox: Inbox, store: Store, secrets: list[str]) -> None:
        """Take the products of the catalog, each with sku, name, unitPrice and more."""
        self.products, self.store, self.secrets = products, store, secrets
        self._by_sku = {one["sku"]: one for one in products}
        self._inbox = inbox
        self._wake, self._stopped = threading.Event(), threading.Event()

    def product(self, sku: str) -> Json | None:
        """Return a product, or None."""
        return self._by_sku.get(sku)

    def total(self, basket: Mapping[str, int]) -> int:
        """Return what a basket costs, in minor units."""
        return sum(self._by_sku[sku]["unitPrice"] * quantity for sku, quantity in basket.items())

    def order(self, basket: Mapping[str, int], customer: Json) -> str:
        """Keep an order and have it sent. Return its ID, which is chosen here and never changes."""
        order = {
            "orderID": str(uuid.uuid4()),
            "customer": customer,
            "items": [{"sku": sku, "quantity": quantity} for sku, quantity in basket.items()],
            "reference": self.store.next_reference(),
            "agreedTotal": self.total(basket),
        }
        self.store.add([order])
        self._wake.set()
        return str(order["orderID"])

    def run(self) -> None:
        """Send orders and ask for them until `stop` is called. Webhooks are usually faster."""
        while not self._stopped.is_set():
            self._wake.clear()
            try:
                self.send_waiting()
                self.ask()
            except InboxError as error:
                print(f"{error}; the shop goes on trying", flush=True)
            self._wake.wait(POLL_INTERVAL_S)

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()
        self._wake.set()

    def send_waiting(self) -> None:
        """Send each order that has no final answer, also one of an earlier run. Raises InboxError."""
        for kept in self.store.waiting(SENDING):
            self.store.answered(kept.id, self._inbox.send(kept.content))

    def ask(self) -> None:
        """Ask for some orders that were accepted and about which nothing is known yet. Raises InboxError."""
        for kept in self.store.waiting(ACCEPTED, MAX_POLLED):
            if found := self._inbox.find(kept.id):
                self.store.learned(found)
