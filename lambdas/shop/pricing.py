"""Prices of orders, from the catalog, as integers in the minor unit of the currency (pence).

The charges of an order are the only amounts that come from its sender.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from lambdas.platform.errors import Fault
from lambdas.shop.documents import Charge, Item, Line, ProductPrice

# The number of digits of the minor unit, for the currencies where it is not two (ISO 4217).
_DIGITS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3} | dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"),
    0,
)
# Other currencies have their code in place of a sign.
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
# The advice to a sender and to a customer about an order that is dearer than agreed.
AGREE_WITH_CUSTOMER = "agree on that total with the customer, then send a new order"
LOOK_AT_PRICES = "look at the new prices, then order again"
# site/assets/lib/charges.js has the same names.
_LEFT_OUT = ("charges", "collection")  # if they are empty or false
_CHARGE_NAMES = {"delivery": "Delivery", "discount": "Discount", "other": "No SKU"}


def price(
    items: Sequence[Item],
    products: Mapping[str, ProductPrice],
    currency: str,
    charges: Sequence[Charge] = (),
) -> tuple[list[Line], list[Fault]]:
    """Return the lines with name, unit and prices, and the faults of lines and charges.

    `products` are the products of the catalog, by SKU. A line whose product is unknown, inactive or in
    another currency gets no price, and of an unknown product no name. The charges are valid by the schema.
    """
    refusals = [_refusal(item["sku"], products.get(item["sku"]), currency) for item in items]
    lines = [
        _unpriced(item, products.get(item["sku"])) if refusal else _line(item, products[item["sku"]])
        for item, refusal in zip(items, refusals, strict=True)
    ]
    faults = [Fault(f"items[{index}].sku", refusal) for index, refusal in enumerate(refusals) if refusal]
    faults += _charge_faults(charges)
    return lines, faults or _total_faults(lines, charges, currency)


def minimum_faults(items: Sequence[Item], products: Mapping[str, ProductPrice]) -> list[Fault]:
    """Return a fault for the first line of each product of which an order has fewer units than the least."""
    ordered = Counter[str]()
    for item in items:
        ordered[item["sku"]] += item["quantity"]
    first = {item["sku"]: index for index, item in reversed(list(enumerate(items)))}
    least = {sku: products[sku].get("minQuantity", 1) for sku in ordered if sku in products}
    return [
        Fault(f"items[{first[sku]}].quantity", f"must be at least {least[sku]} of {sku}, got {ordered[sku]}")
        for sku in sorted(least, key=first.__getitem__)
        if ordered[sku] < least[sku]
    ]


def agreed_total_faults(
    agreed: int | None, present: int, currency: str, advice: str = AGREE_WITH_CUSTOMER
) -> list[Fault]:
    """Return the fault of an order whose total at the present prices is higher than its sender agreed to.

    Both totals are in minor units. An order without an agreed total takes every price. `advice` says what its
    sender can do.
    """
    if agreed is None or present <= agreed:
        return []
    was, now = format_amount(agreed, currency), format_amount(present, currency)
    rule = f"is {was}, but the order comes to {now} at the prices of the catalog"
    return [Fault("agreedTotal", f"{rule}: {advice}")]


def total(lines: Sequence[Line], charges: Sequence[Charge] = ()) -> int:
    """Return the sum of priced lines and of charges, in minor units."""
    return sum(line["lineTotal"] for line in lines) + charge_total(charges)


def charge_total(charges: Sequence[Charge]) -> int:
    """Return the sum of charges, which may be below zero, in minor units."""
    return sum(charge["amount"] for charge in charges)


def labelled_charge(charge: Charge) -> str:
    """Return the text of a charge with its kind, as in "Used mop trolley (no SKU)"."""
    kind = _CHARGE_NAMES[charge["kind"]]
    return f"{charge['text']} ({kind[0].lower()}{kind[1:]})" if "text" in charge else kind


def without_empty_charges(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order as it is stored: without charges or collection, it has no such field."""
    return {name: value for name, value in document.items() if name not in _LEFT_OUT or value}


def format_amount(amount: int, currency: str) -> str:
    """Return an amount of minor units as people write it: 123456 of GBP becomes `GBP 1,234.56`."""
    return f"{currency} {'-' if amount < 0 else ''}{_digits(amount, currency)}"


def short_amount(amount: int, currency: str) -> str:
    """Return an amount of minor units as the pages show it: -123456 of GBP becomes `-£1,234.56`."""
    return f"{'-' if amount < 0 else ''}{sign(currency)}{_digits(amount, currency)}"


def fine_amount(hundredths: int, currency: str) -> str:
    """Return an amount of hundredths of minor units, two digits longer: 348 of GBP becomes `£0.0348`."""
    return f"{sign(currency)}{_grouped(hundredths, fraction_digits(currency) + 2)}"


def decimal_amount(amount: int, currency: str) -> str:
    """Return an amount of minor units, zero or more, as a number for programs: 123456 of GBP is `1234.56`."""
    return _grouped(amount, fraction_digits(currency)).replace(",", "")


def sign(currency: str) -> str:
    """Return the text before an amount on a page: `£` for GBP, the code and a blank for most currencies."""
    return _SIGNS.get(currency, f"{currency} ")


def fraction_digits(currency: str) -> int:
    """Return the number of digits of the minor unit: 2 for GBP, 0 for JPY."""
    return _DIGITS.get(currency, 2)


def _digits(amount: int, currency: str) -> str:
    return _grouped(amount, fraction_digits(currency))


def _grouped(amount: int, digits: int) -> str:
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{whole:,}" + (f".{rest:0{digits}d}" if digits else "")


def _charge_faults(charges: Sequence[Charge]) -> list[Fault]:
    """Return the faults of single charges: a sign that does not match the kind, or a missing text."""
    faults = []
    for index, charge in enumerate(charges):
        kind, amount = charge["kind"], charge["amount"]
        if kind == "discount" and amount >= 0:
            faults.append(Fault(f"charges[{index}].amount", f"must be below 0 for a discount, got {amount}"))
        if kind != "discount" and amount < 0:
            faults.append(Fault(f"charges[{index}].amount", f"must be at least 0 for {kind}, got {amount}"))
        if kind == "other" and "text" not in charge:
            faults.append(Fault(f"charges[{index}].text", "is required"))
    return faults


def _total_faults(lines: Sequence[Line], charges: Sequence[Charge], currency: str) -> list[Fault]:
    """Return the fault of the last discount if the total of an order without other faults is below zero."""
    left = total(lines, charges)
    if left >= 0:
        return []
    last = max(index for index, charge in enumerate(charges) if charge["kind"] == "discount")
    leaves = format_amount(left, currency)
    return [Fault(f"charges[{last}].amount", f"must not make the total less than zero, which is {leaves}")]


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
