"""The report of a rebuild: how many rows of each part were wrong."""

from collections import Counter
from dataclasses import dataclass, field

FIGURES, SALES, CUSTOMERS, SEARCH, LEDGER = PARTS = ("figures", "sales", "customers", "search", "ledger")


@dataclass
class Report:
    """The findings of a rebuild so far. A check writes nothing.

    `waiting` has the IDs of orders with changes that were not counted yet. Their rows are behind, not wrong.
    """

    is_check: bool = False
    orders: int = 0
    waiting: set[str] = field(default_factory=set)
    wrong: Counter[str] = field(default_factory=Counter)
