"""The search rows of products: one for each prefix of each word, with the product's key in the list.

So a search is one query per shard, sorted like the list, and never a scan. The rows may be out of date, so
the caller must read the product and compare the words again.
"""

from collections.abc import Iterator

from lambdas.platform import batches, tables
from lambdas.platform.listing import Listing
from lambdas.platform.tables import Record
from lambdas.shop import search, search_table
from lambdas.shop.documents import Product

Rows = dict[tuple[str, str], Record]
"""Rows of the table by their two keys, `term` and `listKey`."""

# The lengths of the prefixes that have rows. A longer word of a query filters the rows of the longest prefix.
_LENGTHS = (1, 2, 4, 7)
_UNSPACED_LENGTHS = (1, 2)


def listing(wanted: list[str]) -> Listing:
    """Return the listing of the rows that match the wanted words."""
    prefixes = max(map(_lookups, wanted), key=lambda found: len(found[0]))
    condition, values = search.condition(wanted)
    return Listing(
        table=search_table.name(),
        partition_key="term",
        partitions=[_term(prefix, shard) for prefix in prefixes for shard in tables.SHARDS],
        condition=condition,
        names={"#w": "words"},
        values=values,
    )


def rows(product: Product | None) -> Rows:
    """Return the rows of a product by their keys, those of the first words first; none for None.

    The lengths of the fields limit the rows: some 20 for a usual name, and less than 600 for the worst.
    """
    if product is None:
        return {}
    words, sku, list_key = search.product_words(product), product["sku"], product["listKey"]
    prefixes = dict.fromkeys(prefix for word in words for prefix in _prefixes(word))
    terms = [_term(prefix, tables.shard(sku)) for prefix in prefixes]
    row = {"listKey": list_key, "identity": sku, "words": search.text(words)}
    return {(term, list_key): {"term": term, **row} for term in terms}


def replace(before: Rows, after: Rows) -> None:
    """Replace the rows of one product. Replacing them again changes nothing.

    Raises batches.BusyError.
    """
    gone, new = _difference(before, after)
    deletes = [search_table.delete_request(*key) for key in gone]
    batches.write(search_table.name(), [*deletes, *search_table.put_requests(new)])


def replacements(before: Rows, after: Rows) -> list[Record]:
    """Return the entries for `tables.transact` that replace the rows, the new rows first."""
    gone, new = _difference(before, after)
    table = search_table.name()
    puts = ({"Put": {"TableName": table, "Item": tables.attributes(row)}} for row in new)
    keys = (tables.attributes({"term": term, "listKey": list_key}) for term, list_key in gone)
    return [*puts, *({"Delete": {"TableName": table, "Key": key}} for key in keys)]


def _term(prefix: str, shard: str) -> str:
    return f"product#{prefix}#{shard}"


def _lookups(word: str) -> list[str]:
    """Return the longest prefix of each reading of a word that has rows, the word's own first."""
    longest = [max(reading, key=len) for reading in search.readings(word)]
    found = (max(_beginnings(part), key=len, default="") for part in longest)
    return list(dict.fromkeys(prefix for prefix in found if prefix)) or [""]


def _prefixes(word: str) -> Iterator[str]:
    """Yield the prefixes of a word that have rows: of Chinese and Japanese at each character."""
    if not search.is_unspaced(word):
        return _beginnings(word)
    return (prefix for at in range(len(word)) for prefix in _beginnings(word[at : at + 2]))


def _beginnings(word: str) -> Iterator[str]:
    lengths = _UNSPACED_LENGTHS if search.is_unspaced(word) else _LENGTHS
    return (word[:length] for length in lengths if len(word) >= length)


def _difference(before: Rows, after: Rows) -> tuple[list[tuple[str, str]], list[Record]]:
    """Return the keys of the rows that must go, and the rows that are new or changed."""
    return [key for key in before if key not in after], [
        row for key, row in after.items() if before.get(key) != row
    ]
