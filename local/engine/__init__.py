"""A local replacement for Pulumi's engine, which runs the program with Pulumi's SDK and a given provider.

`run_program` is the entry point. The provider has the calls of Pulumi's provider protocol, with the
same names. A `Checkpoint` stores the applied resources, so that a second run applies only differences.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import runpy
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.runtime import Settings, configure, run_in_stack, set_all_config
from pulumi.runtime import resource as resources_of_sdk
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import alias_pb2, resource_pb2, source_pb2
from pulumi.runtime.settings import ROOT

from local.engine.checkpoint import Checkpoint
from local.engine.deployment import (
    Deployment,
    DeploymentError,
    Failure,
    Options,
    Properties,
    Provider,
    Registration,
)
from local.engine.steps import Steps
from local.properties import Archive, Asset, Reader, unknowns
from local.stack_config import Project, load_config

__all__ = [
    "Checkpoint",
    "Deployment",
    "DeploymentError",
    "Failure",
    "Options",
    "Provider",
    "Registration",
    "run_program",
]

STACK = "pulumi:pulumi:Stack"
ORGANIZATION = "organization"  # the organization's name if Pulumi Cloud is not used


def run_program(
    root: Path,
    stack: str,
    config: Mapping[str, Any] | None,
    provider: Provider,
    *,
    checkpoint: Checkpoint | None = None,
    refresh: bool = False,
) -> Deployment:
    """Run `__main__.py` in `root` as stack `stack`, and apply its resources with `provider`.

    `config` overrides keys of `Pulumi.<stack>.yaml` (`staffEmails`, no prefix needed; any JSON value).
    `checkpoint` contains the last run's resources; without it every resource is created. `refresh` first
    forgets resources that no longer exist, because a run that was cut off can leave such entries.
    Raises ConfigError for an invalid configuration, DeploymentError with every failed resource and its
    cause, and any exception of the program itself.
    """
    project = Project.load(root)
    values = load_config(root, stack, config, project)
    provider.configure(values)
    monitor = _Monitor(root, stack, project.name, provider, checkpoint or Checkpoint())
    deployment = monitor.deployment
    with _report_failures(deployment):
        if refresh:
            monitor.steps.refresh()
        with _without_garbage_collection():
            contextvars.copy_context().run(_run, monitor, values)
        if not deployment.failures:
            monitor.steps.delete_leftovers(set(deployment.resources))
    return deployment


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Switch the collector off, because it takes half of the time of a program that makes so many objects."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _report_failures(deployment: Deployment) -> Iterator[None]:
    """Raise DeploymentError if resources failed, also if the program raised an exception because of them."""
    try:
        yield
    except Exception as cause:
        if deployment.failures:
            raise DeploymentError(deployment.failures) from cause
        raise
    if deployment.failures:
        raise DeploymentError(deployment.failures)


def _run(monitor: _Monitor, config: dict[str, str]) -> None:
    # The SDK would send the call stack of each resource, which takes a tenth of a run and is not read here.
    resources_of_sdk._get_stack_trace = source_pb2.StackTrace
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

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # hide unfinished tasks of a program that raised
    with contextlib.chdir(monitor.root), ThreadPoolExecutor(1) as executor, asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(executor)
        runner.run(run_in_stack(program))


_NO_MOCKS = cast(Mocks, None)  # every method that would use the mocks is overridden here


class _Log:
    """The engine's log: it adds warnings of the SDK and the program to the deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def Log(self, request: Any) -> None:  # noqa: N802 - the protocol's name
        if request.severity >= 2:
            self._deployment.warnings.append(request.message)


class _Monitor(MockMonitor):
    """The resource monitor, which the SDK calls: the engine's side of the protocol, in the same process."""

    def __init__(
        self, root: Path, stack: str, project: str, provider: Provider, checkpoint: Checkpoint
    ) -> None:
        super().__init__(_NO_MOCKS)
        self.root, self.stack, self.project = root, stack, project
        self.deployment = Deployment()
        self.steps = Steps(provider, checkpoint, self.deployment)
        self._provider, self._reader = provider, Reader(root)
        self._aliases: dict[str, tuple[str, ...]] = {}

    # The protocol's calls, with the protocol's names.

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802
        urn = self._urn(request.parent, request.type, request.name)
        try:
            registration = self._registration(urn, request)
            applied = self._apply(registration)
        except Exception as cause:  # noqa: BLE001 - all failures are reported together
            self._record_failure(urn, cause)
            return resource_pb2.RegisterResourceResponse(urn=urn, result=resource_pb2.FAIL)
        self.deployment.resources[urn] = applied
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=applied.id, object=_to_struct(applied.outputs), unknown=True
        )

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        urn = self._urn(request.parent, request.type, request.name)
        try:
            found = self._provider.read(urn, request.id, self._reader.plain(request.properties))
            if not found.id:
                raise LookupError(f"there is none with the id {request.id}")
        except Exception as cause:  # noqa: BLE001
            self._record_failure(urn, cause)
            return resource_pb2.ReadResourceResponse(urn=urn, result=resource_pb2.FAIL)
        return resource_pb2.ReadResourceResponse(
            urn=urn, id=found.id, properties=_to_struct(found.outs or {})
        )

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:  # noqa: N802
        outputs = self._reader.plain(request.outputs)
        is_stack = request.urn.split("::")[2] == STACK
        if is_stack and not self.deployment.failures:
            self._require_known_exports(request.urn, outputs)
        if is_stack:
            self.deployment.outputs.update(outputs)
        if resource := self.deployment.resources.get(request.urn):
            self.deployment.resources[request.urn] = replace(resource, outputs=outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        results = self._provider.invoke(request.tok, self._reader.plain(request.args))
        return resource_pb2.ResourceInvokeResponse(**{"return": _to_struct(results)})

    def GetDeploymentInfo(self, _request: Any) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """List the supported features; the SDK refuses a program that needs any other."""
        return resource_pb2.DeploymentInfo(
            supportedFeatures=[
                resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
                resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
                resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
            ]
        )

    def _require_known_exports(self, stack: str, exports: Properties) -> None:
        for path in unknowns(dict(exports)):
            self._record_failure(stack, LookupError(f"the export {path} is not known"))

    def _apply(self, registration: Registration) -> Registration:
        if not registration.custom or registration.type.startswith("pulumi:providers:"):
            return replace(registration, id=registration.name if registration.custom else "")
        self._require_known_inputs(registration)
        return self.steps.apply(registration)

    def _require_known_inputs(self, registration: Registration) -> None:
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
        self._aliases[urn] = self._former_urns(urn, request)
        return Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=self._reader.plain(request.object),
            options=_options(request, self._aliases[urn]),
            dependencies=tuple(request.dependencies),
            property_dependencies={k: tuple(v.urns) for k, v in request.propertyDependencies.items()},
            provider=request.provider,
        )

    def _urn(self, parent: str, kind: str, name: str) -> str:
        qualified = parent.split("::")[2] if parent else STACK
        prefix = "" if qualified == STACK else f"{qualified}$"
        return f"urn:pulumi:{self.stack}::{self.project}::{prefix}{kind}::{name}"

    def _former_urns(self, urn: str, request: Any) -> tuple[str, ...]:
        """Return the resource's former URNs, from its own aliases and those of its parent."""
        parents = (request.parent, *self._aliases.get(request.parent, ()))
        own = [former for alias in request.aliases for former in self._urns_of_alias(alias, request, parents)]
        moved = [self._urn(parent, request.type, _former_name(request, parent)) for parent in parents[1:]]
        return tuple(dict.fromkeys(former for former in (*own, *moved) if former != urn))

    def _urns_of_alias(self, alias: alias_pb2.Alias, request: Any, parents: tuple[str, ...]) -> list[str]:
        if alias.urn:
            return [alias.urn]
        spec = alias.spec
        old_parents: tuple[str, ...] = (
            ("",) if spec.noParent else (spec.parentUrn,) if spec.parentUrn else parents
        )
        return [
            self._urn(parent, spec.type or request.type, spec.name or _former_name(request, parent))
            for parent in old_parents
        ]

    def _record_failure(self, urn: str, cause: Exception) -> None:
        reason = str(cause) or type(cause).__name__
        self.deployment.failures.append(Failure(urn, reason, skipped=isinstance(cause, SkippedError)))


class SkippedError(Exception):
    """A resource was skipped because another resource that it depends on failed."""


def _former_name(request: Any, parent: str) -> str:
    """Return the name of a child before its parent was renamed, if the name begins with the parent's name."""
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


def _to_struct(outputs: Properties) -> Struct:
    """Return the outputs as a message for the SDK, without assets, because no program reads assets back."""
    serializable = {key: value for key, value in outputs.items() if not isinstance(value, Asset | Archive)}
    message = Struct()
    message.update({key: value for key, value in serializable.items() if value is not None})
    return message
