"""The marks of pages that are out of date: a row for each in the table of search terms.

Whoever changes a product marks the pages that show it. A page is made from what the tables have after its
mark was read, and then its mark goes, unless it was written anew meanwhile. So a page that misses a change
keeps a mark, wherever an invocation is cut off.
"""

import uuid
from collections.abc import Collection, Iterable
from itertools import islice
from typing import NamedTuple

from lambdas.platform import batches, times
from lambdas.platform.listing import FIRST_KEY, LAST_KEY
from lambdas.platform.stream import Change
from lambdas.shop import search_table

# The partitions of the marks. What people changed is made before what is only made anew.
CHANGED, ANEW = "pages", "pages-anew"
HOME, SEARCH, SITEMAP, ROBOTS, NOT_FOUND = "home", "search", "sitemap", "robots", "not-found"
OWN = "own"  # cart, account and the other pages that a script fills
LAW = "law"  # the texts that the law asks for
INDEX = "index"  # the whole search index
OF_ALL = (HOME, SEARCH, SITEMAP)  # these show something of each product
WITHOUT_PRODUCTS = (ROBOTS, NOT_FOUND, OWN, LAW)
_ROUND = 100  # marks that are read at once, so that a change waits for few other pages


class Mark(NamedTuple):
    """A page that is out of date, since when, and the version of its row."""

    term: str
    name: str
    version: str
    since: str


def product(sku: str) -> str:
    """Return the name of a product's page."""
    return f"p/{sku}"


def skus_of(names: Iterable[str]) -> set[str]:
    """Return the products whose pages are among some names."""
    pages = product("")
    return {name.removeprefix(pages) for name in names if name.startswith(pages)}


def category(name: str) -> str:
    """Return the name of the pages of a category."""
    return f"c/{name}"


def indexed(sku: str) -> str:
    """Return the name of a product in the search index."""
    return f"{INDEX}/{sku}"


def of_change(change: Change) -> set[str]:
    """Return the names of what shows a product that was changed, before or after. Raises KeyError."""
    sku = change["Keys"]["sku"]["S"]
    images = [change[name] for name in ("OldImage", "NewImage") if name in change]
    shown = [image for image in images if image["active"]["BOOL"]]
    if not shown:
        return set()
    categories = {category(image["category"]["S"]) for image in shown}
    return {product(sku), indexed(sku), *categories, *OF_ALL}


def put(names: Iterable[str], term: str = CHANGED) -> None:
    """Mark pages. A mark replaces an earlier one of the same page. Raises batches.BusyError."""
    now = times.now()
    rows = [
        {"term": term, "listKey": name, "version": uuid.uuid4().hex, "since": now}
        for name in sorted(set(names))
    ]
    batches.write(search_table.name(), search_table.put_requests(rows))


def read(skipped: Collection[Mark] = ()) -> list[Mark]:
    """Return some marks, those of changes first, without those that are skipped."""
    found = (mark for term in (CHANGED, ANEW) for mark in _each(term) if mark not in skipped)
    return list(islice(found, _ROUND))


def late(before: str) -> list[Mark]:
    """Return the marks that were written before an instant, the oldest first."""
    found = [mark for term in (CHANGED, ANEW) for mark in _each(term) if mark.since < before]
    return sorted(found, key=lambda mark: mark.since)


def delete(marks: Iterable[Mark]) -> None:
    """Delete marks, but those that were written anew meanwhile."""
    table = search_table.name()
    batches.execute(
        [
            batches.deletion(table, {"term": mark.term, "listKey": mark.name, "version": mark.version})
            for mark in marks
        ]
    )


def _each(term: str) -> Iterable[Mark]:
    rows = search_table.read_range(term, FIRST_KEY, LAST_KEY, limit=_ROUND)
    return (Mark(term, row["listKey"], row["version"], row["since"]) for row in rows)
