"""The user pool with its groups, its hosted sign-in pages and the accounts in the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import cognito_domain, people_pools
from components.people_pools import INVITATION_DAYS

GROUPS = {"admin": "May also erase orders and products", "staff": "May see and handle orders"}


@dataclass(frozen=True, kw_only=True)
class StaffUserPoolArgs:
    """The people by group, the rules of sign-in, and the prefix of the hosted pages' domain.

    `sign_in_base_url` and `cognito_api_url` are the addresses of the hosted pages and of Cognito's API, or
    empty for AWS's own. `site_url` is shown in the invitation, or None if it is not configured.
    `mail_from` is the ARN of an SES mailbox identity, or empty for Cognito's own sender.
    """

    staff: Sequence[str]
    admins: Sequence[str]
    self_sign_up: bool
    mfa: str
    mail_from: str
    domain_prefix: str
    sign_in_base_url: str
    cognito_api_url: str
    site_url: str | None
    protect: bool

    def __post_init__(self) -> None:
        cognito_domain.check_prefix(self.domain_prefix)


class StaffUserPool(pulumi.ComponentResource):
    """A user pool with e-mail addresses as user names, and with the groups `staff` and `admin`."""

    def __init__(
        self, name: str, args: StaffUserPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:StaffUserPool", name, None, opts)
        self._name, self._args = name, args
        self.pool = self._pool()
        self.sign_in_base_url = self._sign_in_base_url()
        self.api_url = people_pools.api_url(args.cognito_api_url)
        self.self_sign_up = args.self_sign_up
        self.invitation_has_link = bool(args.site_url)
        self.sign_up_client_id = (
            people_pools.sign_up_client(f"{name}-sign-up-client", self.pool, ["email"], self)
            if args.self_sign_up
            else ""
        )
        self._groups = {group: self._group(group) for group in GROUPS}
        self._memberships = {"admin": args.admins, "staff": args.staff}
        self.accounts = {email: self._user(email) for email in sorted({*args.admins, *args.staff})}
        self._add_people()
        self.register_outputs({"id": self.pool.id, "signInBaseUrl": self.sign_in_base_url})

    def _pool(self) -> aws.cognito.UserPool:
        args = self._args
        return aws.cognito.UserPool(
            f"{self._name}-pool",
            **people_pools.arguments(
                mail_from=args.mail_from,
                code_mail={
                    "email_subject": "Your code for Order desk",
                    # A stranger may have opened the account with this address, and chosen its password.
                    "email_message": "Your code for Order desk is {####}. "
                    "If you did not ask for it, use it nowhere.",
                },
                protect=args.protect,
            ),
            admin_create_user_config={
                "allow_admin_create_user_only": not args.self_sign_up,
                "invite_message_template": self._invitation(),
            },
            mfa_configuration=args.mfa,
            software_token_mfa_configuration={"enabled": True} if args.mfa == "ON" else None,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, retain_on_delete=args.protect),
        )

    def _invitation(self) -> aws.cognito.UserPoolAdminCreateUserConfigInviteMessageTemplateArgsDict:
        place = f" It is at {self._args.site_url}." if self._args.site_url else ""
        text = f"You can now use Order desk.{place} Sign in as {{username}} with the password {{####}}."
        return {
            "email_subject": "Your account for Order desk",
            "email_message": f"{text} It works once, within {INVITATION_DAYS} days.",
            "sms_message": "Order desk: user name {username}, first password {####}",
        }

    def _sign_in_base_url(self) -> pulumi.Output[str]:
        args = self._args
        name = f"{self._name}-domain"
        return cognito_domain.base_url(name, args.domain_prefix, self.pool, args.sign_in_base_url, self)

    def _group(self, name: str) -> aws.cognito.UserGroup:
        return aws.cognito.UserGroup(
            f"{self._name}-group-{name}",
            name=name,  # the functions read this name in a token
            description=GROUPS[name],
            user_pool_id=self.pool.id,
            # Protected like the pool, because a deleted group loses the members that an admin added.
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                protect=self._args.protect,
                retain_on_delete=self._args.protect,
            ),
        )

    def groups_of(self, email: str) -> list[str]:
        """Return the groups that the configuration gives an account."""
        return [group for group in GROUPS if email in self._memberships[group]]

    def _add_people(self) -> None:
        for email, user in self.accounts.items():
            for group in self.groups_of(email):
                aws.cognito.UserInGroup(
                    f"{self._name}-{group}-{email}",
                    user_pool_id=self.pool.id,
                    username=user.username,
                    group_name=self._groups[group].name,
                    opts=pulumi.ResourceOptions(parent=self),
                )

    def _user(self, email: str) -> aws.cognito.User:
        return aws.cognito.User(
            f"{self._name}-user-{email}",
            user_pool_id=self.pool.id,
            username=email,
            attributes={"email": email, "email_verified": "true"},
            desired_delivery_mediums=["EMAIL"],
            # An admin may have disabled the account, and `pulumi up --refresh` would enable it.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["enabled"]),
        )
