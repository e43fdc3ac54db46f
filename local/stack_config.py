"""A stack's configuration, read and type-checked as Pulumi's engine does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class ConfigError(Exception):
    """The stack's configuration does not match the declarations in `Pulumi.yaml`."""


class _Loader(yaml.SafeLoader):
    """A YAML loader that reads values as Pulumi's, written in Go, does: `ON`, `no` and dates are text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for word in ("true", "false", "True", "False", "TRUE", "FALSE"):
    _Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(f"^{word}$"), [word[0]])


@dataclass(frozen=True)
class Project:
    """The project's name and the declarations of its configuration, from `Pulumi.yaml`."""

    name: str
    declared: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, root: Path) -> Project:
        """Read `Pulumi.yaml` in `root`."""
        document = _read(root / "Pulumi.yaml")
        name = document["name"]
        declared = {
            _full_key(name, key): _declaration(one) for key, one in document.get("config", {}).items()
        }
        return cls(name, declared)


def load_config(
    root: Path, stack: str, overrides: Mapping[str, Any] | None = None, project: Project | None = None
) -> dict[str, str]:
    """Return the configuration of `stack` as the program gets it: texts by `project:key`, objects as JSON.

    `overrides` take precedence over `Pulumi.<stack>.yaml`. Raises ConfigError for a missing value, and for a
    value whose type is not the declared one.
    """
    project = project or Project.load(root)
    file = root / f"Pulumi.{stack}.yaml"
    given = _read(file).get("config", {}) if file.exists() else {}
    values = {_full_key(project.name, key): value for key, value in given.items()}
    values |= {_full_key(project.name, key): value for key, value in (overrides or {}).items()}
    return {key: _text(value) for key, value in _check(project, stack, values)}


def _check(project: Project, stack: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, declaration in project.declared.items():
        value = values.get(key, declaration.get("value", declaration.get("default")))
        kind = declaration.get("type")
        if value is None and kind:
            raise ConfigError(f"Stack '{stack}' is missing configuration value '{key}'")
        if kind and not _fits(value, kind, declaration.get("items", {})):
            raise ConfigError(
                f"Stack '{stack}' with configuration key '{key}' must be of type "
                f"'{_type_name(declaration)}', got {value!r}"
            )
        if value is not None:
            yield key, value
    yield from ((key, value) for key, value in values.items() if key not in project.declared)


def _fits(value: Any, kind: str, items: Mapping[str, Any]) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind == "integer":
        return _is_whole(value)
    if kind == "object":
        return isinstance(value, Mapping)
    return isinstance(value, list) and all(_fits(one, items["type"], items.get("items", {})) for one in value)


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip("+-").isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)


def _type_name(declaration: Mapping[str, Any]) -> str:
    kind = str(declaration["type"])
    return f"array<{_type_name(declaration['items'])}>" if kind == "array" else kind


def _declaration(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping) and {"type", "default", "value", "description"} & set(given):
        return given
    return {"default": given}


def _full_key(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(), _Loader) or {}  # noqa: S506 - _Loader is a SafeLoader
