"""Changes of webhooks by admins. Every change is in the shop's history.

A shop without a row has no webhook: a crash left only its client, which has no name yet. A new name makes the
row.
"""

from typing import Any

from lambdas.platform import log
from lambdas.platform.access import Person
from lambdas.platform.errors import NotFoundError
from lambdas.platform.tables import Record
from lambdas.shop import admin_now, shops_table, webhook_addresses, webhooks

SET, MOVED, ON, OFF = "webhook-set", "webhook-moved", "webhook-on", "webhook-off"
REMOVED = "webhook-removed"
SECRET_ADDED, SECRET_REMOVED = "webhook-secret-added", "webhook-secret-removed"


def put(shop_id: str, url: str, state: str | None, *, by: Person) -> tuple[Record, str]:
    """Set the address of a webhook, and switch it off or on. None leaves the state as it is.

    Return the webhook as the API shows it, and the secret of a new one or an empty text. Raises
    ForbiddenError, NotFoundError, and BadRequestError for an address to which nothing may be sent.
    """
    admin_now.require(by)
    webhook_addresses.check(url)
    row = shops_table.find(shop_id)
    if row is None or row.get("state") == shops_table.DELETED:
        raise NotFoundError(shops_table.UNKNOWN)
    secret = webhooks.new_secret()
    after = _change(
        shop_id,
        _event(webhooks.of(row), url, state),
        lambda webhook: webhooks.with_address(webhook, url, state, secret),
        by,
        url=url,
    )
    is_new = any(one["id"] == secret["id"] for one in after["secrets"])
    return webhooks.shown(after), secret["secret"] if is_new else ""


def remove(shop_id: str, *, by: Person) -> None:
    """Delete the webhook of a shop with its secrets. Raises ForbiddenError, NotFoundError."""
    admin_now.require(by)
    _change(shop_id, REMOVED, lambda webhook: webhooks.require(webhook) and None, by)


def add_secret(shop_id: str, *, by: Person) -> Record:
    """Give a webhook another secret, which no other answer has, and return it.

    Raises ForbiddenError, NotFoundError, and ConflictError if it has two.
    """
    admin_now.require(by)
    secret = webhooks.new_secret()
    _change(
        shop_id,
        SECRET_ADDED,
        lambda webhook: webhooks.with_secret(webhook, secret),
        by,
        secret=secret["id"],
    )
    return secret


def remove_secret(shop_id: str, secret_id: str, *, by: Person) -> None:
    """Delete a secret of a webhook.

    Raises ForbiddenError, NotFoundError, and ConflictError for the last one.
    """
    admin_now.require(by)
    _change(
        shop_id,
        SECRET_REMOVED,
        lambda webhook: webhooks.without_secret(webhook, secret_id),
        by,
        secret=secret_id,
    )


def _event(before: Record | None, url: str, state: str | None) -> str:
    """Return what a change of a webhook is in the history."""
    if before is None:
        return SET
    if url != before["url"]:
        return MOVED
    return {webhooks.ACTIVE: ON, webhooks.OFF: OFF}.get(state or "", MOVED)


def _change(shop_id: str, event: str, rule: webhooks.Rule, by: Person, **details: Any) -> Record:
    """Store a change of a webhook, and return the webhook, or an empty record after its removal."""
    known = {"name": shop_id}  # never stored: a rule refuses a shop that has no row
    row = shops_table.change(shop_id, event, details, by=by, known=known, webhook=rule)
    log.event(f"shop.{event}", sub=by.sub, shop=shop_id)
    return webhooks.of(row) or {}
