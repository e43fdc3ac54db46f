"""Policy documents and their statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
Arns = Sequence[pulumi.Input[str]]


def document(*statements: Statement) -> pulumi.Output[str]:
    """Return a policy as sorted JSON, so that an unchanged policy always has the same text."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def allow(actions: Sequence[str], resources: Arns) -> Statement:
    """Return a statement that allows `actions` on `resources`, for a role's policy."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def trust(service: str) -> pulumi.Output[str]:
    """Return the policy of a role that an AWS service such as `lambda.amazonaws.com` may assume."""
    principal = {"Service": service}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def deny_plain_http(actions: Sequence[str], resources: Arns) -> Statement:
    """Return a statement that denies `actions` without TLS, for a resource's policy."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def send_by_topic(queue_arn: pulumi.Input[str], *topic_arns: pulumi.Input[str]) -> Statement:
    """Return a statement that lets SNS topics send to a queue, for the queue's policy."""
    return {
        "Sid": "OnlyThisTopic",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": one_or_many(topic_arns)}},
    }


def read_by_distributions(objects: pulumi.Input[str], distribution_arns: Arns) -> Statement:
    """Return a statement that lets CloudFront distributions read the files of a bucket, for its policy.

    Without ListBucket, so nobody can list the files, and a missing one gives 403 instead of 404.
    """
    return {
        "Sid": "OnlyThisDistribution",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": objects,
        "Condition": {"StringEquals": {"aws:SourceArn": one_or_many(distribution_arns)}},
    }


def one_or_many(values: Arns) -> pulumi.Input[str] | Arns:
    """Return the only one of several values, or all of them: IAM takes both."""
    return values[0] if len(values) == 1 else list(values)


def deny_all_but(principals: Arns, actions: Sequence[str], resource: pulumi.Input[str]) -> Statement:
    """Return a statement that denies `actions` to all but `principals`, even if another policy allows them.

    `aws:PrincipalArn` is the ARN of the role in each of its sessions. The statement denies nothing to AWS's
    own services, because SQS itself moves dead letters, and AWS does not document whether SQS then counts as
    such a service. Other services still have no access, because no policy allows them the actions.
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
