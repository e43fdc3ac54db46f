"""The images and safety data sheets of products: a private bucket that browsers upload to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.policy import Statement, allow, deny_plain_http, document, read_by_distribution

FOLDER = "files"  # the path of the site at which CloudFront serves the bucket
# The headers of an upload that its signature covers. Host and Content-Length are no business of CORS.
UPLOAD_HEADERS = ("Cache-Control", "Content-Type", "x-amz-checksum-sha256")
PREFLIGHT_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class ProductFilesArgs:
    """Whether the bucket refuses to be deleted."""

    protect: bool


class ProductFiles(pulumi.ComponentResource):
    """The bucket. Its files are named after their content, so none is ever replaced by another one."""

    def __init__(self, name: str, args: ProductFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:ProductFiles", name, None, opts)
        self._name, self._args = name, args
        self.bucket = self._bucket()
        self.objects = pulumi.Output.concat(self.bucket.arn, f"/{FOLDER}/*")
        self._private = self._block_public_access()
        self.register_outputs({"bucket": self.bucket.id})

    def may(self, action: str) -> Statement:
        """Return the statement that allows a role an action on the files."""
        return allow([action], [self.objects])

    def open_to(self, site_url: pulumi.Input[str], distribution_arn: pulumi.Input[str]) -> None:
        """Let the pages of the site upload files, and its distribution read them."""
        policy = aws.s3.BucketPolicy(
            f"{self._name}-bucket-policy",
            bucket=self.bucket.id,
            policy=document(
                read_by_distribution(self.objects, distribution_arn),
                deny_plain_http(["s3:*"], [self.bucket.arn, pulumi.Output.concat(self.bucket.arn, "/*")]),
            ),
            # One after the other, because S3 refuses simultaneous changes of a bucket (OperationAborted).
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._private]),
        )
        aws.s3.BucketCorsConfiguration(
            f"{self._name}-bucket-cors",
            bucket=self.bucket.id,
            cors_rules=[
                {
                    "allowed_origins": [site_url],
                    "allowed_methods": ["PUT"],
                    "allowed_headers": list(UPLOAD_HEADERS),
                    "max_age_seconds": PREFLIGHT_SECONDS,
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

    def _bucket(self) -> aws.s3.Bucket:
        # S3 encrypts every new bucket and disables its ACLs by default.
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            # Set from the first `up`, because a destroy uses the value that the last `up` stored.
            force_destroy=not self._args.protect,
            # Staff cannot upload these files again as the program can the pages of the site.
            opts=pulumi.ResourceOptions(
                parent=self, protect=self._args.protect, retain_on_delete=self._args.protect
            ),
        )

    def _block_public_access(self) -> aws.s3.BucketPublicAccessBlock:
        return aws.s3.BucketPublicAccessBlock(
            f"{self._name}-bucket-private",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
