"""The rooms of the source code, which of them may import which, and what holds for every CSS file."""

import ast
import re
from pathlib import Path

import pytest

from tests.imports import ROOT, imported_by, nodes

LAMBDAS = ROOT / "lambdas"
# Each room may import itself and the rooms below it.
ROOMS = ("platform", "shop", "handlers")
MODULES = sorted(file for room in ROOMS for file in (LAMBDAS / room).glob("[!_]*.py"))
STYLESHEETS = sorted((ROOT / "site/assets").rglob("*.css"))


def room(file: Path) -> int:
    return ROOMS.index(str(file).removeprefix(f"{LAMBDAS}/").partition("/")[0])


@pytest.mark.parametrize("file", MODULES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_function_imports_only_its_own_room_or_lower_ones(file: Path) -> None:
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
    assert ":nth-" not in file.read_text(encoding="utf-8")


def test_every_column_class_in_css_is_in_a_template() -> None:
    css = "".join(file.read_text(encoding="utf-8") for file in STYLESHEETS)
    html = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "site/templates").glob("*.html"))
    columns = set(re.findall(r"\.(col-[\w-]+)", css))
    assert columns
    assert columns <= set(re.findall(r"\bcol-[\w-]+", html))
