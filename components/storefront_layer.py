"""The layer of the function that makes the storefront's pages: Jinja, the templates and the shop's texts.

Both packages lie in the program's own virtual environment. Without the compiled part of MarkupSafe, which
belongs to this machine's processor, MarkupSafe uses its own Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.function import ARCHITECTURE, CODE, RUNTIME
from components.site_files import STOREFRONT_TEMPLATES

PACKAGES = ("jinja2", "markupsafe")
# The code that writes texts of pages and index: addresses, prices, words.
_RULES = ("shop/storefront_*.py", "shop/pricing.py", "shop/search.py", "platform/transliteration.py")
TEMPLATES = "storefront_templates"  # the package by which the function finds the templates
LAW = "storefront_law"  # the package of the texts that the law asks for, which are too long for a variable
_PACKAGE = "__init__.py"


def declare(name: str, law: Mapping[str, Path], *, parent: pulumi.Resource) -> aws.lambda_.LayerVersion:
    """Declare the layer. A change of a file makes a new version of it.

    `law` are the files of the texts that the law asks for, by name.
    """
    return aws.lambda_.LayerVersion(
        name,
        layer_name=f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}",
        code=pulumi.AssetArchive(
            {
                **{path: pulumi.FileAsset(file.as_posix()) for path, file in files(law).items()},
                f"python/{TEMPLATES}/{_PACKAGE}": pulumi.StringAsset('"""The templates of the pages."""\n'),
                f"python/{LAW}/{_PACKAGE}": pulumi.StringAsset('"""The texts of the shop."""\n'),
            }
        ),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
        opts=pulumi.ResourceOptions(parent=parent),
    )


def files(law: Mapping[str, Path]) -> dict[str, Path]:
    """Return the files of the layer by their paths, but for those that make packages of its folders."""
    templates = {f"python/{TEMPLATES}/{file.name}": file for file in _templates()}
    texts = {f"python/{LAW}/{name}.txt": file for name, file in law.items()}
    return {**_packages(), **templates, **texts}


def edition(law: Mapping[str, Path]) -> str:
    """Return a hash of all that decides how a page looks beside its products and settings.

    With another one, all pages are made anew.
    """
    rules = sorted(file for pattern in _RULES for file in CODE.glob(pattern))
    digest = hashlib.sha256()
    for file in (*_templates(), *rules):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    for name, file in sorted(law.items()):
        digest.update(f"{name}.txt\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _templates() -> list[Path]:
    return sorted(STOREFRONT_TEMPLATES.glob("*.html"))


def _packages() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise ValueError(f"the virtual environment must have {package}, which requirements.txt names")
        folder = Path(spec.origin).parent
        found |= {f"python/{package}/{file.name}": file for file in sorted(folder.glob("*.py"))}
    return found
