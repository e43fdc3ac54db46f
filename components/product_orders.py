"""The calls that look at the orders of a product: list them, what is bought with it, and its deletion."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.policy import Statement, allow


@dataclass(frozen=True, kw_only=True)
class ProductOrdersArgs:
    """The tables of products, orders and search terms, of which the last has the product ledger.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    products: aws.dynamodb.Table
    orders: aws.dynamodb.Table
    terms: aws.dynamodb.Table
    cors_origin: str | None
    log_retention_days: int


class ProductOrders(pulumi.ComponentResource):
    """Three functions, each with only the permissions that its call needs."""

    def __init__(
        self, name: str, args: ProductOrdersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:ProductOrders", name, None, opts)
        self._name, self._args = name, args
        self.functions = self._functions()
        self.register_outputs({})

    def _functions(self) -> dict[str, Function]:
        products, orders, terms = (
            table.arn for table in (self._args.products, self._args.orders, self._args.terms)
        )
        get = allow(["dynamodb:GetItem"], [products])
        read_ledger = allow(["dynamodb:Query"], [terms])
        read_orders = allow(["dynamodb:BatchGetItem"], [orders])
        read_both = allow(["dynamodb:BatchGetItem"], [orders, products])
        find_open = allow(["dynamodb:Query"], [pulumi.Output.concat(orders, "/index/byStatus"), terms])
        delete = allow(["dynamodb:DeleteItem"], [products])
        # The history and the pack of the catalog, whose part is read before.
        get_both = allow(["dynamodb:GetItem"], [products, terms])
        write_terms = allow(["dynamodb:PutItem"], [terms])
        return {
            "list_product_orders": self._function("list_product_orders", [get, read_ledger, read_orders]),
            "get_also_bought": self._function("get_also_bought", [get, read_ledger, read_both]),
            "delete_product": self._function(
                "delete_product", [get_both, find_open, read_orders, delete, write_terms]
            ),
        }

    def _function(self, module: str, permissions: list[Statement]) -> Function:
        return api_function(
            self._name,
            module,
            permissions,
            {
                "SHOP_PRODUCTS_TABLE": self._args.products.name,
                "SHOP_ORDERS_TABLE": self._args.orders.name,
                "SHOP_TERMS_TABLE": self._args.terms.name,
            },
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
