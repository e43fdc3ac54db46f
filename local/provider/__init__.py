"""A local replacement for Pulumi's AWS plugin: it applies each resource to the emulator.

Each resource type is a `Kind` in the module of its service. A property without a parameter in AWS's API
raises an error that names the property. The few exceptions are in `IGNORED_PROPERTIES`.
"""
# ruff: noqa: ARG002 - the protocol defines the arguments

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from local.provider import (
    apis,
    buckets,
    distributions,
    functions,
    mails,
    queues,
    roles,
    schedules,
    tables,
    topics,
    users,
)
from local.provider.inputs import Given, UnsupportedError
from local.provider.kind import Aws, ExistingResource, Kind, Properties, is_gone

__all__ = ["DataLossError", "EmulatorProvider", "UnsupportedError"]

MODULES: tuple[ModuleType, ...] = (
    apis, buckets, distributions, functions, mails, queues, roles, schedules, tables, topics, users
)  # fmt: skip

# (type, property) -> the reason why the property is ignored. `*` is every type.
IGNORED_PROPERTIES: Mapping[tuple[str, str], str] = {
    ("*", "region"): "there is one region here, that of the stack's configuration",
    ("aws:s3/bucket:Bucket", "forceDestroy"): "a bucket is always emptied before it is deleted",
}


class DataLossError(Exception):
    """A change would replace a resource that contains people's data with an empty one."""


def kinds() -> dict[str, type[Kind]]:
    """Return every supported resource type by its token."""
    found = (one for module in MODULES for one in vars(module).values() if isinstance(one, type))
    return {one.token: one for one in found if issubclass(one, Kind) and hasattr(one, "token")}


class EmulatorProvider:
    """A provider, as Pulumi's protocol defines it, for the emulator on `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._types = kinds()
        self._known: dict[str, Kind] = {}

    def configure(self, config: Mapping[str, str]) -> None:
        """Take the region from the stack's configuration."""
        self.aws = Aws(self._port, config["aws:region"])

    def check(self, urn: str, old_inputs: Properties | None, news: Properties) -> CheckResult:
        """Return the inputs with a name: the given name, the old generated name, or a new one."""
        kind = self._kind(urn)
        if not kind.named or kind.named in news:
            return CheckResult(dict(news), [])
        name = (old_inputs or {}).get(kind.named) or kind.generated_name(_name(urn))
        return CheckResult({**news, kind.named: name}, [])

    def diff(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> DiffResult:
        """Compare the inputs. Raises DataLossError if a resource with people's data needs a replacement."""
        kind = self._kind(urn)
        changed = [key for key in {**old_inputs, **news} if old_inputs.get(key) != news.get(key)]
        changed = [key for key in changed if not self._is_ignored(urn, key)]
        replaces = sorted(key for key in changed if key not in kind.in_place)
        if replaces and kind.keeps_data:
            raise DataLossError(
                f"{', '.join(replaces)} cannot change while it keeps what it holds; "
                "to begin anew without it, start with --fresh"
            )
        return DiffResult(
            changes=bool(changed),
            replaces=replaces,
            delete_before_replace=self._must_delete_first(kind, urn, news),
        )

    def create(self, urn: str, news: Properties) -> CreateResult:
        """Create the resource."""
        id, outputs = self._kind(urn).create(self._given(urn, news))
        return CreateResult(id, {"region": self.aws.region, **outputs})

    def read(self, urn: str, id: str, olds: Properties) -> ReadResult:
        """Return the resource's last state, or a result without an id if it does not exist."""
        return (
            ReadResult(id, dict(olds)) if self._kind(urn).exists(ExistingResource(id, olds)) else ReadResult()
        )

    def update(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> UpdateResult:
        """Update the resource in place."""
        return UpdateResult(self._kind(urn).update(ExistingResource(id, olds), self._given(urn, news)))

    def delete(self, urn: str, id: str, olds: Properties) -> None:
        """Delete the resource. It is no error if the resource does not exist."""
        kind = self._kind(urn)
        try:
            kind.delete(ExistingResource(id, olds))
        except kind.client.exceptions.ClientError as error:
            if not is_gone(error):
                raise

    def invoke(self, token: str, args: Properties) -> Mapping[str, Any]:
        """Return the result of the functions for account, partition and region."""
        known = {
            "getCallerIdentity": self._identity,
            "getPartition": lambda: {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com"},
            "getRegion": lambda: {"id": self.aws.region, "region": self.aws.region, "name": self.aws.region},
        }
        answer: Callable[[], Mapping[str, Any]] | None = known.get(token.rsplit(":", 1)[-1])
        if answer is None:
            raise UnsupportedError(f"{token}: no such function is known here")
        return {**args, **answer()}

    def _identity(self) -> Mapping[str, Any]:
        account = self.aws.account
        return {"accountId": account, "arn": f"arn:aws:iam::{account}:root", "userId": account, "id": account}

    def _kind(self, urn: str) -> Kind:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        if token not in self._types:
            raise UnsupportedError(f"{token}: no such type is known here")
        if token not in self._known:
            self._known[token] = self._types[token](self.aws)
        return self._known[token]

    def _given(self, urn: str, news: Properties) -> Given:
        return Given({key: value for key, value in news.items() if not self._is_ignored(urn, key)})

    def _is_ignored(self, urn: str, key: str) -> bool:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        return ("*", key) in IGNORED_PROPERTIES or (token, key) in IGNORED_PROPERTIES

    def _must_delete_first(self, kind: Kind, urn: str, news: Properties) -> bool:
        """Whether the old resource must be deleted before its replacement is created, as with equal names."""
        own_name = kind.named and not kind.is_generated(str(news[kind.named]), _name(urn))
        return kind.alone or bool(own_name)


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[1]
