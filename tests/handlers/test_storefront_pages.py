"""The pages of the storefront: what a reader, a screen reader and a search engine find in them."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from lambdas.platform import json_schema
from lambdas.shop import pricing, storefront_addresses, storefront_facts, storefront_law, storefront_prices
from lambdas.shop import storefront_pages as pages
from tests.imports import ROOT
from tests.storefront import SHOP, product

HOSTILE = '</script><img src=x onerror=alert(1)> "O’Neill\'s" & Söhne'
NAMES = [HOSTILE, "منظف ارضيات", "W" * 120, "{{ shop }} {% raw %}", "\\u003c/script>", "&lt;b&gt;"]
BOOKED = ("name", "company", "address", "phone")
VOID = {"meta", "link", "input", "img", "path", "rect", "circle"}
FILLED: dict[str, Any] = {
    "vatClass": "standard",
    "packSize": 12,
    "minQuantity": 3,
    "description": "Very strong.\nFor hobs.",
    "signalWord": "Danger",
    "pictograms": "GHS05, GHS07",
    "hazardStatements": "H314 Causes burns.\nP305+P351 IF IN EYES: Rinse.",
    "ufi": "N1QV-R02N-J00M-WQD5",
    "image": "a" * 64 + ".webp",
    "imageText": "A box",
    "safetyDataSheet": "b" * 64 + ".pdf",
    "safetyDataSheetVersion": "3.1",
    "safetyDataSheetDate": "2026-03-01",
}


class Parsed(HTMLParser):
    """The elements of a page with their attributes, its text without scripts, and its structured data."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.data: list[dict[str, Any]] = []
        self.feed(page)
        assert self.open == [], "each element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.data.append(json.loads(data))
        elif data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]

    def links(self) -> list[str | None]:
        return [one.get("href") for one in self.all("a")]

    def meta(self, name: str) -> str | None:
        found = [*self.all("meta", name=name), *self.all("meta", property=name)]
        return found[0]["content"] if found else None


def every_page(**fields: Any) -> dict[str, str]:
    one = product(**fields)
    categories = {one["category"]: 30}
    return {
        "home": pages.home(SHOP, categories, [one]),
        "category": pages.category(SHOP, one["category"], [one] * 24, 1, 30, [one]),
        "product": pages.product(SHOP, one, [one]),
        "search": pages.search(SHOP, categories),
        "not-found": pages.not_found(SHOP),
    }


@pytest.mark.parametrize("name", NAMES)
def test_text_of_products_is_escaped_wherever_it_stands(name: str) -> None:
    texts = {"name": name, "category": name[:60], "unit": name[:30], "description": name, "imageText": name}
    for page in every_page(**{**FILLED, **texts, "hazardStatements": f"H319 {name}"}).values():
        parsed = Parsed(page)
        assert "onerror" not in {attribute for _, found in parsed.elements for attribute in found}
        assert [one["src"] for one in parsed.all("img")] == ["/files/" + "a" * 64 + ".webp"] * len(
            parsed.all("img")
        )
        assert {one.get("alt") for one in parsed.all("img")} <= {name}
    product_page = Parsed(every_page(**{**FILLED, **texts})["product"])
    assert product_page.data[0]["name"] == name
    assert " ".join(name.split()) in product_page.text
    assert product_page.meta("og:title") == f"{name} · {SHOP.name}"


def test_pages_have_no_inline_script_or_style() -> None:
    for page in every_page(**FILLED).values():
        parsed = Parsed(page)
        scripts = parsed.all("script")
        assert all(one.get("src") or one.get("type") == "application/ld+json" for one in scripts)
        attributes = {attribute for _, found in parsed.elements for attribute in found}
        assert not [one for one in attributes if one.startswith("on") or one == "style"]
        assert not parsed.all("style")


def test_product_page_shows_everything_that_the_label_says() -> None:
    page = Parsed(pages.product(SHOP, product(**FILLED), [product("MOP", name="Mop")]))
    for text in (
        "Steel scourers", "22310", "£6.49", "ex VAT", "£7.79", "inc VAT", "£0.54", "£0.65", "a piece",
        "box of 12", "Minimum quantity 3", "Pieces in a unit 12", "standard rate, 20%",
        "Very strong. For hobs.", "Danger", "Corrosive",
        "GHS05", "GHS07", "H314", "Causes burns.", "P305+P351", "N1QV-R02N-J00M-WQD5",
        "version 3.1 , 1 March 2026", "Often bought together",
    ):  # fmt: skip
        assert text in page.text
    assert page.all("img", width="480", height="480", alt="A box", src="/files/" + "a" * 64 + ".webp")
    assert {"/", "/c/floor-care", "/p/MOP/mop", "/files/" + "b" * 64 + ".pdf"} <= set(page.links())


def test_plain_product_page_has_no_empty_parts() -> None:
    page = Parsed(pages.product(SHOP, product(packSize=1, minQuantity=1), []))
    above_footer = page.text.rpartition("My orders")[0]
    for text in ("piece", "Minimum", "VAT standard", "Hazard", "data sheet", "Often", "inc VAT £"):
        assert text not in above_footer
    assert "£6.49 plus VAT" in page.text
    assert not page.all("section")


@pytest.mark.parametrize(
    ("vat_class", "rates", "shown", "absent"),
    [
        ("standard", {"standard": 2000}, ["£6.49 ex VAT", "£7.79 inc VAT"], "plus"),
        ("reduced", {"standard": 2000, "reduced": 550}, ["£6.49 ex VAT", "£6.85 inc VAT", "5.5%"], "plus"),
        ("reduced", {"standard": 2000}, ["£6.49 plus VAT"], "inc VAT £"),
        ("zero", {"standard": 2000}, ["£6.49 no VAT", "zero rate"], "plus"),
        ("exempt", {"standard": 2000}, ["£6.49 no VAT", "exempt from VAT"], "plus"),
        (None, {"standard": 2000}, ["£6.49 plus VAT"], "ex VAT"),
        ("standard", {}, ["£6.49 ex VAT", "standard rate"], "inc VAT"),
    ],
)
def test_prices_say_what_is_known_about_vat(
    vat_class: str | None, rates: dict[str, int], shown: list[str], absent: str
) -> None:
    fields = {"vatClass": vat_class} if vat_class else {}
    page = Parsed(pages.product(SHOP._replace(vat=rates), product(**fields), []))
    assert [text for text in shown if text not in page.text] == []
    assert absent not in page.text


def test_the_switch_of_vat_is_there_if_rates_are_known() -> None:
    known, unknown = (Parsed(pages.home(SHOP._replace(vat=vat), {}, [])) for vat in (SHOP.vat, {}))
    assert known.all("button", id="vat")
    for page in (known, unknown):  # it also shows what needs JavaScript
        assert page.all("script", src="/assets/3f2a/vat.js")
    assert not unknown.all("button", id="vat")
    assert "All prices are without VAT." in unknown.text


@pytest.mark.parametrize(
    ("net", "rate", "gross"),
    [
        (649, 2000, 779),
        (1, 2000, 1),
        (3, 2000, 4),
        (5, 1000, 6),
        (0, 2000, 0),
        (10, 550, 11),
        (10_000_000, 2000, 12_000_000),
    ],
)
def test_vat_is_rounded_half_up_to_the_minor_unit(net: int, rate: int, gross: int) -> None:
    assert storefront_prices.with_vat(net, rate) == gross


@pytest.mark.parametrize(
    ("fields", "price", "each"),
    [
        ({"unitPrice": 0}, "£0.00", "£0.00"),
        ({"unitPrice": 695, "packSize": 200}, "£6.95", "£0.0348"),
        ({"unitPrice": 120, "packSize": 12}, "£1.20", "£0.10"),
        ({"unitPrice": 119, "packSize": 12}, "£1.19", "£0.0992"),
        ({"unitPrice": 1_234_567, "currency": "JPY", "packSize": 2}, "JPY 1,234,567", "JPY 617,284"),
        ({"unitPrice": 7, "currency": "JPY", "packSize": 2}, "JPY 7", "JPY 3.50"),
        ({"unitPrice": 1500, "currency": "BHD", "packSize": 4}, "BHD 1.500", "BHD 0.375"),
    ],
)
def test_prices_have_the_digits_of_their_currency(fields: dict[str, Any], price: str, each: str) -> None:
    found = storefront_prices.price(product(**{"packSize": 12, **fields}), {})
    assert (found.net, found.net_each) == (price, each)


@pytest.mark.parametrize(
    ("content", "pieces", "each", "measure"),
    [
        ("5 L", 1, "£1.39", "litre"),
        ("750 ml", 1, "£9.27", "litre"),
        ("1 L", 6, "£1.16", "litre"),
        ("1 L", 1, "", "litre"),
        ("2.5 ml", 1, "£2,780.00", "litre"),
        ("0.001 g", 1, "£6,950,000.00", "kilogram"),
        ("999999 kg", 100_000, "£0.00", "kilogram"),
        ("500 g", 2, "", "kilogram"),
        ("20 kg", 1, "£0.35", "kilogram"),
        ("150 m", 1, "£0.0463", "metre"),
        ("", 1, "", "piece"),
        ("", 2, "£3.48", "piece"),
    ],
)
def test_the_price_of_a_litre_or_kilogram_follows_from_the_content(
    content: str, pieces: int, each: str, measure: str
) -> None:
    some = {"netContent": content} if content else {}
    found = storefront_prices.price(product(unitPrice=695, packSize=pieces, **some), {"standard": 0})
    assert (found.net_each, found.measure) == (each, measure)


def test_a_page_says_the_price_of_a_litre_in_both_ways() -> None:
    fields = FILLED | {"unitPrice": 649, "vatClass": "standard", "packSize": 1, "netContent": "5 L"}
    text = " ".join(Parsed(pages.product(SHOP, product(**fields), [])).text.split())
    assert "£1.30 ex VAT £1.56 inc VAT a litre" in text
    assert "Net content 5 L" in text


def test_structured_data_has_the_price_as_a_buyer_pays_it() -> None:
    offer = Parsed(pages.product(SHOP, product(**FILLED), [])).data[0]["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("7.79", "GBP")
    assert offer["priceSpecification"]["valueAddedTaxIncluded"] is True
    assert offer["availability"] == "https://schema.org/InStock"
    plain = product(unitPrice=1_234_567, currency="JPY")
    offer = Parsed(pages.product(SHOP, plain, [])).data[0]["offers"]
    assert (offer["price"], offer["priceSpecification"]["valueAddedTaxIncluded"]) == ("1234567", False)
    assert pricing.decimal_amount(1_234_567, "BHD") == "1234.567"


def test_each_page_names_its_full_address_and_its_way_back() -> None:
    address = "https://shop.example/p/22310/steel-scourers"
    page = Parsed(pages.product(SHOP, product(**FILLED), []))
    assert [one["href"] for one in page.all("link", rel="canonical")] == [address]
    assert (page.meta("og:url"), page.meta("og:image")) == (
        address,
        f"https://shop.example/files/{'a' * 64}.webp",
    )
    assert page.meta("description") == "Very strong. For hobs."
    assert [step["item"] for step in page.data[1]["itemListElement"]] == [
        "https://shop.example/", "https://shop.example/c/floor-care", address,
    ]  # fmt: skip
    for name in ("search", "not-found"):
        assert Parsed(every_page()[name]).meta("robots") == "noindex"


def test_descriptions_for_search_engines_are_cut_between_words() -> None:
    found = Parsed(pages.product(SHOP, product(description="Cleans " * 60), [])).meta("description")
    assert found == ("Cleans " * 22).strip() + "…"


def category_page(number: int, count: int = 230, best: int = 0) -> Parsed:
    shown = [product(f"S{at}", name=f"Mop {at}") for at in range(24)]
    return Parsed(pages.category(SHOP, "Floor care", shown, number, count, shown[:best]))


@pytest.mark.parametrize(
    ("number", "listed", "before", "after"),
    [
        (1, [1, 2, 10], None, "/c/floor-care/2"),
        (2, [1, 2, 3, 10], "/c/floor-care", "/c/floor-care/3"),
        (5, [1, 4, 5, 6, 10], "/c/floor-care/4", "/c/floor-care/6"),
        (10, [1, 9, 10], "/c/floor-care/9", None),
    ],
)
def test_pages_of_a_category_lead_to_each_other(
    number: int, listed: list[int], before: str | None, after: str | None
) -> None:
    page = category_page(number)
    for rel, address in (("prev", before), ("next", after)):
        expected = [address] if address else []
        assert [one["href"] for one in page.all("link", rel=rel)] == expected
        assert [one["href"] for one in page.all("a", rel=rel)] == expected
    current = "/c/floor-care" if number == 1 else f"/c/floor-care/{number}"
    assert [one["href"] for one in page.all("a", **{"aria-current": "page"})] == [current]
    numbers = [int(word) for word in page.words[page.words.index("Page") :] if word.isdigit()]
    assert [one for one in numbers if one <= 10][: len(listed)] == listed
    assert f"230 products, page {number} of 10" in page.text


def test_category_of_one_page_has_no_links_to_pages() -> None:
    page = category_page(1, count=24)
    assert "page 1" not in page.text
    assert not page.all("nav", **{"aria-label": "Pages"})
    assert len(page.all("li", **{"class": "card"})) == 24


def test_first_page_of_a_category_shows_its_best_sellers() -> None:
    assert len(category_page(1, best=4).all("li", **{"class": "card"})) == 28
    assert len(category_page(2, best=4).all("li", **{"class": "card"})) == 24
    assert "Best sellers" not in category_page(1, count=7, best=4).text, "most of them would be there twice"


def test_first_images_are_loaded_at_once_and_others_later() -> None:
    page = Parsed(every_page(**FILLED)["category"])
    assert [one.get("loading") for one in page.all("img")] == [None] * 4 + ["lazy"] * 21


def test_home_has_every_category_with_its_number_of_products() -> None:
    page = Parsed(pages.home(SHOP, {"Floor care": 1, "Gloves & PPE": 1200}, []))
    assert "1,201 products" in page.text
    assert "Floor care 1 product Gloves & PPE 1,200 products" in page.text
    assert "/c/floor-care" in page.links()
    assert "Best sellers" not in page.text
    assert "no products yet" in Parsed(pages.home(SHOP, {}, [])).text


def test_search_page_has_the_rates_and_categories_for_every_browser() -> None:
    page = Parsed(pages.search(SHOP, {"Floor care": 3}))
    assert json.loads(page.all("ul", id="results")[0]["data-rates"] or "") == SHOP.vat
    assert "/c/floor-care" in page.links()
    assert "needs JavaScript" in page.text


def test_every_page_has_the_header_and_the_footer_of_the_shop() -> None:
    for page in map(Parsed, every_page().values()):
        assert page.all("form", action="/search", role="search")
        assert page.all("input", name="q", type="search")
        assert "1 Quay Street Bristol BS1 4RW" in page.text
        assert len(page.all("h1")) == 1
        assert page.all("html", lang="en")
    assert "Shop" in Parsed(pages.home(SHOP._replace(name=""), {}, [])).text


def test_sitemap_lists_every_page_with_the_day_of_the_change() -> None:
    products = [
        ("22310", "Steel scourers", "2026-03-02T09:00:00.000Z"),
        ("X", "منظف", "2026-01-01T00:00:00Z"),
    ]
    files = pages.sitemap(SHOP, {"Floor care": 25, "Gloves & PPE": 1}, products)
    assert list(files) == ["sitemap.xml"]
    pattern = r"<loc>https://shop\.example(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?"
    assert re.findall(pattern, files["sitemap.xml"]) == [
        ("/", ""), ("/c/floor-care", ""), ("/c/floor-care/2", ""), ("/c/gloves-ppe-77254287", ""),
        ("/p/22310/steel-scourers", "2026-03-02"), ("/p/X", "2026-01-01"),
    ]  # fmt: skip


def test_a_sitemap_above_its_limit_has_parts_and_a_list_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_ADDRESSES", 3)
    files = pages.sitemap(SHOP, {}, [(f"S{at}", "Mop", "2026-01-01T00:00:00Z") for at in range(5)])
    assert list(files) == ["sitemap.xml", "sitemap/1.xml", "sitemap/2.xml"]
    assert files["sitemap.xml"].count("<sitemap><loc>https://shop.example/sitemap/") == 2
    assert [files[f"sitemap/{part}.xml"].count("<url>") for part in (1, 2)] == [3, 3]


def test_robots_find_the_sitemap_and_leave_searches_alone() -> None:
    assert pages.robots(SHOP).splitlines() == [
        "User-agent: *", "Disallow: /search", "Disallow: /product/", "", "Sitemap: https://shop.example/sitemap.xml",
    ]  # fmt: skip


# ---- texts that the law asks for


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One\nline.\n\n\nTwo.", [(False, "One\nline."), (False, "Two.")]),
        ("# A  \nText.\n# B", [(True, "A"), (False, "Text."), (True, "B")]),
        ("Text.\r\n# A\r\n \r\nMore.\r\n", [(False, "Text."), (True, "A"), (False, "More.")]),
        ("#A and ## B", [(False, "#A and ## B")]),
        ("  indented\n", [(False, "  indented")]),
        (" \n\n\t\n", []),
    ],
)
def test_a_text_has_headings_and_paragraphs(text: str, parts: list[tuple[bool, str]]) -> None:
    assert storefront_law.parts(text) == parts


@pytest.mark.parametrize("text", NAMES)
def test_a_text_of_the_shop_is_shown_as_it_is_written(text: str) -> None:
    shop = SHOP._replace(law={"terms": f"# {text}\n{text}"})
    page = Parsed(pages.law_pages(shop)["terms.html"] or "")
    assert page.text.count(" ".join(text.split())) == 2
    assert not page.all("img")
    assert page.meta("robots") is None
    assert page.all("link", rel="canonical", href="https://shop.example/terms")


def test_pages_link_to_the_texts_that_the_shop_has_and_to_no_other() -> None:
    law = {"terms": "T", "imprint": "I"}
    shop = SHOP._replace(law=law)
    made = pages.law_pages(shop)
    assert {key for key, page in made.items() if page} == {"terms.html", "imprint.html"}
    assert made["privacy.html"] is made["withdrawal.html"] is None
    for page in (made["terms.html"] or "", pages.home(shop, {}, []), pages.own(shop)["cart.html"]):
        linked = {f"/{name}" for name in storefront_law.TITLES} & set(Parsed(page).links())
        assert linked == {"/terms", "/imprint"}
    assert not {f"/{name}" for name in storefront_law.TITLES} & set(Parsed(pages.not_found(SHOP)).links())


def test_the_checkout_names_the_texts_that_a_customer_agrees_to() -> None:
    shop = SHOP._replace(law=dict.fromkeys(storefront_law.TITLES, "Text."))
    text = Parsed(pages.own(shop)["checkout.html"]).text
    before = text.partition("Order and pay by invoice")[0]
    assert "Read before you order: Terms and conditions , Privacy , Right of withdrawal ." in before
    assert "Read before you order" not in Parsed(pages.own(SHOP)["checkout.html"]).text


def test_the_sitemap_has_the_texts_of_the_shop() -> None:
    shop = SHOP._replace(law={"privacy": "P"})
    assert "https://shop.example/privacy<" in pages.sitemap(shop, {}, [])["sitemap.xml"]
    assert "https://shop.example/terms<" not in pages.sitemap(shop, {}, [])["sitemap.xml"]


# ---- pages that a script fills


def test_every_own_page_is_complete_and_not_for_search_engines() -> None:
    found = pages.own(SHOP)
    assert found.keys() == {f"{name}.html" for name in storefront_addresses.OWN_PAGES}
    for page in map(Parsed, found.values()):
        assert page.meta("robots") == "noindex"
        assert len(page.all("h1")) >= 1
        assert not page.all("link", rel="canonical")


def test_cart_and_checkout_know_the_currency_and_the_rates() -> None:
    found = pages.own(SHOP._replace(settings={**SHOP.settings, "currency": "JPY"}))
    for name, mark in (("cart.html", "cart-page"), ("checkout.html", "checkout")):
        (region,) = Parsed(found[name]).all("div", id=mark)
        assert json.loads(region["data-money"] or "") == {"sign": "JPY ", "digits": 0, "currency": "JPY"}
        assert json.loads(region["data-rates"] or "") == SHOP.vat


def test_fields_take_as_much_as_the_schemas_and_what_is_needed_is_required() -> None:
    found = pages.own(SHOP)
    fields = {
        ("sign-up", "name"): ("Customer", True),
        ("sign-up", "email"): ("Customer", True),
        ("account", "name"): ("Customer", True),
        ("checkout", "reference"): ("CustomerOrder", False),
        ("checkout", "notes"): ("CustomerOrder", False),
        **{("address", name): ("BookedAddress", name in ("name", "address")) for name in BOOKED},
    }
    for (form, name), (schema, needed) in fields.items():
        page = Parsed(found["checkout.html" if form == "address" else f"{form}.html"])
        (field,) = [one for _, one in page.elements if one.get("id") == f"{form}-{name}"]
        assert field["maxlength"] == str(json_schema.SCHEMAS[schema]["properties"][name]["maxLength"])
        assert ("required" in field) == needed, (form, name)


def test_the_first_button_of_a_form_sends_it_because_the_enter_key_presses_that_one() -> None:
    """Cancel as the first one would close the dialog and lose what was typed."""
    for name, page in pages.own(SHOP).items():
        for form in re.findall(r"<form .*?</form>", page, re.DOTALL):
            buttons = [one for one in Parsed(form).all("button") if one.get("type") != "button"]
            is_typed = 'class="field"' in form
            assert not is_typed or len(buttons) == 1, name


def test_the_header_knows_how_much_a_cart_takes() -> None:
    (cart,) = Parsed(pages.not_found(SHOP)).all("a", id="cart")
    lines, line = (json_schema.SCHEMAS[name]["properties"] for name in ("CartContent", "CartLine"))
    assert cart["data-lines"] == str(lines["lines"]["maxItems"])
    assert cart["data-units"] == str(line["quantity"]["maximum"])


def test_an_order_is_delivered_unless_its_customer_collects_it() -> None:
    ways = Parsed(pages.own(SHOP)["checkout.html"]).all("input", name="way")
    assert [(one["value"], "checked" in one) for one in ways] == [("delivery", True), ("collection", False)]


def test_an_account_is_opened_with_the_client_that_may_write_an_address() -> None:
    (region,) = Parsed(pages.own(SHOP)["sign-up.html"]).all("div", id="sign-up")
    assert region["data-client-id"] == SHOP.settings["sign-up-client-id"] != SHOP.settings["client-id"]


def test_every_own_page_has_its_style_and_what_its_script_looks_for() -> None:
    for name, page in pages.own(SHOP).items():
        parsed = Parsed(page)
        assert parsed.all("link", href=f"{SHOP.assets}/own.css"), name
        ids = {one["id"] for _, one in parsed.elements if "id" in one}
        for script in parsed.all("script"):
            path = (script.get("src") or "").removeprefix(SHOP.assets)
            if not path.startswith("/pages/"):
                continue
            code = (ROOT / f"site/storefront/assets{path}").read_text()
            assert set(re.findall(r'\b(?:byId|stamp)\("([\w-]+)"', code)) <= ids, name
            wanted = re.findall(r'returnValue === "(\w+)"', code)
            assert set(wanted) <= {one.get("value") for one in parsed.all("button")}, name


def test_settings_of_scripts_are_on_every_page() -> None:
    for page in map(Parsed, every_page().values()):
        for name, value in SHOP.settings.items():
            assert page.meta(f"order-desk:{name}") == value


@pytest.mark.parametrize("name", NAMES)
def test_a_button_has_what_the_cart_keeps_of_a_product(name: str) -> None:
    one = product(name=name, minQuantity=5)
    for page in (pages.product(SHOP, one, []), pages.category(SHOP, "Mops", [one], 1, 1, [])):
        (button,) = [button for button in Parsed(page).all("button") if "data-sku" in button]
        assert (button["data-sku"], button["data-name"]) == ("22310", name)
        assert (button["data-price"], button["data-least"]) == ("649", "5")


def test_a_cart_reads_what_a_product_is_and_costs() -> None:
    found = json.loads(storefront_facts.of(product(**FILLED)))
    assert found == {
        "sku": "22310",
        "name": "Steel scourers",
        "unit": "box of 12",
        "unitPrice": 649,
        "currency": "GBP",
        "sign": "£",
        "digits": 2,
        "minQuantity": 3,
        "packSize": 12,
        "vatClass": "standard",
        "image": f"/files/{'a' * 64}.webp",
        "address": "/p/22310/steel-scourers",
        "category": "/c/floor-care",
        "sheet": {"path": f"/files/{'b' * 64}.pdf", "version": "3.1", "date": "2026-03-01"},
    }
    assert {"packSize", "vatClass", "image", "sheet"}.isdisjoint(json.loads(storefront_facts.of(product())))
