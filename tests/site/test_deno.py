"""The evaluation of modules by Deno reports errors and reaches neither the network nor other files."""

import pytest

from tests.site import deno
from tests.site.deno import evaluate


def test_results_are_returned_in_the_order_of_the_values() -> None:
    assert evaluate("lib/format.js", "module.count(value, 'order')", [1, 2]) == ["1 order", "2 orders"]
    assert evaluate("lib/format.js", "undefined", [1]) == [None]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("module.count(value.x.y)", "TypeError"),
        ("module.count(", "SyntaxError"),
        ("fetch('https://shop.example/')", "no network"),
        ("Deno.connect({ port: 9 })", "NotCapable"),
        ("Deno.readTextFile('/etc/hostname')", "NotCapable"),
    ],
)
def test_a_failing_expression_fails_the_test_with_its_error(expression: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        evaluate("lib/format.js", expression, [{}])


@pytest.mark.thorough
def test_an_endless_expression_is_stopped_and_the_next_one_has_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deno, "TIMEOUT_S", 0.5)
    with pytest.raises(AssertionError, match="no answer within"):
        evaluate("lib/format.js", "(() => { for (;;); })()", [1])
    monkeypatch.undo()
    assert evaluate("lib/format.js", "value", [1]) == [1]


def test_an_expression_sees_nothing_that_another_one_left() -> None:
    left = "at('Asia/Tokyo'); globalThis.left = 1; sessionStorage.setItem('left', '1');"
    zone = "Intl.DateTimeFormat().resolvedOptions().timeZone"
    (before,) = evaluate("lib/format.js", zone, [1])
    evaluate("lib/format.js", f"(() => {{ {left} }})()", [1])
    seen = f"[globalThis.left, sessionStorage.getItem('left'), {zone}]"
    assert evaluate("lib/format.js", seen, [1]) == [[None, None, before]]
