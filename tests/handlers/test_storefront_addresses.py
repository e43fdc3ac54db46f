"""The addresses of the storefront: readable, in ASCII, and different for different categories."""

import pytest

from lambdas.shop import storefront_addresses as addresses
from lambdas.shop.storefront_addresses import category_slug

ALIKE = [
    "Floor care",
    "Floor Care",
    "floor care",
    "FLOOR CARE",
    "Floor-care",
    "Floor, care",
    "Flóor care",
    "Floor care ",
]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Floor care", "floor-care"),
        ("Washroom", "washroom"),
        ("5 l canisters", "5-l-canisters"),
        ("Gloves & PPE", "gloves-ppe-77254287"),
        ("Straßenreinigung", "strassenreinigung-82145246"),
        ("مواد", "78902473"),
    ],
)
def test_a_category_has_a_slug_of_lower_case_ascii(name: str, slug: str) -> None:
    assert category_slug(name) == slug


def test_categories_that_are_written_alike_have_different_slugs() -> None:
    assert len({category_slug(name) for name in ALIKE}) == len(ALIKE)


@pytest.mark.parametrize("name", [*ALIKE[1:], "مواد", "W" * 60])
def test_no_category_can_be_named_like_the_slug_of_another(name: str) -> None:
    slug = category_slug(name)
    for other in (slug, slug.replace("-", " "), slug.replace("-", " ").capitalize()):
        assert other == name or category_slug(other) != slug


@pytest.mark.parametrize(
    ("sku", "name", "address"),
    [
        ("22310", "Steel scourers", "/p/22310/steel-scourers"),
        ("A.b_c-1", "Jo’s “mop”, 5 L & more", "/p/A.b_c-1/jos-mop-5-l-more"),
        ("X", "منظف", "/p/X"),
        ("X", "</script><b>", "/p/X/script-b"),
        ("X", "../../etc", "/p/X/etc"),
        ("X", "W" * 120, f"/p/X/{'w' * 80}"),
    ],
)
def test_a_product_has_an_address_with_its_name(sku: str, name: str, address: str) -> None:
    assert addresses.product_address({"sku": sku, "name": name}) == address


def test_each_address_has_the_key_of_one_object() -> None:
    assert addresses.category_address("Floor care") == "/c/floor-care"
    assert addresses.category_key("Floor care") == "c/floor-care.html"
    assert addresses.category_address("Floor care", 2) == "/c/floor-care/2"
    assert addresses.category_key("Floor care", 2) == "c/floor-care/2.html"
    assert addresses.product_key("22310") == "p/22310.html"


def test_the_words_of_a_long_name_end_with_a_letter() -> None:
    """The cut is at a gap between two words."""
    name = f"{'a' * 79} {'b' * 20}"
    assert addresses.product_address({"sku": "A", "name": name}) == f"/p/A/{'a' * 79}"
