"""The mail to the shop owner about an order: its text, and the limits that the mail keeps for any input."""

import re
import unicodedata
from typing import Any, cast

import pytest

from lambdas.platform.errors import Fault
from lambdas.platform.transliteration import to_ascii
from lambdas.shop import mail
from lambdas.shop.documents import Order
from lambdas.shop.mail import Mail
from tests.handlers.shop import Json, new_order
from tests.handlers.shop import order as submitted

SITE = "https://desk.example"


def stored(*, reasons: list[Fault] | None = None, lines: int = 2, **content: Any) -> Json:
    """Return an order as the table contains it, rejected if there are reasons."""
    priced = [
        {"sku": f"S-{n}", "quantity": n, "name": f"Soap {n}", "unitPrice": 899, "lineTotal": n * 899}
        for n in range(1, lines + 1)
    ]
    base = {"customer": submitted()["customer"], "items": priced} | content
    order_id = "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"
    placed = new_order(base, reasons or [], at="2010-12-01T08:26:00.123Z", order_id=order_id)
    return placed | {"number": 1042}


def compose(order: Json) -> Mail:
    return mail.compose(cast(Order, order), SITE)


def test_a_new_order_mail_has_customer_total_lines_and_link() -> None:
    letter = compose(stored(notes="by the back door\nring twice"))
    assert letter.subject == "New order #1042 from Ann Miller: GBP 26.97, 2 lines"
    assert letter.body.splitlines() == [
        "A new order was placed.",
        "",
        "Order:     #1042",
        "Customer:  Ann Miller",
        "Received:  2010-12-01 08:26 UTC, from staff@shop.example",
        "Total:     GBP 26.97 for 2 lines",
        "",
        "Lines",
        "  1 x Soap 1 (S-1) at GBP 8.99 = GBP 8.99",
        "  2 x Soap 2 (S-2) at GBP 8.99 = GBP 17.98",
        "",
        "Notes",
        "  by the back door",
        "  ring twice",
        "",
        "Open the order: https://desk.example/order.html?id=0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11",
    ]


def test_an_order_of_an_earlier_release_has_the_beginning_of_its_id_as_number() -> None:
    older = {name: value for name, value in stored().items() if name != "number"}
    letter = compose(older)
    assert letter.subject == "New order 0b8f7a52 from Ann Miller: GBP 26.97, 2 lines"
    assert "Order:     0b8f7a52\n" in letter.body


def test_a_mail_shows_the_unit_of_each_line() -> None:
    line = {"sku": "MOP", "quantity": 4, "name": "Mop head", "unitPrice": 1995, "lineTotal": 7980}
    body = compose(stored(items=[line | {"unit": unit} for unit in ("pack of 5", "each")] + [line])).body
    assert "  4 x Mop head, pack of 5 (MOP) at GBP 19.95 = GBP 79.80\n" in body
    assert body.count("  4 x Mop head (MOP) at GBP 19.95 = GBP 79.80\n") == 2


def test_a_rejection_mail_gives_reasons_with_lines_counted_from_one() -> None:
    reasons = [
        Fault("items[1].sku", "X is not in the catalog"),
        Fault("items[0].quantity", "must be at least 1, got 0"),
        Fault("customer.email", 'must be an e-mail address such as name@example.org, got "a"'),
        Fault("items[0]", "is odd"),
    ]
    letter = compose(stored(reasons=reasons, items=[{"sku": "X", "quantity": 3}]))
    assert letter.subject == "Order #1042 rejected: Ann Miller (4 reasons)"
    assert "nothing of it will be packed" in letter.body
    why = letter.body.partition("Why\n")[2].splitlines()[:4]
    assert why == [
        "  Line 2: X is not in the catalog",
        "  Line 1: quantity must be at least 1, got 0",
        '  E-mail must be an e-mail address such as name@example.org, got "a"',
        "  Line 1: is odd",
    ]
    assert "  3 x X\n" in letter.body
    assert "Total" not in letter.body


def test_a_cancellation_mail_names_the_person_and_the_note() -> None:
    entry = {
        "at": "…",
        "by": "admin@shop.example",
        "event": "moved",
        "to": "cancelled",
        "note": "they called",
    }
    letter = compose(stored() | {"status": "cancelled", "history": [entry]})
    assert letter.subject == "Order #1042 cancelled: Ann Miller (GBP 26.97)"
    assert letter.body.startswith("An order was cancelled by admin@shop.example. Note: they called\n")


def test_the_mail_of_a_long_order_shows_fifty_lines() -> None:
    body = compose(stored(lines=51)).body
    assert "  50 x Soap 50" in body
    assert "  51 x Soap 51" not in body
    assert "  and 1 more line\n" in body
    assert "  and 950 more lines\n" in compose(stored(lines=1000)).body


def test_a_rejection_mail_shows_at_most_fifty_reasons() -> None:
    reasons = [Fault(f"items[{n}].sku", "must be …") for n in range(100)]
    assert "  and 50 more reasons\n" in compose(stored(reasons=reasons)).body


NAMES = {
    "a line break": "Ann\r\nBcc: everybody@example.org",
    "Unicode separators": "Ann\u2028\u2029\u0085\x0b\x0c\x1c Miller",
    "control characters": "Ann\x00\x07\x1b[31m\x7f\x9f",
    "an emoji": "Ann 🧹👩\u200d🔧",
    "an accent": "Zoë Müller-Łuszcz",
    "Greek": "Γιώργος",
    "Arabic with direction marks": "\u202eمحمد\u2066 Ltd",
    "a letter for each mark": "ŉ" * 99,
    "Japanese": "山田 太郎",
    "markup": "<script>alert('1')</script>",
    "an apostrophe": 'O\'Brien & "Sons"',
    "200 letters": "A" * 200,
    "200 letters outside ASCII": "é" * 200,
    "noncharacters": "Ann \ufffe\uffff",
    "half a surrogate pair": "Ann \ud83e",
    "blanks": "   ",
    "empty": "",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("status", ["placed", "rejected", "cancelled"])
def test_sns_accepts_the_subject_for_any_customer_name(name: str, status: str) -> None:
    """SNS takes at most 99 printable ASCII characters; a refused subject would be retried for ever."""
    letter = composed(name, status)
    assert 0 < len(letter.subject) < 100
    assert letter.subject.isascii()
    assert letter.subject.isprintable()
    assert letter.subject == letter.subject.strip()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_the_body_can_be_sent_for_any_customer_name(name: str) -> None:
    body = composed(name, "placed").body
    body.encode()
    lines = body.splitlines()
    assert len(lines) == len(composed("Ann", "placed").body.splitlines())
    assert all(len(line.split("\n")) == 1 and not line.startswith("Bcc") for line in lines)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in body)


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_text_direction_characters_are_removed_from_names(character: str) -> None:
    assert "Customer:  Ann B, Ann B\n" in composed(f"Ann{character}B", "placed").body


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u05e9\u05d5\u05e7 (Ltd)", "\u2068\u05e9\u05d5\u05e7 (Ltd)\u2069"),
        ("Ann \u0645\u0631\u064a\u0645", "\u2068Ann \u0645\u0631\u064a\u0645\u2069"),
        ("Zo\u00eb \u4e2d\u6587", "Zo\u00eb \u4e2d\u6587"),
    ],
)
def test_names_from_right_to_left_do_not_turn_the_text_beside_them(name: str, shown: str) -> None:
    customer = {"name": name, "email": "a@b.example", "company": name}
    letter = compose(stored(customer=customer))
    assert f"Customer:  {shown}, {shown}" in letter.body.splitlines()
    assert letter.subject.isascii()


def test_quotes_markup_and_joined_emoji_stay_unchanged_in_names() -> None:
    name = 'O\'Brien & Söhne <script>alert("1")</script> 👩\u200d🔧'
    assert f"Customer:  {name}, {name}\n" in composed(name, "placed").body


def test_a_long_name_is_cut_so_the_total_fits() -> None:
    subject = composed("A" * 200, "placed").subject
    assert subject.startswith("New order #1042 from AAAA")
    assert subject.endswith("A...: GBP 26.97, 2 lines")
    assert len(subject) == 99


SUBJECTS = {
    "Łukasz Żak": "Lukasz Zak",
    "Ørsted A/S": "Orsted A/S",
    "Þórður Æðelþryð": "Thordur Aedelthryd",
    "Großmann, STRAẞE": "Grossmann, STRASSE",
    "Đorđe Ħal-Għaxaq Ŋgũgĩ": "Dorde Hal-Ghaxaq Ngugi",
    "İstanbul Işık Ğ": "Istanbul Isik G",
    "Œuvre ĳzer ſmith ŉ": "Oeuvre ijzer smith 'n",
    "Nguyễn Thị Ơ": "Nguyen Thi O",
    "Əliyev": "Eliyev",
    "“Anna’s” – Café… №\u00a05": '"Anna\'s" - Cafe... No 5',
    "O‘zbek Gal·la Hawaiʻi": "O'zbek Gal.la Hawai'i",
    "Ａｎｎａ １２ ٣": "Anna 12 3",
    "Ann 🧹\u200b\u00ad Bell": "Ann Bell",
    "½ price × 2": "1/2 price x 2",
}


@pytest.mark.parametrize(("name", "shown"), SUBJECTS.items())
def test_a_subject_has_every_letter_of_a_latin_name(name: str, shown: str) -> None:
    assert composed(name, "rejected").subject == f"Order #1042 rejected: {shown} (1 reason)"


# The blocks Latin-1 Supplement, Latin Extended-A and -B, and Latin Extended Additional.
LATIN = [*range(0xA0, 0x250), *range(0x1E00, 0x1F00)]


def test_every_latin_letter_has_a_form_in_ascii() -> None:
    letters = [chr(code) for code in LATIN if unicodedata.category(chr(code))[0] == "L"]
    assert len(letters) > 600
    forms = {letter: to_ascii(letter) for letter in letters}
    assert [letter for letter, form in forms.items() if not re.fullmatch(r"[!-~]{1,3}", form or "")] == []


def test_a_letter_named_after_a_plain_letter_becomes_that_letter() -> None:
    name = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z])(?: WITH .*)?")
    named = {chr(code): name.fullmatch(unicodedata.name(chr(code), "")) for code in LATIN}
    plain = {letter: found[2] for letter, found in named.items() if found}
    assert len(plain) > 500
    wrong = [
        letter for letter, form in plain.items() if not (to_ascii(letter) or "").upper().startswith(form)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["山田 太郎", "Γιώργος", "Иван Petrov", "محمد علي", "Anna 中", "한국", "ཨ", "🧹", "\u200b", ""]
)
def test_a_subject_never_has_a_part_of_a_name(name: str) -> None:
    customer = {"name": name, "email": "anna@x.example"}
    letter = compose(stored(customer=customer))
    assert letter.subject == "New order #1042 from a customer: GBP 26.97, 2 lines"
    assert "anna@x.example" not in letter.body
    letter = compose(stored(customer=customer | {"company": "Łódź\r\nBcc: a@b.c"}))
    assert letter.subject == "New order #1042 from Lodz Bcc: a@b.c: GBP 26.97, 2 lines"
    letter = compose(stored(customer=customer | {"company": "株式会社 Yamada"}))
    assert letter.subject == "New order #1042 from a customer: GBP 26.97, 2 lines"


def test_a_long_company_is_cut_so_the_total_fits() -> None:
    letter = compose(stored(customer={"name": "山田", "email": "a@b.c", "company": "A" * 200}))
    assert letter.subject.endswith("A...: GBP 26.97, 2 lines")
    assert len(letter.subject) == 99
    assert "Customer:  山田, AAAA" in letter.body


def test_notes_cannot_imitate_the_link_of_the_mail() -> None:
    notes = "thanks\r\nOpen the order: https://evil.example\u2028Open the order: https://evil.example"
    body = compose(stored(notes=notes)).body
    assert [line for line in body.splitlines() if line.startswith("Open")] == [
        "Open the order: https://desk.example/order.html?id=0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11"
    ]


def test_the_largest_mail_is_within_the_limit_of_sns() -> None:
    """SNS takes at most 256 KB."""
    row = {"sku": "S" * 40, "quantity": 100_000, "name": "🧹" * 120, "unitPrice": 10**7, "lineTotal": 10**12}
    reasons = [Fault(f"items[{n}].{'x' * 60}", "🧹" * 250) for n in range(100)]
    letter = compose(stored(items=[row] * 1000, reasons=reasons, notes="\n🧹" * 1000))
    assert len(letter.body.encode()) < 262_144


@pytest.mark.parametrize("missing", ["items", "customer", "currency", "orderID", "createdAt", "lineCount"])
def test_an_order_with_a_missing_field_raises_key_error(missing: str) -> None:
    broken = {name: value for name, value in stored().items() if name != missing}
    with pytest.raises(KeyError):
        compose(broken)


def composed(name: str, status: str) -> Mail:
    """Return the mail about an order whose customer and company have this name."""
    known = stored(customer={"name": name, "email": "a@b.c", "company": name})
    more = {"rejectionReasons": [{"path": "notes", "message": "must be …"}]} if status == "rejected" else {}
    return compose(known | {"status": status} | more)
