"""The user pool of machines: it has no users. Each app client in it is a shop that sends orders by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import cognito_domain

# Never change these two: the tokens and the app clients of all connected shops contain them.
SERVER, SCOPE = "inbox", "orders"


@dataclass(frozen=True, kw_only=True)
class MachineUserPoolArgs:
    """The prefix of the domain at which machines get tokens, and whether the pool outlives the stack.

    `token_base_url` is the address before `/oauth2/token`, or empty for AWS's own.
    """

    domain_prefix: str
    token_base_url: str
    protect: bool

    def __post_init__(self) -> None:
        cognito_domain.check_prefix(self.domain_prefix)


class MachineUserPool(pulumi.ComponentResource):
    """A user pool that gives tokens to app clients, with the one scope that the calls of machines need.

    A pool of its own keeps machines and people apart: an authorizer takes every token of its pool that has
    the method's scopes, and a method without scopes takes every ID token of its pool.
    """

    def __init__(
        self, name: str, args: MachineUserPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:MachineUserPool", name, None, opts)
        self._name, self._args = name, args
        self.pool = self._pool()
        self.scope = self._scope()
        self.token_url = pulumi.Output.concat(
            cognito_domain.base_url(
                f"{name}-domain", args.domain_prefix, self.pool, args.token_base_url, self
            ),
            "/oauth2/token",
        )
        self.register_outputs({"id": self.pool.id, "scope": self.scope, "tokenUrl": self.token_url})

    def _pool(self) -> aws.cognito.UserPool:
        protect = self._args.protect
        return aws.cognito.UserPool(
            f"{self._name}-pool",
            admin_create_user_config={"allow_admin_create_user_only": True},
            account_recovery_setting={"recovery_mechanisms": [{"name": "admin_only", "priority": 1}]},
            user_pool_tier="ESSENTIALS",  # a machine costs the same in every tier
            deletion_protection="ACTIVE" if protect else "INACTIVE",
            # Protected like a table, because a deleted pool disconnects every shop for good.
            opts=pulumi.ResourceOptions(parent=self, protect=protect, retain_on_delete=protect),
        )

    def _scope(self) -> pulumi.Output[str]:
        """Declare the scope, and return the full name that tokens and methods have."""
        server = aws.cognito.ResourceServer(
            f"{self._name}-server",
            user_pool_id=self.pool.id,
            identifier=SERVER,
            scopes=[{"scope_name": SCOPE, "scope_description": "Send orders, and read the sent ones"}],
            # A pool has an identifier once, so the old server must be deleted first.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return pulumi.Output.concat(server.identifier, f"/{SCOPE}")
