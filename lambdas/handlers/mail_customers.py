"""From the queue of mails to customers: their orders were placed, rejected, shipped or cancelled.

What SES says later about a mail that did not arrive comes through the same queue.
"""

from functools import partial
from typing import Any

from lambdas.shop import customer_mail_sending
from lambdas.shop.message_tries import Work
from lambdas.shop.order_message import Message

_WORK = Work(
    event="customer_mail",
    noun="mail",
    queue="SHOP_MAILS_QUEUE_URL",
    dead="SHOP_MAILS_DLQ_URL",
    # SES takes 10.5 s at most, and the order, its products, the lease and its mark take a few seconds each.
    min_time_ms=35_000,
)


def handler(event: dict[str, Any], context: Any) -> dict[str, object]:
    """Send the mails of a batch one after the other, and keep those that have to be tried later.

    SES lets a new account send 14 mails a second, which two invocations side by side hardly reach.
    """
    messages = [Message.of(record) for record in event["Records"]]
    process = partial(customer_mail_sending.process, invocation=context.aws_request_id)
    left = context.get_remaining_time_in_millis
    results = {one.message_id: _WORK.wait(one, process, left) for one in messages}
    return _WORK.answer(messages, {one: wait for one, wait in results.items() if wait is not None})
