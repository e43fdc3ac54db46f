"""Connected shops: the table of their names, and the calls by which admins connect and disconnect them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.function import Function, api_function
from components.machine_user_pool import MachineUserPool
from components.policy import allow
from components.staff_user_pool import StaffUserPool
from components.table import TableArgs, table

SECRETS = "ListUserPoolClientSecrets"
CLIENTS = "ListUserPoolClients"


@dataclass(frozen=True, kw_only=True)
class ConnectedShopsArgs:
    """The pools of machines and of admins, and the settings of the functions and of the table.

    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    machines: MachineUserPool
    users: StaffUserPool
    cors_origin: str | None
    log_retention_days: int
    protect: bool


class ConnectedShops(pulumi.ComponentResource):
    """The table of shops, and a function for each call. Each shop is an app client that a function makes."""

    def __init__(
        self, name: str, args: ConnectedShopsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:ConnectedShops", name, None, opts)
        self._name, self._args = name, args
        self.table = table(f"{name}-table", TableArgs(key="shopID", protect=args.protect), self)
        self.functions = self._functions()
        self.register_outputs({"table": self.table.name})

    def _functions(self) -> dict[str, Function]:
        stored = ("GetItem", "PutItem")
        # A change of a name or a deletion also deletes the row that keeps the old name.
        named = (*stored, "DeleteItem")
        return {
            "list_shops": self._function("list_shops", [CLIENTS, SECRETS], ["BatchGetItem"], by_admin=False),
            "connect_shop": self._function(
                "connect_shop", [CLIENTS, SECRETS, "CreateUserPoolClient", "DeleteUserPoolClient"], stored
            ),
            "change_shop": self._function("change_shop", [CLIENTS, SECRETS, "UpdateUserPoolClient"], named),
            "disconnect_shop": self._function(
                "disconnect_shop", [CLIENTS, SECRETS, "DeleteUserPoolClient"], named
            ),
            "add_shop_secret": self._function(
                "add_shop_secret", [CLIENTS, SECRETS, "AddUserPoolClientSecret"], stored
            ),
            "remove_shop_secret": self._function(
                "remove_shop_secret", [CLIENTS, SECRETS, "DeleteUserPoolClientSecret"], stored
            ),
        }

    def _function(
        self, module: str, of_clients: Sequence[str], of_rows: Sequence[str], *, by_admin: bool = True
    ) -> Function:
        """Declare a function with these actions of Cognito at the machines' pool and of DynamoDB.

        With `by_admin`, it may ask whether the person who calls is an admin at this moment.
        """
        machines, users = self._args.machines, self._args.users.pool
        permissions = [
            allow([f"cognito-idp:{action}" for action in of_clients], [machines.pool.arn]),
            allow([f"dynamodb:{action}" for action in of_rows], [self.table.arn]),
        ]
        environment: dict[str, pulumi.Input[str]] = {
            "SHOP_SHOPS_TABLE": self.table.name,
            "SHOP_MACHINE_POOL": machines.pool.id,
            "SHOP_MACHINE_SCOPE": machines.scope,
            "SHOP_MACHINE_TOKEN_URL": machines.token_url,
        }
        if by_admin:
            asked = ["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"]
            permissions.append(allow(asked, [users.arn]))
            environment["SHOP_USER_POOL"] = users.id
        return api_function(
            self._name,
            module,
            permissions,
            environment,
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
        )
