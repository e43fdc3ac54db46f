"""A storefront for tests: its files, its marks, and changes of products as the stream has them."""

import itertools
from typing import Any, cast

import tests.storefront  # noqa: F401 - the templates on the path of modules
from lambdas.platform import aws, tables
from lambdas.shop import page_marks, product_pack
from lambdas.shop.documents import Product
from tests.handlers.shop import Json, Shop, TimeLeft, product_item

ENOUGH_MS = 290_000
_NUMBERS = itertools.count()


class Front:
    """The storefront of a shop, whose function has made no page yet."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.bucket = shop, shop.names["SHOP_PAGES_BUCKET"]
        self._texts: dict[str, str] = {}
        self.empty()

    def empty(self) -> None:
        """Delete every file."""
        if keys := [{"Key": one["Key"]} for one in self._listed()]:
            aws.s3().delete_objects(Bucket=self.bucket, Delete={"Objects": keys})

    def files(self) -> dict[str, str]:
        """Return the content of every file by its key. Equal contents have an equal tag and are read once."""
        listed = self._listed()
        for one in listed:
            if one["ETag"] not in self._texts:
                self._texts[one["ETag"]] = self.file(one["Key"])
        return {one["Key"]: self._texts[one["ETag"]] for one in listed}

    def _listed(self) -> list[Json]:
        found: list[Json] = aws.s3().list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return found

    def file(self, key: str) -> str:
        """Return the content of a file."""
        content: bytes = self.head(key)["Body"].read()
        return content.decode()

    def head(self, key: str) -> Json:
        """Return what S3 answers for a file."""
        answer: Json = aws.s3().get_object(Bucket=self.bucket, Key=key)
        return answer

    def marks(self) -> list[str]:
        """Return the names of all marks, sorted."""
        terms = (page_marks.CHANGED, page_marks.ANEW)
        rows = [row for row in self.shop.all("SHOP_TERMS_TABLE") if row["term"] in terms]
        return sorted(row["listKey"] for row in rows)

    def save(self, sku: str, **content: Any) -> Json:
        """Store a product with its line in the pack; return the record of the stream."""
        found = self._stored(sku)
        after = {**(found or product_item(sku, {"unit": "each", "active": True})), **content}
        self.shop.put("SHOP_PRODUCTS_TABLE", after)
        self._pack(found, after)
        return record(found, after)

    def remove(self, sku: str) -> Json:
        """Delete a product with its line in the pack; return the record of the stream."""
        before = self._stored(sku)
        assert before
        self.shop.mark_written("SHOP_PRODUCTS_TABLE")
        aws.dynamodb().delete_item(
            TableName=self.shop.names["SHOP_PRODUCTS_TABLE"], Key=tables.attributes({"sku": sku})
        )
        self._pack(before, None)
        return record(before, None)

    def follow(self, *records: Json, remaining_ms: TimeLeft = ENOUGH_MS) -> None:
        """Call make_pages with records of the stream."""
        answer = self.shop.call("make_pages", {"Records": list(records)}, remaining_ms)
        assert answer == {"batchItemFailures": []}

    def look(self, remaining_ms: TimeLeft = ENOUGH_MS) -> None:
        """Call make_pages as its schedule does."""
        assert self.shop.call("make_pages", {}, remaining_ms) == {"batchItemFailures": []}

    def _pack(self, before: Json | None, after: Json | None) -> None:
        self.shop.mark_written("SHOP_TERMS_TABLE")
        products = [cast(Product | None, one) for one in (before, after)]
        if writes := product_pack.writes_of_change(*products):
            tables.transact(writes)

    def _stored(self, sku: str) -> Json | None:
        return tables.get(self.shop.names["SHOP_PRODUCTS_TABLE"], sku=sku)


def record(before: Json | None, after: Json | None) -> Json:
    """Return the record of a change of a product."""
    images = {"OldImage": before, "NewImage": after}
    name = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
    return {
        "eventID": f"change-{next(_NUMBERS)}-of-a-product",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"sku": {"S": (after or before or {})["sku"]}},
            **{image: tables.attributes(item) for image, item in images.items() if item},
        },
    }
