"""The part of a rebuild about sums: figures, sales of products and customers.

The sums of all orders are held in memory, one for each quarter of an hour, for each product and month, and
for each customer. Orders are not. A row whose sums are right is not written.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from lambdas.platform import batches, tables
from lambdas.platform.scan import pages
from lambdas.platform.tables import Record
from lambdas.shop import (
    customer_updates,
    customers,
    figure_updates,
    figures,
    product_sales,
    sales_deltas,
    sales_folding,
    tallies,
)
from lambdas.shop.customer_updates import Details, Effect
from lambdas.shop.documents import Order
from lambdas.shop.figures import Figures
from lambdas.shop.product_sales import Sales
from lambdas.shop.rebuild_report import CUSTOMERS, FIGURES, SALES, Report
from lambdas.shop.sales_folding import SalesRefusedError

_ROWS = 100  # that are written together, or read together

# The errors of a fold that no retry mends. The rebuild makes the rows without it.
_FOLD_ERRORS = (SalesRefusedError, LookupError, TypeError, ValueError)


class Sums:
    """The sums of all orders that were added."""

    def __init__(self) -> None:
        """Begin without an order."""
        self.figures: Figures = {}
        self.sales: Sales = Counter()
        self.customers: dict[str, tuple[Counter[str], Details]] = {}

    def add(self, order: Order) -> None:
        """Add an order."""
        for row, added in figures.of(order).items():
            self.figures.setdefault(row, Counter()).update(added)
        self.sales.update(product_sales.of(order))
        email = customer_updates.email_of(order)
        if email:
            self._add_to_customer(email, order)

    def _add_to_customer(self, email: str, order: Order) -> None:
        details = customer_updates.details_of(order)
        total, latest = self.customers.setdefault(email, (Counter(), details))
        total.update(customer_updates.figures_of(order))
        self.customers[email] = (total, max(latest, details, key=lambda one: str(one["latest"])))


def correct_figures(wanted: Figures, report: Report) -> Iterator[str]:
    """Correct the tallies: add the difference to one shard, because only the sum of the shards counts."""
    stored: Figures = {}
    for page in pages(tallies.table()):
        for row in page:
            for key, found in figures.stored(row).items():
                stored.setdefault(key, Counter()).update(found)
        yield "figures"
    negative = {row: Counter({name: -by for name, by in found.items()}) for row, found in stored.items()}
    added = figures.total([wanted, negative])
    report.wrong[FIGURES] += len(added)
    writes = [figure_updates.addition(row, added[row], tables.SHARDS[0]) for row in sorted(added)]
    for start in range(0, 0 if report.is_check else len(writes), _ROWS):
        # A transaction, because boto3 may send a call again, and DynamoDB makes each transaction once.
        tables.transact(writes[start : start + _ROWS])
        yield "figures"


def correct_sales(wanted: Sales, report: Report) -> Iterator[str]:
    """Correct the rows of product sales, which contain all deltas then. A row too many gets zeros.

    The deltas are of changes that have their marks, so of orders that the sums contain.
    """
    if not report.is_check:
        _end_folds()
        yield "sales"
    number = int((tables.get(tallies.table(), **sales_folding.STATE_KEY) or {}).get("version", 0))
    left = {key: sums for key, sums in sales_folding.sums([wanted]).items() if any(sums.values())}
    for page in pages(product_sales.table()):
        yield from _write_sales([_sales_row(row, left, number) for row in page], page, report)
    missing = [product_sales.row(*key, sums, number) for key, sums in sorted(left.items())]
    for start in range(0, len(missing), _ROWS):
        yield from _write_sales(missing[start : start + _ROWS], (), report)


def correct_customers(wanted: dict[str, tuple[Counter[str], Details]], report: Report) -> Iterator[str]:
    """Correct the customers, and delete those without orders."""
    for page in pages(customers.table(), ProjectionExpression="email, orders"):
        gone = {row["email"]: row.get("orders", 0) for row in page if row["email"] not in wanted}
        report.wrong[CUSTOMERS] += sum(orders > 0 for orders in gone.values())
        if not report.is_check:
            customer_updates.delete_without_orders(gone, _no_limit)
        yield "customers"
    emails = sorted(wanted)
    for start in range(0, len(emails), _ROWS):
        effects = {email: [_effect(*wanted[email])] for email in emails[start : start + _ROWS]}
        report.wrong[CUSTOMERS] += customer_updates.replace(effects, report.is_check, _no_limit)
        yield "customers"


def _no_limit() -> None:
    """Do nothing, because a rebuild has no timeout."""


def _end_folds() -> None:
    """Fold all deltas. If that fails for ever, delete them; the next fold ends one in progress."""
    try:
        sales_folding.fold(_no_limit)
    except _FOLD_ERRORS:
        while slots := sales_deltas.waiting():
            sales_deltas.delete(slots)


def _sales_row(row: Record, left: dict[sales_folding.Key, Counter[str]], number: int) -> Record:
    """Return the row to have in place of a row, and take its sums from those that are left."""
    key = (row["product"], row["period"])
    sums = left.pop(key, Counter())
    fold = row.get("fold", number)
    return product_sales.row(*key, sums, fold if fold <= number else number)


def _write_sales(wanted: Sequence[Record], stored: Sequence[Record], report: Report) -> Iterator[str]:
    new = [row for row in wanted if row not in stored]
    report.wrong[SALES] += len(new)
    if new and not report.is_check:
        requests = [{"PutRequest": {"Item": tables.attributes(row)}} for row in new]
        batches.write(product_sales.table(), requests)
    yield "sales"


def _effect(total: Counter[str], details: Details) -> Effect:
    added = Counter({name: by for name, by in total.items() if by})
    return Effect(str(details["latest"]), added, details, "")
