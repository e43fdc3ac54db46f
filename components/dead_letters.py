"""Dead letters: the table that keeps them, the function that fills it, and the calls of their desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs, api_function
from components.order_pipeline import OrderPipeline
from components.policy import allow
from components.queues import MAX_CONCURRENCY, RECEIVE, VISIBILITY_OF_DEAD_LETTERS
from components.table import Index, TableArgs, table

# The attributes of a dead letter in a list.
LIST_FIELDS = ["source", "state", "reason", "advice", "version", "orderID", "customerName"]
LIST_FIELDS += ["acceptedAt", "receivedAt", "tries", "excerpt", "returnedAt", "shopID"]
# A value of stateSource is a state and a source. The keeper runs at most twice at once for a source, which is
# far below the 1,000 writes a second that a partition of an index takes.
INDEXES = {
    "byOrder": Index(
        partition="orderID", sort="listKey", attributes=[one for one in LIST_FIELDS if one != "orderID"]
    ),
    "byState": Index(partition="stateSource", sort="listKey", attributes=LIST_FIELDS),
}


@dataclass(frozen=True, kw_only=True)
class DeadLettersArgs:
    """The settings of the functions and of the table.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    `shops` has the names of connected shops, or is None if no shop can be connected.
    """

    currency: str
    required_of_customer: Sequence[str]
    cors_origin: str | None
    log_retention_days: int
    protect: bool
    shops: aws.dynamodb.Table | None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A queue of dead letters, the queue to which they are sent again, and what both belong to.

    The functions find their URLs in the environment variables `dead_url` and `again_url`.
    """

    name: str
    dead: aws.sqs.Queue
    dead_url: str
    again: aws.sqs.Queue
    again_url: str


class DeadLetters(pulumi.ComponentResource):
    """The table of dead letters, the keeper that takes them from their queues, the functions of the calls.

    `take_from` declares the functions, and must be called when all queues exist. The constructor cannot do
    this, because a function of the views counts the letters in the table.
    """

    keeper: Function
    sender: Function
    functions: dict[str, Function]

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:DeadLetters", name, None, opts)
        self._name, self._args = name, args
        self.table = table(f"{name}-table", TableArgs(key="id", indexes=INDEXES, protect=args.protect), self)
        self.index_arn = pulumi.Output.concat(self.table.arn, "/index/byState")
        self.orders_index_arn = pulumi.Output.concat(self.table.arn, "/index/byOrder")
        self.register_outputs({"table": self.table.name})

    def take_from(self, pipeline: OrderPipeline, sources: Sequence[Source]) -> None:
        """Declare the keeper of these sources, and the functions that show, send and discard the letters."""
        self.keeper = self._keeper(pipeline, sources)
        self._map_queues(sources)
        self.functions = self._functions(pipeline, sources)
        self.sender = self.functions["redrive_dead_letter"]

    def _environment(self, pipeline: OrderPipeline) -> dict[str, pulumi.Input[str]]:
        return {
            "SHOP_LETTERS_TABLE": self.table.name,
            "SHOP_GATEWAY_ROLE_ID": pipeline.gateway_role.unique_id,
            "SHOP_SEAL_KEY": pipeline.seal_key.value,
        }

    def _keeper(self, pipeline: OrderPipeline, sources: Sequence[Source]) -> Function:
        # A stack without connected shops has no webhooks, and one without a storefront no pages and no mails.
        optional = ("SHOP_WEBHOOK_DLQ_URL", "SHOP_PAGES_DLQ_URL", "SHOP_MAILS_DLQ_URL")
        queues = dict.fromkeys(optional, pulumi.Output.from_input(""))
        queues |= {source.dead_url: source.dead.url for source in sources}
        return Function(
            f"{self._name}-keep",
            FunctionArgs(
                module="keep_dead_letters",
                permissions=[
                    allow(["dynamodb:GetItem", "dynamodb:PutItem"], [self.table.arn]),
                    # Whether an order was erased since.
                    allow(["dynamodb:GetItem"], [pipeline.table.arn]),
                    allow(RECEIVE, [source.dead.arn for source in sources]),
                    # Of a batch that Lambda gave up, the stream still has the changes.
                    allow(["dynamodb:GetRecords", "dynamodb:GetShardIterator"], [pipeline.table.stream_arn]),
                ],
                environment={
                    **self._environment(pipeline),
                    **queues,
                    "SHOP_ORDERS_TABLE": pipeline.table.name,
                    "SHOP_ORDERS_STREAM": pipeline.table.stream_arn,
                    "SHOP_MAX_RECEIVE_COUNT": str(pipeline.max_receive_count),
                },
                log_retention_days=self._args.log_retention_days,
                timeout=VISIBILITY_OF_DEAD_LETTERS // 6,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _map_queues(self, sources: Sequence[Source]) -> None:
        for source in sources:
            aws.lambda_.EventSourceMapping(
                f"{self._name}-keep-{source.name}",
                event_source_arn=source.dead.arn,
                function_name=self.keeper.function.arn,
                batch_size=10,
                function_response_types=["ReportBatchItemFailures"],
                scaling_config={"maximum_concurrency": MAX_CONCURRENCY},
                # AWS allows only one mapping of a queue to a function, so the old one must be deleted first.
                opts=pulumi.ResourceOptions(
                    parent=self, delete_before_replace=True, depends_on=[self.keeper.policy]
                ),
            )

    def _functions(self, pipeline: OrderPipeline, sources: Sequence[Source]) -> dict[str, Function]:
        letters, orders, shops = self.table.arn, pipeline.table, self._args.shops
        named = [shops.arn] if shops else []
        tables: Mapping[str, pulumi.Input[str]] = {
            "SHOP_LETTERS_TABLE": self.table.name,
            "SHOP_ORDERS_TABLE": orders.name,
            "SHOP_SHOPS_TABLE": shops.name if shops else "",
        }
        required = {"SHOP_REQUIRED_OF_CUSTOMER": " ".join(self._args.required_of_customer)}
        return {
            "list_dead_letters": self._function(
                "list_dead_letters",
                [allow(["dynamodb:Query"], [self.index_arn])],
                {"SHOP_LETTERS_TABLE": self.table.name},
            ),
            "get_dead_letter": self._function(
                "get_dead_letter",
                [allow(["dynamodb:GetItem"], [letters, orders.arn, *named])],
                {**tables, **required},
            ),
            "redrive_dead_letter": self._function(
                "redrive_dead_letter",
                [
                    allow(["dynamodb:GetItem", "dynamodb:PutItem"], [letters]),
                    # Whether the order is stored, or was changed or erased since, and who sent it.
                    allow(["dynamodb:GetItem"], [orders.arn, *named]),
                    allow(["sqs:SendMessage"], [source.again.arn for source in sources]),
                ],
                {
                    **self._environment(pipeline),
                    **tables,
                    **required,
                    "SHOP_WEBHOOK_QUEUE_URL": "",
                    "SHOP_PAGES_AGAIN_URL": "",
                    "SHOP_MAILS_QUEUE_URL": "",
                    **{source.again_url: source.again.url for source in sources},
                    "SHOP_CURRENCY": self._args.currency,
                },
            ),
            "delete_dead_letter": self._function(
                "delete_dead_letter",
                [allow(["dynamodb:GetItem", "dynamodb:PutItem"], [letters])],
                {"SHOP_LETTERS_TABLE": self.table.name},
            ),
        }

    def _function(
        self,
        module: str,
        permissions: Sequence[Mapping[str, object]],
        environment: Mapping[str, pulumi.Input[str]],
    ) -> Function:
        return api_function(
            self._name,
            module,
            permissions,
            environment,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
