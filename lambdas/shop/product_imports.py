"""Imports of products: each one is judged by itself, and written unless the import is a dry run."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, cast

from lambdas.platform import json_schema, side_by_side
from lambdas.platform.access import Person
from lambdas.platform.errors import BadRequestError, Fault, PreconditionFailedError
from lambdas.platform.strict_json import shown
from lambdas.shop import (
    catalog,
    catalog_changes,
    product_content,
    product_files,
    product_history,
    product_pack,
)
from lambdas.shop.documents import Product, ProductChange, ProductContent

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"

_MAX_FAULTS = 20  # of one product
_CHANGED_SINCE = "was changed by somebody else after the check; check the file again"
_OF_PRICES = frozenset({"sku", "unitPrice", "currency"})  # the fields of an import of prices alone


class Verdict(NamedTuple):
    """The outcome of one product: its changes if there are some, or the faults for which it is refused."""

    sku: str
    outcome: str
    changes: Sequence[ProductChange] = ()
    faults: Sequence[Fault] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The verdict as the API shows it. A refused product may have no usable SKU, and shows none then."""
        changes = {"changes": list(self.changes)} if self.changes else {}
        fields = {"fields": [fault._asdict() for fault in self.faults]} if self.faults else {}
        return {"sku": self.sku, "outcome": self.outcome, **changes, **fields}


def run(
    items: Sequence[Any],
    *,
    dry_run: bool,
    partial: bool,
    by: Person,
    expected: Sequence[Sequence[Any]] | None = None,
) -> list[Verdict]:
    """Return the verdict on each product, in their sequence; write those that are added or changed.

    `items` are JSON values in their normal form. If `partial`, a stored product keeps the fields that its
    item leaves out. `expected` has the changes of each product that somebody has seen; a product that would
    change in any other way is refused. An import can be repeated: what it has written is unchanged the next
    time. Raises BadRequestError, batches.BusyError and the errors of boto3.
    """
    if expected is not None and len(expected) != len(items):
        message = f"must have an entry for each of the {len(items)} items, got {len(expected)}"
        raise BadRequestError(f"expected {message}", [Fault("expected", message)])
    known = catalog.read_many(_sku(item) for item in items if _has_sku(item))
    given = items
    if partial:
        items = [_completed(item, known) for item in given]
    contents = [_content(item) for item in items]
    found = _all_faults(items, contents, known)
    if partial:
        found = [faults or _other_currency(item, known) for item, faults in zip(given, found, strict=True)]
    seen = set[str]()
    verdicts = []
    for item, content, faults in zip(items, contents, found, strict=True):
        verdict = _verdict(item, content, faults, known, seen)
        verdicts.append(_named_missing(verdict, item, known) if partial else verdict)
        seen.add(verdicts[-1].sku)
    if expected is not None:
        verdicts = [
            _as_seen(one, shown_changes, known) for one, shown_changes in zip(verdicts, expected, strict=True)
        ]
    if dry_run:
        return verdicts

    def write(part: Sequence[int]) -> None:
        for at in part:
            verdicts[at] = _write(verdicts[at], contents[at], known.get(verdicts[at].sku), by)

    list(side_by_side.call(write, _by_part(verdicts)))
    return verdicts


def _by_part(verdicts: Sequence[Verdict]) -> list[list[int]]:
    """Return the places of verdicts by the parts of the pack, because two writes of a part would collide."""
    parts: dict[str, list[int]] = {}
    for at, verdict in enumerate(verdicts):
        parts.setdefault(product_pack.part_of(verdict.sku), []).append(at)
    return list(parts.values())


def _completed(item: Any, known: Mapping[str, Product]) -> Any:
    """Return an item with the stored values of the fields that it leaves out. Null removes an optional."""
    if not isinstance(item, dict):
        return item
    stored = known.get(_sku(item)) if _has_sku(item) else None
    kept = {name: value for name, value in (stored or {}).items() if name in catalog.CONTENT}
    whole = {**kept, **item}
    removed = {name for name in catalog.OPTIONAL if whole.get(name, "") is None}
    return {name: value for name, value in whole.items() if name not in removed}


def _other_currency(item: Mapping[str, Any], known: Mapping[str, Product]) -> list[Fault]:
    """Return the fault of a price in another currency than its product, if the item has nothing else."""
    stored = known.get(_sku(item))
    if stored is None or not item.keys() <= _OF_PRICES:
        return []
    wanted, own = item.get("currency", stored["currency"]), stored["currency"]
    rule = f"must be {own}, because prices alone change no currency; got {shown(wanted)}"
    return [] if wanted == own else [Fault("currency", rule)]


def _named_missing(verdict: Verdict, item: Any, known: Mapping[str, Product]) -> Verdict:
    """Name the reason why a partial item lacks fields: only a product of the catalog has them already.

    An item without a usable SKU is not asked for them, because it may mean a product of the catalog.
    """
    if not isinstance(item, dict) or verdict.sku in known:
        return verdict
    required = json_schema.SCHEMAS["NewProduct"]["required"]
    missing = [field for field in required if field not in item and field != "sku"]
    others = [fault for fault in verdict.faults if fault.path not in missing]
    if not (missing and verdict.sku):
        return verdict._replace(faults=others)
    rule = (
        f"is not in the catalog, and a new product also needs {', '.join(missing)}; got {shown(verdict.sku)}"
    )
    return verdict._replace(faults=[Fault("sku", rule), *others])


def _content(item: Any) -> dict[str, Any]:
    """Return the content of a product, without its SKU, in the currency of the shop unless it names one."""
    fields = item if isinstance(item, dict) else {}
    return product_content.in_currency({name: value for name, value in fields.items() if name != "sku"})


def _all_faults(
    items: Sequence[Any], contents: Sequence[Mapping[str, Any]], known: Mapping[str, Product]
) -> list[list[Fault]]:
    """Return the faults of each item by itself. New files of several items are looked up side by side."""

    def faults(at: int) -> list[Fault]:
        found = list(islice(json_schema.faults("NewProduct", items[at]), _MAX_FAULTS))
        return found or [
            *product_content.sku_faults(_sku(items[at])),
            *product_files.faults(contents[at], known.get(_sku(items[at]))),
        ]

    return list(side_by_side.call(faults, range(len(items))))


def _verdict(
    item: Any,
    content: Mapping[str, Any],
    faults: list[Fault],
    known: Mapping[str, Product],
    seen: set[str],
) -> Verdict:
    sku = _sku(item) if _has_sku(item) else ""
    if sku in seen and sku:
        faults = [*faults, Fault("sku", f"must be in the import only once, got {shown(sku)} again")]
    if faults:
        return Verdict(sku, REFUSED, faults=faults)
    before = known.get(sku)
    changes = product_history.changes(before, content)
    if before is None:
        return Verdict(sku, ADDED)
    return Verdict(sku, CHANGED if changes else UNCHANGED, changes)


def _as_seen(verdict: Verdict, changes: Sequence[Any], known: Mapping[str, Product]) -> Verdict:
    """Refuse a product that would change in another way than somebody has seen, because it was changed since.

    What a colleague has done in the same way meanwhile is no change any more.
    """
    if verdict.outcome == REFUSED:
        return verdict
    is_gone = verdict.sku not in known and bool(changes)
    if is_gone or any(change not in changes for change in verdict.changes):
        return Verdict(verdict.sku, REFUSED, faults=[Fault("sku", _CHANGED_SINCE)])
    return verdict


def _write(verdict: Verdict, content: Mapping[str, Any], before: Product | None, by: Person) -> Verdict:
    """Write a product that is not refused. Refuse it if somebody else changed it since it was read."""
    if verdict.outcome == REFUSED:
        return verdict
    try:
        catalog_changes.save(verdict.sku, cast(ProductContent, content), before, by=by)
    except PreconditionFailedError as error:
        return Verdict(verdict.sku, REFUSED, faults=[Fault("sku", error.message)])
    return verdict


def _has_sku(item: Any) -> bool:
    return isinstance(item, dict) and json_schema.is_valid("NewProduct", "sku", item.get("sku"))


def _sku(item: Any) -> str:
    return str(item["sku"])
