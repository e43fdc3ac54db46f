"""Figures, customers, product sales and search, by a function that reads the stream of the orders table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.dead_letters import DeadLetters
from components.function import Function, FunctionArgs, api_function
from components.policy import Statement, allow
from components.queues import RECEIVE, again_queue, close_queue, dead_letter_queue, map_queue
from components.search_index import INDEX_ACTIONS, SEARCH_ACTIONS
from components.stream import RetryPolicy, feed, may_read
from components.table import Index, TableArgs, table

Environment = Mapping[str, pulumi.Input[str]]

TIMEOUT = 60  # of the function that follows the stream, in seconds

# So many changes fit into one transaction, with a journal row and the row of a quarter of an hour for each.
# Batches of 10 would be half as fast in a spike (`python -m bench.conflicts`).
VIEWS_BATCH_SIZE = 40

# A value of rankShard is a currency, a period and one of four shards.
SALES_FIELDS = ["units", "revenue", "orders"]
SALES_INDEXES = {
    "byUnits": Index(partition="rankShard", sort="unitsRank", attributes=SALES_FIELDS),
    "byRevenue": Index(partition="rankShard", sort="revenueRank", attributes=SALES_FIELDS),
}

# The attributes of a customer in a list, beside the total of the sales in the shop's currency. The index has
# a copy of them, but not of what only the function that updates the customer needs.
CUSTOMER_FIELDS = ["name", "company", "phone", "address", "orders", "sales", "lastOrderAt", "lastOrderID"]


@dataclass(frozen=True, kw_only=True)
class OrderViewsArgs:
    """The tables of orders, products and search terms, the currency, and the dead letters to count.

    `shops` has the names of connected shops, or is None if no shop can be connected.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    orders: aws.dynamodb.Table
    products: aws.dynamodb.Table
    terms: aws.dynamodb.Table
    currency: str
    letters: DeadLetters
    shops: aws.dynamodb.Table | None
    operator_arns: Sequence[str]
    cors_origin: str | None
    log_retention_days: int
    protect: bool
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)


class OrderViews(pulumi.ComponentResource):
    """The tables of figures, customers and product sales, their writer, and the functions that read them.

    One function writes everything, because a shard of a stream should have at most two readers and the
    notifier is the other reader.
    """

    def __init__(self, name: str, args: OrderViewsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:OrderViews", name, None, opts)
        self._name, self._args = name, args
        self.tallies = self._table(
            "tallies", TableArgs(key="tally", sort="slot", expires=True, protect=args.protect)
        )
        self.customers = self._table(
            "customers", TableArgs(key="email", indexes=self._customer_indexes(), protect=args.protect)
        )
        self.sales = self._table(
            "product-sales",
            TableArgs(key="product", sort="period", indexes=SALES_INDEXES, protect=args.protect),
        )
        self.dead_letters = dead_letter_queue(f"{name}-dead-letters", parent=self, protect=args.protect)
        self.again = again_queue(
            f"{name}-again", self.dead_letters, timeout=TIMEOUT, parent=self, protect=args.protect
        )
        self.updater = self._updater()
        self.mappings = self._mappings()
        self.functions = self._functions()
        self.register_outputs({})

    def _customer_indexes(self) -> dict[str, Index]:
        fields = [*CUSTOMER_FIELDS, f"total:{self._args.currency}"]
        return {"byLastOrder": Index(partition="listShard", sort="listKey", attributes=fields)}

    def _table(self, role: str, args: TableArgs) -> aws.dynamodb.Table:
        return table(f"{self._name}-{role}", args, self)

    def _updater(self) -> Function:
        orders = self._args.orders
        return Function(
            f"{self._name}-update",
            FunctionArgs(
                module="update_views",
                permissions=[
                    *may_read(orders),
                    # If a customer's latest order is erased, the function reads the latest remaining order.
                    allow(["dynamodb:Query"], [pulumi.Output.concat(orders.arn, "/index/byCustomer")]),
                    allow(["dynamodb:GetItem"], [orders.arn]),
                    # The figures of a transaction, the delta of product sales beside them, and its fold.
                    allow(
                        [
                            "dynamodb:BatchGetItem",
                            "dynamodb:BatchWriteItem",
                            "dynamodb:GetItem",
                            "dynamodb:PutItem",
                            "dynamodb:Query",
                            "dynamodb:UpdateItem",
                        ],
                        [self.tallies.arn],
                    ),
                    allow(
                        ["dynamodb:BatchGetItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"],
                        [self.sales.arn],
                    ),
                    allow(
                        [
                            "dynamodb:BatchGetItem",
                            "dynamodb:PartiQLDelete",
                            "dynamodb:PartiQLInsert",
                            "dynamodb:PartiQLUpdate",
                        ],
                        [self.customers.arn],
                    ),
                    allow(INDEX_ACTIONS, [self._args.terms.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                    allow(RECEIVE, [self.again.arn]),
                ],
                environment={
                    "SHOP_ORDERS_TABLE": orders.name,
                    "SHOP_TALLIES_TABLE": self.tallies.name,
                    "SHOP_CUSTOMERS_TABLE": self.customers.name,
                    "SHOP_SALES_TABLE": self.sales.name,
                    "SHOP_TERMS_TABLE": self._args.terms.name,
                    "SHOP_VIEWS_DLQ_URL": self.dead_letters.url,
                    "SHOP_VIEWS_BATCH_SIZE": str(VIEWS_BATCH_SIZE),
                },
                log_retention_days=self._args.log_retention_days,
                timeout=TIMEOUT,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def close_queues(self, *, keeper: Function, sender: Function) -> None:
        """Deny messages to all but the updater, operators, and the two functions of dead letters."""
        others = {self.dead_letters: ("dead-letters", keeper), self.again: ("again", sender)}
        for queue, (role, other) in others.items():
            close_queue(
                f"{self._name}-{role}-policy",
                queue,
                principals=[self.updater.role.arn, other.role.arn, *self._args.operator_arns],
                parent=self,
            )

    def _mappings(self) -> list[aws.lambda_.EventSourceMapping]:
        """Return what a rebuild switches off: the stream, and the queue of changes that are sent again."""
        stream = feed(
            f"{self._name}-update-mapping",
            self.updater,
            self._args.orders,
            dead_letters=self.dead_letters,
            retry_policy=self._args.retry_policy,
            batch_size=VIEWS_BATCH_SIZE,
            parent=self,
        )
        return [stream, map_queue(f"{self._name}-again-mapping", self.again, self.updater, parent=self)]

    def _functions(self) -> dict[str, Function]:
        args, customers = self._args, self.customers
        tallies_table: Environment = {"SHOP_TALLIES_TABLE": self.tallies.name}
        currency: Environment = {"SHOP_CURRENCY": args.currency}
        customers_table: Environment = {"SHOP_CUSTOMERS_TABLE": customers.name, **currency}
        read_tallies = allow(["dynamodb:Query"], [self.tallies.arn])
        count_letters = allow(["dynamodb:Query"], [args.letters.index_arn])
        return {
            "list_customers": self._function(
                "list_customers",
                [
                    allow(["dynamodb:Query"], [pulumi.Output.concat(customers.arn, "/index/byLastOrder")]),
                    # A search finds orders, and shows each customer at their latest order.
                    allow(["dynamodb:BatchGetItem"], [customers.arn, args.orders.arn]),
                    allow(SEARCH_ACTIONS, [args.terms.arn]),
                ],
                {
                    **customers_table,
                    "SHOP_ORDERS_TABLE": args.orders.name,
                    "SHOP_TERMS_TABLE": args.terms.name,
                },
            ),
            "get_customer": self._function(
                "get_customer", [allow(["dynamodb:GetItem"], [customers.arn])], customers_table
            ),
            "patch_customer": self._function(
                "patch_customer",
                [allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [customers.arn])],
                customers_table,
            ),
            "get_activity": self._function(
                "get_activity",
                [read_tallies, *([allow(["dynamodb:BatchGetItem"], [args.shops.arn])] if args.shops else [])],
                {**tallies_table, **currency, "SHOP_SHOPS_TABLE": args.shops.name if args.shops else ""},
            ),
            "get_sales": self._function("get_sales", [read_tallies], {**tallies_table, **currency}),
            "get_top_sellers": self._function(
                "get_top_sellers",
                [
                    allow(
                        ["dynamodb:Query"],
                        [pulumi.Output.concat(self.sales.arn, "/index/", index) for index in SALES_INDEXES],
                    ),
                    allow(["dynamodb:BatchGetItem"], [args.products.arn]),
                    # A product that was deleted has its name on its latest order.
                    allow(["dynamodb:Query"], [args.terms.arn]),
                    allow(["dynamodb:BatchGetItem"], [args.orders.arn]),
                ],
                {
                    "SHOP_SALES_TABLE": self.sales.name,
                    "SHOP_PRODUCTS_TABLE": args.products.name,
                    "SHOP_TERMS_TABLE": args.terms.name,
                    "SHOP_ORDERS_TABLE": args.orders.name,
                    **currency,
                },
            ),
            "get_workload": self._function(
                "get_workload",
                [read_tallies, count_letters],
                {**tallies_table, "SHOP_LETTERS_TABLE": args.letters.table.name},
            ),
        }

    def _function(self, module: str, permissions: list[Statement], environment: Environment) -> Function:
        return api_function(
            f"{self._name}-{module.split('_')[1]}",
            module,
            permissions,
            environment,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
