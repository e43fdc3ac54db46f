"""The folds of product sales: each adds waiting deltas to the rows of their products, once.

One row in the table of tallies has the number of the latest fold and, while it is in progress, its deltas.
Everybody who finds a fold in progress helps with it, so nobody has to know whether its beginner still runs.
A row of a product has the number of the latest fold that was added to it, and is only written if it still has
the number that was read. So each row gets each fold once:

- The deltas are deleted only after every row has the fold. A helper that comes so late that some are gone
  finds only rows that have it, and changes none.
- The next fold begins only after the deltas are deleted, so no row misses a fold.
- A row gets a fold even if its sums are zero, and is never deleted: a late helper that read only a part of
  the deltas would write it.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lambdas.platform import batches, tables
from lambdas.platform.tables import ConditionFailedError, Record
from lambdas.shop import product_sales, sales_deltas, tallies
from lambdas.shop.product_sales import Sales

# The longest pause in seconds before each try to write the rows of a chunk. Two helpers that meet at a chunk
# need one more try, and a throttled table some more.
PAUSES = (0, 0.05, 0.1, 0.2, *(0.4,) * 6)
STATE_KEY = {"tally": "sales-fold", "slot": "all"}
_CHUNK = batches.MAX_KEYS  # rows that are read in one call

_CONDITION = ("product", "period", "fold")  # the attributes that must be as they were read

Key = tuple[str, str]
"""The key of a row: its SKU and period."""
Sums = Mapping[Key, Counter[str]]


class SalesRefusedError(Exception):
    """DynamoDB refused the content of a row, and would refuse every retry too."""


class State(NamedTuple):
    """The number of the latest fold, and the slots of its deltas while it is in progress."""

    number: int
    slots: Sequence[str]


def fold(require_time: Callable[[], None]) -> None:
    """Finish the fold in progress, and fold all deltas that wait.

    Deltas of other invocations that come meanwhile are folded by those. Raises SalesRefusedError, and the
    errors of `batches`, boto3 and `require_time`.
    """
    while _fold_once(require_time):
        pass


def sums(added: Iterable[Sales]) -> Sums:
    """Return the sums of sales for each row, those of all time included."""
    found: dict[Key, Counter[str]] = {}
    for sales in added:
        for (month, sku, figure), by in sales.items():
            for period in (month, product_sales.period(month.partition("#")[0], product_sales.ALL)):
                found.setdefault((sku, period), Counter())[figure] += by
    return found


def _fold_once(require_time: Callable[[], None]) -> bool:
    """Finish the fold in progress, or begin and finish one; return whether more may have to be done."""
    require_time()
    state = _read_state()
    if state.slots:
        _finish(state, require_time)
        return True
    slots = sales_deltas.waiting()
    if not slots:
        return False
    begun = State(state.number + 1, slots)
    if not _begin(begun):
        return True
    _finish(begun, require_time)
    return len(slots) == sales_deltas.MAX_AT_ONCE


def _read_state() -> State:
    row = tables.get(tallies.table(), **STATE_KEY) or {}
    return State(row.get("version", 0), row.get("deltas", ()))


def _begin(state: State) -> bool:
    """Write that a fold is in progress; return whether no other fold has begun since the state was read."""
    row = {**STATE_KEY, "version": state.number, "deltas": list(state.slots)}
    try:
        if state.number == 1:
            tables.put_new(tallies.table(), "tally", row)
        else:
            tables.put_over(tallies.table(), state.number - 1, row)
    except ConditionFailedError:
        return False
    return True


def _finish(state: State, require_time: Callable[[], None]) -> None:
    """Add a fold to every row that does not have it, and then delete its deltas.

    Helpers take the chunks in random order, so that they share the work. A chunk comes after another, because
    a new table takes about 4,000 write units a second, and a row with its index entries has five.
    """
    added = sums(sales_deltas.read(state.slots))
    keys = sorted(added)
    chunks = [keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK)]
    for chunk in random.sample(chunks, len(chunks)):
        _add(state.number, {key: added[key] for key in chunk}, require_time)
    require_time()
    sales_deltas.delete(state.slots)
    try:
        tables.put_over(tallies.table(), state.number, {**STATE_KEY, "version": state.number})
    except ConditionFailedError:  # another helper was faster, and a later fold has begun
        return


def _add(number: int, added: Sums, require_time: Callable[[], None]) -> None:
    """Add a fold to at most _CHUNK rows, those left out that have it already."""
    left = list(added)
    for pause in PAUSES:
        time.sleep(random.uniform(0, pause))  # noqa: S311 - a pause is no secret
        require_time()
        rows = _read_rows(left)
        statements = dict(_statements(number, {key: added[key] for key in left}, rows))
        codes = batches.execute(list(statements.values()))
        if "ValidationError" in codes:
            raise SalesRefusedError
        left = [key for key, code in zip(statements, codes, strict=True) if code]
        if not left:
            return
    raise batches.BusyError(f"{len(left)} rows of product sales were busy in {len(PAUSES)} tries")


def _read_rows(keys: Sequence[Key]) -> dict[Key, Record]:
    named = [{"product": sku, "period": period} for sku, period in keys]
    found = batches.items(product_sales.table(), named)
    return {(row["product"], row["period"]): row for row in found}


def _statements(number: int, added: Sums, rows: Mapping[Key, Record]) -> Iterator[tuple[Key, Record]]:
    """Yield the statement for each row that does not have the fold. It fails if the row has changed."""
    for key, figures in added.items():
        stored = rows.get(key)
        if stored is None or stored["fold"] < number:
            was = stored or dict.fromkeys(product_sales.FIGURES, 0)
            now = {name: was[name] + figures[name] for name in product_sales.FIGURES}
            new = product_sales.row(*key, now, number)
            yield key, batches.exchange(product_sales.table(), stored, new, _CONDITION)
