"""The base class of resource types, and the types of its calls."""

from __future__ import annotations

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from local import emulator
from local.provider.inputs import Given

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
"""The id of a created resource, and its outputs that are not inputs."""


class Aws:
    """The emulator as an AWS account: boto3 clients, and the port, region and account in ARNs and URLs."""

    def __init__(self, port: int, region: str) -> None:
        self.port, self.region, self.account = port, region, emulator.ACCOUNT
        self.url = f"http://{emulator.HOST}:{port}"
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        return emulator.client(service, self.url, self.region)

    def arn(self, service: str, what: str) -> str:
        """Return the ARN of a resource in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{what}"


@dataclass(frozen=True)
class ExistingResource:
    """A resource that was created: its id, and its inputs and outputs together."""

    id: str
    properties: Properties

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


class Kind(ABC):
    """A resource type. A subclass defines how to create a resource and how to address it.

    A method takes all inputs from `Given` before it makes its first call, because an input that was not taken
    raises an error, and nothing must be created then.
    """

    token: ClassVar[str]
    service: ClassVar[str]
    """boto3's name of the service."""
    named: ClassVar[str] = ""
    """The input that gets a generated name if the program does not set it."""
    in_place: ClassVar[frozenset[str]] = frozenset()
    """Inputs that can be updated; a change of any other input replaces the resource."""
    keeps_data: ClassVar[bool] = False
    """Whether the resource contains data that people entered. Such a resource is never replaced."""
    alone: ClassVar[bool] = False
    """Whether only one resource can exist, so that the old one is deleted before it is replaced."""
    look: ClassVar[str] = ""
    """The call that reads the resource; without such a call the resource is assumed to exist."""
    remove: ClassVar[str] = ""
    """The call that deletes the resource."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    @property
    def client(self) -> Any:
        """The boto3 client of the type's service."""
        return self.aws.client(self.service)

    @abstractmethod
    def create(self, given: Given) -> Made:
        """Create a resource, and return its id and outputs."""

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:  # noqa: ARG002 - for subclasses
        """Update a resource, and return the changed outputs. By default the create call is repeated."""
        return self.create(given)[1]

    @abstractmethod
    def where(self, old: ExistingResource) -> dict[str, Any]:
        """Return the parameters of the calls `look` and `remove` that name the resource."""

    def delete(self, old: ExistingResource) -> None:
        """Delete a resource."""
        getattr(self.client, self.remove)(**self.where(old))

    def exists(self, old: ExistingResource) -> bool:
        """Return whether the resource exists."""
        try:
            return not self.look or bool(getattr(self.client, self.look)(**self.where(old)))
        except self.client.exceptions.ClientError as error:
            if is_gone(error):
                return False
            raise

    def generated_name(self, logical: str) -> str:
        """Return a physical name as Pulumi does: the logical name and seven random hexadecimal digits."""
        return f"{logical}-{secrets.token_hex(4)[:7]}"

    def is_generated(self, name: str, logical: str) -> bool:
        """Return whether `name` could be a result of `generated_name`."""
        return bool(re.fullmatch(rf"{re.escape(logical)}-[0-9a-f]{{7}}", name, re.IGNORECASE))


def is_gone(error: Any) -> bool:
    """Return whether a ClientError of botocore means that a resource does not exist."""
    code = str(error.response["Error"]["Code"])
    return any(word in code for word in ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404"))


def pairs(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Return a map as a list of pairs, which some services require."""
    return [{key: name, value: one} for name, one in (tags or {}).items()]
