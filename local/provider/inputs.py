"""Puts a resource's inputs where AWS wants them, by botocore's own model of each operation.

Pulumi's names are AWS's own in another case, with few exceptions. What finds no place in the model is an
error that names it, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Renames = Mapping[str, str]

NO_RENAMES: Renames = {}


class UnsupportedError(Exception):
    """A property of the program has no place in what the emulator is asked to do."""


class Given:
    """The inputs of one resource. Each is taken once; what nobody takes is an error."""

    def __init__(self, values: Mapping[str, Any], at: str = "") -> None:
        self._left = dict(values)
        self._at = at

    def take(self, name: str, default: Any = None) -> Any:
        """The input `name`, which from now on counts as placed."""
        return self._left.pop(name, default)

    def drop(self, *names: str) -> None:
        """Count inputs as placed that an update does not touch: to change them takes a new resource."""
        for name in names:
            self.take(name)

    def part(self, name: str) -> Given:
        """The inputs inside the input `name`, to be taken one by one as well."""
        return Given(self.take(name) or {}, self._path(name))

    def parts(self, name: str) -> list[Given]:
        """As `part`, for each element of a list."""
        return [Given(one, self._path(f"{name}[{at}]")) for at, one in enumerate(self.take(name) or [])]

    def rest(self) -> dict[str, Any]:
        """Everything that nobody has taken yet."""
        values, self._left = self._left, {}
        return values

    def finish(self) -> None:
        """Raise UnplacedError for inputs that nobody took."""
        if self._left:
            raise UnsupportedError(
                f"{', '.join(map(self._path, self._left))}: nothing here has a place for it"
            )

    def place(self, client: Any, call: str, renames: Renames = NO_RENAMES, **fixed: Any) -> dict[str, Any]:
        """The parameters of `call`: everything that is left, and `fixed` as it is.

        `renames` says which member an input is, where its name does not (`{"name": "TableName"}`; inside
        others by path, `{"onFailure.destinationArn": "Destination"}`).
        """
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call])
        return {**self.fill(model.input_shape, renames), **fixed}

    def fill(self, shape: Any, renames: Renames = NO_RENAMES) -> dict[str, Any]:
        """Everything that is left as a value of botocore's structure `shape`."""
        return _structure(self.rest(), shape, self._at, "", renames)

    def _path(self, name: str) -> str:
        return f"{self._at}.{name}".lstrip(".")


def member(shape: Any, name: str) -> str | None:
    """The member of a structure that is called `name`, in whatever case."""
    return next((one for one in shape.members if one.lower() == name.lower()), None)


def _structure(values: Mapping[str, Any], shape: Any, at: str, path: str, renames: Renames) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    for name, value in values.items():
        inside = f"{path}.{name}".lstrip(".")
        found = renames.get(inside) or member(shape, name)
        if found is None or found not in shape.members:
            raise UnsupportedError(f"{f'{at}.{name}'.lstrip('.')}: {shape.name} has no place for it")
        placed[found] = _value(value, shape.members[found], f"{at}.{name}".lstrip("."), inside, renames)
    for name in (
        shape.required_members if values else ()
    ):  # a truth value that is not given is false, as in Terraform
        if shape.members[name].type_name == "boolean":
            placed.setdefault(name, False)
    if "Quantity" in shape.members:  # CloudFront counts its lists
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
    """The path of a list's elements: CloudFront's `Items` is no name of Pulumi's."""
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
    """A value as AWS's maps of attributes have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
