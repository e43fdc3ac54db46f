"""The mails to a customer about an order, as text and as HTML that needs nothing from elsewhere.

Both are made from one content, so they never say different things. The HTML has inline styles only, and no
colour but those of the button: a mail program in the dark chooses all others.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.header import Header
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from lambdas.shop import mail, order_names, order_status, pricing, storefront_prices
from lambdas.shop.documents import Charge, Line, Order, RejectionReason

MAX_LINES = 100  # in a mail: Gmail cuts a mail off behind 102 KB of HTML

Row = tuple[str, str]
"""A label or a product, and a value or an amount."""


class Letterhead(NamedTuple):
    """The shop as its mails name it.

    `url` is the address of the storefront without a slash at the end, `address_from` the sender's e-mail
    address. `vat` has the rates in hundredths of a percent by VAT class, or nothing if no VAT is known.
    """

    name: str
    address: Sequence[str]
    url: str
    address_from: str
    vat: Mapping[str, int]

    @classmethod
    def of_environment(cls) -> "Letterhead":
        """Return the letterhead in the environment of the function."""
        return cls(**json.loads(os.environ["SHOP_CUSTOMER_MAIL"]))

    @property
    def sender(self) -> str:
        """The sender with the shop's name, in ASCII."""
        if not self.name:
            return self.address_from
        if self.name.isascii():
            quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{quoted}" <{self.address_from}>'
        # Words of at most 75 characters, which stand on one line here.
        words = " ".join(Header(self.name, "utf-8", maxlinelen=75).encode().split())
        return f"{words} <{self.address_from}>"


class Mail(NamedTuple):
    """A mail: its subject, and its body as text and as HTML."""

    subject: str
    text: str
    html: str


class _Content(NamedTuple):
    """The content of a mail. Texts of people are as they were entered."""

    subject: str
    name: str
    opening: Sequence[str]
    why: Sequence[str]
    facts: Sequence[Row]
    lines: Sequence[Row]
    more: int  # lines that are left out
    sums: Sequence[Row]
    link: str
    url: str
    close: str


def compose(order: Order, status: str, head: Letterhead, vat_classes: Mapping[str, str]) -> Mail:
    """Return the mail that tells an order's customer of a status, which the order came to.

    `vat_classes` has the VAT class of a product by SKU. Raises KeyError for a status that is not told.
    """
    content = _content(order, status, head, vat_classes)
    return Mail(content.subject, "\n".join(_text(content, head)) + "\n", "\n".join(_html(content, head)))


def _content(order: Order, status: str, head: Letterhead, vat_classes: Mapping[str, str]) -> _Content:
    number, is_rejected = order_names.number_of(order), status == order_status.REJECTED
    is_due = status not in (order_status.REJECTED, order_status.CANCELLED)
    subject, opening = _news(order, status, number)
    lines = [_row(line, order["currency"], is_due=is_due) for line in order["items"]]
    return _Content(
        subject=subject,
        name=mail.one_line(order["customer"]["name"]),
        opening=opening,
        why=[_why(reason, order) for reason in order.get("rejectionReasons", [])[:MAX_LINES]],
        facts=list(_facts(order, is_due=is_due)),
        lines=lines[:MAX_LINES],
        more=max(len(lines) - MAX_LINES, 0),
        sums=list(_sums(order, head.vat, vat_classes)) if is_due else [],
        link="See what to do" if is_rejected else "See your order",
        url=f"{head.url}/order?id={quote(order['orderID'])}",
        close=_CLOSES.get(status, ""),
    )


def _news(order: Order, status: str, number: str) -> tuple[str, list[str]]:
    """Return the subject of a mail and its first sentences."""
    is_collected = order.get("collection", False)
    if status == order_status.PLACED:
        following = "tell you when it is ready to be collected" if is_collected else "pack it next"
        return f"We have your order {number}", [f"Thank you for your order. We will {following}."]
    if status == order_status.REJECTED:
        opening = [
            "We could not take your order as it is. Nothing will be sent, and there is nothing to pay."
        ]
        return f"We could not take your order {number}", opening
    if status == order_status.SHIPPED:
        news = "is ready to be collected" if is_collected else "is on its way"
        return f"Your order {number} {news}", [f"Your order {news}."]
    last = next(one for one in reversed(order["history"]) if one.get("to") == order_status.CANCELLED)
    who = "You" if last["sub"] == order.get("accountID") else "We"
    return f"Your order {number} was cancelled", [
        f"{who} cancelled your order. Nothing of it will be sent, and there is nothing to pay."
    ]


_CLOSES = {
    order_status.PLACED: "Until we pack the order, you can cancel it on its page.",
    order_status.REJECTED: "On the page of the order, one press puts these lines back into your cart. There "
    "you see the present prices, change what has to be changed, and order again.",
}


def _facts(order: Order, *, is_due: bool) -> Iterator[Row]:
    yield "Order", order_names.number_of(order)
    if "reference" in order:
        yield "Your reference", mail.one_line(order["reference"])
    yield "Ordered", f"{datetime.fromisoformat(order['createdAt']):%-d %B %Y, %H:%M} UTC"
    if not is_due:
        return
    if order.get("collection"):
        yield "Collection", "You collect it from us"
    elif "address" in order["customer"]:
        lines = [order["customer"].get("company", ""), *order["customer"]["address"].splitlines()]
        yield "Deliver to", "\n".join(filter(None, map(mail.one_line, lines)))


def _sums(order: Order, rates: Mapping[str, int], vat_classes: Mapping[str, str]) -> Iterator[Row]:
    """Yield the charges and the total of an order, with VAT if that of every line is known."""
    currency, total = order["currency"], order["total"]
    for charge in order.get("charges", []):
        yield pricing.labelled_charge(charge), pricing.short_amount(charge["amount"], currency)
    vat = _vat(order["items"], order.get("charges", []), rates, vat_classes)
    if vat is None:
        yield "Total without VAT", pricing.short_amount(total, currency)
        return
    yield "Total without VAT", pricing.short_amount(total, currency)
    yield "VAT", pricing.short_amount(vat, currency)
    yield "Total with VAT", pricing.short_amount(total + vat, currency)


def _vat(
    lines: Sequence[Line], charges: Sequence[Charge], rates: Mapping[str, int], classes: Mapping[str, str]
) -> int | None:
    """Return the VAT of lines, added up by rate, or None if it is not known for each line and charge."""
    if charges or not rates:
        return None
    sums: dict[int, int] = {}
    for line in lines:
        rate = storefront_prices.rate_of_class(classes.get(line["sku"]), rates)
        if rate is None or "lineTotal" not in line:
            return None
        sums[rate] = sums.get(rate, 0) + line["lineTotal"]
    return sum(storefront_prices.with_vat(net, rate) - net for rate, net in sums.items())


def _row(line: Line, currency: str, *, is_due: bool) -> Row:
    """Return a line with its quantity and product, and its amount, or "" if nothing has to be paid."""
    product = mail.product_of(line) if "name" in line else mail.one_line(line["sku"])
    what = f"{line['quantity']:,} × {product}"
    if not is_due or "lineTotal" not in line:
        return what, ""
    each = f" at {pricing.short_amount(line['unitPrice'], currency)}" if line["quantity"] > 1 else ""
    return f"{what}{each}", pricing.short_amount(line["lineTotal"], currency)


# The messages of pricing.py, whose words are for staff.
_MINIMUM = re.compile(r"must be at least (\d+) of .*, got (\d+)", re.DOTALL)
_DEARER = re.compile(r"is [A-Z]{3} ([\d.,]+), but the order comes to [A-Z]{3} ([\d.,]+) at the prices")
_ENTRY = re.compile(r"items\[(\d+)\]\.(sku|quantity)")


def _why(reason: RejectionReason, order: Order) -> str:
    """Return a reason of a rejection in words for the customer."""
    lines, message, entry = order["items"], reason["message"], _ENTRY.fullmatch(reason["path"])
    if reason["path"] == "agreedTotal" and (found := _DEARER.match(message)):
        sign = pricing.sign(order["currency"])
        saw, now = (f"{sign}{amount}" for amount in found.groups())
        return f"Prices have changed: you saw a total of {saw}, and now it is {now}, both without VAT."
    if entry and int(entry[1]) < len(lines):
        product = _named(lines[int(entry[1])])
        if found := _MINIMUM.fullmatch(message):
            return (
                f"{product}: the smallest quantity is {int(found[1]):,}, and you ordered {int(found[2]):,}."
            )
        if entry[2] == "sku":
            return f"{product} cannot be bought any more."
    return mail.reason(reason).strip()


def _named(line: Line) -> str:
    return mail.isolated(line["name"]) if "name" in line else mail.one_line(line["sku"])


def _text(content: _Content, head: Letterhead) -> Iterator[str]:
    yield from (f"Hello {mail.isolated(content.name)}," if content.name else "Hello,", "")
    yield from (*content.opening, "")
    if content.why:
        yield from ("Why", *(f"  {one}" for one in content.why), "")
    for label, value in content.facts:
        first, *rest = value.split("\n")
        yield f"{label + ':':<16}{mail.isolated(first)}"
        yield from (f"{'':<16}{mail.isolated(one)}" for one in rest)
    yield from ("", "Products")
    for line, amount in content.lines:
        yield f"  {line} = {amount}" if amount else f"  {line}"
    if content.more:
        yield f"  and {mail.plural(content.more, 'more line')}, which the page of the order shows"
    if content.sums:
        yield from ("", *(f"{mail.isolated(label)}: {amount}" for label, amount in content.sums))
    yield from ("", f"{content.link}: {content.url}")
    yield from (("", content.close) if content.close else ())
    yield from ("", "-- ", *_signature(head))


def _signature(head: Letterhead) -> list[str]:
    return [*([head.name] if head.name else []), *head.address, head.url]


_PAGE = "max-width:560px;margin:0 auto;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere"
_SECTION = 'style="margin:24px 0 0"'
_QUIET = "opacity:.75"  # in light and in dark
_LINE = "border-top:1px solid rgba(128,128,128,.4)"
_CELL = f"padding:8px 0;vertical-align:top;{_LINE}"
_AMOUNT = f"{_CELL};padding-left:16px;text-align:right;white-space:nowrap"
_BUTTON = "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5fbf;color:#fff"


def _html(content: _Content, head: Letterhead) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{escape(content.subject)}</title>'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark"></head>'
    yield '<body style="margin:0;padding:16px">'
    yield f'<div style="{_PAGE}">'
    if head.name:
        yield f'<p style="margin:0 0 24px;{_QUIET}">{escape(head.name)}</p>'
    yield f'<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{escape(content.subject)}</h1>'
    yield f"<p>Hello{' ' + _bdi(content.name) if content.name else ''},</p>"
    yield from (f"<p>{escape(one)}</p>" for one in content.opening)
    if content.why:
        reasons = "".join(f'<li style="margin:0 0 8px">{escape(one)}</li>' for one in content.why)
        yield f'<h2 {_HEADING}>Why</h2><ul style="margin:0;padding-left:20px">{reasons}</ul>'
    yield f'<p {_SECTION}><a href="{escape(content.url)}" style="{_BUTTON}">{escape(content.link)}</a></p>'
    yield from ([f"<p>{escape(content.close)}</p>"] if content.close else [])
    yield f"<dl {_SECTION}>"
    yield from (_fact(*row) for row in content.facts)
    yield "</dl>"
    yield from _table(content)
    yield f'<p style="margin:32px 0 0;padding:16px 0 0;font-size:14px;{_LINE};{_QUIET}">'
    yield "<br>".join(map(escape, _signature(head))) + "</p></div></body></html>"


_HEADING = 'style="margin:24px 0 8px;font-size:16px"'


def _fact(label: str, value: str) -> str:
    lines = "<br>".join(map(_bdi, value.split("\n")))
    return f'<dt style="font-size:14px;{_QUIET}">{escape(label)}</dt><dd style="margin:0 0 8px">{lines}</dd>'


def _table(content: _Content) -> Iterator[str]:
    yield f'<h2 {_HEADING}>Products</h2><table style="width:100%;border-collapse:collapse">'
    for line, amount in content.lines:
        yield f'<tr><td style="{_CELL}">{escape(line)}</td>'
        yield f'<td style="{_AMOUNT}">{escape(amount)}</td></tr>'
    if content.more:
        more = f"and {mail.plural(content.more, 'more line')}, which the page of the order shows"
        yield f'<tr><td colspan="2" style="{_CELL}">{more}</td></tr>'
    for at, (label, amount) in enumerate(content.sums):
        weight = ";font-weight:600" if at == len(content.sums) - 1 else ""
        yield f'<tr><td style="{_CELL}{weight}">{escape(mail.isolated(label))}</td>'
        yield f'<td style="{_AMOUNT}{weight}">{escape(amount)}</td></tr>'
    yield "</table>"


def _bdi(value: str) -> str:
    """Return a text of people that turns no words beside it."""
    return f"<bdi>{escape(value)}</bdi>"
