"""The table of search terms. The calls on products and the reader of the orders' stream write it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.table import TableArgs, table

# The actions of a search of orders or customers: it reads the state, the journal and the blocks.
SEARCH_ACTIONS = ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem")
# The actions of the function that follows the orders: it also writes the journal, the state and the blocks.
INDEX_ACTIONS = (*SEARCH_ACTIONS, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem")


@dataclass(frozen=True, kw_only=True)
class SearchIndexArgs:
    """Whether the table is protected from deletion."""

    protect: bool


class SearchIndex(pulumi.ComponentResource):
    """One table: the words of products, the journal and the blocks of orders, and the product ledger."""

    def __init__(self, name: str, args: SearchIndexArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:SearchIndex", name, None, opts)
        self.terms = table(
            f"{name}-terms",
            TableArgs(key="term", sort="listKey", expires=True, protect=args.protect),
            parent=self,
        )
        self.register_outputs({"terms": self.terms.name})
