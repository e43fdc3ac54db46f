"""Measure the start of each function: its import and its first call, in a fresh process each time.

Run: `python -m bench cold_starts`.
Unit: milliseconds of processor time, the median of RUNS processes.
Reference: in turn with the function, processes that import boto3 and make the same clients, and nothing else.

The function has the files of its zip file, so Python compiles them in each process, as on Lambda. boto3 is
compiled already, also as on Lambda.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.results import ROOT, Row, Target
from tests.handlers.shop import (
    ADMIN,
    CUSTOMER,
    KEYS,
    MACHINE,
    change,
    message,
    new_order,
    order,
    request,
    submission,
)

RUNS = 7
FIRST_CALL = "bench/first_call.py"
ORDER, SKU = order(), "MOP-1"
DAY = {"from": "2010-12-01", "to": "2010-12-01"}
EDIT = {name: value for name, value in ORDER.items() if name != "orderID"}
PRODUCT = {"name": "Flat mop", "category": "Mops", "unitPrice": 1250, "unit": "each", "active": True}
FILE = {"kind": "image", "contentType": "image/webp", "size": 1, "sha256": "0" * 64}
DRAFT = {"name": "Ann", "content": {"customer": {}, "items": []}}
SUB = "0b9ee1a3-0b51-4a3c-9c1e-3f1a52c9d7aa"
INVITATION = {"email": "ann@shop.example", "group": "staff"}
IF_MATCH, NEW = {"If-Match": '"1"'}, {"If-Match": '"0"'}
RECORD = change(
    None, new_order({**EDIT, "items": []}, at="2010-12-01T08:26:00Z") | {"submissionHash": "0" * 64}
)
CLIENT, SECRET = "1example23456789", "1example23456789--1291191960123"
SECRETS_OF_SHOP = "/shops/{shopID}/secrets"
WEBHOOK = "/shops/{shopID}/webhook"
EVENTS: dict[str, dict[str, Any]] = {
    "add_shop_secret": request("POST", SECRETS_OF_SHOP, claims=ADMIN, shopID=CLIENT),
    "apply_retention": {"source": "aws.events"},
    "change_shop": request("PATCH", "/shops/{shopID}", {"name": "Shop"}, claims=ADMIN, shopID=CLIENT),
    "connect_shop": request("POST", "/shops", {"name": "Shop"}, claims=ADMIN),
    "disconnect_shop": request("DELETE", "/shops/{shopID}", claims=ADMIN, shopID=CLIENT),
    "list_shops": request("GET", "/shops", claims=ADMIN),
    "remove_shop_secret": request(
        "DELETE", f"{SECRETS_OF_SHOP}/{{secretID}}", claims=ADMIN, shopID=CLIENT, secretID=SECRET
    ),
    "get_webhook": request("GET", WEBHOOK, claims=ADMIN, shopID=CLIENT),
    "put_webhook": request("PUT", WEBHOOK, {"url": "https://93.184.215.14/"}, claims=ADMIN, shopID=CLIENT),
    "delete_webhook": request("DELETE", WEBHOOK, claims=ADMIN, shopID=CLIENT),
    "add_webhook_secret": request("POST", f"{WEBHOOK}/secrets", claims=ADMIN, shopID=CLIENT),
    "remove_webhook_secret": request(
        "DELETE", f"{WEBHOOK}/secrets/{{secretID}}", claims=ADMIN, shopID=CLIENT, secretID=SECRET
    ),
    "send_test_event": request("POST", f"{WEBHOOK}/test", claims=ADMIN, shopID=CLIENT),
    "list_deliveries": request("GET", "/shops/{shopID}/deliveries", claims=ADMIN, shopID=CLIENT),
    "redeliver_event": request(
        *("POST", "/shops/{shopID}/deliveries/{deliveryID}/redeliver"),
        claims=ADMIN,
        shopID=CLIENT,
        deliveryID="1769847961000-order-1-1",
    ),
    "cancel_my_order": request("POST", "/orders/{orderID}/cancel", claims=CUSTOMER, orderID=ORDER["orderID"]),
    "delete_account": request("DELETE", "/account", claims=CUSTOMER),
    "get_account": request("GET", "/account", claims=CUSTOMER),
    "get_my_order": request("GET", "/orders/{orderID}", claims=CUSTOMER, orderID=ORDER["orderID"]),
    "list_my_orders": request("GET", "/orders", claims=CUSTOMER),
    "put_lists": request("PUT", "/account/lists", {"lists": []}, claims=CUSTOMER, headers=NEW),
    "claim_orders": request("POST", "/orders/claim", claims=CUSTOMER),
    "put_addresses": request("PUT", "/account/addresses", {"addresses": []}, claims=CUSTOMER, headers=NEW),
    "put_cart": request("PUT", "/account/cart", {"lines": []}, claims=CUSTOMER, headers=NEW),
    "change_person": request("PATCH", "/people/{sub}", {"groups": ["staff"]}, claims=ADMIN, sub=SUB),
    "count_orders": {},
    "create_product": request("POST", "/products", {"sku": SKU, **PRODUCT}),
    "delete_draft": request("DELETE", "/drafts/{orderID}", orderID=ORDER["orderID"]),
    "delete_order": request("DELETE", "/orders/{orderID}", claims=ADMIN, orderID=ORDER["orderID"]),
    "delete_product": request("DELETE", "/products/{sku}", claims=ADMIN, sku=SKU),
    "delete_dead_letter": request("DELETE", "/dead-letters/{id}", claims=ADMIN, id="orders-1"),
    "deliver_webhooks": {"Records": [message({"shop": "client-1", "delivery": "1"})]},
    "erase_customer": request(
        "POST", "/customers/{email}/erasure", {"dryRun": True}, claims=ADMIN, email="ann@shop.example"
    ),
    "export_customer": request("GET", "/customers/{email}/export", claims=ADMIN, email="ann@shop.example"),
    "get_accounting": request("GET", "/reports/accounting"),
    "get_also_bought": request("GET", "/products/{sku}/also-bought", sku=SKU),
    "get_activity": request("GET", "/activity", query=DAY),
    "get_customer": request("GET", "/customers/{email}", email="ann@shop.example"),
    "get_dead_letter": request("GET", "/dead-letters/{id}", id="orders-1"),
    "get_draft": request("GET", "/drafts/{orderID}", orderID=ORDER["orderID"]),
    "get_inbox_order": request("GET", "/orders/{orderID}", claims=MACHINE, orderID=ORDER["orderID"]),
    "get_order": request("GET", "/orders/{orderID}", orderID=ORDER["orderID"]),
    "get_person": request("GET", "/people/{sub}", claims=ADMIN, sub=SUB),
    "get_product": request("GET", "/products/{sku}", sku=SKU),
    "get_sales": request("GET", "/sales", query={"edges": "2010-12-01,2010-12-02"}),
    "get_top_sellers": request("GET", "/reports/top-sellers"),
    "get_workload": request("GET", "/workload"),
    "import_products": request("POST", "/products/batch", {"items": [{"sku": SKU, **PRODUCT}]}),
    "keep_dead_letters": {"Records": [message("?") | {"eventSourceARN": "arn:aws:sqs:eu-west-1:1:queue"}]},
    "invite_person": request("POST", "/people", INVITATION, claims=ADMIN),
    "list_customers": request("GET", "/customers"),
    "list_dead_letters": request("GET", "/dead-letters"),
    "list_drafts": request("GET", "/drafts"),
    "list_order_mails": request("GET", "/orders/{orderID}/mails", orderID=ORDER["orderID"]),
    "list_orders": request("GET", "/orders"),
    "list_people": request("GET", "/people", claims=ADMIN),
    "list_product_history": request("GET", "/products/{sku}/history", sku=SKU),
    "list_product_orders": request("GET", "/products/{sku}/orders", sku=SKU),
    "list_products": request("GET", "/products"),
    "mail_customers": {"Records": [message({"type": "order.placed", "orderID": ORDER["orderID"]})]},
    "make_pages": {},
    "move_order": request(
        "PATCH", "/orders/{orderID}", {"status": "packed"}, headers=IF_MATCH, orderID=ORDER["orderID"]
    ),
    "notify": {"Records": [RECORD]},
    "patch_customer": request(
        "PATCH", "/customers/{email}", {"note": "n"}, headers=IF_MATCH, email="ann@shop.example"
    ),
    "put_draft": request("PUT", "/drafts/{orderID}", DRAFT, orderID=ORDER["orderID"]),
    "put_product": request("PUT", "/products/{sku}", PRODUCT, claims=ADMIN, sku=SKU),
    "redrive_dead_letter": request("POST", "/dead-letters/{id}/redrive", {}, claims=ADMIN, id="orders-1"),
    "replace_order": request("PUT", "/orders/{orderID}", EDIT, headers=IF_MATCH, orderID=ORDER["orderID"]),
    "send_order_mail": request(
        "POST", "/orders/{orderID}/mails", {"event": "placed"}, orderID=ORDER["orderID"]
    ),
    "record_sign_in": request("POST", "/sign-ins"),
    "resend_invitation": request("POST", "/people/{sub}/invitation", claims=ADMIN, sub=SUB),
    "sign_out_person": request("POST", "/people/{sub}/sign-out", claims=ADMIN, sub=SUB),
    "update_views": {"Records": [RECORD]},
    "upload_product_file": request("POST", "/products/{sku}/files", FILE, sku=SKU),
    "write_orders": {"Records": [submission(ORDER)]},
}
SETTINGS = {
    **dict.fromkeys(KEYS, "table"),
    **dict.fromkeys(("SHOP_ORDER_QUEUE_URL", "SHOP_ORDER_DLQ_URL"), "https://sqs.example/1/queue"),
    **dict.fromkeys(("SHOP_NOTIFICATION_DLQ_URL", "SHOP_VIEWS_DLQ_URL"), "https://sqs.example/1/queue"),
    **dict.fromkeys(("SHOP_NOTIFICATION_AGAIN_URL", "SHOP_VIEWS_AGAIN_URL"), "https://sqs.example/1/again"),
    **dict.fromkeys(("SHOP_WEBHOOK_QUEUE_URL", "SHOP_WEBHOOK_DLQ_URL"), "https://sqs.example/1/events"),
    "SHOP_WEBHOOK_TEST_HOSTS": "",
    **dict.fromkeys(("SHOP_PAGES_DLQ_URL", "SHOP_PAGES_AGAIN_URL"), "https://sqs.example/1/pages"),
    **dict.fromkeys(("SHOP_MAILS_QUEUE_URL", "SHOP_MAILS_DLQ_URL"), "https://sqs.example/1/mails"),
    "SHOP_MAIL_EVENTS": "mail-events",
    "SHOP_CUSTOMER_MAIL": json.dumps(
        {"name": "", "address": [], "url": "https://shop.example", "address_from": "a@b.example", "vat": {}}
    ),
    "SHOP_PAGES_BUCKET": "pages",
    "SHOP_FILES_BUCKET": "files",
    "SHOP_TOPIC_ARN": "arn:aws:sns:eu-west-1:000000000000:orders",
    "SHOP_SITE_URL": "https://desk.example",
    "SHOP_ORDERS_STREAM": "arn:aws:dynamodb:eu-west-1:1:table/orders/stream/1",
    "SHOP_NOTIFICATION_RECIPIENTS": "orders@shop.example",
    "SHOP_CURRENCY": "GBP",
    "SHOP_REQUIRED_OF_CUSTOMER": "name email",
    "SHOP_MAX_RECEIVE_COUNT": "20",
    "SHOP_VIEWS_BATCH_SIZE": "40",
    "SHOP_GATEWAY_ROLE_ID": "AROAGATEWAY",
    "SHOP_SEAL_KEY": "0123456789abcdef",
    "SHOP_ACCESS_LOG_GROUP": "access",
    "SHOP_VIEWS_MAPPINGS": " ".join(["86b4a2e6-57a6-4a63-8c62-0d1d5d5a4b1c"] * 2),
    "SHOP_INBOX_LOG_GROUP": "inbox",
    "SHOP_STOREFRONT_LOG_GROUP": "storefront",
    "SHOP_CUSTOMER_POOL_ID": "eu-west-1_Customers",
    "SHOP_USER_POOL": "eu-west-1_Pool",
    "SHOP_INVITATION_DAYS": "7",
    "SHOP_MACHINE_POOL": "eu-west-1_Machines",
    "SHOP_MACHINE_SCOPE": "inbox/orders",
    "SHOP_MACHINE_TOKEN_URL": "https://machines.example/oauth2/token",
    "SHOP_ORDER_RETENTION_DAYS": "365",
    "SHOP_CUSTOMER_RETENTION_DAYS": "100",
    "SHOP_DEAD_LETTER_RETENTION_DAYS": "400",
    "SHOP_STOREFRONT": '{"name": "", "address": [], "url": "", "assets": "", "vat": {}, "settings": {}}',
    "SHOP_STOREFRONT_EDITION": "1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


def rows() -> Iterator[Row]:
    """Yield the start of each function beside its clients alone."""
    with TemporaryDirectory() as folder:
        _copy_code(Path(folder))
        # Nobody waits for make_pages, which imports Jinja.
        waited_for = {name: event for name, event in EVENTS.items() if name != "make_pages"}
        yield from (_row(Path(folder), name, event) for name, event in waited_for.items())


def _copy_code(folder: Path) -> None:
    """Copy the files that are in the zip file of the functions, and the module that runs them."""
    for file in [*(ROOT / "lambdas").rglob("*.py"), *(ROOT / "lambdas").rglob("*.json"), ROOT / FIRST_CALL]:
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


def _row(folder: Path, name: str, event: dict[str, Any]) -> Row:
    def start() -> dict[str, Any]:
        return _run(folder, "handler", name, event=event)

    clients = start()["clients"]
    pairs = [(start()["ms"], _run(folder, "clients", *clients)["ms"]) for _ in range(RUNS)]
    ours, alone = (statistics.median(values) for values in zip(*pairs, strict=True))
    return Row(
        name=f"start of {name}",
        value=ours,
        unit="ms",
        reference=alone,
        against=f"boto3 with {_named(clients)}",
        target=Target("≤", 1.1),
    )


def _named(clients: list[str]) -> str:
    return " and ".join(Counter(clients)) or "no client"


def _run(folder: Path, action: str, *names: str, event: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a fresh process measured. Raises CalledProcessError if it fails."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bench.first_call", action, *names],
        input=json.dumps(event or {}),
        env={**os.environ, **SETTINGS},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured
