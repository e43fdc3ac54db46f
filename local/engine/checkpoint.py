"""The checkpoint: inputs, id and outputs of each applied resource, kept between runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.engine.deployment import Deployment, Registration
from local.properties import decode, encode


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The state of a resource when it was last applied."""

    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    protect: bool = False
    retain_on_delete: bool = False

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.rsplit("::", 1)[1]

    @property
    def type(self) -> str:
        """The resource's type token, such as `aws:sqs/queue:Queue`."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]


class Checkpoint:
    """The resources of one stack, written to a journal after every step, so that a crash loses none.

    Each line of the journal is an applied resource, or null for a resource that was deleted. Without a
    `path` nothing is written.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the journal at `path` if it exists, and rewrite it without outdated lines."""
        self._path = path
        self._records: dict[str, Recorded] = {}
        if path and path.exists():
            self._read(path.read_text())
            self._compact(path)

    @property
    def resources(self) -> Mapping[str, Recorded]:
        """The current resources by URN, in the order in which they were applied."""
        return {key: one for key, one in self._records.items() if key == one.urn}

    def find(self, urn: str) -> Recorded | None:
        """Return the current resource with this URN, if any."""
        found = self._records.get(urn)
        return found if found and found.urn == urn else None

    @property
    def pending_deletion(self) -> list[Recorded]:
        """Replaced resources that still have to be deleted."""
        return [one for key, one in self._records.items() if key != one.urn]

    def deployment(self, outputs: Mapping[str, Any]) -> Deployment:
        """Return the result of the run that applied the resources, with its exports but no components."""
        resources = {
            one.urn: Registration(
                urn=one.urn,
                type=one.type,
                name=one.name,
                parent="",
                custom=True,
                inputs=one.inputs,
                id=one.id,
                outputs=one.outputs,
            )
            for one in self.resources.values()
        }
        return Deployment(resources=resources, outputs=dict(outputs))

    def record(self, resource: Recorded) -> None:
        """Record `resource` as applied."""
        self._write(resource.urn, resource)

    def mark_for_deletion(self, resource: Recorded) -> None:
        """Record that `resource` has to be deleted, and free its URN for the replacement."""
        self._write(f"{resource.urn} {resource.id}", resource)
        self._write(resource.urn, None)

    def forget(self, resource: Recorded) -> None:
        """Record that `resource` no longer exists."""
        replaced = f"{resource.urn} {resource.id}"
        self._write(replaced if replaced in self._records else resource.urn, None)

    def _write(self, key: str, resource: Recorded | None) -> None:
        self._set(key, resource)
        if self._path:
            with self._path.open("a") as journal:
                journal.write(_line(key, resource))

    def _set(self, key: str, resource: Recorded | None) -> None:
        if resource:
            self._records[key] = resource
        else:
            self._records.pop(key, None)

    def _read(self, journal: str) -> None:
        for line in journal.splitlines(keepends=True):
            if line.endswith("\n"):  # a line without a line break was cut off by a crash
                key, resource = json.loads(line)
                self._set(key, resource and Recorded(**decode(resource)))

    def _compact(self, path: Path) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text("".join(_line(key, one) for key, one in self._records.items()))
        fresh.replace(path)


def _line(key: str, resource: Recorded | None) -> str:
    return json.dumps([key, encode(dict(vars(resource))) if resource else None]) + "\n"
