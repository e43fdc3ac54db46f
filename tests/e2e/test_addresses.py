"""Addresses of the site, as CloudFront answers them: pages, wrong addresses and missing files."""

from __future__ import annotations

import pytest

from tests.system import System, get

pytestmark = pytest.mark.e2e


def test_wrong_addresses_get_a_page_but_assets_and_api_do_not(system: System) -> None:
    wrong = get(system.port, "/nowhere?x=1")
    assert (wrong.status, wrong.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"There is no page at this address" in wrong.body
    page = get(system.port, "/orders.html")
    assert page.status == 200
    for name in ("content-security-policy", "strict-transport-security", "x-frame-options"):
        assert wrong.headers[name] == page.headers[name]

    moved = get(system.port, "/order?id=a%20b%26c")
    assert (moved.status, moved.headers["location"]) == (302, "/order.html?id=a%20b%26c")

    asset = get(system.port, "/assets/0123456789ab/shell.js")
    assert (asset.status, asset.headers["content-type"]) == (403, "application/xml")
    call = get(system.port, "/api/nowhere")
    assert call.error["code"] == "not_found"
