"""Dead letters: their words, what may be done with them, their content, and how they are mended."""

import re
from typing import Any

import pytest

from lambdas.shop import letters
from tests.imports import ROOT
from tests.site.deno import evaluate

Json = dict[str, Any]

ADVICE = (
    *("not-json", "no-order-id", "id-taken", "too-large", "not-allowed", "gave-up"),
    *("no-reason", "mail", "not-counted", "event", "lost", "positions", "other"),
)
LETTER: Json = {"id": "a", "source": "orders", "state": "open", "advice": "gave-up", "version": 3}


def words(expression: str, *letters: Json) -> list[Any]:
    found: list[Any] = evaluate("dead/words.js", expression, [LETTER | letter for letter in letters])
    return found


def test_an_erasure_says_in_words_why_a_letter_was_settled() -> None:
    reasons = [letters.ERASED, letters.ERASED_UNSTORED]
    shorts = evaluate("dead/advice.js", "module.shortOf({ advice: 'other', reason: value })", reasons)
    assert shorts == ["Erased with the order", "Erased before it arrived"]
    assert evaluate("dead/advice.js", "module.erasedOf(value)", [*reasons, "not wanted"]) == [
        *shorts,
        "not wanted",
    ]


@pytest.mark.parametrize("advice", ADVICE)
def test_each_advice_says_what_happened_and_what_to_do(advice: str) -> None:
    (found,) = evaluate("dead/advice.js", "module.adviceOf(value)", [{"advice": advice}])
    assert found["short"]
    for text in (found["what"], found["todo"]):
        assert text[0].isupper()
        assert text.endswith(".")
    (other,) = evaluate("dead/advice.js", "module.adviceOf(value)", [{"advice": "of a later release"}])
    assert (found == other) == (advice == "other")


def test_faults_against_the_schema_are_explained_and_an_unknown_reason_is_quoted() -> None:
    plain: Json = {"advice": "other", "reason": "no such thing"}
    fault = {"path": "giftWrap", "message": "is not a field that is known here"}
    shorts = evaluate("dead/advice.js", "module.shortOf(value)", [plain, plain | {"faults": [fault]}])
    assert shorts == ["no such thing", "Against the rules"]
    known = evaluate("dead/advice.js", "module.shortOf(value)", [{"advice": "no-reason", "faults": [fault]}])
    assert known == ["Against the rules"]


@pytest.mark.parametrize(
    ("letter", "sent", "mended", "discarded"),
    [
        ({}, True, True, True),
        ({"state": "discarded"}, True, True, False),
        ({"state": "sending"}, True, False, False),
        ({"state": "sending", "source": "views"}, True, False, True),
        ({"state": "sent"}, True, False, False),
        ({"state": "discarded", "body": ""}, False, False, False),
        ({"advice": "id-taken"}, False, True, True),
        ({"advice": "id-taken", "state": "sending"}, True, False, False),
        ({"advice": "not-json"}, False, True, True),
        ({"advice": "no-order-id"}, False, True, True),
        ({"advice": "mail", "source": "notifications"}, True, False, True),
        ({"advice": "positions", "source": "views"}, False, False, True),
        ({"source": "views", "body": "{}"}, False, False, True),
        ({"source": "views", "body": "{}", "change": {"event": "INSERT"}}, True, False, True),
    ],
)
def test_what_may_be_done_follows_from_state_source_and_advice(
    letter: Json, sent: bool, mended: bool, discarded: bool
) -> None:
    may = "[!module.whyNotSent(value), module.isMendable(value), !module.whyNotDiscarded(value)]"
    assert words(may, letter) == [[sent, mended, discarded]]


def test_nobody_is_told_to_send_again_what_has_no_change() -> None:
    letters: list[Json] = [
        {"source": "views", "advice": "no-reason", "body": "{}"},
        {"source": "views", "advice": "no-reason"},
        {"state": "sent"},
        {"state": "discarded", "advice": "id-taken"},
        {"state": "discarded", "body": ""},
    ]
    without, listed, sent, discarded, erased = words("module.todoOf(value)", *letters)
    assert without.startswith("Tell whoever looks after the system")
    assert listed.startswith("Send it again.")
    assert sent == discarded == erased == ""


@pytest.mark.parametrize(
    ("letter", "outcome"),
    [
        ({"state": "open"}, "returned"),
        ({"state": "open", "stored": {"status": "placed"}}, "returned"),
        ({"state": "discarded"}, "discarded"),
        ({"state": "sending"}, "waiting"),
        ({"state": "sent"}, "waiting"),
        ({"state": "sent", "stored": {"status": "packed"}}, "placed"),
        ({"state": "sent", "stored": {"status": "rejected"}}, "rejected"),
        ({"state": "sent", "source": "views", "stored": {"status": "placed"}}, "done"),
        ({"state": "sending", "source": "views"}, "waiting"),
    ],
)
def test_the_outcome_of_a_sending(letter: Json, outcome: str) -> None:
    assert words("module.outcomeOf(value)", letter) == [outcome]


def test_a_letter_is_named_by_its_customer_or_else_its_order() -> None:
    letters: list[Json] = [
        {"customerName": "Ann", "orderID": "0b8f7a52-2f0c"},
        {"orderID": "0b8f7a52-2f0c"},
        {},
    ]
    assert words("module.nameOf(value)", *letters) == ["Ann", "Order 0b8f7a52", "No customer known"]


def test_letters_that_name_nobody_are_told_apart() -> None:
    letters: list[Json] = [
        {"id": "orders-3f2a91bc-77", "excerpt": "four canisters"},
        {"id": "views-lost-0c55d1aa-12"},
        {"id": "orders-1", "orderID": "0b8f7a52-2f0c", "excerpt": "x"},
        {"id": "orders-1", "orderID": "0b8f7a52-2f0c", "customerName": "Ann"},
        {"id": "orders-1", "excerpt": "\u05d0"},
        {"id": "pages-3f2a91bc-77", "source": "pages", "excerpt": "Mop (MOP-1)"},
    ]
    assert words("[module.nameOf(value), module.markOf(value)]", *letters) == [
        ["“four canisters”", "no order ID, letter 3f2a91bc"],
        ["No customer known", "no order ID, letter 0c55d1aa"],
        ["Order 0b8f7a52", ""],
        ["Ann", "0b8f7a52"],
        ["“\u2068\u05d0\u2069”", "no order ID, letter 1"],
        ["“Mop (MOP-1)”", "letter 3f2a91bc"],
    ]


def test_only_an_open_letter_that_was_sent_before_is_back() -> None:
    at: Json = {"returnedAt": "2026-11-28T09:30:00.000Z"}
    assert words("module.isBack(value)", {}, at, at | {"state": "sent"}) == [False, True, False]


TECHNICAL = ("queue", "stream", "payload", "schema", "consumer", "redrive", "JSON", "UUID", "shard", "SQS")


@pytest.mark.parametrize(
    "file", ["dead/advice.js", "dead/words.js", "dead/settle-jobs.js", "dead/history.js"]
)
def test_the_words_of_the_desk_are_those_of_a_shop(file: str) -> None:
    source = (ROOT / "site/assets" / file).read_text()
    texts = re.findall(r'"((?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*)"', source)
    assert texts
    found = [text for text in texts for word in TECHNICAL if re.search(rf"\b{word}s?\b", text, re.IGNORECASE)]
    assert found == []


def test_a_history_says_in_words_why_a_letter_came() -> None:
    entries: list[Json] = [
        {"event": "received", "reason": "given up after 20 tries: x", "advice": "gave-up"},
        {"event": "returned", "reason": "made by hand", "advice": "other"},
        {"event": "repeated"},
        {"event": "sent"},
    ]
    first, quoted, repeated, sent = evaluate("dead/history.js", "module.toldReason(value)", entries)
    assert (first, quoted, sent) == ("Fault of the system", "made by hand", "")
    assert repeated.startswith("Another message about the same failure came late.")


GOODS: Json = {"kind": "other", "amount": 2, "text": "mop"}
BROKEN: Json = {
    "orderID": 7,
    "customer": {"name": "Ann", "email": None, "vip": True},
    "items": [{"sku": "A", "quantity": "two"}, "B x 3", {"sku": "C"}, {"quantity": 2, "sku": 5}],
    "charges": [{"kind": "delivery", "amount": 500}, {"kind": "tip", "amount": 1}, GOODS, None],
    "notes": ["ring"],
    "giftWrap": {"paper": "red"},
}


def test_every_part_of_a_broken_order_is_shown() -> None:
    (content,) = evaluate("dead/content.js", "module.contentOf(value, 'GBP')", [BROKEN])
    assert content == {
        "facts": [{"name": "Name", "text": "Ann"}, {"name": "E-mail", "text": "null"}],
        "lines": [
            {"sku": "A", "quantity": "two"},
            {"sku": "B x 3", "quantity": ""},
            {"sku": "C", "quantity": "–"},
            {"sku": "5", "quantity": "2"},
        ],
        "charges": [
            {"name": "Delivery", "text": "£5.00"},
            {"name": "tip", "text": "£0.01"},
            {"name": "No SKU", "text": "mop, £0.02"},
            {"name": "null", "text": ""},
        ],
        "notes": '["ring"]',
        "others": [{"name": "giftWrap", "text": '{"paper":"red"}'}, {"name": "customer.vip", "text": "true"}],
    }


def test_names_that_every_object_has_are_names_like_others() -> None:
    name = "constructor"
    order = {"charges": [{"kind": name}]}
    (content,) = evaluate("dead/content.js", "module.contentOf(value, 'GBP')", [order])
    assert content["charges"] == [{"name": name, "text": ""}]
    assert evaluate("dead/content.js", "module.toldChange(value)", [{"event": name}]) == ["The order changed"]
    faults = [{"path": path, "message": "is odd"} for path in (name, f"items[0].{name}")]
    assert evaluate("order/reasons.js", "module.reasonOf({ submitted: true }, value)", faults) == [
        {"where": name, "message": "is odd"},
        {"where": "Line 1:", "message": f"{name} is odd"},
    ]


@pytest.mark.parametrize("part", ["customer", "items", "charges"])
def test_a_part_of_another_kind_is_shown_as_it_came(part: str) -> None:
    (content,) = evaluate("dead/content.js", "module.contentOf(value)", [{part: "see below"}])
    assert content["others"] == [{"name": part, "text": "see below"}]


def test_a_change_is_told_in_a_sentence() -> None:
    changes: list[Json] = [
        {"event": "INSERT", "to": "placed"},
        {"event": "MODIFY", "from": "placed", "to": "packed"},
        {"event": "MODIFY", "from": "placed", "to": "placed"},
        {"event": "REMOVE", "from": "shipped"},
        {"event": "MODIFY"},
        {"event": "MODIFY", "sku": "MOP-1"},
    ]
    assert evaluate("dead/content.js", "module.toldChange(value)", changes) == [
        "The order was stored as placed",
        "The order changed from placed to packed",
        "The order stayed placed, and changed",
        "The order, which was shipped, was erased",
        "The order changed",
        "The product MOP-1 changed",
    ]


def test_the_form_takes_the_valid_parts_of_an_order() -> None:
    (values,) = evaluate("order/letter-content.js", 'module.valuesFrom(value, "GBP")', [BROKEN])
    assert values == {
        "customer": {"name": "Ann"},
        "reference": "",
        "notes": "",
        "items": [{"sku": "A", "quantity": "two"}, {"sku": "C", "quantity": ""}],
        "charges": [
            {"kind": "delivery", "text": "", "amount": "5.00"},
            {"kind": "tip", "text": "", "amount": "0.01"},
            {"kind": "other", "text": "mop", "amount": "0.02"},
        ],
    }
    empty = {"customer": {}, "reference": "", "notes": "", "items": [], "charges": []}
    nothing: list[Json] = [{}, {"customer": [], "items": {}, "charges": "x", "reference": 7, "notes": 3}]
    assert evaluate("order/letter-content.js", 'module.valuesFrom(value, "GBP")', nothing) == [empty, empty]


def test_a_charge_of_an_unknown_kind_keeps_what_it_says() -> None:
    charges: list[Any] = [
        {"kind": "tip", "text": "for Bo", "amount": "five"},
        {"amount": -500},
        {"kind": ["x"], "amount": 1.5},
        {"kind": "discount", "amount": -250},
        {"kind": "constructor"},
    ]
    (values,) = evaluate("order/letter-content.js", 'module.valuesFrom(value, "GBP")', [{"charges": charges}])
    assert [(one["kind"], one["text"], one["amount"]) for one in values["charges"]] == [
        ("tip", "for Bo", "five"),
        ("", "", "-5.00"),
        ('["x"]', "", ""),
        ("discount", "", "2.50"),
        ("constructor", "", ""),
    ]
    labels = evaluate("lib/charges.js", "module.chargeLabel(value)", values["charges"])
    assert labels == ["for Bo (tip)", "Without a kind", '["x"]', "Discount", "constructor"]


def not_taken(*orders: Json) -> list[Any]:
    letters = [{"order": order, "orderID": order.get("orderID")} for order in orders]
    named = "module.notTaken(value).map(({ name, text }) => [name, text])"
    found: list[Any] = evaluate("order/not-taken.js", named, letters)
    return found


def test_what_the_form_cannot_show_is_listed_with_its_value() -> None:
    more: Json = {"charges": [{"kind": "tip", "amount": 1.5, "tax": 7}, "free"], "agreedTotal": "5.00"}
    items = [{"sku": "A", "quantity": None, "colour": "red"}, *BROKEN["items"]]
    (found,) = not_taken({**BROKEN, **more, "items": items})
    assert found == [
        ["giftWrap", '{"paper":"red"}'],
        ["Customer: email", "null"],
        ["Customer: vip", "true"],
        ["Line 1: quantity", "null"],
        ["Line 1: colour", "red"],
        ["Line 3", "B x 3"],
        ["Line 5", '{"quantity":2,"sku":5}'],
        ["Charge 1: amount", "1.5"],
        ["Charge 1: tax", "7"],
        ["Charge 2", "free"],
        ["Notes", '["ring"]'],
        ["Agreed total", "5.00"],
    ]
    parts, good = not_taken(
        {"customer": "Ann", "items": {"sku": "A"}, "charges": "x"},
        {"orderID": "7", "items": LINES, "agreedTotal": 5, "notes": "x", "customer": {"name": "Ann"}}
        | {"charges": [{"kind": "tip", "text": "for Bo", "amount": "five"}, {"amount": 5}]},
    )
    assert parts == [["Customer", "Ann"], ["Lines", '{"sku":"A"}'], ["Charges", "x"]]
    assert good == []
    assert not_taken(*({"agreedTotal": total} for total in (0, -1, None))) == [
        [],
        [["Agreed total", "-1"]],
        [["Agreed total", "null"]],
    ]


def test_an_order_id_that_cannot_be_used_is_not_taken_over_and_long_texts_are_cut() -> None:
    letter: Json = {"order": {"orderID": 7, "x": "y" * 5000, "z": "y" * 300}}
    (found,) = evaluate("order/not-taken.js", "module.notTaken(value)", [letter])
    assert found == [
        {"name": "Order ID", "text": "7"},
        {"name": "x", "text": "y" * 300 + " …"},
        {"name": "z", "text": "y" * 300},
    ]


def test_a_fault_of_a_part_that_is_not_taken_over_is_not_to_put_right() -> None:
    unknown = "is not a field that is known here"
    order = {"giftWrap": 1, "items": [{"sku": "A", "colour": 1}, 5], "charges": [{"kind": "tip"}]}
    faults = [
        {"path": "giftWrap", "message": unknown},
        {"path": "items[0].colour", "message": unknown},
        {"path": "items[1]", "message": "must be an object, got 5"},
        {"path": "charges[0].kind", "message": "must be one of delivery, discount, other, got 'tip'"},
        {"path": "customer", "message": "is required"},
    ]
    (left,) = evaluate(
        "order/letter-content.js", "module.faultsFor(value)", [{"order": order, "faults": faults}]
    )
    assert [one["path"] for one in left] == ["charges[0].kind", ""]
    assert "choose another one, or remove the charge" in left[0]["message"]


def test_a_fault_of_a_part_that_can_be_typed_anew_is_to_put_right() -> None:
    order = {
        "reference": 7,
        "notes": 5,
        "items": [{"sku": "A", "quantity": None}],
        "charges": [{"amount": 1.5}],
    }
    paths = ["reference", "notes", "items[0].quantity", "charges[0].amount"]
    faults = [{"path": path, "message": "must be something else"} for path in paths]
    letter = {"order": order, "faults": faults}
    assert evaluate("order/letter-content.js", "module.faultsFor(value)", [letter]) == [faults]


def test_a_fault_of_a_charge_has_no_place_while_the_form_lacks_another_charge() -> None:
    order = {"charges": ["free", {"amount": 1.5}]}
    fault = {"path": "charges[1].amount", "message": "must be a whole number"}
    letter = {"order": order, "faults": [fault]}
    assert evaluate("order/letter-content.js", "module.faultsFor(value)", [letter]) == [
        [{"path": "", "message": "Charge 2: amount must be a whole number"}]
    ]


def test_of_a_long_list_the_first_entries_are_shown() -> None:
    shown = """(() => {
        const { a, "a-more": more, "a-rest": rest } = module.folded("a", Array(value).fill(0), (x) => x);
        return [a.length, more, rest.length];
    })()"""
    assert evaluate("lib/folded.js", shown, [0, 20, 21, 1200]) == [
        [0, "", 0],
        [20, "", 0],
        [20, "and 1 more", 1],
        [20, "and 1,180 more", 1180],
    ]


def test_faults_keep_their_lines_only_if_the_form_has_all_lines() -> None:
    faults = [
        {"path": path, "message": "is wrong"}
        for path in (
            "orderID",
            "agreedTotal",
            "giftWrap",
            "customer.email",
            "customer",
            "items[1].quantity",
            "items[2].sku",
        )
    ]
    whole = {"items": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 0}]}
    letters = [{"faults": faults, "order": whole}, {"faults": faults, "order": BROKEN}, {}]
    kept, moved, none = evaluate("order/letter-content.js", "module.faultsFor(value)", letters)
    assert [one["path"] for one in kept] == [
        "giftWrap",
        "customer.email",
        "",
        "items[1].quantity",
        "items[2].sku",
    ]
    assert moved[-2:] == [
        {"path": "", "message": "Customer is wrong"},
        {"path": "", "message": "Line 3: SKU is wrong"},
    ]
    assert none == []


LINES = [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]


@pytest.mark.parametrize(
    ("content", "document", "agreed"),
    [
        ({"items": LINES, "agreedTotal": 500}, {"items": LINES}, 500),
        ({"items": [{"quantity": 2, "sku": "A"}, LINES[1]], "agreedTotal": 500}, {"items": LINES}, 500),
        ({"items": LINES}, {"items": LINES}, None),
        ({"items": LINES, "charges": [], "agreedTotal": 500}, {"items": LINES}, 500),
        ({"items": LINES, "agreedTotal": 500}, {"items": LINES[:1]}, 700),
        ({"items": LINES}, {"items": LINES[:1]}, 700),
        ({"items": LINES, "agreedTotal": 500}, {"items": LINES, "charges": [{"kind": "other"}]}, 700),
        ({"items": LINES, "agreedTotal": "5.00"}, {"items": LINES}, 700),
        ({"items": "two of A", "agreedTotal": 500}, {"items": LINES}, 700),
        ({}, {"items": LINES}, 700),
    ],
)
def test_unchanged_lines_keep_the_total_that_the_sender_agreed_to(
    content: Json, document: Json, agreed: int | None
) -> None:
    asked = [{"content": content, "document": document}]
    found = "module.agreedFor({ content: value.content }, value.document, 700) ?? null"
    assert evaluate("order/agreed-total.js", found, asked) == [agreed]


# Answer the calls of the API with `value.answers`, [status, body], one after the other.
API = """
    const token = ["x", btoa(JSON.stringify({ email: "admin@shop.example" })), "x"].join(".");
    const session = { idToken: token, expiresAt: 1e15 };
    sessionStorage.setItem("order-desk:session", JSON.stringify(session));
    const calls = [];
    globalThis.setTimeout = (then) => { queueMicrotask(then); return 0; };
    globalThis.fetch = async (path, { method, body, headers }) => {
        const [status, answer] = value.answers[calls.length] ?? [500, null];
        const version = headers["If-Match"];
        calls.push({ method, path, ...(body && { body: JSON.parse(body) }), ...(version && { version }) });
        return new Response(status === 204 ? null : JSON.stringify(answer), { status });
    };"""
SETTLE = f"""(async () => {{{API}
    const result = await module.settle(value.kind, {{ letter: {{ id: "a/b", version: 3 }} }}, value.note);
    return {{ calls, outcome: result.outcome, text: result.text, isUnknown: result.isUnknown }};
}})()"""


def refusal(message: str) -> Json:
    return {"error": {"code": "x", "message": message}}


def settled(kind: str, status: int, answer: Any, note: str = "") -> Json:
    asked = [{"kind": kind, "note": note, "answers": [[status, answer]]}]
    (found,) = evaluate("dead/settle-jobs.js", SETTLE, asked)
    result: Json = found
    return result


def test_a_letter_is_sent_again_with_its_version_and_a_note() -> None:
    found = settled("send", 202, {}, note=" prices are\r\nback ")
    path = "/api/dead-letters/a%2Fb/redrive"
    body = {"note": "prices are\nback"}
    assert found["calls"] == [{"method": "POST", "path": path, "body": body, "version": '"3"'}]
    assert found["outcome"] == "done"
    assert settled("send", 202, {}, note="  ")["calls"][0]["body"] == {}


def test_a_letter_is_discarded_for_a_reason() -> None:
    found = settled("discard", 204, None, note="a double & more")
    (call,) = found["calls"]
    assert call["path"] == "/api/dead-letters/a%2Fb?reason=a+double+%26+more"
    assert (call["method"], call["version"], found["outcome"]) == ("DELETE", '"3"', "done")


@pytest.mark.parametrize(
    ("status", "outcome", "text"),
    [
        (412, "changed", "A colleague has changed it meanwhile"),
        (404, "changed", "It is gone."),
        (409, "failed", "Refused: It is under way"),
        (500, "failed", "It is under way It may have arrived all the same. Trying again is safe."),
    ],
)
def test_a_refused_letter_says_why(status: int, outcome: str, text: str) -> None:
    found = settled("send", status, refusal("It is under way"))
    assert found["outcome"] == outcome
    assert text in found["text"]


def test_letters_for_which_it_is_impossible_are_not_tried_and_counted() -> None:
    letters = [LETTER, LETTER | {"advice": "id-taken"}, LETTER | {"state": "sent"}]
    jobs = "module.jobsOf(value, letters).map(({ outcome, text }) => [outcome, text])"
    found = evaluate(
        "dead/settle-jobs.js",
        f"((letters) => {jobs})({letters!r})".replace("True", "true"),
        ["send", "discard"],
    )
    assert [[outcome for outcome, _ in one] for one in found] == [
        ["waiting", "impossible", "waiting"],
        ["waiting", "waiting", "impossible"],
    ]
    assert found[0][1][1] == "Not sent again. Sent as it is, it would only come back: mend it first."
    outcomes = ["done", "done", "failed", "impossible"]
    sums = "module.sumsOf('send', value.map((outcome) => ({ outcome })))"
    assert evaluate("dead/settle-jobs.js", sums, [outcomes]) == [
        "4 letters: 2 sent again, 1 not possible, 1 failed"
    ]


def settle_once_more(kind: str, state: str, *, unknown: bool) -> Json:
    """Settle a letter that has this state by now. The answer of an earlier try may have been lost."""
    answer = refusal("x") | {"deadLetter": {"state": state}}
    asked = [{"kind": kind, "note": "", "answers": [[412, answer]], "unknown": unknown}]
    expression = SETTLE.replace("version: 3 } }", "version: 3 }, isUnknown: value.unknown }")
    (found,) = evaluate("dead/settle-jobs.js", expression, asked)
    result: Json = found
    return result


@pytest.mark.parametrize("kind", ["send", "discard"])
@pytest.mark.parametrize(
    ("state", "past"), [("sent", "sent again"), ("sending", "sent again"), ("discarded", "discarded")]
)
def test_a_letter_that_a_colleague_settled_says_so(kind: str, state: str, past: str) -> None:
    found = settle_once_more(kind, state, unknown=False)
    assert (found["outcome"], found["text"]) == ("changed", f"Already settled by a colleague: {past}.")


@pytest.mark.parametrize(
    ("kind", "state", "outcome"),
    [("send", "sent", "done"), ("discard", "discarded", "done"), ("send", "discarded", "changed")],
)
def test_an_own_try_whose_answer_was_lost_is_no_colleague(kind: str, state: str, outcome: str) -> None:
    assert settle_once_more(kind, state, unknown=True)["outcome"] == outcome


def test_a_refusal_leaves_it_unknown_whether_an_earlier_try_arrived() -> None:
    expression = SETTLE.replace("version: 3 } }", "version: 3 }, isUnknown: value.unknown }")
    asked = [
        {"kind": "send", "note": "", "answers": [[status, refusal("x")]], "unknown": unknown}
        for status, unknown in (
            (409, True),
            (409, False),
            (500, False),
            (202, True),
            (412, True),
            (404, True),
        )
    ]
    found = evaluate("dead/settle-jobs.js", expression, asked)
    assert [one["isUnknown"] for one in found] == [True, False, True, False, False, False]


def test_letters_that_are_not_settled_stay_selected_and_some_are_tried_again() -> None:
    outcomes = ["failed", "stopped", "impossible", "changed", "returned", "rejected", "done"]
    kept = "[module.isLeft({ outcome: value }), module.isRetried({ outcome: value })]"
    found = dict(zip(outcomes, evaluate("dead/settle-jobs.js", kept, outcomes), strict=True))
    assert [one for one in outcomes if found[one][0]] == ["failed", "stopped", "impossible"]
    assert [one for one in outcomes if found[one][1]] == ["failed", "stopped"]


def test_the_button_that_tries_again_names_how_many_and_what_happened() -> None:
    failed, stopped = {"outcome": "failed"}, {"outcome": "stopped"}
    jobs = [[failed] * 3, [failed, stopped], [failed], [stopped]]
    assert evaluate("dead/settle-jobs.js", "module.retryOf(value)", jobs) == [
        "Try the 3 that failed again",
        "Try the 2 that are left again",
        "Try the one that failed again",
        "Try the one that is left again",
    ]


def test_what_failed_is_the_first_result() -> None:
    outcomes = ["done", "impossible", "changed", "failed", "returned"]
    order = "module.sorted(value.map((outcome) => ({ outcome }))).map(({ outcome }) => outcome)"
    assert evaluate("dead/settle-jobs.js", order, [outcomes]) == [
        ["failed", "returned", "impossible", "changed", "done"]
    ]


LOOKS = f"""(async () => {{{API}
    const jobs = ["done", "failed"].map((outcome) => ({{ letter: {{ id: outcome }}, outcome }}));
    const results = [];
    const isOver = () => value.isOver || calls.length >= (value.overAfter ?? 9);
    await module.lookAfter(jobs, (job, result) => results.push(result), isOver);
    return {{ results, looks: calls.length }};
}})()"""
SENT: Json = {"source": "orders", "state": "sent"}


def test_nothing_is_looked_up_once_the_results_are_closed() -> None:
    asked = [{"answers": [(200, SENT | {"stored": {"status": "placed"}})], "isOver": True}]
    assert evaluate("dead/settle-looks.js", LOOKS, asked) == [{"results": [], "looks": 0}]
    closed_meanwhile = [asked[0] | {"isOver": False, "overAfter": 1}]
    assert evaluate("dead/settle-looks.js", LOOKS, closed_meanwhile) == [{"results": [], "looks": 1}]


@pytest.mark.parametrize(
    ("answers", "text", "looks"),
    [
        ([(200, SENT), (200, SENT | {"stored": {"status": "placed", "number": 7}})], "Placed as", 2),
        ([(200, SENT | {"stored": {"status": "rejected"}})], "Rejected, with its reasons in order", 1),
        ([(500, {}), (200, LETTER)], "Came back: Nothing is wrong with the content.", 2),
        ([(200, SENT)] * 3, "", 3),
    ],
)
def test_it_is_looked_up_a_few_times_what_became_of_a_letter(
    answers: list[Any], text: str, looks: int
) -> None:
    (found,) = evaluate("dead/settle-looks.js", LOOKS, [{"answers": answers}])
    assert "".join(one["text"] for one in found["results"]).startswith(text)
    outcomes = {"Placed as": "done", "Rejected": "rejected", "Came back": "returned"}
    expected = [outcome for start, outcome in outcomes.items() if text.startswith(start)]
    assert [one["outcome"] for one in found["results"]] == expected
    assert found["looks"] == looks


NEXT = f"""(async () => {{{API}
    const found = await module.nextLetter(value.address, {{ id: "m", receivedAt: "5" }});
    return [found?.id ?? null, calls.map(({{ path }}) => path.split("?")[1])];
}})()"""


def row(letter_id: str, at: str) -> Json:
    return {"id": letter_id, "receivedAt": at}


def listing(*rows: Json, more: str | None = None) -> tuple[int, Json]:
    return 200, {"deadLetters": rows, "nextCursor": more}


OWN_ROW = row("m", "5")
FIRST_PAGE = "state=open&limit=40"


@pytest.mark.parametrize(
    ("address", "answers", "found", "queries"),
    [
        (None, [listing(row("z", "9"), OWN_ROW, row("b", "4"))], "b", [FIRST_PAGE]),
        (None, [listing(row("n", "5"), row("l", "5"))], "l", [FIRST_PAGE]),
        (
            "/dead-letters.html?source=views&cursor=c",
            [listing(OWN_ROW), listing(row("z", "9"), OWN_ROW)],
            "z",
            ["state=open&source=views&limit=40&cursor=c", "state=open&source=views&limit=2"],
        ),
        (
            "/dead-letters.html?state=all&cursor=of-another-list",
            [listing(row("z", "9"), more="c"), listing(row("a", "1"))],
            "a",
            [FIRST_PAGE, FIRST_PAGE + "&cursor=c"],
        ),
        (None, [listing(row("z", "9"), OWN_ROW)], "z", [FIRST_PAGE]),
        (None, [listing(OWN_ROW)], None, [FIRST_PAGE]),
    ],
)
def test_the_next_letter_is_the_next_open_one_of_the_list(
    address: str | None, answers: list[Any], found: str | None, queries: list[str]
) -> None:
    asked = [{"answers": answers} | ({"address": address} if address else {})]
    assert evaluate("dead/next.js", NEXT, asked) == [[found, queries]]


MENDED = f"""(async () => {{{API}
    const letter = {{ id: "a", version: 3, entries: 1 }};
    try {{
        await module.sendMended({{ orderID: "b" }}, letter);
        return {{ calls, letter }};
    }} catch (error) {{
        const {{ unknown, ofDocument, message }} = error;
        return {{ calls, letter, unknown, ofDocument, message }};
    }}
}})()"""


def mended(*answers: tuple[int, Any]) -> Json:
    (found,) = evaluate("order/letter-submission.js", MENDED, [{"answers": answers}])
    result: Json = found
    return result


def present(*events: Json, state: str = "sent", version: int = 5) -> Json:
    return {"state": state, "version": version, "reason": "old", "history": [{"event": "received"}, *events]}


def test_a_mended_letter_is_sent_in_place_of_an_order() -> None:
    found = mended((202, {}))
    call = {"method": "POST", "path": "/api/dead-letters/a/redrive", "version": '"3"'}
    assert found["calls"] == [call | {"body": {"body": {"orderID": "b"}}}]


OWN: Json = {"event": "mended", "by": "admin@shop.example"}


@pytest.mark.parametrize("status", [409, 412])
@pytest.mark.parametrize("event", ["mended", "sent"])
def test_a_sending_whose_answer_was_lost_is_no_conflict(status: int, event: str) -> None:
    arrived = present(OWN | {"event": event}) | {"body": '{ "orderID": "b" }'}
    assert "message" not in mended((status, refusal("Changed")), (200, arrived))


@pytest.mark.parametrize(
    ("entry", "body"),
    [
        (OWN | {"by": "bo@shop.example"}, '{"orderID": "b"}'),
        (OWN, '{"orderID": "b", "notes": "of another tab"}'),
        (OWN, "two bleach, please"),
    ],
)
def test_what_somebody_else_or_another_tab_sent_is_no_success(entry: Json, body: str) -> None:
    found = mended((412, refusal("this is version 5 now")), (200, present(entry) | {"body": body}))
    assert found["message"].startswith("Somebody sent the dead letter meanwhile")
    assert (found["ofDocument"], found["unknown"]) == (True, False)
    assert (found["letter"]["version"], found["letter"]["entries"]) == (5, 2)


def test_a_refusal_says_what_happened_to_the_letter_meanwhile() -> None:
    refused = (409, refusal("It is too large"))
    changed = present({"event": "discarded", "by": "bo@shop.example"}, state="discarded")
    assert mended(refused, (200, changed))["message"].startswith("Somebody changed the dead letter")
    assert mended(refused, (200, present(state="open")))["message"] == "It is too large"


@pytest.mark.parametrize(
    ("status", "unknown", "final"), [(400, False, True), (403, False, True), (502, True, False)]
)
def test_a_failed_sending_says_whether_it_may_have_arrived(status: int, unknown: bool, final: bool) -> None:
    found = mended((status, refusal("No")))
    assert (found["unknown"], found["ofDocument"]) == (unknown, final)


FOLLOWED = f"""(async () => {{{API}
    const letter = {{ id: "a", version: 3, entries: 1 }};
    try {{
        const stored = await module.decidedOrReturned("b", () => {{}}, letter);
        return {{ calls: calls.map(({{ path }}) => path), stored }};
    }} catch (error) {{
        return {{ letter, message: error.message, returned: Boolean(error.returned) }};
    }}
}})()"""


def test_a_mended_letter_is_followed_until_it_is_placed_or_returned() -> None:
    missing = (404, refusal("No such order"))
    back = present(
        {"event": "mended"}, {"event": "returned", "reason": "still wrong"}, state="open", version=7
    )
    back |= {"advice": "id-taken"}
    placed, returned = evaluate(
        "order/letter-submission.js",
        FOLLOWED,
        [
            {"answers": [missing, (200, present({"event": "mended"})), (200, {"status": "placed"})]},
            {"answers": [missing, (200, back)]},
        ],
    )
    assert placed["stored"] == {"status": "placed"}
    assert placed["calls"] == ["/api/orders/b", "/api/dead-letters/a", "/api/orders/b"]
    assert (returned["message"][:34], returned["returned"]) == ("Another order with the same ID was", True)
    assert (returned["letter"]["version"], returned["letter"]["entries"]) == (7, 3)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            {"difference": 0, "recordedFrom": "2026-11-29T10:00:00.000Z"},
            "Every accepted order is in one place.",
        ),
        ({"difference": 0}, "Accepted orders are not recorded here, so a lost one would not be missed."),
        (
            {"difference": 1, "recordedFrom": "2026-11-29T10:00:00.000Z"},
            "1 order is missing. It was accepted",
        ),
        ({"difference": 2000, "recordedFrom": "x"}, "2,000 orders are missing. They were accepted"),
    ],
)
def test_the_accounting_says_what_it_found(report: Json, said: str) -> None:
    (found,) = evaluate("dead/accounting-words.js", "module.accountingSummary(value)", [report])
    assert found.startswith(said)
