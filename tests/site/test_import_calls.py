"""Imports of products on the page: their calls of the API, their sums, and what is kept in the browser."""

from typing import Any

import pytest

from tests.site.deno import evaluate

# Send 120 rows to an API that answers with `value.statuses`. Return the bodies, the rows and the last error.
SEND = """(async () => {
    sessionStorage.setItem("order-desk:session", JSON.stringify({ idToken: "x", expiresAt: 1e15 }));
    const bodies = [];
    globalThis.fetch = async (_, { body }) => {
        bodies.push(JSON.parse(body));
        const status = value.statuses[bodies.length - 1] ?? 200;
        const items = bodies.at(-1).items.map(({ sku }) => ({ sku, outcome: "added" }));
        const answer = status === 200 ? { items } : { error: { code: "x", message: "Try later" } };
        return new Response(JSON.stringify(answer), { status });
    };
    const rows = Array.from({ length: 120 }, (_, at) => (
        { item: { sku: `A-${at}` }, cells: [], faults: [], doubts: [], outcome: "waiting" }));
    const [queue, done] = [[], []];
    const onDone = (part) => done.push(part.length);
    const form = { places: { sku: 0 }, currency: "GBP", partial: value.partial };
    const ended = await module.send(rows, { isWritten: value.isWritten, form, queue, onDone });
    return { bodies, rows, done, ended: ended?.message ?? "" };
})()"""


def sent(**value: Any) -> Any:
    given = {"statuses": [], "isWritten": False, "partial": True, **value}
    (found,) = evaluate("import/send.js", SEND, [given])
    return found


def outcomes(found: Any) -> list[str]:
    return [row["outcome"] for row in found["rows"]]


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("partial", [False, True])
def test_rows_are_sent_in_parts_and_a_check_writes_nothing(is_written: bool, partial: bool) -> None:
    found = sent(isWritten=is_written, partial=partial)
    assert [len(body["items"]) for body in found["bodies"]] == [50, 50, 20]
    assert {(body["dryRun"], body["partial"]) for body in found["bodies"]} == {(not is_written, partial)}
    seen: list[Any] = [[[] for _ in body["items"]] if is_written else None for body in found["bodies"]]
    assert [body.get("expected") for body in found["bodies"]] == seen
    assert {(row["outcome"], row["isWritten"]) for row in found["rows"]} == {("added", is_written)}
    assert sorted(found["done"]) == [20, 50, 50]


def test_rows_of_a_call_that_failed_are_failed_with_its_reason_and_others_go_on() -> None:
    found = sent(statuses=[200, 502], isWritten=True)
    assert outcomes(found) == ["added"] * 50 + ["failed"] * 50 + ["added"] * 20
    assert (found["rows"][50]["why"], found["ended"]) == ("Try later", "")
    assert "isWritten" not in found["rows"][50]


def test_an_account_that_may_no_longer_import_ends_the_work() -> None:
    assert sent(statuses=[403])["ended"] == "Try later"


def test_rows_of_different_outcomes_are_summed_up_before_and_after_the_import() -> None:
    counts = "new Map([['failed', 1], ['added', 1200], ['refused', 2]])"
    job = [{"rows": [None] * 1203, "isWriting": is_writing} for is_writing in (False, True)]
    assert evaluate("import/verdicts.js", f"module.sumsInWords(value, {counts})", job) == [
        "Checked, and nothing is written yet. 1,203 rows: 1,200 to add, 2 refused, 1 not checked.",
        "Imported. 1,203 rows: 1,200 added, 2 refused, 1 not done.",
    ]


def test_the_columns_of_twenty_kinds_of_files_are_remembered_and_the_oldest_is_forgotten() -> None:
    steps = """(() => {
        const kept = new Map();
        const [getItem, setItem] = [(key) => kept.get(key) ?? null, (key, text) => kept.set(key, text)];
        Object.defineProperty(globalThis, "localStorage", { value: { getItem, setItem } });
        for (let at = 0; at < 21; at++) module.remember(["SKU", `Price ${at}`], { sku: at });
        module.remember(["SKU", "Price 5"], { sku: 99 });
        return [0, 1, 5, 20].map((at) => module.remembered(["SKU", `Price ${at}`])?.sku ?? null);
    })()"""
    assert evaluate("import/remembered.js", steps, [None]) == [[None, 1, 99, 20]]


def test_of_a_file_that_is_too_large_for_the_tab_the_name_is_kept() -> None:
    steps = """(() => {
        const who = { email: "a@b.example" };
        const kept = new Map();
        const setItem = (key, text) => {
            if (text.length > 100) throw new DOMException("full", "QuotaExceededError");
            kept.set(key, text);
        };
        Object.defineProperty(globalThis, "sessionStorage", { value: { setItem } });
        module.keepLeft(who, { name: "list.csv", text: value, places: {} });
        return [...kept.values()].map(JSON.parse);
    })()"""
    assert evaluate("import/left.js", steps, ["A", "A" * 200]) == [
        [{"name": "list.csv", "text": "A", "places": {}}],
        [{"name": "list.csv"}],
    ]
