"""The inbox: the API at which the machines of connected shops send orders and read what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import api_reference
from components.api_calls import INBOX
from components.api_logs import ApiLogs
from components.function import Function, api_function
from components.machine_user_pool import MachineUserPool
from components.order_pipeline import OrderPipeline
from components.policy import allow
from components.rest_api import RestApi, RestApiArgs


@dataclass(frozen=True, kw_only=True)
class InboxArgs:
    """The machines, the way of their orders, and the limits of each method, which are not shared with staff.

    `required_of_customer` are the fields that an order must have about its customer. `after` is an API that
    is deployed before, because an account may create one deployment every 5 s, and because that one sets the
    role for logs.
    """

    machines: MachineUserPool
    pipeline: OrderPipeline
    required_of_customer: Sequence[str]
    rate_limit: int
    burst_limit: int
    logs: ApiLogs | None
    log_retention_days: int
    after: RestApi


class Inbox(pulumi.ComponentResource):
    """An API of its own, which takes access tokens of machines, and the function that reads their orders."""

    def __init__(self, name: str, args: InboxArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Inbox", name, None, opts)
        self._name, self._args = name, args
        self.api = self._api()
        self.url = self.api.stage.invoke_url
        self.reference = self._reference()
        self.register_outputs({"url": self.url})

    def _api(self) -> RestApi:
        args = self._args
        return RestApi(
            f"{self._name}-api",
            RestApiArgs(
                api=INBOX,
                user_pool=args.machines.pool,
                scope=args.machines.scope,
                queue=args.pipeline.queue,
                queue_role=args.pipeline.gateway_role,
                functions={"get_inbox_order": self._reader()},
                required_of_customer=args.required_of_customer,
                cors_origin=None,  # a page in a browser could not keep the secret of a shop
                rate_limit=args.rate_limit,
                burst_limit=args.burst_limit,
                logs=args.logs,
                log_retention_days=args.log_retention_days,
                after=[args.after.stage],
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _reader(self) -> Function:
        orders: aws.dynamodb.Table = self._args.pipeline.table
        return api_function(
            self._name,
            "get_inbox_order",
            [allow(["dynamodb:GetItem"], [orders.arn])],
            {"SHOP_ORDERS_TABLE": orders.name},
            cors_origin=None,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )

    def _reference(self) -> pulumi.Output[str]:
        """Return the document for the developers of connected shops."""
        machines, required = self._args.machines, self._args.required_of_customer
        known = pulumi.Output.all(url=self.url, token_url=machines.token_url, scope=machines.scope)
        return known.apply(lambda one: api_reference.inbox_document(**one, required_of_customer=required))
