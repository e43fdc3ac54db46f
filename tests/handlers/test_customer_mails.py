"""The function mail_customers: each customer hears once of what became of an order, or staff see why not."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.platform import aws, times
from lambdas.shop import customer_mail_sending, customer_mails, ledger, letters
from tests.handlers.customer_calls import cancel, send
from tests.handlers.shop import (
    ADMIN,
    CUSTOMER,
    Json,
    Shop,
    TimeLeft,
    change,
    context,
    customer_order,
    message,
    order,
)

pytestmark = pytest.mark.store

START = 1_800_000_000_000
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
EMAIL = CUSTOMER["email"]


class Ses:
    """SES, which notes the mails that it took, and fails if a test says so."""

    def __init__(self) -> None:
        self.sent: list[Json] = []
        self.fault: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def send_email(self, **request: Any) -> Json:
        """Take a mail, or fail."""
        self.fault()
        self.sent.append(request)
        self.after()
        return {"MessageId": f"mail-{len(self.sent)}"}

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails."""
        return [one["Content"]["Simple"]["Subject"]["Data"] for one in self.sent]

    @property
    def texts(self) -> list[str]:
        """The texts of the mails."""
        return [one["Content"]["Simple"]["Body"]["Text"]["Data"] for one in self.sent]


class Post:
    """A shop whose customers get mails, and a clock."""

    def __init__(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop, self.ses, self.now = shop, Ses(), START
        self.hidden: list[int] = []
        monkeypatch.setattr(times, "now_ms", lambda: self.now)
        monkeypatch.setattr(aws, "ses", lambda: self.ses)
        monkeypatch.setattr("lambdas.platform.visibility.hide", self._hide)
        invocations = itertools.count(1)

        def own_context(remaining_ms: TimeLeft) -> SimpleNamespace:
            return SimpleNamespace(**vars(context(remaining_ms)) | {"aws_request_id": str(next(invocations))})

        monkeypatch.setattr("tests.handlers.shop.context", own_context)

    def _hide(self, _: str, pauses: list[tuple[str, int]]) -> None:
        self.hidden += [seconds for _, seconds in pauses]

    def announce(self, before: Json | None, after: Json) -> list[Json]:
        """Have notify announce a change; return the messages about it for mails, as Lambda receives them."""
        self.shop.announce(change(before, after))
        return [self.record(one["body"]) for one in self.shop.letters("SHOP_MAILS_QUEUE_URL")]

    def record(self, body: Any, receives: int = 1) -> Json:
        """Return a message of the queue, sent when the test begins."""
        record = message(body, receives=receives, receipt="receipt")
        record["attributes"]["SentTimestamp"] = str(START)
        return record

    def mail(self, *records: Json, remaining_ms: int = 60_000) -> list[int]:
        """Call the function; return the seconds for which messages that stay in the queue are hidden."""
        self.hidden.clear()
        answer = self.shop.call("mail_customers", {"Records": list(records)}, remaining_ms)
        failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
        assert len(failed) == len(self.hidden)
        assert set(failed) <= {one["messageId"] for one in records}
        return list(self.hidden)

    def entry(self, stored: Json, status: str = "placed") -> Json:
        """Return what the ledger has of a mail."""
        wanted = ledger.id_to_customer(stored["orderID"], status)
        found = self.shop.all("SHOP_NOTIFICATIONS_TABLE")
        return next((one for one in found if one["notificationID"] == wanted), {})

    def letter(self) -> Json:
        """Return the only dead letter."""
        (letter,) = self.shop.keep("SHOP_MAILS_DLQ_URL").values()
        return letter

    def shown(self, stored: Json) -> list[Json]:
        """Return the mails to the customer as the desk shows them."""
        path = "/orders/{orderID}/mails"
        found = self.shop.ask("list_order_mails", "GET", path, orderID=stored["orderID"]).json["mails"]
        return [one for one in found if one.get("toCustomer")]


def of(stored: Json, kind: str = "order.placed") -> str:
    """Return the message about an order."""
    return customer_mails.message(stored["orderID"], kind, 1)


def moved(stored: Json, status: str, **changes: Any) -> Json:
    """Return an order after a move by staff."""
    step = {"at": times.now(), "by": "staff@shop.example", "sub": "1", "event": "moved"}
    history = [*stored["history"], {**step, "from": stored["status"], "to": status}]
    return {**stored, "status": status, "version": stored["version"] + 1, "history": history, **changes}


def put(shop: Shop, stored: Json) -> Json:
    shop.put("SHOP_ORDERS_TABLE", stored)
    return stored


def refusal(code: str, text: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": text}}, "SendEmail")


def failing(error: Exception, times_left: int = 1_000) -> Callable[[], None]:
    """Return a fault of SES that happens so often."""
    left = iter(range(times_left))

    def fail() -> None:
        if next(left, None) is not None:
            raise error

    return fail


@pytest.fixture
def post(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A shop whose customers get mails."""
    return Post(shop, monkeypatch)


def test_a_placed_order_is_told_to_its_customer_once(post: Post) -> None:
    stored = send(post.shop)
    (record,) = post.announce(None, stored)
    for _ in range(2):
        assert post.mail(record) == []
    (sent,) = post.ses.sent
    assert sent["FromEmailAddress"] == '"Harbour Supplies" <shop@shop.example>'
    assert sent["Destination"] == {"ToAddresses": [EMAIL]}
    assert sent["ConfigurationSetName"] == "mail-events"
    assert sent["EmailTags"] == [
        {"Name": "orderID", "Value": stored["orderID"]}, {"Name": "status", "Value": "placed"}
    ]  # fmt: skip
    assert post.ses.subjects == [f"We have your order #{stored['number']}"]
    assert f"https://shop.example/order?id={stored['orderID']}" in post.ses.texts[0]
    assert post.entry(stored)["sentAt"] == times.iso(START)
    assert EMAIL.lower() not in json.dumps(post.entry(stored)).lower(), "an erasure would have to find it"
    assert [(one["event"], one["state"]) for one in post.shown(stored)] == [("placed", "sent")]


def test_every_step_that_is_news_to_a_customer_is_told_and_no_other(post: Post) -> None:
    stored = send(post.shop)
    packed = moved(stored, "packed")
    shipped = moved(packed, "shipped")
    changes = [
        (None, stored),
        (stored, {**stored, "version": 2, "tags": ["urgent"]}),
        (stored, packed),
        (packed, shipped),
        (shipped, {**shipped, "version": 4, "assignee": "Ann"}),
        (shipped, moved(shipped, "delivered")),
        (moved(shipped, "delivered"), {**shipped, "version": 6}),  # a step back
        (stored, moved(stored, "cancelled")),
    ]
    found = [json.loads(one["body"])["type"] for both in changes for one in post.announce(*both)]
    assert found == ["order.placed", "order.shipped", "order.cancelled"]


def test_a_rejected_order_says_why_and_what_to_do(post: Post) -> None:
    stored = send(post.shop, customer_order(items=[{"sku": "OLD-1", "quantity": 1}]))
    assert stored["status"] == "rejected"
    assert post.mail(*post.announce(None, stored)) == []
    assert post.ses.subjects == [f"We could not take your order #{stored['number']}"]
    assert "Old broom cannot be bought any more." in post.ses.texts[0]


def test_staffs_and_machines_orders_are_told_to_nobody(post: Post) -> None:
    assert post.announce(None, post.shop.place(order())) == []
    of_machine = post.shop.place(order()) | {"channel": "machine", "shopID": "client-1"}
    assert post.announce(None, of_machine) == []
    of_nobody = post.shop.place(order()) | {"channel": "customer"}
    assert post.announce(None, of_nobody) == [], "it is of no account"


def test_a_mail_tells_what_is_still_true(post: Post) -> None:
    """The messages of a queue come in any order, and late ones tell of the past."""
    stored = send(post.shop)
    placed, shipped = post.record(of(stored)), post.record(of(stored, "order.shipped"))
    assert post.mail(shipped) == [], "staff took the step back at once"
    put(post.shop, moved(stored, "packed"))
    assert post.mail(placed) == []
    assert post.ses.subjects == [f"We have your order #{stored['number']}"]
    other = send(post.shop)
    cancel(post.shop, other["orderID"])
    assert post.mail(post.record(of(other)), post.record(of(other, "order.cancelled"))) == []
    assert post.ses.subjects[1:] == [f"Your order #{other['number']} was cancelled"]
    assert "You cancelled your order." in post.ses.texts[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"accountID": None},
        {"anonymisedAt": "2027-01-01T00:00:00.000Z"},
        {"customer": {"name": "Ann"}},
    ],
    ids=["another customer's", "anonymised", "without an address"],
)
def test_an_order_without_its_customer_makes_no_mail(post: Post, changes: Json) -> None:
    stored = send(post.shop)
    after = {name: value for name, value in {**stored, **changes}.items() if value is not None}
    put(post.shop, after)
    assert post.mail(post.record(of(stored))) == []
    assert post.ses.sent == []
    assert post.entry(stored) == {}


def test_an_erased_order_makes_no_mail(post: Post) -> None:
    stored = send(post.shop)
    put(post.shop, {"orderID": stored["orderID"], "erasedAt": "2027-01-01T00:00:00.000Z", "version": 2})
    assert post.mail(post.record(of(stored))) == []
    assert post.ses.sent == []


def test_of_two_invocations_at_once_only_one_sends(post: Post) -> None:
    """A queue may deliver a message a second time before the first invocation has ended."""
    record = post.record(of(send(post.shop)))
    waits: list[int] = []

    def meanwhile() -> None:
        post.ses.after = lambda: None
        waits.extend(post.mail(record))
        post.hidden.clear()

    post.ses.after = meanwhile
    post.mail(record)
    assert len(post.ses.sent) == 1
    assert waits == [90]


def test_whoever_is_ended_before_the_mark_has_the_mail_sent_once_more(
    post: Post, break_aws: Callable[..., None]
) -> None:
    stored = send(post.shop)
    break_aws("dynamodb", update_item=refusal("InternalServerError"), times=1)
    assert post.mail(post.record(of(stored))) == [], "a failed mark sends nothing again by itself"
    assert "sentAt" not in post.entry(stored)
    again = post.record(of(stored), receives=2)
    assert post.mail(again) == [90], "the lease may be of an invocation that runs"
    post.now += 91 * SECOND
    assert post.mail(again) == []
    assert len(post.ses.sent) == 2
    post.now += HOUR
    assert post.mail(again) == []
    assert len(post.ses.sent) == 2


def test_a_busy_ses_is_asked_later_and_later(post: Post) -> None:
    stored = send(post.shop)
    post.ses.fault = failing(refusal("TooManyRequestsException"), 3)
    pauses = [post.mail(post.record(of(stored), receives=receives)) for receives in (1, 2, 9)]
    assert pauses == [[15], [30], [900]]
    assert post.mail(post.record(of(stored), receives=10)) == []
    assert len(post.ses.sent) == 1


def test_without_an_answer_the_mail_is_tried_after_the_lease_only(post: Post) -> None:
    """SES may have taken the mail."""
    stored = send(post.shop)
    post.ses.fault = failing(ReadTimeoutError(endpoint_url="ses"), 1)
    assert post.mail(post.record(of(stored))) == [90]
    assert post.mail(post.record(of(stored), receives=2)) == [90]
    post.now += 91 * SECOND
    assert post.mail(post.record(of(stored), receives=3)) == []
    assert len(post.ses.sent) == 1


def test_what_ses_refuses_is_a_dead_letter_without_the_address(post: Post) -> None:
    stored = send(post.shop)
    post.ses.fault = failing(refusal("MessageRejected", f"Email address is not verified: {EMAIL}"), 1)
    assert post.mail(post.record(of(stored))) == []
    letter = post.letter()
    assert (letter["source"], letter["advice"]) == ("mails", "mail")
    assert (letter["orderID"], letter["id"]) == (stored["orderID"], f"mails-{stored['orderID']}-placed")
    assert "Email address is not verified: (the address)" in letter["reason"]
    assert EMAIL.lower() not in json.dumps(letter).lower()
    assert [one["state"] for one in post.shown(stored)] == ["failed"]
    reply = post.shop.ask(
        "redrive_dead_letter", "POST", "/dead-letters/{id}/redrive", {}, claims=ADMIN, id=letter["id"]
    )
    assert reply.status == 202
    (sent,) = post.shop.letters("SHOP_MAILS_QUEUE_URL")
    assert post.mail(post.record(sent["body"])) == []
    assert len(post.ses.sent) == 1
    assert [one["state"] for one in post.shown(stored)] == ["sent"]


def test_a_mail_that_fails_again_returns_to_its_letter(post: Post) -> None:
    stored = send(post.shop)
    post.ses.fault = failing(refusal("MessageRejected"))
    for _ in range(2):
        assert post.mail(post.record(of(stored))) == []
    assert len(post.letter()["tokens"]) == 2


def test_a_mail_is_given_up_after_four_days(post: Post) -> None:
    post.ses.fault = failing(refusal("LimitExceededException", "Daily message quota exceeded"))
    record = post.record(of(send(post.shop)), receives=400)
    post.now = START + customer_mail_sending.MAX_AGE_MS + 1
    assert post.mail(record) == []
    assert "given up after 400 tries: LimitExceeded" in post.letter()["reason"]


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '{"orderID": "x", "type": "order.placed"}'])
def test_what_is_no_message_is_a_letter_and_holds_up_no_other(post: Post, body: str) -> None:
    stored = send(post.shop)
    assert post.mail(post.record(body), post.record(of(stored))) == []
    assert len(post.ses.sent) == 1
    assert post.letter()["reason"].startswith("this mail could not be sent: it must")


def test_a_batch_without_time_is_left_in_the_queue(post: Post) -> None:
    stored = send(post.shop)
    assert post.mail(post.record(of(stored)), remaining_ms=30_000) == [0]
    assert post.ses.sent == []


def test_an_order_of_a_thousand_lines_is_a_mail_of_a_hundred(post: Post) -> None:
    items = [{"sku": "MOP-1", "quantity": 1}] * 1000
    stored = send(post.shop, customer_order(items=items, agreedTotal=1000 * 1250))
    assert post.mail(post.record(of(stored))) == []
    html = post.ses.sent[0]["Content"]["Simple"]["Body"]["Html"]["Data"]
    assert len(html.encode()) < 102 * 1024, "Gmail cuts off what follows"
    assert "and 900 more lines" in html
    assert "£12,500.00" in html


def test_vat_is_added_if_every_product_has_a_class(post: Post) -> None:
    for sku, vat_class in (("MOP-1", "standard"), ("SOAP-5L", "zero")):
        product = next(one for one in post.shop.all("SHOP_PRODUCTS_TABLE") if one["sku"] == sku)
        post.shop.put("SHOP_PRODUCTS_TABLE", product | {"vatClass": vat_class})
    stored = send(post.shop)
    assert post.mail(post.record(of(stored))) == []
    assert "VAT: £5.00\nTotal with VAT: £38.99" in post.ses.texts[0]


def bounce(stored: Json, kind: str = "Permanent", detail: str = "General", **changes: Any) -> Json:
    """Return an event of SES as the Developer Guide shows it."""
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": detail,
            "bouncedRecipients": [
                {
                    "emailAddress": EMAIL,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": f"smtp; 550 5.1.1 <{EMAIL.lower()}>: user unknown",
                }
            ],
            "timestamp": "2027-01-15T08:00:02.669Z",
            "feedbackId": "1",
        },
        "mail": {
            "timestamp": "2027-01-15T08:00:01.000Z",
            "messageId": "mail-1",
            "destination": [EMAIL],
            "tags": {
                "orderID": [stored["orderID"]],
                "status": ["placed"],
                "ses:configuration-set": ["mail-events"],
            },
        },
    } | changes


def test_a_bounce_is_said_at_the_order_without_the_address(post: Post) -> None:
    stored = send(post.shop)
    post.mail(post.record(of(stored)))
    for _ in range(2):
        assert post.mail(post.record(bounce(stored))) == []
    (shown,) = post.shown(stored)
    assert (shown["state"], shown["cameBackAt"]) == ("bounced", "2027-01-15T08:00:02.669Z")
    assert shown["because"] == "smtp; 550 5.1.1 <(the address)>: user unknown"
    assert shown["sentAt"] == times.iso(START)
    assert post.shop.letters("SHOP_MAILS_DLQ_URL") == []


def test_a_bounce_that_is_faster_than_the_mark_stays(post: Post) -> None:
    stored = send(post.shop)

    def come_back() -> None:
        post.ses.after = lambda: None
        post.mail(post.record(bounce(stored)))

    post.ses.after = come_back
    post.mail(post.record(of(stored)))
    assert [one["state"] for one in post.shown(stored)] == ["bounced"]


def test_a_complaint_is_said_at_the_order(post: Post) -> None:
    stored = send(post.shop)
    post.mail(post.record(of(stored)))
    complaint = {"complaintFeedbackType": "abuse", "timestamp": "2027-01-16T08:00:00.000Z"}
    post.mail(post.record(bounce(stored, eventType="Complaint", complaint=complaint)))
    (shown,) = post.shown(stored)
    assert (shown["state"], shown["because"]) == ("unwanted", "abuse")


def test_an_automatic_reply_is_no_bounce(post: Post) -> None:
    stored = send(post.shop)
    post.mail(post.record(of(stored)))
    assert post.mail(post.record(bounce(stored, "Transient"))) == []
    assert [one["state"] for one in post.shown(stored)] == ["sent"]
    assert post.mail(post.record(bounce(stored, "Transient", "MailboxFull"))) == []
    assert [one["state"] for one in post.shown(stored)] == ["bounced"]


def test_an_event_about_an_unknown_mail_changes_nothing(post: Post) -> None:
    stored = send(post.shop)
    assert post.mail(post.record(bounce(stored))) == []
    assert post.entry(stored) == {}
    assert post.shown(stored) == []


def test_the_mails_to_a_customer_are_in_the_export(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.platform.user_pool.addresses", list)
    stored = send(post.shop)
    post.mail(post.record(of(stored)))
    path, email = "/customers/{email}/export", EMAIL.lower()
    found = post.shop.ask("export_customer", "GET", path, claims=ADMIN, email=email).json["mails"]
    assert [(one["event"], one["state"]) for one in found if one.get("toCustomer")] == [("placed", "sent")]


def test_a_letter_of_a_mail_has_an_id_that_returns_to_it() -> None:
    order_id = "0a1b2c3d-0000-4000-8000-000000000001"
    found = customer_mails.of_message(customer_mails.message(order_id, "order.shipped", 3))
    assert found == (order_id, "shipped")
    assert letters.id_of_mail(*found) == f"mails-{order_id}-shipped"
