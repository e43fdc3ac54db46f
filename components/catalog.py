"""The catalog: the products table with all prices, and the API calls that read and write products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.function import Function, api_function
from components.policy import Statement, allow
from components.product_files import ProductFiles
from components.table import TableArgs, table

# A search computes, and 1,769 MB have one whole processor (Lambda Developer Guide, "Memory").
SEARCH_MEMORY = 1769
Environment = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class CatalogArgs:
    """The table of search terms, the files of products, and the currency of every price.

    `streams` says whether a function follows the changes of products.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """

    terms: aws.dynamodb.Table
    files: ProductFiles
    currency: str
    streams: bool
    cors_origin: str | None
    log_retention_days: int
    protect: bool


class Catalog(pulumi.ComponentResource):
    """The products table and one function for each call on products but those that look at their orders."""

    def __init__(self, name: str, args: CatalogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Catalog", name, None, opts)
        self._name, self._args = name, args
        self.table = self._table()
        self.functions = self._functions()
        self.register_outputs({"table": self.table.name})

    def _table(self) -> aws.dynamodb.Table:
        args = TableArgs(key="sku", streams=self._args.streams, protect=self._args.protect)
        return table(f"{self._name}-table", args, self)

    def _functions(self) -> dict[str, Function]:
        products, terms = self.table.arn, self._args.terms
        terms_table: Environment = {"SHOP_TERMS_TABLE": terms.name}
        currency: Environment = {"SHOP_CURRENCY": self._args.currency}
        bucket: Environment = {"SHOP_FILES_BUCKET": self._args.files.bucket.id}
        writer: Environment = {**currency, **terms_table, **bucket}
        get = allow(["dynamodb:GetItem"], [products])
        # To see whether a file that a product names has been uploaded.
        see_file = self._args.files.may("s3:GetObject")
        batch_get = allow(["dynamodb:BatchGetItem"], [products])
        # The table of search terms also has the pack, which lists read, and the history of products.
        query_terms = allow(["dynamodb:Query"], [terms.arn])
        read_both = allow(["dynamodb:BatchGetItem"], [products, terms.arn])
        # One transaction writes a product, its history and its part of the pack, which is read before.
        get_both = allow(["dynamodb:GetItem"], [products, terms.arn])
        put = allow(["dynamodb:PutItem"], [products, terms.arn])
        return {
            "list_products": self._function(
                "list_products", [query_terms, read_both], terms_table, memory=SEARCH_MEMORY
            ),
            "get_product": self._function("get_product", [get], {}),
            "list_product_history": self._function(
                "list_product_history", [get, query_terms], terms_table, part="-history"
            ),
            "create_product": self._function("create_product", [get_both, put, see_file], writer),
            "import_products": self._function(
                "import_products", [get_both, batch_get, put, see_file], writer
            ),
            "put_product": self._function("put_product", [get_both, put, see_file], writer),
            # A browser uploads with the permission of this function, which signs the URL.
            "upload_product_file": self._function(
                "upload_product_file", [get, self._args.files.may("s3:PutObject")], bucket, part="-files"
            ),
        }

    def _function(
        self, module: str, permissions: list[Statement], environment: Environment, part: str = "", **more: int
    ) -> Function:
        return api_function(
            f"{self._name}{part}",
            module,
            permissions,
            {"SHOP_PRODUCTS_TABLE": self.table.name, **environment},
            cors_origin=self._args.cors_origin,
            log_retention_days=self._args.log_retention_days,
            parent=self,
            **more,
        )
