"""S3 buckets, their settings, and the files in them."""

from __future__ import annotations

from typing import Any, ClassVar

from local.properties import Asset
from local.provider.inputs import Given, Renames
from local.provider.kind import ExistingResource, Kind, Made


class Bucket(Kind):
    """A bucket. It is emptied before it is deleted, because the program can upload its files again."""

    token = "aws:s3/bucket:Bucket"
    service = "s3"
    named = "bucket"
    look = "head_bucket"

    def create(self, given: Given) -> Made:
        where = {"LocationConstraint": self.aws.region}
        request = given.place(self.client, "create_bucket", CreateBucketConfiguration=where)
        self.client.create_bucket(**request)
        name = request["Bucket"]
        host = f"{name}.s3.{self.aws.region}.amazonaws.com"
        return name, {
            "arn": f"arn:aws:s3:::{name}",
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": host,
        }

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Bucket": old.id}

    def delete(self, old: ExistingResource) -> None:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=old.id):
            for file in page.get("Contents", []):
                self.client.delete_object(Bucket=old.id, Key=file["Key"])
        self.client.delete_bucket(Bucket=old.id)

    def generated_name(self, logical: str) -> str:
        return super().generated_name(logical).lower()


class _Setting(Kind):
    """A setting of a bucket, which one call writes and another call deletes."""

    service = "s3"
    alone = True
    put: ClassVar[str]
    inside: ClassVar[str]
    """The parameter of the `put` call that contains everything but the bucket's name."""
    renames: ClassVar[Renames] = {}

    def create(self, given: Given) -> Made:
        bucket = given.take("bucket")
        model = self.client.meta.service_model
        shape = model.operation_model(self.client.meta.method_to_api_mapping[self.put]).input_shape
        setting = given.fill(shape.members[self.inside], self.renames)
        getattr(self.client, self.put)(Bucket=bucket, **{self.inside: setting})
        return bucket, {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Bucket": old.id}


class BucketPublicAccessBlock(_Setting):
    """The settings that block public access to a bucket."""

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    put, remove = "put_public_access_block", "delete_public_access_block"
    inside = "PublicAccessBlockConfiguration"
    in_place = frozenset(
        {"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}
    )


class BucketServerSideEncryptionConfiguration(_Setting):
    """The encryption settings of a bucket."""

    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    put, remove = "put_bucket_encryption", "delete_bucket_encryption"
    inside = "ServerSideEncryptionConfiguration"
    renames: ClassVar[Renames] = {"rules.kmsMasterKeyId": "KMSMasterKeyID"}
    in_place = frozenset({"rules"})


class BucketOwnershipControls(_Setting):
    """The ownership settings of a bucket's objects."""

    token = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    put, remove = "put_bucket_ownership_controls", "delete_bucket_ownership_controls"
    inside = "OwnershipControls"
    in_place = frozenset({"rule"})

    def create(self, given: Given) -> Made:
        bucket, rule = given.take("bucket"), given.take("rule")
        given.finish()
        return super().create(Given({"bucket": bucket, "rules": [rule]}))


class BucketCorsConfiguration(_Setting):
    """The pages that may call a bucket, and how."""

    token = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
    put, remove = "put_bucket_cors", "delete_bucket_cors"
    inside = "CORSConfiguration"
    in_place = frozenset({"corsRules"})


class BucketPolicy(Kind):
    """A bucket's policy."""

    token = "aws:s3/bucketPolicy:BucketPolicy"
    service = "s3"
    alone = True
    remove = "delete_bucket_policy"
    in_place = frozenset({"policy"})

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "put_bucket_policy")
        self.client.put_bucket_policy(**request)
        return request["Bucket"], {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Bucket": old.id}


class BucketObject(Kind):
    """A file in a bucket."""

    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    service = "s3"
    look, remove = "head_object", "delete_object"
    in_place = frozenset({"cacheControl", "content", "contentType", "source"})

    def create(self, given: Given) -> Made:
        content: str | None = given.take("content")
        source: Asset | None = given.take("source")
        body = source.content if source else (content or "").encode()
        request = given.place(self.client, "put_object", Body=body)
        self.client.put_object(**request)
        return f"{request['Bucket']}/{request['Key']}", {
            "arn": f"arn:aws:s3:::{request['Bucket']}/{request['Key']}"
        }

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Bucket": old["bucket"], "Key": old["key"]}
