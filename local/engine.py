"""Plays Pulumi's engine: runs the program through Pulumi's own SDK and has a provider apply it.

`run_program` is the door. The provider has the names and calls of Pulumi's provider protocol; what is
applied is remembered in a `Checkpoint`, so that a second run touches only what has changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import runpy
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime import Settings, configure, rpc, run_in_stack, set_all_config
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import alias_pb2, resource_pb2
from pulumi.runtime.settings import ROOT
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from local.properties import Archive, Asset, plain, unknowns
from local.stack_config import Project, load_config
from local.state import Checkpoint, Recorded

STACK = "pulumi:pulumi:Stack"
ORGANIZATION = "organization"  # the name that the engine gives without Pulumi Cloud

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
    follows: bool = False
    """It would have worked, had not something it depends on failed."""

    def __str__(self) -> str:
        name, kind = self.urn.rsplit("::", 1)[-1], self.urn.split("::")[2].rsplit("$", 1)[-1]
        return f"{name} ({kind}): {self.cause}"


class DeploymentError(Exception):
    """At least one resource failed; those that do not depend on it were applied."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.failures = tuple(failures)
        causes = [str(failure) for failure in self.failures if not failure.follows]
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


def run_program(
    root: Path,
    stack: str,
    config: Mapping[str, Any] | None,
    provider: Provider,
    *,
    checkpoint: Checkpoint | None = None,
    refresh: bool = False,
) -> Deployment:
    """Run `__main__.py` in `root` as stack `stack`, and have `provider` apply what it declares.

    `config` overrides keys of `Pulumi.<stack>.yaml` (`staffEmails`, no prefix needed; any JSON value).
    `checkpoint` holds the last run's resources; without one everything is new. `refresh` forgets those
    that are no longer there, which may be so after a run that was cut off.
    Raises ConfigError for a broken configuration, DeploymentError with every failed resource and its
    cause, and whatever the program itself raises.
    """
    project = Project.load(root)
    values = load_config(root, stack, config, project)
    provider.configure(values)
    monitor = _Monitor(root, stack, project.name, provider, checkpoint or Checkpoint())
    deployment = monitor.deployment
    with _failures_first(deployment):
        if refresh:
            monitor.steps.refresh()
        contextvars.copy_context().run(_run, monitor, values)
        if not deployment.failures:
            monitor.steps.delete_leftovers(set(deployment.resources))
    return deployment


@contextlib.contextmanager
def _failures_first(deployment: Deployment) -> Iterator[None]:
    """Report failed resources, also where the program stumbled over them afterwards."""
    try:
        yield
    except Exception as cause:
        if deployment.failures:
            raise DeploymentError(deployment.failures) from cause
        raise
    if deployment.failures:
        raise DeploymentError(deployment.failures)


def _run(monitor: _Monitor, config: dict[str, str]) -> None:
    ROOT.set(None)
    set_all_config(config)
    configure(
        Settings(
            project=monitor.project,
            stack=monitor.stack,
            monitor=monitor,
            engine=_Log(monitor.deployment),
            parallel=1,
            dry_run=False,
            organization=ORGANIZATION,
            root_directory=str(monitor.root),
        )
    )

    def program() -> None:
        runpy.run_path(str(monitor.root / "__main__.py"), run_name="__main__")

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # tasks left behind by a program that raised
    with contextlib.chdir(monitor.root), ThreadPoolExecutor(1) as executor, asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(executor)
        runner.run(run_in_stack(program))


_NO_MOCKS = cast(Mocks, None)  # every call that would use them is overridden here


class _Log:
    """The engine's log: warnings of the SDK and the program end up in the deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def Log(self, request: Any) -> None:  # noqa: N802 - the protocol's name
        if request.severity >= 2:
            self._deployment.warnings.append(request.message)


class _Monitor(MockMonitor):
    """The engine's side of the SDK's protocol, as an object in the same process."""

    def __init__(
        self, root: Path, stack: str, project: str, provider: Provider, checkpoint: Checkpoint
    ) -> None:
        super().__init__(_NO_MOCKS)
        self.root, self.stack, self.project = root, stack, project
        self.deployment = Deployment()
        self.steps = _Steps(provider, checkpoint, self.deployment)
        self._provider = provider
        self._aliases: dict[str, tuple[str, ...]] = {}

    # The protocol's calls, by the protocol's names.

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802
        urn = self._urn(request.parent, request.type, request.name)
        try:
            registration = self._registration(urn, request)
            done = self._apply(registration)
        except Exception as cause:  # noqa: BLE001 - every failure becomes part of the one report
            self._fail(urn, cause)
            return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.FAIL)
        self.deployment.resources[urn] = done
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=done.id, object=_message(done.outputs), unknown=True
        )

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        urn = self._urn(request.parent, request.type, request.name)
        try:
            found = self._provider.read(urn, request.id, plain(request.properties, self.root))
            if not found.id:
                raise LookupError(f"there is none with the id {request.id}")
        except Exception as cause:  # noqa: BLE001
            self._fail(urn, cause)
            return resource_pb2.ReadResourceResponse(urn=urn, result=resource_pb2.FAIL)
        return resource_pb2.ReadResourceResponse(urn=urn, id=found.id, properties=_message(found.outs or {}))

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        outputs = plain(request.outputs, self.root)
        is_stack = request.urn.split("::")[2] == STACK
        if is_stack and not self.deployment.failures:
            self._must_all_be_known(request.urn, outputs)
        if is_stack:
            self.deployment.outputs.update(outputs)
        if resource := self.deployment.resources.get(request.urn):
            self.deployment.resources[request.urn] = replace(resource, outputs=outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        answer = self._provider.invoke(request.tok, plain(request.args, self.root))
        return resource_pb2.ResourceInvokeResponse(**{"return": _message(answer)})

    def GetDeploymentInfo(self, _request: Any) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """Name what is supported; the SDK itself refuses a program that asks for more."""
        return resource_pb2.DeploymentInfo(
            supportedFeatures=[
                resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
                resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
            ]
        )

    # What they stand on.

    def _must_all_be_known(self, stack: str, exports: Properties) -> None:
        for path in unknowns(dict(exports)):
            self._fail(stack, LookupError(f"the export {path} is not known"))

    def _apply(self, registration: Registration) -> Registration:
        if not registration.custom or registration.type.startswith("pulumi:providers:"):
            return replace(registration, id=registration.name if registration.custom else "")
        self._must_be_known(registration)
        return self.steps.apply(registration)

    def _must_be_known(self, registration: Registration) -> None:
        failed = {failure.urn for failure in self.deployment.failures}
        if broken := [urn for urn in registration.dependencies if urn in failed]:
            names = ", ".join(urn.rsplit("::", 1)[1] for urn in broken)
            raise SkippedError(f"left out, because it depends on {names}")
        for path in unknowns(dict(registration.inputs)):
            sources = registration.property_dependencies.get(path.partition(".")[0].partition("[")[0], ())
            names = ", ".join(urn.rsplit("::", 1)[1] for urn in sources) or "something"
            raise LookupError(f"{path} uses an output of {names} that the provider does not give")

    def _registration(self, urn: str, request: Any) -> Registration:
        if urn in self.deployment.resources:
            raise ValueError("Duplicate resource URN: try giving it a unique name")
        self._aliases[urn] = self._former(urn, request)
        return Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=plain(request.object, self.root),
            options=_options(request, self._aliases[urn]),
            dependencies=tuple(request.dependencies),
            property_dependencies={k: tuple(v.urns) for k, v in request.propertyDependencies.items()},
            provider=request.provider,
        )

    def _urn(self, parent: str, kind: str, name: str) -> str:
        qualified = parent.split("::")[2] if parent else STACK
        prefix = "" if qualified == STACK else f"{qualified}$"
        return f"urn:pulumi:{self.stack}::{self.project}::{prefix}{kind}::{name}"

    def _former(self, urn: str, request: Any) -> tuple[str, ...]:
        """The URNs it may have had: by its own aliases, and by those of its parent."""
        parents = (request.parent, *self._aliases.get(request.parent, ()))
        own = [former for alias in request.aliases for former in self._alias(alias, request, parents)]
        moved = [self._urn(parent, request.type, _renamed(request, parent)) for parent in parents[1:]]
        return tuple(dict.fromkeys(former for former in (*own, *moved) if former != urn))

    def _alias(self, alias: alias_pb2.Alias, request: Any, parents: tuple[str, ...]) -> list[str]:
        if alias.urn:
            return [alias.urn]
        spec = alias.spec
        over: tuple[str, ...] = ("",) if spec.noParent else (spec.parentUrn,) if spec.parentUrn else parents
        return [
            self._urn(parent, spec.type or request.type, spec.name or _renamed(request, parent))
            for parent in over
        ]

    def _fail(self, urn: str, cause: Exception) -> None:
        told = str(cause) or type(cause).__name__
        self.deployment.failures.append(Failure(urn, told, follows=isinstance(cause, SkippedError)))


class SkippedError(Exception):
    """A resource was left out because one that it depends on failed."""


def _renamed(request: Any, parent: str) -> str:
    """A child named after its parent is taken to have been named after the parent's former name."""
    now, then = request.parent.rsplit("::", 1)[-1], parent.rsplit("::", 1)[-1]
    name = str(request.name)
    return then + name.removeprefix(now) if now != then and name.startswith(now) else name


def _options(request: Any, aliases: tuple[str, ...]) -> Options:
    return Options(
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=aliases,
    )


def _message(outputs: Properties) -> Struct:
    """The outputs for the SDK; assets, which no program reads back, stay behind."""
    told = {key: value for key, value in outputs.items() if not isinstance(value, Asset | Archive)}
    _ensure_event_loop()  # type: ignore[no-untyped-call]
    return _sync_await(rpc.serialize_properties(told, {}))


class _Steps:
    """Decides, resource by resource, between leaving, creating, updating, replacing and deleting."""

    def __init__(self, provider: Provider, checkpoint: Checkpoint, deployment: Deployment) -> None:
        self._provider, self._checkpoint, self._deployment = provider, checkpoint, deployment

    def apply(self, wanted: Registration) -> Registration:
        """Bring one resource to what the program wants; returns it with id and outputs."""
        asked, old = wanted, self._known(wanted)
        wanted = self._checked(asked, old)
        if old is None:
            return self._create(wanted)
        olds = {**old.inputs, **old.outputs}
        diff = self._provider.diff(wanted.urn, old.id, old.inputs, olds, wanted.inputs)
        if diff.replaces:
            return self._replace(asked, old, diff)
        if diff.changes:
            return self._update(wanted, old, olds)
        return self._keep(wanted, old)

    def refresh(self) -> None:
        """Forget what is gone, so that it is made again."""
        for old in list(self._checkpoint.resources.values()):
            if not self._provider.read(old.urn, old.id, {**old.inputs, **old.outputs}).id:
                self._checkpoint.forget(old)

    def delete_leftovers(self, wanted: set[str]) -> None:
        """Delete what was replaced and what the program no longer declares, last created first."""
        gone = [one for urn, one in self._checkpoint.resources.items() if urn not in wanted]
        for old in reversed([*gone, *self._checkpoint.condemned]):
            try:
                self._delete(old)
            except Exception as cause:  # noqa: BLE001 - the rest can still go
                self._deployment.failures.append(Failure(old.urn, f"deleting it: {cause}"))

    def _known(self, wanted: Registration) -> Recorded | None:
        known = self._checkpoint.resources
        if wanted.urn in known:
            return known[wanted.urn]
        for former in wanted.options.aliases:
            if former in known:
                return self._rename(known[former], wanted.urn)
        return None

    def _rename(self, old: Recorded, urn: str) -> Recorded:
        moved = replace(old, urn=urn)
        self._checkpoint.record(moved)
        self._checkpoint.forget(old)
        return moved

    def _checked(self, wanted: Registration, old: Recorded | None) -> Registration:
        news = _ignoring(wanted.options.ignore_changes, wanted.inputs, old)
        checked = self._provider.check(wanted.urn, old.inputs if old else None, news)
        if checked.failures:
            raise ValueError("; ".join(f"{one.property}: {one.reason}" for one in checked.failures))
        return replace(wanted, inputs=checked.inputs)

    def _create(self, wanted: Registration) -> Registration:
        made = self._provider.create(wanted.urn, wanted.inputs)
        outputs = {**wanted.inputs, **(made.outs or {})}
        return self._done("create", replace(wanted, id=made.id, outputs=outputs))

    def _update(self, wanted: Registration, old: Recorded, olds: Properties) -> Registration:
        new = self._provider.update(wanted.urn, old.id, old.inputs, olds, wanted.inputs)
        outputs = {**old.outputs, **wanted.inputs, **(new.outs or {})}
        return self._done("update", replace(wanted, id=old.id, outputs=outputs))

    def _keep(self, wanted: Registration, old: Recorded) -> Registration:
        kept = replace(wanted, id=old.id, outputs=old.outputs)
        if (old.protect, old.retain_on_delete) != (wanted.options.protect, wanted.options.retain_on_delete):
            self._checkpoint.record(_recorded(kept))
        return kept

    def _replace(self, asked: Registration, old: Recorded, diff: DiffResult) -> Registration:
        if old.protect and asked.options.protect:
            raise PermissionError(f"it is protected, and {', '.join(diff.replaces or ())} needs a new one")
        old = replace(old, protect=False)
        fresh = self._checked(asked, None)  # with a new name, where it is generated
        if asked.options.delete_before_replace or diff.delete_before_replace:
            self._delete(old)
        else:
            self._checkpoint.condemn(old)
        return self._create(fresh)

    def _delete(self, old: Recorded) -> None:
        if old.protect:
            raise PermissionError("it is protected")
        if not old.retain_on_delete:
            self._provider.delete(old.urn, old.id, {**old.inputs, **old.outputs})
        self._checkpoint.forget(old)
        self._deployment.steps.append(("delete", old.urn))

    def _done(self, step: str, made: Registration) -> Registration:
        self._checkpoint.record(_recorded(made))
        self._deployment.steps.append((step, made.urn))
        return made


def _recorded(made: Registration) -> Recorded:
    return Recorded(
        urn=made.urn,
        id=made.id,
        inputs=made.inputs,
        outputs=made.outputs,
        protect=made.options.protect,
        retain_on_delete=made.options.retain_on_delete,
    )


def _ignoring(paths: Iterable[str], news: Properties, old: Recorded | None) -> Properties:
    """`news`, with the ignored top-level properties as they were."""
    kept = {path.partition(".")[0].partition("[")[0] for path in paths} if old else set()
    if not old or not kept:
        return news
    return {
        **{key: value for key, value in news.items() if key not in kept},
        **{key: old.inputs[key] for key in kept if key in old.inputs},
    }
