"""The steps of a run: for each resource, keep, create, update, replace or delete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pulumi.dynamic import DiffResult

from local.engine.checkpoint import Checkpoint, Recorded
from local.engine.deployment import Deployment, Failure, Properties, Provider, Registration


class Steps:
    """The steps of one run."""

    def __init__(self, provider: Provider, checkpoint: Checkpoint, deployment: Deployment) -> None:
        self._provider, self._checkpoint, self._deployment = provider, checkpoint, deployment

    def apply(self, wanted: Registration) -> Registration:
        """Apply one resource of the program, and return it with its id and outputs."""
        requested, old = wanted, self._find_or_rename(wanted)
        wanted = self._check(requested, old)
        if old is None:
            return self._create(wanted)
        olds = {**old.inputs, **old.outputs}
        diff = self._provider.diff(wanted.urn, old.id, old.inputs, olds, wanted.inputs)
        if diff.replaces:
            return self._replace(requested, old, diff)
        if diff.changes:
            return self._update(wanted, old, olds)
        return self._keep(wanted, old)

    def refresh(self) -> None:
        """Forget the resources that no longer exist, so that they are created again."""
        for old in list(self._checkpoint.resources.values()):
            if not self._provider.read(old.urn, old.id, {**old.inputs, **old.outputs}).id:
                self._checkpoint.forget(old)

    def delete_leftovers(self, wanted: set[str]) -> None:
        """Delete resources that were replaced or are no longer in the program, last created first."""
        gone = [one for urn, one in self._checkpoint.resources.items() if urn not in wanted]
        for old in reversed([*gone, *self._checkpoint.pending_deletion]):
            try:
                self._delete(old)
            except Exception as cause:  # noqa: BLE001 - the others can still be deleted
                self._deployment.failures.append(Failure(old.urn, f"deleting it: {cause}"))

    def _find_or_rename(self, wanted: Registration) -> Recorded | None:
        if known := self._checkpoint.find(wanted.urn):
            return known
        for former in wanted.options.aliases:
            if known := self._checkpoint.find(former):
                return self._rename(known, wanted.urn)
        return None

    def _rename(self, old: Recorded, urn: str) -> Recorded:
        moved = replace(old, urn=urn)
        self._checkpoint.record(moved)
        self._checkpoint.forget(old)
        return moved

    def _check(self, wanted: Registration, old: Recorded | None) -> Registration:
        news = _without_ignored(wanted.options.ignore_changes, wanted.inputs, old)
        checked = self._provider.check(wanted.urn, old.inputs if old else None, news)
        if checked.failures:
            raise ValueError("; ".join(f"{one.property}: {one.reason}" for one in checked.failures))
        return replace(wanted, inputs=checked.inputs)

    def _create(self, wanted: Registration) -> Registration:
        made = self._provider.create(wanted.urn, wanted.inputs)
        outputs = {**wanted.inputs, **(made.outs or {})}
        return self._record_step("create", replace(wanted, id=made.id, outputs=outputs))

    def _update(self, wanted: Registration, old: Recorded, olds: Properties) -> Registration:
        new = self._provider.update(wanted.urn, old.id, old.inputs, olds, wanted.inputs)
        outputs = {**old.outputs, **wanted.inputs, **(new.outs or {})}
        return self._record_step("update", replace(wanted, id=old.id, outputs=outputs))

    def _keep(self, wanted: Registration, old: Recorded) -> Registration:
        kept = replace(wanted, id=old.id, outputs=old.outputs)
        if (old.protect, old.retain_on_delete) != (wanted.options.protect, wanted.options.retain_on_delete):
            self._checkpoint.record(_recorded(kept))
        return kept

    def _replace(self, requested: Registration, old: Recorded, diff: DiffResult) -> Registration:
        if old.protect and requested.options.protect:
            raise PermissionError(f"it is protected, and {', '.join(diff.replaces or ())} needs a new one")
        old = replace(old, protect=False)
        fresh = self._check(requested, None)  # with a new generated name
        if requested.options.delete_before_replace or diff.delete_before_replace:
            self._delete(old)
        else:
            self._checkpoint.mark_for_deletion(old)
        return self._create(fresh)

    def _delete(self, old: Recorded) -> None:
        if old.protect:
            raise PermissionError("it is protected")
        if not old.retain_on_delete:
            self._provider.delete(old.urn, old.id, {**old.inputs, **old.outputs})
        self._checkpoint.forget(old)
        self._deployment.steps.append(("delete", old.urn))

    def _record_step(self, step: str, made: Registration) -> Registration:
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


def _without_ignored(paths: Iterable[str], news: Properties, old: Recorded | None) -> Properties:
    """Return `news` with the old values of the top-level properties whose changes are ignored."""
    kept = {path.partition(".")[0].partition("[")[0] for path in paths} if old else set()
    if not old or not kept:
        return news
    return {
        **{key: value for key, value in news.items() if key not in kept},
        **{key: old.inputs[key] for key in kept if key in old.inputs},
    }
