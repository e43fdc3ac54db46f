"""Webhooks: the address at which a connected shop gets its events, the secrets that sign them, and its state.

A webhook is an attribute of the shop's row. Most functions take a webhook and return a changed one, so that
`shops_table` can make the change again after a conflict.
"""

import base64
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from lambdas.platform import times
from lambdas.platform.errors import ConflictError, NotFoundError
from lambdas.platform.tables import Record

ACTIVE, OFF = "active", "off"
GONE = "gone"  # why a webhook is off: the receiver answered 410
MAX_SECRETS = 2  # the old and the new one while they are changed
PREFIX = "whsec_"  # of a secret, by the Standard Webhooks specification
_SHOWN = ("url", "state", "why", "offAt", "failures")
_SECRET_BYTES = 24  # the specification's shortest key
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
# After each failed try in milliseconds: the example of the Standard Webhooks specification.
PAUSES_MS = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)),
)
# So long one try at a receiver that was down keeps other tries away. A try takes 5 s.
_TRIAL_MS = 30 * _SECOND

Rule = Callable[[Record | None], Record | None]
"""Returns the webhook of a shop after a change, or None for none. It may be called several times."""


def of(row: Record | None) -> Record | None:
    """Return the webhook in the row of a shop, or None."""
    return (row or {}).get("webhook")


def require(webhook: Record | None) -> Record:
    """Return the webhook. Raises NotFoundError for None."""
    if webhook is None:
        raise NotFoundError("the shop has no webhook")
    return webhook


def shown(webhook: Record) -> Record:
    """Return a webhook as the API shows it: without its secrets, of which it has the IDs and times."""
    kept: Record = {name: webhook[name] for name in _SHOWN if name in webhook}
    listed = [{"id": one["id"], "createdAt": one["createdAt"]} for one in webhook["secrets"]]
    paused = {"pausedUntil": times.iso(webhook["pausedUntil"])} if "pausedUntil" in webhook else {}
    return {**kept, "secrets": listed, **paused}


def new_secret() -> Record:
    """Return a new secret as it is stored: ID, text and time."""
    key = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    return {"id": uuid.uuid4().hex[:12], "secret": PREFIX + key, "createdAt": times.now()}


def with_address(webhook: Record | None, url: str, state: str | None, secret: Record) -> Record:
    """Return the webhook with this address and state. A new one is active, and has this secret.

    None leaves the state as it is. Another address or the state `active` ends a pause.
    """
    before = webhook or {"url": url, "state": ACTIVE, "secrets": [secret], "failures": 0}
    after = {**before, "url": url, "state": state or before["state"]}
    is_same = url == before["url"] and state != ACTIVE
    return after if is_same else _fresh(after)


def with_secret(webhook: Record | None, secret: Record) -> Record:
    """Return the webhook with another secret. Raises NotFoundError, and ConflictError if it has two."""
    before = require(webhook)
    if len(before["secrets"]) >= MAX_SECRETS:
        raise ConflictError(f"the webhook has {MAX_SECRETS} secrets: remove the old one first")
    return {**before, "secrets": [*before["secrets"], secret]}


def without_secret(webhook: Record | None, secret_id: str) -> Record:
    """Return the webhook without a secret. Raises NotFoundError, and ConflictError for the last one."""
    before = require(webhook)
    kept = [one for one in before["secrets"] if one["id"] != secret_id]
    if len(kept) == len(before["secrets"]):
        raise NotFoundError("the webhook has no such secret")
    if not kept:
        raise ConflictError("the last secret stays, because without one nothing can be signed")
    return {**before, "secrets": kept}


def paused_until(webhook: Record, now_ms: int) -> int | None:
    """Return until when in milliseconds nothing is sent, or None if something may be sent now."""
    until: int = webhook.get("pausedUntil", 0)
    return until if until > now_ms else None


def on_trial(webhook: Record, now_ms: int) -> Record:
    """Return the webhook as it is while one event shows whether a receiver works again. Others wait."""
    return {**webhook, "pausedUntil": now_ms + _TRIAL_MS} if webhook["failures"] else webhook


def after_failure(webhook: Record, failures_before: int, now_ms: int) -> Record:
    """Return the webhook after a failed try that began when it had so many failures.

    Of several tries at the same moment, one counts.
    """
    if webhook["failures"] != failures_before:
        return webhook
    failures = failures_before + 1
    return {**webhook, "failures": failures, "pausedUntil": now_ms + pause_ms(failures)}


def after_success(webhook: Record) -> Record:
    """Return the webhook after an event was delivered."""
    return {**{name: value for name, value in webhook.items() if name != "pausedUntil"}, "failures": 0}


def switched_off(webhook: Record, why: str) -> Record:
    """Return the webhook without further events, with the reason and the time."""
    return {**after_success(webhook), "state": OFF, "why": why, "offAt": times.now()}


def pause_ms(failures: int) -> int:
    """Return the pause in milliseconds after so many failed tries in a row."""
    return PAUSES_MS[min(failures, len(PAUSES_MS)) - 1]


def _fresh(webhook: Record) -> Record:
    gone = ("why", "offAt", "pausedUntil")
    kept: dict[str, Any] = {name: value for name, value in webhook.items() if name not in gone}
    return {**kept, "failures": 0}
