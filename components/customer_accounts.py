"""The accounts of customers: the table of carts, addresses and lists, and the calls of the storefront."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.customer_user_pool import CustomerUserPool
from components.function import Function, api_function
from components.order_pipeline import BY_ACCOUNT
from components.policy import Statement, allow
from components.table import TableArgs, table


@dataclass(frozen=True, kw_only=True)
class CustomerAccountsArgs:
    """The accounts' pool, and the settings of the functions and of the table.

    `cors_origin` is the value of the header Access-Control-Allow-Origin.
    """

    customers: CustomerUserPool
    orders: aws.dynamodb.Table
    cors_origin: str
    log_retention_days: int
    protect: bool


class CustomerAccounts(pulumi.ComponentResource):
    """The table, with a row of each kind for an account, and a function for each call of a customer."""

    def __init__(
        self, name: str, args: CustomerAccountsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:CustomerAccounts", name, None, opts)
        self._name, self._args = name, args
        self.customers = args.customers
        self.table = table(
            f"{name}-table", TableArgs(key="sub", sort="kind", expires=True, protect=args.protect), self
        )
        self.functions = {**self._account_functions(), **self._order_functions()}
        self.register_outputs({"table": self.table.name})

    def _account_functions(self) -> dict[str, Function]:
        rows, pool = self.table, self._args.customers.pool
        variables: dict[str, pulumi.Input[str]] = {"SHOP_ACCOUNTS_TABLE": rows.name}
        store = [allow(["dynamodb:GetItem", "dynamodb:PutItem"], [rows.arn])]
        return {
            "get_account": self._function(
                "account", "get_account", [allow(["dynamodb:Query"], [rows.arn])], variables
            ),
            "put_cart": self._function("cart", "put_cart", store, variables),
            "put_addresses": self._function("addresses", "put_addresses", store, variables),
            "put_lists": self._function("lists", "put_lists", store, variables),
            "delete_account": self._function(
                "account",
                "delete_account",
                [
                    # A row without content takes the place of each, and goes after a day: a token that is out
                    # lives on for a while, and must not store a cart again.
                    allow(["dynamodb:PutItem"], [rows.arn]),
                    allow(["cognito-idp:AdminDeleteUser"], [pool.arn]),
                ],
                {**variables, "SHOP_CUSTOMER_POOL_ID": pool.id},
            ),
        }

    def _order_functions(self) -> dict[str, Function]:
        orders = self._args.orders
        variables: dict[str, pulumi.Input[str]] = {"SHOP_ORDERS_TABLE": orders.name}
        mine = pulumi.Output.concat(orders.arn, "/index/", BY_ACCOUNT)
        get = allow(["dynamodb:GetItem"], [orders.arn])
        of_address = pulumi.Output.concat(orders.arn, "/index/byCustomer")
        change = allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [orders.arn])
        return {
            "list_my_orders": self._function(
                "orders", "list_my_orders", [allow(["dynamodb:Query"], [mine])], variables
            ),
            "get_my_order": self._function("orders", "get_my_order", [get], variables),
            "claim_orders": self._function(
                "orders", "claim_orders", [allow(["dynamodb:Query"], [of_address]), change], variables
            ),
            "cancel_my_order": self._function("orders", "cancel_my_order", [change], variables),
        }

    def _function(
        self,
        about: str,
        module: str,
        permissions: Sequence[Statement],
        environment: dict[str, pulumi.Input[str]],
    ) -> Function:
        """Declare a function, named after its verb and what it is about."""
        return api_function(
            f"{self._name}-{about}",
            module,
            permissions,
            environment,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
