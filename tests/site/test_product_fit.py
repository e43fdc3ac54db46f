"""The order in which the products that a search found are offered."""

from tests.site.deno import evaluate

FOUND = [
    ("A1", "LOVEBIRD HANGING DECORATION WHITE"),
    ("B2", "OFF-WHITE HANGING BASKET"),
    ("C3", "White hanging heart"),
    ("D4", "Tin with WHITE-1 on it"),
    ("WHITE-1", "Mop"),
]


def offered(*texts: str) -> list[str]:
    products = [{"sku": sku, "name": name} for sku, name in FOUND]
    expression = "module.byFit(value[0], value[1]).map(({ sku }) => sku).join(' ')"
    found: list[str] = evaluate("order/product-fit.js", expression, [[products, text] for text in texts])
    return found


def test_products_that_fit_the_typed_text_best_come_first() -> None:
    assert offered("white hanging", "WHITE h", "white-1", "hanging white") == [
        "C3 B2 A1 D4 WHITE-1",
        "C3 B2 A1 D4 WHITE-1",
        "WHITE-1 D4 A1 B2 C3",
        "A1 B2 C3 D4 WHITE-1",
    ]
