"""The modules that a Python file or a script imports, read from its text."""

import ast
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_STRING_OR_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
_STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.[^"]+)";', re.MULTILINE)
_DYNAMIC_IMPORT = re.compile(r'\bimport\(\s*["`](\.[^"`]+)["`]\s*\)')


def imported_by(file: Path) -> set[Path]:
    """Return the files of this repository that a Python file imports directly, without packages."""
    return {found for name in _imported_names(nodes(file)) if (found := _file_of(name)) is not None}


def imported_at_the_start(file: Path) -> set[Path]:
    """Return the files that a Python file imports directly, without the imports within its functions."""
    names = _imported_names(ast.parse(file.read_text()).body)
    return {found for name in names if (found := _file_of(name)) is not None}


@cache
def reached_from(file: Path, imports: Callable[[Path], set[Path]] = imported_by) -> set[Path]:
    """Return the file and every file of this repository that it imports, directly or not."""
    reached: set[Path] = set()
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += imports(one)
    return reached


@cache
def imported_by_script(script: Path) -> set[Path]:
    """Return the scripts that a script imports directly, including those that it imports with `import()`.

    A path with a variable, such as `./${part}.js`, means every other script that it can match.
    """
    code = without_comments(script.read_text())
    paths = [*_STATIC_IMPORT.findall(code), *_DYNAMIC_IMPORT.findall(code)]
    return {file for path in paths for file in _scripts_at(script, path)}


def without_comments(script: str) -> str:
    """Return the text of a script without its comments."""
    return _STRING_OR_COMMENT.sub(lambda found: found[1] or "", script)


@cache
def nodes(file: Path) -> list[ast.AST]:
    """Return every node of the file's syntax tree."""
    return list(ast.walk(ast.parse(file.read_text())))


def _imported_names(found: Iterable[ast.AST]) -> set[str]:
    """Return the imported names. `from a import b` gives `a` and `a.b`, because b may be a module."""
    names: set[str] = set()
    for node in found:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _file_of(name: str) -> Path | None:
    file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    return file if file.is_file() else None


def _scripts_at(script: Path, path: str) -> set[Path]:
    folder, name = (script.parent / path).resolve().parent, path.rpartition("/")[2]
    pattern = re.sub(r"\$\{[^}]*\}", "*", name)
    found = set(folder.glob(pattern)) - ({script} if "*" in pattern else set())
    if not found:
        raise FileNotFoundError(f"{script} imports {path}, which is missing")
    return found
