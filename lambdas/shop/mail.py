"""The mail about an order: what, for whom, how much, and where to open it. Plain text, for the shop."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from lambdas.platform.tables import Record
from lambdas.shop import order_status, pricing

MAX_LINES = 50
_MAX_SUBJECT = 99  # SNS: fewer than 100 ASCII characters, no control character


class Mail(NamedTuple):
    """A subject of ASCII and a body of text."""

    subject: str
    body: str


def compose(order: Record, site_url: str) -> Mail:
    """Write the mail about an order that was just placed, rejected or cancelled.

    Raises KeyError or TypeError for what is not an order.
    """
    return Mail(_subject(order), "\n".join(_body(order, site_url)) + "\n")


def _subject(order: Record) -> str:
    reasons = len(order.get("rejectionReasons", []))
    words, tail = {
        order_status.PLACED: ("New order from", f": {_amount(order)}, {_count(order)}"),
        order_status.REJECTED: ("Order rejected:", f" ({_counted(reasons, 'reason')})"),
        order_status.CANCELLED: ("Order cancelled:", f" ({_amount(order)})"),
    }[order["status"]]
    room = _MAX_SUBJECT - len(words) - len(tail) - 1
    return f"{words} {_ascii(_who(order), room)}{tail}"


def _body(order: Record, site_url: str) -> Iterator[str]:
    yield _opening(order)
    yield ""
    yield from _facts(order)
    yield from _rejections(order.get("rejectionReasons", []))
    yield from _lines(order["items"], order["currency"])
    yield from _notes(order.get("notes", ""))
    yield f"Open the order: {site_url}/order.html?id={quote(order['orderID'])}"


def _opening(order: Record) -> str:
    if order["status"] == order_status.PLACED:
        return "A new order was placed."
    if order["status"] == order_status.REJECTED:
        return "An order was rejected: nothing of it will be packed or charged."
    last = order["history"][-1]
    note = f" Note: {_one_line(last['note'])}" if "note" in last else ""
    return f"An order was cancelled by {_one_line(last['by'])}.{note}"


def _facts(order: Record) -> Iterator[str]:
    company = _one_line(order["customer"].get("company", ""))
    yield f"Customer:  {_who(order)}" + (f", {company}" if company else "")
    received = order["createdAt"][:16].replace("T", " ")
    yield f"Received:  {received} UTC, from {_one_line(order['submittedBy'])}"
    if order["status"] != order_status.REJECTED:
        yield f"Total:     {_amount(order)} for {_count(order)}"
    yield ""


def _rejections(reasons: Sequence[Record]) -> Iterator[str]:
    if reasons:
        yield "Why"
        yield from _first([_reason(reason) for reason in reasons], "reason")


def _lines(lines: Sequence[Record], currency: str) -> Iterator[str]:
    if lines:
        yield "Lines"
        yield from _first([_line(line, currency) for line in lines], "line")


def _line(line: Record, currency: str) -> str:
    if "lineTotal" not in line:
        return f"  {line['quantity']:,} x {_one_line(line['sku'])}"
    each, all_of_it = (pricing.format_amount(line[name], currency) for name in ("unitPrice", "lineTotal"))
    return f"  {line['quantity']:,} x {_one_line(line['name'])} ({line['sku']}) at {each} = {all_of_it}"


def _first(rows: list[str], noun: str) -> Iterator[str]:
    yield from rows[:MAX_LINES]
    if len(rows) > MAX_LINES:
        yield f"  and {_counted(len(rows) - MAX_LINES, f'more {noun}')}"
    yield ""


def _notes(notes: str) -> Iterator[str]:
    if notes.strip():
        yield "Notes"
        yield from _first([f"  {_one_line(row)}".rstrip() for row in notes.splitlines()], "line")


def _reason(reason: Record) -> str:
    """Say `items[2].sku` as people count: line 3, sku."""
    path = _one_line(reason["path"])
    place = re.sub(r"^items\[(\d+)\]\.?", lambda found: f"line {int(found[1]) + 1}, ", path).rstrip(", ")
    return f"  {place}: {_one_line(reason['message'])}"


def _who(order: Record) -> str:
    return _one_line(order["customer"]["name"]) or "a customer without a name"


def _amount(order: Record) -> str:
    return pricing.format_amount(order["total"], order["currency"])


def _count(order: Record) -> str:
    return _counted(order["lineCount"], "line")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _one_line(text: str) -> str:
    """Keep a customer's text from starting lines of its own and from turning ours around."""
    return " ".join("".join(" " if _is_blanked(letter) else letter for letter in text).split())


def _is_blanked(letter: str) -> bool:
    return unicodedata.category(letter) in _BREAKS or letter in _TURNS


# Controls, halves of surrogate pairs, unassigned ones; separators are blanks to split() anyway. Not Cf, which
# joins emoji.
_BREAKS = frozenset({"Cc", "Cs", "Cn"})
# Embeddings, overrides and isolates of Unicode's bidirectional algorithm.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _ascii(text: str, room: int) -> str:
    """Write a text in printable ASCII, without accents, in so many characters at most."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = " ".join(plain.split()) or "a customer"
    return plain if len(plain) <= room else plain[: room - 3].rstrip() + "..."
