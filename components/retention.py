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
    """The function, which can only erase what is not kept for ever, and its schedule."""

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
        """Return the permissions to read what may be due, and to erase what does not stay for ever.

        A dry run may ask about days that the configuration does not have yet.
        """
        args = self._args
        letters = [allow(["dynamodb:DeleteItem"], [args.letters.table.arn])] if args.letter_days else []
        # Anonymised orders.
        customers = [allow(["dynamodb:UpdateItem"], [args.orders.arn])] if args.customer_days else []
        both = [allow(["dynamodb:PutItem"], [args.orders.arn, args.letters.table.arn])]
        # Orders without DeleteItem, because the function replaces an erased order by a tombstone.
        return [
            *self._readings(),
            *letters,
            *customers,
            *(both if args.order_days or args.customer_days else []),
        ]

    def _readings(self) -> list[Statement]:
        orders, letters = self._args.orders.arn, self._args.letters
        return [
            allow(["dynamodb:Query"], [pulumi.Output.concat(orders, "/index/byRecency")]),
            allow(["dynamodb:Query"], [pulumi.Output.concat(orders, "/index/byCustomer")]),
            allow(["dynamodb:Query"], [pulumi.Output.concat(self._args.customers.arn, "/index/byLastOrder")]),
            allow(["dynamodb:Query"], [letters.index_arn, letters.orders_index_arn]),
            allow(["dynamodb:GetItem"], [orders, letters.table.arn]),
        ]
