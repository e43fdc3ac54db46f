"""The list of products: sorting, category, search, pages and cursors."""

import base64
import json

import pytest

from tests.handlers.shop import Reply, Shop

pytestmark = pytest.mark.store

NAMES = [
    "Soap",
    "soap dish",
    "Élite soap",
    "Mop",
    "mop head",
    "Broom",
    "Dust pan",
    "Duster",
    "Pail",
    "Soap SOAP",
]


def products(shop: Shop, **query: str) -> Reply:
    return shop.ask("list_products", "GET", "/products", query=query)


@pytest.fixture
def shelf(shop: Shop) -> list[str]:
    """The SKUs of ten products in two categories, sorted by name. The catalog has no other products."""
    shop.empty_catalog()
    content = {"unitPrice": 1, "unit": "each", "active": True}
    shop.stock(
        {
            f"S-{n:02}": {"name": name, "category": ("Wet", "Dry")[n % 2]} | content
            for n, name in enumerate(NAMES)
        }
    )
    return [f"S-{NAMES.index(name):02}" for name in sorted(NAMES, key=str.lower)]


def skus(shop: Shop, **query: str) -> list[str]:
    """Return the SKUs of every page of the list."""
    found, cursor = [], ""
    for _ in range(50):
        content = products(shop, **query, cursor=cursor).json
        found += [product["sku"] for product in content["products"]]
        cursor = content["nextCursor"]
        if cursor is None:
            return found
    raise AssertionError("the cursors never end")


@pytest.mark.parametrize("limit", ["1", "3", "10"])
def test_products_are_sorted_by_name_ignoring_case(shop: Shop, shelf: list[str], limit: str) -> None:
    assert skus(shop, limit=limit) == shelf


def test_list_products_and_get_product_return_the_same_product(shop: Shop, shelf: list[str]) -> None:
    listed = products(shop).json["products"][0]
    one = shop.ask("get_product", "GET", "/products/{sku}", sku=listed["sku"]).json
    assert listed == one


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("soap", ["Soap", "soap dish", "Soap SOAP", "Élite soap"]),
        ("SOAP dish", ["soap dish"]),
        ("dish soap", ["soap dish"]),
        ("s-03", ["Mop"]),
        ("élite", ["Élite soap"]),
        ("nothing", []),
        ("soap nothing", []),
        ("'; DROP <script>", []),
        ("  ", sorted(NAMES, key=str.lower)),
    ],
)
def test_a_search_finds_products_with_all_its_words(
    shop: Shop, shelf: list[str], search: str, names: list[str]
) -> None:
    for limit in ("2", "100"):
        assert skus(shop, q=search, limit=limit) == [f"S-{NAMES.index(name):02}" for name in names]


@pytest.mark.parametrize("limit", ["2", "100"])
def test_products_can_be_filtered_by_category_and_search(shop: Shop, shelf: list[str], limit: str) -> None:
    wet = [sku for sku in shelf if int(sku[2:]) % 2 == 0]
    assert skus(shop, category="Wet", limit=limit) == wet
    found = [f"S-{NAMES.index(name):02}" for name in ("Soap", "Élite soap")]
    assert skus(shop, category="Wet", q="soap", limit=limit) == found
    assert skus(shop, category="wet") == []


def test_a_category_that_no_product_can_have_is_400(shop: Shop) -> None:
    assert "category" in products(shop, category="x" * 3000).fields


def test_a_search_of_over_100_characters_is_400(shop: Shop) -> None:
    assert "q" in products(shop, q="a " * 51).fields
    assert products(shop, q="a " * 50).status == 200


@pytest.mark.parametrize(
    "filters", [{"q": "brush"}, {"category": "Brushes"}, {"q": "brush", "category": "Brushes"}]
)
def test_a_page_is_full_and_its_cursor_leads_to_products(shop: Shop, filters: dict[str, str]) -> None:
    shop.empty_catalog()
    content = {"category": "Brushes", "unitPrice": 1, "unit": "each"}
    shop.stock(
        {f"B-{n:03}": {"name": f"Brush {n:03}", "active": n % 20 > 0} | content for n in range(1, 101)}
    )
    pages, cursor = [], ""
    while cursor is not None:
        page = products(shop, **filters, active="false", limit="2", cursor=cursor).json
        pages.append([product["sku"] for product in page["products"]])
        assert page["count"] == 5, "of all pages"
        cursor = page["nextCursor"]
    assert pages == [["B-020", "B-040"], ["B-060", "B-080"], ["B-100"]]
    assert products(shop, **filters, active="false", limit="5").json["nextCursor"] is None
    rest = products(shop, **filters, active="true", limit="95").json
    assert (len(rest["products"]), rest["nextCursor"]) == (95, None)


def test_a_cursor_contains_only_a_position_in_the_list(shop: Shop, shelf: list[str]) -> None:
    cursor = products(shop, limit="1").json["nextCursor"]
    decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert decoded[6:].decode() == "broom #S-05"
    assert json.dumps(cursor)


WORDY = {
    "many words": " ".join(f"w{at:02}x" for at in range(24)),
    "short words": " ".join(chr(97 + at % 26) + chr(97 + at // 26) for at in range(40)),
    "chinese": "".join(map(chr, range(0x4E00, 0x4E00 + 120))),
}


@pytest.mark.parametrize("name", WORDY)
def test_every_word_of_a_long_product_name_is_found(shop: Shop, name: str) -> None:
    save(shop, WORDY[name])
    words = WORDY[name].split() if " " in WORDY[name] else [WORDY[name][-2:], WORDY[name][60:64]]
    assert [word for word in words if skus(shop, q=word) != ["LONG-1"]] == []


def save(shop: Shop, name: str) -> None:
    content = {"name": name, "category": "Wet", "unitPrice": 1, "unit": "each", "active": True}
    assert shop.ask("put_product", "PUT", "/products/{sku}", content, sku="LONG-1").status in (200, 201)


@pytest.mark.parametrize("limit", ["1", "3", "100"])
@pytest.mark.parametrize("category", ["", "Wet"])
def test_a_list_shows_active_products_or_the_others(
    shop: Shop, shelf: list[str], limit: str, category: str
) -> None:
    inactive = [sku for sku in shelf if int(sku[2:]) % 3 == 0]
    for sku in inactive:
        switch(shop, sku, active=False)
    in_category = [sku for sku in shelf if not category or int(sku[2:]) % 2 == 0]
    asked = {"limit": limit, "category": category}
    assert skus(shop, **asked) == in_category
    assert skus(shop, **asked, active="false") == [sku for sku in in_category if sku in inactive]
    assert skus(shop, **asked, active="true") == [sku for sku in in_category if sku not in inactive]
    switch(shop, inactive[0], active=True)
    assert inactive[0] in skus(shop, active="true")
    assert inactive[0] not in skus(shop, active="false")


def test_a_search_shows_active_products_or_the_others(shop: Shop, shelf: list[str]) -> None:
    switch(shop, "S-00", active=False)
    found = set(skus(shop, q="soap"))
    assert set(skus(shop, q="soap", active="false")) == {"S-00"}
    assert set(skus(shop, q="soap", active="true")) == found - {"S-00"} != found


@pytest.mark.parametrize("active", ["yes", "1", "TRUE", "null"])
def test_an_unknown_state_is_400_with_the_field(shop: Shop, active: str) -> None:
    assert products(shop, active=active).fields == {"active": f'must be true or false, got "{active}"'}


def switch(shop: Shop, sku: str, *, active: bool) -> None:
    """Make a product active or not."""
    path = "/products/{sku}"
    product = shop.ask("get_product", "GET", path, sku=sku).json
    content = {name: product[name] for name in ("name", "category", "unitPrice", "unit")}
    assert shop.ask("put_product", "PUT", path, {**content, "active": active}, sku=sku).status == 200
