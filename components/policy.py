"""Policy documents: what the components grant and deny, spelled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
Arns = Sequence[pulumi.Input[str]]


def document(*statements: Statement) -> pulumi.Output[str]:
    """A whole policy as sorted JSON, so that an unchanged policy is never a difference."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def allow(actions: Sequence[str], resources: Arns) -> Statement:
    """Let a role's holder do `actions` on `resources`, for a policy of the role's own."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def trust(service: str) -> pulumi.Output[str]:
    """Let an AWS service take a role, such as `lambda.amazonaws.com`."""
    principal = {"Service": service}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def deny_plain_http(actions: Sequence[str], resources: Arns) -> Statement:
    """Refuse `actions` to anybody who comes without TLS, for a resource's policy."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def deny_all_but(principals: Arns, actions: Sequence[str], resource: pulumi.Input[str]) -> Statement:
    """Refuse `actions` on `resource` to everybody but `principals`, whatever their own policies allow.

    Roles are compared by `aws:PrincipalArn`, which is the role's ARN for every session of it. AWS's own
    services are left to the allowing side, where nothing lets them in: it is not documented whether
    SQS, when it moves a dead letter, comes as one.
    """
    return {
        "Sid": "OnlyTheNamedRoles",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(actions),
        "Resource": resource,
        "Condition": {
            "ArnNotEquals": {"aws:PrincipalArn": list(principals)},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
