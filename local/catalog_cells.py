"""The text of a cell as the value of a field of a product, or the rule that it breaks.

`site/assets/import/cells.js` and `price.js` have the same rules, and a test runs both on the same cells. A
text with several meanings is refused, never guessed.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from lambdas.platform.text import key, line, lines
from local.csv_file import LOST_LETTER, encoded_once
from local.spreadsheet_text import as_text, without_guards

_SIGNS = {
    "GBP": ("£",),
    "EUR": ("€",),
    "USD": ("$", "US$"),
    "CHF": ("Fr.", "SFr."),
    "JPY": ("¥",),
    "SEK": ("kr", "kr."),
    "NOK": ("kr", "kr."),
    "DKK": ("kr", "kr."),
    "PLN": ("zł",),
    "CZK": ("Kč",),
}
_EVERY_SIGN = [sign for signs in _SIGNS.values() for sign in signs]
# The currencies whose minor unit is not a hundredth (ISO 4217).
_WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_MAX_DIGITS = 9  # before the mark; the schema's limit has fewer
_CODE = re.compile(r"^([A-Z]{3})(?=[ \d.,-])|(?<=[ \d.,])([A-Z]{3})$")
_SHORTENED = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?E[+-]?[0-9]+", re.I)
_ERROR = re.compile(r"#(?:n/a|name\?|(?:ref|value|div/0|null|num|wert|bezug|valeur)!|nv)", re.I)
_NOTHING = re.compile(r"nan|null|none|n/a", re.I)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MADE_A_DATE = re.compile(rf"[0-9]{{1,2}}-(?:{_MONTHS})|(?:{_MONTHS})-[0-9]{{2}}", re.I)

_TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')  # so programs keep the zeros of a code in Excel


class Read(NamedTuple):
    """A cell as a value, or the rule that it breaks.

    A `doubt` is a rule that it probably breaks, unless the catalog has exactly this value.
    """

    value: Any = None
    fault: str = ""
    doubt: str = ""


_REQUIRED = Read(fault="is required")
_NOT_COMPUTED = Read(fault="must be text: a spreadsheet could not compute it")


def fraction_digits(currency: str) -> int:
    """Return the number of digits after the point: 2 for GBP, 0 for JPY."""
    return 0 if currency in _WITHOUT_MINOR else 3 if currency in _WITH_THOUSANDTHS else 2


def price(cell: str, currency: str) -> Read:
    """Read a price in minor units of the currency."""
    text = key(without_guards(cell))
    if not text:
        return _REQUIRED
    bare, is_other = _without_sign(text, currency)
    if is_other:
        return Read(fault=f"must be in {currency}")
    digits = fraction_digits(currency)
    number = re.fullmatch(r"([0-9]*)(?:[.,]([0-9]+))?", bare) if bare else None
    units, rest = (number[1], number[2] or "") if number else ("", "")
    if number and len(units) <= _MAX_DIGITS and len(rest) <= digits:
        return Read(int(units or 0) * 10**digits + int(rest.ljust(digits, "0") or 0))
    return Read(fault=_fault_of_price(bare, digits))


def _fault_of_price(bare: str, digits: int) -> str:
    example = f"1234.{'50'.ljust(digits, '0')[:digits]}" if digits else "1234"
    if re.search(r"^[-(].*[0-9]|[0-9]-$", bare):
        return "must be at least 0"
    if _SHORTENED.fullmatch(bare):
        return "must have every digit: a spreadsheet has shortened it"
    if re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", bare):
        return f"can be read in two ways: write it such as {example}"
    if re.fullmatch(r"[0-9]{1,3}([.,'’ ][0-9]{3})+([.,][0-9]+)?", bare):
        return f"must have no marks of thousands, such as {example}"
    if re.fullmatch(r"[0-9]*[.,][0-9]+", bare) and digits:
        return f"must have at most {digits} digits behind the mark"
    return f"must be an amount such as {example}"


def _without_sign(text: str, currency: str) -> tuple[str, bool]:
    """Return a text without its sign of a currency, and whether that is the sign of another currency."""
    own = [currency, *_SIGNS.get(currency, ())]
    code = _CODE.search(text)
    signs = sorted([*own, *_EVERY_SIGN, *([code[0]] if code else [])], key=len, reverse=True)
    before = next(filter(text.startswith, signs), "")
    after = "" if before else next(filter(text.endswith, signs), "")
    bare = text.removeprefix(before) if before else text.removesuffix(after)
    sign = before or after
    return bare.strip(), sign != "" and sign not in own


def currency_named(title: str) -> str:
    """Return the currency that the title of a column names, such as EUR for "Price (€)", or an empty text."""
    codes = [word for word in re.findall("[A-Z]{3}", title) if word in _SIGNS]
    signs = [code for code in ("GBP", "EUR", "USD", "JPY") if _SIGNS[code][0] in title]
    return next(iter([*codes, *signs]), "")


def sku(cell: str) -> Read:
    """Read a SKU. The schema of a product has the further rules."""
    bare = without_guards(cell)
    formula = _TEXT_AS_FORMULA.fullmatch(bare)
    bare = formula[1] if formula else bare
    found = key(bare)
    if not found:
        return _REQUIRED
    if _NOTHING.fullmatch(found):
        return Read(found, doubt="must be a SKU")
    change = _change_of_sku(found) if bare == cell else ""
    if change:
        return Read(fault=f"must be as in the catalog: {change}. If it is right, write ' before it")
    return Read(found)


def _change_of_sku(found: str) -> str:
    if _SHORTENED.fullmatch(found):
        return "a spreadsheet has probably shortened a number"
    if re.fullmatch(r"[0-9]+\.0+", found):
        return "a program has probably made it a number"
    return "a spreadsheet has probably made it a date" if _MADE_A_DATE.fullmatch(found) else ""


def words(cell: str) -> Read:
    """Read a text on one line."""
    value = line(without_guards(cell))
    if not value:
        return _REQUIRED
    return _NOT_COMPUTED if _is_error(cell) else Read(value, doubt=_doubt(value))


def description(cell: str) -> Read:
    """Read a text that may have several lines, and may be empty."""
    value = lines(without_guards(cell))
    return _NOT_COMPUTED if _is_error(cell) else Read(value, doubt=_doubt(value))


def _is_error(cell: str) -> bool:
    return bool(_ERROR.fullmatch(cell.strip()))


def _doubt(text: str) -> str:
    if LOST_LETTER in text:
        return f"must have every letter: one is lost ({LOST_LETTER})"
    once = encoded_once(text)
    return f"must be encoded once: “{once}” is encoded twice" if once else ""


def currency(cell: str) -> Read:
    """Read a currency, or None for an empty cell. The schema of a product has the rule."""
    return Read(key(without_guards(cell)).upper() or None)


_YES = """1, yes, y, true, sold, active, ja, j, wahr, aktiv, oui, o, vrai, actif, sí, si, s, verdadero,
    activo, waar, actief"""
_NO = """0, no, n, false, not sold, unsold, inactive, nein, falsch, inaktiv, non, faux, inactif, falso,
    inactivo, nee, onwaar, inactief"""


def active(cell: str) -> Read:
    """Read whether a product is sold."""
    word = line(without_guards(cell)).lower()
    if not word:
        return _REQUIRED
    is_yes, is_no = (word in re.split(r",\s*", known) for known in (_YES, _NO))
    return Read(is_yes) if is_yes or is_no else Read(fault="must be yes or no")


def count(cell: str) -> Read:
    """Read a number of pieces or units, which may be empty. The schema of a product has its limits."""
    text = key(without_guards(cell))
    if not text:
        return Read("")
    return Read(int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else _NOT_WHOLE


_NOT_WHOLE = Read(fault="must be a whole number, such as 12")


# The texts that may be empty. The schema of a product has their rules.


_UNITS = {
    **dict.fromkeys(("l", "lt", "ltr", "liter", "liters", "litre", "litres"), "L"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramm"), "g"),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "m"),
    **dict.fromkeys(("kg", "kilo", "kilos"), "kg"),
    "ml": "ml",
}


def net_content(cell: str) -> Read:
    """Read an amount as 2.5 kg, also from 2,50 KG or 2.5kg. Any other text is left as it is.

    So is 1,000 ml, which may be a thousand or one.
    """
    text = key(without_guards(cell))
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]+)|,([0-9]{1,2}))? ?([A-Za-z]+)\.?", text)
    unit = _UNITS.get(found[4].lower()) if found else None
    if not (found and unit):
        return Read(text)
    decimals = (found[2] or found[3] or "").rstrip("0")
    whole = re.sub(r"^0+(?=[0-9])", "", found[1])
    return Read(f"{whole}.{decimals} {unit}" if decimals else f"{whole} {unit}")


def vat_class(cell: str) -> Read:
    """Read a VAT class."""
    return Read(key(without_guards(cell)).lower())


def signal_word(cell: str) -> Read:
    """Read a signal word, written as on a label."""
    return Read(key(without_guards(cell)).lower().capitalize())


def pictograms(cell: str) -> Read:
    """Read codes of pictograms as GHS05, GHS07."""
    codes = re.split(r"[\s,;]+", key(without_guards(cell)).upper())
    return Read(", ".join(filter(None, codes)))


def statements(cell: str) -> Read:
    """Read hazard statements, one a line."""
    return Read(re.sub(r"\s*\n\s*", "\n", lines(without_guards(cell))))


def ufi(cell: str) -> Read:
    """Read a UFI with its capital letters."""
    return Read(key(without_guards(cell)).upper())


READERS: dict[str, Callable[[str], Read]] = {
    "sku": sku,
    "name": words,
    "category": words,
    "currency": currency,
    "unit": words,
    "active": active,
    "description": description,
    "packSize": count,
    "netContent": net_content,
    "minQuantity": count,
    "vatClass": vat_class,
    "signalWord": signal_word,
    "pictograms": pictograms,
    "hazardStatements": statements,
    "ufi": ufi,
}
"""The functions that read the cells of each field, apart from the price, which needs the currency."""


def kept(cell: str) -> str:
    """Return a cell for the file of refused rows: a plain number, or a text that no spreadsheet changes."""
    is_plain = re.fullmatch(r"(?:0|[1-9][0-9]{0,8})(?:[.,][0-9]{1,2})?", cell)
    return cell if is_plain else as_text(without_guards(cell))
