"""The calls by which admins set the webhook of a connected shop, and see and repeat its deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.policy import Statement, allow
from components.staff_user_pool import StaffUserPool
from components.webhooks import Webhooks

Variables = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class WebhookCallsArgs:
    """The table of shops, the deliveries with their queue, the pool of admins, and settings.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    shops: aws.dynamodb.Table
    webhooks: Webhooks
    users: StaffUserPool
    cors_origin: str | None
    log_retention_days: int


class WebhookCalls(pulumi.ComponentResource):
    """A function for each call. `senders` may put messages on the queue of webhooks."""

    def __init__(self, name: str, args: WebhookCallsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:WebhookCalls", name, None, opts)
        self._name, self._args = name, args
        self.functions = self._functions()
        self.senders = [self.functions[module] for module in ("send_test_event", "redeliver_event")]
        self.register_outputs({})

    def _functions(self) -> dict[str, Function]:
        return {
            "get_webhook": self._function(
                "get_webhook", [self._of_shops("GetItem")], self._shops, by_admin=False
            ),
            "put_webhook": self._changing("put_webhook"),
            "delete_webhook": self._changing("delete_webhook"),
            "add_webhook_secret": self._changing("add_webhook_secret"),
            "remove_webhook_secret": self._changing("remove_webhook_secret"),
            "send_test_event": self._sending("send_test_event", "PutItem"),
            "list_deliveries": self._function(
                "list_deliveries", [self._of_deliveries("Query")], self._deliveries, by_admin=False
            ),
            "redeliver_event": self._sending("redeliver_event", "UpdateItem"),
        }

    def _changing(self, module: str) -> Function:
        """Declare a function that changes the row of a shop."""
        hosts = {"SHOP_WEBHOOK_TEST_HOSTS": self._args.webhooks.test_hosts}
        return self._function(module, [self._of_shops("GetItem", "PutItem")], {**self._shops, **hosts})

    def _sending(self, module: str, *of_deliveries: str) -> Function:
        """Declare a function that has a delivery tried."""
        permissions = [
            self._of_shops("GetItem"),
            self._of_deliveries("GetItem", *of_deliveries),
            allow(["sqs:SendMessage"], [self._args.webhooks.queue.arn]),
        ]
        return self._function(module, permissions, {**self._shops, **self._deliveries})

    @property
    def _shops(self) -> Variables:
        return {"SHOP_SHOPS_TABLE": self._args.shops.name}

    @property
    def _deliveries(self) -> Variables:
        webhooks = self._args.webhooks
        return {
            "SHOP_DELIVERIES_TABLE": webhooks.table.name,
            "SHOP_WEBHOOK_QUEUE_URL": webhooks.queue.url,
        }

    def _of_shops(self, *actions: str) -> Statement:
        return allow([f"dynamodb:{action}" for action in actions], [self._args.shops.arn])

    def _of_deliveries(self, *actions: str) -> Statement:
        return allow([f"dynamodb:{action}" for action in actions], [self._args.webhooks.table.arn])

    def _function(
        self, module: str, permissions: Sequence[Statement], variables: Variables, *, by_admin: bool = True
    ) -> Function:
        """Declare a function. With `by_admin`, it may ask whether the caller is an admin at this moment."""
        users = self._args.users.pool
        if by_admin:
            asked = ["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"]
            permissions = [*permissions, allow(asked, [users.arn])]
            variables = {**variables, "SHOP_USER_POOL": users.id}
        return api_function(
            self._name,
            module,
            permissions,
            variables,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
