"""The calls on stored orders: list, get, replace, move and delete, one function each."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.order_pipeline import INDEXES
from components.policy import Statement, allow


@dataclass(frozen=True, kw_only=True)
class OrderCallsArgs:
    """The three tables, and the one origin whose pages may call from elsewhere."""

    orders: aws.dynamodb.Table
    terms: aws.dynamodb.Table
    products: aws.dynamodb.Table
    cors_origin: str | None
    log_retention_days: int


class OrderCalls(pulumi.ComponentResource):
    """Five functions, each with no more than its own call needs."""

    def __init__(self, name: str, args: OrderCallsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:OrderCalls", name, None, opts)
        self._name, self._args = name, args
        self.functions = self._functions()
        self.register_outputs({})

    def _functions(self) -> dict[str, Function]:
        orders, products = self._args.orders.arn, self._args.products
        indexes = [pulumi.Output.concat(orders, "/index/", index) for index in INDEXES]
        look = allow(["dynamodb:Query"], [*indexes, self._args.terms.arn])
        # What a search has found is read from the table itself.
        find = allow(["dynamodb:BatchGetItem"], [orders])
        change = allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [orders])
        # No DeleteItem: what is erased leaves a tombstone in its place.
        erase = allow(["dynamodb:GetItem", "dynamodb:PutItem"], [orders])
        prices = allow(["dynamodb:BatchGetItem"], [products.arn])
        catalog = {"SHOP_PRODUCTS_TABLE": products.name}
        return {
            "list_orders": self._function(
                "list_orders", [look, find], SHOP_TERMS_TABLE=self._args.terms.name
            ),
            "get_order": self._function("get_order", [allow(["dynamodb:GetItem"], [orders])]),
            "replace_order": self._function("replace_order", [change, prices], **catalog),
            "move_order": self._function("move_order", [change]),
            "delete_order": self._function("delete_order", [erase]),
        }

    def _function(self, module: str, permissions: list[Statement], **more: pulumi.Input[str]) -> Function:
        return api_function(
            self._name,
            module,
            permissions,
            {"SHOP_ORDERS_TABLE": self._args.orders.name, **more},
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
