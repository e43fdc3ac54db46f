"""Dead letters of orders whose message is gone: they have all that is known, and people add the rest."""

import json
from typing import cast

from lambdas.platform import times
from lambdas.platform.access_log import Acceptance
from lambdas.platform.errors import PreconditionFailedError
from lambdas.shop import customer_account, letter_advice, letters
from lambdas.shop.documents import Letter, LetterEntry
from lambdas.shop.order_channels import CUSTOMER, MACHINE

BY = "Order desk"  # who wrote the entries of a history that no person wrote
_REASON = "the message of this order is gone: it was accepted, and is in no place"


def keep(order: Acceptance) -> bool:
    """Make a dead letter of an order, or open the one that was sent again; return whether it did."""
    letter_id = f"{letters.ORDERS}-lost-{order.order_id}"
    at, accepted_at = times.now(), times.iso(order.at)
    is_new = letters.add(
        letters.with_keys(
            {
                "id": letter_id,
                "source": letters.ORDERS,
                "state": letters.OPEN,
                "version": 1,
                "reason": _REASON,
                "advice": letter_advice.LOST,
                "receivedAt": at,
                "tries": 0,
                "body": json.dumps({"orderID": order.order_id}),
                "orderID": order.order_id,
                "channel": order.channel,
                **({"shopID": order.sub} if order.channel == MACHINE else {}),
                "submittedBy": order.sub,  # the log has no name of the sender
                "acceptedAt": accepted_at,
                "attributes": {
                    "channel": order.channel,
                    "acceptedAt": str(order.at),
                    "submittedBy": order.sub,
                    "sub": order.sub,
                    # An admin, who adds the customer, answers for the address.
                    **({customer_account.VERIFIED: "true"} if order.channel == CUSTOMER else {}),
                },
                "tokens": [letter_id],
                "history": [_entry("received", at)],
            }
        )
    )
    return is_new or _open_again(letter_id, at)


def _open_again(letter_id: str, at: str) -> bool:
    """Open a letter that was sent again if its message is gone too; return whether it did."""
    letter = letters.find(letter_id)
    if letter is None or letter["state"] != letters.SENT:
        return False
    history = [*letter["history"], _entry("returned", at)]
    opened = {**letter, "state": letters.OPEN, "reason": _REASON, "advice": letter_advice.LOST}
    opened["returnedAt"] = at
    try:
        letters.save(cast(Letter, opened | {"history": history}))
    except PreconditionFailedError:  # another count or a person was faster
        return False
    return True


def _entry(event: str, at: str) -> LetterEntry:
    return cast(LetterEntry, {"at": at, "by": BY, "event": event, "reason": _REASON})
