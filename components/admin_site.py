"""The admin site: private S3 behind CloudFront, one origin for pages and API, and its app client."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import site_files
from components.policy import deny_plain_http, document
from components.rest_api import RestApi
from components.site_certificate import SiteCertificate
from components.staff_user_pool import StaffUserPool

CALLBACK = "/callback.html"
SIGNED_OUT = "/signed-out.html"
SCOPES = ("email", "openid")
YEAR = 365 * 24 * 60 * 60

# AWS's own policies, the same in every account:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# CloudFront refuses a longer one.
LONGEST_CSP = 1783
# What CloudFront would otherwise cache for 10 s even where caching is disabled: a page that waits for
# its order would go on seeing the 404.
NEVER_CACHED = (400, 403, 404, 500, 502, 503, 504)


@dataclass(frozen=True, kw_only=True)
class AdminSiteArgs:
    """What the site stands in front of, who signs in to it, and where it is.

    `site_url` is its public URL where something else than CloudFront's own name or the certificate's
    domain stands in front; `certificate` and `web_acl_arn` are None where there is none.
    """

    api: RestApi
    users: StaffUserPool
    currency: str
    site_url: str | None
    certificate: SiteCertificate | None
    web_acl_arn: pulumi.Input[str] | None
    protect: bool


class AdminSite(pulumi.ComponentResource):
    """Pages and assets in a private bucket, the distribution, the one app client of the pool."""

    def __init__(self, name: str, args: AdminSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:AdminSite", name, None, opts)
        self._name, self._args = name, args
        self.bucket = self._bucket()
        self.distribution = self._distribution()
        self._let_only_cloudfront_read()
        self._name_in_dns()
        self.url = pulumi.Output.from_input(args.site_url or self._own_url())
        self.client = self._app_client()
        self.sign_in_url = self._sign_in_url()
        self._upload()
        self.register_outputs({"url": self.url, "signInUrl": self.sign_in_url})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _bucket(self) -> aws.s3.Bucket:
        bucket = aws.s3.Bucket(
            f"{self._name}-bucket",
            # Stored by the first `up`, for it counts only then. Old assets stay in the bucket.
            force_destroy=not self._args.protect,
            opts=self._child(),
        )
        aws.s3.BucketPublicAccessBlock(
            f"{self._name}-bucket-private",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{self._name}-bucket-ownership",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child(),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-bucket-encryption",
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._child(),
        )
        return bucket

    def _let_only_cloudfront_read(self) -> None:
        everything = pulumi.Output.concat(self.bucket.arn, "/*")
        aws.s3.BucketPolicy(
            f"{self._name}-bucket-policy",
            bucket=self.bucket.id,
            policy=document(
                # No ListBucket: a file that is not there is a 403, and nobody can list what is.
                {
                    "Sid": "OnlyThisDistribution",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": everything,
                    "Condition": {"ArnEquals": {"aws:SourceArn": self.distribution.arn}},
                },
                deny_plain_http(["s3:*"], [self.bucket.arn, everything]),
            ),
            opts=self._child(),
        )

    def _distribution(self) -> aws.cloudfront.Distribution:
        certificate = self._args.certificate
        headers = self._headers_policy()
        return aws.cloudfront.Distribution(
            f"{self._name}-distribution",
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class="PriceClass_100",  # Europe and North America, where the shop's staff are
            default_root_object="index.html",
            aliases=[certificate.domain_name] if certificate else [],
            origins=[self._pages_origin(), self._api_origin()],
            default_cache_behavior=self._pages_behavior(headers),
            ordered_cache_behaviors=[self._api_behavior(headers)],
            # No page of our own: it would answer for /api too, as HTML with status 200.
            custom_error_responses=[
                {"error_code": status, "error_caching_min_ttl": 0} for status in NEVER_CACHED
            ],
            viewer_certificate=self._viewer_certificate(),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            web_acl_id=self._args.web_acl_arn,
            opts=self._child(),
        )

    def _pages_origin(self) -> aws.cloudfront.DistributionOriginArgsDict:
        access = aws.cloudfront.OriginAccessControl(
            f"{self._name}-origin-access",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child(),
        )
        return {
            "origin_id": "pages",
            "domain_name": self.bucket.bucket_regional_domain_name,
            "origin_access_control_id": access.id,
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

    def _pages_behavior(
        self, headers: aws.cloudfront.ResponseHeadersPolicy
    ) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
        return {
            "target_origin_id": "pages",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": self._cache_policy().id,
            "response_headers_policy_id": headers.id,
            "compress": True,
        }

    def _api_behavior(
        self, headers: aws.cloudfront.ResponseHeadersPolicy
    ) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
        return {
            "path_pattern": "/api/*",
            "target_origin_id": "api",
            # No redirect: the token would already have gone out in clear text.
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": CACHING_DISABLED,
            # The viewer's Host would make execute-api answer 403.
            "origin_request_policy_id": ALL_VIEWER_EXCEPT_HOST_HEADER,
            "response_headers_policy_id": headers.id,
            "compress": True,
        }

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
            opts=self._child(),
        )

    def _headers_policy(self) -> aws.cloudfront.ResponseHeadersPolicy:
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-headers",
            security_headers_config={
                "content_security_policy": {
                    "content_security_policy": self._args.users.sign_in_base_url.apply(
                        content_security_policy
                    ),
                    "override": True,
                },
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                # The callback's URL has the sign-in code in it.
                "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": 2 * YEAR,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            opts=self._child(),
        )

    def _viewer_certificate(self) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
        if self._args.certificate is None:
            # CloudFront's own name allows no other minimum than its own.
            return {"cloudfront_default_certificate": True}
        return {
            "acm_certificate_arn": self._args.certificate.arn,
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": "TLSv1.2_2021",
        }

    def _name_in_dns(self) -> None:
        certificate = self._args.certificate
        for kind in ("A", "AAAA") if certificate else ():
            assert certificate is not None
            aws.route53.Record(
                f"{self._name}-alias-{kind.lower()}",
                zone_id=certificate.hosted_zone_id,
                name=certificate.domain_name,
                type=kind,
                aliases=[
                    {
                        "name": self.distribution.domain_name,
                        "zone_id": self.distribution.hosted_zone_id,
                        "evaluate_target_health": False,  # CloudFront has none to evaluate
                    }
                ],
                opts=self._child(),
            )

    def _own_url(self) -> pulumi.Output[str]:
        certificate = self._args.certificate
        name = certificate.domain_name if certificate else self.distribution.domain_name
        return pulumi.Output.concat("https://", name)

    def _app_client(self) -> aws.cognito.UserPoolClient:
        """The only client of the pool, for API Gateway takes any client's token."""
        return aws.cognito.UserPoolClient(
            f"{self._name}-client",
            user_pool_id=self._args.users.pool.id,
            generate_secret=False,  # a page cannot keep one, and a change replaces the client
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=list(SCOPES),
            supported_identity_providers=["COGNITO"],
            callback_urls=[pulumi.Output.concat(self.url, CALLBACK)],
            logout_urls=[pulumi.Output.concat(self.url, SIGNED_OUT)],
            # The last two are for scripts, such as the loader: they sign in without a browser.
            explicit_auth_flows=[
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
            ],
            # A token lives on after sign-out or demotion: not for long.
            id_token_validity=15,
            access_token_validity=15,
            refresh_token_validity=12,  # a working day
            token_validity_units={"id_token": "minutes", "access_token": "minutes", "refresh_token": "hours"},
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            opts=self._child(),
        )

    def _sign_in_url(self) -> pulumi.Output[str]:
        callback = pulumi.Output.concat(self.url, CALLBACK)
        return pulumi.Output.format(
            "{0}/oauth2/authorize?client_id={1}&response_type=code&scope={2}&redirect_uri={3}",
            self._args.users.sign_in_base_url,
            self.client.id,
            "+".join(SCOPES),
            callback,
        )

    def _upload(self) -> None:
        folder = f"assets/{site_files.assets_hash()}"
        assets = self._upload_assets(folder)
        context = pulumi.Output.all(
            assets=f"/{folder}",
            client_id=self.client.id,
            sign_in_base_url=self._args.users.sign_in_base_url,
            site_url=self.url,
            currency=self._args.currency,
        )
        for page in site_files.pages():
            aws.s3.BucketObjectv2(
                f"{self._name}-page-{page.removesuffix('.html')}",
                bucket=self.bucket.id,
                key=page,
                content=context.apply(lambda known, page=page: site_files.render(page, known)),
                content_type=site_files.content_type(page),
                cache_control="no-cache",
                # A page never stands there before what it loads.
                opts=pulumi.ResourceOptions(parent=self, depends_on=assets),
            )

    def _upload_assets(self, folder: str) -> list[pulumi.Resource]:
        return [
            aws.s3.BucketObjectv2(
                f"{self._name}-asset-{path}",
                bucket=self.bucket.id,
                key=f"{folder}/{path}",
                source=pulumi.FileAsset(file.as_posix()),
                content_type=site_files.content_type(path),
                cache_control=f"public, max-age={YEAR}, immutable",
                # Open tabs go on with the old ones.
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
            )
            for path, file in site_files.assets().items()
        ]


def content_security_policy(sign_in_base_url: str) -> str:
    """What the pages may load: their own origin, and for the token exchange the sign-in pages' one.

    Raises ValueError where CloudFront would refuse it for its length.
    """
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {sign_in_base_url}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    if len(policy) > LONGEST_CSP:
        raise ValueError(f"the CSP must have at most {LONGEST_CSP} characters, got {len(policy)}")
    return policy
