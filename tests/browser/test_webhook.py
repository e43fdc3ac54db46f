"""The page of the webhook of a connected shop."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Json, OpenTab
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out, assert_small_first_visit
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

WEBHOOK, DELIVERIES = "**/api/shops/*/webhook", "**/api/shops/*/deliveries?*"
AGAIN = "**/api/shops/*/deliveries/*/redeliver"
SECRETS = [{"id": "a", "createdAt": "2026-10-05T08:00:00.000Z"}]
ON = {"url": "https://web.example/events", "state": "active", "failures": 0, "secrets": SECRETS}
MISSING = {"error": {"code": "not_found", "message": "the shop has no webhook"}}


def delivery(number: int, **more: Any) -> Json:
    """Return a delivery about an order, which has failed."""
    order, at = "0b8f7a52-2f0c-4a1e-9a53-0d1f6f1f7a11", "2026-11-27T08:10:00.000Z"
    known = {"id": str(number), "eventID": f"{order}#{number}", "type": "order.packed", "orderID": order}
    return {**known, "at": at, "state": "failed", "tries": 10, "answer": "no <b>answer</b>", **more}


def test_deliveries_say_what_became_of_them_and_are_sent_again(
    tab: Tab, admin: Person, outputs: Json
) -> None:
    path = f"/webhook.html?shop={outputs['machine']['clientId']}"
    tab.become(admin)
    tab.answer(WEBHOOK, json={**ON, "state": "off", "why": "gone", "offAt": "2026-11-27T08:10:00.000Z"})
    tab.answer(DELIVERIES, json={"deliveries": [delivery(1)], "nextCursor": None})
    tab.goto(path)
    tab.sees("Off: the receiver answered 410 Gone on 27 Nov")
    tab.sees("no <b>answer</b>")
    tab.sees_no("button", "Send again")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)

    tab.let_through(WEBHOOK)
    tab.answer(WEBHOOK, json={**ON, "failures": 3, "pausedUntil": "2099-11-27T14:05:00.000Z"})
    tab.answer(AGAIN, status=409, json={"error": {"code": "conflict", "message": "the webhook is off"}})
    tab.press("Look again")
    tab.sees("after 3 failed tries")
    tab.press("Send again")
    tab.sees("the webhook is off")
    tab.let_through(AGAIN)
    tab.answer(AGAIN, status=202, json={"id": "1"})
    waits = [delivery(number, state="waiting", nextAt="2099-11-27T14:05:00.000Z") for number in (3, 2)]
    tab.let_through(DELIVERIES)
    is_on_its_way = delivery(1, state="waiting")
    tab.answer(DELIVERIES, json={"deliveries": [*waits, is_on_its_way], "nextCursor": None})
    tab.press("Look again")
    expect(tab.css("#delivery-rows .col-state").first).to_have_text(re.compile("^Tries again"))
    with tab.page.expect_request(AGAIN) as sent:
        tab.press("Try again now")
    assert "/deliveries/2/" in sent.value.url
    tab.sees("its oldest event in this list at once")
    tab.let_through(DELIVERIES)
    tab.answer(DELIVERIES, json={"deliveries": [delivery(1)], "nextCursor": None})
    tab.press("Look again")
    expect(tab.css("#delivery-rows tr")).to_have_count(1)
    tab.let_through(DELIVERIES)
    done = delivery(1, state="delivered", status=204, milliseconds=35, answer="")
    tab.answer(DELIVERIES, json={"deliveries": [done], "nextCursor": None})
    tab.press("Send again")
    tab.sees("204 in 35 ms")
    expect(tab.css("#delivery-rows .col-state")).to_have_text(re.compile("^Delivered"))
    assert_accessible(tab)
    held = tab.hold(DELIVERIES)
    for _ in range(2):
        with tab.page.expect_request(DELIVERIES):
            tab.press("Look again")
    tab.wait(200)
    held[1].fulfill(json={"deliveries": [done], "nextCursor": None})
    expect(tab.css("#deliveries")).to_have_attribute("aria-busy", "false")
    held[0].fulfill(json={"deliveries": [delivery(1)], "nextCursor": None})
    tab.wait(200)
    expect(tab.css("#delivery-rows .col-state")).to_have_text(re.compile("^Delivered"))
    tab.let_through(DELIVERIES)
    tab.answer(DELIVERIES, json={"deliveries": [done], "nextCursor": None})

    tab.answer(f"{WEBHOOK}/secrets", status=201, json={**SECRETS[0], "secret": "whsec_new"})
    tab.press("New secret")
    expect(tab.field("Secret")).to_have_value("whsec_new")
    tab.press("Look again")
    tab.sees("204 in 35 ms")
    tab.wait(300)
    expect(tab.field("Secret")).to_have_value("whsec_new")
    expect(tab.field("Secret")).to_be_visible()
    tab.press("I have copied it")
    tab.sees("after 3 failed tries")


def test_states_of_the_page_of_a_webhook(tab: Tab, open_tab: OpenTab, admin: Person, staff: Person) -> None:
    tab.become(admin)
    shops = {"shops": [{"id": "s1", "name": "Web shop"}], "tokenUrl": "https://x.example", "scope": "s"}
    tab.answer("**/api/shops", json=shops)
    tab.answer(WEBHOOK, json=ON)
    tab.answer(DELIVERIES, json={"deliveries": [], "nextCursor": None})
    assert_small_first_visit(tab, "/webhook.html?shop=s1")
    tab.sees("Sends", exact=True)
    tab.let_through(WEBHOOK)
    tab.answer(WEBHOOK, status=404, json=MISSING)
    tab.reload()
    tab.sees_heading("Webhook of Web shop")
    tab.sees_heading("Nothing was sent yet")
    known = {"code": "bad_request", "message": "url must be public"}
    fields = [{"path": "url", "message": "must be public"}]
    tab.answer(WEBHOOK, status=400, json={"error": {**known, "fields": fields}})
    tab.fill("Address for events", "https://localhost/")
    tab.press("Set up")
    tab.sees("The address must be public")
    tab.let_through(WEBHOOK)
    tab.answer(WEBHOOK, status=404, json=MISSING)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.goto("/webhook.html?shop=none")
    tab.sees_heading("No such shop")
    tab.answer_error(WEBHOOK)
    tab.goto("/webhook.html?shop=s1")
    tab.sees_heading("The webhook could not be loaded")
    clerk = open_tab()
    clerk.sign_in(staff, "/webhook.html?shop=s1")
    clerk.sees_heading("Only admins see webhooks")
