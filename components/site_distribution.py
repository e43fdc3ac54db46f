"""CloudFront in front of a site: its pages, the files of products, and the API if the site has one.

So a browser sees one origin and needs no CORS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.product_files import FOLDER
from components.rest_api import RestApi
from components.site_certificate import SiteCertificate
from components.site_files import YEAR

# IDs of AWS's own policies, which are the same in every account:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# CloudFront caches these errors for 10 s by default, even with caching disabled. A page that waits for its
# order would get the old 404.
UNCACHED_ERRORS = (400, 403, 404, 500, 502, 503, 504)
# The statuses with which S3 answers for a missing file, and for how many seconds CloudFront keeps them, so
# that a thousand requests for one reach S3 once.
MISSING, MISSING_SECONDS = (403, 404), 5
# Headers of every response that CloudFront has no setting for.
HEADERS = {
    # No page that opens this site, or is opened by it, gets hold of its window.
    "Cross-Origin-Opener-Policy": "same-origin",
    # Nothing that the site does not use. It uses the clipboard and plays a sound.
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")
    ),
}
# Of the files that staff upload, which are images and PDFs by their type. No browser takes one for a page.
# Without `sandbox` and without limits for styles and objects, which keep Chrome from showing a PDF.
FILES_POLICY = "script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# In characters. CloudFront refuses a longer policy.
MAX_CSP_LENGTH = 1783


@dataclass(frozen=True, kw_only=True)
class SiteDistributionArgs:
    """The origins, the other URLs that pages may call, the function for addresses, and the site's own domain.

    `api` is None for a site whose pages call none. `addresses` returns the code of the function that runs
    before a page is looked for; it takes the security headers by name. `not_found` is the address of the
    page for a missing file, or empty if the function for addresses knows every file.
    `certificate` is None without an own domain, and `web_acl_arn` is None without a firewall.
    """

    bucket: aws.s3.Bucket
    api: RestApi | None
    product_files: aws.s3.Bucket
    called: Sequence[pulumi.Input[str]]
    addresses: Callable[[Mapping[str, str]], str]
    not_found: str
    certificate: SiteCertificate | None
    web_acl_arn: pulumi.Input[str] | None


class SiteDistribution(pulumi.ComponentResource):
    """The distribution with its security headers and DNS records."""

    def __init__(
        self, name: str, args: SiteDistributionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:SiteDistribution", name, None, opts)
        self._name, self._args = name, args
        self._access = self._origin_access()
        self._cache = self._cache_policy()
        called = pulumi.Output.all(*args.called)
        self._security_headers = called.apply(lambda urls: security_headers(content_security_policy(urls)))
        self._headers = self._headers_policy("headers", self._security_headers)
        self._file_headers = self._headers_policy("file-headers", security_headers(FILES_POLICY))
        self._addresses = self._address_function()
        self.distribution = self._distribution()
        self.url = self._url()
        if args.certificate:
            self._add_alias_records(args.certificate)
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
            # With the minimum of 1 s of AWS's own policy, CloudFront would ignore the no-cache of the pages.
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

    def _headers_policy(
        self,
        part: str,
        config: pulumi.Input[aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgsDict],
    ) -> aws.cloudfront.ResponseHeadersPolicy:
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-{part}",
            security_headers_config=config,
            custom_headers_config={
                "items": [
                    {"header": name, "value": value, "override": True} for name, value in HEADERS.items()
                ]
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _address_function(self) -> aws.cloudfront.Function:
        return aws.cloudfront.Function(
            f"{self._name}-addresses",
            runtime="cloudfront-js-2.0",
            code=self._security_headers.apply(lambda headers: self._args.addresses(header_fields(headers))),
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
            # CloudFront uses this file for the path / only, so links to other pages have a full file name.
            default_root_object="index.html",
            aliases=[certificate.domain_name] if certificate else None,
            origins=[
                self._bucket_origin("pages", self._args.bucket),
                *([self._api_origin(self._args.api)] if self._args.api else []),
                self._bucket_origin("product-files", self._args.product_files),
            ],
            default_cache_behavior=self._pages_behavior(),
            ordered_cache_behaviors=[
                *([self._api_behavior()] if self._args.api else []),
                self._files_behavior(),
            ],
            custom_error_responses=[self._error_response(status) for status in UNCACHED_ERRORS],
            viewer_certificate=self._viewer_certificate(),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            web_acl_id=self._args.web_acl_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _bucket_origin(
        self, origin_id: str, bucket: aws.s3.Bucket
    ) -> aws.cloudfront.DistributionOriginArgsDict:
        return {
            "origin_id": origin_id,
            "domain_name": bucket.bucket_regional_domain_name,
            "origin_access_control_id": self._access.id,
        }

    def _error_response(self, status: int) -> aws.cloudfront.DistributionCustomErrorResponseArgsDict:
        """Return what CloudFront does with an error of an origin.

        A site with an API has no page for errors, because CloudFront would also use it for the errors of
        /api. Its function for addresses answers wrong ones instead.
        """
        if self._args.not_found and status in MISSING:
            return {
                "error_code": status,
                "response_code": 404,
                "response_page_path": self._args.not_found,
                "error_caching_min_ttl": MISSING_SECONDS,
            }
        return {"error_code": status, "error_caching_min_ttl": 0}

    def _api_origin(self, api: RestApi) -> aws.cloudfront.DistributionOriginArgsDict:
        # Without origin_path, because the path of a call begins with /api and the stage is named api.
        return {
            "origin_id": "api",
            "domain_name": api.host,
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
            "function_associations": [{"event_type": "viewer-request", "function_arn": self._addresses.arn}],
            "compress": True,
        }

    def _api_behavior(self) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
        return {
            "path_pattern": "/api/*",
            "target_origin_id": "api",
            # Without a redirect, because the browser would already have sent the token in clear text.
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": CACHING_DISABLED,
            # With the viewer's Host header, API Gateway would answer 403.
            "origin_request_policy_id": ALL_VIEWER_EXCEPT_HOST_HEADER,
            "response_headers_policy_id": self._headers.id,
        }

    def _files_behavior(self) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
        # Each file is cached for the time in its own Cache-Control, which is part of what an upload signs.
        return {
            "path_pattern": f"/{FOLDER}/*",
            "target_origin_id": "product-files",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": self._cache.id,
            "response_headers_policy_id": self._file_headers.id,
        }

    def _viewer_certificate(self) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
        if self._args.certificate is None:
            # CloudFront itself chooses the TLS versions for its own certificate.
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

    def _add_alias_records(self, certificate: SiteCertificate) -> None:
        target: aws.route53.RecordAliasArgsDict = {
            "name": self.distribution.domain_name,
            "zone_id": self.distribution.hosted_zone_id,
            "evaluate_target_health": False,  # a distribution has no health check
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


def security_headers(
    policy: str,
) -> aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgsDict:
    """Return the headers of every response for CloudFront, with this Content-Security-Policy."""
    return {
        "content_security_policy": {"content_security_policy": policy, "override": True},
        "content_type_options": {"override": True},
        "frame_options": {"frame_option": "DENY", "override": True},
        # Without referrers, because the URL of callback.html contains the sign-in code.
        "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
        "strict_transport_security": {"access_control_max_age_sec": 2 * YEAR, "override": True},
    }


def header_fields(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the same headers by name. `config` is a result of `security_headers`."""
    transport = config["strict_transport_security"]
    return {
        "content-security-policy": config["content_security_policy"]["content_security_policy"],
        "x-content-type-options": "nosniff",
        "x-frame-options": config["frame_options"]["frame_option"],
        "referrer-policy": config["referrer_policy"]["referrer_policy"],
        "strict-transport-security": f"max-age={transport['access_control_max_age_sec']}",
        **{name.lower(): value for name, value in HEADERS.items()},
    }


def content_security_policy(called: Sequence[str]) -> str:
    """Return the policy: pages load files from their own origin only.

    They may send requests to their own origin and to the URLs in `called`. Raises ValueError if the policy is
    too long for CloudFront.
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
            # No script may turn a text into HTML or code, and none may make an exception.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    if len(policy) > MAX_CSP_LENGTH:
        raise ValueError(f"the CSP must have at most {MAX_CSP_LENGTH} characters, got {len(policy)}")
    return policy
