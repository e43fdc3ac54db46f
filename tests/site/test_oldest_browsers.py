"""No script or stylesheet needs a feature that one of the oldest supported browsers does not have."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import ROOT, without_comments
from tests.site.deno import evaluate
from tests.site.oldest_browsers import MISSING

SITE = ROOT / "site/assets"
SITES = (SITE, ROOT / "site/storefront/assets")
SCRIPTS = sorted(file for site in SITES for file in site.rglob("*.js"))
STYLESHEETS = sorted(file for site in SITES for file in site.rglob("*.css"))
# Features that a page uses where they exist, with the reason why it works without them.
OPTIONAL = {
    ("lib/kept-open.js", "closedBy"): "Escape closes the dialog of a running task, which opens again",
    ("lib/breath.js", "scheduler"): "a timeout ends the pause, after other tasks that wait",
}
# Methods whose names arrays and other old objects have too. Only running the code shows which object it is.
AMBIGUOUS = {"drop", "every", "filter", "find", "flatMap", "forEach", "map", "reduce", "size", "some", "take"}
# Syntax that such a browser cannot read at all.
FLAG_V = r"""(?:[=(,:?&|]\s*|return\s+)/[^/\n*][^\n]*?/[dgimsuy]*v|RegExp\([^)]*,\s*["'][dgimsuy]*v"""
ATTRIBUTES = r"""(?:from\s+["'][^"']+["']|import\([^)]*,)\s*(?:with|assert)?\s*\{"""
SYNTAX = {
    "the flag v of a regular expression": FLAG_V,
    "flags inside a regular expression": r"\(\?[ims-]+:",
    "import attributes": ATTRIBUTES,
    "using": r"^\s*(?:await )?using \w",
}


def uses(text: str) -> Iterator[str]:
    """The missing features that a script uses, by their own names, and missing syntax."""
    for path in MISSING:
        owner, _, name = path.rpartition(".")
        pattern = (
            rf"\b{re.escape(path)}\b" if owner[0].isupper() and "prototype" not in owner else rf"\.{name}\b"
        )
        if owner == "globalThis":
            pattern = rf"(?:globalThis\.|(?<![\w.\"'-])){name}(?:\?\.|[.(])"
        if name not in AMBIGUOUS and re.search(pattern, text):
            yield name
    yield from (what for what, pattern in SYNTAX.items() if re.search(pattern, text, re.MULTILINE))


def test_no_script_uses_a_feature_that_an_oldest_browser_lacks() -> None:
    found = {
        (script.relative_to(SITE if script.is_relative_to(SITE) else ROOT).as_posix(), name)
        for script in SCRIPTS
        for name in uses(without_comments(script.read_text()))
    }
    assert found == OPTIONAL.keys()


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("AbortSignal.any([a])", ["any"]),
        ("const groups = Map.groupBy(a, b);", ["groupBy"]),
        ("if (button.checkVisibility()) x();", ["checkVisibility"]),
        ("one.union(other)", ["union"]),
        ("requestIdleCallback(work)", ["requestIdleCallback"]),
        ("globalThis.scheduler?.yield()", ["scheduler"]),
        ("const a = /[\\p{L}--[a-z]]/v;", ["the flag v of a regular expression"]),
        ('new RegExp(text, "gv")', ["the flag v of a regular expression"]),
        ('import x from "./x.json" with { type: "json" };', ["import attributes"]),
        ("a.any(b); one.groupBy; const v = a / b / v; import { a } from './v.js';", []),
        (
            "const a = /x/u; values.map(f).filter(g); map.size; navigation(); const scheduler = 1;",
            ["navigation"],
        ),
    ],
)
def test_missing_features_are_found_in_a_script(script: str, found: list[str]) -> None:
    assert list(uses(script)) == found


def test_deno_runs_the_modules_without_the_missing_features() -> None:
    present = (
        "[...value].filter((path) => path.split('.').reduce((object, one) => object?.[one], globalThis))"
    )
    assert evaluate("lib/format.js", present, [list(MISSING)]) == [[]]


# -- stylesheets


@pytest.mark.parametrize("file", STYLESHEETS, ids=lambda file: file.stem)
def test_nested_rules_begin_with_an_ampersand_or_a_sign(file: Path) -> None:
    """Until Chrome 120 and Safari 17.2, a nested rule must not begin with a letter."""
    assert [selector for selector in nested_selectors(file.read_text()) if selector[0].isalpha()] == []


def nested_selectors(css: str) -> Iterator[str]:
    """The selectors of rules inside other rules."""
    parents: list[str] = []
    for header, sign in re.findall(r"([^{};]*)([{};])", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if sign == "{":
            if any(not one.startswith("@") for one in parents) and not header.strip().startswith("@"):
                yield header.strip()
            parents.append(header.strip())
        elif sign == "}":
            parents.pop()


def test_nested_selectors_are_found() -> None:
    css = (
        "@layer a { b { color: red; & c { d: e } f { g: h } } i { j: k } @media print { l { m { n: o } } } }"
    )
    assert list(nested_selectors(css)) == ["& c", "f", "m"]


def test_light_colors_are_repeated_for_browsers_without_light_dark() -> None:
    """They have light-dark() since Chrome 123, Firefox 120 and Safari 17.5."""
    tokens = (SITE / "css/tokens.css").read_text()
    usual, fallback = tokens.split("@supports not (color: light-dark(#fff, #000))")
    both = re.findall(r"(--[\w-]+): ([^;]*?)light-dark\(((?:[^(),]|\([^)]*\))*),", usual)
    assert len(both) > 20
    assert dict(re.findall(r"(--[\w-]+): ([^;]*);", fallback)) == {
        name: f"{before}{light}" for name, before, light in both
    }


def test_generated_content_has_a_fallback_without_alternative_text() -> None:
    """Safari reads the text after the slash since version 17.4."""
    for file in STYLESHEETS:
        text = file.read_text()
        for content in re.findall(r'content: ("[^"]*") / ""', text):
            assert f"content: {content};" in text, file


# -- the signal of a call

CALL = """(async () => {
  sessionStorage.setItem("order-desk:session", JSON.stringify({ idToken: "x", expiresAt: 1e15 }));
  let timeOut;
  AbortSignal.timeout = () => {
    const controller = new AbortController();
    timeOut = () => controller.abort(new DOMException("late", "TimeoutError"));
    return controller.signal;
  };
  globalThis.fetch = (_, { signal }) => new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  const caller = new AbortController();
  if (value === "aborted before") caller.abort();
  const result = module.call("GET", "/x", value === "no signal" ? {} : { signal: caller.signal });
  setTimeout(() => (value === "aborted" ? caller.abort() : timeOut()), 5);
  return result.catch((error) => error.constructor.name + " " + error.name);
})()"""


def test_a_call_ends_with_its_callers_signal_or_after_its_time() -> None:
    ways = ["aborted", "aborted before", "timeout", "no signal"]
    assert evaluate("lib/api.js", CALL, ways) == [
        "DOMException AbortError",
        "DOMException AbortError",
        "Unreachable Error",
        "Unreachable Error",
    ]
