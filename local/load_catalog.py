"""Import a file of the catalog through the HTTP API: each row is added, changed, unchanged or refused.

Products are judged by the API, which also judges a dry run. An import that stopped in the middle is repeated
by loading the file again: what is written already is unchanged.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from local import catalog_cells, catalog_file
from local.api import Api, ApiError, Json
from local.catalog_file import CatalogFile, ProductRow, RowFault
from local.catalog_titles import COLUMNS, FAULT, FIELDS
from local.invoices import CURRENCY
from local.progress import Progress

PRODUCTS_PER_CALL = 50  # half of the most, so that a busy machine also answers within a function's 10 s
_NAMES = dict(zip(FIELDS, COLUMNS, strict=True))
_IN_WORDS = {True: "yes", False: "no", None: "(empty)"}


class Wanted(NamedTuple):
    """Whether to write nothing, where refused rows are written, and the currency of prices if it is named."""

    dry_run: bool
    refused: Path | None
    currency: str


@dataclass(kw_only=True)
class _Judged:
    """A row with its outcome: added, changed, unchanged, refused, or failed if the API did not answer."""

    row: ProductRow
    outcome: str
    changes: list[Json] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    why: str = ""


def load(api: Api, file: CatalogFile, wanted: Wanted) -> int:
    """Import a file, or try it, and print the report. Return 0 if no row was refused or failed, else 1."""
    currency = wanted.currency or _currency_of_shop(api)
    rows = catalog_file.rows(file, currency)
    for text in file.above:
        print(f"Left out above the column names: {text}")
    judged = _Import(api, file, currency, dry_run=wanted.dry_run).run(rows)
    _print_report(judged, file, wanted, currency)
    if wanted.refused:
        _write_refused([one for one in judged if one.outcome == "refused"], file, wanted.refused)
        print(f"The refused rows are in {wanted.refused}. Mend them there, and load that file.")
    return 1 if any(one.outcome in ("refused", "failed") for one in judged) else 0


class _Import:
    """The calls of an import, one after the other, because a call writes its products side by side."""

    def __init__(self, api: Api, file: CatalogFile, currency: str, *, dry_run: bool) -> None:
        self._api = api
        self._file = file
        self._currency = currency
        self._dry_run = dry_run

    def run(self, rows: Sequence[ProductRow]) -> list[_Judged]:
        """Return each row with its outcome, in the sequence of the file."""
        found = [_Judged(row=row, outcome="refused", faults=row.faults) for row in rows if row.faults]
        good = [row for row in rows if not row.faults]
        progress = Progress("Products", len(good))
        doubtful = self._send([row for row in good if row.doubts], True, progress)
        found += [_without_doubt(one) for one in doubtful]
        found += self._send([row for row in good if not row.doubts], self._dry_run, progress)
        return sorted(found, key=lambda one: one.row.row)

    def _send(self, rows: Sequence[ProductRow], dry_run: bool, progress: Progress) -> list[_Judged]:
        found = []
        for start in range(0, len(rows), PRODUCTS_PER_CALL):
            part = rows[start : start + PRODUCTS_PER_CALL]
            found += self._call(part, dry_run)
            progress.step(len(part))
        return found

    def _call(self, rows: Sequence[ProductRow], dry_run: bool) -> list[_Judged]:
        body = {"items": [row.item for row in rows], "partial": self._file.partial, "dryRun": dry_run}
        try:
            response = self._api.call("POST", "/products/batch", body)
        except ApiError as error:
            return [_Judged(row=row, outcome="failed", why=str(error)) for row in rows]
        if response.status != 200:
            return [_Judged(row=row, outcome="failed", why=response.message) for row in rows]
        return [self._judged(row, one) for row, one in zip(rows, response.document["items"], strict=True)]

    def _judged(self, row: ProductRow, verdict: Json) -> _Judged:
        faults = [self._fault(row, one["path"], one["message"]) for one in verdict.get("fields", [])]
        changes = verdict.get("changes", [])
        return _Judged(row=row, outcome=verdict["outcome"], changes=changes, faults=faults)

    def _fault(self, row: ProductRow, path: str, message: str) -> RowFault:
        """Return a fault that the API found, with the text of its cell, and the limit of a price as money."""
        rule = re.sub(r"[,;] got .*", "", message, flags=re.DOTALL)
        rule = re.sub("(?<=also needs ).*", lambda found: _titles(found[0]), rule)
        if path == "unitPrice" and rule.startswith("must be at "):
            rule = re.sub(r"-?\d+", lambda found: _value(path, int(found[0]), self._currency), rule)
        at = self._file.places.get(path)
        return RowFault(path, row.cells[at].strip() if at is not None else "", rule)


def _titles(fields: str) -> str:
    """Return a list of names of fields as the names of their columns."""
    return ", ".join(_NAMES.get(name, name) for name in fields.split(", "))


def _without_doubt(one: _Judged) -> _Judged:
    """Return a row in doubt as it is if the catalog has exactly what it says, else refused."""
    if one.outcome in ("unchanged", "failed", "refused"):
        return one
    return _Judged(row=one.row, outcome="refused", faults=one.row.doubts)


def _currency_of_shop(api: Api) -> str:
    """Return the currency of the first product of the catalog, which new products also have."""
    products = api.call("GET", "/products?limit=1").document.get("products", [])
    return str(products[0]["currency"]) if products else CURRENCY


def _print_report(judged: Sequence[_Judged], file: CatalogFile, wanted: Wanted, currency: str) -> None:
    if wanted.dry_run:
        for outcome in ("added", "changed"):
            lines = [_line(one, currency) for one in judged if one.outcome == outcome]
            _print_list(f"Would be {outcome}", lines)
    refused = [one for one in judged if one.outcome == "refused"]
    _print_list("Refused", [f"row {one.row.row}{_faults(one, file)}" for one in refused])
    failed = [one for one in judged if one.outcome == "failed"]
    _print_list("Not done", [f"row {one.row.row} ({one.row.sku}): {one.why}" for one in failed])
    counts = Counter(one.outcome for one in judged)
    words = {"failed": "not done"}
    names = ("added", "changed", "unchanged", "refused", "failed")
    parts = [f"{counts[name]} {words.get(name, name)}" for name in names if counts[name] or name != "failed"]
    end = " Nothing was written: it was a dry run." if wanted.dry_run else ""
    print(f"{len(judged)} rows: {', '.join(parts)}.{end}")


def _line(one: _Judged, currency: str) -> str:
    changes = "; ".join(_change(change, currency) for change in one.changes)
    return f"row {one.row.row}, {one.row.sku}" + (f": {changes}" if changes else "")


def _change(change: Json, currency: str) -> str:
    name = change["field"]
    before, after = (_value(name, change.get(side), currency) for side in ("from", "to"))
    return f"{_NAMES[name]} {before} → {after}"


def _value(name: str, value: Any, currency: str) -> str:
    if name == "unitPrice" and value is not None:
        digits = catalog_cells.fraction_digits(currency)
        return f"{value / 10**digits:.{digits}f}"
    return _shown(value)


def _shown(value: Any) -> str:
    return _IN_WORDS[value] if value is None or isinstance(value, bool) else str(value)


def _faults(one: _Judged, file: CatalogFile) -> str:
    """Return the faults of a row, each with its column, its value and its rule."""
    if not any(fault.field for fault in one.faults):
        return f": {'; '.join(fault.rule for fault in one.faults)}"
    return ", " + "; ".join(
        f"{_column(fault, file)} {fault.value!r}: {fault.rule}" if fault.field else fault.rule
        for fault in one.faults
    )


def _column(fault: RowFault, file: CatalogFile) -> str:
    at = file.places.get(fault.field)
    return file.header[at] if at is not None else _NAMES.get(fault.field, fault.field)


def _write_refused(refused: Iterable[_Judged], file: CatalogFile, path: Path) -> None:
    """Write the refused rows in the columns of their file, after a column with their faults."""
    old = file.header.index(FAULT) if FAULT in file.header else -1
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=file.separator)
        writer.writerow([FAULT, *_without(file.header, old)])
        for one in refused:
            rules = [
                f"{_column(fault, file)}: {fault.rule}" if fault.field else fault.rule for fault in one.faults
            ]
            writer.writerow(["; ".join(rules), *map(catalog_cells.kept, _without(one.row.cells, old))])


def _without(cells: Sequence[str], at: int) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place != at]


def _print_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        print(f"{title}: {len(lines)}", *lines, sep="\n  ")
