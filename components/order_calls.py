"""The calls on stored orders and their mails, one function each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.dead_letters import DeadLetters
from components.function import Function, api_function
from components.order_notifications import OrderNotifications
from components.order_pipeline import INDEXES
from components.policy import Statement, allow
from components.search_index import SEARCH_ACTIONS


@dataclass(frozen=True, kw_only=True)
class OrderCallsArgs:
    """The tables of orders, search terms and products, the dead letters and the mails.

    `required_of_customer` are the fields that an order must have about its customer.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    orders: aws.dynamodb.Table
    terms: aws.dynamodb.Table
    products: aws.dynamodb.Table
    letters: DeadLetters
    notifications: OrderNotifications
    required_of_customer: Sequence[str]
    cors_origin: str | None
    log_retention_days: int


class OrderCalls(pulumi.ComponentResource):
    """Seven functions, each with only the permissions that its call needs."""

    def __init__(self, name: str, args: OrderCallsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:OrderCalls", name, None, opts)
        self._name, self._args = name, args
        self.functions = self._functions()
        self.register_outputs({})

    def _functions(self) -> dict[str, Function]:
        orders, products = self._args.orders.arn, self._args.products
        indexes = [pulumi.Output.concat(orders, "/index/", index) for index in INDEXES]
        get = allow(["dynamodb:GetItem"], [orders])
        batch_get = allow(["dynamodb:BatchGetItem"], [orders])
        query = allow(["dynamodb:Query"], indexes)
        find = allow(SEARCH_ACTIONS, [self._args.terms.arn])
        change = allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [orders])
        # Without DeleteItem, because the function replaces an erased order by a tombstone.
        erase = allow(["dynamodb:GetItem", "dynamodb:PutItem"], [orders])
        get_prices = allow(["dynamodb:BatchGetItem"], [products.arn])
        return {
            "list_orders": self._function(
                "list_orders", [query, batch_get, find], SHOP_TERMS_TABLE=self._args.terms.name
            ),
            "get_order": self._function("get_order", [get]),
            "replace_order": self._function(
                "replace_order",
                [change, get_prices],
                SHOP_PRODUCTS_TABLE=products.name,
                SHOP_REQUIRED_OF_CUSTOMER=" ".join(self._args.required_of_customer),
            ),
            "move_order": self._function("move_order", [change]),
            "delete_order": self._function(
                "delete_order",
                [
                    erase,
                    # The dead letters of an order are erased with it.
                    allow(["dynamodb:Query"], [self._args.letters.orders_index_arn]),
                    allow(["dynamodb:GetItem", "dynamodb:PutItem"], [self._args.letters.table.arn]),
                ],
                SHOP_LETTERS_TABLE=self._args.letters.table.name,
            ),
            "list_order_mails": self._mail_function(
                "list_order_mails",
                [
                    get,
                    allow(["dynamodb:BatchGetItem"], [self._args.notifications.ledger.arn]),
                    allow(["dynamodb:Query"], [self._args.letters.orders_index_arn]),
                ],
            ),
            "send_order_mail": self._mail_function(
                "send_order_mail",
                [change, allow(["sqs:SendMessage"], [self._args.notifications.again.arn])],
            ),
        }

    def _mail_function(self, module: str, permissions: list[Statement]) -> Function:
        args, name = self._args, f"{self._name}-mails"
        return api_function(
            name,
            module,
            permissions,
            {
                "SHOP_ORDERS_TABLE": args.orders.name,
                "SHOP_NOTIFICATIONS_TABLE": args.notifications.ledger.name,
                "SHOP_LETTERS_TABLE": args.letters.table.name,
                "SHOP_NOTIFICATION_AGAIN_URL": args.notifications.again.url,
            },
            cors_origin=args.cors_origin,
            log_retention_days=args.log_retention_days,
            parent=self,
        )

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
