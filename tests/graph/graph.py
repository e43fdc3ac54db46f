"""The resource graph of one run of the program: resources by name, and what hangs on what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from local.engine import Registration, run_program
from tests.graph.recorder import Recorder, kind

ROOT = Path(__file__).parents[2]

Config = Mapping[str, Any]


class Graph:
    """What the program declares for one stack. Names are unique, so a name finds a resource."""

    def __init__(self, stack: str, config: Config | None = None, root: Path = ROOT) -> None:
        self.stack = stack
        # In a thread, whose stack is short: Pulumi notes the whole stack for each resource.
        with ThreadPoolExecutor(1) as thread:
            deployment = thread.submit(run_program, root, stack, config, Recorder()).result()
        self.resources, self.outputs = deployment.resources, deployment.outputs
        self.warnings = deployment.warnings
        self._named = {one.name: one for one in self.resources.values()}

    def __getitem__(self, name: str) -> Registration:
        return self._named[name]

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def all(self, short: str = "") -> list[Registration]:
        """Every AWS resource, or those of one type such as `sqs.Queue`."""
        made = [one for one in self.resources.values() if one.custom and one.type.startswith("aws:")]
        return [one for one in made if not short or kind(one.type) == short]

    def inputs(self, name: str) -> Mapping[str, Any]:
        """What the program asks of a resource."""
        return self[name].inputs

    def document(self, name: str, of: str = "policy") -> dict[str, Any]:
        """A policy, or another input that is JSON, as a document."""
        document: dict[str, Any] = json.loads(self.inputs(name)[of])
        return document

    def feeds(self, name: str, key: str) -> set[str]:
        """The names of the resources whose outputs are in an input."""
        return {self.resources[urn].name for urn in self[name].property_dependencies.get(key, ())}

    def waits_for(self, name: str) -> set[str]:
        """The names of all resources that have to be there before this one, through others too."""
        return {self.resources[urn].name for urn in self._before(self[name].urn, set())}

    def arn(self, name: str) -> str:
        """A resource's ARN."""
        return str(self[name].outputs["arn"])

    def said(self, text: str) -> str:
        """A text with the ARNs of the program's resources by name: `orders-table/index/byStatus`."""
        for arn, name in self._arns:
            text = text.replace(arn, name)
        return text

    @cached_property
    def _arns(self) -> list[tuple[str, str]]:
        """ARNs and what to say for each, the longest first."""
        known = {
            str(one.outputs[key]): f"{one.name}{suffix}"
            for one in self.all()
            for key, suffix in (("arn", ""), ("streamArn", "/stream"))
            if key in one.outputs and key not in one.inputs
        }
        return sorted(known.items(), key=lambda pair: -len(pair[0]))

    def policies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every policy document by the resource that has it, those of roles' trust included."""
        for one in self.all():
            for key in ("policy", "assumeRolePolicy"):
                if key in one.inputs:
                    yield f"{one.name}.{key}", json.loads(one.inputs[key])

    def _before(self, urn: str, seen: set[str]) -> set[str]:
        for earlier in self.resources[urn].dependencies:
            if earlier not in seen:
                seen.add(earlier)
                self._before(earlier, seen)
        return seen


def statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy."""
    found: list[dict[str, Any]] = document["Statement"]
    return found


def listed(value: Any) -> list[Any]:
    """A policy's element, which may be one or a list, as a list."""
    return value if isinstance(value, list) else [value]
