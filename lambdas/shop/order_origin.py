"""The origin of an order: the channel it came through, the person who sent it, and when it was accepted.

The gateway says all this in attributes of the message. They are believed if the gateway's role sent the
message, or if our own functions sealed them (order_seal.py). Any other message is an operator's, whatever its
attributes say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.platform import access, log
from lambdas.platform.access import Person
from lambdas.platform.errors import Fault, UndeliverableError
from lambdas.shop import customer_account, order_seal
from lambdas.shop.customer_account import CustomerAccount
from lambdas.shop.documents import Charge, HistoryEntry
from lambdas.shop.order_channels import MACHINE, OF_GATEWAY, OPERATOR, STAFF
from lambdas.shop.order_message import Message

# The name of a machine whose shop has none that is known.
NAMELESS = "connected shop"
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
# A clock of AWS may be ahead of another one.
_MAX_SKEW_MS = 5 * 60 * 1000


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The channel of an order, its sender, and the time of acceptance in milliseconds since 1970.

    `redriven` is the entry of the history about the person who sent the order again from the dead letters.
    `account` is that of the customer who sent it.
    """

    channel: str
    sender: Person
    accepted_at: int
    redriven: HistoryEntry | None = None
    account: CustomerAccount | None = None

    @property
    def shop_fields(self) -> dict[str, str]:
        """The ID of the connected shop whose machine sent the order, or nothing."""
        return {"shopID": self.sender.sub} if self.channel == MACHINE else {}

    @property
    def sender_fields(self) -> dict[str, str]:
        """The IDs in a new order of who may read it: the connected shop or the account that sent it."""
        return {**self.shop_fields, **({"accountID": self.account.sub} if self.account else {})}

    @property
    def is_mended(self) -> bool:
        """Whether an admin changed the order before it was sent again from the dead letters."""
        # The entry has the changes of an earlier mending too, if the order came back and is sent as it is.
        again: Mapping[str, Any] = self.redriven or {}
        return again.get("event") == "mended" or "changes" in again

    @property
    def log_fields(self) -> dict[str, str]:
        """Channel and sender, without the name of an operator's session, which may be an e-mail address."""
        return {"channel": self.channel, "sub": self.sender.sub.partition(":")[0]}


def of(message: Message) -> Origin:
    """Return the origin of a message.

    Raises UndeliverableError for an unknown channel, and for a sender or a customer who may not order.
    """
    channel, groups = message.text("channel"), message.text("groups")
    if channel is not None and channel not in OF_GATEWAY:
        raise UndeliverableError(f"channel must be one of {', '.join(sorted(OF_GATEWAY))}, got {channel!r}")
    # Of every message with this attribute, also of one that the gateway may not have sent.
    if groups is not None and not access.may_use_orders(access.groups(groups)):
        raise UndeliverableError("the sender must be in one of the groups staff and admin")
    origin = of_dead_letter(message)
    _require_proved(origin, message)
    return origin


def _require_proved(origin: Origin, message: Message) -> None:
    """Raise UndeliverableError for a customer whose e-mail address is not proved, or who has no name.

    The gateway passes the claims of the token as they are.
    """
    if origin.account is None:
        return
    if message.text(customer_account.VERIFIED) != "true":
        raise UndeliverableError("the e-mail address of the customer's account must be verified")
    if not origin.account.name and not origin.redriven:
        raise UndeliverableError("the customer's account must have a name")


def of_dead_letter(message: Message) -> Origin:
    """Return the origin of a message, also of one whose channel or sender is refused."""
    if noted := order_seal.note(message, order_seal.BY_OPERATOR):
        return _operator(noted["sender"], noted["sentAt"], message)
    channel = message.text("channel")
    if channel is None or not order_seal.is_believed(message):
        return _operator(message.sender_id, message.sent_at, message)
    sub = message.text("sub") or "unknown"
    name = NAMELESS if channel == MACHINE else message.text("submittedBy") or sub
    sender = Person(name, sub)
    return Origin(
        channel=channel,
        sender=sender,
        accepted_at=_accepted_at(message),
        redriven=order_seal.note(message, order_seal.REDRIVEN),
        account=customer_account.of(channel, order_seal.attributes_to_keep(message)),
    )


def _operator(sender: str, sent_at: int, message: Message) -> Origin:
    return Origin(
        channel=OPERATOR,
        sender=Person(OPERATOR, sender),
        accepted_at=sent_at,
        redriven=order_seal.note(message, order_seal.REDRIVEN),
    )


def charge_faults(origin: Origin, charges: Sequence[Charge]) -> list[Fault]:
    """Return the fault of charges that did not come from staff. All other prices are those of the catalog.

    Charges of an order that an admin mended are the admin's, whoever sent the order at first.
    """
    is_refused = charges and origin.channel != STAFF and not origin.is_mended
    return [Fault("charges", "can be added by staff only")] if is_refused else []


def _accepted_at(message: Message) -> int:
    """Return when the gateway accepted the order, or when the message was sent if that is unreadable.

    An order is not refused for it, because nobody could mend that.
    """
    text = message.text("acceptedAt") or ""
    if _MILLISECONDS.fullmatch(text) and int(text) <= message.sent_at + _MAX_SKEW_MS:
        return int(text)
    log.event("order.acceptance_unreadable", level="ERROR", messageID=message.message_id)
    return message.sent_at
