"""The pack: the whole catalog as the search reads it, in parts that functions keep in memory.

A part has the products whose SKUs have the same hash, and is one row of the table of search terms. Another
row has only the part's version, so that one query finds out which parts have changed. The transaction that
changes a product writes both rows.

A third row, of the whole catalog, has the time at which every save that has begun will have ended. So while
nobody saves, a list reads this row beside its products and need not ask for the versions.
"""

import uuid
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from lambdas.platform import batches, log, side_by_side, tables, times
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.platform.tables import Record
from lambdas.shop import catalog, search, search_table
from lambdas.shop.documents import Product

Lines = dict[str, str]
"""The lines of a part by their SKUs. A line has fields with tabs between them: see `line_of`."""

PARTS = tuple(f"{part:02}" for part in range(64))
# Bytes of a packed part; DynamoDB takes 400 KB for a row. A larger part leaves the descriptions out.
MAX_BYTES = 350_000
_VERSIONS = "catalog-versions"  # the partition of the rows with the versions
_ANNOUNCEMENT = {"term": "catalog", "listKey": "saves"}
# Milliseconds from the announcement of a save to the end of its transaction: the 10 s that a function has,
# and 5 s by which clocks may differ. An announcement lasts twice as long, so that an import makes few.
SAVE_MS = 15_000
_ANNOUNCED_MS = 2 * SAVE_MS
_announced: dict[str, int] = {}  # the end of the last announcement that this process made, by table
_KEY = {"listKey": "lines"}  # the other key of a part, which has a partition of its own for its many writes
_BREAKS = str.maketrans("\t\n", "  ")  # between the fields and lines
_PARTS_PER_CALL = 8  # so that large parts come side by side


class Part(NamedTuple):
    """A part as it is stored. The version of a part that is not stored is empty."""

    version: str
    lines: Lines


def part_of(sku: str) -> str:
    """Return the part that has a product."""
    return PARTS[zlib.crc32(sku.encode()) % len(PARTS)]


def line_of(product: Product | None) -> str:
    """Return the line of a product, or an empty text for None.

    Its fields are the key in the list by name, the category, `1` if the product is active, the words of SKU
    and name, the other words of category and description, the price in minor units, and the last change in
    milliseconds since 1970. A line of an earlier release lacks the last two.
    """
    if product is None:
        return ""
    key = catalog.list_key(product["sku"], product["name"])
    names = search.product_words(product)
    texts = search.text_words(product["category"], product.get("description", ""))
    words = (_join(names), _join(texts, names))
    numbers = (str(product["unitPrice"]), str(times.milliseconds(product["updatedAt"])))
    fields = (key, product["category"], str(int(product["active"])), *words, *numbers)
    return "\t".join(field.translate(_BREAKS) for field in fields)


def sku_of(line: str) -> str:
    """Return the SKU of a line, or of the key in the list by name with which it begins."""
    return line.partition("\t")[0].rpartition(" #")[2]


def lines_of(products: Iterable[Product]) -> Lines:
    """Return the lines of products by their SKUs."""
    return {product["sku"]: line_of(product) for product in products}


def fit(part: str, lines: Lines) -> tuple[Lines, bytes]:
    """Return the lines that a part can store, and their packed form. A part that is too large is logged."""
    packed = _pack(lines)
    if len(packed) <= MAX_BYTES:
        return lines, packed
    log.event("catalog.part_too_large", level="WARN", part=part, products=len(lines), bytes=len(packed))
    shorter = {sku: _without_description(line) for sku, line in lines.items()}
    return shorter, _pack(shorter)


def unpack(packed: bytes) -> list[str]:
    """Return the lines of a part, sorted."""
    return [line for line in zlib.decompress(packed).decode().split("\n") if line]


def read(part: str) -> Part:
    """Return a part, read consistently."""
    row = tables.get(search_table.name(), **_key(part))
    if row is None:
        return Part("", {})
    return Part(row["version"], {sku_of(line): line for line in unpack(row["lines"])})


def read_versions() -> dict[str, str]:
    """Return the versions of the stored parts, read consistently."""
    return {row["listKey"]: row["version"] for row in search_table.read_range(_VERSIONS, FIRST_KEY, LAST_KEY)}


def announce_save() -> None:
    """Announce a save, which has to end within SAVE_MS. This comes before each write of a part."""
    table, now = search_table.name(), times.now_ms()
    if _announced.get(table, 0) - now < SAVE_MS:
        announcement = _announcement(now)
        tables.put(table, announcement)
        _announced[table] = announcement["until"]


def read_products(skus: Iterable[str]) -> tuple[dict[str, Product], int]:
    """Return whole products by SKU, and when all saves that were announced have ended, 0 if none was.

    Unknown SKUs are left out. The time is in milliseconds since 1970. Raises batches.BusyError.
    """
    terms, of_products = search_table.name(), [(catalog.table(), {"sku": sku}) for sku in skus]
    rows = batches.items_of_tables([(terms, _ANNOUNCEMENT), *of_products])
    products = {row["sku"]: cast(Product, row) for table, row in rows if table != terms}
    return products, next((row["until"] for table, row in rows if table == terms), 0)


def read_packed(parts: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """Yield parts, each with its version and packed lines, read consistently. Raises batches.BusyError."""
    keys = [_key(part) for part in parts]
    groups = [keys[start : start + _PARTS_PER_CALL] for start in range(0, len(keys), _PARTS_PER_CALL)]
    for rows in side_by_side.call(lambda group: batches.items(search_table.name(), group), groups):
        yield from ((row["term"].removeprefix(_term("")), row["version"], row["lines"]) for row in rows)


def writes_of_change(before: Product | None, after: Product | None) -> list[Record]:
    """Return the entries for `tables.transact` that change the line of a product in its part.

    There are none if the line stays as it is. The first entry fails if the part was written meanwhile.
    """
    old, new = line_of(before), line_of(after)
    if old == new:
        return []
    sku = sku_of(new or old)
    part = part_of(sku)
    stored = read(part)
    others = {other: line for other, line in stored.lines.items() if other != sku}
    lines = others | {sku: new} if new else others
    return writes(part, stored.version, lines)


def writes(part: str, version: str, lines: Lines) -> list[Record]:
    """Return the entries for `tables.transact` that write a part in place of this version of it."""
    row = {**_key(part), "version": uuid.uuid4().hex, "lines": fit(part, lines)[1]}
    return [tables.put_write(search_table.name(), "term", row, version or None), _version_write(row, part)]


def rows(products: Iterable[Product]) -> list[Record]:
    """Return all rows of a pack with these products, the announcement of their save among them."""
    parts: dict[str, Lines] = {}
    for sku, line in lines_of(products).items():
        parts.setdefault(part_of(sku), {})[sku] = line
    written = [entry for part, lines in parts.items() for entry in writes(part, "", lines)]
    return [_announcement(times.now_ms()), *(tables.record(entry["Put"]["Item"]) for entry in written)]


def _announcement(now: int) -> Record:
    return {**_ANNOUNCEMENT, "until": now + _ANNOUNCED_MS}


def _version_write(row: Mapping[str, object], part: str) -> Record:
    item = {"term": _VERSIONS, "listKey": part, "version": row["version"]}
    return {"Put": {"TableName": search_table.name(), "Item": tables.attributes(item)}}


def _key(part: str) -> dict[str, str]:
    return {"term": _term(part), **_KEY}


def _term(part: str) -> str:
    return f"catalog#{part}"


def _pack(lines: Lines) -> bytes:
    return zlib.compress("\n".join(sorted(lines.values())).encode())


def _without_description(line: str) -> str:
    key, category, active, names, _, *numbers = line.split("\t")
    texts = _join(search.text_words(category), names.split(" "))
    return "\t".join((key, category, active, names, texts, *numbers))


def _join(words: Sequence[str], without: Collection[str] = ()) -> str:
    left = frozenset(without)
    return " ".join(word for word in words if word not in left)
