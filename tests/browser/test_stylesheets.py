"""Stylesheets: the browser understands every declaration, and every custom property is set somewhere.

A browser skips a declaration that it does not understand and reports nothing, so nobody notices a typo.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.imports import ROOT

pytestmark = pytest.mark.browser

FOLDERS = ("site/assets", "site/storefront/assets", "local/pages")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.css"))]
DECLARATION = re.compile(r"([\w-]+):\s*([^;{}]+);")
UNKNOWN = """(declarations) => declarations.filter(
    ([name, value]) => !CSS.supports(name, value.replace("!important", "")))"""


def text(file: Path) -> str:
    """Return a stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture(scope="module")
def blank_page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_browser_understands_every_declaration(blank_page: Page, file: Path) -> None:
    assert blank_page.evaluate(UNKNOWN, DECLARATION.findall(text(file))) == []


@pytest.mark.parametrize("declaration", [("colr", "red"), ("color", "#12"), ("margin", "1rem 2")])
def test_the_check_finds_a_wrong_declaration(blank_page: Page, declaration: tuple[str, str]) -> None:
    assert blank_page.evaluate(UNKNOWN, [declaration]) == [list(declaration)]


def test_every_custom_property_in_use_is_set() -> None:
    everything = "".join(map(text, FILES))
    used = set(re.findall(r"var\((--[\w-]+)", everything))
    assert used
    assert used - set(re.findall(r"(--[\w-]+):", everything)) == set()
