"""The packer: it writes the blocks of the search, adds late rows to them, and removes erased orders.

Only the holder of the lease writes blocks. An invocation that is cut off leaves a lease that ends by itself,
and the next holder completes its block.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby, islice

from lambdas.platform import batches, leases, listing
from lambdas.platform.leases import Lease, LeaseTakenError
from lambdas.platform.listing import Listing
from lambdas.shop import order_blocks, order_journal, order_packing, search_table
from lambdas.shop.order_blocks import Rows
from lambdas.shop.order_packing import LATE, NOTHING, State

_MAX_ORDERS = 1000  # of a new block
_MAX_LATE = 500  # late rows that are added to their blocks at once
_MAX_ROW_BYTES = 200_000  # of a new block
_FULL_ROW_BYTES = 380_000  # with late changes; DynamoDB takes 400 KB
_LEASE_MS = 90_000  # longer than the timeout of update_views


def choose_end(state: State) -> str:
    """Return the end of a new block, with the oldest three quarters of the orders that are not packed.

    If there are more than one page of a query, the block has as many as its size allows. An empty text means
    that there is nothing to pack.
    """
    rows, frontier = listing.merge(_unpacked(state), "", order_packing.MAX_ROWS)
    texts: dict[str, str | None] = {}
    for row in rows:
        texts[order_journal.order_key(row["listKey"])] = row.get("words")
    keys = list(texts)
    count = min(len(keys) if frontier else len(keys) * 3 // 4, _MAX_ORDERS)
    while count > 1 and _largest_row(texts[key] for key in keys[:count]) > _MAX_ROW_BYTES:
        count //= 2
    return order_blocks.end_of(keys[count - 1].partition("#")[0]) if count else ""


def _unpacked(state: State) -> Listing:
    return Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=order_journal.partitions(),
        first=state.packed,
        condition=order_journal.HAS_WORDS,
    )


def _largest_row(texts: Iterable[str | None]) -> int:
    rows = order_blocks.rows_of(dict(enumerate(texts)))
    return max(map(order_blocks.size, rows.values()), default=0)


def write(state: State, closing: str, erased: Sequence[str] = ()) -> bool:
    """Complete the block that ends with `closing`, add the late rows, and remove erased orders.

    Return False if another invocation has the lease or has changed the state.
    """
    try:
        with _lease(state, closing) as owner:
            if closing > state.packed:
                _write_block(state.packed, closing)
                _set_packed(owner, closing)
            _add_late_rows(erased)
    except LeaseTakenError:
        return False
    return True


def rows_of_block(texts: Mapping[int, str | None]) -> Rows:
    """Return the rows of a block that is written whole, with the texts of its orders by number."""
    rows = order_blocks.rows_of(texts)
    _limit(rows, texts)
    return rows


def end_lease() -> None:
    """End the lease of an invocation that was cut off, if there is one. Nobody may pack meanwhile."""
    _row().end()


def _lease(state: State, closing: str) -> AbstractContextManager[str]:
    """Hold the lease, with `closing` set. Raises LeaseTakenError."""
    return _row().hold(
        _LEASE_MS,
        {"packed": state.packed, "closing": closing},
        f"attribute_not_exists(term) OR (#packed = :packed AND #closing = :was AND {leases.FREE})",
        {":was": state.closing},
    )


def _set_packed(owner: str, closing: str) -> None:
    _row().change(owner, {"packed": closing})


def _row() -> Lease:
    return Lease(search_table.name(), order_packing.STATE_KEY)


def _write_block(packed: str, closing: str) -> None:
    """Write the block of the orders between two keys, of which a part may be written already.

    The orders that have a number keep it, because rows that were written have that number.
    """
    texts = {
        key: row.get("words")
        for term in order_journal.partitions()
        for key, row in order_journal.latest(search_table.read_range(term, packed, closing))
    }
    known = order_blocks.read_keys(closing)
    keys = [*known, *sorted(texts.keys() - set(known))]
    order_blocks.write_keys(closing, keys)
    rows = rows_of_block({at: texts[key] for at, key in enumerate(keys) if key in texts})
    order_blocks.write(closing, rows)


def _limit(rows: Rows, numbers: Iterable[int]) -> None:
    """Make orders match each query if a row would be too large with their words."""
    if max(map(order_blocks.size, rows.values()), default=0) > _FULL_ROW_BYTES:
        for number in numbers:
            order_blocks.remove(rows, number)
            order_blocks.add(rows, number, None)


def _add_late_rows(erased: Sequence[str]) -> None:
    """Add orders with late rows to their blocks, remove erased orders, and delete the late rows."""
    late = list(islice(search_table.read_range(LATE, NOTHING, listing.LAST_KEY), _MAX_LATE))
    for key in erased:
        late += search_table.read_range(LATE, f"{key}#", f"{key}#~")
    keys = sorted({*map(order_journal.order_key, (row["listKey"] for row in late)), *erased})
    for block, members in groupby(keys, _block_finder()):
        _update_block(block, list(members))
    found = sorted({row["listKey"] for row in late})
    deletes = [search_table.delete_request(LATE, list_key) for list_key in found]
    batches.write(search_table.name(), deletes)


def _block_finder() -> Callable[[str], str]:
    """Return a function that returns the block of an order, and is called with rising keys."""
    block = ""

    def find(key: str) -> str:
        nonlocal block
        block = block if key <= block else order_blocks.covering(key)
        return block

    return find


def _update_block(block: str, changed: Sequence[str]) -> None:
    """Replace the words of orders in their block by those that the journal has now.

    A new order first gets its number, and an erased one loses it last, so that an invocation that is cut off
    leaves no words without a number.
    """
    histories = {key: order_journal.read_rows(key) for key in changed}
    texts = dict(order_journal.latest(row for rows in histories.values() for row in rows))
    keys = order_blocks.read_keys(block)
    keys += [key for key in changed if key in texts and key not in keys]
    numbers = {key: at for at, key in enumerate(keys) if key in histories}
    order_blocks.write_keys(block, keys, [at for key, at in numbers.items() if key in texts])
    written = [row.get("words") for key in numbers for row in histories[key] if order_journal.has_words(row)]
    rows = order_blocks.read(block, {*order_blocks.rows_of(dict(enumerate(written))), order_blocks.ANY})
    for key, number in numbers.items():
        order_blocks.remove(rows, number)
        if key in texts:
            order_blocks.add(rows, number, texts[key].get("words"))
    _limit(rows, [at for key, at in numbers.items() if key in texts])
    order_blocks.write(block, rows)
    gone = [at for key, at in numbers.items() if key not in texts]
    order_blocks.write_keys(block, order_blocks.without(keys, gone), gone)
