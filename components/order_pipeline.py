"""The order queue, the function that writes its orders, and the orders table, with dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, FunctionArgs
from components.policy import allow, document, trust
from components.queues import DAY, MAX_SOURCE_BYTES, close_queue, dead_letter_queue
from components.table import Index, TableArgs, table

# The attributes of an order in a list. Each index has a copy, so a list need not read the table.
LIST_FIELDS = ["number", "status", "version", "createdAt", "updatedAt", "submittedBy"]
LIST_FIELDS += ["customer", "lineCount", "total", "currency", "channel", "settledAt", "slipPrintedAt"]
LIST_FIELDS += ["hasNotes", "tags", "assignee", "chargeTotal", "reference", "collection"]
INDEXES = {
    # Each shard key has four values, because a partition of an index takes about 1,000 writes a second.
    "byRecency": Index(partition="listShard", sort="listKey", attributes=LIST_FIELDS),
    "byStatus": Index(partition="statusShard", sort="listKey", attributes=LIST_FIELDS),
    "byCustomer": Index(partition="customerEmail", sort="listKey", attributes=LIST_FIELDS),
    "byStatusTotal": Index(partition="statusShard", sort="totalKey", attributes=LIST_FIELDS),
}
# The orders of each account of a customer. Only a stack with a storefront has this index.
BY_ACCOUNT = "byAccount"
ACCOUNT_INDEX = {BY_ACCOUNT: Index(partition="accountID", sort="listKey", attributes=LIST_FIELDS)}
# BatchExecuteStatement needs the permissions of its statements, which add orders.
ADD_ORDERS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:PartiQLInsert")
# The event source mapping needs the last three. With the first, the writer sets the pauses between tries.
CONSUME_QUEUE = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)


@dataclass(frozen=True, kw_only=True)
class OrderPipelineArgs:
    """The catalog for prices, the operators who may move messages by hand, and the limits of the queue.

    `letters` has the dead letters, whose orders are sent again. `shops` has the names of connected shops, or
    is None if no shop can be connected. With `accounts`, customers order by themselves.
    `required_of_customer` are the fields that an order must have about its customer.
    `writer_timeout` is in seconds. `max_receive_count` is the number of tries before SQS moves a message to
    the dead letters. The pauses between tries grow, so 20 tries last longer than an outage of a few hours.
    """

    products: aws.dynamodb.Table
    letters: aws.dynamodb.Table
    shops: aws.dynamodb.Table | None
    accounts: bool
    currency: str
    required_of_customer: Sequence[str]
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool
    retention_days: int = 7
    writer_timeout: int = 10
    max_receive_count: int = 20
    max_concurrency: int = 2

    def __post_init__(self) -> None:
        if not 5 <= self.max_receive_count <= 1000:
            raise ValueError(f"max_receive_count must be between 5 and 1000, got {self.max_receive_count}")
        if not 1 <= self.retention_days < 14:
            raise ValueError(f"retention_days must be below the dead letters' 14, got {self.retention_days}")
        if not 2 <= self.max_concurrency <= 1000:
            raise ValueError(f"max_concurrency must be between 2 and 1000, got {self.max_concurrency}")


class OrderPipeline(pulumi.ComponentResource):
    """The orders table with its stream, the order queue with its dead letters, the writer between them."""

    def __init__(
        self, name: str, args: OrderPipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:OrderPipeline", name, None, opts)
        self._name, self._args = name, args
        self.table = self._table()
        self.numbers = self._numbers()
        self.dead_letters = self._dead_letters()
        self.queue = self._queue()
        self.gateway_role = self._gateway_role()
        self.seal_key = self._seal_key()
        self.writer = self._writer()
        self.max_receive_count = args.max_receive_count
        self._map_queue()
        self.register_outputs({"table": self.table.name, "queue": self.queue.url})

    def _table(self) -> aws.dynamodb.Table:
        of_accounts = ACCOUNT_INDEX if self._args.accounts else {}
        args = TableArgs(
            key="orderID",
            indexes={**INDEXES, **of_accounts},
            streams=True,
            expires=True,
            protect=self._args.protect,
        )
        return table(f"{self._name}-table", args, self)

    def _numbers(self) -> aws.dynamodb.Table:
        return table(f"{self._name}-numbers", TableArgs(key="counter", protect=self._args.protect), self)

    def _dead_letters(self) -> aws.sqs.Queue:
        return dead_letter_queue(f"{self._name}-dead-letters", parent=self, protect=self._args.protect)

    def _queue(self) -> aws.sqs.Queue:
        redrive = {
            "deadLetterTargetArn": self.dead_letters.arn,
            "maxReceiveCount": self._args.max_receive_count,
        }
        return aws.sqs.Queue(
            f"{self._name}-queue",
            max_message_size=MAX_SOURCE_BYTES,
            message_retention_seconds=self._args.retention_days * DAY,
            # Six times the function's timeout, as AWS recommends, so that tries of a message do not overlap.
            visibility_timeout_seconds=6 * self._args.writer_timeout,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(redrive, sort_keys=True),
            opts=pulumi.ResourceOptions(
                parent=self, protect=self._args.protect, retain_on_delete=self._args.protect
            ),
        )

    def _gateway_role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._name}-gateway-role",
            assume_role_policy=trust("apigateway.amazonaws.com"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.iam.RolePolicy(
            f"{self._name}-gateway-policy",
            role=role.id,
            policy=document(allow(["sqs:SendMessage"], [self.queue.arn])),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role

    def _seal_key(self) -> aws.apigateway.ApiKey:
        """Declare a random secret, which AWS makes and keeps for free. No API accepts it as a key."""
        return aws.apigateway.ApiKey(
            f"{self._name}-seal-key",
            description="The writer seals its dead letters with this value. It is no key of an API.",
            enabled=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _writer(self) -> Function:
        shops = self._args.shops
        return Function(
            f"{self._name}-write",
            FunctionArgs(
                module="write_orders",
                permissions=[
                    allow(ADD_ORDERS, [self.table.arn]),
                    # Whether an order that is sent again was erased meanwhile.
                    allow(["dynamodb:GetItem"], [self._args.letters.arn]),
                    allow(["dynamodb:UpdateItem"], [self.numbers.arn]),
                    allow(
                        ["dynamodb:BatchGetItem"],
                        [self._args.products.arn, *([shops.arn] if shops else [])],
                    ),
                    allow(CONSUME_QUEUE, [self.queue.arn]),
                    allow(["sqs:SendMessage"], [self.dead_letters.arn]),
                ],
                environment={
                    "SHOP_ORDERS_TABLE": self.table.name,
                    "SHOP_NUMBERS_TABLE": self.numbers.name,
                    "SHOP_PRODUCTS_TABLE": self._args.products.name,
                    "SHOP_LETTERS_TABLE": self._args.letters.name,
                    "SHOP_SHOPS_TABLE": shops.name if shops else "",
                    "SHOP_ORDER_QUEUE_URL": self.queue.url,
                    "SHOP_ORDER_DLQ_URL": self.dead_letters.url,
                    "SHOP_CURRENCY": self._args.currency,
                    "SHOP_REQUIRED_OF_CUSTOMER": " ".join(self._args.required_of_customer),
                    "SHOP_MAX_RECEIVE_COUNT": str(self._args.max_receive_count),
                    "SHOP_GATEWAY_ROLE_ID": self.gateway_role.unique_id,
                    "SHOP_SEAL_KEY": self.seal_key.value,
                },
                log_retention_days=self._args.log_retention_days,
                timeout=self._args.writer_timeout,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def close_queues(self, *, keeper: Function, sender: Function) -> None:
        """Deny messages to all but gateway, writer, operators, and the two functions of dead letters."""
        writer, operators = self.writer.role.arn, self._args.operator_arns
        close_queue(
            f"{self._name}-queue-policy",
            self.queue,
            principals=[self.gateway_role.arn, writer, sender.role.arn, *operators],
            parent=self,
        )
        close_queue(
            f"{self._name}-dead-letters-policy",
            self.dead_letters,
            principals=[writer, keeper.role.arn, *operators],
            parent=self,
        )

    def _map_queue(self) -> None:
        aws.lambda_.EventSourceMapping(
            f"{self._name}-write-mapping",
            event_source_arn=self.queue.arn,
            function_name=self.writer.function.arn,
            batch_size=10,  # a larger batch needs a batching window, which would delay every order
            function_response_types=["ReportBatchItemFailures"],
            # A new account may run 10 functions at once. The two readers of the stream may use 8 of these,
            # one for each of about four shards. The other 2 store about 200 orders a second.
            scaling_config={"maximum_concurrency": self._args.max_concurrency},
            # AWS allows only one mapping of a queue to a function, so the old one must be deleted first.
            opts=pulumi.ResourceOptions(
                parent=self, delete_before_replace=True, depends_on=[self.writer.policy]
            ),
        )
