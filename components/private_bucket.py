"""The lock of a bucket: it is closed to the public, and only CloudFront distributions read its files."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.policy import deny_plain_http, document, read_by_distributions


def let_only_distributions_read(
    name: str,
    bucket: aws.s3.Bucket,
    objects: pulumi.Output[str],
    distribution_arns: Sequence[pulumi.Input[str]],
    parent: pulumi.Resource,
) -> aws.s3.BucketPolicy:
    """Close a bucket, open its files `objects` to distributions, and return the policy that does this.

    Whatever else changes the bucket must wait for the policy, because S3 refuses simultaneous changes of a
    bucket (OperationAborted). `name` is that of the bucket's resource.
    """
    private = aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    everything = pulumi.Output.concat(bucket.arn, "/*")
    return aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.id,
        policy=document(
            read_by_distributions(objects, distribution_arns),
            deny_plain_http(["s3:*"], [bucket.arn, everything]),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[private]),
    )
