"""The dead letters: their list, the page of one, and the form that mends one."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.letters import Letters, letter, order_letter, refuse
from tests.browser.looks import (
    OVERLAPS,
    assert_accessible,
    assert_nothing_sticks_out,
    assert_small_first_visit,
)
from tests.browser.orders import address, timeline
from tests.browser.tab import Person, Tab
from tests.browser.test_today_states import NO_LETTERS, QUIET

pytestmark = pytest.mark.browser

REDRIVE = "**/api/dead-letters/*/redrive"


def page_of(dead: Json) -> str:
    return f"/dead-letter.html?id={dead['id']}"


def count_orders(tab: Tab, missing: list[str]) -> None:
    """Answer for the accounting that these orders are missing."""
    found: Json = dict.fromkeys(("placed", "rejected", "erased", "waiting", "dead"), 0)
    number, at = len(missing), "2026-11-27T09:15:00.000Z"
    orders = [
        {"orderID": one, "acceptedAt": at, "channel": "staff", "deadLetter": f"orders-lost-{one}"}
        for one in missing
    ]
    found |= {"accepted": number, "difference": number, "missing": missing, "missingOrders": orders}
    tab.page.route(
        "**/api/reports/accounting",
        lambda route: route.fulfill(json={**found, "checkedAt": at, "recordedFrom": at}),
    )


def test_many_letters_are_sent_again_with_a_result_for_each(tab: Tab, admin: Person) -> None:
    good, refused = order_letter("gave-up"), order_letter("gave-up")
    taken = order_letter("id-taken", customer={"name": "Bo Ortiz", "email": "bo@shop.example"})
    refused["returnedAt"] = refused["receivedAt"]

    def place(found: Json, _: Json) -> None:
        if found is good:
            found["stored"] = {"orderID": good["orderID"], "number": 4711, "status": "placed"}

    letters = Letters(tab, good, refused, taken, letter("views", "not-counted"), on_sent=place)
    count_orders(tab, missing=[lost := str(uuid.uuid4())])
    tab.page.route(
        f"**/api/dead-letters/{refused['id']}/redrive", lambda route: refuse(route, 409, "Not now")
    )
    tab.sign_in(admin, "/dead-letters.html?source=orders")
    rows = tab.css("#letter-rows tr")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("Bo Ortiz")
    expect(rows.last).to_contain_text("Order ID taken")
    expect(rows.nth(1)).to_contain_text("Came back")
    tab.field("Select all on this page").check()
    tab.css("#accounting summary").click()
    tab.sees("1 order is missing. It was accepted")
    expect(tab.link(lost)).to_have_attribute("href", f"/dead-letter.html?id=orders-lost-{lost}")
    expect(tab.css("#accounting li")).to_contain_text("channel staff")
    with tab.page.expect_request("**/api/dead-letters?*"):
        tab.press("Count again")
    expect(tab.css("#selected-count")).to_have_text("3 letters selected")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.press("Send again …")
    dialog = tab.dialog("Send 3 dead letters again?")
    dialog.fill("Note for the history (optional)", "The outage is over")
    assert_accessible(tab)
    dialog.press("Send again")
    kept = tab.region("What became of them")
    kept.says("3 letters: 1 sent again, 1 not possible, 1 failed")
    results = tab.css("#settle-results li .outcome")
    expect(results).to_have_text(
        [
            "Refused: Not now",
            "Not sent again. Sent as it is, it would only come back: mend it first.",
            "Placed as #4711",
        ]
    )
    expect(tab.css("#settled-title")).to_be_focused()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.css("#settle-results a").first.click()
    tab.sees_heading(re.compile("Order not processed"))
    tab.key("u")
    kept.says("3 letters: 1 sent again, 1 not possible, 1 failed")
    tab.let_through(f"**/api/dead-letters/{refused['id']}/redrive")
    kept.press("Try the one that failed again")
    kept.says("3 letters: 2 sent again, 1 not possible")
    kept.press("Close the results")
    expect(tab.css("#settled")).to_be_hidden()
    expect(rows).to_have_count(1)
    tab.css("#letter-rows input").check()
    assert letters.calls == [("POST", one["id"], {"note": "The outage is over"}) for one in (good, refused)]
    tab.sees("1 letter selected")
    tab.press("Discard …")
    tab.dialog("Discard 1 dead letter?").press("Discard")
    tab.sees("Reason is required: it stays in the history")
    tab.fill("Why are they discarded?", "A double")
    tab.dialog("Discard 1 dead letter?").press("Discard")
    expect(tab.css("#settled-summary")).to_have_text("1 letter: 1 discarded")
    tab.sees_heading("No dead letter is like that")
    tab.follow("Discarded")
    expect(rows).to_have_count(1)
    assert taken["history"][-1] | {"at": ""} == {
        "at": "",
        "by": "admin@shop.example",
        "event": "discarded",
        "note": "A double",
    }


def test_the_list_has_pages_and_a_row_leads_to_its_letter_and_back(tab: Tab, staff: Person) -> None:
    letters = [order_letter() for _ in range(51)]
    Letters(tab, *letters)
    tab.sign_in(staff, "/dead-letters.html")
    rows = tab.css("#letter-rows tr th a")
    expect(rows).to_have_count(50)
    tab.follow("Next page")
    expect(rows).to_have_count(1)
    rows.first.click()
    tab.sees_heading(re.compile("Order not processed"))
    tab.follow("Back to the dead letters")
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    tab.key("Enter")
    expect(tab.link("Next letter")).to_have_attribute("href", page_of(letters[0]))
    tab.key("j")
    tab.arrives_at(page_of(letters[0]))


def test_states_of_the_list_of_dead_letters(tab: Tab, staff: Person) -> None:
    tab.become(staff)
    tab.watch_shifts()
    half = order_letter()
    half["state"] = "sending"
    Letters(tab, half)
    assert_small_first_visit(tab, "/dead-letters.html")
    tab.sees_heading("Nothing waits here")
    assert tab.shifted() < 0.01
    assert_accessible(tab)
    tab.follow("Look at them")
    expect(tab.css("#letter-rows th a")).to_have_count(1)
    tab.resize(320)
    assert tab.css("#letter-rows tr").evaluate(OVERLAPS) == []
    tab.answer_error("**/api/dead-letters?*")
    tab.reload()
    tab.sees("Try later")
    tab.let_through("**/api/dead-letters?*")
    tab.press("Try again")
    expect(tab.css("#letter-rows th a")).to_have_count(1)
    tab.end_session()
    tab.follow("All")
    tab.dialog("Your session has ended").sees_button("Sign in again")


def test_a_letter_is_sent_again_and_shown_when_it_comes_back(tab: Tab, admin: Person) -> None:
    dead = order_letter("gave-up", notes="Ring twice") | {"submittedBy": (sub := str(uuid.uuid4()))}

    def comes_back(found: Json, _: Json) -> None:
        found.update(state="open", reason="The table is still full")
        letters.note(found, "returned", reason="The table is still full", advice="gave-up")

    letters = Letters(tab, dead, on_sent=comes_back)
    tab.become(admin)
    assert_small_first_visit(tab, page_of(dead))
    expect(tab.css("[data-slot=notes]")).to_have_text("Ring twice")
    expect(tab.link("the account that sent it")).to_have_attribute("href", f"/people.html?q={sub}")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.press("Send again …")
    tab.fill("Note for the history", "Tried by hand")
    tab.dialog("Send it again?").press("Send again")
    tab.inside("#progress").sees_heading("It came back")
    tab.inside("#progress").says("A part of the system did not work")
    tab.sees_not("The table is still full")
    tab.css("#raw summary").click()
    tab.sees("The table is still full")
    assert timeline(tab) == ["Came back", "Sent again", "Put aside"]
    tab.sees("Tried by hand")
    assert_accessible(tab)


def test_a_letter_that_somebody_else_settled_is_shown_as_it_is(tab: Tab, admin: Person) -> None:
    dead = letter("notifications", "mail", change={"event": "MODIFY", "from": "placed", "to": "packed"})
    letters = Letters(tab, dead)
    tab.sign_in(admin, page_of(dead))
    tab.sees("The order changed from placed to packed.")
    tab.press("Discard …")
    tab.fill("Why is it discarded?", "Told by phone")
    letters.note(dead, "sent")
    dead["state"] = "sent"
    tab.dialog("Discard it?").press("Discard")
    expect(tab.css("#notice")).to_contain_text("Someone else has changed this letter meanwhile")
    tab.inside("h1 .letter-state").says("Sent again")
    tab.sees_no("button", "Discard …")
    tab.press("Send again …")
    tab.dialog("Send it again?").press("Send again")
    tab.inside("#progress").says("The mail was made again.")
    tab.sees_button("Send again …")


def test_the_result_of_a_sending_leads_to_the_order(tab: Tab, admin: Person, place_order: PlaceOrder) -> None:
    order = place_order()
    stored = {name: order[name] for name in ("orderID", "number", "status")}
    dead = order_letter("gave-up", orderID=order["orderID"])
    Letters(tab, dead, on_sent=lambda found, _: found.update(stored=stored))
    tab.sign_in(admin, page_of(dead))
    tab.press("Send again …")
    tab.dialog("Send it again?").press("Send again")
    tab.inside("#progress").sees_link(f"#{order['number']}")


def test_a_taken_order_id_can_only_be_mended(tab: Tab, admin: Person, place_order: PlaceOrder) -> None:
    other = place_order()
    dead = order_letter("id-taken", orderID=other["orderID"])
    dead["stored"] = {name: other[name] for name in ("orderID", "number", "status")}
    Letters(tab, dead)
    tab.sign_in(admin, page_of(dead))
    tab.sees("it is sent as a new order with an ID of its own")
    tab.sees(dead["newOrderID"])
    tab.sees_not("Sent as it is, it would only come back")
    tab.sees_link(f"#{other['number']}")
    tab.sees_link("Mend and send")
    tab.sees_no("button", "Send again …")


def test_staff_read_a_letter_and_are_told_who_settles_it(tab: Tab, staff: Person) -> None:
    dead = order_letter("other", giftWrap="yes")
    dead["submittedBy"] = str(uuid.uuid4())  # an account, of which a lost order knows no name
    dead["faults"] = [{"path": "giftWrap", "message": "is not a field that is known here"}]
    Letters(tab, dead)
    tab.sign_in(staff, "/dead-letters.html")
    tab.sees_no("checkbox")
    tab.follow("Ann Smith")
    tab.sees("An admin of the shop can send this again or discard it.")
    tab.sees(dead["submittedBy"])
    tab.sees("giftWrap is not a field that is known here")
    for name in ("Send again …", "Discard …"):
        tab.sees_no("button", name)
    tab.sees_no("link", "Mend and send")
    assert_accessible(tab)
    tab.goto(f"/new-order.html?letter={dead['id']}")
    tab.sees("Only an admin of the shop can mend and send it.")
    expect(tab.button("Send order")).to_be_hidden()
    erased = letter(state="discarded", advice="other", body="", reason="the order was erased")
    Letters(tab, erased)
    tab.goto(page_of(erased))
    tab.sees("It was settled when its order or its customer was erased.")
    tab.sees_not("An admin of the shop can send this again")
    tab.sees_not(erased["newOrderID"])


@pytest.fixture
def unknown_field(place_order: PlaceOrder) -> Json:
    """The letter of an order with fields and a charge that nobody knows, and a quantity in letters."""
    lines: Any = [{"sku": "BT-BLEACH", "quantity": 2}, {"sku": "BT-GLOVES", "quantity": "two"}]
    others = {f"field{number}": number for number in range(200)}
    dead = order_letter(
        "other", items=lines, charges=[{"kind": "tip", "amount": 150}], agreedTotal=1, **others
    )
    dead["faults"] = [
        *({"path": name, "message": "is not a field that is known here"} for name in list(others)[:98]),
        {"path": "charges[0].kind", "message": "must be one of delivery, discount, other, got 'tip'"},
        {"path": "items[1].quantity", "message": "must be a whole number, got 'two'"},
    ]
    return dead


def test_a_letter_is_mended_and_sent_until_it_is_placed(
    tab: Tab, admin: Person, admin_api: Api, unknown_field: Json
) -> None:
    dead = unknown_field

    def take(found: Json, body: Json) -> None:
        if len(letters.calls) == 1:
            found.update(state="open", reason="Still no stock", faults=[])
            return letters.note(found, "returned", reason="Still no stock")
        assert admin_api.call("POST", "/orders", body["body"]).status == 202
        return None

    letters = Letters(tab, dead, on_sent=take)
    tab.sign_in(admin, page_of(dead))
    tab.follow("Mend and send")
    expect(tab.field("Charge 1")).to_have_value("tip")
    tab.sees_errors(
        [
            "Charge 1 is of a kind that is not known here: choose another one, or remove the charge",
            re.compile("^Quantity of line 2, .* must be a whole number"),  # type: ignore[list-item]
        ]
    )
    tab.sees_no("button", "Park")
    left = tab.region("Not taken over")
    left.says("field19")
    expect(tab.css("#not-taken details dt").last).to_be_hidden()
    tab.css("#not-taken summary").click()
    expect(tab.css("#not-taken details dt").last).to_have_text("field199")
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.css("#quantity-1").fill("3")
    tab.inside("#lines").says("£23.97")  # the total of line 2, once its price is looked up
    tab.reload()
    expect(tab.css("#quantity-1")).to_have_value("3")
    tab.send()
    tab.sees_errors(
        ["Charge 1 is of a kind that is not known here: choose another one, or remove the charge"]
    )
    tab.field("Charge 1").select_option(label="Delivery")
    tab.send()
    tab.sees_errors(["Still no stock"])
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    tab.inside("#progress").follow("Back to the dead letters")
    tab.sees_heading("Dead letters")
    (_, _, first), (_, _, last) = letters.calls
    document = last["body"]
    assert first == last
    assert document["orderID"] == dead["orderID"]
    assert document["items"] == [{"sku": "BT-BLEACH", "quantity": 2}, {"sku": "BT-GLOVES", "quantity": 3}]
    assert document["charges"] == [{"kind": "delivery", "amount": 150}]
    assert document["agreedTotal"] == 2 * 649 + 3 * 799 + 150
    assert "field0" not in document


def test_a_letter_that_cannot_be_read_is_typed_beside_its_text(
    tab: Tab, admin: Person, admin_api: Api
) -> None:
    dead = letter(advice="not-json", body="two bleach for Ann, please")
    letters = Letters(
        tab, dead, on_sent=lambda _, body: admin_api.call("POST", "/orders", body["body"]) and None
    )
    tab.sign_in(admin, f"/new-order.html?letter={dead['id']}")
    tab.sees("two bleach for Ann, please")
    tab.add_line("Browsertest bleach", "2")
    tab.fill_customer(Name="Ann Smith", E_mail="ann@shop.example")
    tab.follow("Customers")
    leave = tab.dialog("Leave this order?")
    leave.says("It is not sent. What you typed stays in this tab")
    leave.sees_no("button", "Park it")
    leave.press("Stay")
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert letters.calls[0][2]["body"]["orderID"] == dead["newOrderID"]


def test_a_mended_order_is_safe_from_a_lost_answer(tab: Tab, admin: Person, admin_api: Api) -> None:
    dead = order_letter("gave-up")
    letters = Letters(
        tab, dead, on_sent=lambda _, body: admin_api.call("POST", "/orders", body["body"]) and None
    )
    tab.sign_in(admin, f"/new-order.html?letter={dead['id']}")
    expect(tab.css("#quantity-0")).to_have_value("2")
    letters.lose_next_answer = True
    tab.send()
    expect(tab.progress("The connection was lost")).to_be_visible()
    tab.inside("#progress").press("Send again")
    expect(tab.progress("Placed")).to_be_visible()
    assert [method for method, _, _ in letters.calls] == ["POST", "POST"]


def test_today_and_the_list_of_orders_lead_to_the_dead_letters(tab: Tab, staff: Person) -> None:
    Letters(tab, order_letter())
    counts = QUIET | {"deadLetters": {"orders": 1, "notifications": 2, "views": 1}}
    tab.answer("**/api/reports/workload", json=counts)
    tab.sign_in(staff, "/")
    panel = tab.region("Needs attention")
    panel.says("nobody will pack it")
    panel.sees_link("2 mails to the shop could not be sent")
    panel.sees_link("1 change of orders is missing in figures, search and customers")
    panel.follow("1 order did not arrive")
    tab.arrives_at("/dead-letters.html?source=orders")
    expect(tab.css("#letter-rows th a")).to_have_count(1)
    tab.goto("/orders.html")
    tab.follow("1 not processed")
    tab.arrives_at("/dead-letters.html?source=orders")
    tab.answer("**/api/reports/workload", json=QUIET | NO_LETTERS)
    tab.goto("/orders.html")
    tab.sees_orders()
    expect(tab.link(re.compile("not processed"))).to_be_hidden()


def test_the_timeline_of_an_order_names_the_letter_that_it_was(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    letter_id = str(uuid.uuid4())
    again = {"at": order["createdAt"], "by": "admin@shop.example", "event": "mended", "deadLetter": letter_id}
    changed = order | {"history": [*order["history"], again | {"note": "Asked by phone"}]}
    tab.answer(f"**/api/orders/{order['orderID']}", json=changed)
    tab.sign_in(staff, address(order))
    assert timeline(tab)[0] == "Mended and sent again"
    tab.sees("Asked by phone")
    expect(tab.link("The dead letter")).to_have_attribute("href", f"/dead-letter.html?id={letter_id}")
