"""The rebuild: everything that is derived from orders and products, made anew from their tables.

No change of an order may be applied meanwhile: `local.rebuild` pauses the reader of the stream. Orders come
in and change all the same. Each order counts in the version that the scan finds, and this change and all
before it get their marks. So the reader finds afterwards, by the marks, which changes are counted: each
change is in the sums exactly once. A rebuild that is cut off is begun again before the reader goes on.
"""

from collections.abc import Iterator

from lambdas.platform import batches
from lambdas.platform.scan import pages
from lambdas.shop import (
    order_reads,
    order_table,
    rebuild_blocks,
    rebuild_journal,
    rebuild_ledger,
    rebuild_pack,
    rebuild_sums,
    search_table,
)
from lambdas.shop import product_ledger as ledger
from lambdas.shop.rebuild_blocks import Present
from lambdas.shop.rebuild_ledger import Fingerprints
from lambdas.shop.rebuild_report import Report
from lambdas.shop.rebuild_sums import Sums

PAGE = 100  # orders that are looked at together


def steps(report: Report) -> Iterator[str]:
    """Rebuild everything, or only compare it for a check. Yield the name of each step when it is done.

    Raises batches.BusyError, customer_updates.CustomerBusyError and the errors of boto3.
    """
    sums, sold, present = Sums(), Fingerprints(), Present()
    yield from _count_orders(sums, sold, report)
    yield from rebuild_sums.correct_figures(sums.figures, report)
    yield from rebuild_sums.correct_sales(sums.sales, report)
    yield from rebuild_sums.correct_customers(sums.customers, report)
    yield from rebuild_blocks.correct(present, report)
    yield from rebuild_pack.correct(report)
    yield from rebuild_ledger.sweep(sold, present, report)
    if not report.is_check:
        rebuild_blocks.pack()


def _count_orders(sums: Sums, sold: Fingerprints, report: Report) -> Iterator[str]:
    """Add up all orders, and correct the rows that each has in the table of search terms."""
    for page in pages(order_table.name(), PAGE):
        orders = [order for stored in page if (order := order_reads.unless_erased(stored))]
        requests = list(rebuild_journal.requests(page, report))
        requests += rebuild_ledger.requests(orders, report)
        if not report.is_check:
            batches.write(search_table.name(), requests)
        for order in orders:
            sums.add(order)
            for key in ledger.keys(order):
                sold.add(key)
        report.orders += len(orders)
        yield "orders"
