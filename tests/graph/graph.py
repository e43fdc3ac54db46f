"""The resource graph of one run of the program: resources by name, and their dependencies."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pickle
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local import program_edition
from local.engine import Registration, run_program
from tests.graph.recorder import Recorder, kind

ROOT = Path(__file__).parents[2]

Config = Mapping[str, Any]

KEPT = ROOT / ".pytest_cache" / "graphs"
MAX_KEPT = 40  # a run of all tests needs a dozen


class Graph:
    """The resources that the program declares for one stack. Every name is unique."""

    def __init__(self, stack: str, config: Config | None = None, root: Path = ROOT) -> None:
        self.stack = stack
        deployment = run_program(root, stack, config, Recorder())
        self.resources, self.outputs = deployment.resources, deployment.outputs
        self.warnings = deployment.warnings
        self._named = {one.name: one for one in self.resources.values()}

    @classmethod
    def of(cls, stack: str, config: Config | None = None) -> Graph:
        """Return the graph of this checkout. All processes, and later runs, share it until a file changes.

        A run of the program takes seconds, and every process of the tests needs several.
        """
        file = KEPT / f"{_edition(stack, config or {})}.pickle"
        KEPT.mkdir(parents=True, exist_ok=True)
        with (KEPT / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # so that the second of two processes waits and does not build
            if file.exists():
                file.touch()
                found: Graph = pickle.loads(file.read_bytes())
                return found
            made = cls(stack, config)
            fresh = file.with_suffix(".new")
            fresh.write_bytes(pickle.dumps(made))
            fresh.replace(file)
            _forget_old()
        return made

    def __getitem__(self, name: str) -> Registration:
        return self._named[name]

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def all(self, short: str = "") -> list[Registration]:
        """Return every AWS resource, or every one of a type such as `sqs.Queue`."""
        made = [one for one in self.resources.values() if one.custom and one.type.startswith("aws:")]
        return [one for one in made if not short or kind(one.type) == short]

    def inputs(self, name: str) -> Mapping[str, Any]:
        """Return the inputs of a resource."""
        return self[name].inputs

    def document(self, name: str, key: str = "policy") -> dict[str, Any]:
        """Return an input that is a JSON text, parsed. By default, the input is `policy`."""
        document: dict[str, Any] = json.loads(self.inputs(name)[key])
        return document

    def sources(self, name: str, key: str) -> set[str]:
        """Return the names of the resources whose outputs an input contains."""
        return {self.resources[urn].name for urn in self[name].property_dependencies.get(key, ())}

    def waits_for(self, name: str) -> set[str]:
        """Return the names of all resources that this one depends on, directly or not."""
        return {self.resources[urn].name for urn in self._before(self[name].urn, set())}

    def arn(self, name: str) -> str:
        """Return the ARN of a resource."""
        return str(self[name].outputs["arn"])

    def with_names(self, text: str) -> str:
        """Replace each resource's ARN in a text by its name, as in `orders-table/index/byStatus`."""
        for arn, name in self._arns:
            text = text.replace(arn, name)
        return text

    @cached_property
    def _arns(self) -> list[tuple[str, str]]:
        """ARNs with their names, the longest first."""
        known = {
            str(one.outputs[key]): f"{one.name}{suffix}"
            for one in self.all()
            for key, suffix in (("arn", ""), ("streamArn", "/stream"))
            if key in one.outputs and key not in one.inputs
        }
        return sorted(known.items(), key=lambda pair: -len(pair[0]))

    def policies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return every policy with the name `resource.input`, including the trust policies of roles."""
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


@cache
def basis(root: Path = ROOT) -> str:
    """Return a hash of all that a graph depends on besides its settings.

    The program reads no tests, but the settings of some graphs name files among them.
    """
    digest = hashlib.sha256(program_edition.of(root, {}).encode())
    tests = root / "tests"
    for file in sorted([*(tests / "graph").glob("*.py"), *(tests / "data").rglob("*")]):
        if file.is_file():
            digest.update(f"\n{file.relative_to(root)}\n".encode() + file.read_bytes())
    digest.update(f"{version('pulumi')} {version('pulumi-aws')}".encode())
    return digest.hexdigest()


def _edition(stack: str, config: Config) -> str:
    settings = json.dumps([stack, config, os.environ.get("PULUMI_ERROR_OUTPUT_STRING")], sort_keys=True)
    return hashlib.sha256(f"{basis()}\n{settings}".encode()).hexdigest()[:32]


def _forget_old() -> None:
    """Delete the graphs that were not used for the longest time."""
    kept = sorted(KEPT.glob("*.pickle"), key=lambda file: file.stat().st_mtime)
    for file in kept[:-MAX_KEPT]:
        file.unlink(missing_ok=True)


def statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a policy."""
    found: list[dict[str, Any]] = document["Statement"]
    return found


def as_list(value: Any) -> list[Any]:
    """Return an element of a policy, which may be a text or a list, as a list."""
    return value if isinstance(value, list) else [value]
