"""The common parts of the user pools of staff and of customers: sign-in, passwords, sender of mails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

MIN_PASSWORD_LENGTH = 12
INVITATION_DAYS = 7  # for which the password of an invitation is good
# The rules of `_password_policy` in words, for the pages of both sites.
PASSWORD_RULES = (
    f"at least {MIN_PASSWORD_LENGTH} characters, with a capital letter, a small letter and a digit"
)

# The pages at which a sign-in and a sign-out end.
CALLBACK = "/callback.html"
SIGNED_OUT = "/signed-out.html"
TOKEN_MINUTES = 15


def arguments(*, mail_from: str, code_mail: Mapping[str, str], protect: bool) -> Mapping[str, Any]:
    """Return the arguments of a pool whose people have their proved e-mail address as user name.

    `mail_from` is the ARN of an SES mailbox identity, or empty for Cognito's own sender. `code_mail` has
    `email_subject` and `email_message` of the mails with a code.
    """
    return {
        # Never change these two: another value replaces the pool, which deletes every account.
        "username_attributes": ["email"],
        "username_configuration": {"case_sensitive": False},
        "auto_verified_attributes": ["email"],
        "user_attribute_update_settings": {"attributes_require_verification_before_updates": ["email"]},
        "account_recovery_setting": {"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
        "password_policy": _password_policy(),
        "verification_message_template": {"default_email_option": "CONFIRM_WITH_CODE", **code_mail},
        "user_pool_tier": "ESSENTIALS",  # free for up to 10,000 people a month, unlike PLUS
        "email_configuration": _sender(mail_from),
        "deletion_protection": "ACTIVE" if protect else "INACTIVE",
    }


def sign_up_client(
    name: str, pool: aws.cognito.UserPool, writes: list[str], parent: pulumi.Resource
) -> pulumi.Output[str]:
    """Declare the app client of the page for a new account, and return its ID.

    The client may write the attributes `writes`. It gets no tokens, because nobody can sign in with it.
    """
    client = aws.cognito.UserPoolClient(
        name,
        user_pool_id=pool.id,
        generate_secret=False,  # a page cannot keep a secret
        # Without a flow, Cognito would allow sign-in by password. This flow needs a token of this client.
        explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
        write_attributes=writes,
        prevent_user_existence_errors="ENABLED",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return client.id


def sign_in_client(
    name: str,
    pool: aws.cognito.UserPool,
    url: pulumi.Input[str],
    parent: pulumi.Resource,
    **more: Any,
) -> aws.cognito.UserPoolClient:
    """Declare the app client with which the pages of the site at `url` get tokens.

    `more` are the arguments that differ between sites.
    """
    return aws.cognito.UserPoolClient(
        name,
        user_pool_id=pool.id,
        # A page cannot keep a secret. Never change this value, because that would replace the client.
        generate_secret=False,
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_flows=["code"],
        supported_identity_providers=["COGNITO"],
        callback_urls=[pulumi.Output.concat(url, CALLBACK)],
        logout_urls=[pulumi.Output.concat(url, SIGNED_OUT)],
        # Short, because a token stays valid after its user has signed out or left a group.
        id_token_validity=TOKEN_MINUTES,
        access_token_validity=TOKEN_MINUTES,
        enable_token_revocation=True,
        prevent_user_existence_errors="ENABLED",
        opts=pulumi.ResourceOptions(parent=parent),
        **more,
    )


def api_url(elsewhere: str) -> pulumi.Output[str]:
    """Return the URL of Cognito's API, which pages call for steps that the hosted pages lack.

    `elsewhere` is another URL, or empty for AWS's own.
    """
    region = aws.get_region().region
    return pulumi.Output.from_input(elsewhere or f"https://cognito-idp.{region}.amazonaws.com")


def _password_policy() -> aws.cognito.UserPoolPasswordPolicyArgsDict:
    return {
        "minimum_length": MIN_PASSWORD_LENGTH,
        "require_lowercase": True,
        "require_uppercase": True,
        "require_numbers": True,
        "require_symbols": False,  # length makes a password stronger than symbols
        "temporary_password_validity_days": INVITATION_DAYS,
    }


def _sender(mail_from: str) -> aws.cognito.UserPoolEmailConfigurationArgsDict:
    if not mail_from:
        return {"email_sending_account": "COGNITO_DEFAULT"}
    return {
        "email_sending_account": "DEVELOPER",
        "source_arn": mail_from,
        "from_email_address": mail_from.split("identity/")[1],
    }
