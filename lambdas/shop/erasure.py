"""The erasure of a customer, in steps that can be repeated until nothing is left.

What the shop was paid for stays without the person, what came to nothing goes, and an order that the shop
still owes refuses the whole. Every write is conditional, so two calls at once, or one that is cut off, leave
nothing half done that the next call does not finish.

An open dead letter of the person may be an order that never arrived. It goes only if the caller says so.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from lambdas.platform import customer_pool, log, tables
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError, Fault, NotFoundError, PreconditionFailedError
from lambdas.shop import (
    accounts,
    customers,
    drafts,
    letter_erasure,
    letters,
    order_forgetting,
    order_names,
    order_reads,
    personal_data,
    undecided_orders,
)
from lambdas.shop.documents import Draft, Letter, Order

SECONDS = 4.0  # after which a call begins nothing more; it is ended after 10
_TRIES = 5  # to change an order that somebody else changes at the same moment
_MAX_NAMED = 100  # orders that an error names
_MAX_SHOWN = 10  # open dead letters that a dry run shows


@dataclass
class Outcome:
    """The numbers of one call or its dry run, the number of things left, and the cursor of the next call."""

    anonymised: int = 0
    erased: int = 0
    dead_letters: int = 0
    parked_orders: int = 0
    accounts: int = 0
    left: int = 0
    cursor: str | None = None
    has_conflict: bool = False  # with somebody who changed a dead letter or a parked order at this moment
    open_letters: list[Letter] = field(default_factory=list)  # orders that did not arrive, in a dry run

    @property
    def done(self) -> int:
        """How many things the call changed or would change."""
        return sum(self.counts.values())

    def count(self, verdict: str) -> None:
        """Count an order by what became of it."""
        self.anonymised += verdict == order_forgetting.ANONYMISED
        self.erased += verdict == order_forgetting.ERASED

    @property
    def public(self) -> dict[str, Any]:
        """The outcome as the API shows it."""
        return {
            **self.counts,
            "openLetters": len(self.open_letters),
            "firstOpenLetters": [letters.listed(one) for one in self.open_letters[:_MAX_SHOWN]],
            "left": self.left,
            "nextCursor": self.cursor,
        }

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of what was changed."""
        return {
            "anonymised": self.anonymised,
            "erased": self.erased,
            "deadLetters": self.dead_letters,
            "parkedOrders": self.parked_orders,
            "accounts": self.accounts,
        }


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """The erasure of one address, as `text.mailbox` returns it, by a person for a reason.

    `discards` says that orders of the person which did not arrive, and so are open dead letters, go too.
    """

    email: str
    reason: str
    by: Person
    currency: str
    discards: bool = False

    def preview(self, cursor: str) -> Outcome:
        """Return what `step` would do, and change nothing. With a cursor, only what an earlier call left out.

        Raises ConflictError as `step` does, but not for open dead letters of the person, which are in the
        outcome. Raises NotFoundError if nothing at all is kept.
        """
        outcome = Outcome()
        found = order_reads.of_customer(self.email)
        require_nothing_owed(found)
        for order in [] if cursor else found:
            outcome.count(order_forgetting.verdict(order))
        self._rest(outcome, cursor, is_dry_run=True)
        outcome.accounts = 0 if cursor else len(customer_pool.of_email(self.email))
        row = customers.find(self.email)
        outcome.left += outcome.done + bool(row)
        if not (cursor or outcome.cursor or outcome.left):
            raise NotFoundError("nothing is kept about this address")
        return outcome

    def step(self, cursor: str) -> Outcome:
        """Erase as much as the time of one call allows, and return what was done and what is left.

        Raises ConflictError if the shop owes an order or an order of the person did not arrive, before
        anything is changed, or if an open dead letter of another customer has the ID of an order; also the
        errors of boto3.
        """
        begun = time.monotonic()
        outcome = Outcome()
        found = order_reads.of_customer(self.email)
        require_nothing_owed(found)
        if not self.discards:
            self._require_decided(_undecided(self.email))
        self._remove_note()
        for at, order in enumerate(found):
            if at and time.monotonic() - begun > SECONDS:
                outcome.left += len(found) - at
                break
            self._forget(order, outcome)
        else:
            self._rest(outcome, cursor, is_dry_run=False, begun=begun)
        self._delete_accounts(outcome)
        outcome.left += customers.find(self.email) is not None  # until update_views has followed
        log.event("customer.erased", sub=self.by.sub, **outcome.counts, left=outcome.left)
        return outcome

    def _delete_accounts(self, outcome: Outcome) -> None:
        """Delete the accounts with the address, when nothing else is left of the person."""
        found = customer_pool.of_email(self.email)
        if outcome.left:
            outcome.left += len(found)
            return
        for account in found:
            accounts.close(account.sub)
            customer_pool.delete(account.sub)
            outcome.accounts += 1

    def _remove_note(self) -> None:
        row = customers.find(self.email)
        if row:
            with suppress(PreconditionFailedError):  # it goes with the row, too
                customers.write_note(row, "", by=self.by, currency=self.currency)

    def _forget(self, listed: Order, outcome: Outcome) -> None:
        """Anonymise or erase an order after its dead letters, unless it is another customer's by now."""
        order_id = listed["orderID"]
        for _ in range(_TRIES):
            order = order_reads.find(order_id)
            if order is None or order.get("customerEmail") != self.email:
                return
            require_nothing_owed([order])
            for one in letters.all_of_order(order_id):
                self._require_may_go(letters.read(one["id"]))
            with suppress(PreconditionFailedError):
                outcome.dead_letters += letter_erasure.erase_of(order_id, self.by, self._require_may_go)
                order_forgetting.forget(order, by=self.by, reason=self.reason)
                outcome.count(order_forgetting.verdict(order))
                return
        outcome.left += 1

    def _rest(self, outcome: Outcome, cursor: str, *, is_dry_run: bool, begun: float = 0.0) -> None:
        """Take the dead letters and the parked orders, from a cursor on, until the time is over."""
        begun = begun or time.monotonic()
        position: str | None = cursor or personal_data.cursor_of(personal_data.LETTERS, "")
        while position:
            found = personal_data.find(self.email, position)
            for at, item in enumerate(found.items):
                if at and not is_dry_run and time.monotonic() - begun > SECONDS:
                    outcome.cursor, outcome.left = position, outcome.left + len(found.items) - at
                    return
                self._take(found.place, item, outcome, is_dry_run=is_dry_run)
            position = found.cursor
            if outcome.has_conflict:  # the next call begins anew, because one behind it would forget it
                outcome.left += bool(position)
                return
            if position and time.monotonic() - begun > SECONDS:
                outcome.cursor, outcome.left = position, outcome.left + 1
                return

    def _take(self, place: str, item: tables.Record, outcome: Outcome, *, is_dry_run: bool) -> None:
        if place == personal_data.LETTERS:
            self._take_letter(cast(Letter, item), outcome, is_dry_run=is_dry_run)
        elif place == personal_data.PARKED:
            self._take_draft(cast(Draft, item), outcome, is_dry_run=is_dry_run)

    def _require_may_go(self, letter: Letter) -> None:
        """Raise ConflictError for an order that was accepted and is stored nowhere else.

        It may be of somebody else, under the ID of an order of the person, or of the person.
        """
        if not undecided_orders.is_undecided(letter):
            return
        self._require_own(letter)
        if not self.discards:
            self._require_decided([letter])

    @staticmethod
    def _require_decided(found: Sequence[Letter]) -> None:
        """Raise ConflictError if there are open dead letters of the person."""
        if not found:
            return
        what = "1 order" if len(found) == 1 else f"{len(found)} orders"
        rule = f"must be true to discard {what} of this person that did not arrive"
        message = f"{what} of this person did not arrive: send the open dead letters again, or discard them"
        raise ConflictError(message, [Fault("discardDeadLetters", rule)])

    def _require_own(self, letter: Letter) -> None:
        """Raise ConflictError for an order of somebody else that came under the ID of one of the person."""
        if personal_data.is_for_another(cast(tables.Record, letter), self.email):
            message = "a dead letter under the ID of an order of this person is for another customer"
            fault = Fault(letter["id"], "settle this dead letter first")
            raise ConflictError(f"{message}: send or discard it first", [fault])

    def _take_letter(self, letter: Letter, outcome: Outcome, *, is_dry_run: bool) -> None:
        if is_dry_run and undecided_orders.is_undecided(letter):
            self._require_own(letter)
            outcome.open_letters.append(letter)
        outcome.left += letter_erasure.is_needed(letter)
        try:
            is_done = letter_erasure.may_erase(letter)
            if is_done and not is_dry_run:
                is_done = letter_erasure.erase(letter["id"], self.by, self._require_may_go)
        except PreconditionFailedError:
            outcome.left += 1
            outcome.has_conflict = True
        else:
            outcome.dead_letters += is_done

    def _take_draft(self, draft: Draft, outcome: Outcome, *, is_dry_run: bool) -> None:
        try:
            if not is_dry_run:
                drafts.remove(draft)
        except PreconditionFailedError:
            outcome.left += 1
            outcome.has_conflict = True
        else:
            outcome.parked_orders += 1


def _undecided(email: str) -> list[Letter]:
    """Return the orders of a person that did not arrive. Raises batches.BusyError."""
    is_mine = personal_data.letters_of(email)
    return [
        one
        for one in letters.orders((*letters.UNSETTLED, letters.SENT))
        if is_mine(row := cast(tables.Record, one))
        and not personal_data.is_for_another(row, email)
        and undecided_orders.is_undecided(one)
    ]


def require_nothing_owed(found: Iterable[Order]) -> None:
    """Raise ConflictError if the shop still owes goods, with the number of each such order."""
    owed = [order for order in found if not order_forgetting.verdict(order)]
    if not owed:
        return
    named = [order_names.number_of(order) for order in owed[:_MAX_NAMED]]
    what = f"order {named[0]}" if len(owed) == 1 else f"{len(owed)} orders ({', '.join(named)})"
    message = f"the shop still owes the goods of {what}: ship or cancel first"
    faults = [
        Fault(order["orderID"], f"{name} is {order['status']}")
        for order, name in zip(owed, named, strict=False)
    ]
    raise ConflictError(message, faults)
