"""The script that shows prices with or without VAT, in a page and a storage that are stand-ins."""

from typing import Any

from tests.imports import ROOT
from tests.site.deno import evaluate

SCRIPT = (ROOT / "site/storefront/assets/vat.js").read_text(encoding="utf-8")
# Runs the script with a kept choice, then does each step, and returns what is shown after each one.
RUN = """(() => {
    const { script, kept, steps } = value;
    const handlers = {};
    const on = (name, handler) => (handlers[name] = handler);
    const store = new Map(kept === null ? [] : [["vat", kept]]);
    const refuse = () => { throw new DOMException("no storage"); };
    const storage = kept === "forbidden" ? { getItem: refuse, setItem: refuse }
        : { getItem: (name) => store.get(name) ?? null, setItem: (name, text) => store.set(name, text) };
    const button = { id: "vat", setAttribute: (name, text) => (button[name] = text), closest: () => button };
    const other = { closest: (selector) => (selector === "#vat" ? null : {}) };
    let loaded = false;
    const getElementById = () => (loaded ? button : null);
    const page = { documentElement: { dataset: {} }, getElementById, addEventListener: on };
    new Function("document", "localStorage", "addEventListener", script)(page, storage, on);
    const acts = {
        load: () => { loaded = true; handlers.DOMContentLoaded(); },
        press: () => handlers.click({ target: button }),
        elsewhere: () => handlers.click({ target: other }),
        otherTab: () => { store.set("vat", "inc"); handlers.storage(); },
    };
    const seen = () => [page.documentElement.dataset.vat, button["aria-pressed"] ?? ""];
    return [seen(), ...steps.map((step) => { acts[step](); return seen(); }), store.get("vat") ?? ""];
})()"""


def run(kept: str | None, *steps: str) -> Any:
    [found] = evaluate(
        "../storefront/assets/words.js", RUN, [{"script": SCRIPT, "kept": kept, "steps": steps}]
    )
    return found


def test_choice_holds_before_the_page_has_a_button() -> None:
    assert run("inc")[0] == ["inc", ""]
    assert run("ex")[0] == run(None)[0] == run("something else")[0] == ["ex", ""]
    assert run("inc", "load")[1] == ["inc", "true"]


def test_a_press_shows_and_keeps_the_other_price() -> None:
    assert run(None, "load", "press", "press", "elsewhere") == [
        ["ex", ""],
        ["ex", "false"],
        ["inc", "true"],
        ["ex", "false"],
        ["ex", "false"],
        "ex",
    ]
    assert run(None, "load", "press")[-1] == "inc"


def test_a_choice_in_another_tab_is_shown_in_this_one() -> None:
    assert run("ex", "load", "otherTab")[-2] == ["inc", "true"]


def test_a_forbidden_storage_leaves_the_switch_working() -> None:
    assert run("forbidden", "load", "press")[:-1] == [["ex", ""], ["ex", "false"], ["inc", "true"]]
