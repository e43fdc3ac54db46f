"""The evaluation of modules by Deno reports errors and reaches neither the network nor other files."""

import pytest

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
