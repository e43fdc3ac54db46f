"""The words of names, addresses and products, and the queries that find them."""

import re
from typing import cast

import pytest

from lambdas.platform.errors import BadRequestError
from lambdas.shop import order_blocks, search
from lambdas.shop.documents import Customer, Order

WRITINGS = {
    "O'Brien": ["obrien", "o'brien", "o’brien", "O`Brien", "o brien", "brien", "OʼBrien"],
    "O’Brien": ["obrien", "o'brien", "o brien"],
    "O Brien": ["obrien", "o'brien", "o brien", "O’Brien"],
    "OBrien": ["obrien", "o'brien", "O’Brien"],
    "J Smith": ["J Smith", "j smith", "j. smith", "jsmith", "smith j", "J.Smith"],
    "J.Smith": ["J Smith", "j.smith", "jsmith", "smith"],
    "John Smith": ["j smith", "jo smith"],
    "Smith-Jones": [
        "smith-jones",
        "smithjones",
        "smith jones",
        "jones",
        "smith‑jones",
        "smith–jones",
        "smith-j",
    ],
    "Smith Jones": ["smith-jones", "smith jones"],
    "SmithJones": ["smith-jones", "smithjones"],
    "A.B.C. Ltd": ["abc", "a.b.c", "a.b.c.", "abc ltd", "ltd"],
    "J R R Tolkien": ["jrr tolkien", "j.r.r. tolkien", "j r r tolkien", "tolkien"],
    "van der Berg": ["vanderberg", "van der berg", "berg", "derberg"],
    "Miller & Söhne": ["miller sohne", "miller & söhne", "Söhne Miller"],
    "Groß": ["gross", "groß", "GROSS"],
    "Łukasz Ørsted": ["lukasz orsted", "ŁUKASZ", "ørsted"],
    "José": ["jose", "josé", "jose\u0301"],
    "3M 5L-Pack": ["3m", "5l", "5l-pack", "5lpack", "pack"],
    "山田 太郎": ["山田", "太郎", "田太", "山田太郎", "山田 太郎"],
    "株式会社ABC商店": ["abc", "商店", "会社", "株式会社abc"],
    "می\u200cخواهم": ["میخواهم", "می\u200cخواهم"],
    "(Leeds)": ["leeds", "(leeds)"],
    "#42-x Street": ["#42-x", "42x", "42"],
    "Smith-O'Brien": ["obrien", "smith-obrien", "smith o'brien", "o brien", "brien"],
    "ʿAlī Saʾīd": ["ali", "said", "sa'id", "ʿalī"],
    "Əliyev Ŋgũgĩ": ["eliyev", "əliyev", "ngugi"],
    "مـحـمـد": ["محمد", "محـمـد"],
}


@pytest.mark.parametrize("name", WRITINGS)
def test_a_name_is_found_in_each_of_its_writings(name: str) -> None:
    words = search.customer_words({"name": name, "email": "x@y.example"})
    missed = [query for query in WRITINGS[name] if not _finds(words, query)]
    assert missed == []


@pytest.mark.parametrize(
    "email", ["_anna@shop.example", "-anna@b.example", "$a$@b.example", '"a"@b.example', "😀@b.example"]
)
def test_an_address_that_begins_with_a_sign_is_found(email: str) -> None:
    words = search.customer_words({"name": "Anna", "email": email})
    assert _finds(words, email)


@pytest.mark.parametrize("email", ["Ann@Bücher.example", "ann@bücher.example", "ann@xn--bcher-kva.example"])
def test_an_address_is_found_with_its_domain_in_both_spellings(email: str) -> None:
    """Browsers send the Punycode of a domain, and the customer is listed with its letters."""
    words = search.customer_words({"name": "A", "email": email})
    queries = ["ann@bücher.example", "ann@xn--bcher-kva.example", "bücher", "xn--bcher", "kva"]
    assert [query for query in queries if not _finds(words, query)] == []


def _finds(words: list[str], query: str) -> bool:
    return search.matches(words, search.parse_query(query, search.CUSTOMER))


@pytest.mark.parametrize("query", ["smith jo brown", "smith-brown", "obrian", "ann@example.or x", "m nn"])
def test_a_word_in_another_writing_still_has_to_be_there(query: str) -> None:
    customer = {"name": "Ann Smith-Jones O'Brien", "email": "ann@example.org"}
    assert not _finds(search.customer_words(cast(Customer, customer)), query)


@pytest.mark.parametrize("letters", [1, 2, 3, 4, 7, 12])
def test_every_word_of_the_longest_texts_is_found(letters: int) -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    numbers = range(400 // (letters + 1))
    words = ["".join(alphabet[(at // 36**place + place) % 36] for place in range(letters)) for at in numbers]
    half = len(words) // 2
    customer = {"name": " ".join(words[:half])[:200], "company": " ".join(words[half:])[:200]}
    stored_words = search.customer_words(cast(Customer, customer | {"email": "x@y.example"}))
    queries = [word for word in " ".join(customer.values()).split() if len(word) > 1]
    assert [query for query in queries if not _finds(stored_words, query)] == []


# DynamoDB's limits for an expression.
MAX_OPERATORS, MAX_BYTES = 300, 4096


@pytest.mark.parametrize(
    "query",
    ["½ " * 50, "ﷺ" * 100, "".join(f"{a}-{b} " for a in "abcde" for b in "fghij"), "a.b.c.d.e " * 10],
)
def test_the_condition_of_a_query_is_one_that_the_table_takes(query: str) -> None:
    wanted = search.parse_query(query, search.PRODUCT)
    condition, _ = search.condition(wanted)
    assert len(re.findall("contains| OR | AND ", condition)) <= MAX_OPERATORS
    assert len(condition.encode()) <= MAX_BYTES


def test_a_query_of_too_many_parts_is_refused() -> None:
    query = "".join(f"½{letter} " for letter in "abcdefghijklmnopqrstuvwxyz0123456")
    assert len(query) <= search.MAX_QUERY
    with pytest.raises(BadRequestError, match="q must have fewer words and signs"):
        search.parse_query(query, search.PRODUCT)


ORDER = {
    "orderID": "0b5f7d1e-9c1c-4d8e-8a52-6b1f2f0f1042",
    "number": 71042,
    "reference": "PO-4500012345/B",
    "customer": {
        "name": "Ann Miller",
        "email": "ann2020@example.org",
        "phone": "+44 (0)20 7946-0123",
        "address": "12 Station Road\nLeeds LS1 4DY",
    },
    "notes": "Ring the bell twice, gate code 77-4411",
    "items": [
        {"sku": "BLE-5000L", "name": "Thick bleach – lemon", "quantity": 1},
        {"sku": "unknown.7", "quantity": 2},
    ],
}


@pytest.mark.parametrize(
    "query",
    [
        *("0123", "46-0123", "79460123", "+44 7946", "020 7946 0123", "0207946", "4402079460123"),
        *("LS1 4DY", "ls14dy", "ls1", "12 station", "leeds road"),
        *("po-4500012345/b", "4500012345", "12345", "po45000", "2345"),
        *("71042", "#71042", "1042", "042", "104", "7104"),
        *("example.org", "@example.org", "example.o", "ann2020@example.org"),
        *("bell twice", "gate 774411", "4411", "77-4411"),
        *("ble-5000l", "ble5000", "5000l", "000l", "bleach lemon", "unknown", "ann bleach leeds"),
    ],
)
def test_an_order_is_found_by_phone_place_reference_notes_and_products(query: str) -> None:
    assert search.matches(search.order_words(cast(Order, ORDER)), search.parse_query(query, search.ORDER))


@pytest.mark.parametrize(
    "query", ["org", "f1042", "8a52", "9c1c", "2020", "345/b", "each", "ds14", "quantity", "042x", "42"]
)
def test_inner_parts_of_ids_words_and_addresses_find_no_order(query: str) -> None:
    assert not search.matches(search.order_words(cast(Order, ORDER)), search.parse_query(query, search.ORDER))


@pytest.mark.parametrize("query", ["7946 0123", "0123", "ls1 4dy", "station leeds", "ann ls14dy"])
def test_a_customer_is_found_by_phone_and_place(query: str) -> None:
    words = search.customer_words(cast(Customer, ORDER["customer"]))
    assert search.matches(words, search.parse_query(query, search.CUSTOMER))


@pytest.mark.parametrize("text", [*WRITINGS, "A's o.b-c 1/2 x_y", "_a", "", "TEST Ltd & 4-You"])
def test_the_short_way_for_ascii_finds_the_same_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = search.customer_words({"name": text, "email": "x@y.example"})
    monkeypatch.setattr(search, "_is_plain", lambda _: False)
    assert search.customer_words({"name": text, "email": "x@y.example"}) == words


@pytest.mark.parametrize(
    ("notes", "items"),
    [("x1" * 1000, []), ("a1b2c3d4e5" * 4 + " ", []), ("", [f"{at:04}" * 10 for at in range(1000)])],
)
def test_the_words_of_an_order_are_limited_by_the_length_of_its_fields(notes: str, items: list[str]) -> None:
    lines = [{"sku": sku, "name": f"Product {sku}"} for sku in items]
    words = search.order_words(cast(Order, ORDER | {"notes": notes, "items": lines}))
    given = len(notes) + sum(len(sku) for sku in items)
    assert len(search.text(words)) < 600 + given * 30


def test_each_word_of_an_order_is_found_in_its_block() -> None:
    """A block keeps the beginnings of words by their bucket. Chinese and Japanese may begin anywhere."""
    names = [*WRITINGS, "x" * 100, "a1", "株式会社ABC商店と山田太郎の長い名前"]
    texts = {at: search.text(_words_of(name)) for at, name in enumerate(names)}
    rows = order_blocks.rows_of(dict(texts))
    encoded = {name: {"entries": order_blocks._encode(entries)} for name, entries in rows.items()}
    for at, name in enumerate(names):
        for query in [*WRITINGS.get(name, []), name]:
            wanted = search.parse_query(query, search.PRODUCT)
            stored = {
                order_blocks.bucket(part)
                for word in wanted
                for reading in search.readings(word)
                for part in reading
            }
            found = order_blocks._matching(
                {one: encoded.get(one) for one in [*stored, order_blocks.ANY]}, wanted
            )
            matching = {number for number, text in texts.items() if search.matches(text.split(), wanted)}
            assert at in matching, (name, query)
            assert matching <= found, (name, query)


def _words_of(name: str) -> list[str]:
    return search.customer_words({"name": name, "email": "x@y.example"})
