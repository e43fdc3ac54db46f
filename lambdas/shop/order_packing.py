"""The packing of the search: what the journal has of old orders moves into blocks.

The state has two keys of blocks. Everything up to `packed` is in blocks. While a packer works, `closing` is
the end of its block, and afterwards it is the same as `packed`. The packer sets `closing` before it reads the
journal, and every other invocation reads the state after it wrote to the journal. So either the packer sees
the change, or the other invocation sees that its change is late, and writes a late row. Searches read the
late rows beside the blocks, until a packer adds them to their blocks.
"""

import time
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lambdas.platform import aws, batches, tables
from lambdas.platform.tables import Record
from lambdas.shop import order_journal, search_table
from lambdas.shop.order_journal import Change

LATE = "late"  # the partition of the late rows
# Rows with words in one shard of the journal from which on a packer begins, and late rows from which on they
# are added to their blocks. A search reads all of them.
MAX_ROWS = 250
_SAMPLE = 16  # one of so many new orders has the rows counted
STATE_KEY = {"term": "search", "listKey": "state"}
NOTHING = "0"  # sorts before each instant
_PAUSES = (0, 0.2, 0.4, 0.8, 1.6)  # seconds before each try to take the lease


class State(NamedTuple):
    """The end of the last block, and the end of the block that is being packed or the same."""

    packed: str
    closing: str


def read_state() -> State:
    """Return the state, read consistently."""
    row = tables.get(search_table.name(), **STATE_KEY) or {}
    return State(row.get("packed", NOTHING), row.get("closing", NOTHING))


def follow(changes: Sequence[Change]) -> None:
    """Follow changes that the journal has: late ones get a late row, erased orders leave all rows.

    Of an order that was anonymised, the words that it had before leave all rows.
    Then pack if it is due. Following a change again changes nothing. Raises batches.BusyError and the errors
    of boto3.
    """
    state = read_state()
    erased = {before["listKey"]: before for before, after in changes if before and not after}
    anonymised = {one.after["listKey"]: one.after for one in changes if one.after and _is_anonymised(one)}
    late = [change for change in changes if change.after and change.after["listKey"] <= state.closing]
    rows = [order_journal.row(change) for change in late if not erased.keys() & {_key(change)}]
    puts = [row | {"term": LATE} for row in rows if order_journal.has_words(row)]
    batches.write(search_table.name(), search_table.put_requests(_distinct(puts)))
    if erased or anonymised:
        _leave_blocks({*erased, *anonymised}, state)
    # The words are removed last, because they show which rows of a block have the order.
    for order in erased.values():
        order_journal.erase_words(order)
    for key, order in anonymised.items():
        if key not in erased:
            order_journal.forget_words_before(order)
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
    from lambdas.shop import order_packer  # here, because most starts do without it, and are 4 ms sooner

    state = read_state()
    if state.closing > state.packed:
        return order_packer.write(state, state.closing)
    if any(_is_long(term, state.packed) for term in found) and (closing := order_packer.choose_end(state)):
        return order_packer.write(state, closing)
    return _is_long(LATE, NOTHING) and order_packer.write(state, state.closing)


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


def _is_anonymised(change: Change) -> bool:
    """Whether a change removed the customer of an order, or may have: it was too large with its old image."""
    before, after = change
    return after is not None and "anonymisedAt" in after and "anonymisedAt" not in (before or {})


def _leave_blocks(changed: set[str], state: State) -> None:
    """Replace the words of orders, by their keys, in the blocks, and delete their late rows.

    Raises batches.BusyError.
    """
    from lambdas.shop import order_packer  # here as above

    packed = sorted(key for key in changed if key <= state.closing)
    for pause in _PAUSES if packed else ():
        time.sleep(pause)
        state = read_state()
        if order_packer.write(state, state.closing, packed):
            break
    else:
        if packed:
            raise batches.BusyError("the blocks of the search were written by others at every try")


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
