"""The blocks of the search: the words of many old orders, packed into few rows.

A block has the orders of an interval of time. It numbers them, and has a row for each bucket, which is the
first two letters of a word. The row has the words of its bucket, each with the numbers of the orders that
have the word. Words are cut, so a block may name an order that does not match, but never leaves one out.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from lambdas.platform import aws, batches, tables
from lambdas.platform.tables import Record
from lambdas.shop import search, search_table

Entries = dict[str, set[int]]
"""The words of a row, each with the numbers of its orders."""

Rows = dict[str, Entries]
"""The rows of a block by their bucket."""

KEYS = "block"  # the partition of the rows that have the keys of the orders
_LETTERS = 12  # of a word that are kept
_CHUNK = 64  # orders whose keys are in one row, some 4 KB
_GONE = "-"  # in the place of an erased order
# Orders whose words are not kept, so that they may match each query.
ANY = "*"


def end_of(created_at: str) -> str:
    """Return the key of a block that ends with the orders of this instant. No order has this key itself."""
    return f"{created_at}#~"


def term(bucket: str) -> str:
    """Return the partition of the rows of a bucket."""
    return f"order#{bucket}"


def bucket(part: str) -> str:
    """Return the bucket of a word of a query. A word of one letter has one of its own."""
    return part[:1] if search.is_unspaced(part) else part[:2]


def line(part: str) -> str:
    """Return the text that a row contains if it has a word that begins with a word of a query."""
    return f"\n{part[:_LETTERS]}"


def index(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the buckets of words and what is kept there, so that a query finds each word by its beginning.

    A part of a Chinese or Japanese word is found too.
    """
    for word in words:
        for at, letter in enumerate(word):
            if search.is_unspaced(letter):
                yield letter, word[at : at + _LETTERS]
        if not search.is_unspaced(word):
            yield word[0], word[0]
            if len(word) > 1:
                yield word[:2], word[:_LETTERS]


def rows_of(texts: Mapping[int, str | None]) -> Rows:
    """Return the rows of orders with these numbers and texts, or None for a text that is not kept."""
    rows: Rows = {}
    for number, text in texts.items():
        add(rows, number, text)
    return rows


def add(rows: Rows, number: int, text: str | None) -> None:
    """Add an order's text to the rows of its block, or None for an order that may match each query."""
    for name, word in index(text.split()) if text is not None else [(ANY, ANY)]:
        rows.setdefault(name, {}).setdefault(word, set()).add(number)


def remove(rows: Rows, number: int) -> None:
    """Remove an order from the rows of its block."""
    for entries in rows.values():
        for word in [word for word, numbers in entries.items() if number in numbers]:
            entries[word].discard(number)
            if not entries[word]:
                del entries[word]


def size(entries: Entries) -> int:
    """Return the bytes of a row."""
    return len(_encode(entries).encode())


def numbers(row: Record | None, part: str) -> set[int]:
    """Return the numbers of the orders in a row that have a word with this beginning.

    Only the lines of such words are read. All lines of a large row take 40 ms.
    """
    entries, start, found = f"{row['entries'] if row else ''}\n", line(part), set[int]()
    at = entries.find(start)
    while at >= 0:
        end = entries.index("\n", at + 1)
        found.update(map(int, entries[at:end].split(" ")[1:]))
        at = entries.find(start, end)
    return found


def read(block: str, buckets: Iterable[str]) -> Rows:
    """Return rows of a block, read consistently. Raises batches.BusyError."""
    keys = [{"term": term(name), "listKey": block} for name in buckets]
    found = {row["term"]: row for row in batches.items(search_table.name(), keys)}
    return {name: _decode(found[term(name)]["entries"]) for name in buckets if term(name) in found}


def differing(block: str, rows: Rows) -> Rows:
    """Return those rows that a block has with another content, or not at all. Raises batches.BusyError."""
    keys = [{"term": term(name), "listKey": block} for name in rows]
    stored = {row["term"]: row.get("entries") for row in batches.items(search_table.name(), keys)}
    return {name: found for name, found in rows.items() if stored.get(term(name)) != _encode(found)}


def write(block: str, rows: Rows) -> None:
    """Write rows of a block, and delete those without words. Raises batches.BusyError."""
    batches.write(
        search_table.name(),
        [
            _request(term(name), block, {"entries": _encode(entries)} if entries else {})
            for name, entries in rows.items()
        ],
    )


def read_keys(block: str) -> list[str]:
    """Return the keys of the orders of a block by their number, read consistently."""
    rows = search_table.read_range(KEYS, f"{block}~", f"{block}~~")
    return [key for row in rows for key in row["keys"].split()]


def write_keys(block: str, keys: list[str], changed: Iterable[int] | None = None) -> None:
    """Write the keys of a block: all, or those rows with the changed numbers. Raises batches.BusyError."""
    chunks = range(max(1, -(-len(keys) // _CHUNK))) if changed is None else {at // _CHUNK for at in changed}
    batches.write(
        search_table.name(),
        [
            _request(KEYS, _chunk_key(block, at), {"keys": " ".join(keys[at * _CHUNK : (at + 1) * _CHUNK])})
            for at in sorted(chunks)
        ],
    )


def without(keys: list[str], gone: Collection[int]) -> list[str]:
    """Return the keys of a block without erased orders, whose numbers are not used again."""
    return [_GONE if number in gone else key for number, key in enumerate(keys)]


def covering(key: str) -> str:
    """Return the block that has the order with this key, or would have it; an empty text if there is none."""
    found = aws.dynamodb().query(
        TableName=search_table.name(),
        KeyConditionExpression="term = :term AND listKey > :key",
        ExpressionAttributeValues=tables.attributes({":term": KEYS, ":key": key}),
        ConsistentRead=True,
        Limit=1,
    )
    return next((_block_of(str(tables.record(item)["listKey"])) for item in found["Items"]), "")


def find(blocks: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return the keys of the orders in these blocks that match the words of a query, in no fixed order.

    Raises batches.BusyError.
    """
    parts = {part for word in words for reading in search.readings(word) for part in reading}
    names = [ANY, *{bucket(part) for part in parts}]
    keys = [{"term": term(name), "listKey": block} for block in blocks for name in names]
    rows = {(row["term"], row["listKey"]): row for row in batches.items(search_table.name(), keys)}
    found = {
        (block, number)
        for block in blocks
        for number in _matching({name: rows.get((term(name), block)) for name in names}, words)
    }
    return _keys_of(found)


def _matching(rows: Mapping[str, Record | None], words: Iterable[str]) -> set[int]:
    """Return the numbers of the orders of a block that match: each word in one of its readings."""

    def having(part: str) -> set[int]:
        return numbers(rows[bucket(part)], part)

    either = [
        set[int]().union(*(set.intersection(*map(having, reading)) for reading in search.readings(word)))
        for word in words
    ]
    return set.intersection(*either) | numbers(rows[ANY], ANY)


def _keys_of(found: Iterable[tuple[str, int]]) -> list[str]:
    """Return the keys of orders by block and number."""
    chunks = sorted({(block, number // _CHUNK) for block, number in found})
    named = [{"term": KEYS, "listKey": _chunk_key(*chunk)} for chunk in chunks]
    keys = {row["listKey"]: row["keys"].split() for row in batches.items(search_table.name(), named)}
    found_keys = (keys[_chunk_key(block, number // _CHUNK)][number % _CHUNK] for block, number in found)
    return [key for key in found_keys if key != _GONE]  # erased after the words were read


def _chunk_key(block: str, chunk: int) -> str:
    """Return the `listKey` of the row with the keys of some orders of a block."""
    return f"{block}~{chunk:03}"


def _block_of(list_key: str) -> str:
    return list_key.rpartition("~")[0]


def _request(partition: str, list_key: str, content: Mapping[str, str]) -> Record:
    if not content:
        return search_table.delete_request(partition, list_key)
    return search_table.put_requests([{"term": partition, "listKey": list_key, **content}])[0]


def _encode(entries: Entries) -> str:
    """Return the text of a row: a line for each word, which begins with it."""
    lines = (f"\n{word} {' '.join(map(str, sorted(found)))}" for word, found in sorted(entries.items()))
    return "".join(lines)


def _decode(text: str) -> Entries:
    lines = (line.split(" ") for line in text.split("\n")[1:])
    return {word: set(map(int, found)) for word, *found in lines}
