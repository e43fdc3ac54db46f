"""Structured data of the storefront's pages: JSON-LD in the words of schema.org."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from lambdas.shop import pricing
from lambdas.shop import storefront_addresses as addresses
from lambdas.shop import storefront_prices as prices
from lambdas.shop.documents import Product

_CONTEXT = "https://schema.org"
# A text of a product must not end the script element. Inside JSON, these letters occur in texts only.
_ESCAPES = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "<>&"})


def product(url: str, product: Product, rate: int | None) -> Markup:
    """Return the data of a product and its offer. The price is with VAT where its rate is known."""
    address = f"{url}{addresses.product_address(product)}"
    amount = product["unitPrice"] if rate is None else prices.with_vat(product["unitPrice"], rate)
    price = {
        "price": pricing.decimal_amount(amount, product["currency"]),
        "priceCurrency": product["currency"],
    }
    offer = {
        "@type": "Offer",
        "url": address,
        **price,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            **price,
            "valueAddedTaxIncluded": rate is not None,
        },
        "availability": f"{_CONTEXT}/InStock",
        "itemCondition": f"{_CONTEXT}/NewCondition",
    }
    image = image_path(product)
    found = {
        "@type": "Product",
        "name": product["name"],
        "sku": product["sku"],
        "url": address,
        "category": product["category"],
        **({"description": product["description"]} if product.get("description") else {}),
        **({"image": f"{url}{image}"} if image else {}),
        "offers": offer,
    }
    return _script(found)


def breadcrumbs(url: str, trail: Sequence[tuple[str, str]]) -> Markup:
    """Return the data of the way from the first page to this one, given as names and addresses."""
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": f"{url}{address}"}
        for position, (name, address) in enumerate(trail, 1)
    ]
    return _script({"@type": "BreadcrumbList", "itemListElement": steps})


def image_path(product: Product) -> str:
    """Return the path of a product's image, or an empty text."""
    return f"/files/{product['image']}" if "image" in product else ""


def sheet_path(product: Product) -> str:
    """Return the path of a product's safety data sheet, which it must have."""
    return f"/files/{product['safetyDataSheet']}"


def _script(data: Mapping[str, Any]) -> Markup:
    text = json.dumps({"@context": _CONTEXT, **data}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704
