"""The rooms (folders) of the source code, their imports, and the limits of scripts, styles and templates."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import (
    ROOT,
    imported_by,
    imported_by_script,
    nodes,
    reached_from,
    without_comments,
)

LAMBDAS = ROOT / "lambdas"
# The rooms, lowest first. A module may import modules of its own room and of lower rooms.
ROOMS = ("platform", "shop", "handlers")
MODULES = sorted(file for room in ROOMS for file in (LAMBDAS / room).glob("[!_]*.py"))
DESK, STOREFRONT = ROOT / "site", ROOT / "site/storefront"
SCRIPTS = sorted(file for site in (DESK, STOREFRONT) for file in (site / "assets").rglob("*.js"))
TEMPLATES = sorted(file for site in (DESK, STOREFRONT) for file in (site / "templates").glob("*.html"))
STYLESHEETS = sorted(file for site in (DESK, STOREFRONT) for file in (site / "assets").rglob("*.css"))


# Keywords of a JSON Schema whose value is a limit.
LIMITS = ("maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength")
# Numbers in scripts that equal a limit of the schemas by chance, with their real meaning.
OTHER_NUMBERS = {
    ("best/ranks.js", 20): "the first digits of a year",
    ("catalog/change-form.js", 120): "an example of a price",
    ("catalog/file-rules.js", 1000): "bytes in a KB",
    (
        "catalog/file-rules.js",
        10_000_000,
    ): "bytes of a sheet, which a test compares with the functions' limit",
    ("catalog/new-price.js", 50): "a step of rounding",
    ("catalog/uploads.js", 200): "an HTTP status",
    ("customer/forget.js", 20): "the code of a blank in an address of a page",
    ("dead/follow.js", 1000): "milliseconds between two looks at a letter",
    ("dead/follow.js", 30): "looks at a letter",
    ("dead/follow.js", 500): "an HTTP status",
    ("dead/settle-jobs.js", 500): "an HTTP status",
    ("import/columns.js", 200): "letters of examples",
    ("import/columns.js", 60): "letters of a text that is quoted",
    ("import/decode.js", 1000): "bytes in which a file of no text shows itself",
    ("import/price.js", 50): "the fraction of an example",
    ("import/records.js", 500): "lines of a cell",
    ("import/remembered.js", 20): "kinds of files",
    ("import/results.js", 200): "letters of a text that is quoted",
    ("import/results.js", 50): "rows on a page",
    ("import/send.js", 50): "rows in a call",
    ("import/table.js", 20): "lines in which the column names are",
    ("import/table.js", 60): "letters of a text that is quoted",
    ("lib/cognito.js", 500): "an HTTP status",
    ("lib/combobox.js", 120): "milliseconds",
    ("lib/folded.js", 20): "entries of a long list that are shown",
    ("lib/json-schema.js", 60): "letters of a value that a message quotes",
    ("lib/pause.js", 1000): "milliseconds",
    ("lib/session.js", 1000): "milliseconds in a second",
    ("list/arrivals.js", 20): "new orders that are read at once",
    ("list/read-all.js", 500): "orders in a document",
    ("list/read.js", 50): "orders on a page",
    ("list/zip.js", 20): "the version 2.0 of a format",
    ("order/often-bought.js", 20): "products that are asked for",
    ("order/freshness.js", 500): "an HTTP status",
    ("order/line-quantity.js", 1000): "pieces from which on a quantity is asked about",
    ("order/neighbours.js", 50): "milliseconds",
    ("order/paste-lines.js", 200): "milliseconds",
    ("order/letter-submission.js", 500): "an HTTP status",
    ("order/submission.js", 500): "an HTTP status",
    ("pages/customer.js", 20): "orders on a page",
    ("pages/customers.js", 50): "customers on a page",
    ("pages/dead-letter.js", 500): "an HTTP status",
    ("pages/dead-letters.js", 50): "letters on a page",
    ("pages/people.js", 50): "accounts on a page",
    ("pages/best-sellers.js", 20): "products that are shown",
    ("pages/products.js", 50): "products on a page",
    ("sales/periods.js", 20): "the first digits of a year",
    ("storefront/assets/checkout/calls.js", 1000): "milliseconds",
    ("storefront/assets/checkout/answers.js", 500): "an HTTP status",
    ("storefront/assets/pages/callback.js", 50): "entries of a tab's history",
    ("storefront/assets/orders/words.js", 2000): "milliseconds",
    ("storefront/assets/orders/words.js", 5000): "milliseconds",
    ("today/activity.js", 60): "minutes in an hour",
    ("today/day-figures.js", 60): "minutes in an hour",
    ("today/wording.js", 2000): "a year",
    ("webhook/words.js", 1000): "milliseconds in a second",
}


def room(file: Path) -> int:
    return ROOMS.index(str(file).removeprefix(f"{LAMBDAS}/").partition("/")[0])


@pytest.mark.parametrize("file", MODULES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_module_imports_only_from_its_own_room_or_lower_ones(file: Path) -> None:
    imported = imported_by(file)
    assert imported <= set(MODULES), "a function imports nothing of this repository outside lambdas/"
    assert all(room(one) <= room(file) for one in imported)


def test_no_handler_imports_another_handler() -> None:
    handlers = set((LAMBDAS / "handlers").glob("*.py"))
    assert not [file for file in handlers if imported_by(file) & handlers]


def test_every_python_file_of_the_functions_is_in_a_room() -> None:
    found = {file for file in LAMBDAS.rglob("*.py") if file.name != "__init__.py"}
    assert found == set(MODULES)


@pytest.mark.parametrize("file", sorted((LAMBDAS / "handlers").glob("[!_]*.py")), ids=lambda file: file.stem)
def test_a_handler_module_has_one_public_function_named_handler(file: Path) -> None:
    public = [
        node.name
        for node in nodes(file)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert public == ["handler"]


def test_components_import_no_function_code() -> None:
    found = {file: imported_by(file) for file in (ROOT / "components").glob("*.py")}
    assert not [file for file, imported in found.items() if imported & set(MODULES)]


@pytest.mark.parametrize("file", STYLESHEETS, ids=lambda file: file.stem)
def test_a_css_file_has_at_most_400_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", STYLESHEETS, ids=lambda file: file.stem)
def test_a_column_is_styled_by_class_not_by_number(file: Path) -> None:
    """Rows have no classes, and may be counted."""
    assert not re.search(r"(?<!\btr):nth-", file.read_text(encoding="utf-8"))


def test_every_column_class_in_css_is_in_a_template() -> None:
    css = "".join(file.read_text(encoding="utf-8") for file in STYLESHEETS)
    html = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "site/templates").glob("*.html"))
    columns = set(re.findall(r"\.(col-[\w-]+)", css))
    assert columns
    assert columns <= set(re.findall(r"\bcol-[\w-]+", html))


def test_every_browser_test_is_marked_as_one() -> None:
    """Otherwise it runs among the quick tests, and starts a browser and a system there."""
    files = (Path(__file__).parent / "browser").glob("test_*.py")
    assert [one.name for one in files if "\npytestmark = pytest.mark.browser\n" not in one.read_text()] == []


def test_no_browser_test_is_outside_the_folder_that_make_test_names() -> None:
    others = [one for one in Path(__file__).parent.rglob("test_*.py") if one.parent.name != "browser"]
    assert [one.name for one in others if re.search(r"mark\.browser$", one.read_text(), re.MULTILINE)] == []


def test_no_script_imports_itself_by_way_of_others() -> None:
    def reached(script: Path) -> set[Path]:
        return {
            found for one in imported_by_script(script) for found in reached_from(one, imported_by_script)
        }

    assert any(reached(script) for script in SCRIPTS)
    assert [script.name for script in SCRIPTS if script in reached(script)] == []


def test_no_script_has_a_limit_of_the_schemas_as_a_number() -> None:
    """Scripts read limits from `schemas.json`, so that a limit changes in one place."""
    limits = schema_limits()
    found = {
        (path_of(script), number)
        for script in SCRIPTS
        for number in numbers(without_comments(script.read_text())) & limits
    }
    assert found == OTHER_NUMBERS.keys()


def test_no_template_has_a_limit_of_the_schemas_as_a_number() -> None:
    """Templates get limits with `limit(model, field, keyword)`."""
    limits = schema_limits()
    found = {
        (template.name, number) for template in TEMPLATES for number in numbers(template.read_text()) & limits
    }
    pixels = {("base.html", 20), ("orders.html", 20), ("_page.html", 20)}
    pixels |= {("_hazard.html", 20), ("_hazard.html", 64), ("cart.html", 64)}
    assert found - pixels == {("orders.html", 30), ("sales.html", 2000), ("recall.html", 2000)}, (
        "a filter of 30 days, and years"
    )


@pytest.mark.parametrize("file", sorted((ROOT / "components").glob("*.py")), ids=lambda file: file.stem)
def test_no_component_sets_a_limit_of_a_schema(file: Path) -> None:
    keywords = "|".join(LIMITS)
    assert not re.search(rf"""["']?\b(?:{keywords})\b["']?\s*[:=]\s*\d""", file.read_text())


def path_of(script: Path) -> str:
    """Return the path of a script below the assets of the desk, or below site/ for the storefront's."""
    folder = DESK / "assets" if script.is_relative_to(DESK / "assets") else DESK
    return script.relative_to(folder).as_posix()


def schema_limits() -> set[int]:
    """Return every limit in `schemas.json` above 12, but not 100. The others are too common to be copies."""

    def limits(schema: object) -> Iterator[int]:
        if isinstance(schema, dict):
            yield from (value for key, value in schema.items() if key in LIMITS and isinstance(value, int))
            for inner in schema.values():
                yield from limits(inner)

    found = set(limits(json.loads((LAMBDAS / "schemas.json").read_text())))
    assert {1000, 100_000} <= found
    return {limit for limit in found if limit > 12 and limit != 100}


def numbers(text: str) -> set[int]:
    """Return the whole numbers in a text, also those written as 1_000 or 1,000 or 1e3."""
    found = re.findall(r"(?<![\w.#/-])(\d+(?:[_,]\d{3})*)(?:[eE](\d))?(?![\w.])", text)
    return {int(re.sub("[_,]", "", digits)) * 10 ** int(exponent or 0) for digits, exponent in found}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x > 1000", {1000}),
        ("const a = 1_000;", {1000}),
        ("Up to 1,000 rows", {1000}),
        ("[1000, 2000]", {1000, 2000}),
        ("f(1,000)", {1000}),
        ("1e3", {1000}),
        ('maxlength="500"', {500}),
        ("10.5 #1000 http://w3.org/2000/svg x-1000 a1000 1000px", set()),
    ],
)
def test_numbers_are_found_in_every_spelling(text: str, found: set[int]) -> None:
    assert numbers(text) == found
