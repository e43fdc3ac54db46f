"""The function that erases what was kept long enough, once a day, and its schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.dead_letters import DeadLetters
from components.function import Function, FunctionArgs
from components.policy import Statement, allow
from components.schedule import every

DAY = 24 * 60  # minutes
TIMEOUT = 900  # seconds, the most that Lambda gives. What is not done by then is done on the next day


@dataclass(frozen=True, kw_only=True)
class RetentionArgs:
    """The tables of orders, customers and dead letters, and for how many days their rows stay: 0 for ever."""

    orders: aws.dynamodb.Table
    customers: aws.dynamodb.Table
    letters: DeadLetters
    order_days: int
    customer_days: int
    letter_days: int
    log_retention_days: int

    def __post_init__(self) -> None:
        if not (self.order_days or self.customer_days or self.letter_days):
            raise ValueError("order_days, customer_days or letter_days must be above 0, got 0 for each")


class Retention(pulumi.ComponentResource):
    """The function, with permissions only for what is not kept for ever, and its schedule."""

    def __init__(self, name: str, args: RetentionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Retention", name, None, opts)
        self._name, self._args = name, args
        self.applier = self._applier()
        every(DAY, self.applier, name, parent=self)
        self.register_outputs({})

    def _applier(self) -> Function:
        return Function(
            f"{self._name}-apply",
            FunctionArgs(
                module="apply_retention",
                permissions=self._permissions(),
                environment=self._environment(),
                log_retention_days=self._args.log_retention_days,
                timeout=TIMEOUT,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _environment(self) -> Mapping[str, pulumi.Input[str]]:
        return {
            "SHOP_ORDERS_TABLE": self._args.orders.name,
            "SHOP_CUSTOMERS_TABLE": self._args.customers.name,
            "SHOP_LETTERS_TABLE": self._args.letters.table.name,
            "SHOP_ORDER_RETENTION_DAYS": str(self._args.order_days),
            "SHOP_CUSTOMER_RETENTION_DAYS": str(self._args.customer_days),
            "SHOP_DEAD_LETTER_RETENTION_DAYS": str(self._args.letter_days),
        }

    def _permissions(self) -> list[Statement]:
        """Return the permissions to erase what does not stay for ever, and nothing else."""
        args = self._args
        orders = self._order_permissions() if args.order_days else []
        customers = self._customer_permissions() if args.customer_days else []
        both = self._erasure_permissions() if args.order_days or args.customer_days else []
        return [*orders, *customers, *both, *(self._letter_permissions() if args.letter_days else [])]

    def _order_permissions(self) -> list[Statement]:
        return [allow(["dynamodb:Query"], [pulumi.Output.concat(self._args.orders.arn, "/index/byRecency")])]

    def _customer_permissions(self) -> list[Statement]:
        orders, customers = self._args.orders.arn, self._args.customers.arn
        return [
            allow(["dynamodb:Query"], [pulumi.Output.concat(customers, "/index/byLastOrder")]),
            allow(["dynamodb:Query"], [pulumi.Output.concat(orders, "/index/byCustomer")]),
            allow(["dynamodb:UpdateItem"], [orders]),  # anonymised orders
        ]

    def _erasure_permissions(self) -> list[Statement]:
        """Return the permissions to erase orders and the content of their dead letters."""
        letters = self._args.letters
        return [
            # Without DeleteItem, because the function replaces an erased order by a tombstone.
            allow(["dynamodb:GetItem", "dynamodb:PutItem"], [self._args.orders.arn, letters.table.arn]),
            allow(["dynamodb:Query"], [letters.orders_index_arn]),
        ]

    def _letter_permissions(self) -> list[Statement]:
        letters = self._args.letters
        return [
            allow(["dynamodb:Query"], [letters.index_arn]),
            allow(["dynamodb:GetItem", "dynamodb:DeleteItem"], [letters.table.arn]),
        ]
