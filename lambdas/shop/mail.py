"""The mails to the shop about placed, rejected and cancelled orders, in plain text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from lambdas.platform.transliteration import to_ascii
from lambdas.shop import order_names, order_status, pricing
from lambdas.shop.documents import Charge, Line, Order, RejectionReason

MAX_LINES = 50  # in each list of a mail
# SNS takes fewer than 100 characters, without line breaks and control characters. The API Reference asks for
# UTF-8 and earlier editions for ASCII, which is right for both.
_MAX_SUBJECT = 99


class Mail(NamedTuple):
    """A mail: its subject in ASCII and its body."""

    subject: str
    body: str


def as_of(order: Order, status: str) -> Order:
    """Return an order for a mail about an earlier status, whose entry is then the last one of its history."""
    at = max(place for place, entry in enumerate(order["history"]) if entry.get("to") == status)
    return {**order, "status": status, "history": order["history"][: at + 1]}


def compose(order: Order, site_url: str) -> Mail:
    """Return the mail about an order that was just placed, rejected or cancelled.

    Raises KeyError or TypeError if the record is not an order.
    """
    return Mail(_subject(order), "\n".join(_body(order, site_url)) + "\n")


def product_of(line: Line) -> str:
    """Return the product of a line that has a name, with its unit, as in "Mop head, pack of 5".

    The unit `each` is left out, because the quantity alone says the same. site/assets/lib/units.js has the
    same rule.
    """
    unit = line.get("unit", "")
    shown = [line["name"]] if unit.lower() in ("", "each") else [line["name"], unit]
    return ", ".join(map(isolated, shown))


def _subject(order: Order) -> str:
    reasons = len(order.get("rejectionReasons", []))
    number = order_names.number_of(order)
    words, tail = {
        order_status.PLACED: (f"New order {number} from", f": {_amount(order)}, {_line_count(order)}"),
        order_status.REJECTED: (f"Order {number} rejected:", f" ({plural(reasons, 'reason')})"),
        order_status.CANCELLED: (f"Order {number} cancelled:", f" ({_amount(order)})"),
    }[order["status"]]
    room = _MAX_SUBJECT - len(words) - len(tail) - 1
    return f"{words} {_cut(_subject_name(order), room)}{tail}"


def _subject_name(order: Order) -> str:
    """Return the customer in ASCII.

    If ASCII lacks letters of the name, return the company, or "a customer". The body has the whole name. A
    mail has no e-mail address of a customer.
    """
    company = order["customer"].get("company", "")
    shown = (to_ascii(one_line(name)) for name in (order["customer"]["name"], company))
    return next(filter(None, shown), "a customer")


def _body(order: Order, site_url: str) -> Iterator[str]:
    yield _opening(order)
    yield ""
    yield from _facts(order)
    yield from _reasons(order.get("rejectionReasons", []))
    yield from _lines(order["items"], order["currency"])
    yield from _charges(order.get("charges", []), order["currency"])
    yield from _notes(order.get("notes", ""))
    yield f"Open the order: {site_url}/order.html?id={quote(order['orderID'])}"


def _opening(order: Order) -> str:
    if order["status"] == order_status.PLACED:
        return "A new order was placed."
    if order["status"] == order_status.REJECTED:
        return "An order was rejected: nothing of it will be packed or charged."
    last = order["history"][-1]
    note = f" Note: {isolated(last['note'])}" if "note" in last else ""
    return f"An order was cancelled by {isolated(last['by'])}.{note}"


def _facts(order: Order) -> Iterator[str]:
    company = isolated(order["customer"].get("company", ""))
    yield f"Order:     {order_names.number_of(order)}"
    if "reference" in order:
        yield f"Reference: {isolated(order['reference'])}"
    yield f"Customer:  {isolated(_customer_name(order))}" + (f", {company}" if company else "")
    received = order["createdAt"][:16].replace("T", " ")
    yield f"Received:  {received} UTC, from {isolated(order['submittedBy'])}"
    if order["status"] != order_status.REJECTED:
        yield f"Total:     {_amount(order)} for {_line_count(order)}"
    yield ""


def _reasons(reasons: Sequence[RejectionReason]) -> Iterator[str]:
    if reasons:
        yield "Why"
        yield from _limited([reason(one) for one in reasons], "reason")


def _lines(lines: Sequence[Line], currency: str) -> Iterator[str]:
    if lines:
        yield "Lines"
        yield from _limited([_line(line, currency) for line in lines], "line")


def _line(line: Line, currency: str) -> str:
    if "name" not in line:
        return f"  {line['quantity']:,} x {one_line(line['sku'])}"
    product = f"{product_of(line)} ({line['sku']})"
    if "lineTotal" not in line:
        return f"  {line['quantity']:,} x {product}"
    unit_price = pricing.format_amount(line["unitPrice"], currency)
    line_total = pricing.format_amount(line["lineTotal"], currency)
    return f"  {line['quantity']:,} x {product} at {unit_price} = {line_total}"


def _charges(charges: Sequence[Charge], currency: str) -> Iterator[str]:
    if charges:
        yield "Charges"
        yield from _limited([_charge(charge, currency) for charge in charges], "charge")


def _charge(charge: Charge, currency: str) -> str:
    amount = pricing.format_amount(charge["amount"], currency)
    return f"  {isolated(pricing.labelled_charge(charge))} = {amount}"


def _limited(rows: list[str], noun: str) -> Iterator[str]:
    yield from rows[:MAX_LINES]
    if len(rows) > MAX_LINES:
        yield f"  and {plural(len(rows) - MAX_LINES, f'more {noun}')}"
    yield ""


def _notes(notes: str) -> Iterator[str]:
    if notes.strip():
        yield "Notes"
        yield from _limited([f"  {one_line(row)}".rstrip() for row in notes.splitlines()], "line")


def reason(reason: RejectionReason) -> str:
    """Return a reason as a sentence, as in "Line 3: quantity must be at least 1, got 0"."""
    message = one_line(reason["message"])
    entry = re.match(r"(items|charges)\[(\d+)\]\.?", reason["path"])
    field = one_line(reason["path"][entry.end() :] if entry else reason["path"])
    named = f"{_FIELDS.get(field, field)} {message}".lstrip() if _PREDICATE.match(message) else message
    if entry:
        return f"  {_ENTRIES[entry[1]]} {int(entry[2]) + 1}: {named}"
    return f"  {named[:1].upper()}{named[1:]}"


# The names of fields as a sentence begins with them, and the messages that continue such a sentence. Other
# messages are sentences: "84670 is not in the catalog".
_FIELDS = {"sku": "SKU", "customer.email": "e-mail", "items": "lines", "agreedTotal": "agreed total"} | {
    f"customer.{field}": field for field in ("name", "company", "phone", "address")
}
_PREDICATE = re.compile("(must|is|has|can) ")
_ENTRIES = {"items": "Line", "charges": "Charge"}


def _customer_name(order: Order) -> str:
    return one_line(order["customer"]["name"]) or "a customer without a name"


def _amount(order: Order) -> str:
    return pricing.format_amount(order["total"], order["currency"])


def _line_count(order: Order) -> str:
    return plural(order["lineCount"], "line")


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def isolated(text: str) -> str:
    """Return a text on one line that does not turn the words beside it.

    Unicode's isolates surround a text that is written from right to left, and no other text.
    """
    line = one_line(text)
    is_turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)
    return f"\u2068{line}\u2069" if is_turned else line


def one_line(text: str) -> str:
    """Return a text without line breaks, control characters and direction marks, which affect other text."""
    return " ".join("".join(" " if _is_unsafe(letter) else letter for letter in text).split())


def _is_unsafe(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSAFE_CATEGORIES or letter in _DIRECTION_MARKS


# Unicode categories: control characters, halves of surrogate pairs, unassigned characters. `split()` removes
# separators. Format characters (Cf) stay, because some of them join emoji.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Cn"})
# The embeddings, overrides and isolates of Unicode's bidirectional algorithm.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3].rstrip() + "..."
