"""Events that an admin has sent to a webhook at once: a test, or an event that has a delivery already."""

from lambdas.platform import log
from lambdas.platform.access import Person
from lambdas.platform.errors import ConflictError
from lambdas.shop import admin_now, deliveries, shops_table, webhooks


def send_test(shop_id: str, *, by: Person) -> str:
    """Have a test event sent at once, and return the ID of its delivery.

    Raises ForbiddenError, NotFoundError, and ConflictError for a webhook that is off.
    """
    admin_now.require(by)
    _require_on(shop_id)
    sent = deliveries.send_test(shop_id)
    log.event("webhook.tested", sub=by.sub, shop=shop_id, delivery=sent)
    return sent


def send_again(shop_id: str, delivery: str, *, by: Person) -> None:
    """Have an event sent once more at once, whatever became of it before.

    Raises ForbiddenError, NotFoundError, and ConflictError for a webhook that is off.
    """
    admin_now.require(by)
    _require_on(shop_id)
    deliveries.send_again(shop_id, delivery)
    log.event("webhook.sent_again", sub=by.sub, shop=shop_id, delivery=delivery)


def _require_on(shop_id: str) -> None:
    webhook = shops_table.webhook(shop_id)
    if webhook["state"] == webhooks.OFF:
        raise ConflictError("the webhook is off: switch it on first")
