"""Signing in and out, sessions that end, and links that bring one here."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Request, expect

from local.api import Api
from tests.browser.conftest import Json, PlaceOrder, decided, orders_of
from tests.browser.tab import Person, Tab

pytestmark = pytest.mark.browser

SESSION = "JSON.parse(sessionStorage.getItem('order-desk:session'))"


def test_sign_in_returns_to_the_requested_page(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/orders.html?status=packed")
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")
    expect(tab.page.get_by_text(staff.email)).to_be_visible()


def test_site_under_another_host_name_redirects_to_its_own(tab: Tab, staff: Person) -> None:
    tab.page.goto(tab.site_url.replace("localhost", "127.0.0.1") + "/orders.html?status=packed")
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")


def test_wrong_credentials_show_an_error_and_can_be_corrected(tab: Tab, staff: Person) -> None:
    tab.goto("/orders.html")
    tab.give_credentials(staff.email, "not-the-password-1A!")
    expect(tab.page.get_by_text("Incorrect username or password")).to_be_visible()
    tab.page.get_by_label("Username").fill(staff.email)
    tab.page.get_by_label("Password").fill(staff.password)
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("heading", name="Orders")).to_be_visible()


def test_mailed_link_leads_through_sign_in_to_the_order(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    expect(tab.page.get_by_role("heading", name=f"Order {order['orderID'][:8]}")).to_be_visible()


def revokes(sent: Request) -> bool:
    return sent.method == "POST" and sent.headers.get("x-amz-target", "").endswith(".RevokeToken")


def test_signing_out_revokes_the_token_and_clears_storage(tab: Tab, staff: Person, outputs: Json) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    session = tab.page.evaluate(SESSION)
    with tab.page.expect_request(revokes) as revoked, tab.page.expect_request("**/logout?**"):
        tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert tab.page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    asked = {"ClientId": outputs["userPoolClientId"], "Token": session["refreshToken"]}
    assert revoked.value.post_data_json == asked
    tab.page.get_by_role("link", name="Sign in").click()
    tab.page.wait_for_url("**/oauth2/authorize?**")
    tab.goto("/signed-out.html")
    session_of_old = {**session, "expiresAt": 0}
    tab.page.evaluate(
        "(old) => sessionStorage.setItem('order-desk:session', JSON.stringify(old))", session_of_old
    )
    with tab.page.expect_response("**/oauth2/token") as renewal:
        tab.goto("/orders.html")
    assert renewal.value.status == 400
    tab.page.wait_for_url("**/oauth2/authorize?**")


def test_signing_out_is_final_even_when_cognito_does_not_respond(
    tab: Tab, staff: Person, place_order: PlaceOrder
) -> None:
    order = place_order()
    tab.sign_in(staff)
    tab.row(order).click()
    expect(tab.page.get_by_role("heading", name="Timeline")).to_be_visible()
    api = tab.page.locator("meta[name$=cognito-api-url]").get_attribute("content")
    tab.page.route(f"{api}**", lambda _: None)
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.locator("body")).to_have_js_property("inert", True)  # it goes on to the end
    expect(tab.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    tab.page.go_back()
    tab.page.wait_for_url("**/oauth2/authorize?**")


def test_tokens_are_kept_in_this_tab_only(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    assert tab.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert tab.page.evaluate(f"{SESSION}.idToken.split('.').length") == 3


def test_authorization_request_has_pkce_state_and_nonce(tab: Tab) -> None:
    tab.goto("/orders.html")
    tab.page.wait_for_url("**/oauth2/authorize?**")
    asked = tab.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    assert asked["code_challenge_method"] == "S256"
    assert [len(asked[name]) for name in ("state", "nonce", "code_challenge")] == [43, 43, 43]
    assert asked["scope"] == "openid email aws.cognito.signin.user.admin"


@pytest.mark.parametrize("answer", ["?code=stolen&state=someone-elses", "?code=stolen", ""])
def test_callback_that_this_tab_did_not_request_is_refused(tab: Tab, staff: Person, answer: str) -> None:
    tab.goto("/signed-out.html")
    tab.page.evaluate(
        """sessionStorage.setItem("order-desk:sign-in",
             JSON.stringify({state: "ours", nonce: "n", verifier: "v", returnTo: "/"}))"""
    )
    tab.goto(f"/callback.html{answer}")
    expect(tab.page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
    assert tab.page.evaluate("sessionStorage.length") == 0, "the attempt can be used once only"
    tab.page.get_by_role("link", name="Sign in again").click()
    tab.page.wait_for_url("**/oauth2/authorize?**")


@pytest.mark.parametrize(
    ("part", "message"), [("state", "started in another tab"), ("nonce", "another request")]
)
def test_response_to_another_sign_in_is_refused(tab: Tab, staff: Person, part: str, message: str) -> None:
    tab.goto("/orders.html")
    tab.page.wait_for_url("**/oauth2/authorize?**")
    tab.page.locator(f"input[name={part}]").evaluate("field => (field.value = 'another')")
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page.get_by_text(message)).to_be_visible()
    assert tab.page.evaluate("sessionStorage.length") == 0


def test_sign_in_that_loses_the_network_can_be_repeated(tab: Tab, staff: Person) -> None:
    tab.page.route("**/oauth2/token", lambda route: route.abort())
    tab.goto("/orders.html?status=packed")
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page.get_by_role("alert")).to_contain_text("The sign-in service cannot be reached.")
    tab.page.unroute_all()
    tab.page.get_by_role("link", name="Sign in again").click()
    tab.give_credentials(staff.email, staff.password)
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=packed")


def test_expired_token_is_renewed_without_asking(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    tab.page.evaluate(
        f"sessionStorage.setItem('order-desk:session', JSON.stringify({{...{SESSION}, expiresAt: 0}}))"
    )
    with tab.page.expect_response("**/oauth2/token") as renewal:
        tab.page.reload()
    assert renewal.value.status == 200
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    assert tab.page.evaluate(f"{SESSION}.expiresAt > Date.now()")


def test_token_refused_by_the_gateway_is_renewed(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff)
    expect(tab.page.locator("#order-rows a").first).to_be_visible()
    tab.page.evaluate(
        f"""() => {{
            const session = {SESSION};
            const [head, claims, signature] = session.idToken.split(".");
            const broken = [head, claims, signature.replace(/./g, "A")].join(".");
            sessionStorage.setItem("order-desk:session", JSON.stringify({{ ...session, idToken: broken }}));
        }}"""
    )
    tab.page.get_by_role("link", name=re.compile("^Shipped")).click()
    expect(tab.page.locator("#orders")).to_have_attribute("aria-busy", "false")
    expect(tab.page.get_by_text("could not be loaded")).to_be_hidden()
    expect(tab.page.get_by_role("dialog")).to_be_hidden()


def test_typed_order_survives_an_ended_session(
    tab: Tab, staff: Person, customer: Json, admin_api: Api
) -> None:
    tab.sign_in(staff, "/new-order.html")
    tab.add_line("browsertest bleach", "3")
    tab.fill_customer(Name=customer["name"], E_mail=customer["email"])
    tab.end_session()
    tab.send()
    tab.sign_in_again(staff)
    expect(tab.page).to_have_url(f"{tab.site_url}/new-order.html")
    expect(tab.page.get_by_label("Quantity of Browsertest bleach 5 L")).to_have_value("3")
    expect(tab.page.get_by_label("E-mail")).to_have_value(customer["email"])
    tab.send()
    expect(tab.progress("Placed")).to_be_visible()
    assert [order["lineCount"] for order in orders_of(admin_api, customer)] == [1]


def test_filtered_list_survives_an_ended_session(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    order = place_order()
    asked = f"/orders.html?status=placed&customer={customer['email']}"
    tab.sign_in(staff, asked)
    expect(tab.row(order)).to_be_visible()
    tab.end_session()
    tab.page.get_by_role("link", name=re.compile("^Packed")).click()
    tab.sign_in_again(staff)
    expect(tab.page.locator("#orders")).to_have_attribute("data-state", "no-result")
    asked_again = parse_qs(urlsplit(tab.page.url).query)
    assert asked_again == {"status": ["packed"], "customer": [customer["email"]]}


def test_edit_of_an_order_survives_an_ended_session(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    order = place_order()
    tab.sign_in(staff, f"/order.html?id={order['orderID']}")
    tab.page.get_by_role("button", name="Edit").click()
    tab.page.get_by_label("For packing and delivery").fill("Ring twice")
    tab.end_session()
    tab.page.get_by_role("button", name="Save changes").click()
    tab.sign_in_again(staff)
    expect(tab.page.get_by_label("For packing and delivery")).to_have_value("Ring twice")
    tab.page.get_by_role("button", name="Save changes").click()
    expect(tab.page.locator("#reading")).to_contain_text("Ring twice")
    assert decided(admin_api, order["orderID"])["notes"] == "Ring twice"
    tab.end_session()
    tab.page.get_by_role("button", name="Mark as packed").click()
    tab.sign_in_again(staff)
    expect(tab.page).to_have_url(f"{tab.site_url}/order.html?id={order['orderID']}")
    expect(tab.page.get_by_role("button", name="Mark as packed")).to_be_visible()
