"""The admin site: a private bucket with its files, CloudFront in front, and the app client for sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

import pulumi
import pulumi_aws as aws

from components import api_reference, people_pools, site_addresses, site_files
from components.inbox import Inbox
from components.people_pools import INVITATION_DAYS, PASSWORD_RULES
from components.private_bucket import let_only_distributions_read
from components.rest_api import RestApi
from components.site_certificate import SiteCertificate
from components.site_distribution import SiteDistribution, SiteDistributionArgs
from components.staff_user_pool import StaffUserPool

# With the last scope, people can change their own password and end all their sessions.
SCOPES = ("openid", "email", "aws.cognito.signin.user.admin")
SESSION_HOURS = 12  # a long working day
# The names of the pages, scripts and stylesheets that a site without an inbox lacks.
ABOUT_SHOPS = ("connected-shops", "webhook", "given")


@dataclass(frozen=True, kw_only=True)
class AdminSiteArgs:
    """The API, the user pool, the bucket of product files, the currency, the address and the head of papers.

    `site_url` is the public URL, or None if the site uses the certificate's domain or CloudFront's own name.
    `certificate` is None without an own domain, and `web_acl_arn` is None without a firewall.
    `required_of_customer` are the fields that an order must have about its customer. `inbox` is the machines'
    API, whose document the site serves, or None without one. `storefront` is that of the customers likewise.
    """

    api: RestApi
    inbox: Inbox | None
    storefront: RestApi | None
    product_files: aws.s3.Bucket
    users: StaffUserPool
    currency: str
    required_of_customer: Sequence[str]
    site_url: str | None
    certificate: SiteCertificate | None
    web_acl_arn: pulumi.Input[str] | None
    shop_name: str
    shop_address: Sequence[str]
    shop_logo: Path | None
    protect: bool


class AdminSite(pulumi.ComponentResource):
    """The bucket with pages and assets, the distribution, and the app client that people sign in with."""

    def __init__(self, name: str, args: AdminSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:AdminSite", name, None, opts)
        self._name, self._args = name, args
        self._assets = site_files.assets_folder(args.required_of_customer)
        self.bucket = self._bucket()
        self._front = self._distribution()
        self.distribution_arn = self._front.distribution.arn
        objects = pulumi.Output.concat(self.bucket.arn, "/*")
        let_only_distributions_read(f"{name}-bucket", self.bucket, objects, [self.distribution_arn], self)
        self.url = pulumi.Output.from_input(args.site_url or self._front.url)
        self.client = self._app_client()
        # The first page starts a sign-in with the state and the verifier that the callback page requires.
        # An address of Cognito's own pages has neither.
        self.sign_in_url = pulumi.Output.concat(self.url, "/")
        self._upload_pages([*self._upload_assets(), *self._upload_logo()])
        reference = api_reference.document(args.required_of_customer, args.api.offers)
        self._upload_revalidated("api-reference", api_reference.FILE, reference, after=[])
        if args.inbox:
            inbox = args.inbox.reference
            self._upload_revalidated("inbox-reference", api_reference.INBOX_FILE, inbox, after=[])
        if args.storefront:
            customers = args.storefront.stage.invoke_url.apply(api_reference.storefront_document)
            self._upload_revalidated(
                "storefront-reference", api_reference.STOREFRONT_FILE, customers, after=[]
            )
        self.register_outputs({"url": self.url, "signInUrl": self.sign_in_url})

    def _bucket(self) -> aws.s3.Bucket:
        # S3 encrypts every new bucket and disables its ACLs by default.
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            # Set from the first `up`, because a destroy uses the value that the last `up` stored.
            force_destroy=not self._args.protect,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _distribution(self) -> SiteDistribution:
        inbox = [api_reference.INBOX_FILE] if self._args.inbox else []
        customers = [api_reference.STOREFRONT_FILE] if self._args.storefront else []
        files = [*self._pages(), api_reference.FILE, *inbox, *customers]
        uploads = pulumi.Output.concat("https://", self._args.product_files.bucket_regional_domain_name)
        return SiteDistribution(
            f"{self._name}-front",
            SiteDistributionArgs(
                bucket=self.bucket,
                api=self._args.api,
                product_files=self._args.product_files,
                called=[self._args.users.sign_in_base_url, self._args.users.api_url, uploads],
                addresses=partial(site_addresses.code, files, self._assets),
                not_found="",
                certificate=self._args.certificate,
                web_acl_arn=self._args.web_acl_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _app_client(self) -> aws.cognito.UserPoolClient:
        """Declare the only app client that gives tokens. API Gateway would accept those of any client."""
        return people_pools.sign_in_client(
            f"{self._name}-client",
            self._args.users.pool,
            self.url,
            self,
            allowed_oauth_scopes=list(SCOPES),
            explicit_auth_flows=[
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_SRP_AUTH",
                # For scripts that sign in without a browser, such as the loader.
                "ALLOW_USER_PASSWORD_AUTH",
            ],
            refresh_token_validity=SESSION_HOURS,
            token_validity_units={"id_token": "minutes", "access_token": "minutes", "refresh_token": "hours"},
            # No e-mail address: people who change theirs keep their groups, and an admin who removes the old
            # address does not find them. An empty list would mean every attribute.
            write_attributes=["locale"],
        )

    def _pages(self) -> list[str]:
        return [page for page in site_files.pages() if self._offers(page)]

    def _offers(self, file: str) -> bool:
        """Whether the site has this file."""
        return self._args.inbox is not None or PurePath(file).stem not in ABOUT_SHOPS

    def _upload_assets(self) -> list[pulumi.Resource]:
        texts = site_files.texts(self._args.required_of_customer)
        offered = {path: text for path, text in texts.items() if self._offers(path)}
        return site_files.upload_assets(
            self._name, self.bucket, self._assets, site_files.files(), offered, self
        )

    def _upload_logo(self) -> list[pulumi.Resource]:
        logo = self._args.shop_logo
        if logo is None:
            return []
        source = pulumi.FileAsset(logo.as_posix())
        name = f"{self._name}-logo"
        return [site_files.upload_immutable(name, self.bucket, _logo_key(logo), source=source, parent=self)]

    def _upload_pages(self, assets: list[pulumi.Resource]) -> None:
        context = pulumi.Output.all(
            assets=f"/{self._assets}",
            client_id=self.client.id,
            sign_up_client_id=self._args.users.sign_up_client_id,
            sign_in_base_url=self._args.users.sign_in_base_url,
            cognito_api_url=self._args.users.api_url,
            site_url=self.url,
            currency=self._args.currency,
            required_of_customer=list(self._args.required_of_customer),
            shop_name=self._args.shop_name,
            shop_address=list(self._args.shop_address),
            shop_logo=f"/{_logo_key(self._args.shop_logo)}" if self._args.shop_logo else "",
            self_sign_up=self._args.users.self_sign_up,
            password_rules=PASSWORD_RULES,
            session_hours=SESSION_HOURS,
            invitation_days=INVITATION_DAYS,
            invitation_has_link=self._args.users.invitation_has_link,
            inbox_url=self._args.inbox.url if self._args.inbox else "",
        )
        render = site_files.renderer()
        for page in self._pages():
            # After the assets, so that a page never loads a missing one.
            self._upload_revalidated(f"page-{page}", page, context.apply(partial(render, page)), after=assets)

    def _upload_revalidated(
        self, name: str, key: str, content: pulumi.Input[str], after: list[pulumi.Resource]
    ) -> None:
        aws.s3.BucketObjectv2(
            f"{self._name}-{name}",
            bucket=self.bucket.id,
            key=key,
            content=content,
            content_type=site_files.content_type(key),
            cache_control="no-cache",
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )


def _logo_key(logo: Path) -> str:
    """Return the logo's name in the bucket, with a hash of the file, because browsers keep it for a year."""
    return f"assets/logo-{hashlib.sha256(logo.read_bytes()).hexdigest()[:12]}{logo.suffix}"
