"""A lease: the attributes `owner` and `until` of a row, whose holder alone does a piece of work.

The lease of an invocation that is cut off ends by itself.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lambdas.platform import tables, times

_NAME = re.compile(r"#(\w+)")
FREE = "(attribute_not_exists(#until) OR #until < :now)"


class LeaseTakenError(Exception):
    """Another invocation has the lease, or has changed what its condition names."""


@dataclass(frozen=True)
class Lease:
    """The row of a lease, by its table and its key."""

    table: str
    key: Mapping[str, str]

    @contextmanager
    def hold(
        self,
        duration_ms: int,
        changes: Mapping[str, Any] | None = None,
        condition: str = FREE,
        values: Mapping[str, Any] | None = None,
    ) -> Iterator[str]:
        """Take the lease, and set attributes with it; give the owner to the block. Raises LeaseTakenError.

        `duration_ms` must be longer than the function can run. `values` has the values of the condition.
        """
        owner, now = uuid.uuid4().hex, times.now_ms()
        used = {":now": now} if ":now" in condition else {}
        taken = {**(changes or {}), "owner": owner, "until": now + duration_ms}
        self.update(condition, taken, values={**used, **(values or {})})
        try:
            yield owner
        finally:
            self.update("#owner = :held", gone=("owner", "until"), values={":held": owner})

    def change(self, owner: str, changes: Mapping[str, Any]) -> None:
        """Set attributes of the row while the lease is held. Raises LeaseTakenError."""
        self.update("#owner = :held", changes, values={":held": owner})

    def end(self) -> None:
        """End the lease of an invocation that was cut off, if there is one. Nobody may work meanwhile."""
        try:
            self.update("#until > :never", gone=("owner", "until"), values={":never": 0})
        except LeaseTakenError:
            return

    def update(
        self,
        condition: str,
        changes: Mapping[str, Any] | None = None,
        gone: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Set and remove attributes under a condition. Raises LeaseTakenError if it is not met.

        The condition names an attribute with a sign in front, such as `#until`.
        """
        setting = "SET " + ", ".join(f"#{name} = :{name}" for name in changes) if changes else ""
        removal = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
        update = (setting + removal).strip()
        named = sorted(set(_NAME.findall(f"{condition} {update}")))
        given = {**{f":{name}": value for name, value in (changes or {}).items()}, **(values or {})}
        try:
            tables.write_conditionally(
                "update_item",
                TableName=self.table,
                Key=tables.attributes(self.key),
                ConditionExpression=condition,
                UpdateExpression=update,
                ExpressionAttributeNames={f"#{name}": name for name in named},
                ExpressionAttributeValues=tables.attributes(given),
            )
        except tables.ConditionFailedError as error:
            raise LeaseTakenError from error
