"""Orders of an e-mail address that no account sent, given to the account whose address it is.

The address is the proved one of the token. An order that has an account keeps it, and one whose customer has
another address by now is nobody's here.
"""

from typing import Any

from lambdas.platform import listing, tables, text
from lambdas.platform.access import Person
from lambdas.platform.errors import PreconditionFailedError
from lambdas.platform.listing import Listing
from lambdas.shop import order_reads, order_table, orders
from lambdas.shop.documents import Order

_SIZE = 25  # orders that one call looks at, so that it ends far within the timeout of the gateway
_TRIES = 5  # for an order that staff change at the same moment


def claim(email: str, cursor: str, *, by: Person) -> tuple[int, str | None]:
    """Give some orders to the account of `by`; return how many, and the cursor of the rest or None.

    An order that is changed at every try stays for another call. Raises BadRequestError for a cursor of
    another account.
    """
    mailbox = text.mailbox(email)
    wanted = Listing(
        table=order_table.name(),
        index="byCustomer",
        partition_key="customerEmail",
        partitions=[mailbox],
        descending=True,
        owner=f"claims of {by.sub}",
    )
    found, following = listing.read_page(wanted, _SIZE, cursor)
    return sum(_claim(one["orderID"], mailbox, by) for one in found), following


def _claim(order_id: str, mailbox: str, by: Person) -> bool:
    """Give an order to the account, unless it is not free; return whether that was done."""
    for _ in range(_TRIES):
        order = order_reads.find(order_id)
        if order is None or not _is_free(order, mailbox):
            return False
        try:
            _give(order, by)
        except PreconditionFailedError:
            continue
        return True
    return False


def _is_free(order: Order, mailbox: str) -> bool:
    return "accountID" not in order and order.get("customerEmail") == mailbox


def _give(order: Order, by: Person) -> None:
    entry: dict[str, Any] = {**by.signature, "event": "claimed"}
    limit = tables.MAX_ITEM_BYTES + tables.HISTORY_BYTES
    orders.save(order, {**order, "accountID": by.sub}, entry, limit)
