"""The checkout of the storefront sends one order, whatever is cut, pressed twice or open twice."""

import json
import re
from typing import Any

import pytest

from lambdas.platform import json_schema
from tests.imports import ROOT
from tests.site.deno import evaluate

PLACING = "../storefront/assets/checkout/placing.js"
Json = dict[str, Any]

# A shop with one stored cart, and pages of it. `cuts` names calls by their number, each with what becomes of
# it: "lost" before the shop gets it, "answer" after the shop did it, "left" with its page, "elsewhere" after
# another device has added a line ("unticked elsewhere", "ordered elsewhere": has changed all, or ordered),
# "sent elsewhere" before another device sends the order, "late" if there is no answer for more than an hour,
# "slept" if the answer is read only then, "clock set back", or a status. `steps` are what pages do,
# in turn. One with "late" is after the order has waited for more than an hour.
RUN = """(async () => {
  const { Refused, Unreachable } = await import(value.api);
  const copy = (one) => JSON.parse(JSON.stringify(one));
  let clock = 0;
  Date.now = () => clock;
  const shop = { cart: { version: 1, lines: value.lines }, orders: [], calls: [] };
  const shown = copy(shop.cart);
  const act = {
    put({ version, lines, order }) {
      const isSame = JSON.stringify([lines, order]) === JSON.stringify([shop.cart.lines, shop.cart.order]);
      if (isSame && !shop.cart.isLate) return copy(shop.cart);
      if (version !== shop.cart.version) throw new Refused(412, { cart: copy(shop.cart) });
      const isOther = order?.orderID !== shop.cart.order?.orderID;
      const late = !isSame && !isOther && shop.cart.isLate ? { isLate: true } : {};
      shop.cart = copy({ version: version + 1, lines, ...(order ? { order, ...late } : {}) });
      return copy(shop.cart);
    },
    post: async (order) => void shop.orders.push(copy(order)),
    read: () => copy(shop.cart),
    exists: (orderID) => shop.orders.some((one) => one.orderID === orderID),
  };
  const via = (name) => async (given) => {
    const cut = value.cuts[shop.calls.push(name) - 1];
    if (cut === "late") clock += 4e6;
    if (cut === "clock set back") clock -= 4e6;
    if (cut === "late" && shop.cart.order) shop.cart.isLate = true;
    if (["lost", "late", "clock set back"].includes(cut)) throw new Unreachable("no answer");
    if (cut === "left") throw new Error("the page was left");
    if (cut === "sent elsewhere") {
      act.put(given);
      await module.goOn(copy(shop.cart), { ...act, wait: async () => {} });
      throw new Unreachable("no answer");
    }
    if (cut === "elsewhere") act.put({ ...shop.cart, lines: [...shop.cart.lines, value.other] });
    if (cut === "unticked elsewhere")
      act.put({ ...shop.cart, lines: shop.cart.lines.map((one) => ({ ...one, ticked: false })) });
    if (cut === "ordered elsewhere")
      act.put({ ...shop.cart, lines: [...shop.cart.lines, value.other], order: value.orders[1] });
    if (typeof cut === "number") throw new Refused(cut, { error: { message: "refused" } });
    const answer = act[name](given);
    if (cut === "slept") [clock, shop.cart.isLate] = [clock + 4e6, true];
    if (cut === "answer") throw new Unreachable("no answer");
    return answer;
  };
  const calls = { wait: async () => {} };
  for (const name of Object.keys(act)) calls[name] = via(name);
  const [outcomes, asked] = [[], []];
  for (const step of value.steps) {
    if (step.changed) act.put({ version: shop.cart.version, lines: step.changed });
    if (step.late) shop.cart.isLate = true;
    if (step.do === "look") asked.push(copy(shop.cart));
    const { orderID, isChanged, isLate, refused, error } = await {
      look: () => module.goOn(copy(shop.cart), calls),
      load: () => module.goOn(copy(shop.cart), calls),
      send: () => module.sendLate(asked[step.page], calls),
      back: () => module.takeOut(asked[step.page], calls),
      press: () =>
        module.place(copy(step.fresh ? shop.cart : shown), copy(shown.lines), value.orders[step.page], calls),
    }[step.do]().catch((thrown) => ({ error: thrown }));
    outcomes.push({ orderID, isChanged, isLate, refused: refused?.message, error: error?.message });
  }
  return { ...shop, outcomes };
})()"""


def line(sku: str, *, ticked: bool = True) -> Json:
    return {"sku": sku, "quantity": 1, "ticked": ticked, "name": sku, "unitPrice": 100}


def order(order_id: str) -> Json:
    return {"orderID": order_id, "items": [{"sku": "MOP", "quantity": 1}], "agreedTotal": 100}


LINES = [line("MOP"), line("LATER", ticked=False)]
API_URL = (ROOT / "site/assets/lib/api.js").as_uri()
PRESS, LOAD = {"do": "press", "page": 0}, {"do": "load", "page": 0}
OTHER_PRESS = {"do": "press", "page": 1}


def run(*steps: Json, **cuts: Any) -> Json:
    numbered = {name.removeprefix("call"): cut for name, cut in cuts.items()}
    value = {
        "api": API_URL,
        "lines": LINES,
        "other": line("PAD"),
        "orders": [order("first"), order("second")],
        "steps": steps,
        "cuts": numbered,
    }
    [found] = evaluate(PLACING, RUN, [value])
    assert isinstance(found, dict)
    return found


def assert_one(found: Json, order_id: str = "first") -> None:
    """One order came, however often, and its lines are out of the cart."""
    assert {json.dumps(one) for one in found["orders"]} == {json.dumps(order(order_id))}
    assert found["cart"]["lines"] == [line("LATER", ticked=False)]
    assert "order" not in found["cart"]


def test_a_press_writes_the_order_into_the_cart_before_it_sends_it() -> None:
    found = run(PRESS)
    assert_one(found)
    assert found["calls"] == ["put", "post", "put"]
    assert found["outcomes"][0]["orderID"] == "first"


@pytest.mark.parametrize("cut", ["lost", "answer"])
@pytest.mark.parametrize("call", [0, 1, 2])
def test_a_cut_network_at_any_call_makes_one_order(call: int, cut: str) -> None:
    found = run(PRESS, **{f"call{call}": cut})
    assert_one(found)
    assert len(found["calls"]) == 4


def test_many_cuts_after_each_other_make_one_order() -> None:
    assert_one(
        run(PRESS, call0="answer", call1="lost", call2=503, call3="answer", call4="lost", call6="answer")
    )


def test_two_pages_that_press_send_the_same_order() -> None:
    """The second page shows the cart of before. It finds no order, and says that the cart is another one."""
    found = run(PRESS, OTHER_PRESS)
    assert_one(found)
    assert found["outcomes"][1] == {"isChanged": True}


@pytest.mark.parametrize("then", [LOAD, OTHER_PRESS])
def test_an_order_that_was_left_half_way_is_sent_by_the_next_page(then: Json) -> None:
    """Its page was closed after the order was written, or its session ended."""
    found = run(PRESS, then, call1="left")
    assert_one(found)
    assert found["outcomes"] == [{"error": "the page was left"}, {"orderID": "first"}]


def test_an_order_that_was_sent_when_its_page_was_left_is_sent_again_as_it_was() -> None:
    assert_one(run(PRESS, LOAD, call2="left"))


def test_a_line_added_elsewhere_while_the_order_is_sent_stays_in_the_cart() -> None:
    found = run(PRESS, call2="elsewhere")
    assert found["cart"] == {"version": 4, "lines": [line("LATER", ticked=False), line("PAD")]}
    assert found["outcomes"][0]["orderID"] == "first"


def test_a_page_whose_cart_is_another_by_now_sends_nothing() -> None:
    found = run({**PRESS, "changed": [line("PAD")]})
    assert found["orders"] == []
    assert found["outcomes"] == [{"isChanged": True}]
    assert found["cart"]["lines"] == [line("PAD")]


def test_a_refused_order_leaves_the_cart_with_its_lines() -> None:
    found = run(PRESS, call1=400)
    assert found["orders"] == []
    assert found["outcomes"] == [{"refused": "refused"}]
    assert found["cart"] == {"version": 3, "lines": LINES}
    assert found["calls"] == ["put", "post", "exists", "put"]


def test_a_press_whose_answer_was_lost_says_that_another_device_sent_its_order() -> None:
    found = run(PRESS, call0="sent elsewhere")
    assert_one(found)
    assert found["outcomes"] == [{"orderID": "first"}]


def test_a_press_sends_the_order_that_waits_in_its_cart_and_keeps_other_lines() -> None:
    """The shop refused to say whether it has the order, so the page shows the cart with it."""
    found = run(PRESS, {**OTHER_PRESS, "fresh": True}, call1=403, call2=403)
    assert_one(found)
    assert found["outcomes"][1]["orderID"] == "first"


# ---- an order that waited for more than an hour

LEFT: Json = {"call1": "left"}  # the page was left before the order was sent
LOOK, SEND, BACK = [{"do": name, "page": 0} for name in ("look", "send", "back")]
OTHER_LOOK, OTHER_SEND, OTHER_BACK = [{"do": name, "page": 1} for name in ("look", "send", "back")]
LATE_LOOK = {**LOOK, "late": True}
ASKED = {"isLate": True}


def test_an_order_that_waits_for_long_is_not_sent_by_itself() -> None:
    found = run(PRESS, LATE_LOOK, **LEFT)
    assert found["orders"] == []
    assert found["outcomes"][1] == ASKED
    assert found["cart"]["order"] == order("first"), "until the customer has chosen"
    assert found["calls"] == ["put", "post", "exists"], "it may have been sent already"


def test_a_late_order_that_was_sent_leaves_the_cart_without_a_question() -> None:
    found = run(PRESS, LATE_LOOK, call2="left")
    assert_one(found)
    assert found["outcomes"][1] == {"orderID": "first"}


@pytest.mark.parametrize("others", [[], [OTHER_SEND], [OTHER_BACK], [{**OTHER_LOOK, "do": "load"}]])
def test_a_late_order_is_sent_once_by_its_customers_press(others: list[Json]) -> None:
    """Another page that asked as well then sends or takes out nothing more."""
    found = run(PRESS, LATE_LOOK, OTHER_LOOK, SEND, *others, **LEFT)
    assert_one(found)
    assert found["outcomes"][3] == {"orderID": "first"}


@pytest.mark.parametrize("others", [[], [OTHER_SEND], [OTHER_BACK]])
def test_a_late_order_that_was_taken_out_is_sent_by_no_page(others: list[Json]) -> None:
    found = run(PRESS, LATE_LOOK, OTHER_LOOK, BACK, *others, **LEFT)
    assert found["orders"] == []
    assert found["cart"] == {"version": 3, "lines": LINES}
    assert found["outcomes"][3] == {}
    assert found["outcomes"][4:] == [{"isChanged": True} if one is OTHER_SEND else {} for one in others]


def test_a_page_that_comes_too_late_to_take_an_order_out_shows_that_it_was_sent() -> None:
    found = run(PRESS, LATE_LOOK, OTHER_LOOK, SEND, OTHER_BACK, **LEFT)
    assert_one(found)
    assert found["outcomes"][4] == {"orderID": "first"}


def test_a_late_order_is_sent_by_one_press_when_another_page_changed_lines() -> None:
    found = run(PRESS, LATE_LOOK, SEND, **LEFT, call3="elsewhere")
    assert {one["orderID"] for one in found["orders"]} == {"first"}
    assert found["outcomes"][2] == {"orderID": "first"}
    assert found["cart"]["lines"] == [line("LATER", ticked=False), line("PAD")]


def test_a_page_that_may_not_take_a_late_order_out_sends_it() -> None:
    """Another page was told to send it, and its network is cut."""
    found = run(PRESS, LATE_LOOK, OTHER_LOOK, SEND, OTHER_BACK, **LEFT, call5="left")
    assert_one(found)
    assert found["outcomes"][4] == {"orderID": "first"}


def test_an_order_that_another_page_changed_lines_around_is_taken_out() -> None:
    found = run(PRESS, LATE_LOOK, BACK, **LEFT, call3="elsewhere")
    assert found["orders"] == []
    assert found["cart"] == {"version": 4, "lines": [*LINES, line("PAD")]}


def test_a_page_without_a_connection_for_an_hour_asks_before_it_sends() -> None:
    """A laptop slept. Its own clock only says that the cart is to be looked at again."""
    found = run(PRESS, call1="late")
    assert found["calls"] == ["put", "post", "read", "exists"]
    assert (found["orders"], found["outcomes"]) == ([], [ASKED])


def test_a_press_that_waited_for_an_hour_before_the_cart_had_its_order_orders_nothing() -> None:
    """A phone without a connection was put away. Its customer may have bought the goods elsewhere."""
    found = run(PRESS, call0="late")
    assert (found["orders"], found["cart"]) == ([], {"version": 1, "lines": LINES})
    assert found["outcomes"][0]["refused"].startswith("There was no connection for more than an hour")
    assert found["calls"] == ["put", "read", "exists"]


@pytest.mark.parametrize("between", ["lost", "late"])
def test_a_press_that_waited_for_an_hour_asks_about_an_order_that_reached_the_cart(between: str) -> None:
    """The answer of the first call was lost."""
    found = run(PRESS, call0="answer", call1="late", call2=between)
    assert (found["orders"], found["outcomes"]) == ([], [ASKED])
    assert found["cart"]["order"] == order("first")


def test_a_laptop_that_slept_after_the_order_reached_the_cart_asks() -> None:
    found = run(PRESS, call0="slept")
    assert (found["orders"], found["outcomes"]) == ([], [ASKED])
    assert found["calls"] == ["put", "read", "exists"]


def test_a_clock_that_is_set_back_by_an_hour_counts_as_a_long_wait() -> None:
    """Nobody knows how long that was."""
    found = run(PRESS, call1="clock set back")
    assert_one(found)
    assert found["calls"] == ["put", "post", "read", "post", "put"]


def test_an_order_of_another_page_is_not_taken_out_with_a_late_one() -> None:
    """It is sent, as on any page that finds it."""
    found = run(PRESS, LATE_LOOK, BACK, **LEFT, call3="ordered elsewhere")
    assert [one["orderID"] for one in found["orders"]] == ["second"]
    assert found["outcomes"][2] == {"orderID": "second"}


def test_an_order_of_another_page_stays_in_the_cart_when_one_was_sent() -> None:
    found = run(PRESS, call2="ordered elsewhere")
    assert found["outcomes"][0] == {"orderID": "first"}
    assert found["cart"]["order"]["orderID"] == "second"


def test_a_line_of_an_ordered_product_that_was_unticked_meanwhile_stays() -> None:
    found = run(PRESS, call2="unticked elsewhere")
    assert found["outcomes"][0] == {"orderID": "first"}
    assert found["cart"]["lines"][0] == line("MOP", ticked=False)


def test_a_shop_that_has_too_much_to_do_is_asked_again() -> None:
    assert_one(run(PRESS, call0=429, call2=429))


def test_an_order_that_arrived_before_a_refusal_counts_as_sent() -> None:
    found = run(PRESS, call1="answer", call2=403)
    assert_one(found)
    assert found["outcomes"][0]["orderID"] == "first"


# ---- the body of the order


ORDER_OF = "module.orderOf(value.id, value.lines, 300, value.typed, value.address)"
ORDER_ID = "616953c9-203d-56b3-8493-c3a2c6078049"
TYPED = {"way": "delivery", "reference": " PO 7 ", "notes": "  "}
ADDRESS = {"name": "Office", "company": "Söhne", "address": "1 Quay Street", "phone": ""}


def order_of(typed: Json, address: Json | None) -> Json:
    lines = [{"line": line("MOP")}, {"line": line("PAD", ticked=False)}]
    value = {"id": ORDER_ID, "lines": lines, "typed": typed, "address": address}
    [found] = evaluate("../storefront/assets/checkout/order.js", ORDER_OF, [value])
    assert isinstance(found, dict)
    assert list(json_schema.faults("CustomerOrder", found)) == []
    return found


def test_an_order_has_ticked_lines_and_no_name_and_no_blank_text() -> None:
    assert order_of(TYPED, ADDRESS) == {
        "orderID": ORDER_ID,
        "items": [{"sku": "MOP", "quantity": 1}],
        "agreedTotal": 300,
        "customer": {"company": "Söhne", "address": "1 Quay Street"},
        "reference": "PO 7",
    }


def test_an_order_to_collect_has_no_address() -> None:
    found = order_of({**TYPED, "way": "collection", "notes": "At noon"}, None)
    assert found["collection"] is True
    assert found["notes"] == "At noon"
    assert "customer" not in found


def test_the_texts_of_an_order_have_their_normal_form() -> None:
    typed = {**TYPED, "reference": "PO\u200b 7\x01", "notes": "At\u2028noon\t"}
    found = order_of(typed, {**ADDRESS, "address": " 1 Quay\r\nBristol\x07 ", "company": "So\u0308hne"})
    assert (found["reference"], found["notes"]) == ("PO 7", "At\nnoon")
    assert found["customer"] == {"company": "Söhne", "address": "1 Quay\nBristol"}


@pytest.mark.parametrize("letter", ["\ufffe", "\uffff", "\ud83e"])
def test_a_text_that_cannot_be_sent_is_named_before_the_order_is_sent(letter: str) -> None:
    text = f"7{letter}"
    orders: list[Json] = [
        {},
        {"reference": text, "notes": text},
        {"notes": text},
        {"customer": {"phone": text}},
    ]
    found = evaluate("../storefront/assets/checkout/order.js", "module.unsendable(value)", orders)
    assert found[0] is None
    assert [one["name"] for one in found[1:]] == ["reference", "notes", "address"]
    assert found[2]["message"] == "Your notes: a character cannot be sent. Type the text anew."


# ---- words and pauses of orders


WORDS = "../storefront/assets/orders/words.js"


def test_pages_of_orders_ask_sooner_while_something_is_about_to_happen() -> None:
    cases = [["checking", "placed"], ["placed", "shipped"], ["shipped"], []]
    assert evaluate(WORDS, "module.pauseFor(value)", cases) == [2_000, 5_000, 30_000, 30_000]


def test_a_reason_names_the_product_of_its_line() -> None:
    items = [{"sku": "MOP", "name": "Flat mop"}, {"sku": "GONE"}]
    cases = [
        [{"path": "items[0].quantity", "message": "must be at least 5"}, items],
        [{"path": "items[1].sku", "message": "GONE is not in the catalog"}, items],
        [{"path": "agreedTotal", "message": "is GBP 6.00, but"}, items],
        [{"path": "items", "message": "this is none"}, items],
    ]
    assert evaluate(WORDS, "module.reasonText(value[0], value[1])", cases) == [
        "Flat mop: quantity must be at least 5",
        "GONE: GONE is not in the catalog",
        "The total that you saw is GBP 6.00, but",
        "this is none",
    ]


def test_an_order_to_collect_has_other_words() -> None:
    cases = [["shipped", False], ["shipped", True], ["placed", True], ["unheard", False]]
    found = evaluate(WORDS, "module.statusWord(value[0], value[1])", cases)
    assert found == ["On its way", "Ready to collect", "Placed", "unheard"]


def test_orders_that_are_checked_are_those_of_the_account_until_they_are_stored() -> None:
    expression = """(() => {
        const at = new Date().toISOString();
        for (const [orderID, sub] of value) module.addSent({ orderID, sub, at });
        module.removeSent(["b"]);
        return module.sentBy("anna").map(({ orderID }) => orderID);
    })()"""
    sent = [["a", "anna"], ["b", "anna"], ["c", "ben"], ["d", "anna"], ["a", "anna"]]
    assert evaluate("../storefront/assets/orders/sent.js", expression, [sent]) == [["a", "d"]]


def test_an_order_that_is_not_stored_for_long_is_said_to_be_slow_and_leaves_the_list() -> None:
    """The shop may have erased it, or this browser may never have seen it stored."""
    expression = """(() => {
        const sent = (orderID, minutes) => {
            const at = new Date(Date.now() - minutes * 60000).toISOString();
            module.addSent({ orderID, sub: "anna", at });
        };
        sent("new", 4), sent("slow", 6), sent("old", 1441);
        const states = ["new", "slow", "old", "unknown"].map(module.stateOfSent);
        return [states, module.sentBy("anna").map(({ orderID }) => orderID)];
    })()"""
    found = evaluate("../storefront/assets/orders/sent.js", expression, [None])
    assert found == [[["checking", "slow", "slow", "missing"], ["slow", "new"]]]


def test_an_address_to_go_back_to_is_one_of_this_site() -> None:
    code = (ROOT / "site/assets/account/sign-in-end.js").read_text()
    (rule,) = re.findall(r"^export (const withinSite = .*?^};)$", code, re.DOTALL | re.MULTILINE)
    call = f"""(() => {{
        const location = {{ origin: "https://shop.example" }};
        {rule}
        return String(withinSite(value));
    }})()"""
    away = [
        "//evil.example/x",
        "/\\\\evil.example",
        "javascript:alert(1)",
        "https://evil.example",
        "//",
        "http://[",
    ]
    assert evaluate(PLACING, call, ["/order?id=1#top", *away]) == [
        "https://shop.example/order?id=1#top",
        *("/" for _ in away),
    ]
