"""The packing of the search: what the journal has of old orders moves into blocks.

The state has two keys of blocks. Everything up to `packed` is in blocks. While a packer works, `closing` is
the end of its block, and afterwards it is the same as `packed`. The packer sets `closing` before it reads the
journal, and every other invocation reads the state after it wrote to the journal. So either the packer sees
the change, or the other invocation sees that its change is late, and writes a late row. Searches read the
late rows beside the blocks, until a packer adds them to their blocks.

Only the holder of the lease writes blocks. An invocation that is cut off leaves a lease that ends by itself,
and the next holder completes its block.
"""

import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from typing import Any, NamedTuple

from lambdas.platform import aws, batches, listing, tables, times
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import order_blocks, order_journal, search_table
from lambdas.shop.documents import Order
from lambdas.shop.order_blocks import Rows
from lambdas.shop.order_journal import Change

LATE = "late"  # the partition of the late rows
# Rows with words in one shard of the journal from which on a packer begins, and late rows from which on they
# are added to their blocks. A search reads all of them.
MAX_ROWS = 250
_SAMPLE = 16  # one of so many new orders has the rows counted
_MAX_ORDERS = 1000  # of a new block
_MAX_LATE = 500  # late rows that are added to their blocks at once
_MAX_ROW_BYTES = 200_000  # of a new block
_FULL_ROW_BYTES = 380_000  # with late changes; DynamoDB takes 400 KB
_STATE = {"term": "search", "listKey": "state"}
NOTHING = "0"  # sorts before each instant
_LEASE_MS = 90_000  # longer than the timeout of update_views
_FREE = "(attribute_not_exists(#until) OR #until < :now)"
_PAUSES = (0, 0.2, 0.4, 0.8, 1.6)  # seconds before each try to take the lease


class State(NamedTuple):
    """The end of the last block, and the end of the block that is being packed or the same."""

    packed: str
    closing: str


class LeaseTakenError(Exception):
    """Another invocation writes blocks."""


def read_state() -> State:
    """Return the state, read consistently."""
    row = tables.get(search_table.name(), **_STATE) or {}
    return State(row.get("packed", NOTHING), row.get("closing", NOTHING))


def follow(changes: Sequence[Change]) -> None:
    """Follow changes that the journal has: late ones get a late row, erased orders leave all rows.

    Then pack if it is due. Following a change again changes nothing. Raises batches.BusyError and the errors
    of boto3.
    """
    state = read_state()
    erased = {before["listKey"]: before for before, after in changes if before and not after}
    late = [change for change in changes if change.after and change.after["listKey"] <= state.closing]
    rows = [order_journal.row(change) for change in late if not erased.keys() & {_key(change)}]
    puts = [row | {"term": LATE} for row in rows if order_journal.has_words(row)]
    batches.write(search_table.name(), search_table.put_requests(_distinct(puts)))
    _erase(erased, state)
    pack_if_due(
        {order_journal.partition(change.after) for change in changes if change.after and _is_sample(change)}
    )


def pack_if_due(terms: Iterable[str]) -> bool:
    """Pack if one of these shards of the journal has many rows, or add the late rows if there are many.

    Return whether a block was written, and more may be due.
    """
    found = list(terms)
    if not found:
        return False
    state = read_state()
    if state.closing > state.packed:
        return _try_to_write(state, state.closing)
    if any(_is_long(term, state.packed) for term in found) and (closing := _choose_end(state)):
        return _try_to_write(state, closing)
    return _is_long(LATE, NOTHING) and _try_to_write(state, state.closing)


def _key(change: Change) -> str:
    order = change.after or change.before
    return order["listKey"] if order else ""


def _distinct(rows: Iterable[Record]) -> list[Record]:
    return list({row["listKey"]: row for row in rows}.values())


def _is_sample(change: Change) -> bool:
    """Whether a change is a new order, and one of the few that have the rows counted."""
    order = change.after
    return (
        change.before is None
        and order is not None
        and zlib.crc32(order["orderID"].encode()) // len(tables.SHARDS) % _SAMPLE == 0
    )


def _erase(erased: dict[str, Order], state: State) -> None:
    """Remove orders from the blocks and the late rows, and then their words from the journal.

    The words are removed last, because they show which rows of a block have the order.
    """
    packed = sorted(key for key in erased if key <= state.closing)
    for pause in _PAUSES if packed else ():
        time.sleep(pause)
        state = read_state()
        if _try_to_write(state, state.closing, packed):
            break
    else:
        if packed:
            raise batches.BusyError("the blocks of the search were written by others at every try")
    for order in erased.values():
        order_journal.erase_words(order)


def _is_long(term: str, after: str) -> bool:
    """Whether a partition has more than MAX_ROWS rows with words behind a key, or more than a query reads."""
    counted = aws.dynamodb().query(
        TableName=search_table.name(),
        KeyConditionExpression="term = :term AND listKey > :after",
        FilterExpression=order_journal.HAS_WORDS,
        ExpressionAttributeValues=tables.attributes({":term": term, ":after": after}),
        Select="COUNT",
    )
    return counted["Count"] > MAX_ROWS or "LastEvaluatedKey" in counted


def _choose_end(state: State) -> str:
    """Return the end of a new block, with the oldest three quarters of the orders that are not packed.

    If there are more than one page of a query, the block has as many as its size allows. An empty text means
    that there is nothing to pack.
    """
    rows, frontier = listing.merge(_unpacked(state), "", MAX_ROWS)
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


def _try_to_write(state: State, closing: str, erased: Sequence[str] = ()) -> bool:
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


@contextmanager
def _lease(state: State, closing: str) -> Iterator[str]:
    """Hold the lease, with `closing` set. Raises LeaseTakenError."""
    owner, now = uuid.uuid4().hex, times.now_ms()
    _update_state(
        f"attribute_not_exists(term) OR (#packed = :packed AND #closing = :was AND {_FREE})",
        "SET #packed = :packed, #closing = :closing, #owner = :owner, #until = :until",
        {":packed": state.packed, ":was": state.closing, ":now": now}
        | {":closing": closing, ":owner": owner, ":until": now + _LEASE_MS},
    )
    try:
        yield owner
    finally:
        _update_state("#owner = :owner", "REMOVE #owner, #until", {":owner": owner})


def _set_packed(owner: str, closing: str) -> None:
    values = {":owner": owner, ":closing": closing}
    _update_state("#owner = :owner", "SET #packed = :closing", values)


def _update_state(condition: str, update: str, values: dict[str, Any]) -> None:
    """Change the state under a condition. Raises LeaseTakenError if the condition is not met."""
    names = ("packed", "closing", "owner", "until")
    try:
        tables.write_conditionally(
            "update_item",
            TableName=search_table.name(),
            Key=tables.attributes(_STATE),
            ConditionExpression=condition,
            UpdateExpression=update,
            ExpressionAttributeNames={f"#{name}": name for name in names if f"#{name}" in condition + update},
            ExpressionAttributeValues=tables.attributes(values),
        )
    except tables.ConditionFailedError as error:
        raise LeaseTakenError from error


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
    rows = order_blocks.rows_of({at: texts[key] for at, key in enumerate(keys) if key in texts})
    _limit(rows, range(len(keys)))
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
    deletes = [search_table.delete_request(LATE, row["listKey"]) for row in _distinct(late)]
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
