"""The user pool of the shop's customers: they open their accounts themselves, with a code by mail."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pulumi
import pulumi_aws as aws

from components import cognito_domain, people_pools

# With `profile` a token has the name, and with the last scope people can change their own name and password.
SCOPES = ("openid", "email", "profile", "aws.cognito.signin.user.admin")
SESSION_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class CustomerUserPoolArgs:
    """The shop's name in mails, the sender of the mails, and the prefix of the hosted pages' domain.

    `sign_in_base_url` and `cognito_api_url` are the addresses of the hosted pages and of Cognito's API, or
    empty for AWS's own. `mail_from` is the ARN of an SES mailbox identity.
    """

    shop_name: str
    mail_from: str
    domain_prefix: str
    sign_in_base_url: str
    cognito_api_url: str
    protect: bool

    def __post_init__(self) -> None:
        cognito_domain.check_prefix(self.domain_prefix)


class CustomerUserPool(pulumi.ComponentResource):
    """A user pool without groups. No account in it is staff's, whatever its address.

    A pool of its own keeps customers and staff apart: an authorizer takes every ID token of its pool.
    """

    def __init__(
        self, name: str, args: CustomerUserPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:CustomerUserPool", name, None, opts)
        self._name, self._args = name, args
        self.pool = self._pool()
        self.sign_in_base_url = cognito_domain.base_url(
            f"{name}-domain", args.domain_prefix, self.pool, args.sign_in_base_url, self
        )
        self.api_url = people_pools.api_url(args.cognito_api_url)
        self.sign_up_client_id = people_pools.sign_up_client(
            f"{name}-sign-up-client", self.pool, ["email", "name"], self
        )
        self.register_outputs({"id": self.pool.id, "signInBaseUrl": self.sign_in_base_url})

    def _pool(self) -> aws.cognito.UserPool:
        protect = self._args.protect
        return aws.cognito.UserPool(
            f"{self._name}-pool",
            **people_pools.arguments(
                mail_from=self._args.mail_from, code_mail=self._code_mail(), protect=protect
            ),
            # The name is not required by a schema, because a schema can never be changed.
            admin_create_user_config={"allow_admin_create_user_only": False},
            mfa_configuration="OFF",
            opts=pulumi.ResourceOptions(parent=self, protect=protect, retain_on_delete=protect),
        )

    def _code_mail(self) -> dict[str, str]:
        shop = self._args.shop_name or "the shop"
        return {
            "email_subject": f"Your code for {shop}",
            # Cognito sends the text as HTML. A stranger may have opened the account with this address.
            "email_message": f"Your code for {escape(shop, quote=False)} is {{####}}. "
            "If you did not ask for it, use it nowhere.",
        }
