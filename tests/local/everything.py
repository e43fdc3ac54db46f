"""A Pulumi program with every resource type that can be updated in place.

The configuration value `version` is 1 or 2. Each version gives the resources other inputs.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

version = pulumi.Config().require_int("version")
second = version == 2


def policy(actions: list[str], **statement: Any) -> str:
    """Return a policy that allows the first action in version 1, and both in version 2."""
    allowed = {"Effect": "Allow", "Action": actions[:version], **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


services = ["lambda.amazonaws.com", "scheduler.amazonaws.com"][:version]
role = aws.iam.Role("role", assume_role_policy=policy(["sts:AssumeRole"], Principal={"Service": services}))
aws.iam.RolePolicy("may", role=role.id, policy=policy(["sqs:*", "sns:*"], Resource="*"))

queue = aws.sqs.Queue("queue", visibility_timeout_seconds=30 * version)
aws.sqs.QueuePolicy(
    "queue-policy",
    queue_url=queue.url,
    policy=queue.arn.apply(
        lambda arn: policy(["sqs:SendMessage", "sqs:PurgeQueue"], Principal="*", Resource=arn)
    ),
)
topic = aws.sns.Topic("topic", display_name=f"Desk {version}")
aws.sns.TopicPolicy(
    "topic-policy",
    arn=topic.arn,
    policy=topic.arn.apply(lambda arn: policy(["sns:Publish", "sns:Subscribe"], Principal="*", Resource=arn)),
)

aws.cloudwatch.LogGroup("logs", retention_in_days=14 if second else 7)
function = aws.lambda_.Function(
    "f",
    role=role.arn,
    handler="h.h",
    runtime="python3.13",
    memory_size=128 * version,
    code=pulumi.AssetArchive({"h.py": pulumi.StringAsset("def h(event, context): pass")}),
)
aws.lambda_.EventSourceMapping(
    "feed", event_source_arn=queue.arn, function_name=function.arn, batch_size=version
)
rule = aws.cloudwatch.EventRule("rule", schedule_expression=f"rate({version + 1} minutes)")
aws.cloudwatch.EventTarget("target", rule=rule.name, arn=function.arn)

pool = aws.cognito.UserPool(
    "pool", username_attributes=["email"], password_policy={"minimum_length": 8 + version}
)
aws.cognito.UserPoolClient(
    "client",
    user_pool_id=pool.id,
    callback_urls=[f"https://shop.example/{version}"],
    allowed_oauth_flows=["code"],
    allowed_oauth_scopes=["openid"],
    allowed_oauth_flows_user_pool_client=True,
    supported_identity_providers=["COGNITO"],
)
aws.cognito.ResourceServer(
    "server",
    user_pool_id=pool.id,
    identifier="inbox",
    scopes=[{"scope_name": "orders", "scope_description": f"Version {version}"}],
)
group = aws.cognito.UserGroup("group", name="staff", user_pool_id=pool.id, description=f"Version {version}")
user = aws.cognito.User(
    "user",
    user_pool_id=pool.id,
    username="a@shop.example",
    attributes={"email": "a@shop.example", "email_verified": str(second).lower()},
)
aws.cognito.UserInGroup("member", user_pool_id=pool.id, username=user.username, group_name=group.name)

bucket = aws.s3.Bucket("bucket")
aws.s3.BucketPolicy(
    "bucket-policy",
    bucket=bucket.id,
    policy=bucket.arn.apply(
        lambda arn: policy(
            ["s3:GetObject", "s3:PutObject"], Principal={"AWS": "000000000000"}, Resource=f"{arn}/*"
        )
    ),
)
aws.s3.BucketPublicAccessBlock("private", bucket=bucket.id, block_public_acls=second)
aws.s3.BucketOwnershipControls(
    "owner",
    bucket=bucket.id,
    rule={"object_ownership": "BucketOwnerEnforced" if second else "BucketOwnerPreferred"},
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "encryption",
    bucket=bucket.id,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256" if second else "aws:kms"}}],
)
aws.s3.BucketCorsConfiguration(
    "cors",
    bucket=bucket.id,
    cors_rules=[{"allowed_methods": ["PUT"], "allowed_origins": [f"https://shop{version}.example"]}],
)
aws.s3.BucketObjectv2("page", bucket=bucket.id, key="index.html", content=f"page {version}")

access = aws.cloudfront.OriginAccessControl(
    "access",
    description=f"Version {version}",
    origin_access_control_origin_type="s3",
    signing_behavior="always",
    signing_protocol="sigv4",
)
headers = aws.cloudfront.ResponseHeadersPolicy(
    "headers",
    security_headers_config={
        "content_security_policy": {
            "content_security_policy": f"connect-src https://a{version}.s3.eu-west-1.amazonaws.com https://b",
            "override": True,
        },
        "frame_options": {"frame_option": "DENY" if second else "SAMEORIGIN", "override": True},
    },
)
cache = aws.cloudfront.CachePolicy(
    "cache",
    min_ttl=0,
    default_ttl=version,
    max_ttl=10,
    parameters_in_cache_key_and_forwarded_to_origin={
        "cookies_config": {"cookie_behavior": "none"},
        "headers_config": {"header_behavior": "none"},
        "query_strings_config": {"query_string_behavior": "none"},
    },
)
addresses = aws.cloudfront.Function(
    "addresses", runtime="cloudfront-js-2.0", code=f"const handler = () => ({{ statusCode: 40{version} }});"
)
aws.cloudfront.Distribution(
    "site",
    enabled=True,
    default_root_object=f"index{version}.html",
    origins=[
        {
            "origin_id": "pages",
            "domain_name": bucket.bucket_regional_domain_name,
            "origin_access_control_id": access.id,
        }
    ],
    default_cache_behavior={
        "target_origin_id": "pages",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": cache.id,
        "response_headers_policy_id": headers.id,
        "function_associations": [{"event_type": "viewer-request", "function_arn": addresses.arn}],
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"cloudfront_default_certificate": True},
)
