"""Where things are: the rooms of the source code, and which of them may import which."""

import ast
from pathlib import Path

import pytest

from tests.imports import ROOT, imported_by, nodes

LAMBDAS = ROOT / "lambdas"
# Each room may import itself and the rooms below it.
ROOMS = ("platform", "shop", "handlers")
MODULES = sorted(file for room in ROOMS for file in (LAMBDAS / room).glob("[!_]*.py"))


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
