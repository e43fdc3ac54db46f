"""The calls that export and erase everything that is kept of one customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.customer_accounts import CustomerAccounts
from components.dead_letters import DeadLetters
from components.function import Function, api_function
from components.order_notifications import OrderNotifications
from components.policy import Statement, allow
from components.staff_user_pool import StaffUserPool


@dataclass(frozen=True, kw_only=True)
class PersonalDataArgs:
    """The tables with personal data, the user pool of staff, the dead letters, the mails, and the currency.

    `accounts` are those of customers, or None if customers have none.
    `required_of_customer` are the fields that an order must have about its customer.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    orders: aws.dynamodb.Table
    customers: aws.dynamodb.Table
    drafts: aws.dynamodb.Table
    users: StaffUserPool
    accounts: CustomerAccounts | None
    letters: DeadLetters
    notifications: OrderNotifications
    currency: str
    required_of_customer: Sequence[str]
    cors_origin: str | None
    log_retention_days: int


class PersonalData(pulumi.ComponentResource):
    """Two functions. They are the only ones that scan a table, because they look for an address anywhere."""

    def __init__(self, name: str, args: PersonalDataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:PersonalData", name, None, opts)
        self._name, self._args = name, args
        self.functions = self._functions()
        self.register_outputs({})

    def _functions(self) -> dict[str, Function]:
        args, accounts = self._args, self._args.accounts
        letters, orders = args.letters.table.arn, args.orders.arn
        find = [
            allow(["dynamodb:Query"], [pulumi.Output.concat(orders, "/index/byCustomer")]),
            allow(["dynamodb:Query"], [args.letters.orders_index_arn]),
            allow(["dynamodb:Scan"], [letters, args.drafts.arn]),
            *([allow(["cognito-idp:ListUsers"], [accounts.customers.pool.arn])] if accounts else []),
        ]
        return {
            "export_customer": self._function(
                "export_customer",
                [
                    *find,
                    allow(["dynamodb:GetItem"], [orders, args.customers.arn]),
                    allow(["dynamodb:BatchGetItem"], [args.notifications.ledger.arn]),
                    allow(["cognito-idp:ListUsers"], [args.users.pool.arn]),
                    *([allow(["dynamodb:Query"], [accounts.table.arn])] if accounts else []),
                ],
                {
                    "SHOP_USER_POOL": args.users.pool.id,
                    "SHOP_NOTIFICATIONS_TABLE": args.notifications.ledger.name,
                    "SHOP_NOTIFICATION_AGAIN_URL": args.notifications.again.url,
                },
            ),
            "erase_customer": self._function(
                "erase_customer",
                [
                    *find,
                    # Orders are changed or replaced by a tombstone, and never deleted.
                    allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [orders]),
                    allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], [letters]),
                    allow(["dynamodb:Query"], [args.letters.index_arn]),
                    allow(["dynamodb:DeleteItem", "dynamodb:GetItem"], [args.drafts.arn]),
                    # The note. The row itself goes when update_views has counted the orders.
                    allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [args.customers.arn]),
                    *_delete_accounts(accounts),
                ],
                {},
            ),
        }

    def _function(
        self, module: str, permissions: list[Statement], more: Mapping[str, pulumi.Input[str]]
    ) -> Function:
        args = self._args
        accounts = args.accounts
        return api_function(
            self._name,
            module,
            permissions,
            {
                "SHOP_ACCOUNTS_TABLE": accounts.table.name if accounts else "",
                "SHOP_CUSTOMER_POOL_ID": accounts.customers.pool.id if accounts else "",
                "SHOP_ORDERS_TABLE": args.orders.name,
                "SHOP_CUSTOMERS_TABLE": args.customers.name,
                "SHOP_LETTERS_TABLE": args.letters.table.name,
                "SHOP_DRAFTS_TABLE": args.drafts.name,
                "SHOP_CURRENCY": args.currency,
                "SHOP_REQUIRED_OF_CUSTOMER": " ".join(args.required_of_customer),
                **more,
            },
            cors_origin=args.cors_origin,
            log_retention_days=args.log_retention_days,
            parent=self,
        )


def _delete_accounts(accounts: CustomerAccounts | None) -> list[Statement]:
    if accounts is None:
        return []
    return [
        allow(["cognito-idp:AdminDeleteUser"], [accounts.customers.pool.arn]),
        allow(["dynamodb:PutItem"], [accounts.table.arn]),
    ]
