"""The cart of the storefront: its lines after a sign-in, a change here or elsewhere, and what they cost."""

from typing import Any

import pytest

from lambdas.shop import storefront_prices
from tests.site.deno import evaluate

LINES = "../storefront/assets/cart/lines.js"
SUMS = "../storefront/assets/cart/sums.js"
Json = dict[str, Any]


def line(sku: str, quantity: int = 1, *, ticked: bool = True, **fields: Any) -> Json:
    return {"sku": sku, "quantity": quantity, "ticked": ticked, "name": sku, "unitPrice": 100, **fields}


def guest(*lines: Json) -> Json:
    return {"base": None, "changed": [], "lines": list(lines)}


def of_account(*lines: Json, changed: tuple[str, ...] = (), sub: str = "anna") -> Json:
    return {"base": {"sub": sub, "version": 3}, "changed": list(changed), "lines": list(lines)}


def merged(kept: Json, stored: list[Json]) -> list[Json]:
    """The lines of Anna's account beside what this browser keeps."""
    [found] = evaluate(LINES, "module.merged(value.kept, 'anna', value.stored)", [locals()])
    assert isinstance(found, list)
    return found


def settled(before: Json, now: Json, stored: list[Json], version: int = 4) -> Json:
    value = {"before": before, "now": now, "stored": {"version": version, "lines": stored}}
    [found] = evaluate(LINES, "module.settled(value.before, value.now, 'anna', value.stored)", [value])
    assert isinstance(found, dict)
    return found


# ---- both carts become one


def test_a_guests_lines_win_and_older_ones_stand_beside_them_unticked() -> None:
    stored = [line("MOP", 9), line("SOAP", 2)]
    assert merged(guest(line("PAD"), line("MOP", 3)), stored) == [
        line("PAD"),
        line("MOP", 3),
        line("SOAP", 2, ticked=False),
    ]


def test_a_guest_who_unticked_a_line_does_not_order_it_after_the_sign_in() -> None:
    assert merged(guest(line("MOP", ticked=False)), [line("MOP", 9)]) == [line("MOP", ticked=False)]


def test_without_a_line_in_hand_the_accounts_cart_stays_as_it_is() -> None:
    stored = [line("MOP", 9), line("SOAP", ticked=False)]
    assert merged(guest(), stored) == stored


def test_lines_changed_here_win_and_others_are_the_accounts() -> None:
    kept = of_account(
        line("MOP", 5), line("NEW"), line("SOAP", 1), line("OLD"), changed=("MOP", "GONE", "NEW")
    )
    stored = [line("SOAP", 7), line("GONE"), line("MOP", 9), line("PAD")]
    assert merged(kept, stored) == [line("SOAP", 7), line("MOP", 5), line("PAD"), line("NEW")]


def test_the_cart_of_another_account_is_dropped() -> None:
    assert merged(of_account(line("MOP"), changed=("MOP",), sub="ben"), [line("PAD")]) == [line("PAD")]


@pytest.mark.parametrize(
    "kept",
    [
        guest(),
        guest(line("MOP", 3), line("PAD")),
        of_account(line("MOP", 3), line("PAD"), changed=("MOP", "SOAP")),
        of_account(line("MOP", 3), sub="ben"),
    ],
)
def test_merging_twice_changes_nothing(kept: Json) -> None:
    """The second time is after an answer that was lost, or on the next page."""
    once = merged(kept, [line("SOAP", 2), line("MOP", 9)])
    assert merged(kept, once) == once
    after = settled(kept, kept, once)
    assert after == {"base": {"sub": "anna", "version": 4}, "changed": [], "lines": once}
    assert merged(after, once) == once


def test_a_change_while_the_cart_is_stored_stays_noted() -> None:
    before = of_account(line("MOP", 1), changed=("MOP",))
    now = of_account(line("MOP", 1), line("PAD", 2), changed=("MOP", "PAD"))
    assert settled(before, now, [line("MOP", 1), line("SOAP")]) == {
        "base": {"sub": "anna", "version": 4},
        "changed": ["PAD"],
        "lines": [line("MOP", 1), line("SOAP"), line("PAD", 2)],
    }


def test_a_line_removed_while_the_cart_is_stored_does_not_come_back() -> None:
    before = guest(line("MOP"), line("PAD"))
    after = settled(before, guest(line("PAD")), [line("MOP"), line("PAD")])
    assert (after["changed"], after["lines"]) == (["MOP"], [line("PAD")])


@pytest.mark.parametrize(
    ("kept", "lines", "changed"),
    [
        (of_account(line("MOP"), line("PAD"), changed=("PAD",)), [line("LATER"), line("PAD")], ["PAD"]),
        (of_account(line("MOP", 5), changed=("MOP",)), [line("LATER")], []),
        (of_account(line("MOP"), changed=("LATER",)), [], ["LATER"]),  # the tab removed this line
        (guest(line("PAD")), [line("LATER"), line("PAD")], ["PAD"]),
        (of_account(line("PAD"), changed=("PAD",), sub="ben"), [line("LATER")], []),
    ],
)
def test_lines_that_another_tab_changed_unsynced_outlive_an_order(
    kept: Json, lines: list[Json], changed: list[str]
) -> None:
    """That tab has no session, because each tab has one of its own. MOP is ordered, LATER is not."""
    value = {"kept": kept, "outcome": {"cart": {"version": 5, "lines": [line("LATER")]}, "skus": ["MOP"]}}
    call = "module.afterSending(value.kept, value.kept, 'anna', value.outcome)"
    [after] = evaluate(LINES, call, [value])
    assert after == {"base": {"sub": "anna", "version": 5}, "changed": changed, "lines": lines}


def test_changes_of_an_account_are_noted_and_those_of_a_guest_are_not() -> None:
    expression = """[module.withLine(value, { ...value.lines[0], quantity: 4 }),
        module.withoutLine(value, "MOP"), module.withLine(value, { ...value.lines[0], sku: "NEW" })]"""
    [[changed, removed, added]] = evaluate(LINES, expression, [of_account(line("MOP"), line("PAD"))])
    assert changed == of_account(line("MOP", 4), line("PAD"), changed=("MOP",))
    assert removed == of_account(line("PAD"), changed=("MOP",))
    assert [one["sku"] for one in added["lines"]] == ["MOP", "PAD", "NEW"]
    assert added["changed"] == ["NEW"]
    [of_guest] = evaluate(LINES, expression, [guest(line("MOP"))])
    assert [one["changed"] for one in of_guest] == [[], [], []]


# ---- what a cart has room for

ROOM = "../storefront/assets/cart/room.js"


def with_units(kept: Json, *wanted: tuple[str, int], lines: int = 3, units: int = 10) -> tuple[Json, Json]:
    """Put units of products into a cart; return the cart, and why products were left out."""
    lines_of = [{"sku": sku, "quantity": quantity, "name": sku, "unitPrice": 100} for sku, quantity in wanted]
    value = {"kept": kept, "wanted": lines_of, "most": {"lines": lines, "units": units}}
    [found] = evaluate(ROOM, "module.withUnits(value.kept, value.wanted, value.most)", [value])
    return found["kept"], {one["sku"]: one["fault"] for one in found["left"]}


def test_units_are_added_to_what_the_cart_has_and_their_line_is_ticked() -> None:
    kept, left = with_units(guest(line("MOP", 5, ticked=False), line("PAD")), ("MOP", 2), ("NEW", 3))
    assert kept["lines"] == [line("MOP", 7), line("PAD"), line("NEW", 3)]
    assert left == {}


def test_units_for_which_there_is_no_room_are_left_out_with_the_reason() -> None:
    before = guest(line("MOP", 9), line("PAD"))
    kept, left = with_units(before, ("MOP", 2), ("A", 1), ("B", 1), ("PAD", 9), ("C", 11))
    assert kept["lines"] == [line("MOP", 9), line("PAD", 10), line("A")]
    assert left == {"MOP": "At most 10.", "B": "The cart is full.", "C": "At most 10."}


def fitting(kept: Json, stored: list[Json], most: int) -> tuple[list[Json], list[str]]:
    value = {"kept": kept, "lines": merged(kept, stored), "most": most}
    [found] = evaluate(ROOM, "module.fitting(value.lines, value.kept, value.most)", [value])
    return found["lines"], [one["sku"] for one in found["left"]]


IN_HAND = of_account(line("NEW"), line("C", 5), changed=("NEW", "C"))


def test_a_merge_without_room_leaves_out_lines_for_later_first() -> None:
    stored = [line("A"), line("B", ticked=False), line("C"), line("D")]
    lines, left = fitting(IN_HAND, stored, 4)
    assert ([one["sku"] for one in lines], left) == (["A", "C", "D", "NEW"], ["B"])
    unchanged = of_account(line("OLD"), line("NEW"), changed=("NEW",))
    assert fitting(unchanged, [line("D"), line("OLD")], 2)[1] == ["OLD"], "nobody has it in hand"


@pytest.mark.parametrize("kept", [guest(line("NEW"), line("C", 5)), IN_HAND])
def test_a_merge_without_room_leaves_out_nothing_that_is_in_hand(kept: Json) -> None:
    stored = [line("A"), line("B", ticked=False), line("C"), line("D")]
    lines, left = fitting(kept, stored, 3)
    assert {one["sku"]: one["quantity"] for one in lines} == {"A": 1, "C": 5, "NEW": 1}
    assert set(left) == {"B", "D"}
    assert fitting(kept, stored, 5) == (merged(kept, stored), [])


# ---- what is said at a line


def facts(**fields: Any) -> Json:
    return {"sku": "MOP", "name": "Mop", "unitPrice": 100, "currency": "GBP", "minQuantity": 1, **fields}


def checked(kept: Json, present: Json | None) -> Json:
    [found] = evaluate(SUMS, "module.checked(value[0], value[1], 'GBP')", [[kept, present]])
    assert isinstance(found, dict)
    return {name: found[name] for name in ("price", "was", "fault", "least") if name in found}


@pytest.mark.parametrize(
    ("present", "said"),
    [
        (facts(), {"price": 100, "fault": ""}),
        (facts(unitPrice=120), {"price": 120, "was": 100, "fault": ""}),
        (None, {"price": 100, "fault": "No longer sold."}),
        (facts(minQuantity=5), {"price": 100, "fault": "At least 5 in an order.", "least": 5}),
        (facts(minQuantity=2), {"price": 100, "fault": ""}),
    ],
)
def test_what_changed_is_said_at_the_line(present: Json | None, said: Json) -> None:
    assert checked(line("MOP", 2), present) == said


def test_a_product_with_a_price_in_another_currency_cannot_be_ordered() -> None:
    assert "another currency" in checked(line("MOP"), facts(currency="EUR"))["fault"]


RATES = {"standard": 2000, "reduced": 500}


def sums(*lines: tuple[Json, Json | None], rates: Json | None = None) -> Json:
    expression = """module.sumsOf(
        value.lines.map(([line, facts]) => module.checked(line, facts, "GBP")), value.rates)"""
    [found] = evaluate(SUMS, expression, [{"lines": lines, "rates": RATES if rates is None else rates}])
    assert isinstance(found, dict)
    return found


def test_vat_is_added_to_the_sum_of_each_rate() -> None:
    """Three times 0.33 with 20 % is 1.188. The rounded prices of one unit would come to 1.20."""
    found = sums(
        (line("A", 3), facts(unitPrice=33, vatClass="standard")),
        (line("B", 2), facts(unitPrice=50, vatClass="reduced")),
        (line("C", 1), facts(unitPrice=70, vatClass="zero")),
        (line("D", 9, ticked=False), facts(unitPrice=999, vatClass="standard")),
    )
    assert found == {"count": 3, "net": 269, "vat": 25, "gross": 294, "canBuy": True}
    assert storefront_prices.with_vat(99, 2000) + storefront_prices.with_vat(100, 500) + 70 == 294


def test_without_a_known_rate_there_is_one_sum_only() -> None:
    for found in (
        sums((line("A"), facts(vatClass="standard")), rates={}),
        sums((line("A"), facts(vatClass="standard")), (line("B"), facts())),
    ):
        assert "gross" not in found
        assert "vat" not in found
        assert found["canBuy"]


def test_nothing_can_be_ordered_while_a_ticked_line_has_a_fault() -> None:
    gone, good = (line("A"), None), (line("B"), facts(vatClass="standard"))
    assert sums(gone, good) == {"count": 1, "net": 100, "vat": 20, "gross": 120, "canBuy": False}
    assert sums((line("A", ticked=False), None), good)["canBuy"]
    assert not sums((line("A", ticked=False), facts()))["canBuy"]


# ---- amounts


def test_amounts_are_written_as_the_pages_have_them() -> None:
    cases = [
        (125000, "£", 2),
        (5, "£", 2),
        (0, "£", 2),
        (1234567, "JPY ", 0),
        (1234, "BHD ", 3),
        (-150, "£", 2),
    ]
    found = evaluate(
        "../storefront/assets/money.js",
        "module.amountText(value[0], { sign: value[1], digits: value[2] })",
        cases,
    )
    assert found == ["£1,250.00", "£0.05", "£0.00", "JPY 1,234,567", "BHD 1.234", "-£1.50"]


# ---- both carts by way of the API

# An account whose cart was stored again, by another device, just before the first write of this one.
SYNC = """(async () => {
  const idToken = `e.${btoa(JSON.stringify({ sub: "anna", email: "anna@home.example" }))}.s`;
  sessionStorage.setItem("order-desk:session", JSON.stringify({ idToken, expiresAt: 1e15 }));
  localStorage.setItem("shop:cart", JSON.stringify(value.kept));
  document.getElementById = () => ({ dataset: { lines: value.most ?? "500" } });
  let stored = { version: 5, lines: value.elsewhere, ...(value.order ? { order: value.order } : {}) };
  let puts = 0;
  globalThis.fetch = async (url, { body, headers }) => {
    puts += 1;
    if (headers["If-Match"] !== `"${stored.version}"`)
      return new Response(JSON.stringify({ error: {}, cart: stored }), { status: 412 });
    stored = { ...JSON.parse(body), version: stored.version + 1 };
    if (value.isCut && puts === 2) throw new TypeError("no answer");
    return new Response(JSON.stringify(stored));
  };
  let cart = await module.bringTogether({ version: 4, lines: value.stored }).catch(() => null);
  cart ??= await module.bringTogether(stored);
  return { puts, cart, kept: JSON.parse(localStorage.getItem("shop:cart")) };
})()"""


def test_a_cart_that_another_device_changed_meanwhile_is_merged_again() -> None:
    order = {"orderID": "x", "items": [], "agreedTotal": 0}
    value = {
        "kept": of_account(line("MOP", 5), line("SOAP"), changed=("MOP",)),
        "stored": [line("MOP", 1), line("SOAP")],
        "elsewhere": [line("MOP", 1), line("SOAP", 7), line("PAD")],
        "order": order,
    }
    [found] = evaluate("../storefront/assets/cart/sync.js", SYNC, [value])
    lines = [line("MOP", 5), line("SOAP", 7), line("PAD")]
    assert found["puts"] == 2
    assert found["cart"] == {"version": 6, "lines": lines, "order": order}, (
        "the order that is being sent stays"
    )
    assert found["kept"] == {"base": {"sub": "anna", "version": 6}, "changed": [], "lines": lines}


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_merge_names_the_products_that_did_not_fit_until_they_are_read(*, is_cut: bool) -> None:
    """With a cut network, the cart of the account has them no more when the page looks again."""
    value = {
        "isCut": is_cut,
        "kept": of_account(line("MOP"), line("NEW"), changed=("NEW",)) | {"left": ["PAD"]},
        "stored": [line("MOP"), line("SOAP")],
        "elsewhere": [line("MOP"), line("SOAP")],
        "most": "2",
    }
    [found] = evaluate("../storefront/assets/cart/sync.js", SYNC, [value])
    assert [one["sku"] for one in found["cart"]["lines"]] == ["MOP", "NEW"]
    assert found["kept"]["left"] == ["PAD", "SOAP"]


AGAIN = """(() => {
    localStorage.setItem("shop:cart", JSON.stringify(value.kept));
    document.getElementById = () => ({ dataset: { lines: "2", units: "100" } });
    const left = [];
    Object.defineProperty(globalThis, "location", { value: { assign: (address) => left.push(address) } });
    for (let presses = 0; presses < 2; presses += 1) module.orderAgain({ items: value.items });
    dispatchEvent(new Event("pageshow")); // the page is there only now
    module.orderAgain({ items: value.items });
    return [left, JSON.parse(localStorage.getItem("shop:cart"))];
})()"""


def test_order_again_adds_once_ticks_and_names_what_did_not_fit() -> None:
    items = [{"sku": "MOP", "quantity": 2, "name": "MOP", "unitPrice": 100}, {"sku": "PAD", "quantity": 1}]
    more = {"sku": "SOAP", "quantity": 1, "name": "Soap"}
    value = {"kept": guest(line("MOP", 3, ticked=False)), "items": [*items, more]}
    [[left, kept]] = evaluate("../storefront/assets/orders/again.js", AGAIN, [value])
    assert left == ["/cart"] * 3, "a way there that was stopped is gone again"
    lines = [line("MOP", 5), line("PAD", unitPrice=0)]
    assert kept == {"base": None, "changed": [], "lines": lines, "left": ["Soap"]}


def test_a_cart_that_is_the_same_on_both_sides_is_not_stored() -> None:
    value = {"kept": of_account(line("MOP")), "stored": [line("MOP")], "elsewhere": []}
    [found] = evaluate("../storefront/assets/cart/sync.js", SYNC, [value])
    assert found["puts"] == 0
    assert found["kept"]["base"]["version"] == 4


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "not JSON", '{"lines": 1, "changed": []}'])
def test_a_kept_cart_that_cannot_be_read_is_an_empty_one(text: str) -> None:
    expression = """(localStorage.setItem("shop:cart", value), module.readKept())"""
    assert evaluate("../storefront/assets/cart/kept.js", expression, [text]) == [guest()]


def test_signing_out_empties_the_cart_of_an_account_and_leaves_that_of_a_guest() -> None:
    expression = """(() => {
        localStorage.setItem("shop:cart", JSON.stringify(value));
        module.forgetCart();
        return module.readKept();
    })()"""
    found = evaluate(
        "../storefront/assets/cart/kept.js", expression, [of_account(line("MOP")), guest(line("MOP"))]
    )
    assert found == [guest(), guest(line("MOP"))]


def test_all_lines_are_ticked_and_only_those_that_were_not_count_as_changed() -> None:
    cart = of_account(line("A"), line("B", 4, ticked=False))
    [found] = evaluate(LINES, "module.allTicked(value)", [cart])
    assert found == of_account(line("A"), line("B", 4), changed=("B",))
