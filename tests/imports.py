"""The modules that a source file imports, read from its text."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def imported_by(file: Path) -> set[Path]:
    """Return the files of this repository that a Python file imports itself, packages not counted."""
    return {found for name in _imported_names(file) if (found := _file_of(name)) is not None}


def reached_from(file: Path) -> set[Path]:
    """Return the file and every file of this repository that it imports, directly or not."""
    reached: set[Path] = set()
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += imported_by(one)
    return reached


@cache
def nodes(file: Path) -> list[ast.AST]:
    """Return every node of the file's syntax tree."""
    return list(ast.walk(ast.parse(file.read_text())))


def _imported_names(file: Path) -> set[str]:
    """Return the dotted names; `from a import b` gives both `a` and `a.b`, because b may be a module."""
    names: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _file_of(name: str) -> Path | None:
    file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    return file if file.is_file() else None
