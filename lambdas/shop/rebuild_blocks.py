"""The part of a rebuild about the blocks of the search, and about words of orders that are gone.

The blocks are made from the journal, which is right by then. A block keeps the numbers of its orders. If the
blocks do not fit to the state of the packing, all go, and the journal is packed anew.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from lambdas.platform import batches
from lambdas.platform.listing import LAST_KEY
from lambdas.platform.tables import Record
from lambdas.shop import order_blocks, order_journal, order_packer, order_packing, order_table, search_table
from lambdas.shop.order_packing import LATE, NOTHING
from lambdas.shop.rebuild_report import SEARCH, Report

Texts = dict[str, str | None]
"""The texts of orders by their `listKey`, or None for a text that is not kept."""

# Orders of a block from which on it is not written as one. A packer takes 1,000, and late ones are few.
MAX_ORDERS = 3000
_GROUPS = 100  # orders of the journal that are looked up at once
_NO_ORDER = "-"


class Present:
    """The rows that the blocks have, as a bit for each block in the number of each bucket."""

    def __init__(self) -> None:
        """Begin without a block."""
        self._blocks: dict[str, int] = {}
        self._buckets: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all blocks."""
        self._blocks.clear()
        self._buckets.clear()

    def add(self, block: str, buckets: Iterable[str]) -> None:
        """Add the rows of a block."""
        bit = 1 << self._blocks.setdefault(block, len(self._blocks))
        for bucket in buckets:
            self._buckets[bucket] = self._buckets.get(bucket, 0) | bit

    def has(self, block: str, bucket: str) -> bool:
        """Whether a block has a row for a bucket."""
        at = self._blocks.get(block)
        return at is not None and bool(self._buckets.get(bucket, 0) >> at & 1)


def correct(present: Present, report: Report) -> Iterator[str]:
    """Correct the blocks, and add the rows that they have to `present`. Yield after each step."""
    ends = _ends()
    if not _fits_state(ends):
        _begin_anew(ends, report)
        ends = []
    elif not report.is_check:
        _add_late_rows()
        ends = _ends()
    yield "blocks"
    late = {order_table.order_id(_order_key(row)) for row in _late_rows()}
    before = NOTHING
    for end in ends:
        texts = dict(_texts(before, end, report))
        if len(texts) > MAX_ORDERS:
            _begin_anew(ends, report)
            present.clear()
            break
        _correct_block(end, texts, present, report, late)
        before = end
        yield "blocks"
    for _ in _texts(before, LAST_KEY, report):
        pass
    yield "blocks"


def pack() -> None:
    """Pack the journal as far as it is due."""
    while order_packing.pack_if_due(order_journal.partitions()):
        pass


def _ends() -> list[str]:
    """Return the ends of the blocks."""
    rows = search_table.read_range(order_blocks.KEYS, NOTHING, LAST_KEY)
    return sorted({row["listKey"].rpartition("~")[0] for row in rows})


def _fits_state(ends: list[str]) -> bool:
    """Whether every block is one that the state knows, and the state's last block is there."""
    state = order_packing.read_state()
    return (not ends or ends[-1] <= state.closing) and (state.packed == NOTHING or state.packed in ends)


def _begin_anew(ends: list[str], report: Report) -> None:
    """Forget all blocks, so that searches read the journal until it is packed anew."""
    report.wrong[SEARCH] += 1
    if report.is_check:
        return
    batches.write(search_table.name(), [search_table.delete_request(*order_packing.STATE_KEY.values())])
    keys = (search_table.read_range(order_blocks.KEYS, f"{end}~", f"{end}~~") for end in ends)
    rows = [*_late_rows(), *(row for of_block in keys for row in of_block)]
    batches.write(
        search_table.name(), [search_table.delete_request(row["term"], row["listKey"]) for row in rows]
    )


def _late_rows() -> Iterator[Record]:
    return search_table.read_range(LATE, NOTHING, LAST_KEY)


def _add_late_rows() -> None:
    """Complete a block in progress and add all late rows, as a packer does."""
    order_packer.end_lease()
    state = order_packing.read_state()
    while state.closing > state.packed or any(_late_rows()):
        if not order_packer.write(state, state.closing):
            raise batches.BusyError("the blocks of the search are written by somebody else")
        state = order_packing.read_state()


def _texts(after: str, end: str, report: Report) -> Iterator[tuple[str, str | None]]:
    """Yield the texts of orders between two keys of the journal; remove the words of those that are gone."""
    for partition in order_journal.partitions():
        rows = search_table.read_range(partition, after, end)
        orders = ((key, list(own)) for key, own in groupby(rows, _order_key))
        while part := dict(islice(orders, _GROUPS)):
            yield from _texts_of(part, report)


def _order_key(row: Record) -> str:
    return order_journal.order_key(row["listKey"])


def _texts_of(histories: dict[str, list[Record]], report: Report) -> Iterator[tuple[str, str | None]]:
    ids = {key: order_table.order_id(key) for key in histories}
    names = ("orderID", "listKey", "erasedAt")
    stored = batches.read(order_table.name(), "orderID", ids.values(), names)
    gone = {key for key, order_id in ids.items() if stored.get(order_id, {}).get("listKey") != key}
    leftover = [row for key in gone for row in histories[key] if order_journal.has_words(row)]
    if leftover and not report.is_check:
        marks = [order_journal.without_words(row) for row in leftover]
        batches.write(search_table.name(), search_table.put_requests(marks))
    unknown = {ids[_order_key(row)] for row in leftover}
    report.wrong[SEARCH] += sum("erasedAt" not in stored.get(order_id, {}) for order_id in unknown)
    kept = (row for key, rows in histories.items() if key not in gone for row in rows)
    yield from ((key, row.get("words")) for key, row in order_journal.latest(kept))


def _correct_block(end: str, texts: Texts, present: Present, report: Report, late: set[str]) -> None:
    """Correct a block. `late` are the IDs of orders whose latest words were not added to their block yet."""
    stored = order_blocks.read_keys(end)
    first = {key: at for at, key in reversed(list(enumerate(stored)))}
    keys = [key if key in texts and first[key] == at else _NO_ORDER for at, key in enumerate(stored)]
    keys += sorted(texts.keys() - set(keys))
    rows = order_packer.rows_of_block({at: texts[key] for at, key in enumerate(keys) if key in texts})
    present.add(end, rows)
    differing = order_blocks.differing(end, rows)
    if keys == stored and not differing:
        return
    report.wrong[SEARCH] += (report.waiting | late).isdisjoint(map(order_table.order_id, {*keys, *stored}))
    if not report.is_check:
        order_blocks.write_keys(end, keys)
        order_blocks.write(end, differing)
