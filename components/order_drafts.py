"""The parked orders of each person: their table, and the calls that list, get, put and delete them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.policy import allow
from components.table import TableArgs, table


@dataclass(frozen=True, kw_only=True)
class OrderDraftsArgs:
    """The settings of the functions and of the table.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    cors_origin: str | None
    log_retention_days: int
    protect: bool


class OrderDrafts(pulumi.ComponentResource):
    """The table of drafts and one function each to list, get, put and delete them."""

    def __init__(self, name: str, args: OrderDraftsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:OrderDrafts", name, None, opts)
        self._name, self._args = name, args
        self.table = self._table()
        self.functions = self._functions()
        self.register_outputs({"table": self.table.name})

    def _table(self) -> aws.dynamodb.Table:
        args = TableArgs(key="sub", sort="orderID", expires=True, protect=self._args.protect)
        return table(f"{self._name}-table", args, self)

    def _functions(self) -> dict[str, Function]:
        return {
            "list_drafts": self._function("list_drafts", "Query"),
            "get_draft": self._function("get_draft", "GetItem"),
            # A new draft needs the query, which counts the drafts of its person.
            "put_draft": self._function("put_draft", "GetItem", "PutItem", "Query"),
            "delete_draft": self._function("delete_draft", "DeleteItem", "GetItem"),
        }

    def _function(self, module: str, *operations: str) -> Function:
        return api_function(
            self._name,
            module,
            [allow([f"dynamodb:{operation}" for operation in operations], [self.table.arn])],
            {"SHOP_DRAFTS_TABLE": self.table.name},
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
