"""Webhooks: events about orders for the systems of connected shops, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.table import TableArgs, table


@dataclass(frozen=True, kw_only=True)
class WebhooksArgs:
    """Whether the table is protected from deletion."""

    protect: bool


class Webhooks(pulumi.ComponentResource):
    """The table of deliveries."""

    def __init__(self, name: str, args: WebhooksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Webhooks", name, None, opts)
        self._name, self._args = name, args
        self.table = table(
            f"{name}-deliveries",
            TableArgs(key="shop", sort="deliveryID", expires=True, protect=args.protect),
            self,
        )
        self.register_outputs({"table": self.table.name})
