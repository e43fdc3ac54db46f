"""The accounting: a function that looks for every accepted order, its table, and the call that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components import schedule
from components.api_logs import ApiLogs
from components.dead_letters import DeadLetters
from components.function import Function, FunctionArgs, api_function
from components.order_pipeline import OrderPipeline
from components.order_views import OrderViews
from components.policy import Statement, allow
from components.table import TableArgs, table

MINUTES = 5  # between two counts


@dataclass(frozen=True, kw_only=True)
class AccountingArgs:
    """The places in which an order may be, and the logs of the accepted ones, or None if none is written.

    `inbox_logs` is the log of the machines' API, and `storefront_logs` that of the customers' API.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    logs: ApiLogs | None
    inbox_logs: ApiLogs | None
    storefront_logs: ApiLogs | None
    pipeline: OrderPipeline
    letters: DeadLetters
    views: OrderViews
    cors_origin: str | None
    log_retention_days: int
    protect: bool


class Accounting(pulumi.ComponentResource):
    """A table of the accepted orders that are not stored yet, and the two functions that count."""

    def __init__(self, name: str, args: AccountingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Accounting", name, None, opts)
        self._name, self._args = name, args
        self.table = table(f"{name}-table", TableArgs(key="accepted", protect=args.protect), self)
        self.counter = self._counter()
        schedule.every(MINUTES, self.counter, f"{name}-count", parent=self)
        self.functions = {"get_accounting": self._report()}
        self.register_outputs({"table": self.table.name})

    def _permissions(self) -> list[Statement]:
        """Return what both functions need to look for orders."""
        args = self._args
        logs = [one for one in (args.logs, args.inbox_logs, args.storefront_logs) if one]
        groups = [pulumi.Output.concat(one.access.arn, ":*") for one in logs]
        return [
            *([allow(["logs:FilterLogEvents"], groups)] if groups else []),
            allow(["dynamodb:BatchGetItem"], [args.pipeline.table.arn]),
            allow(["dynamodb:Query"], [args.letters.orders_index_arn]),
            allow(["sqs:GetQueueAttributes"], [args.pipeline.queue.arn, args.pipeline.dead_letters.arn]),
        ]

    def _environment(self) -> dict[str, pulumi.Input[str]]:
        args = self._args
        return {
            "SHOP_ACCESS_LOG_GROUP": _group(args.logs),
            "SHOP_INBOX_LOG_GROUP": _group(args.inbox_logs),
            "SHOP_STOREFRONT_LOG_GROUP": _group(args.storefront_logs),
            "SHOP_ACCOUNTING_TABLE": self.table.name,
            "SHOP_LETTERS_TABLE": args.letters.table.name,
            "SHOP_ORDERS_TABLE": args.pipeline.table.name,
            "SHOP_ORDER_QUEUE_URL": args.pipeline.queue.url,
            "SHOP_ORDER_DLQ_URL": args.pipeline.dead_letters.url,
            "SHOP_TALLIES_TABLE": args.views.tallies.name,
        }

    def _counter(self) -> Function:
        mappings = self._args.views.mappings
        return Function(
            f"{self._name}-count",
            FunctionArgs(
                module="count_orders",
                permissions=[
                    *self._permissions(),
                    allow(["dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:Scan"], [self.table.arn]),
                    # A dead letter for each missing order, or the one that was sent again.
                    allow(["dynamodb:GetItem", "dynamodb:PutItem"], [self._args.letters.table.arn]),
                    allow(["lambda:GetEventSourceMapping"], [one.arn for one in mappings]),
                ],
                environment={
                    **self._environment(),
                    "SHOP_VIEWS_MAPPINGS": pulumi.Output.all(*(one.uuid for one in mappings)).apply(" ".join),
                },
                log_retention_days=self._args.log_retention_days,
                timeout=MINUTES * 60,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _report(self) -> Function:
        return api_function(
            self._name,
            "get_accounting",
            [
                *self._permissions(),
                allow(["dynamodb:GetItem", "dynamodb:Scan"], [self.table.arn]),
                allow(["dynamodb:Query"], [self._args.letters.index_arn, self._args.views.tallies.arn]),
            ],
            self._environment(),
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )


def _group(logs: ApiLogs | None) -> pulumi.Input[str]:
    """Return the name of a log's group, or an empty text without a log."""
    return logs.access.name if logs else ""
