"""The files of the sites: pages rendered by Jinja, and assets in a folder whose name is a hash of all assets.

The desk's pages are rendered here. Those of the storefront are made by a function.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pulumi
import pulumi_aws as aws
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from components.openapi import SCHEMAS, body_schemas, schemas
from components.site_scripts import imported_scripts, scripts, shared_modules

TEMPLATES = Path("site/templates")
ASSETS = Path("site/assets")
STOREFRONT_TEMPLATES = Path("site/storefront/templates")
STOREFRONT_ASSETS = Path("site/storefront/assets")

YEAR = 365 * 24 * 60 * 60

_CSS_IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
_CSS_COMMENT = re.compile(r"\s*/\*.*?\*/", re.DOTALL)  # no text of a stylesheet has one inside

# Not from `mimetypes`, whose types differ between machines. A browser downloads a page without a type.
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


def files(root: Path = ASSETS) -> dict[str, Path]:
    """Return every asset that is uploaded unchanged, by its path in the assets folder, sorted."""
    return {_path(file, root): file for file in _sources(root) if file.suffix not in (".css", ".js")}


def texts(required_of_customer: Sequence[str] | None = None) -> dict[str, str]:
    """Return the text of every other asset of the desk, by its path in the assets folder, sorted.

    Some files are joined, so that a first visit needs few requests. The stylesheets directly in css/ are not
    in the result, because other stylesheets import them. The schemas are among the assets, so that pages
    check an order with the same schema as the gateway. `openapi.body_schemas` explains the parameter.
    """
    checked = {SCHEMAS.name: json.dumps(body_schemas(required_of_customer))}
    return dict(sorted({**_stylesheets(ASSETS), **_scripts(ASSETS), **checked}.items()))


def storefront_texts() -> dict[str, str]:
    """Return the text of every other asset of the storefront, by its path in the assets folder, sorted.

    Of the schemas, the quick order needs the one of a line, by which it reads pasted rows as the desk does.
    """
    line = {SCHEMAS.name: json.dumps({"Item": body_schemas()["Item"]})}
    return dict(sorted({**_stylesheets(STOREFRONT_ASSETS), **_scripts(STOREFRONT_ASSETS), **line}.items()))


def stylesheet(file: Path) -> str:
    """Return the text of a stylesheet with each imported file in place of its `@import`.

    A browser would request the imports one after the other. Raises FileNotFoundError for a missing file.
    """
    return _CSS_IMPORT.sub(lambda found: stylesheet(file.parent / found[1]), file.read_text(encoding="utf-8"))


def without_comments(css: str) -> str:
    """Leave the comments out of a stylesheet, a sixth of what a browser would load for it."""
    return _CSS_COMMENT.sub("", css).lstrip()


def assets_folder(required_of_customer: Sequence[str] | None = None) -> str:
    """Return the folder of the desk's assets. Its name contains a hash of their paths and contents."""
    return _folder(files(), texts(required_of_customer))


def storefront_assets_folder() -> str:
    """Return the folder of the storefront's assets, named in the same way."""
    return _folder(files(STOREFRONT_ASSETS), storefront_texts())


def _folder(unchanged: Mapping[str, Path], made: Mapping[str, str]) -> str:
    contents = {path: file.read_bytes() for path, file in unchanged.items()}
    contents |= {path: text.encode() for path, text in made.items()}
    digest = hashlib.sha256()
    for path, content in sorted(contents.items()):
        digest.update(f"{path}\n{len(content)}\n".encode() + content)
    return f"assets/{digest.hexdigest()[:12]}"


def upload_immutable(
    name: str,
    bucket: aws.s3.Bucket,
    key: str,
    *,
    source: pulumi.Asset | None = None,
    content: str | None = None,
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Declare a file of a bucket that browsers keep for a year, because its key changes with its content."""
    return aws.s3.BucketObjectv2(
        name,
        bucket=bucket.id,
        key=key,
        source=source,
        content=content,
        content_type=content_type(key),
        cache_control=f"public, max-age={YEAR}, immutable",
        # Assets of an older version stay, because open tabs still load them.
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )


def upload_assets(
    site: str,
    bucket: aws.s3.Bucket,
    folder: str,
    files: Mapping[str, Path],
    texts: Mapping[str, str],
    parent: pulumi.Resource,
) -> list[pulumi.Resource]:
    """Declare the assets of a site in their folder: files that are uploaded unchanged, and texts, by path."""
    sources = {path: pulumi.FileAsset(file.as_posix()) for path, file in files.items()}
    return [
        upload_immutable(
            f"{site}-asset-{path}",
            bucket,
            f"{folder}/{path}",
            source=sources.get(path),
            content=texts.get(path),
            parent=parent,
        )
        for path in [*sources, *texts]
    ]


def renderer() -> Callable[[str, Mapping[str, str | bool | int | list[str]]], str]:
    """Return a function that takes the name of a page and its context, and returns HTML.

    It is for all pages, because it reads every script of the site. The function raises
    jinja2.UndefinedError for a name that the context lacks.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["imported_scripts"] = partial(imported_scripts, served=_scripts(ASSETS))
    environment.globals["limit"] = _limit
    return lambda page, context: environment.get_template(page).render(context)


def _limit(model: str, field: str, keyword: str) -> int:
    """Return a limit of a field in `lambdas/schemas.json`, such as its maxLength."""
    limit: int = schemas()[model]["properties"][field][keyword]
    return limit


def _stylesheets(root: Path) -> dict[str, str]:
    linked = [file for file in _sources(root) if file.suffix == ".css" and file.parent != root / "css"]
    return {_path(file, root): without_comments(stylesheet(file)) for file in linked}


def _scripts(root: Path) -> dict[str, str]:
    modules = [file for file in _sources(root) if file.suffix == ".js"]
    own = {_path(file, root): file for file in modules}
    shared = {path: root / path for path in shared_modules(own)}
    return scripts({path: file.read_text(encoding="utf-8") for path, file in {**own, **shared}.items()})


def _sources(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*") if _is_asset(file, root))


def _path(asset: Path, root: Path) -> str:
    return asset.relative_to(root).as_posix()


def _is_asset(file: Path, root: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in file.relative_to(root).parts)
    return file.is_file() and not hidden
