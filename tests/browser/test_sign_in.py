"""Signing in and out, renewed tokens, and sessions that end."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.browser.accounts import revokes
from tests.browser.conftest import Json, PlaceOrder, decided, orders_of
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser

SESSION = "JSON.parse(sessionStorage.getItem('order-desk:session'))"


def test_sign_in_returns_to_the_requested_page(tab: Tab, staff: Person) -> None:
    tab.sign_in_on_hosted_page(staff, "/orders.html?status=packed")
    tab.arrives_at("/orders.html?status=packed")
    tab.sees_link(f"Your account: {staff.email}")


def test_site_under_another_host_name_redirects_to_its_own(tab: Tab, staff: Person) -> None:
    tab.page.goto(tab.site_url.replace("localhost", "127.0.0.1") + "/orders.html?status=packed")
    tab.give_credentials(staff.email, staff.password)
    tab.arrives_at("/orders.html?status=packed")


def test_wrong_credentials_at_the_sign_in_url_can_be_corrected(
    tab: Tab, staff: Person, outputs: Json
) -> None:
    tab.page.goto(outputs["signInUrl"])
    tab.give_credentials(staff.email, "not-the-password-1A!")
    tab.sees("Incorrect username or password")
    tab.fill("Username", staff.email)
    tab.fill("Password", staff.password)
    tab.press("Sign in")
    tab.arrives_at("/")
    tab.sees_button("Sign out")


def test_mailed_link_leads_through_sign_in_to_the_order(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in_on_hosted_page(staff, f"/order.html?id={order['orderID']}")
    tab.sees_heading(re.compile(f"^Order {number_of(order)}"))


def test_signing_out_revokes_the_token_and_clears_storage(tab: Tab, staff: Person, outputs: Json) -> None:
    tab.sign_in_on_hosted_page(staff)
    tab.sees_orders()
    session = tab.evaluate(SESSION)
    with tab.page.expect_request(revokes) as revoked, tab.page.expect_request("**/logout?**"):
        tab.press("Sign out")
    tab.sees_heading("You are signed out")
    assert tab.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    asked = {"ClientId": outputs["userPoolClientId"], "Token": session["refreshToken"]}
    assert revoked.value.post_data_json == asked
    tab.follow("Sign in")
    tab.arrives_at_sign_in()
    tab.goto("/signed-out.html")
    old_session = {**session, "expiresAt": 0}
    tab.evaluate("(old) => sessionStorage.setItem('order-desk:session', JSON.stringify(old))", old_session)
    with tab.page.expect_response("**/oauth2/token") as renewal:
        tab.goto("/orders.html")
    assert renewal.value.status == 400
    tab.arrives_at_sign_in()


def test_signing_out_is_final_even_when_cognito_does_not_respond(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in_on_hosted_page(staff)
    tab.row(order).click()
    tab.sees_heading("Timeline")
    api = tab.css("meta[name$=cognito-api-url]").get_attribute("content")
    tab.hold(f"{api}**")
    tab.press("Sign out")
    expect(tab.css("body")).to_have_js_property("inert", True)  # while the sign-out is under way
    tab.sees_heading("You are signed out")
    tab.back()
    tab.arrives_at_sign_in()


def test_tokens_are_kept_in_this_tab_only(tab: Tab, staff: Person) -> None:
    tab.sign_in_on_hosted_page(staff)
    assert tab.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert tab.evaluate(f"{SESSION}.idToken.split('.').length") == 3


def test_authorization_request_has_pkce_state_and_nonce(tab: Tab) -> None:
    tab.goto("/orders.html")
    tab.arrives_at_sign_in()
    asked = tab.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    assert asked["code_challenge_method"] == "S256"
    assert [len(asked[name]) for name in ("state", "nonce", "code_challenge")] == [43, 43, 43]
    assert asked["scope"] == "openid email aws.cognito.signin.user.admin"


@pytest.mark.parametrize("answer", ["?code=stolen&state=someone-elses", "?code=stolen", ""])
def test_callback_that_this_tab_did_not_request_is_refused(tab: Tab, staff: Person, answer: str) -> None:
    tab.goto("/signed-out.html")
    tab.evaluate(
        """sessionStorage.setItem("order-desk:sign-in",
             JSON.stringify({state: "ours", nonce: "n", verifier: "v", returnTo: "/"}))"""
    )
    tab.goto(f"/callback.html{answer}")
    tab.sees_heading("You could not be signed in")
    assert tab.evaluate("sessionStorage.length") == 0, "the sign-in attempt can be used only once"
    tab.follow("Sign in again")
    tab.arrives_at_sign_in()


@pytest.mark.parametrize(
    ("part", "message"), [("state", "started in another tab"), ("nonce", "another request")]
)
def test_response_to_another_sign_in_is_refused(tab: Tab, staff: Person, part: str, message: str) -> None:
    tab.goto("/orders.html")
    tab.arrives_at_sign_in()
    tab.css(f"input[name={part}]").evaluate("field => (field.value = 'another')")
    tab.give_credentials(staff.email, staff.password)
    tab.sees(message)
    assert tab.evaluate("sessionStorage.length") == 0


def test_sign_in_that_loses_the_network_can_be_repeated(tab: Tab, staff: Person) -> None:
    tab.lose_requests("**/oauth2/token")
    tab.goto("/orders.html?status=packed")
    tab.give_credentials(staff.email, staff.password)
    tab.sees_alert("The sign-in service cannot be reached.")
    tab.let_through("**/oauth2/token")
    tab.follow("Sign in again")
    tab.give_credentials(staff.email, staff.password)
    tab.arrives_at("/orders.html?status=packed")


def test_expired_token_is_renewed_without_asking(tab: Tab, staff: Person) -> None:
    tab.sign_in_on_hosted_page(staff)
    tab.expire_token()
    with tab.page.expect_response("**/oauth2/token") as renewal:
        tab.reload()
    assert renewal.value.status == 200
    tab.sees_orders()
    assert tab.evaluate(f"{SESSION}.expiresAt > Date.now()")


def test_token_refused_by_the_gateway_is_renewed(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.sees_orders()
    tab.evaluate(
        f"""() => {{
            const session = {SESSION};
            const [head, claims, signature] = session.idToken.split(".");
            const broken = [head, claims, signature.replace(/./g, "A")].join(".");
            sessionStorage.setItem("order-desk:session", JSON.stringify({{ ...session, idToken: broken }}));
        }}"""
    )
    tab.follow(re.compile("^Shipped"))
    expect(tab.css("#orders")).to_have_attribute("aria-busy", "false")
    tab.sees_not("could not be loaded")
    tab.sees_no("dialog")


def test_typed_order_survives_an_ended_session(
    tab: Tab, staff: Person, customer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/new-order.html")
    tab.add_line("browsertest bleach", "3")
    tab.fill_customer(Name=customer["name"], E_mail=customer["email"])
    tab.end_session()
    tab.send()
    tab.sign_in_again(staff)
    tab.arrives_at("/new-order.html")
    expect(tab.field("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(tab.field("E-mail")).to_have_value(customer["email"])
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert [order["lineCount"] for order in orders_of(admin_api, customer)] == [1]


def test_filtered_list_survives_an_ended_session(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/orders.html?status=placed&customer={customer['email']}")
    tab.sees_order(order)
    tab.end_session()
    tab.follow(re.compile("^Packed"))
    tab.sign_in_again(staff)
    expect(tab.css("#orders")).to_have_attribute("data-state", "no-result")
    assert parse_qs(urlsplit(tab.page.url).query) == {"status": ["packed"], "customer": [customer["email"]]}


def test_edit_of_an_order_survives_an_ended_session(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    tab.press("Edit")
    tab.fill("For packing and delivery", "Ring twice")
    tab.end_session()
    tab.press("Save changes")
    tab.sign_in_again(staff)
    expect(tab.field("For packing and delivery")).to_have_value("Ring twice")
    tab.press("Save changes")
    tab.inside("#reading").says("Ring twice")
    assert decided(admin_api, order["orderID"])["notes"] == "Ring twice"
    tab.end_session()
    tab.press("Mark as packed")
    tab.sign_in_again(staff)
    tab.arrives_at(f"/order.html?id={order['orderID']}")
    tab.sees_button("Mark as packed")
