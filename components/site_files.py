"""The files that the site uploads: pages rendered by Jinja, and assets below a hash of all assets."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from components.openapi import SCHEMAS

TEMPLATES = Path("site/templates")
ASSETS = Path("site/assets")

_CSS_IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
_STATIC_IMPORT = re.compile(r'^(?:import|export|\}) (?:[^"]* from )?"(\.[^"]+)";$', re.MULTILINE)

# Not from `mimetypes`, which differs between hosts. A browser downloads a page without a type.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def content_type(path: str) -> str:
    """Return the Content-Type of a file. Raises ValueError for an extension without a type."""
    extension = Path(path).suffix
    if extension not in CONTENT_TYPES:
        raise ValueError(f"{path}: CONTENT_TYPES must have a type for {extension!r}")
    return CONTENT_TYPES[extension]


def pages() -> list[str]:
    """Return the names of the pages: every template but the base and the partials, sorted."""
    names = [file.name for file in TEMPLATES.glob("*.html")]
    return sorted(name for name in names if name != "base.html" and not name.startswith("_"))


def assets() -> dict[str, Path]:
    """Every asset but the stylesheets by its path below the hash, sorted.

    The schemas are one: the page checks an order by the very schema that the gateway has.
    """
    files = [file for file in ASSETS.rglob("*") if _is_asset(file) and file.suffix != ".css"]
    return dict(sorted({**{_path(file): file for file in files}, SCHEMAS.name: SCHEMAS}.items()))


def stylesheets() -> dict[str, str]:
    """Return the text of every stylesheet that a page links by its path below the hash, sorted.

    The files in css/ are components. They are part of the stylesheets that import them.
    """
    linked = [file for file in sorted(ASSETS.rglob("*.css")) if file.parent != ASSETS / "css"]
    return {_path(file): stylesheet(file) for file in linked if _is_asset(file)}


def stylesheet(file: Path) -> str:
    """Return the text of a stylesheet with each imported file in place of its `@import`.

    A browser would request each import, one after the other. Raises FileNotFoundError for a wrong import.
    """
    return _CSS_IMPORT.sub(lambda found: stylesheet(file.parent / found[1]), file.read_text(encoding="utf-8"))


def assets_folder() -> str:
    """Where the assets are: under a hash of all their paths and contents, another one for any change."""
    contents = {path: file.read_bytes() for path, file in assets().items()}
    contents |= {path: text.encode() for path, text in stylesheets().items()}
    digest = hashlib.sha256()
    for path, content in sorted(contents.items()):
        digest.update(f"{path}\n{len(content)}\n".encode() + content)
    return f"assets/{digest.hexdigest()[:12]}"


def imported_modules(path: str) -> list[str]:
    """Return the paths of the modules that a module imports, directly or not, nearest first.

    A page lists them as `modulepreload`, so that a browser loads them side by side. Modules that a script
    loads later, with `import()`, are not among them. Raises FileNotFoundError for a wrong import.
    """
    found = [path]
    for module in found:
        found += [one for one in dict.fromkeys(_static_imports(module)) if one not in found]
    return found[1:]


def render(page: str, context: Mapping[str, str | bool | int]) -> str:
    """Return the page as HTML. Raises jinja2.UndefinedError for a name that `context` lacks."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["imported_modules"] = imported_modules
    return environment.get_template(page).render(context)


def _static_imports(path: str) -> Iterator[str]:
    for name in _STATIC_IMPORT.findall((ASSETS / path).read_text(encoding="utf-8")):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def _path(asset: Path) -> str:
    return asset.relative_to(ASSETS).as_posix()


def _is_asset(file: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in file.relative_to(ASSETS).parts)
    return file.is_file() and not hidden
