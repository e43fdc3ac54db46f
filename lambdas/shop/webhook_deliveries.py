"""Deliveries of events to the webhooks of connected shops: when each is tried, and what follows from that.

A message of the queue stays until its event is delivered or has failed for good. Between tries it is hidden.
A receiver that failed gets one event after each pause, and all other events for it wait: so it costs one try
at a time, and a message costs a short look.
"""

import json
from typing import Any, NamedTuple

from lambdas.platform import log, strict_json, times
from lambdas.platform.errors import UndeliverableError
from lambdas.platform.tables import Record
from lambdas.shop import deliveries, shops_table, webhook_sender, webhooks
from lambdas.shop.order_message import Message
from lambdas.shop.webhook_sender import Result

# A message that waits is looked at so often, so that it goes soon after its receiver works again.
MAX_WAIT_MS = 15 * 60_000
MAX_TRIES = 1 + len(webhooks.PAUSES_MS)
# An event that waits for others longer than its own tries would take (75.6 hours) fails without one more.
MAX_AGE_MS = 4 * 24 * 3600_000


class Job(NamedTuple):
    """A message: the shop, and either an event with its text or the ID of a delivery that is stored."""

    shop: str
    event: Record | None
    body: str
    delivery: str
    sent_at: int  # in milliseconds since 1970
    is_first: bool


def parse(message: Message) -> Job:
    """Return the job of a message of the topic, of the API, or of the dead letters.

    Raises UndeliverableError.
    """
    try:
        document = strict_json.parse(message.body)
    except strict_json.NotJsonError as error:
        raise UndeliverableError(f"the event must be JSON: {error}") from None
    if not isinstance(document, dict):
        raise UndeliverableError("the event must be an object")
    shop, delivery = message.text("shop") or document.get("shop"), document.get("delivery", "")
    event = None if delivery else document.get("event", document)
    if not isinstance(shop, str) or not shop or not isinstance(delivery, str):
        raise UndeliverableError("the event must name its shop")
    if event is not None and not _is_event(event):
        raise UndeliverableError("the event must have an id, a type and a time")
    body = message.body if event is document else json.dumps(event, ensure_ascii=False)
    return Job(shop, event, body, delivery, message.sent_at, message.receives == 1)


def process(job: Job) -> int | None:
    """Try a delivery if it is due; return the milliseconds until its next try, or None if none follows.

    Raises the errors of boto3.
    """
    webhook = webhooks.of(shops_table.find(job.shop))
    paused = webhooks.paused_until(webhook, times.now_ms()) if webhook else None
    if paused and job.event and not job.is_first and not _is_old(job):
        return _until(paused)  # the row is there already, and has nothing to tell
    row = _row(job, webhook)
    if row is None or row["state"] != deliveries.WAITING:
        return None
    if webhook is None or webhook["state"] == webhooks.OFF:
        deliveries.settle(row, state=deliveries.OFF)
        return None
    due = max(paused or 0, row.get("nextAt", 0)) if "pressed" not in row else 0
    if _is_old(job) and "pressed" not in row:
        deliveries.settle(row, state=deliveries.FAILED)
        return None
    return _until(due) if due > times.now_ms() else _try(job, webhook, row)


def _is_event(event: Any) -> bool:
    return isinstance(event, dict) and all(isinstance(event.get(name), str) for name in ("id", "type", "at"))


def _is_old(job: Job) -> bool:
    return times.now_ms() - job.sent_at > MAX_AGE_MS


def _until(moment: int) -> int:
    return min(moment - times.now_ms(), MAX_WAIT_MS)


def _row(job: Job, webhook: Record | None) -> Record | None:
    """Return the row of a delivery. Events of a shop that never wanted any have none."""
    if job.event is None:
        return deliveries.find(job.shop, job.delivery)
    if webhook is None:
        return deliveries.find(job.shop, deliveries.delivery_id(job.event))
    is_off = webhook["state"] == webhooks.OFF
    return deliveries.begin(job.shop, job.event, job.body, deliveries.OFF if is_off else deliveries.WAITING)


def _try(job: Job, webhook: Record, row: Record) -> int | None:
    """Try a delivery that is due, unless another invocation tries it or an earlier one of the same shop."""
    is_pressed, now = "pressed" in row, times.now_ms()
    if webhook["failures"] and not is_pressed:
        noted = shops_table.note_webhook(job.shop, lambda one: _on_trial(one, now))
        if noted is None or noted.get("pausedUntil") != webhooks.on_trial(webhook, now)["pausedUntil"]:
            return _until(noted["pausedUntil"]) if noted and "pausedUntil" in noted else 0
    taken = deliveries.claim(row, now)
    if taken is None:
        return deliveries.LEASE_MS
    result = webhook_sender.send(webhook, row["eventID"], row["body"])
    log.event("webhook.tried", shop=job.shop, eventID=row["eventID"], status=result.status)
    return _settle(job, webhook, taken, result, is_pressed=is_pressed)


def _on_trial(webhook: Record, now: int) -> Record:
    return webhook if webhooks.paused_until(webhook, now) else webhooks.on_trial(webhook, now)


def _settle(job: Job, webhook: Record, row: Record, result: Result, *, is_pressed: bool) -> int | None:
    """Store the result of a try. Return the milliseconds until the next one, or None."""
    next_ms = None if result.is_delivered else _next_ms(job, row, result)
    # The webhook first: if the rest fails, the event is only tried once more.
    if result.is_delivered:
        if webhook["failures"] or "pausedUntil" in webhook:
            _note(job.shop, webhook, webhooks.after_success)
    elif result.is_gone:
        _note(job.shop, webhook, lambda one: webhooks.switched_off(one, webhooks.GONE))
    elif not is_pressed:  # what somebody tries by hand prolongs no pause
        failures = webhook["failures"]
        _note(job.shop, webhook, lambda one: webhooks.after_failure(one, failures, times.now_ms()))
    state = deliveries.DELIVERED if result.is_delivered else deliveries.FAILED
    again = {} if next_ms is None else {"nextAt": times.now_ms() + next_ms}
    deliveries.settle(row, state=deliveries.WAITING if again else state, **result.fields, **again)
    return None if next_ms is None else min(next_ms, MAX_WAIT_MS)


def _next_ms(job: Job, row: Record, result: Result) -> int | None:
    """Return the milliseconds until an event is tried again, or None if it has failed for good."""
    is_test = row["type"] == deliveries.TEST  # somebody waits for the result
    if result.is_gone or is_test or row["tries"] >= MAX_TRIES or _is_old(job):
        return None
    return webhooks.pause_ms(row["tries"])


def _note(shop: str, tried: Record, rule: Any) -> None:
    """Change a webhook after a try, unless an admin has given it another address meanwhile."""
    shops_table.note_webhook(shop, lambda one: rule(one) if one["url"] == tried["url"] else one)
