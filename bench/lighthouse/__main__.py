"""Measure performance, accessibility and best practices of the signed-in pages and the shop with Lighthouse.

Of the shop's pages, what search engines see is scored too.

Run: `make lighthouse`, or `python -m bench.lighthouse --desktop`, or only some pages with
`python -m bench.lighthouse --pages /orders.html / --runs 9`. The command starts its own local system and
browser, and installs with npm the version of Lighthouse in package-lock.json.
Unit: Lighthouse's scores from 0 to 100, by default on a simulated mid-range phone with slow 4G (1.6 Mbit/s
and 150 ms), and the seconds until the page can be used ("time to interactive"). Each is the median of three
runs. The phone is the one that Lighthouse simulates on a fast desktop computer: its processor
is slowed down by less on a slower machine. For a page whose performance is below 100, the metrics follow with
their scores, and the tasks over 50 ms of the phone with the script or page that caused them.
Reference: 100, and USABLE_S for pages of the shop. The command exits with 1 unless every page reaches them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from lambdas.shop import storefront_addresses
from local.api import Api, open_api
from tests.browser.browser import executable
from tests.system import System, eventually

HERE = Path(__file__).resolve().parent
CATEGORIES = ("performance", "accessibility", "best-practices")
FOR_ENGINES = "seo"  # the score of pages that search engines list
USABLE_S = 1.5  # a page of the shop
RUNS = 3  # of each page. The median is reported, because other work of the machine costs points.
WEBHOOK = "http://127.0.0.1:1025/events"  # a local system may send there, and nothing listens
# The signed-in pages by path, with the query of what they show.
PAGES = {
    "/orders.html": "",
    "/order.html": "?id={order}",
    "/new-order.html": "",
    "/": "",
    "/sales.html": "",
    "/customers.html": "",
    "/customer.html": "?email={customer}",
    "/products.html": "",
    "/product.html": "?sku={sku}",
    "/import.html": "",
    "/best-sellers.html": "",
    "/recall.html": "?sku={sku}",
    "/dead-letters.html": "",
    "/dead-letter.html": "?id={letter}",
    "/people.html": "",
    "/connected-shops.html": "",
    "/webhook.html": "?shop={shop}",
    "/account.html": "",
}
# The pages of the shop by the names that `--pages` takes, with their addresses. No engine lists NOT_LISTED.
SHOP_PAGES = {
    "shop": "/",
    "shop/category": "{category}",
    "shop/product": "/p/{sku}",
    "shop/search": "/search?q=soap",
    "shop/cart": "/cart",
}
NOT_LISTED = ("shop/search", "shop/cart")


def main() -> int:
    """Print the scores as a table, and return the exit status."""
    arguments = _arguments()
    device = "desktop" if arguments.desktop else "mobile"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder)).start()
        try:
            audits = _run_audits(system, device, arguments.pages, arguments.runs)
        finally:
            system.stop()
    return print_scores(audits, device)


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m bench.lighthouse")
    arguments.add_argument("--desktop", action="store_true", help="a desktop computer instead of a phone")
    arguments.add_argument(
        "--pages",
        nargs="+",
        choices=[*PAGES, *SHOP_PAGES],
        default=[*PAGES, *SHOP_PAGES],
        help="only these pages",
    )
    arguments.add_argument(
        "--runs",
        type=int,
        choices=range(1, 100),
        metavar="1-99",
        default=RUNS,
        help="of each page; the median counts",
    )
    return arguments.parse_args()


def _run_audits(system: System, device: str, pages: Sequence[str], runs: int) -> dict[str, Any]:
    admin = system.outputs["local"]["admin"]  # who sees every page
    api = open_api(system.outputs, **admin)
    shown = _make_shown(system, api)
    with sync_playwright() as playwright:
        browser = executable(playwright)
    request = {
        "siteUrl": system.outputs["siteUrl"],
        "browser": browser,
        "sandbox": os.geteuid() != 0,  # Chromium's sandbox does not work for root
        "device": device,
        **admin,
        "runs": runs,
        "pages": [_page(system, name, shown) for name in pages],
    }
    command = ["node", str(HERE / "audit.mjs")]
    audit = subprocess.run(command, input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(audit.stdout)
    return found


def _page(system: System, name: str, shown: Mapping[str, str]) -> dict[str, Any]:
    """Return what is audited: a page by its name, its URL, what it shows when it is ready, and the scores."""
    if name in PAGES:
        url = system.outputs["siteUrl"] + name + PAGES[name].format_map(shown)
        return {"page": name, "url": url, "ready": "#account:not([hidden])", "categories": CATEGORIES}
    url = system.outputs["shopUrl"] + SHOP_PAGES[name].format_map(shown)
    engines = () if name in NOT_LISTED else (FOR_ENGINES,)
    return {"page": name, "url": url, "ready": "main h1", "categories": (*CATEGORIES, *engines)}


def _make_shown(system: System, api: Api) -> Mapping[str, str]:
    """Return what the pages show, by the names in PAGES. The dead letter and the webhook are made."""
    product = api.call("GET", "/products?active=true&limit=1").document["products"][0]
    order = api.call("GET", "/orders?status=placed&limit=1").document["orders"][0]
    shop = system.outputs["machine"]["clientId"]
    api.call("PUT", f"/shops/{shop}/webhook", {"url": WEBHOOK})
    return {
        "order": order["orderID"],
        "customer": order["customer"]["email"],
        "sku": product["sku"],
        "category": storefront_addresses.category_address(product["category"]),
        "letter": _dead_letter(system, api),
        "shop": shop,
    }


def _dead_letter(system: System, api: Api) -> str:
    """Make a dead letter, and return its ID."""

    def letters() -> list[Any]:
        found: list[Any] = api.call("GET", "/dead-letters").document["deadLetters"]
        return found

    system.send_to_queue("two bleach, please")
    eventually(letters, what="a dead letter")
    return str(letters()[0]["id"])


def print_scores(audits: Mapping[str, Any], device: str) -> int:
    """Print the scores as a table, with the reasons of those below 100. Return the exit status."""
    title = f"{device}, 1/{audits['slowdown']:.1f} processor"
    names = (*CATEGORIES, FOR_ENGINES)
    print(f"{title:24}" + "".join(f"{name:>16}" for name in (*names, "usable")))
    for report in audits["reports"]:
        scores = "".join(f"{report['scores'].get(name, ''):>16}" for name in names)
        print(f"{report['page']:24}{scores}{report['usable']:>14.1f} s{' (late)' * _is_late(report)}")
        for line in [*report["failed"], *(_slow(report) if report["scores"]["performance"] < 100 else [])]:
            print(f"    {line}")
    return int(any(_is_late(report) or min(report["scores"].values()) < 100 for report in audits["reports"]))


def _is_late(report: Mapping[str, Any]) -> bool:
    return report["page"] in SHOP_PAGES and report["usable"] > USABLE_S


def _slow(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the metrics of a report with their scores, and its long tasks, the longest first."""
    for metric in report["metrics"]:
        yield f"{metric['title']}: {metric['shown']}, score {metric['score']:.2f}"
    for task in report["longTasks"]:
        yield f"{task['duration']:.0f} ms of the phone from {task['startTime']:.0f} ms: {task['url']}"
    for script in report["scripts"]:
        times = f"{script['total']:.0f} ms of the phone, {script['scripting']:.0f} ms of them scripts"
        yield f"{times}: {script['url']}"
    yield ", ".join(f"{kind['groupLabel']} {kind['duration']:.0f} ms" for kind in report["work"])


if __name__ == "__main__":
    sys.exit(main())
