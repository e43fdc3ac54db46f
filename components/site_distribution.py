"""CloudFront in front of pages and API: one origin to a browser, which so needs no CORS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.rest_api import RestApi
from components.site_certificate import SiteCertificate

YEAR = 365 * 24 * 60 * 60
# AWS's own policies, the same in every account:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# CloudFront would cache these for 10 s even where caching is disabled: a page that waits for its order
# would go on seeing the 404.
NEVER_CACHED = (400, 403, 404, 500, 502, 503, 504)
# CloudFront refuses a longer one.
LONGEST_CSP = 1783


@dataclass(frozen=True, kw_only=True)
class SiteDistributionArgs:
    """The two origins, what the pages may talk to beside their own, and the domain if it has one.

    `certificate` and `web_acl_arn` are None where there is none.
    """

    bucket: aws.s3.Bucket
    api: RestApi
    sign_in_base_url: pulumi.Output[str]
    cognito_api_url: pulumi.Output[str]
    certificate: SiteCertificate | None
    web_acl_arn: pulumi.Input[str] | None


class SiteDistribution(pulumi.ComponentResource):
    """The distribution with its security headers, and its name in DNS."""

    def __init__(
        self, name: str, args: SiteDistributionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:SiteDistribution", name, None, opts)
        self._name, self._args = name, args
        self._access = self._origin_access()
        self._cache = self._cache_policy()
        self._headers = self._headers_policy()
        self.distribution = self._distribution()
        self.url = self._url()
        if args.certificate:
            self._alias_records(args.certificate)
        self.register_outputs({"url": self.url})

    def _origin_access(self) -> aws.cloudfront.OriginAccessControl:
        return aws.cloudfront.OriginAccessControl(
            f"{self._name}-origin-access",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _cache_policy(self) -> aws.cloudfront.CachePolicy:
        return aws.cloudfront.CachePolicy(
            f"{self._name}-cache",
            # 0, where AWS's own policy has 1 s: a minimum beats the pages' no-cache.
            min_ttl=0,
            default_ttl=0,
            max_ttl=YEAR,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _headers_policy(self) -> aws.cloudfront.ResponseHeadersPolicy:
        policy = pulumi.Output.all(self._args.sign_in_base_url, self._args.cognito_api_url).apply(
            content_security_policy
        )
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-headers",
            security_headers_config={
                "content_security_policy": {"content_security_policy": policy, "override": True},
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                # The callback's URL has the sign-in code in it.
                "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
                "strict_transport_security": {"access_control_max_age_sec": 2 * YEAR, "override": True},
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _distribution(self) -> aws.cloudfront.Distribution:
        certificate = self._args.certificate
        return aws.cloudfront.Distribution(
            f"{self._name}-distribution",
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class="PriceClass_100",  # Europe and North America, where the shop's staff are
            # At the root only, so every link is to a full file name.
            default_root_object="index.html",
            aliases=[certificate.domain_name] if certificate else None,
            origins=[self._pages_origin(), self._api_origin()],
            default_cache_behavior=self._pages_behavior(),
            ordered_cache_behaviors=[self._api_behavior()],
            # No page of our own: it would answer for /api too, as HTML with status 200.
            custom_error_responses=[
                {"error_code": status, "error_caching_min_ttl": 0} for status in NEVER_CACHED
            ],
            viewer_certificate=self._viewer_certificate(),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            web_acl_id=self._args.web_acl_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _pages_origin(self) -> aws.cloudfront.DistributionOriginArgsDict:
        return {
            "origin_id": "pages",
            "domain_name": self._args.bucket.bucket_regional_domain_name,
            "origin_access_control_id": self._access.id,
        }

    def _api_origin(self) -> aws.cloudfront.DistributionOriginArgsDict:
        # No origin_path: /api/* keeps its path, and the stage is named api.
        return {
            "origin_id": "api",
            "domain_name": self._args.api.host,
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
            },
        }

    def _pages_behavior(self) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
        return {
            "target_origin_id": "pages",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": self._cache.id,
            "response_headers_policy_id": self._headers.id,
            "compress": True,
        }

    def _api_behavior(self) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
        return {
            "path_pattern": "/api/*",
            "target_origin_id": "api",
            # No redirect: the token would already have gone out in clear text.
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": CACHING_DISABLED,
            # With the viewer's Host header, execute-api would answer 403.
            "origin_request_policy_id": ALL_VIEWER_EXCEPT_HOST_HEADER,
            "response_headers_policy_id": self._headers.id,
        }

    def _viewer_certificate(self) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
        if self._args.certificate is None:
            # With its own name, CloudFront sets the minimum protocol itself.
            return {"cloudfront_default_certificate": True}
        return {
            "acm_certificate_arn": self._args.certificate.arn,
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": "TLSv1.2_2021",
        }

    def _url(self) -> pulumi.Output[str]:
        certificate = self._args.certificate
        return pulumi.Output.concat(
            "https://", certificate.domain_name if certificate else self.distribution.domain_name
        )

    def _alias_records(self, certificate: SiteCertificate) -> None:
        target: aws.route53.RecordAliasArgsDict = {
            "name": self.distribution.domain_name,
            "zone_id": self.distribution.hosted_zone_id,
            "evaluate_target_health": False,  # CloudFront has none to evaluate
        }
        for kind in ("A", "AAAA"):
            aws.route53.Record(
                f"{self._name}-alias-{kind.lower()}",
                zone_id=certificate.hosted_zone_id,
                name=certificate.domain_name,
                type=kind,
                aliases=[target],
                opts=pulumi.ResourceOptions(parent=self),
            )


def content_security_policy(called: Sequence[str]) -> str:
    """What the pages may load: their own origin; and which others they call: Cognito's pages and its API.

    Raises ValueError where CloudFront would refuse it for its length.
    """
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            " ".join(("connect-src 'self'", *dict.fromkeys(called))),
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    if len(policy) > LONGEST_CSP:
        raise ValueError(f"the CSP must have at most {LONGEST_CSP} characters, got {len(policy)}")
    return policy
