"""Prices of orders, from the catalog, as integers in the minor unit of the currency (pence)."""

from collections.abc import Mapping, Sequence
from typing import cast

from lambdas.platform.errors import Fault
from lambdas.shop.documents import Item, Line, ProductPrice

# The number of digits of the minor unit, for the currencies where it is not two (ISO 4217).
_DIGITS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3} | dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"),
    0,
)


def price(
    items: Sequence[Item], products: Mapping[str, ProductPrice], currency: str
) -> tuple[list[Line], list[Fault]]:
    """Return the lines with name, unit and prices, and the faults of lines that cannot be priced.

    `products` are the products of the catalog, by SKU. A line whose product is unknown, inactive or in
    another currency gets no price, and of an unknown product no name.
    """
    refusals = [_refusal(item["sku"], products.get(item["sku"]), currency) for item in items]
    lines = [
        _unpriced(item, products.get(item["sku"])) if refusal else _line(item, products[item["sku"]])
        for item, refusal in zip(items, refusals, strict=True)
    ]
    return lines, [Fault(f"items[{index}].sku", refusal) for index, refusal in enumerate(refusals) if refusal]


def total(lines: Sequence[Line]) -> int:
    """Return the sum of priced lines, in minor units."""
    return sum(line["lineTotal"] for line in lines)


def format_amount(amount: int, currency: str) -> str:
    """Return an amount of minor units as people write it: 123456 of GBP becomes `GBP 1,234.56`."""
    digits = _DIGITS.get(currency, 2)
    whole, rest = divmod(amount, 10**digits)
    return f"{currency} {whole:,}" + (f".{rest:0{digits}d}" if digits else "")


def _refusal(sku: str, product: ProductPrice | None, currency: str) -> str:
    if product is None:
        return f"{sku} is not in the catalog"
    if not product["active"]:
        return f"{sku} is no longer sold"
    if product["currency"] != currency:
        return f"{sku} is priced in {product['currency']}, not in {currency}"
    return ""


def _unpriced(item: Item, product: ProductPrice | None) -> Line:
    return cast(Line, dict(item) | (_named(product) if product else {}))


def _named(product: ProductPrice) -> dict[str, str]:
    # A line that was ordered before lines had units has none.
    return {"name": product["name"]} | ({"unit": product["unit"]} if product["unit"] else {})


def _line(item: Item, product: ProductPrice) -> Line:
    unit_price = product["unitPrice"]
    prices = {"unitPrice": unit_price, "lineTotal": unit_price * item["quantity"]}
    return cast(Line, {"sku": item["sku"], "quantity": item["quantity"]} | _named(product) | prices)
