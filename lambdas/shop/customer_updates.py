"""Writes of customers: the figures of their orders, and the details from the latest order.

A row is written only if it is unchanged since it was read. It names the changes that it has counted until
they have their marks, so that a change counts once, however often it is delivered and wherever an invocation
is cut off. `order_changes` writes the marks afterwards.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from lambdas.platform import batches
from lambdas.platform.tables import Record
from lambdas.shop import customers, order_journal, order_reads, order_status
from lambdas.shop.customers import DETAILS, NOTE
from lambdas.shop.documents import CustomerRow, Order
from lambdas.shop.order_journal import Change

# The longest pause in seconds before each try. Four readers of the stream seldom need more than five tries,
# even if one customer sends all orders (`python -m bench.conflicts`).
PAUSES = (0, 0.05, 0.1, 0.2, *(0.4,) * 16)
_DETAIL_FIELDS = frozenset((*DETAILS, "lastOrderAt", "lastOrderID", "latest", "listShard", "listKey"))
_NO_FIGURES = frozenset(("email", "version", "counted", *NOTE, *_DETAIL_FIELDS))

Details = Mapping[str, Any]


class CustomerBusyError(Exception):
    """Other invocations kept changing the customers. A later try may succeed."""


class CustomerRefusedError(Exception):
    """DynamoDB refused the content of a customer, and would refuse every retry too."""


class Effect(NamedTuple):
    """The effect of a change of an order on one customer.

    `details` are those that the order has from now on, if they changed. `gone` is the `listKey` of an order
    that the customer has no longer, or an empty text.
    """

    change: str
    figures: Counter[str]
    details: Details | None
    gone: str


Effects = Mapping[str, Sequence[Effect]]
"""The effects for each customer by e-mail address, in the sequence of the changes."""


def by_customer(changes: Mapping[str, Change]) -> Effects:
    """Return the effects of changes. The keys of `changes` are their names in the journal."""
    effects: dict[str, list[Effect]] = {}
    for name, change in changes.items():
        for email in filter(None, {email_of(change.before): 1, email_of(change.after): 1}):
            effect = _effect(name, change, email)
            if effect.figures or effect.details or effect.gone:
                effects.setdefault(email, []).append(effect)
    return effects


def add_once(effects: Effects, require_time: Callable[[], None]) -> None:
    """Add the effects that the customers have not counted.

    Raises CustomerBusyError, CustomerRefusedError, and the errors of `batches`, boto3 and `require_time`.
    """

    def add(row: CustomerRow, marked: set[str]) -> CustomerRow | None:
        mine = {one.change: one for one in effects[row["email"]]}
        counted = _without_mark(row, marked)
        new = [one for name, one in mine.items() if name not in {*marked, *counted}]
        # Of an order that is gone, no earlier change is delivered again, except together with the removal.
        gone = tuple(f"{one.gone}#" for one in new if one.gone)
        kept = [name for name in counted if name in mine or not name.startswith(gone)]
        return _with(row, new, [*kept, *(one.change for one in new)]) if new else None

    _change_rows(effects, add, require_time)


def take_back(changes: Mapping[str, Change], require_time: Callable[[], None]) -> None:
    """Remove the effects of changes without a mark from the customers that have counted them.

    The details before a change come back even if the change that brought them was refused as well. Raises the
    same errors as `add_once`.
    """
    reverse = by_customer({name: Change(*changes[name][::-1]) for name in reversed(list(changes))})
    effects = {email: [_without_details(one) for one in its] for email, its in reverse.items()}

    def reduce(row: CustomerRow, marked: set[str]) -> CustomerRow | None:
        counted = _without_mark(row, marked)
        mine = {one.change: one for one in effects[row["email"]] if one.change in counted}
        left = [name for name in counted if name not in mine]
        return _with(row, list(mine.values()), left) if mine else None

    _change_rows(effects, reduce, require_time)
    delete_empty(effects, require_time)


def delete_empty(effects: Effects, require_time: Callable[[], None]) -> None:
    """Delete the customers whose last order is gone, unless one has counted a change that has no mark yet.

    The invocation that marks that change deletes the customer. Raises the same errors as `add_once`.
    """
    left = [email for email, its in effects.items() if any(one.gone for one in its)]
    for pause in PAUSES if left else ():
        _begin(pause, require_time)
        empty = [row for row in _read(left).values() if row["orders"] <= 0]
        marked = order_journal.marked(_counted(empty))
        left = _execute({row["email"]: _deletion(row) for row in empty if marked >= _counted([row])})
        if not left:
            return
    if left:
        raise CustomerBusyError


def replace(wanted: Effects, is_check: bool, require_time: Callable[[], None]) -> int:
    """Replace the figures and details of customers by the one effect of each; return how many were wrong.

    The figures have no zeros. The effect has the name of the latest change, because the customer forgets all
    changes without a mark. The note stays. A check writes nothing. Raises the same errors as `add_once`.
    """
    wrong = set[str]()

    def exchange(row: CustomerRow, marked: set[str]) -> CustomerRow | None:
        (one,) = wanted[row["email"]]
        bare = {name: value for name, value in row.items() if name in ("email", *NOTE)}
        kept = [name for name in row.get("counted", ()) if name in marked]
        new = _with(cast(CustomerRow, {**bare, "orders": 0}), [one], kept)
        is_wrong = _shown(row) != _shown(new)
        if is_wrong:
            wrong.add(row["email"])
        return new if (is_wrong or kept != row.get("counted", kept)) and not is_check else None

    _change_rows(wanted, exchange, require_time)
    return len(wrong)


def delete_without_orders(emails: Iterable[str], require_time: Callable[[], None]) -> None:
    """Delete the rows of customers who have no order. Raises the same errors as `add_once`."""
    left = list(emails)
    for pause in PAUSES if left else ():
        _begin(pause, require_time)
        left = _execute({email: _deletion(row) for email, row in _read(left).items()})
        if not left:
            return
    if left:
        raise CustomerBusyError


def email_of(order: Order | None) -> str:
    """Return the customer's key, or an empty text for a rejected order without a valid e-mail address."""
    return order.get("customerEmail", "") if order else ""


def figures_of(order: Order | None) -> Counter[str]:
    """Return the figures that an order adds to its customer, zeros included."""
    if order is None:
        return Counter()
    sale = order_status.is_sale(order["status"])
    return Counter({"orders": 1, "sales": int(sale), f"total:{order['currency']}": order["total"] * sale})


def details_of(order: Order) -> Details:
    """Return the details that a customer has if this is the latest order."""
    customer: Mapping[str, Any] = order["customer"]
    return {
        **{name: customer[name] for name in DETAILS if customer.get(name)},
        "lastOrderAt": order["createdAt"],
        "lastOrderID": order["orderID"],
        "latest": f"{order['listKey']}#{order['version']:09}",
        **customers.index_keys(order["customerEmail"], order["createdAt"]),
    }


def _effect(name: str, change: Change, email: str) -> Effect:
    before, after = (order if email_of(order) == email else None for order in change)
    changed = after is not None and (before is None or before["customer"] != after["customer"])
    return Effect(
        name,
        _difference(before, after),
        details_of(after) if after and changed else None,
        before["listKey"] if before and not after else "",
    )


def _difference(before: Order | None, after: Order | None) -> Counter[str]:
    """Return the figures that a change adds, without zeros."""
    added = figures_of(after)
    added.subtract(figures_of(before))
    return Counter({name: by for name, by in added.items() if by})


def _without_details(effect: Effect) -> Effect:
    """Return an effect that brings earlier details of an order back, so that its later ones go first."""
    return effect._replace(gone=effect.details["latest"].rpartition("#")[0]) if effect.details else effect


def _without_mark(row: CustomerRow, marked: set[str]) -> list[str]:
    return [name for name in row.get("counted", ()) if name not in marked]


def _with(row: CustomerRow, effects: Sequence[Effect], counted: list[str]) -> CustomerRow:
    """Return a row with effects, with the names of the changes that it has counted, and with its note.

    The note stays even without orders, until `delete_empty` deletes the row: `take_back` may return an order.
    """
    sums = Counter({name: value for name, value in row.items() if name not in _NO_FIGURES})
    for one in effects:
        sums.update(one.figures)
    details = _latest(row, effects) if sums["orders"] > 0 else {}
    note = {name: value for name, value in row.items() if name in NOTE}
    return cast(CustomerRow, {"email": row["email"], **sums, **details, **note, "counted": counted})


def _latest(row: CustomerRow, effects: Sequence[Effect]) -> Details:
    """Return the details of a customer's latest order after effects."""
    details: Details = {name: value for name, value in row.items() if name in _DETAIL_FIELDS}
    lost = ""
    for one in effects:
        if one.gone and details.get("latest", "").startswith(f"{one.gone}#"):
            lost, details = max(lost, details["latest"]), {}
        if one.details and one.details["latest"] > details.get("latest", ""):
            details = one.details
    if details.get("latest", "") >= lost:
        return details
    gone = {one.gone for one in effects if one.gone}
    return max(details, _of_other_order(row["email"], gone), key=lambda one: str(one.get("latest", "")))


def _of_other_order(email: str, gone: set[str]) -> Details:
    """Return the details of the customer's latest order that is not gone. Without one, return no details.

    The index is queried several times, because an index is a moment behind its table. What it shows is read
    from the table.
    """
    for pause in batches.PAUSES:
        time.sleep(pause)
        for found in order_reads.read_latest(email, len(gone) + 1):
            order = None if found["listKey"] in gone else order_reads.find(found["orderID"])
            if order and email_of(order) == email:
                return details_of(order)
    return {}


def _change_rows(
    effects: Effects,
    change: Callable[[CustomerRow, set[str]], CustomerRow | None],
    require_time: Callable[[], None],
) -> None:
    """Write the row that `change` returns for each customer, until the row was unchanged since it was read.

    `change` takes a row and the names of changes that have a mark. It returns None to leave the row as it is.
    """
    left = list(effects)
    for pause in PAUSES:
        _begin(pause, require_time)
        rows = _read(left)  # before the marks, because a row forgets a change that has a mark
        names = {one.change for email in left for one in effects[email]}
        marked = order_journal.marked(names | _counted(rows.values()))
        new = [change(rows.get(email, CustomerRow(email=email, orders=0)), marked) for email in left]
        left = _execute({row["email"]: _write(rows.get(row["email"]), row) for row in new if row})
        if not left:
            return
    raise CustomerBusyError


def _shown(row: CustomerRow) -> Record:
    """Return what a row shows: no zeros, and of the latest order only which one it is."""
    hidden = ("version", "counted", *NOTE)
    shown = {name: value for name, value in row.items() if name not in hidden and value != 0}
    return shown | {"latest": row.get("latest", "").rpartition("#")[0]}


def _begin(pause: float, require_time: Callable[[], None]) -> None:
    time.sleep(random.uniform(0, pause))  # noqa: S311 - a pause is no secret
    require_time()


def _read(emails: Iterable[str]) -> dict[str, CustomerRow]:
    return cast(dict[str, CustomerRow], batches.read(customers.table(), "email", emails))


def _counted(rows: Iterable[CustomerRow]) -> set[str]:
    return {name for row in rows for name in row.get("counted", ())}


def _write(stored: CustomerRow | None, row: CustomerRow) -> Record:
    """Return the statement that replaces the stored row if it is unchanged."""
    version = stored.get("version", 0) + 1 if stored else 1
    new: Record = {**row, "version": version}
    return batches.exchange(customers.table(), cast(Record | None, stored), new, ("email", "version"))


def _deletion(row: CustomerRow) -> Record:
    unchanged = {"email": row["email"], "version": row.get("version")}
    return batches.deletion(customers.table(), unchanged)


def _execute(statements: Mapping[str, Record]) -> list[str]:
    """Write rows; return the e-mail addresses of those that were changed since they were read."""
    codes = batches.execute(list(statements.values()))
    if "ValidationError" in codes:
        raise CustomerRefusedError
    return [email for email, code in zip(statements, codes, strict=True) if code]
