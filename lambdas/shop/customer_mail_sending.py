"""Mails to customers: each is sent once, and later if SES or a table is too busy.

The lease in the ledger is of one invocation and one message, because a queue may deliver a message twice at
once. Whoever is ended between sending and marking has the mail sent a second time after the lease.
"""

import os
from typing import Any

from lambdas.platform import aws, batches, log, text, times
from lambdas.platform.errors import UndeliverableError
from lambdas.shop import (
    customer_mail,
    customer_mails,
    ledger,
    mail_returns,
    order_reads,
)
from lambdas.shop.customer_mail import Letterhead, Mail
from lambdas.shop.documents import Order
from lambdas.shop.ledger import Owner
from lambdas.shop.order_message import Message

LEASE_MS = 90_000  # how long another invocation may have the lease
# The first pause after SES refused a mail, which doubles with each delivery up to the second.
_PAUSE_MS, MAX_PAUSE_MS = 15_000, 15 * 60_000
MAX_AGE_MS = 4 * 24 * 3600_000
# SES refuses the mail itself, so that it would refuse every retry too: an address or a content that cannot
# be, or a recipient who is not verified while the account is in the sandbox (API v2 Reference, "SendEmail").
_REFUSALS = frozenset({"BadRequestException", "MessageRejected", "ParamValidationError"})


def process(message: Message, invocation: str) -> int | None:
    """Send the mail of a message, or note what a message of SES says about an earlier one.

    Return the milliseconds until the next try, or None if none follows. Raises UndeliverableError for what
    can never succeed, and the errors of boto3.
    """
    known = customer_mails.of_message(message.body)
    if known is None:
        mail_returns.note(message.body)
        return None
    order_id, status = known
    order = order_reads.find(order_id)
    if order is None or not customer_mails.is_due(order, status) or not customer_mails.recipient(order):
        log.event("customer_mail.not_due", orderID=order_id, status=status)
        return None
    notification_id = ledger.id_to_customer(order_id, status)
    composed = customer_mail.compose(order, status, Letterhead.of_environment(), _vat_classes(order))
    owner = Owner(f"{message.message_id}:{invocation}", invocation)
    wait = _claim(notification_id, owner)
    if wait is not None:
        return wait or None
    return _send(message, order, composed, notification_id, status)


def _vat_classes(order: Order) -> dict[str, str]:
    """Return the VAT classes of the products of an order, by SKU, as far as they are known."""
    skus = {line["sku"] for line in order["items"]}
    table = os.environ["SHOP_PRODUCTS_TABLE"]
    found = batches.read(table, "sku", skus, ("sku", "vatClass"))
    return {sku: product["vatClass"] for sku, product in found.items() if "vatClass" in product}


def _claim(notification_id: str, owner: Owner) -> int | None:
    """Take the lease of a mail; return None, or 0 if it was sent, or how long another invocation has it."""
    known = ledger.read([notification_id])
    error = ledger.claim({notification_id: owner}, known, times.now_ms()).get(notification_id)
    if error is None:
        return None
    if isinstance(error, ledger.SentBeforeError):
        return 0
    if isinstance(error, ledger.StillLeasedError):
        return LEASE_MS
    raise error


def _send(message: Message, order: Order, composed: Mail, notification_id: str, status: str) -> int | None:
    fields = {"orderID": order["orderID"], "status": status}
    try:
        answer = aws.ses().send_email(**_request(order, composed, status))
    except aws.AWS_ERRORS as error:
        code = aws.error_code(error)
        log.failure("customer_mail.failed", error, code=code, messageID=message.message_id, **fields)
        reason = mail_returns.without_address(f"{code}: {error}", customer_mails.recipient(order))
        if code in _REFUSALS:
            ledger.release(notification_id)
            raise UndeliverableError(reason) from None
        return _next_try(message, notification_id, reason, is_refused=bool(getattr(error, "response", None)))
    _mark_sent(notification_id, fields | {"mailID": answer["MessageId"]})
    return None


def _next_try(message: Message, notification_id: str, reason: str, *, is_refused: bool) -> int:
    """Return the milliseconds until the next try of a mail. Raises UndeliverableError after four days.

    Without an answer, SES may have taken the mail, so nobody else may try it until the lease has ended.
    """
    if times.now_ms() - message.sent_at > MAX_AGE_MS:
        raise UndeliverableError(f"given up after {message.receives} tries: {reason}")
    if not is_refused:
        return LEASE_MS
    ledger.release(notification_id)
    return int(min(_PAUSE_MS * 2 ** (message.receives - 1), MAX_PAUSE_MS))


def _mark_sent(notification_id: str, fields: dict[str, Any]) -> None:
    """Mark a mail as sent. A failure is not raised, because the next delivery would send the mail again."""
    try:
        ledger.note(notification_id, sentAt=times.now())
    except aws.AWS_ERRORS as error:
        log.failure("customer_mail.not_marked", error, code=aws.error_code(error), **fields)
    else:
        log.event("customer_mail.sent", **fields)


def _request(order: Order, composed: Mail, status: str) -> dict[str, Any]:
    return {
        "FromEmailAddress": Letterhead.of_environment().sender,
        # With the domain in Punycode, because SES takes ASCII only.
        "Destination": {"ToAddresses": text.spellings(customer_mails.recipient(order))[-1:]},
        "Content": {
            "Simple": {
                "Subject": _utf8(composed.subject),
                "Body": {"Text": _utf8(composed.text), "Html": _utf8(composed.html)},
            }
        },
        "ConfigurationSetName": os.environ["SHOP_MAIL_EVENTS"],
        "EmailTags": [
            {"Name": mail_returns.ORDER, "Value": order["orderID"]},
            {"Name": mail_returns.STATUS, "Value": status},
        ],
    }


def _utf8(content: str) -> dict[str, str]:
    return {"Data": content, "Charset": "UTF-8"}
