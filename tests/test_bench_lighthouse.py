"""The pages that Lighthouse audits, and the report about a slow one."""

from typing import Any

import pytest

from bench.lighthouse.__main__ import CATEGORIES, PAGES, main, print_scores
from components import site_files

# Anybody may open these, so they need no sign-in.
PUBLIC = {"callback.html", "forgotten-password.html", "sign-up.html", "signed-out.html"}


def report(page: str, performance: int) -> dict[str, Any]:
    task = {"url": "https://site.example/list/sums.js", "startTime": 812.4, "duration": 97.6}
    return {
        "page": page,
        "scores": dict.fromkeys(CATEGORIES, 100) | {"performance": performance},
        "usable": 1.3,
        "failed": [],
        "metrics": [{"title": "Total Blocking Time", "shown": "140 ms", "score": 0.957}],
        "longTasks": [task],
        "scripts": [{"url": "https://site.example/list/sums.js", "total": 120.2, "scripting": 80.1}],
        "work": [{"groupLabel": "Style & Layout", "duration": 210.3}],
    }


def test_lighthouse_audits_every_signed_in_page() -> None:
    addresses = {page.removeprefix("/") or "index.html" for page in PAGES}
    assert addresses == {*site_files.pages()} - PUBLIC


def test_a_page_below_100_is_printed_with_its_metrics_and_long_tasks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reports = [report("/orders.html", 98), report("/account.html", 100)]
    reports[1]["scores"]["seo"] = 100
    assert print_scores({"slowdown": 2.2, "reports": reports}, "mobile") == 1
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[1:]] == [
        f"{'/orders.html':24}{98:>16}{100:>16}{100:>16}{'':16}           1.3 s",
        "Total Blocking Time: 140 ms, score 0.96",
        "98 ms of the phone from 812 ms: https://site.example/list/sums.js",
        "120 ms of the phone, 80 ms of them scripts: https://site.example/list/sums.js",
        "Style & Layout 210 ms",
        f"{'/account.html':24}{100:>16}{100:>16}{100:>16}{100:>16}           1.3 s",
    ]


@pytest.mark.parametrize(
    ("page", "usable", "status"),
    [("shop/category", 1.5, 0), ("shop/category", 1.51, 1), ("/orders.html", 1.51, 0)],
)
def test_a_page_of_the_shop_is_usable_in_time(
    page: str, usable: float, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(page, 100) | {"usable": usable}
    assert print_scores({"slowdown": 2.2, "reports": [found]}, "mobile") == status
    assert ("(late)" in capsys.readouterr().out) == bool(status)


def test_an_unknown_page_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bench.lighthouse", "--pages", "/order"])
    with pytest.raises(SystemExit):
        main()
    error = capsys.readouterr().err
    assert "argument --pages: invalid choice: '/order'" in error
    assert "'/order.html'" in error
