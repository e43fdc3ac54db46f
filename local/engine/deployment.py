"""What a run of the program is made of: the provider's calls, the resources, what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

Properties = Mapping[str, Any]


class Provider(Protocol):
    """The calls of Pulumi's provider protocol that the engine makes.

    `news` are the inputs the program asks for, `old_inputs` those of the last run, `olds` inputs and
    outputs of the last run together. Every call may raise: the resource then counts as failed.
    """

    def configure(self, config: Mapping[str, str]) -> None:
        """Take the stack's configuration (`project:key` to text), once, before all else."""

    def check(self, urn: str, old_inputs: Properties | None, news: Properties) -> CheckResult:
        """Fill in defaults (a generated name) and name the properties that will not do."""

    def diff(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> DiffResult:
        """Say whether `news` needs an update or, by the properties in `replaces`, a new resource."""

    def create(self, urn: str, news: Properties) -> CreateResult:
        """Make the resource; `outs` are the outputs beside the inputs."""

    def read(self, urn: str, id: str, olds: Properties) -> ReadResult:
        """The resource as it is now; without an id in the answer it is gone."""

    def update(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> UpdateResult:
        """Change the resource in place."""

    def delete(self, urn: str, id: str, olds: Properties) -> None:
        """Delete the resource; one that is gone already is no error."""

    def invoke(self, token: str, args: Properties) -> Mapping[str, Any]:
        """Answer a function such as `aws:index/getRegion:getRegion`."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The resource options that reach an engine."""

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
    """One resource of the program: what it asked for and, once applied, what it got."""

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
    """URNs of everything it waits for."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By input property, the URNs whose outputs are in it."""
    provider: str = ""
    id: str = ""
    outputs: Properties = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


@dataclass(frozen=True)
class Failure:
    """A resource that could not be applied, and why."""

    urn: str
    cause: str
    skipped: bool = False
    """It would have worked, had not something it depends on failed."""

    def __str__(self) -> str:
        name, kind = self.urn.rsplit("::", 1)[-1], self.urn.split("::")[2].rsplit("$", 1)[-1]
        return f"{name} ({kind}): {self.cause}"


class DeploymentError(Exception):
    """At least one resource failed; those that do not depend on it were applied."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.failures = tuple(failures)
        causes = [str(failure) for failure in self.failures if not failure.skipped]
        rest = len(self.failures) - len(causes)
        also = [f"{rest} more could not be done without them"] if rest else []
        super().__init__("\n".join([*causes, *also]))


@dataclass
class Deployment:
    """What one run of the program came to."""

    resources: dict[str, Registration] = field(default_factory=dict)
    """By URN, in the order of registration; components and the stack included."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """The stack's exports."""
    steps: list[tuple[str, str]] = field(default_factory=list)
    """What was done beside leaving things as they are: ("create" | "update" | …, URN)."""
    warnings: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
