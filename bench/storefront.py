"""Measure the storefront's pages: how long those of a large catalog take, and how fast they are served.

Run: `python -m bench storefront`. The command starts its own system.
Unit: milliseconds for a product, when the function that makes pages makes those of all PRODUCTS anew; and
pages a second that the clients get from the shop's address, of VIEWS pages.
Reference of the making: one read of a product and two files put, bare, by as many threads. Reference of the
views: the same page from the standard library's file server. Both run on the same machine, so the reference
of the views says what its clients could take at all.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from bench.catalog_search import fill
from bench.clients import TIMEOUT_S, get_all, wait_until
from bench.results import Row
from lambdas.platform import side_by_side, tables
from lambdas.shop import page_marks
from tests.system import System, get

PRODUCTS = 10_000
BARE = 500  # products of the reference
VIEWS = 5_000
MAKING_S = 300


def rows() -> Iterator[Row]:
    """Yield the rows of making and of serving."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder), save_interval_s=3600).start()
        try:
            _stop_following(system)
            fill(system, PRODUCTS, 0)
            yield _making(system)
            yield _serving(system)
        finally:
            system.stop()


def _stop_following(system: System) -> None:
    """Have the function that makes pages run only when it is called."""
    functions = system.client("lambda")
    maker = system.outputs["makePagesFunction"]
    for mapping in functions.list_event_source_mappings(FunctionName=maker)["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    for rule in system.client("events").list_rules()["Rules"]:
        system.client("events").disable_rule(Name=rule["Name"])


def _making(system: System) -> Row:
    wait_until(lambda: not _marks(system), TIMEOUT_S, "the pages of a new system")
    _forget_edition(system)
    begun = time.perf_counter()
    _make(system)  # marks all, and makes pages until its time is up
    while _marks(system):
        assert time.perf_counter() - begun < MAKING_S, "the pages are not made in time"
        _make(system)
    took = time.perf_counter() - begun
    return Row(
        name=f"shop: pages of {PRODUCTS:,} products made anew, a product",
        value=took * 1000 / PRODUCTS,
        unit="ms",
        reference=_bare_ms(system),
        against="a bare read and two bare puts",
        note=f"{took:.0f} s in all",
    )


def _make(system: System) -> None:
    answer = system.client("lambda").invoke(FunctionName=system.outputs["makePagesFunction"], Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def _forget_edition(system: System) -> None:
    """Have all pages made anew, as after an update of the templates."""
    system.client("dynamodb").update_item(
        TableName=system.outputs["termsTable"],
        Key=tables.attributes({"term": "pages-state", "listKey": "state"}),
        UpdateExpression="REMOVE edition",
    )


def _marks(system: System) -> int:
    client, table = system.client("dynamodb"), system.outputs["termsTable"]
    return sum(
        client.query(
            TableName=table,
            KeyConditionExpression="term = :term",
            ExpressionAttributeValues={":term": {"S": term}},
            Select="COUNT",
        )["Count"]
        for term in (page_marks.CHANGED, page_marks.ANEW)
    )


def _bare_ms(system: System) -> float:
    """Return the milliseconds of reading a product and storing two files of the usual sizes."""
    s3, dynamodb = system.client("s3"), system.client("dynamodb")
    bucket = "bare-pages"
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": system.outputs["region"]}
    )
    page, facts = b"p" * 6_000, b"f" * 400

    def store(number: int) -> None:
        key = tables.attributes({"sku": f"BQ-{number:05}"})
        dynamodb.get_item(TableName=system.outputs["productsTable"], Key=key)
        s3.put_object(Bucket=bucket, Key=f"p/{number}.html", Body=page)
        s3.put_object(Bucket=bucket, Key=f"p/{number}.json", Body=facts)

    begun = time.perf_counter()
    list(side_by_side.call(store, range(BARE)))
    return (time.perf_counter() - begun) * 1000 / BARE


def _serving(system: System) -> Row:
    shop = system.outputs["shopUrl"]
    skus = [sku for sku, item in system.table("productsTable").items() if item["active"]["BOOL"]]
    with tempfile.TemporaryDirectory() as folder:
        page = get(urlsplit(shop).port or 80, f"/p/{skus[0]}").body
        (Path(folder) / "page.html").write_bytes(page)
        with _file_server(folder) as server:
            bare = VIEWS / get_all(server, ["/page.html"] * VIEWS)
    before = system.invocations()
    served = VIEWS / get_all(shop, [f"/p/{sku}" for sku in skus[:VIEWS]])
    ran = system.invocations() - before
    assert ran == 0, f"{ran} functions ran while pages were viewed"
    return Row(
        name="shop: pages served, without a function",
        value=served,
        unit="a second",
        reference=bare,
        against="a file server",
        note="on AWS, CloudFront serves them",
    )


@contextmanager
def _file_server(folder: str) -> Iterator[str]:
    """Serve the files of a folder, and give the URL."""

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for 40 ms

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
