"""The pages of the storefront, rendered by Jinja from the documents of products that are on sale.

The templates are the folder `storefront_templates` on the path of modules, which is a part of the function's
layer, as Jinja is. Each function returns a whole page and reads nothing but its arguments.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lambdas.platform import json_schema
from lambdas.shop import pricing
from lambdas.shop import storefront_addresses as addresses
from lambdas.shop import storefront_law as law
from lambdas.shop import storefront_prices as prices
from lambdas.shop import storefront_structure as structure
from lambdas.shop.documents import Product

PER_PAGE = 24  # products on a page of a category: it fills rows of two, three, four and six
MAX_ADDRESSES = 50_000  # in one file of a sitemap (sitemaps.org)
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HOME_NAME = "Home"
_TEMPLATES = "storefront_templates"
_MAX_SUMMARY = 155  # characters of a description that search engines show
_VAT_CLASSES = {
    "standard": "standard rate",
    "reduced": "reduced rate",
    "zero": "zero rate",
    "exempt": "exempt from VAT",
}
_OWN_TITLES = dict(
    zip(
        addresses.OWN_PAGES,
        (
            "Cart",
            "Checkout",
            "My orders",
            "My order",
            "Account",
            "Lists",
            "Quick order",
            "Safety data sheets",
            "Create an account",
            "Forgotten password",
            "Signing in",
            "Signed out",
        ),
        strict=True,
    )
)
_PICTOGRAMS = {
    "GHS01": "Explosive",
    "GHS02": "Flammable",
    "GHS03": "Oxidising",
    "GHS04": "Gas under pressure",
    "GHS05": "Corrosive",
    "GHS06": "Acutely toxic",
    "GHS07": "Harmful or irritant",
    "GHS08": "Serious health hazard",
    "GHS09": "Hazardous to the environment",
}
_BLANKS = re.compile(r"\s+")


class Shop(NamedTuple):
    """The shop as every page names it.

    `url` is the address of the storefront and `assets` the path of the assets' folder, both without a slash
    at the end. `vat` has the rates in hundredths of a percent by VAT class, or nothing if no VAT is known.
    `settings` are what the scripts of accounts need, by name: `currency`, `password-rules`, and the addresses
    of sign-in and API. `law` are the texts that the law asks for, by the names of their pages.
    """

    name: str
    address: Sequence[str]
    url: str
    assets: str
    vat: Mapping[str, int]
    settings: Mapping[str, str]
    law: Mapping[str, str] = MappingProxyType({})


def home(shop: Shop, categories: Mapping[str, int], best: Sequence[Product]) -> str:
    """Return the first page. `categories` has the number of products of each category, sorted by name."""
    count, ways = sum(categories.values()), len(categories)
    summary = f"{_counted(count, 'product')} in {_counted(ways, 'category', 'categories')}"
    return _render(
        "home.html",
        shop,
        title=_name(shop),
        description=f"{_name(shop)}: {summary}, with prices, pack sizes and safety data sheets.",
        canonical=addresses.HOME,
        count=_counted(count, "product"),
        categories=_category_links(categories),
        best=_cards(shop, best),
    )


def category(
    shop: Shop, name: str, products: Sequence[Product], page: int, count: int, best: Sequence[Product]
) -> str:
    """Return a page of a category. `count` is the number of products on all of its pages."""
    pages = range(1, pages_of(count) + 1)
    address = addresses.category_address(name)
    names = ", ".join(product["name"] for product in products)
    return _render(
        "category.html",
        shop,
        title=_title(shop, name if page == 1 else f"{name}, page {page}"),
        description=_cut(f"{name}: {names}"),
        canonical=addresses.category_address(name, page),
        data=[structure.breadcrumbs(shop.url, [(_HOME_NAME, addresses.HOME), (name, address)])],
        name=name,
        cards=_cards(shop, products),
        page=page,
        pages=[addresses.category_address(name, number) for number in pages],
        count=_counted(count, "product"),
        # Most of a small category would stand on its page twice.
        best=_cards(shop, best) if page == 1 and 2 * len(best) < count else [],
    )


def pages_of(count: int) -> int:
    """Return the number of pages of a category with that many products. A category has at least one."""
    return max(1, -(-count // PER_PAGE))


def product(shop: Shop, product: Product, together: Sequence[Product]) -> str:
    """Return the page of a product, with the products that are often bought together with it."""
    address = addresses.product_address(product)
    category_address = addresses.category_address(product["category"])
    trail = [
        (_HOME_NAME, addresses.HOME),
        (product["category"], category_address),
        (product["name"], address),
    ]
    rate = prices.rate_of(product, shop.vat)
    description = product.get("description", "")
    return _render(
        "product.html",
        shop,
        title=_title(shop, product["name"]),
        description=_cut(description or f"{product['name']}, {product['unit']}, {product['sku']}"),
        canonical=address,
        kind="product",
        image=structure.image_path(product),
        data=[structure.product(shop.url, product, rate), structure.breadcrumbs(shop.url, trail)],
        card=_card(shop, product),
        category=product["category"],
        category_address=category_address,
        pieces=product.get("packSize", 1),
        content=product.get("netContent", ""),
        text=description,
        vat=_vat(product, rate),
        hazard=_hazard(product),
        sheet=_sheet(product),
        together=_cards(shop, together),
    )


def search(shop: Shop, categories: Mapping[str, int]) -> str:
    """Return the page of the search, which shows the categories until somebody has typed."""
    return _render(
        "search.html",
        shop,
        title=_title(shop, "Search"),
        description=f"Search the products of {_name(shop)}.",
        categories=_category_links(categories),
    )


def not_found(shop: Shop) -> str:
    """Return the page in place of each one that does not exist."""
    return _render("not-found.html", shop, title=_title(shop, "No such page"), description="No such page.")


def own(shop: Shop) -> dict[str, str]:
    """Return the pages that a script fills with what is the viewer's own, by their keys."""
    currency = shop.settings["currency"]
    money = {"sign": pricing.sign(currency), "digits": pricing.fraction_digits(currency)}
    return {
        addresses.own_page_key(name): _render(
            f"{name}.html",
            shop,
            title=_title(shop, title),
            description=f"{title} at {_name(shop)}.",
            money=money | {"currency": currency},
        )
        for name, title in _OWN_TITLES.items()
    }


def law_pages(shop: Shop) -> dict[str, str | None]:
    """Return the pages of the texts that the law asks for, by their keys. None: the shop has no such text."""
    return {
        addresses.own_page_key(name): _law_page(shop, name, shop.law[name]) if name in shop.law else None
        for name in addresses.LAW_PAGES
    }


def _law_page(shop: Shop, name: str, text: str) -> str:
    return _render(
        "law.html",
        shop,
        title=_title(shop, law.TITLES[name]),
        description=f"{law.TITLES[name]} of {_name(shop)}.",
        canonical=addresses.law_address(name),
        heading=law.TITLES[name],
        parts=law.parts(text),
    )


def robots(shop: Shop) -> str:
    """Return the file that tells robots where the sitemap is, and to leave results of searches alone."""
    disallowed = "".join(f"Disallow: {path}\n" for path in (addresses.SEARCH, addresses.FACTS))
    return f"User-agent: *\n{disallowed}\nSitemap: {shop.url}/{addresses.SITEMAP_KEY}\n"


def sitemap(
    shop: Shop, categories: Mapping[str, int], products: Iterable[tuple[str, str, str]]
) -> dict[str, str]:
    """Return the files of the sitemap by their keys. `products` are SKU, name and the instant of the change.

    It is one file up to MAX_ADDRESSES, and above that one more that lists the others.
    """
    entries = [_url(shop, address, day) for address, day in _entries(shop, categories, products)]
    groups = [entries[start : start + MAX_ADDRESSES] for start in range(0, len(entries), MAX_ADDRESSES)]
    if len(groups) == 1:
        return {addresses.SITEMAP_KEY: _sitemap("urlset", entries)}
    parts = {
        addresses.sitemap_part_key(number): _sitemap("urlset", group)
        for number, group in enumerate(groups, 1)
    }
    listed = [f"<sitemap><loc>{escape(shop.url)}/{key}</loc></sitemap>" for key in parts]
    return {addresses.SITEMAP_KEY: _sitemap("sitemapindex", listed)} | parts


def _sitemap(element: str, entries: Sequence[str]) -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{element} xmlns="{_SITEMAP}">\n'
    body = "".join(f"{entry}\n" for entry in entries)
    return f"{head}{body}</{element}>\n"


def _url(shop: Shop, address: str, day: str) -> str:
    latest = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(shop.url + address)}</loc>{latest}</url>"


def _entries(
    shop: Shop, categories: Mapping[str, int], products: Iterable[tuple[str, str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield the address of each page, with the day of its latest change or an empty text."""
    yield addresses.HOME, ""
    yield from ((addresses.law_address(name), "") for name in addresses.LAW_PAGES if name in shop.law)
    for name, count in categories.items():
        yield from ((addresses.category_address(name, page), "") for page in range(1, pages_of(count) + 1))
    for sku, name, updated in products:
        yield addresses.product_address({"sku": sku, "name": name}), updated[:10]


def _render(template: str, shop: Shop, **context: Any) -> str:
    """Return a page. A page without a canonical address is not for search engines."""
    others = {"canonical": "", "kind": "website", "image": "", "data": []}
    page = _environment().get_template(template)
    texts = [(addresses.law_address(one), law.TITLES[one]) for one in addresses.LAW_PAGES if one in shop.law]
    return page.render(shop=shop, shop_name=_name(shop), law=texts, **others | context)


@cache
def _environment() -> Environment:
    spec = find_spec(_TEMPLATES)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["limit"] = _limit
    return environment


def _limit(model: str, field: str, keyword: str) -> int:
    """Return a limit of a field in `lambdas/schemas.json`, such as its maxLength."""
    limit: int = json_schema.SCHEMAS[model]["properties"][field][keyword]
    return limit


def _category_links(categories: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"name": name, "count": _counted(count, "product"), "address": addresses.category_address(name)}
        for name, count in categories.items()
    ]


def _cards(shop: Shop, products: Sequence[Product]) -> list[dict[str, Any]]:
    return [_card(shop, product) for product in products]


def _card(shop: Shop, product: Product) -> dict[str, Any]:
    return {
        "sku": product["sku"],
        "name": product["name"],
        "address": addresses.product_address(product),
        "image": structure.image_path(product),
        "image_text": product.get("imageText", ""),
        "unit": product["unit"],
        "price": prices.price(product, shop.vat),
        "minor": product["unitPrice"],
        "minimum": product.get("minQuantity", 1),
    }


def _name(shop: Shop) -> str:
    return shop.name or "Shop"


def _title(shop: Shop, page: str) -> str:
    return f"{page} · {_name(shop)}"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _cut(text: str) -> str:
    """Return the beginning of a text on one line, cut between words."""
    line = _BLANKS.sub(" ", text).strip()
    return (
        line
        if len(line) <= _MAX_SUMMARY
        else f"{line[:_MAX_SUMMARY].rpartition(' ')[0] or line[:_MAX_SUMMARY]}…"
    )


def _vat(product: Product, rate: int | None) -> str:
    """Return the VAT class as a reader knows it, with the rate if it is known: `standard rate, 20%`."""
    if "vatClass" not in product:
        return ""
    name = _VAT_CLASSES[product["vatClass"]]
    return f"{name}, {rate / 100:g}%" if rate else name


def _hazard(product: Product) -> dict[str, Any] | None:
    """Return what the label of a hazardous product says, or None for another product."""
    codes = product.get("pictograms", "").split(", ")
    statements = [line.partition(" ") for line in product.get("hazardStatements", "").splitlines()]
    hazard = {
        "signal_word": product.get("signalWord", ""),
        "pictograms": [(code, _PICTOGRAMS[code]) for code in codes if code],
        "statements": [(code, text) for code, _, text in statements],
        "ufi": product.get("ufi", ""),
    }
    return hazard if any(hazard.values()) else None


def _sheet(product: Product) -> dict[str, str] | None:
    if "safetyDataSheet" not in product:
        return None
    day = date.fromisoformat(product["safetyDataSheetDate"])
    return {
        "path": structure.sheet_path(product),
        "version": product["safetyDataSheetVersion"],
        "day": day.isoformat(),
        "day_text": f"{day.day} {day:%B %Y}",
    }
