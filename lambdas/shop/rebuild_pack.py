"""The part of a rebuild about the pack of the catalog, which lists and searches of products read.

Products are saved meanwhile. A part that looks wrong is compared once more, with its products as they are
after the part was read, and is written only if nobody has written it since.
"""

from collections.abc import Iterator
from typing import cast

from lambdas.platform import tables
from lambdas.platform.scan import pages
from lambdas.shop import catalog, product_pack
from lambdas.shop.documents import Product
from lambdas.shop.product_pack import Lines
from lambdas.shop.rebuild_report import SEARCH, Report

_PRODUCTS = 100  # that are looked at together


def correct(report: Report) -> Iterator[str]:
    """Write the parts that are wrong. Yield after each step. Raises batches.BusyError."""
    wanted: dict[str, Lines] = {part: {} for part in product_pack.PARTS}
    for page in pages(catalog.table(), _PRODUCTS):
        for sku, line in product_pack.lines_of(cast(list[Product], page)).items():
            wanted[product_pack.part_of(sku)][sku] = line
        yield "products"
    versions = product_pack.read_versions()
    for part, lines in wanted.items():
        if not _is_right(part, lines, versions):
            _correct(part, lines, report)
        yield "products"


def _is_right(part: str, lines: Lines, versions: dict[str, str]) -> bool:
    stored = product_pack.read(part)
    return stored.version == versions.get(part, "") and stored.lines == product_pack.fit(part, lines)[0]


def _correct(part: str, found: Lines, report: Report) -> None:
    """Write a part with the products that it has or should have."""
    while True:
        stored = product_pack.read(part)
        now = product_pack.lines_of(catalog.read_many(found.keys() | stored.lines.keys()).values())
        lines, _ = product_pack.fit(part, now)
        wrong = dict(lines.items() ^ stored.lines.items()).keys()
        # The version may be of a write that ended since. Then the next look is at that write's part.
        is_current = product_pack.read_versions().get(part, "") == stored.version
        if is_current and not wrong:
            return
        if not is_current and product_pack.read(part).version != stored.version:
            continue
        if not report.is_check:
            product_pack.announce_save()
            try:
                tables.transact(product_pack.writes(part, stored.version, now))
            except tables.ConditionFailedError:
                continue
            # A rebuild tries for longer than an announcement lasts, and lists may be quiet again by then.
            product_pack.announce_save()
        report.wrong[SEARCH] += max(1, len(wrong))
        return
