"""Dead letters of orders whose message is gone: they have all that is known, and people add the rest."""

import json

from lambdas.platform import times
from lambdas.platform.access_log import Acceptance
from lambdas.shop import letter_advice, letters

BY = "Order desk"  # who wrote the entries of a history that no person wrote
_REASON = "the message of this order is gone: it was accepted, and is in no place"


def keep(order: Acceptance) -> bool:
    """Make a dead letter of an order; return False if there is one already."""
    letter_id = f"{letters.ORDERS}-lost-{order.order_id}"
    at, accepted_at = times.now(), times.iso(order.at)
    return letters.add(
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
                "submittedBy": order.sub,  # the log has no name of the sender
                "acceptedAt": accepted_at,
                "attributes": {
                    "channel": order.channel,
                    "acceptedAt": str(order.at),
                    "submittedBy": order.sub,
                    "sub": order.sub,
                },
                "tokens": [letter_id],
                "history": [{"at": at, "by": BY, "event": "received", "reason": _REASON}],
            }
        )
    )
