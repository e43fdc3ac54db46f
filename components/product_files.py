"""The images and safety data sheets of products: a private bucket that browsers upload to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.policy import Statement, allow
from components.private_bucket import let_only_distributions_read

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
        self.register_outputs({"bucket": self.bucket.id})

    def may(self, action: str) -> Statement:
        """Return the statement that allows a role an action on the files."""
        return allow([action], [self.objects])

    def open_to(self, site_url: pulumi.Input[str], distribution_arns: Sequence[pulumi.Input[str]]) -> None:
        """Allow the pages of the site to upload files, and these distributions to read them."""
        policy = let_only_distributions_read(
            f"{self._name}-bucket", self.bucket, self.objects, distribution_arns, self
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
