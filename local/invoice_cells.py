"""The values in a CSV file of invoices: one form for each number, price and date, whichever program wrote it.

Each function raises CellError for a value with several meanings. The message names column, rule and value.
"""

import hashlib
import re
from datetime import date
from decimal import Decimal

from lambdas.platform import text

MINOR_UNITS = 100
# Never three decimals, because "1.200" is a thousand and two hundred in many countries.
_PRICE = re.compile(r"\+?([0-9]{1,9})(?:[.,]([0-9]{1,2}|[0-9]{2}0{2,7}))?")
_WHOLE_NUMBER = re.compile(r"([+-]?[0-9]{1,15})(?:\.(?:0{1,2}|0{4,9}))?")
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+|[0-9]\.[0-9]+E-[0-9]+", re.I)
_IDENTIFIER = re.compile(r"[^\W_].*")
_INVOICE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_#-]{0,39}")
_GROUPED = re.compile(r"[0-9]{1,3}([ ,.'’][0-9]{3})+|[0-9]+\.0+")
# As programs write a value that is not there.
_MISSING = re.compile(r"nan|null|none|n/a|#(?:n/a|name\?|(?:ref|value|div/0|null|num)!)", re.I)
_MADE_A_DATE = re.compile(  # DEC1 as Excel shows and saves it
    r"[0-9]{1,2}-(?:{0})|(?:{0})-[0-9]{2}".replace("{0}", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec")
)
_PLAIN_MAILBOX = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_MAX_MAILBOX = 40
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[AP]M)?"
_TIME = rf"(?:[T ]+{_CLOCK}(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-./])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.I)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-./])(\d{{1,2}})\2(\d{{4}}|\d\d){_TIME}", re.I)


class CellError(Exception):
    """A cell breaks a rule. The message contains the column, the rule and the value."""


def invoice_number(cell: str) -> str:
    """Return the one spelling of an invoice's number, such as `700010` for "0700010" and "700010.0"."""
    number = _identifier("InvoiceNo", cell).upper()
    if number and not _INVOICE_NUMBER.fullmatch(number):
        raise CellError(f"InvoiceNo must be up to 40 letters, digits, blanks or . / _ # -, got {cell!r}")
    return number


def possible_invoice_number(cell: str) -> str:
    """Return the number that a cell probably had before a program changed it, or an empty text."""
    try:
        return invoice_number(cell)
    except CellError:
        pass
    if _SHORTENED.fullmatch(cell.strip()):
        return str(int(Decimal(cell.strip())))
    return re.sub(r"\.0+\s*$|[^A-Za-z0-9]", "", cell).upper().lstrip("0")


def customer_id(cell: str) -> str:
    """Return the one spelling of a customer's ID, or an empty text."""
    return _identifier("CustomerID", cell)


def stock_code(cell: str) -> str:
    """Return a product's code. The schema of a product has the further rules."""
    code = text.key(cell)
    if re.fullmatch(r"[0-9]+\.0+", code) or _SHORTENED.fullmatch(code):
        raise CellError(
            f"StockCode must be as it is in the catalog, got {cell!r}: a program made it a number"
        )
    if _MADE_A_DATE.fullmatch(code):
        raise CellError(f"StockCode must be as it is in the catalog, got {cell!r}: a program made it a date")
    if _MISSING.fullmatch(code):
        raise CellError(f"StockCode must be a code, got {cell!r}")
    return code


def words(cell: str) -> str:
    """Return a description or country, or an empty text if a program wrote that there is none."""
    found = text.line(cell)
    return "" if _MISSING.fullmatch(found) else found


def quantity(cell: str) -> int:
    """Return a quantity, which may be negative."""
    whole = _WHOLE_NUMBER.fullmatch(cell.strip())
    if not whole:
        raise CellError(f'quantity must be a whole number, got "{cell.strip()}"')
    return int(whole[1])


def price(cell: str) -> int | None:
    """Return a price in pence, or None for an empty cell."""
    if not cell.strip():
        return None
    number = _PRICE.fullmatch(cell.strip())
    if not number:
        rule = "at least 0" if cell.strip().startswith("-") else "a number of whole pence, such as 2.55"
        raise CellError(f"UnitPrice must be {rule}, got {cell.strip()!r}")
    return int(Decimal(f"{number[1]}.{number[2] or 0}") * MINOR_UNITS)


def day(cell: str) -> str:
    """Return the date without its time, as it is written. Raises CellError for a day that no calendar has."""
    written = text.line(cell)
    if written and not _is_date(written):
        raise CellError(f"InvoiceDate must be a date such as 2010-12-01 08:26, got {written!r}")
    return re.split("[T ]", written, maxsplit=1)[0]


def mailbox(identifier: str) -> str:
    """Return a mailbox that only this customer's ID has. An ID of other characters gets a hash of it."""
    if _PLAIN_MAILBOX.fullmatch(identifier) and len(identifier) <= _MAX_MAILBOX:
        return f"customer-{identifier}"
    readable = re.sub(r"[^A-Za-z0-9]+", "-", identifier[:_MAX_MAILBOX]).strip("-")
    code = hashlib.sha256(identifier.casefold().encode()).hexdigest()[:10]
    return "-".join(part for part in ("customer", readable, code) if part)


def _identifier(column: str, cell: str) -> str:
    """Return an ID without what programs add to numbers: leading zeros and ".0"."""
    found = text.key(cell)
    plain = re.fullmatch(r"([0-9]+)(\.0{1,2})?", found)
    if plain:
        return plain[1].lstrip("0") or "0"
    if _SHORTENED.fullmatch(found):
        raise CellError(f"{column} must have every digit, got {cell!r}: a spreadsheet has shortened it")
    if _MISSING.fullmatch(found):
        raise CellError(f"{column} must be empty or an ID, got {cell!r}")
    if found and (_GROUPED.fullmatch(found) or not _IDENTIFIER.fullmatch(found)):
        raise CellError(f"{column} must begin with a letter or digit, without marks in numbers, got {cell!r}")
    return found


def _is_date(written: str) -> bool:
    first, last = _YEAR_FIRST.fullmatch(written), _YEAR_LAST.fullmatch(written)
    if first:
        return _exists(first[1], first[3], first[4])
    return bool(last and (_exists(last[4], last[1], last[3]) or _exists(last[4], last[3], last[1])))


def _exists(year: str, month: str, day_of_month: str) -> bool:
    try:
        return bool(date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day_of_month)))
    except ValueError:
        return False
