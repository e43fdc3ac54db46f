"""The types of a run of the program: the provider's calls, the resources, and the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

Properties = Mapping[str, Any]


class Provider(Protocol):
    """The calls of Pulumi's provider protocol that the engine makes.

    `news` are the inputs in the program, `old_inputs` the inputs of the last run, `olds` the inputs and
    outputs of the last run together. A resource counts as failed if a call for it raises.
    """

    def configure(self, config: Mapping[str, str]) -> None:
        """Take the stack's configuration, texts by `project:key`. This is the first call, made once."""

    def check(self, urn: str, old_inputs: Properties | None, news: Properties) -> CheckResult:
        """Return the inputs with defaults, such as a generated name, and the properties that are invalid."""

    def diff(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> DiffResult:
        """Return whether `news` needs an update, and in `replaces` the properties that need a replacement."""

    def create(self, urn: str, news: Properties) -> CreateResult:
        """Create the resource. The result's `outs` are the outputs that are not inputs."""

    def read(self, urn: str, id: str, olds: Properties) -> ReadResult:
        """Return the current state of the resource; a result without an id means that it does not exist."""

    def update(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> UpdateResult:
        """Update the resource in place."""

    def delete(self, urn: str, id: str, olds: Properties) -> None:
        """Delete the resource. It is no error if the resource does not exist."""

    def invoke(self, token: str, args: Properties) -> Mapping[str, Any]:
        """Return the result of a function such as `aws:index/getRegion:getRegion`."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The resource options that Pulumi's SDK sends to the engine."""

    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Former URNs."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource of the program: its inputs and options and, once applied, its id and outputs."""

    urn: str
    type: str
    name: str
    parent: str
    """The parent's URN."""
    custom: bool
    """False for a component."""
    inputs: Properties
    options: Options = field(default_factory=Options)
    dependencies: tuple[str, ...] = ()
    """URNs of the resources on which this one depends."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each input, the URNs of the resources whose outputs the input uses."""
    provider: str = ""
    id: str = ""
    outputs: Properties = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


@dataclass(frozen=True)
class Failure:
    """A resource that could not be applied, and the cause."""

    urn: str
    cause: str
    skipped: bool = False
    """Whether the resource was skipped, because a resource on which it depends failed."""

    def __str__(self) -> str:
        name, kind = self.urn.rsplit("::", 1)[-1], self.urn.split("::")[2].rsplit("$", 1)[-1]
        return f"{name} ({kind}): {self.cause}"


class DeploymentError(Exception):
    """At least one resource failed. Resources that do not depend on a failed one were applied."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.failures = tuple(failures)
        causes = [str(failure) for failure in self.failures if not failure.skipped]
        rest = len(self.failures) - len(causes)
        also = [f"{rest} more could not be done without them"] if rest else []
        super().__init__("\n".join([*causes, *also]))


@dataclass
class Deployment:
    """The result of one run of the program."""

    resources: dict[str, Registration] = field(default_factory=dict)
    """Resources by URN, in the order of registration, including components and the stack."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """The stack's exports."""
    steps: list[tuple[str, str]] = field(default_factory=list)
    """The steps that changed something: ("create" | "update" | …, URN)."""
    warnings: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
