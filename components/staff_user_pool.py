"""The user pool with its groups, its hosted sign-in pages and the accounts in the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import cognito_domain

GROUPS = {"admin": "May also erase orders and products", "staff": "May see and handle orders"}
MIN_PASSWORD_LENGTH = 12
INVITATION_DAYS = 7  # for which the password of an invitation is good
# The rules of `_password_policy` in words, for the site's pages.
PASSWORD_RULES = (
    f"at least {MIN_PASSWORD_LENGTH} characters, with a capital letter, a small letter and a digit"
)


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
        self.api_url = self._api_url()
        self.self_sign_up = args.self_sign_up
        self.invitation_has_link = bool(args.site_url)
        self.sign_up_client_id = self._sign_up_client() if args.self_sign_up else ""
        self._groups = {group: self._group(group) for group in GROUPS}
        self._memberships = {"admin": args.admins, "staff": args.staff}
        self.accounts = {email: self._user(email) for email in sorted({*args.admins, *args.staff})}
        self._add_people()
        self.register_outputs({"id": self.pool.id, "signInBaseUrl": self.sign_in_base_url})

    def _pool(self) -> aws.cognito.UserPool:
        args = self._args
        return aws.cognito.UserPool(
            f"{self._name}-pool",
            # Never change these two: another value replaces the pool, which deletes every account.
            username_attributes=["email"],
            username_configuration={"case_sensitive": False},
            auto_verified_attributes=["email"],
            user_attribute_update_settings={"attributes_require_verification_before_updates": ["email"]},
            account_recovery_setting={"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
            password_policy=self._password_policy(),
            admin_create_user_config={
                "allow_admin_create_user_only": not args.self_sign_up,
                "invite_message_template": self._invitation(),
            },
            verification_message_template={
                "default_email_option": "CONFIRM_WITH_CODE",
                "email_subject": "Your code for Order desk",
                # A stranger may have opened the account with this address, and chosen its password.
                "email_message": "Your code for Order desk is {####}. "
                "If you did not ask for it, use it nowhere.",
            },
            mfa_configuration=args.mfa,
            software_token_mfa_configuration={"enabled": True} if args.mfa == "ON" else None,
            user_pool_tier="ESSENTIALS",  # free for up to 10,000 people a month, unlike PLUS
            email_configuration=self._sender(),
            deletion_protection="ACTIVE" if args.protect else "INACTIVE",
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, retain_on_delete=args.protect),
        )

    def _password_policy(self) -> aws.cognito.UserPoolPasswordPolicyArgsDict:
        return {
            "minimum_length": MIN_PASSWORD_LENGTH,
            "require_lowercase": True,
            "require_uppercase": True,
            "require_numbers": True,
            "require_symbols": False,  # length makes a password stronger than symbols
            "temporary_password_validity_days": INVITATION_DAYS,
        }

    def _invitation(self) -> aws.cognito.UserPoolAdminCreateUserConfigInviteMessageTemplateArgsDict:
        place = f" It is at {self._args.site_url}." if self._args.site_url else ""
        text = f"You can now use Order desk.{place} Sign in as {{username}} with the password {{####}}."
        return {
            "email_subject": "Your account for Order desk",
            "email_message": f"{text} It works once, within {INVITATION_DAYS} days.",
            "sms_message": "Order desk: user name {username}, first password {####}",
        }

    def _sender(self) -> aws.cognito.UserPoolEmailConfigurationArgsDict:
        if not self._args.mail_from:
            return {"email_sending_account": "COGNITO_DEFAULT"}
        return {
            "email_sending_account": "DEVELOPER",
            "source_arn": self._args.mail_from,
            "from_email_address": self._args.mail_from.split("identity/")[1],
        }

    def _sign_in_base_url(self) -> pulumi.Output[str]:
        args = self._args
        name = f"{self._name}-domain"
        return cognito_domain.base_url(name, args.domain_prefix, self.pool, args.sign_in_base_url, self)

    def _api_url(self) -> pulumi.Output[str]:
        """Return the URL of Cognito's API, which the site calls for steps that the hosted pages lack."""
        region = aws.get_region().region
        return pulumi.Output.from_input(
            self._args.cognito_api_url or f"https://cognito-idp.{region}.amazonaws.com"
        )

    def _sign_up_client(self) -> pulumi.Output[str]:
        """Declare the app client of the page for a new account, and return its ID.

        The client may write an e-mail address. It gets no tokens, because nobody can sign in with it.
        """
        client = aws.cognito.UserPoolClient(
            f"{self._name}-sign-up-client",
            user_pool_id=self.pool.id,
            generate_secret=False,  # a page cannot keep a secret
            # Without a flow, Cognito would allow sign-in by password. This flow needs a token of this client.
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
            write_attributes=["email"],
            prevent_user_existence_errors="ENABLED",
            opts=pulumi.ResourceOptions(parent=self),
        )
        return client.id

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
