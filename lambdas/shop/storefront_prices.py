"""Prices as the storefront shows them: without and with VAT, of a unit and of a litre, kilogram or piece.

The prices of the catalog are without VAT. VAT is added to the price of one unit and rounded half up to the
minor unit, so `£6.49` with 20 % is `£7.79`. An order adds up its lines before it adds VAT, and so may differ
from the sum of rounded prices by pennies.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from lambdas.shop import pricing
from lambdas.shop.documents import ProductContent

Rates = Mapping[str, int]
"""Rates in hundredths of a percent by VAT class. An empty mapping: the rates are not known."""

WHOLE = 10_000  # hundredths of a percent
_WITHOUT_VAT = ("zero", "exempt")  # classes whose rate is 0 wherever the others are known
_FINE = 1000  # hundredths of minor units: a price of a piece below it would lose a digit that matters
_WHOLE_MEASURE = 1_000_000  # millionths
# The measures by the units of net contents, with the thousandths of the measure in one unit.
_MEASURES = {
    "ml": ("litre", 1),
    "L": ("litre", 1000),
    "g": ("kilogram", 1),
    "kg": ("kilogram", 1000),
    "m": ("metre", 1000),
}


class Price(NamedTuple):
    """The texts of a product's price. `gross` is empty if the VAT of the product is not known or 0.

    `net_each` and `gross_each` are of one `measure`: a litre, a kilogram, a metre or a piece. They are empty
    if that is what a unit is.
    """

    net: str
    gross: str
    net_each: str
    gross_each: str
    measure: str
    note: str  # about VAT, beside `net` if `gross` is empty, else beside the pair's first


def price(product: ProductContent, rates: Rates) -> Price:
    """Return the price of a product as texts."""
    currency, (measure, content) = product["currency"], _content(product)
    net, rate = product["unitPrice"], rate_of(product, rates)
    gross = with_vat(net, rate) if rate else None
    return Price(
        net=pricing.short_amount(net, currency),
        gross="" if gross is None else pricing.short_amount(gross, currency),
        net_each=_each(net, content, currency),
        gross_each="" if gross is None else _each(gross, content, currency),
        measure=measure,
        note=_note(rate, rates),
    )


def rate_of(product: ProductContent, rates: Rates) -> int | None:
    """Return the rate of a product in hundredths of a percent, or None if it is not known."""
    return rate_of_class(product.get("vatClass"), rates)


def rate_of_class(vat_class: str | None, rates: Rates) -> int | None:
    """Return the rate of a VAT class in hundredths of a percent, or None if it is not known."""
    if not rates or vat_class is None:
        return None
    return rates.get(vat_class, 0 if vat_class in _WITHOUT_VAT else None)


def with_vat(net: int, rate: int) -> int:
    """Return an amount with VAT, in minor units, rounded half up. Both are zero or more."""
    return (net * (WHOLE + rate) + WHOLE // 2) // WHOLE


def _note(rate: int | None, rates: Rates) -> str:
    if rate is None:
        return "plus VAT" if rates else "ex VAT"
    return "ex VAT" if rate else "no VAT"


def _content(product: ProductContent) -> tuple[str, int]:
    """Return what a unit contains: a measure, and how many millionths of it."""
    pieces = product.get("packSize", 1)
    if "netContent" not in product:
        return "piece", pieces * _WHOLE_MEASURE
    number, unit = product["netContent"].split(" ")
    measure, thousandths = _MEASURES[unit]
    return measure, int(Decimal(number) * 1000) * thousandths * pieces


def _each(amount: int, content: int, currency: str) -> str:
    """Return the price of one measure, with two more digits if it is below ten minor units."""
    if content == _WHOLE_MEASURE:
        return ""
    hundredths = _divided(amount * 100 * _WHOLE_MEASURE, content)
    if 0 < hundredths < _FINE:
        return pricing.fine_amount(hundredths, currency)
    return pricing.short_amount(_divided(amount * _WHOLE_MEASURE, content), currency)


def _divided(number: int, by: int) -> int:
    """Return a quotient rounded half up. Both are zero or more."""
    return (2 * number + by) // (2 * by)
