"""The storefront's templates on the path of modules, as its function's layer has them, and a product."""

import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from lambdas.shop.documents import Product
from tests.imports import ROOT

_LAYER = tempfile.TemporaryDirectory()
(Path(_LAYER.name) / "storefront_templates").symlink_to(ROOT / "site/storefront/templates")
sys.path.append(_LAYER.name)

from lambdas.shop.storefront_pages import Shop  # noqa: E402

SETTINGS = {
    "client-id": "customers",
    "sign-up-client-id": "new-customers",
    "sign-in-base-url": "https://sign-in.example",
    "cognito-api-url": "https://cognito.example/",
    "site-url": "https://shop.example",
    "api-url": "https://api.example",
    "currency": "GBP",
    "password-rules": "at least 12 characters",
}
SHOP = Shop(
    name="Brook & Daughters",
    address=("1 Quay Street", "Bristol BS1 4RW"),
    url="https://shop.example",
    assets="/assets/3f2a",
    vat={"standard": 2000, "reduced": 500},
    settings=SETTINGS,
)


def product(sku: str = "22310", **fields: Any) -> Product:
    """A product that is on sale."""
    content = {
        "sku": sku,
        "name": "Steel scourers",
        "category": "Floor care",
        "unitPrice": 649,
        "currency": "GBP",
        "unit": "box of 12",
        "active": True,
        "version": 1,
        "createdAt": "2026-03-01T09:00:00.000Z",
        "updatedAt": "2026-03-02T09:00:00.000Z",
        "updatedBy": {"name": "Maria", "sub": "1"},
    }
    return cast(Product, content | fields)
