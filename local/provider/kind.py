"""What one resource type needs to be applied to the emulator."""

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
"""A resource's id, and its outputs beside its inputs."""


class Aws:
    """The emulator's AWS: clients, and what ARNs and URLs are made of."""

    def __init__(self, port: int, region: str) -> None:
        self.port, self.region, self.account = port, region, emulator.ACCOUNT
        self.url = f"http://{emulator.HOST}:{port}"
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        return emulator.client(service, self.url, self.region)

    def arn(self, service: str, what: str) -> str:
        """The ARN of something of this account in this region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{what}"


@dataclass(frozen=True)
class ExistingResource:
    """A resource that was made: its id, and its inputs and outputs together."""

    id: str
    properties: Properties

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


class Kind(ABC):
    """A resource type. A subclass says how to make one, and where it stands.

    `Given` hands out the inputs, and an input that nothing takes is an error; so all of them are placed
    before the first call goes out.
    """

    token: ClassVar[str]
    service: ClassVar[str]
    """boto3's name of the service."""
    named: ClassVar[str] = ""
    """The input that gets a generated name where the program gives none."""
    in_place: ClassVar[frozenset[str]] = frozenset()
    """Inputs that can change; a change of any other needs a new resource."""
    keeps_data: ClassVar[bool] = False
    """It holds what people entered, so a new one in its place is never made silently."""
    alone: ClassVar[bool] = False
    """There is room for one only, so that an old one has to go before a new one comes."""
    look: ClassVar[str] = ""
    """The call that finds one `where` it stands; without one it is taken to be there."""
    remove: ClassVar[str] = ""
    """The call that deletes the one `where` it stands."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    @property
    def client(self) -> Any:
        """The boto3 client of the type's service."""
        return self.aws.client(self.service)

    @abstractmethod
    def create(self, given: Given) -> Made:
        """Make one; the id and the outputs come back."""

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:  # noqa: ARG002 - some need the old one
        """Change one in place; changed outputs come back. Many are changed by being made again."""
        return self.create(given)[1]

    @abstractmethod
    def where(self, old: ExistingResource) -> dict[str, Any]:
        """The parameters that name it, for the calls `look` and `remove`."""

    def delete(self, old: ExistingResource) -> None:
        """Delete one."""
        getattr(self.client, self.remove)(**self.where(old))

    def exists(self, old: ExistingResource) -> bool:
        """Whether it is still there."""
        try:
            return not self.look or bool(getattr(self.client, self.look)(**self.where(old)))
        except self.client.exceptions.ClientError as error:
            if is_gone(error):
                return False
            raise

    def generated_name(self, logical: str) -> str:
        """A physical name in Pulumi's way: the logical one and seven hexadecimal digits."""
        return f"{logical}-{secrets.token_hex(4)[:7]}"

    def is_generated(self, name: str, logical: str) -> bool:
        """Whether `name` could have come from `generated_name`."""
        return bool(re.fullmatch(rf"{re.escape(logical)}-[0-9a-f]{{7}}", name, re.IGNORECASE))


def is_gone(error: Any) -> bool:
    """Whether botocore's ClientError says that something does not exist."""
    code = str(error.response["Error"]["Code"])
    return any(word in code for word in ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404"))


def pairs(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """A map as the list of pairs that some services want."""
    return [{key: name, value: one} for name, one in (tags or {}).items()]
