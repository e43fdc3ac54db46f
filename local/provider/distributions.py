"""CloudFront distributions and their policies."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from local.emulator import HOST
from local.provider.inputs import Given, Renames
from local.provider.kind import ExistingResource, Kind, Made

S3_URL = re.compile(r"https://[a-z0-9.-]+\.s3\.[a-z0-9-]+\.amazonaws\.com")
API_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


class _Configured(Kind):
    """A CloudFront resource that consists of one configuration with an ETag."""

    service = "cloudfront"
    noun: ClassVar[str]
    """The resource's part of boto3's method names, such as `cache_policy` in `get_cache_policy`."""
    config: ClassVar[str]
    """The name of the configuration, both as a parameter of the calls and as a shape in botocore's model."""
    renames: ClassVar[Renames] = {}

    def create(self, given: Given) -> Made:
        answer = self._call("create", **{self.config: self._configuration(given)})
        made = next(one for name, one in answer.items() if isinstance(one, dict) and "Id" in one)
        return made["Id"], self._outputs(made, answer["ETag"])

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        config = self._configuration(given)
        answer = self._call("update", **self.where(old), IfMatch=self._etag(old), **{self.config: config})
        return {"etag": answer["ETag"]}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Id": old.id}

    def delete(self, old: ExistingResource) -> None:
        self._call("delete", **self.where(old), IfMatch=self._etag(old))

    def _configuration(self, given: Given) -> dict[str, Any]:
        return given.fill(self.client.meta.service_model.shape_for(self.config), self.renames)

    def _outputs(self, made: dict[str, Any], etag: str) -> dict[str, Any]:  # noqa: ARG002
        return {"etag": etag}

    def _etag(self, old: ExistingResource) -> str:
        return str(self._call("get", **self.where(old))["ETag"])

    def _call(self, verb: str, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, f"{verb}_{self.noun}")(**request)
        return answer


class OriginAccessControl(_Configured):
    """The settings with which CloudFront signs its requests to S3."""

    token = "aws:cloudfront/originAccessControl:OriginAccessControl"
    look = "get_origin_access_control"
    noun, config = "origin_access_control", "OriginAccessControlConfig"
    named = "name"
    in_place = frozenset({"description", "signingBehavior", "signingProtocol"})


class ResponseHeadersPolicy(_Configured):
    """The headers that CloudFront adds to responses."""

    token = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
    look = "get_response_headers_policy"
    noun, config = "response_headers_policy", "ResponseHeadersPolicyConfig"
    named = "name"
    in_place = frozenset(
        {"comment", "corsConfig", "customHeadersConfig", "removeHeadersConfig", "securityHeadersConfig"}
    )

    def _configuration(self, given: Given) -> dict[str, Any]:
        """Allow pages to upload to the emulator instead of S3. It serves all buckets at its own address."""
        made = super()._configuration(given)
        policy = made.get("SecurityHeadersConfig", {}).get("ContentSecurityPolicy", {})
        if text := policy.get("ContentSecurityPolicy"):
            policy["ContentSecurityPolicy"] = _with_local_buckets(text, self.aws.url)
        return made


class CachePolicy(_Configured):
    """The settings of CloudFront's cache: key and times."""

    token = "aws:cloudfront/cachePolicy:CachePolicy"
    look = "get_cache_policy"
    noun, config = "cache_policy", "CachePolicyConfig"
    named = "name"
    in_place = frozenset(
        {"comment", "defaultTtl", "maxTtl", "minTtl", "parametersInCacheKeyAndForwardedToOrigin"}
    )


class Function(Kind):
    """A CloudFront function. Each version is published at once, as Pulumi's `publish` does by default."""

    token = "aws:cloudfront/function:Function"
    service = "cloudfront"
    named = "name"
    in_place = frozenset({"code", "comment", "runtime"})
    look = "describe_function"

    def create(self, given: Given) -> Made:
        request = self._request(given)
        answer = self.client.create_function(**request)
        self.client.publish_function(Name=request["Name"], IfMatch=answer["ETag"])
        return request["Name"], {"arn": answer["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        self.client.update_function(**self._request(given), IfMatch=self._etag(old))
        self.client.publish_function(Name=old.id, IfMatch=self._etag(old))
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Name": old.id, "Stage": "DEVELOPMENT"}

    def delete(self, old: ExistingResource) -> None:
        self.client.delete_function(Name=old.id, IfMatch=self._etag(old))

    def _request(self, given: Given) -> dict[str, Any]:
        # The function for wrong addresses sends the same headers as the policy.
        name, code = given.take("name"), _with_local_buckets(given.take("code"), self.aws.url).encode()
        config = {"Comment": "", **given.fill(self.client.meta.service_model.shape_for("FunctionConfig"))}
        return {"Name": name, "FunctionCode": code, "FunctionConfig": config}

    def _etag(self, old: ExistingResource) -> str:
        return str(self.client.describe_function(**self.where(old))["ETag"])


class Distribution(_Configured):
    """A distribution."""

    token = "aws:cloudfront/distribution:Distribution"
    look = "get_distribution"
    noun, config = "distribution", "DistributionConfig"
    in_place = frozenset(
        {"aliases", "comment", "customErrorResponses", "defaultCacheBehavior", "defaultRootObject", "enabled"}
        | {"httpVersion", "isIpv6Enabled", "orderedCacheBehaviors", "origins", "priceClass", "restrictions"}
        | {"viewerCertificate", "webAclId"}
    )
    renames: ClassVar[Renames] = {
        "orderedCacheBehaviors": "CacheBehaviors",
        "origins.originId": "Id",
        "restrictions.geoRestriction.locations": "Items",
    }

    def delete(self, old: ExistingResource) -> None:
        found = self._call("get", Id=old.id)
        config = {**found["Distribution"]["DistributionConfig"], "Enabled": False}
        answer = self._call("update", Id=old.id, IfMatch=found["ETag"], DistributionConfig=config)
        self._call("delete", Id=old.id, IfMatch=answer["ETag"])

    def _configuration(self, given: Given) -> dict[str, Any]:
        origins = [self._origin(one) for one in given.take("origins")]
        default = _nest_methods(given.take("defaultCacheBehavior"))
        others = [_nest_methods(one) for one in given.take("orderedCacheBehaviors", [])]
        everything = {
            "comment": "",
            # CloudFront returns the existing distribution for a reference that it knows.
            "callerReference": origins[0]["domainName"],
            **given.rest(),
            "origins": origins,
            "defaultCacheBehavior": default,
            "orderedCacheBehaviors": others,
        }
        return super()._configuration(Given(everything))

    def _origin(self, origin: dict[str, Any]) -> dict[str, Any]:
        """Return the origin with an address that the emulator can reach.

        AWS serves an API at a host of its own; the emulator serves it at a path of its own host, without TLS.
        """
        if "customOriginConfig" not in origin:
            return {"s3OriginConfig": {"originAccessIdentity": ""}, **origin}
        if (api := API_HOST.fullmatch(origin["domainName"])) is None:
            return origin
        here = {"httpPort": self.aws.port, "originProtocolPolicy": "http-only"}
        return {
            **origin,
            "domainName": HOST,
            "originPath": f"/_aws/execute-api/{api[1]}{origin.get('originPath', '')}",
            "customOriginConfig": {**origin["customOriginConfig"], **here},
        }

    def _outputs(self, made: dict[str, Any], etag: str) -> dict[str, Any]:
        return {
            "etag": etag,
            "arn": made["ARN"],
            "domainName": made["DomainName"],
            "hostedZoneId": "Z2FDTNDATAQYW2",  # CloudFront's zone, the same in every account
        }


def _with_local_buckets(text: str, url: str) -> str:
    """Return a text with the emulator's URL in place of the URLs of buckets."""
    return S3_URL.sub(url, text)


def _nest_methods(behavior: dict[str, Any]) -> dict[str, Any]:
    """Return the behaviour with its cached methods inside its allowed methods, as in CloudFront's API."""
    rest = {key: value for key, value in behavior.items() if key not in ("allowedMethods", "cachedMethods")}
    methods = {"items": behavior["allowedMethods"], "cachedMethods": behavior["cachedMethods"]}
    return {**rest, "allowedMethods": methods}
