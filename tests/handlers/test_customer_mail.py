"""The text and the HTML of mails to customers."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any, cast

import pytest

from lambdas.shop import customer_mail
from lambdas.shop.customer_mail import Letterhead, Mail
from lambdas.shop.documents import Order
from tests.handlers.shop import Json
from tests.nasty_texts import NASTY_TEXTS

RATES = {"standard": 2000, "reduced": 500, "zero": 0, "exempt": 0}
CLASSES = {"MOP-1": "standard", "SOAP-5L": "reduced"}
ORDER: Json = {
    "orderID": "0a1b2c3d-0000-4000-8000-000000000001",
    "number": 1042,
    "status": "placed",
    "createdAt": "2027-01-05T13:50:00.000Z",
    "currency": "GBP",
    "accountID": "account-1",
    "customer": {"name": "Ann Miller", "address": "1 Quay\nLeith", "company": "Café"},
    "items": [
        {
            "sku": "MOP-1",
            "quantity": 2,
            "name": "Flat mop",
            "unit": "each",
            "unitPrice": 1250,
            "lineTotal": 2500,
        },
        {
            "sku": "SOAP-5L",
            "quantity": 1,
            "name": "Hand soap",
            "unit": "5 l",
            "unitPrice": 899,
            "lineTotal": 899,
        },
    ],
    "total": 3399,
    "lineCount": 2,
    "history": [
        {"at": "2027", "by": "ann@example.org", "sub": "account-1", "event": "placed", "to": "placed"}
    ],
}


def head(**changes: Any) -> Letterhead:
    base = {"name": "Harbour Supplies", "address": ["1 Quay Street"], "url": "https://shop.example"}
    return Letterhead(**{**base, "address_from": "shop@shop.example", "vat": RATES, **changes})


def compose(status: str = "placed", classes: dict[str, str] = CLASSES, **changes: Any) -> Mail:
    order = cast(Order, {**ORDER, "status": status, **changes})
    return customer_mail.compose(order, status, head(), classes)


class Words(HTMLParser):
    """The words of a page, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))


def test_a_mail_about_a_placed_order_reads_as_written_here() -> None:
    found = compose(reference="PO 7")
    assert found.subject == "We have your order #1042"
    assert found.text == (
        "Hello Ann Miller,\n"
        "\n"
        "Thank you for your order. We will pack it next.\n"
        "\n"
        "Order:          #1042\n"
        "Your reference: PO 7\n"
        "Ordered:        5 January 2027, 13:50 UTC\n"
        "Deliver to:     Café\n"
        "                1 Quay\n"
        "                Leith\n"
        "\n"
        "Products\n"
        "  2 × Flat mop at £12.50 = £25.00\n"
        "  1 × Hand soap, 5 l = £8.99\n"
        "\n"
        "Total without VAT: £33.99\n"
        "VAT: £5.45\n"
        "Total with VAT: £39.44\n"
        "\n"
        "See your order: https://shop.example/order?id=0a1b2c3d-0000-4000-8000-000000000001\n"
        "\n"
        "Until we pack the order, you can cancel it on its page.\n"
        "\n"
        "-- \n"
        "Harbour Supplies\n"
        "1 Quay Street\n"
        "https://shop.example\n"
    )


@pytest.mark.parametrize("status", ["placed", "rejected", "shipped", "cancelled"])
def test_text_and_html_say_the_same_words(status: str) -> None:
    cancelled = {"at": "2027", "by": "x", "sub": "1", "event": "moved", "to": "cancelled"}
    reasons = [{"path": "items[0].sku", "message": "MOP-1 is no longer sold"}]
    more: Json = {"rejectionReasons": reasons} if status == "rejected" else {}
    found = compose(status, history=[*ORDER["history"], cancelled], **more)
    said = set(re.findall(r"\w{3,}", " ".join(Words(found.html).words)))
    links = {"https", "shop", "example", "order", "0a1b2c3d", "0000", "4000", "8000", "000000000001"}
    assert set(re.findall(r"\w{3,}", found.text)) - links <= said
    assert found.subject in found.html


@pytest.mark.parametrize("status", ["placed", "rejected", "shipped", "cancelled"])
def test_the_html_loads_nothing_and_runs_nothing(status: str) -> None:
    cancelled = {"at": "2027", "by": "x", "sub": "1", "event": "moved", "to": "cancelled"}
    tags = Words(compose(status, history=[cancelled]).html).tags
    assert {tag for tag, _ in tags} <= {
        *("html", "head", "meta", "title", "body", "div", "p", "h1", "h2", "a", "dl", "dt", "dd"),
        *("table", "tr", "td", "ul", "li", "br", "bdi"),
    }
    names = {name for _, attributes in tags for name in attributes}
    assert names <= {"lang", "charset", "name", "content", "style", "href", "colspan"}
    assert [one["href"] for _, one in tags if "href" in one] == [
        "https://shop.example/order?id=0a1b2c3d-0000-4000-8000-000000000001"
    ]
    styles = " ".join(str(one["style"]) for _, one in tags if "style" in one)
    assert "url(" not in styles
    assert "light dark" in str(tags)
    # A mail program in the dark chooses all colours but those of the button.
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", styles)) == {"#1f5fbf", "#fff"}


@pytest.mark.parametrize("nasty", sorted({one.text for one in NASTY_TEXTS if one.normal}))
def test_no_text_of_people_is_html(nasty: str) -> None:
    line = {**ORDER["items"][0], "name": f"<img src=x>{nasty}"}
    customer = {"name": f"<script>{nasty}", "address": f'"><b>{nasty}', "company": nasty}
    found = compose(customer=customer, items=[line], reference=f"<i>{nasty}")
    tags = {tag for tag, _ in Words(found.html).tags}
    assert not tags & {"img", "script", "b", "i"}
    assert "\n" not in found.subject


def test_a_text_from_right_to_left_turns_no_words_beside_it() -> None:
    found = compose(customer={"name": "אבי"}, items=[{**ORDER["items"][0], "name": "ممسحة"}])
    assert "<bdi>אבי</bdi>" in found.html
    assert "\u2068ممسحة\u2069 at £12.50" in found.html
    assert "Hello \u2068אבי\u2069," in found.text


def test_reasons_of_a_rejection_are_in_words_for_customers() -> None:
    reasons = [
        {"path": "items[0].sku", "message": "MOP-1 is no longer sold"},
        {"path": "items[1].quantity", "message": "must be at least 1200 of SOAP-5L, got 1"},
        {
            "path": "agreedTotal",
            "message": "is GBP 35.00, but the order comes to GBP 1,036.00 at the prices of the catalog: look",
        },
        {"path": "customer.phone", "message": "must have at most 40 characters, got 41"},
    ]
    text = compose("rejected", rejectionReasons=reasons).text
    assert "  Flat mop cannot be bought any more.\n" in text
    assert "  Hand soap: the smallest quantity is 1,200, and you ordered 1.\n" in text
    assert "you saw a total of £35.00, and now it is £1,036.00, both without VAT.\n" in text
    assert "  Phone must have at most 40 characters, got 41\n" in text
    assert "one press puts these lines back into your cart" in text
    assert "£25.00" not in text, "nothing has to be paid"


@pytest.mark.parametrize(
    ("changes", "classes", "last"),
    [
        ({}, {"MOP-1": "standard"}, "Total without VAT: £33.99"),
        ({}, {"MOP-1": "zero", "SOAP-5L": "exempt"}, "Total with VAT: £33.99"),
        (
            {"charges": [{"kind": "delivery", "amount": 500}], "total": 3899},
            CLASSES,
            "Total without VAT: £38.99",
        ),
    ],
    ids=["class unknown", "none", "charges"],
)
def test_vat_is_said_only_where_it_is_known(changes: Json, classes: dict[str, str], last: str) -> None:
    assert f"{last}\n\nSee your order" in compose(classes=classes, **changes).text


def test_a_shop_without_rates_names_the_total_without_vat() -> None:
    found = customer_mail.compose(cast(Order, ORDER), "placed", head(vat={}), {})
    assert "Total without VAT: £33.99\n\nSee" in found.text


def test_an_order_that_is_collected_says_so() -> None:
    assert "We will tell you when it is ready to be collected." in compose(collection=True).text
    found = compose("shipped", collection=True)
    assert found.subject == "Your order #1042 is ready to be collected"
    assert "Collection:     You collect it from us\n" in found.text
    assert "Deliver to" not in found.text
    assert compose("shipped").subject == "Your order #1042 is on its way"


@pytest.mark.parametrize(("sub", "who"), [("account-1", "You"), ("staff-1", "We")])
def test_a_cancelled_order_says_who_cancelled_it(sub: str, who: str) -> None:
    step = {"at": "2027", "by": "Bob of the shop", "sub": sub, "event": "moved", "to": "cancelled"}
    step["note"] = "customer is rude"
    found = compose("cancelled", history=[*ORDER["history"], step])
    assert f"{who} cancelled your order." in found.text
    assert "rude" not in found.text + found.html
    assert "Bob" not in found.text + found.html


@pytest.mark.parametrize(
    "name", ["", "Harbour Supplies", 'A "quoted" \\ name, with comma', "Łódź Čistič ä" * 4, "清潔用品店"]
)
def test_the_sender_is_in_ascii_and_reads_as_the_shops_name(name: str) -> None:
    sender = head(name=name).sender
    assert sender.isascii()
    assert "\n" not in sender
    assert all(len(word) <= 75 for word in sender.split() if word.startswith("=?"))
    shown, address = parseaddr(sender)
    assert address == "shop@shop.example"
    assert str(make_header(decode_header(shown))) == name
