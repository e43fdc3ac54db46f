"""Measure performance, accessibility and best practices of the signed-in pages with Lighthouse.

Run: `make lighthouse`, or `python -m bench.lighthouse --desktop`. The command starts its own local
system and browser, and installs with npm the version of Lighthouse in package-lock.json.
Unit: Lighthouse's scores from 0 to 100, by default on a simulated mid-range phone with slow 4G. Each is the
median of three runs. The phone is the one that Lighthouse simulates on a fast desktop computer: its processor
is slowed down by less on a slower machine.
Reference: 100. The command exits with 1 unless every score is 100.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from local.api import Api, open_api
from tests.browser.browser import executable
from tests.system import System, eventually

HERE = Path(__file__).resolve().parent
CATEGORIES = ("performance", "accessibility", "best-practices")


def main() -> int:
    """Print the scores as a table, and return the exit status."""
    arguments = argparse.ArgumentParser(prog="python -m bench.lighthouse")
    arguments.add_argument("--desktop", action="store_true", help="a desktop computer instead of a phone")
    device = "desktop" if arguments.parse_args().desktop else "mobile"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder)).start()
        try:
            audits = _run_audits(system, device)
        finally:
            system.stop()
    return _print_scores(audits, device)


def _run_audits(system: System, device: str) -> dict[str, Any]:
    admin = system.outputs["local"]["admin"]  # who sees every page
    api = open_api(system.outputs, **admin)
    order = api.call("GET", "/orders?status=placed&limit=1").document["orders"][0]
    sku = api.call("GET", "/products?limit=1").document["products"][0]["sku"]
    letter = _dead_letter(system, api)
    with sync_playwright() as playwright:
        browser = executable(playwright)
    request = {
        "siteUrl": system.outputs["siteUrl"],
        "browser": browser,
        "sandbox": os.geteuid() != 0,  # Chromium's sandbox does not work for root
        "device": device,
        **admin,
        "pages": [
            "/orders.html",
            f"/order.html?id={order['orderID']}",
            "/new-order.html",
            "/",
            "/sales.html",
            "/customers.html",
            f"/customer.html?email={order['customer']['email']}",
            "/products.html",
            f"/product.html?sku={sku}",
            "/import.html",
            "/best-sellers.html",
            f"/recall.html?sku={sku}",
            "/dead-letters.html",
            f"/dead-letter.html?id={letter}",
            "/people.html",
            "/connected-shops.html",
            "/account.html",
        ],
    }
    command = ["node", str(HERE / "audit.mjs")]
    audit = subprocess.run(command, input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(audit.stdout)
    return found


def _dead_letter(system: System, api: Api) -> str:
    """Make a dead letter, and return its ID."""

    def letters() -> list[Any]:
        found: list[Any] = api.call("GET", "/dead-letters").document["deadLetters"]
        return found

    system.send_to_queue("two bleach, please")
    eventually(letters, what="a dead letter")
    return str(letters()[0]["id"])


def _print_scores(audits: dict[str, Any], device: str) -> int:
    title = f"{device}, 1/{audits['slowdown']:.1f} processor"
    print(f"{title:24}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for report in audits["reports"]:
        scores = "".join(f"{report['scores'][name]:>16}" for name in CATEGORIES)
        print(f"{report['page'].partition('?')[0]:24}{scores}")
        for line in report["failed"]:
            print(f"    {line}")
    return int(any(score < 100 for report in audits["reports"] for score in report["scores"].values()))


if __name__ == "__main__":
    sys.exit(main())
