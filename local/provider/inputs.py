"""Convert a resource's inputs into parameters of AWS's API, with botocore's model of each operation.

Pulumi's input names are AWS's names in another case, with few exceptions. An input for which the model has no
member raises an error that names the input, so that no input is dropped silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Renames = Mapping[str, str]

NO_RENAMES: Renames = {}


class UnsupportedError(Exception):
    """The program uses a resource type, function or property that is not supported here."""


class Given:
    """The inputs of one resource. Each input is taken once, and `finish` raises for inputs not taken."""

    def __init__(self, values: Mapping[str, Any], at: str = "") -> None:
        self._left = dict(values)
        self._at = at

    def take(self, name: str, default: Any = None) -> Any:
        """Take the input `name` and return its value."""
        return self._left.pop(name, default)

    def drop(self, *names: str) -> None:
        """Take inputs that an update does not use, because a change of them replaces the resource."""
        for name in names:
            self.take(name)

    def part(self, name: str) -> Given:
        """Take the input `name`, and return the inputs inside it, which have to be taken one by one."""
        return Given(self.take(name) or {}, self._path(name))

    def parts(self, name: str) -> list[Given]:
        """Take the input `name`, which is a list of objects, and return the inputs of each object."""
        return [Given(one, self._path(f"{name}[{at}]")) for at, one in enumerate(self.take(name) or [])]

    def rest(self) -> dict[str, Any]:
        """Take and return all remaining inputs."""
        values, self._left = self._left, {}
        return values

    def finish(self) -> None:
        """Raise UnsupportedError if an input was not taken."""
        if self._left:
            raise UnsupportedError(
                f"{', '.join(map(self._path, self._left))}: nothing here has a place for it"
            )

    def place(self, client: Any, call: str, renames: Renames = NO_RENAMES, **fixed: Any) -> dict[str, Any]:
        """Take all remaining inputs, and return them as parameters of `call`, together with `fixed`.

        `renames` maps inputs to members with another name (`{"name": "TableName"}`). An input inside another
        input is written as a path (`{"onFailure.destinationArn": "Destination"}`).
        """
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call])
        return {**self.fill(model.input_shape, renames), **fixed}

    def fill(self, shape: Any, renames: Renames = NO_RENAMES) -> dict[str, Any]:
        """Take all remaining inputs, and return them as a value of botocore's structure `shape`."""
        return _structure(self.rest(), shape, self._at, "", renames)

    def _path(self, name: str) -> str:
        return f"{self._at}.{name}".lstrip(".")


def member(shape: Any, name: str) -> str | None:
    """Return the structure's member called `name`, ignoring case, or None."""
    return next((one for one in shape.members if one.lower() == name.lower()), None)


def _structure(values: Mapping[str, Any], shape: Any, at: str, path: str, renames: Renames) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    for name, value in values.items():
        inside = f"{path}.{name}".lstrip(".")
        found = renames.get(inside) or member(shape, name)
        if found is None or found not in shape.members:
            raise UnsupportedError(f"{f'{at}.{name}'.lstrip('.')}: {shape.name} has no place for it")
        placed[found] = _value(value, shape.members[found], f"{at}.{name}".lstrip("."), inside, renames)
    for name in shape.required_members if values else ():
        # As in Terraform, a required boolean that is not given is false.
        if shape.members[name].type_name == "boolean":
            placed.setdefault(name, False)
    if "Quantity" in shape.members:  # CloudFront's lists contain their length
        placed["Quantity"] = len(placed.get("Items", ()))
    return placed


def _value(value: Any, shape: Any, at: str, path: str, renames: Renames) -> Any:
    match shape.type_name:
        case "structure" if isinstance(value, list):
            return _structure({"Items": value}, shape, at, path, renames)
        case "structure":
            return _structure(value, shape, at, path, renames)
        case "list":
            return [
                _value(one, shape.member, f"{at}[{number}]", _element_path(path), renames)
                for number, one in enumerate(value)
            ]
        case "map":
            return {key: _value(one, shape.value, f"{at}.{key}", path, renames) for key, one in value.items()}
        case kind:
            return _scalar(value, kind)


def _element_path(path: str) -> str:
    """Return the path of a list's elements, without CloudFront's `Items`, which Pulumi does not have."""
    return path.removesuffix(".Items")


def _scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        return text(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    return value in (True, "true") if kind == "boolean" else value


def text(value: Any) -> str:
    """Return a value as text, with booleans in lower case as in AWS's maps of attributes."""
    return str(value).lower() if isinstance(value, bool) else str(value)
