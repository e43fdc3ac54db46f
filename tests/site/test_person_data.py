"""The export and the erasure of a person, against an API that a script plays, and what a browser forgets."""

import csv
import io
import json
from typing import Any

import pytest

from tests.imports import ROOT
from tests.site.deno import evaluate

Json = dict[str, Any]
NOTHING = {"anonymised": 0, "erased": 0, "deadLetters": 0, "parkedOrders": 0, "accounts": 0}

# An API that answers with the steps of `value.steps` in turn, the last one again and again.
ERASURE = """(async () => {
    const steps = value.steps, sent = [], waits = [];
    const none = { anonymised: 0, erased: 0, deadLetters: 0, parkedOrders: 0, accounts: 0, left: 0 };
    Object.assign(none, { nextCursor: null, openLetters: 0, firstOpenLetters: [] });
    async function call(method, path, { body }) {
        const step = steps.length > 1 ? steps.shift() : steps[0];
        sent.push([`${method} ${path}`, body]);
        if (step.error) throw Object.assign(new Error("refused"), { status: step.error });
        return { ...none, ...step };
    }
    const wait = async (ms) => waits.push(ms);
    const erasure = new module.Erasure({ email: "a+b@x.example", call, wait });
    const run = () => erasure.run("asked", value.discards).catch(String);
    const result = await (value.preview ? erasure.preview() : run());
    return { result, done: erasure.done, sum: module.sumOf(erasure.done), sent, waits: waits.length };
})()"""
READ = """(async () => {
    const pages = [...value], asked = [], seen = [];
    const none = { orders: [], mails: [], deadLetters: [], parkedOrders: [] };
    async function call(method, path) {
        asked.push(`${method} ${path}`);
        const nextCursor = pages.length > 1 ? `c${pages.length}` : null;
        return { ...none, ...pages.shift(), nextCursor };
    }
    const onPage = (whole) => seen.push(whole.orders.length);
    const whole = await module.readPerson({ email: "a+b@x.example", call, onPage });
    return { whole, asked, seen };
})()"""
FORGET = """(() => {
    function storage(content) {
        const items = new Map(Object.entries(content));
        return {
            get length() { return items.size },
            key: (at) => [...items.keys()][at],
            getItem: (key) => items.get(key) ?? null,
            setItem: (key, text) => items.set(key, text),
            removeItem: (key) => items.delete(key),
            all: () => Object.fromEntries(items),
        };
    }
    const [local, session] = [storage(value.local), storage(value.session)];
    module.forgetPerson(value.email, local, session);
    return [local.all(), session.all()];
})()"""


def run(**value: Any) -> Json:
    (result,) = evaluate("customer/person-steps.js", ERASURE, [value])
    found: Json = result
    return found


def test_an_erasure_is_repeated_until_nothing_is_left() -> None:
    steps = [
        {"anonymised": 2, "left": 9},
        {"erased": 1, "deadLetters": 3, "left": 4, "nextCursor": "here"},
        {"parkedOrders": 1, "accounts": 1, "left": 1},
        {"left": 1},
        {},
    ]
    ran = run(steps=steps)
    assert ran["result"] is True
    assert ran["done"] == {"anonymised": 2, "erased": 1, "deadLetters": 3, "parkedOrders": 1, "accounts": 1}
    assert (ran["sum"], ran["waits"]) == (8, 1)
    path = "POST /customers/a%2Bb%40x.example/erasure"
    bodies = [{"reason": "asked"}] * 5
    bodies[2] = {"reason": "asked", "cursor": "here"}
    assert ran["sent"] == [[path, body] for body in bodies]


def test_each_step_says_that_orders_which_did_not_arrive_go_too() -> None:
    ran = run(steps=[{"erased": 1, "left": 2, "nextCursor": "here"}, {}], discards=True)
    body = {"reason": "asked", "discardDeadLetters": True}
    assert [one for _, one in ran["sent"]] == [body, body | {"cursor": "here"}]


def test_an_erasure_that_makes_no_progress_ends() -> None:
    ran = run(steps=[{"erased": 1, "left": 2}, {"left": 1}])
    assert (ran["result"], ran["waits"], ran["done"]["erased"]) == (False, 24, 1)


def test_a_step_that_only_scans_is_no_lack_of_progress() -> None:
    scans = [{"left": 1, "nextCursor": f"at {number}"} for number in range(50)]
    ran = run(steps=[*scans, {}])
    assert (ran["result"], ran["waits"], len(ran["sent"])) == (True, 0, 51)


def test_a_refused_erasure_keeps_the_numbers_of_the_steps_before() -> None:
    ran = run(steps=[{"erased": 1, "left": 2}, {"error": 409}])
    assert ran["result"] == "Error: refused"
    assert ran["done"] == NOTHING | {"erased": 1}


def test_a_preview_adds_up_all_pages_and_erases_nothing() -> None:
    steps = [
        {"anonymised": 2, "left": 5, "openLetters": 1, "firstOpenLetters": ["a"], "nextCursor": "next"},
        {"deadLetters": 3, "left": 2, "openLetters": 2, "firstOpenLetters": ["b", "c"]},
    ]
    ran = run(steps=steps, preview=True)
    letters = {"openLetters": 3, "firstOpenLetters": ["a", "b", "c"]}
    assert ran["result"] == NOTHING | {"anonymised": 2, "deadLetters": 3} | letters
    assert [body for _, body in ran["sent"]] == [{"dryRun": True}, {"dryRun": True, "cursor": "next"}]
    assert ran["done"] == NOTHING


def test_all_pages_of_a_person_are_read() -> None:
    pages = [
        {"about": "This is", "customer": {"name": "A"}, "orders": [1, 2], "mails": [7]},
        {"orders": [3]},
        {"parkedOrders": [4]},
    ]
    (read,) = evaluate("customer/person-steps.js", READ, [pages])
    assert list(read["whole"].items()) == [
        ("about", "This is"),
        ("customer", {"name": "A"}),
        ("orders", [1, 2, 3]),
        ("mails", [7]),
        ("deadLetters", []),
        ("parkedOrders", [4]),
    ]
    path = "GET /customers/a%2Bb%40x.example/export"
    assert read["asked"] == [path, f"{path}?cursor=c3", f"{path}?cursor=c2"]
    assert read["seen"] == [2, 3, 3]


def test_the_table_for_a_person_has_words_and_no_staff() -> None:
    line = {"sku": "MOP-1", "name": "Flat mop", "quantity": 2, "unitPrice": 1250, "lineTotal": 2500}
    customer = {"name": "=Ann", "email": "ann@x.example", "company": "Hotel", "address": "1 Quay"}
    by = "mary@shop.example"
    order = {
        "orderID": "3f2a", "number": 1042, "status": "rejected", "createdAt": "2026-01-31T09:30:00.000Z",
        "currency": "GBP", "total": 3000, "submittedBy": by, "assignee": "Sam", "tags": ["rush"],
        "customer": customer | {"phone": "+44 7"}, "items": [line, {"sku": "GONE", "quantity": 1}],
        "charges": [{"kind": "delivery", "amount": 500}], "notes": "Ring, please", "reference": "WEB 7",
        "history": [{"by": by, "sub": "4b1c"}],
    }  # fmt: skip
    written = """(async () => {
        const { namesOf, rowsOf } = await import(value.columns);
        const { line, file } = module.FORMATS.comma;
        return file(namesOf("person"), rowsOf("person", value.order).map(line)).text();
    })()"""
    columns = (ROOT / "site/assets/list/columns.js").as_uri()
    (table,) = evaluate("list/file-format.js", written, [{"columns": columns, "order": order}])
    table = table.removeprefix("\ufeff")
    head, *rows = csv.reader(io.StringIO(table))
    assert head == [
        "Order number", "Placed at", "Status", "Product", "Quantity", "Unit price", "Line total",
        "Order total", "Currency", "Delivery name", "Company", "Delivery address", "Phone", "Notes",
        "Reference",
    ]  # fmt: skip
    assert [row[3:8] for row in rows] == [
        ["Flat mop", "2", "12.50", "25.00", "30.00"],
        ["GONE", "1", "", "", "30.00"],
        ["Delivery", "1", "5.00", "5.00", "30.00"],
    ]
    details = ("'=Ann", "Hotel", "1 Quay", "'+44 7", "Ring, please", "WEB 7")
    assert {tuple(row[8:]) for row in rows} == {("GBP", *details)}
    assert not [word for word in ("shop.example", "Sam", "rush", "4b1c") if word in table]


@pytest.mark.parametrize(
    ("counts", "plan", "outcome"),
    [
        (NOTHING, [], "Nothing was left to erase"),
        (
            {"anonymised": 1, "erased": 2, "deadLetters": 1, "parkedOrders": 1200},
            [
                "1 shipped or delivered order: kept",
                "2 rejected or cancelled orders: erased",
                "1 dead letter: the content is erased",
                "1,200 parked orders: deleted, whoever parked them",
            ],
            "1 order kept without the person, 2 orders erased, 1 dead letter emptied, "
            "1,200 parked orders deleted",
        ),
    ],
)
def test_an_erasure_is_told_in_plain_words(counts: Json, plan: list[str], outcome: str) -> None:
    expression = "[module.planOf(value), module.outcomeOf(value)]"
    ((said, done),) = evaluate("customer/person-words.js", expression, [counts])
    assert [one.startswith(start) for one, start in zip(said, plan, strict=True)] == [True] * len(plan)
    assert done == outcome


@pytest.mark.parametrize(
    ("number", "box", "more"),
    [
        (1, "Discard the order that did not arrive, too", "1 more, among all dead letters"),
        (1200, "Discard the 1,200 orders that did not arrive, too", "1,200 more, among all dead letters"),
    ],
)
def test_the_box_says_how_many_orders_did_not_arrive(number: int, box: str, more: str) -> None:
    expression = "[module.discardWords(value), module.moreWords(value), module.moreWords(0)]"
    assert evaluate("customer/person-words.js", expression, [number]) == [[box, more, ""]]


def test_a_browser_forgets_the_views_and_texts_of_a_person() -> None:
    def views(*pairs: tuple[str, str]) -> str:
        found = [{"name": name, "address": f"/orders.html{address}"} for name, address in pairs]
        return json.dumps(found, separators=(",", ":"))

    kept_views = [("Rush", "?label=rush"), ("Bob", "?customer=bob%40x.example")]
    kept_views += [("Jo", "?q=joann%2Bq%40x.example"), ("x_ann+q@x.example", "?q=jo_ann%2Bq%40x.example")]
    kept_views += [("", "?q=jo'ann%2Bq%40x.example"), ("", "?q=jo%2Bann%2Bq%40x.example")]
    kept_views += [("", "?q=ann%2Bq%40x.examples"), ("to ann+q@x.example.org", "?q=ann%2Bq%40x.example.org")]
    ann = [("Ann", "?customer=Ann%2Bq%40x.example"), ("Found", "?q=ann%2Bq%40X.example")]
    ann += [("ann+q@x.example", ""), ("", "?q=from+ann%2Bq%40x.example"), ("", "?q=a%20ann%2Bq%40x.example.")]
    ann += [("", "?q=%22ann%2Bq%40x.example%22&label=rush")]
    local = {
        "order-desk:views:staff@shop.example": views(*kept_views[:1], *ann, *kept_views[1:]),
        "order-desk:views:admin@shop.example": views(*ann),
        "order-desk:views:bad@shop.example": "no JSON",
        "order-desk:sound": "on",
        "other": "ann+q@x.example",
    }
    session = {
        "order-desk:note:staff@shop.example:ann+q@x.example": '"pays late"',
        "order-desk:customers:staff@shop.example:": '{"back": "Ann+q@x.example"}',
        "order-desk:list:staff@shop.example:": '{"address": "/orders.html?customer=ann%2Bq%40x.example"}',
        "order-desk:note:staff@shop.example:bob@x.example": '"fine"',
        "order-desk:settled:staff@shop.example:": '{"jobs": [{"letter": {"customerName": "Ann"}}]}',
        "token": "ann+q@x.example",
    }
    value = {"email": "ann+q@x.example", "local": local, "session": session}
    (kept,) = evaluate("customer/forget.js", FORGET, [value])
    assert list(kept[0]) == [
        "order-desk:views:staff@shop.example",
        "order-desk:views:bad@shop.example",
        "order-desk:sound",
        "other",
    ]
    assert kept[0]["order-desk:views:staff@shop.example"] == views(*kept_views)
    assert list(kept[1]) == ["order-desk:note:staff@shop.example:bob@x.example", "token"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"status": 404, "message": "x"}, "Nothing is kept under this address."),
        ({"status": 403, "message": "Only admins"}, "Only admins"),
        ({"status": 409, "message": "Busy"}, "Busy"),
        ({"status": 409, "message": "x", "fields": [{"path": "3f2a"}]}, "The shop still owes goods."),
        (
            {"status": 409, "message": "x", "fields": [{"path": "discardDeadLetters"}]},
            "Orders of this person came into the dead letters meanwhile.",
        ),
        (
            {"status": 409, "message": "x", "fields": [{"path": "orders-1"}]},
            "An order of another customer came",
        ),
    ],
)
def test_a_refusal_says_what_is_to_be_done_first(error: dict[str, Any], said: str) -> None:
    (found,) = evaluate("customer/person-words.js", "module.refusalOf(value)", [error])
    assert found.startswith(said)
