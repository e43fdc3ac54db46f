"""Property values of resources: converted from the messages of Pulumi's SDK to plain Python values."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct  # type: ignore[import-untyped]
from pulumi.runtime import rpc

UNKNOWN = rpc.UNKNOWN
SIGNATURE = rpc._special_sig_key


@dataclass(frozen=True)
class Asset:
    """A file's content. Two assets are equal when their contents are equal."""

    hash: str
    content: bytes = field(default=b"", compare=False, repr=False)

    @classmethod
    def of(cls, content: bytes) -> Asset:
        """Return an asset with this content."""
        return cls(hashlib.sha256(content).hexdigest(), content)


@dataclass(frozen=True)
class Archive:
    """Files by their path in the archive. Two archives are equal when paths and contents are equal."""

    hash: str
    files: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Archive:
        """Return an archive of these files, given by path."""
        whole = hashlib.sha256()
        for name, content in sorted(files.items()):
            whole.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
        return cls(whole.hexdigest(), dict(sorted(files.items())))

    @cached_property
    def zipped(self) -> bytes:
        """The archive as a zip file, with the same bytes for the same files."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as zipped_files:
            for name, content in self.files.items():
                zipped_files.writestr(zipfile.ZipInfo(name), content)
        return whole.getvalue()


class Reader:
    """Reads the messages of one run. Paths of assets are relative to `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._archives: dict[bytes, Archive] = {}

    def plain(self, message: Struct) -> dict[str, Any]:
        """Return the properties in a message from the SDK: secrets unwrapped, assets read, None left out.

        A whole number becomes an `int`; an unknown value stays the text `UNKNOWN`.
        Raises OSError for an asset that cannot be read.
        """
        values = {key: self._value(value) for key, value in message.items()}
        return {key: value for key, value in values.items() if value is not None}

    def _value(self, value: Any) -> Any:
        if isinstance(value, ListValue):
            return [self._value(one) for one in value]
        if isinstance(value, Struct):
            return self._special(value) if SIGNATURE in value else self.plain(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _special(self, message: Struct) -> Any:
        signature = message[SIGNATURE]
        if signature == rpc._special_secret_sig:
            return self._value(message["value"])
        if signature == rpc._special_asset_sig:
            return Asset.of(_asset(message, self._root))
        if signature == rpc._special_archive_sig:
            return self._archive(message)
        if signature == rpc._special_resource_sig:
            return message["id"] if "id" in message else message["urn"]
        raise ValueError(f"a property has the unknown signature {signature}")

    def _archive(self, message: Struct) -> Archive:
        """Return an archive. An equal one is read once, because all functions have the same 200 files."""
        key = message.SerializeToString(deterministic=True)
        if key not in self._archives:
            self._archives[key] = Archive.of(dict(_archive("", message, self._root)))
        return self._archives[key]


def _asset(message: Struct, root: Path) -> bytes:
    if "text" in message:
        return str(message["text"]).encode()
    return (root / _path(message)).read_bytes()


def _archive(prefix: str, message: Struct, root: Path) -> Iterator[tuple[str, bytes]]:
    if message[SIGNATURE] == rpc._special_asset_sig:
        yield prefix, _asset(message, root)
    elif "assets" in message:
        for name, one in message["assets"].items():
            yield from _archive(f"{prefix}/{name}".lstrip("/"), one, root)
    else:
        yield from _folder(prefix, root / _path(message))


def _folder(prefix: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; only folders are read as archives")
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield f"{prefix}/{file.relative_to(folder).as_posix()}".lstrip("/"), file.read_bytes()


def _path(message: Struct) -> str:
    if "path" not in message:
        raise ValueError("only files, texts and folders can be assets here, not URLs")
    return str(message["path"])


def unknowns(value: Any, at: str = "") -> Iterator[str]:
    """Yield the paths of unknown values inside `value`, such as `environment.variables.TABLE`."""
    if value == UNKNOWN:
        yield at
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from unknowns(one, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from unknowns(one, f"{at}[{index}]")


def encode(value: Any) -> Any:
    """Return `value` as JSON values; an asset or archive becomes its hash."""
    if isinstance(value, Asset):
        return {"$asset": value.hash}
    if isinstance(value, Archive):
        return {"$archive": value.hash}
    return _each(encode, value)


def decode(value: Any) -> Any:
    """Return the value that `encode` was given. Assets and archives only have their hash."""
    if isinstance(value, dict) and set(value) == {"$asset"}:
        return Asset(value["$asset"])
    if isinstance(value, dict) and set(value) == {"$archive"}:
        return Archive(value["$archive"])
    return _each(decode, value)


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {key: change(one) for key, one in value.items()}
    return [change(one) for one in value] if isinstance(value, list) else value
