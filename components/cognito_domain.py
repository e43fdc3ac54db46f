"""The domain of a user pool: its hosted pages and its address for tokens."""

from __future__ import annotations

import re

import pulumi
import pulumi_aws as aws


def check_prefix(prefix: str) -> None:
    """Raise ValueError if Cognito would refuse this prefix of a domain."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", prefix):
        raise ValueError(f"domain_prefix must be 1 to 63 small letters, digits, dashes, got {prefix!r}")
    if word := re.search("aws|amazon|cognito", prefix):
        raise ValueError(f"domain_prefix must not contain {word[0]!r}, which Cognito refuses: {prefix!r}")


def base_url(
    name: str,
    prefix: str,
    pool: aws.cognito.UserPool,
    elsewhere: str,
    parent: pulumi.Resource,
) -> pulumi.Output[str]:
    """Declare the domain of a pool and return its URL, or the URL `elsewhere` if that is not empty."""
    domain = aws.cognito.UserPoolDomain(
        name,
        domain=prefix,
        user_pool_id=pool.id,
        managed_login_version=1,  # 2 shows "Login pages unavailable" until a branding exists
        # A pool can have only one such domain, so the old one must be deleted first.
        opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True),
    )
    region = aws.get_region().region
    own = pulumi.Output.format("https://{0}.auth.{1}.amazoncognito.com", domain.domain, region)
    return pulumi.Output.from_input(elsewhere or own)
