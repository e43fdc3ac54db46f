"""The accounts of the user pool: the calls by which admins manage them, and a table of what Cognito lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.people_pools import INVITATION_DAYS
from components.policy import allow
from components.staff_user_pool import StaffUserPool
from components.table import TableArgs, table


@dataclass(frozen=True, kw_only=True)
class PeopleArgs:
    """The user pool, and the settings of the functions and of the table.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    users: StaffUserPool
    cors_origin: str | None
    log_retention_days: int
    protect: bool


class People(pulumi.ComponentResource):
    """The table of people with a row for each account of the configuration, and a function for each call."""

    def __init__(self, name: str, args: PeopleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:People", name, None, opts)
        self._name, self._args = name, args
        self.table = table(f"{name}-table", TableArgs(key="person", sort="entry", protect=args.protect), self)
        self._mark_configured()
        self.functions = self._functions()
        self.register_outputs({"table": self.table.name})

    def _mark_configured(self) -> None:
        """Declare a row that tells which groups the configuration gives an account.

        The account is named by its `sub`, so that an address that is used again later is not mistaken for it.
        """
        for email, user in self._args.users.accounts.items():
            groups = self._args.users.groups_of(email)
            aws.dynamodb.TableItem(
                f"{self._name}-configured-{email}",
                table_name=self.table.name,
                hash_key="person",
                range_key="entry",
                item=pulumi.Output.json_dumps(
                    {
                        "person": {"S": user.sub},
                        # As in lambdas/shop/people_table.py.
                        "entry": {"S": "configuration"},
                        "groups": {"L": [{"S": group} for group in groups]},
                    },
                    sort_keys=True,
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _functions(self) -> dict[str, Function]:
        known = ("AdminGetUser", "AdminListGroupsForUser")
        stored = ("PutItem", "Query")
        groups = ("AdminAddUserToGroup", "AdminRemoveUserFromGroup")
        access = ("AdminDisableUser", "AdminEnableUser", "AdminUserGlobalSignOut")
        return {
            "list_people": self._function("list_people", ["ListUsers", "ListUsersInGroup"], ["BatchGetItem"]),
            "get_person": self._function("get_person", known, ["Query"]),
            "invite_person": self._function(
                "invite_person", [*known, "AdminCreateUser", "AdminAddUserToGroup"], [*stored, "UpdateItem"]
            ),
            "change_person": self._function("change_person", [*known, *groups, *access], stored),
            "resend_invitation": self._function(
                "resend_invitation", [*known, "AdminCreateUser"], [*stored, "UpdateItem"]
            ),
            "sign_out_person": self._function("sign_out_person", [*known, "AdminUserGlobalSignOut"], stored),
            "record_sign_in": self._function("record_sign_in", [], ["UpdateItem"]),
        }

    def _function(self, module: str, of_accounts: Sequence[str], of_rows: Sequence[str]) -> Function:
        """Declare a function with these actions of Cognito and of DynamoDB."""
        pool = self._args.users.pool
        permissions = [allow([f"dynamodb:{action}" for action in of_rows], [self.table.arn])]
        environment: dict[str, pulumi.Input[str]] = {"SHOP_PEOPLE_TABLE": self.table.name}
        if of_accounts:
            permissions.append(allow([f"cognito-idp:{action}" for action in of_accounts], [pool.arn]))
            environment |= {"SHOP_USER_POOL": pool.id, "SHOP_INVITATION_DAYS": str(INVITATION_DAYS)}
        return api_function(
            self._name,
            module,
            permissions,
            environment,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
