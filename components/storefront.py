"""The storefront: pages for customers as files behind CloudFront, and the function that makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws

from components import people_pools, site_addresses, site_files, storefront_layer
from components.customer_user_pool import SCOPES, SESSION_DAYS, CustomerUserPool
from components.function import Function, FunctionArgs
from components.order_views import OrderViews
from components.people_pools import PASSWORD_RULES
from components.policy import Statement, allow
from components.private_bucket import let_only_distributions_read
from components.product_files import ProductFiles
from components.queues import RECEIVE, again_queue, close_queue, dead_letter_queue, map_queue
from components.rest_api import RestApi
from components.schedule import every
from components.site_certificate import SiteCertificate
from components.site_distribution import SiteDistribution, SiteDistributionArgs
from components.site_files import STOREFRONT_ASSETS
from components.stream import RetryPolicy, feed, may_read

TIMEOUT = 300  # seconds; pages that are left wait for the next invocation
MEMORY = 1769  # MB, which have one whole processor (Lambda Developer Guide, "Memory")
CHECKED_EVERY = 5  # minutes
# Changes that come together, so that an import makes the pages of a category once for each hundred products.
BATCH_SIZE = 100
INDEX = "search/index.json"
NOT_FOUND = "/not-found.html"


@dataclass(frozen=True, kw_only=True)
class StorefrontArgs:
    """The tables that pages are made from, the head of each page, the site's address, and its customers.

    `url` is the public URL, or None if the site uses the certificate's domain or CloudFront's own name. `vat`
    are the rates by class in hundredths of a percent, empty if prices are shown without VAT only. `law`
    are the files of the texts that the law asks for, by the names of their pages.
    """

    products: aws.dynamodb.Table
    orders: aws.dynamodb.Table
    terms: aws.dynamodb.Table
    views: OrderViews
    product_files: ProductFiles
    customers: CustomerUserPool
    currency: str
    shop_name: str
    shop_address: Sequence[str]
    vat: Mapping[str, int]
    law: Mapping[str, Path]
    url: str | None
    certificate: SiteCertificate | None
    web_acl_arn: pulumi.Input[str] | None
    operator_arns: Sequence[str]
    log_retention_days: int
    protect: bool
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)


class Storefront(pulumi.ComponentResource):
    """The bucket of pages, the distribution in front, and the function that follows the products.

    `add_pages` declares all but bucket and queues. It must be called once the API that the pages call exists,
    which is after the dead letters, and these need the queues. `close_queues` must be called then.
    """

    client: aws.cognito.UserPoolClient
    distribution_arn: pulumi.Output[str]
    maker: Function
    url: pulumi.Output[str]

    def __init__(self, name: str, args: StorefrontArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Storefront", name, None, opts)
        self._name, self._args = name, args
        self._assets = site_files.storefront_assets_folder()
        self.bucket = self._bucket()
        self.dead_letters = dead_letter_queue(f"{name}-dead-letters", parent=self, protect=args.protect)
        self.again = again_queue(
            f"{name}-again", self.dead_letters, timeout=TIMEOUT, parent=self, protect=args.protect
        )
        self.register_outputs({})

    def add_pages(self, api: RestApi) -> None:
        """Declare the distribution, the app client of its pages, and the function that makes them.

        `api` is the API that the pages call.
        """
        front = self._distribution(api)
        self.distribution_arn = front.distribution.arn
        objects = pulumi.Output.concat(self.bucket.arn, "/*")
        let_only_distributions_read(
            f"{self._name}-bucket", self.bucket, objects, [self.distribution_arn], self
        )
        self.url = pulumi.Output.from_input(self._args.url or front.url)
        self.client = self._app_client()
        self.maker = self._maker(api, self._upload_assets())
        self._follow_products()
        every(CHECKED_EVERY, self.maker, f"{self._name}-make", parent=self)

    def close_queues(self, *, keeper: Function, sender: Function) -> None:
        """Deny messages to all but the maker, operators, and the two functions of dead letters."""
        for queue, role, other in (
            (self.dead_letters, "dead-letters", keeper),
            (self.again, "again", sender),
        ):
            close_queue(
                f"{self._name}-{role}-policy",
                queue,
                principals=[self.maker.role.arn, other.role.arn, *self._args.operator_arns],
                parent=self,
            )

    def _bucket(self) -> aws.s3.Bucket:
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            # Without protection, because every page can be made anew.
            force_destroy=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _distribution(self, api: RestApi) -> SiteDistribution:
        customers = self._args.customers
        return SiteDistribution(
            f"{self._name}-front",
            SiteDistributionArgs(
                bucket=self.bucket,
                api=None,
                product_files=self._args.product_files.bucket,
                called=[_origin(api.stage.invoke_url), customers.sign_in_base_url, customers.api_url],
                addresses=site_addresses.storefront_code,
                not_found=NOT_FOUND,
                certificate=self._args.certificate,
                web_acl_arn=self._args.web_acl_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _app_client(self) -> aws.cognito.UserPoolClient:
        return people_pools.sign_in_client(
            f"{self._name}-client",
            self._args.customers.pool,
            self.url,
            self,
            allowed_oauth_scopes=list(SCOPES),
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
            refresh_token_validity=SESSION_DAYS,
            token_validity_units={"id_token": "minutes", "access_token": "minutes", "refresh_token": "days"},
            # No e-mail address: orders belong to the address that was proved when the account was opened.
            write_attributes=["name"],
        )

    def _upload_assets(self) -> list[pulumi.Resource]:
        files, texts = site_files.files(STOREFRONT_ASSETS), site_files.storefront_texts()
        return site_files.upload_assets(self._name, self.bucket, self._assets, files, texts, self)

    def _maker(self, api: RestApi, assets: Sequence[pulumi.Resource]) -> Function:
        layer = storefront_layer.declare(f"{self._name}-layer", self._args.law, parent=self)
        return Function(
            f"{self._name}-make",
            FunctionArgs(
                module="make_pages",
                permissions=self._permissions(),
                environment=self._environment(api),
                log_retention_days=self._args.log_retention_days,
                timeout=TIMEOUT,
                memory=MEMORY,
                layers=[layer.arn],
                after=assets,  # so that no page names one that is missing
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _environment(self, api: RestApi) -> dict[str, pulumi.Input[str]]:
        args = self._args
        shop = {
            "name": args.shop_name,
            "address": list(args.shop_address),
            "url": self.url,
            "assets": f"/{self._assets}",
            "vat": dict(args.vat),
            "settings": self._settings(api),
        }
        return {
            "SHOP_PRODUCTS_TABLE": args.products.name,
            "SHOP_ORDERS_TABLE": args.orders.name,
            "SHOP_TERMS_TABLE": args.terms.name,
            "SHOP_SALES_TABLE": args.views.sales.name,
            "SHOP_CURRENCY": args.currency,
            "SHOP_PAGES_BUCKET": self.bucket.id,
            "SHOP_PAGES_DLQ_URL": self.dead_letters.url,
            # As UTF-8, because Lambda takes 4 KB of variables, and an escaped letter has 6 bytes.
            "SHOP_STOREFRONT": pulumi.Output.json_dumps(shop, sort_keys=True, ensure_ascii=False),
            "SHOP_STOREFRONT_EDITION": storefront_layer.edition(args.law),
        }

    def _settings(self, api: RestApi) -> dict[str, pulumi.Input[str]]:
        """Return what the scripts of the pages know of this stack."""
        customers = self._args.customers
        return {
            "api-url": api.stage.invoke_url,
            "client-id": self.client.id,
            "cognito-api-url": customers.api_url,
            "currency": self._args.currency,
            "password-rules": PASSWORD_RULES,
            "scope": " ".join(SCOPES),
            "sign-in-base-url": customers.sign_in_base_url,
            "sign-up-client-id": customers.sign_up_client_id,
            "site-url": self.url,
        }

    def _permissions(self) -> list[Statement]:
        args, bucket = self._args, self.bucket.arn
        return [
            *may_read(args.products),
            allow(["dynamodb:BatchGetItem", "dynamodb:GetItem"], [args.products.arn]),
            # For the products that are ordered together.
            allow(["dynamodb:BatchGetItem"], [args.orders.arn]),
            # The pack of the catalog and the ledger are read; the marks of pages and the lease are written.
            allow(
                [
                    "dynamodb:BatchGetItem",
                    "dynamodb:BatchWriteItem",
                    "dynamodb:GetItem",
                    "dynamodb:PartiQLDelete",
                    "dynamodb:Query",
                    "dynamodb:UpdateItem",
                ],
                [args.terms.arn],
            ),
            allow(["dynamodb:Query"], [pulumi.Output.concat(args.views.sales.arn, "/index/byUnits")]),
            # Without the right to list the bucket, so a missing index is answered with 403.
            allow(["s3:DeleteObject", "s3:PutObject"], [pulumi.Output.concat(bucket, "/*")]),
            allow(["s3:GetObject"], [pulumi.Output.concat(bucket, f"/{INDEX}")]),
            allow(["sqs:SendMessage"], [self.dead_letters.arn]),
            allow(RECEIVE, [self.again.arn]),
        ]

    def _follow_products(self) -> None:
        feed(
            f"{self._name}-make-mapping",
            self.maker,
            self._args.products,
            dead_letters=self.dead_letters,
            retry_policy=self._args.retry_policy,
            batch_size=BATCH_SIZE,
            parent=self,
        )
        map_queue(f"{self._name}-again-mapping", self.again, self.maker, parent=self)


def _origin(url: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return scheme and host of a URL."""
    return url.apply(lambda whole: "{0.scheme}://{0.netloc}".format(urlsplit(whole)))
