"""The catalog: the products table, from which every price comes, and its four calls."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.policy import Statement, allow
from components.table import Index, TableArgs, table

INDEXES = {
    # Four shards, as for orders; a category is small enough to be one partition.
    "byName": Index(partition="listShard", sort="listKey"),
    "byCategory": Index(partition="category", sort="listKey"),
}


@dataclass(frozen=True, kw_only=True)
class CatalogArgs:
    """Where terms are, the currency of every price, the one origin whose pages may call from elsewhere."""

    terms: aws.dynamodb.Table
    currency: str
    cors_origin: str | None
    log_retention_days: int
    protect: bool


class Catalog(pulumi.ComponentResource):
    """The products table and one function each to list, get, put and delete products."""

    def __init__(self, name: str, args: CatalogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Catalog", name, None, opts)
        self._name, self._args = name, args
        self.table = self._table()
        self.functions = self._functions()
        self.register_outputs({"table": self.table.name})

    def _table(self) -> aws.dynamodb.Table:
        args = TableArgs(key="sku", indexes=INDEXES, protect=self._args.protect)
        return table(f"{self._name}-table", args, self)

    def _functions(self) -> dict[str, Function]:
        one = self.table.arn
        indexes = [pulumi.Output.concat(one, "/index/", index) for index in INDEXES]
        terms, searched = self._args.terms.arn, {"SHOP_TERMS_TABLE": self._args.terms.name}
        read = allow(["dynamodb:GetItem"], [one])
        # A product and its terms change in one transaction, which needs what each of its writes needs.
        put = allow(["dynamodb:PutItem"], [one, terms])
        unlist = allow(["dynamodb:DeleteItem"], [terms])
        delete = allow(["dynamodb:DeleteItem"], [one, terms])
        look = allow(["dynamodb:Query"], [*indexes, terms])
        find = allow(["dynamodb:BatchGetItem"], [one])
        return {
            "list_products": self._function("list_products", [look, find], **searched),
            "get_product": self._function("get_product", [read]),
            "put_product": self._function(
                "put_product", [read, put, unlist], SHOP_CURRENCY=self._args.currency, **searched
            ),
            "delete_product": self._function("delete_product", [read, delete], **searched),
        }

    def _function(self, module: str, permissions: list[Statement], **more: pulumi.Input[str]) -> Function:
        return api_function(
            self._name,
            module,
            permissions,
            {"SHOP_PRODUCTS_TABLE": self.table.name, **more},
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
