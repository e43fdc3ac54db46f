"""The guards that exports put before texts come off again, so that an exported text is imported unchanged."""

import random

from tests.nasty_texts import NASTY_TEXTS
from tests.site.deno import evaluate
from tests.site.test_csv import CHANGED, FORMULAS, INSIDE, KEPT

MODULE = "list/spreadsheet-text.js"


def unguarded(texts: list[str]) -> list[str]:
    return [str(text) for text in evaluate(MODULE, "module.withoutGuards(module.asText(value))", texts)]


def test_every_exported_text_comes_back_as_it_was() -> None:
    texts = [*FORMULAS, *CHANGED, *KEPT, *INSIDE, *INSIDE.values()]
    texts += [f"'{text}" for text in texts] + [f"''{text}" for text in texts]
    texts += [text.normal for text in NASTY_TEXTS if text.normal]
    assert unguarded(texts) == texts


def test_texts_of_apostrophes_signs_and_separators_come_back_as_they_were() -> None:
    chance = random.Random("guards")
    parts = [
        "=1",
        "+",
        "-",
        "@",
        ";",
        ",",
        "|",
        "\n",
        '"',
        "'",
        "''",
        " ",
        "x",
        "5",
        "\u200b",
        "＝",
        "March ",
    ]
    texts = ["".join(chance.choices(parts, k=chance.randint(1, 9))) for _ in range(5000)]
    assert unguarded(texts) == texts


def test_an_apostrophe_that_is_no_guard_stays() -> None:
    texts = ["'ello", "rock 'n' roll", "'90s broom, large", "'quoted'", "x;'y", "''", "'"]
    assert evaluate(MODULE, "module.withoutGuards(value)", texts) == texts
