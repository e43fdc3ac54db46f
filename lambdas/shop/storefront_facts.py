"""The facts that a cart reads about a product: a small JSON file beside the page of each product on sale.

A missing file is a product that is no longer sold. It is made with the page, so it has the price of the page.
"""

import json
from typing import Any

from lambdas.shop import pricing
from lambdas.shop import storefront_addresses as addresses
from lambdas.shop import storefront_structure as structure
from lambdas.shop.documents import Product


def of(product: Product) -> str:
    """Return the file of a product. What the product has not is left out."""
    currency = product["currency"]
    facts: dict[str, Any] = {
        "sku": product["sku"],
        "name": product["name"],
        "unit": product["unit"],
        "unitPrice": product["unitPrice"],
        "currency": currency,
        "sign": pricing.sign(currency),
        "digits": pricing.fraction_digits(currency),
        "minQuantity": product.get("minQuantity", 1),
        "packSize": product.get("packSize"),
        "vatClass": product.get("vatClass"),
        "image": structure.image_path(product) or None,
        "address": addresses.product_address(product),
        "category": addresses.category_address(product["category"]),
        "sheet": _sheet(product),
    }
    given = {name: value for name, value in facts.items() if value is not None}
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def _sheet(product: Product) -> dict[str, str] | None:
    """Return where the safety data sheet is, with its version and its day, or None if there is none."""
    if "safetyDataSheet" not in product:
        return None
    return {
        "path": structure.sheet_path(product),
        "version": product["safetyDataSheetVersion"],
        "date": product["safetyDataSheetDate"],
    }
