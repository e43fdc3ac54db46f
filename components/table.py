"""DynamoDB tables with on-demand capacity, point-in-time recovery and optional protection from deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class Index:
    """A global secondary index: its two keys and its projected attributes, or None for all attributes."""

    partition: str
    sort: str
    attributes: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """The keys of a table, its indexes by name, and whether it has a stream, expiry and protection.

    All keys are strings. With `expires`, DynamoDB deletes an item at the time in its attribute `expiresAt`.
    """

    key: str
    sort: str | None = None
    indexes: Mapping[str, Index] = field(default_factory=dict)
    streams: bool = False
    expires: bool = False
    protect: bool

    def __post_init__(self) -> None:
        if len(self.indexes) > 20:
            raise ValueError(f"indexes must be at most 20, got {len(self.indexes)}")

    @property
    def keys(self) -> list[str]:
        """Every attribute that is a key of the table or of an index, sorted."""
        of_indexes = {key for index in self.indexes.values() for key in (index.partition, index.sort)}
        return sorted({self.key, *([self.sort] if self.sort else []), *of_indexes})


def table(name: str, args: TableArgs, parent: pulumi.Resource) -> aws.dynamodb.Table:
    """Declare the table.

    Pulumi generates its name, so that a replacement can be created before the old table is deleted.
    """
    return aws.dynamodb.Table(
        name,
        hash_key=args.key,
        range_key=args.sort,
        attributes=[{"name": key, "type": "S"} for key in args.keys],
        billing_mode="PAY_PER_REQUEST",  # the load has short peaks
        global_secondary_indexes=[_index(index, args.indexes[index]) for index in sorted(args.indexes)],
        stream_enabled=args.streams,
        # Never change this: DynamoDB would create a new stream, but the mappings would keep the old one.
        stream_view_type="NEW_AND_OLD_IMAGES" if args.streams else None,
        ttl={"attribute_name": "expiresAt", "enabled": True} if args.expires else None,
        point_in_time_recovery={"enabled": True},
        deletion_protection_enabled=args.protect,
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect, retain_on_delete=args.protect),
    )


def _index(name: str, index: Index) -> aws.dynamodb.TableGlobalSecondaryIndexArgsDict:
    return {
        "name": name,
        # Instead of hash_key and range_key, for which the provider prints a deprecation at every preview.
        "key_schemas": [
            {"attribute_name": index.partition, "key_type": "HASH"},
            {"attribute_name": index.sort, "key_type": "RANGE"},
        ],
        "projection_type": "ALL" if index.attributes is None else "INCLUDE",
        "non_key_attributes": index.attributes and sorted(index.attributes),
    }
