"""The lock of a bucket: it is closed to the public, and one CloudFront distribution reads its files."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.policy import deny_plain_http, document, read_by_distribution


def let_only_distribution_read(
    name: str,
    bucket: aws.s3.Bucket,
    objects: pulumi.Output[str],
    distribution_arn: pulumi.Input[str],
    parent: pulumi.Resource,
) -> aws.s3.BucketPolicy:
    """Close a bucket, open its files `objects` to a distribution, and return the policy that does this.

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
            read_by_distribution(objects, distribution_arn),
            deny_plain_http(["s3:*"], [bucket.arn, everything]),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[private]),
    )
