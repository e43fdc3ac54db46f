"""The modules that a function imports. Each one makes its first call slower."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.imports import ROOT, imported_at_the_start, reached_from

LAMBDAS = ROOT / "lambdas"
HANDLERS = sorted((LAMBDAS / "handlers").glob("[!_]*.py"))
# The modules that a function needs for its own task, of those that other functions do without.
SPECIAL = {
    "accounts": {
        "delete_account",
        "erase_customer",
        "export_customer",
        "get_account",
        "put_addresses",
        "put_lists",
        "put_cart",
    },
    "announcements": {"notify"},
    "customer_account": {
        "apply_retention",
        "delete_order",
        "count_orders",
        "erase_customer",
        "export_customer",
        "get_accounting",
        "get_dead_letter",
        "keep_dead_letters",
        "redrive_dead_letter",
        "write_orders",
    },
    "customer_pool": {"delete_account", "erase_customer", "export_customer"},
    "order_claims": {"claim_orders"},
    "my_orders": {"cancel_my_order", "get_my_order", "list_my_orders"},
    "catalog_changes": {"create_product", "delete_product", "import_products", "put_product"},
    "customer_lists": {"list_customers"},
    "customer_updates": {"update_views"},
    "address_search": {"erase_customer", "export_customer", "mail_customers"},
    "erasure": {"erase_customer"},
    "order_forgetting": {"apply_retention", "erase_customer"},
    "customers": {
        "apply_retention",
        "erase_customer",
        "export_customer",
        "get_customer",
        "list_customers",
        "patch_customer",
        "update_views",
    },
    # The functions of dead letters read records of the stream, and that module sends them.
    "dead_letters": {
        "apply_retention",
        "delete_order",
        "deliver_webhooks",
        "erase_customer",
        "export_customer",
        "get_dead_letter",
        "keep_dead_letters",
        "mail_customers",
        "make_pages",
        "notify",
        "redrive_dead_letter",
        "update_views",
        "write_orders",
    },
    "drafts": {
        "delete_draft",
        "erase_customer",
        "export_customer",
        "get_draft",
        "list_drafts",
        "put_draft",
    },
    "erased_on_way": {"write_orders"},
    "figure_updates": {"update_views"},
    "accounting": {"count_orders", "get_accounting"},
    "lost_orders": {"count_orders", "get_accounting"},
    "figures": {
        "count_orders",
        "get_accounting",
        "get_activity",
        "get_sales",
        "get_workload",
        "update_views",
    },
    "ledger": {
        "export_customer",
        "list_order_mails",
        "mail_customers",
        "notify",
        "send_order_mail",
    },
    "letter_intake": {"keep_dead_letters"},
    "letter_sender": {"get_dead_letter", "redrive_dead_letter"},
    "letter_page": {"export_customer", "get_dead_letter", "redrive_dead_letter"},
    "letter_erasure": {"apply_retention", "delete_order", "erase_customer"},
    "letters": {
        "apply_retention",
        "delete_dead_letter",
        "delete_order",
        "erase_customer",
        "export_customer",
        "count_orders",
        "get_accounting",
        "get_dead_letter",
        "get_workload",
        "keep_dead_letters",
        "list_dead_letters",
        "list_order_mails",
        "redrive_dead_letter",
        "send_order_mail",
    },
    "inbox": {"get_inbox_order"},
    "shop_names": {"write_orders"},
    "mail": {"mail_customers", "notify"},
    "customer_mails": {"keep_dead_letters", "mail_customers", "notify"},
    "customer_mail": {"mail_customers"},
    "customer_mail_sending": {"mail_customers"},
    "mail_returns": {"mail_customers"},
    "message_tries": {"deliver_webhooks", "mail_customers"},
    "new_orders": {"write_orders"},
    "order_changes": {"update_views"},
    "order_lists": {"list_orders"},
    "order_numbers": {"write_orders"},
    "order_origin": {"keep_dead_letters", "write_orders"},
    "order_queue": {"write_orders"},
    "order_schema": {
        "erase_customer",
        "export_customer",
        "get_dead_letter",
        "redrive_dead_letter",
        "replace_order",
        "write_orders",
    },
    "order_seal": {"keep_dead_letters", "redrive_dead_letter", "write_orders"},
    "people": {
        "change_person",
        "get_person",
        "invite_person",
        "list_people",
        "resend_invitation",
        "sign_out_person",
    },
    "people_table": {
        "change_person",
        "get_person",
        "invite_person",
        "list_people",
        "record_sign_in",
        "resend_invitation",
        "sign_out_person",
    },
    "retention": {"apply_retention"},
    "order_erasure": {"apply_retention", "delete_order"},
    "sign_ins": {"record_sign_in"},
    "admin_now": {
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "remove_shop_secret",
        "change_person",
        "get_person",
        "invite_person",
        "list_people",
        "resend_invitation",
        "sign_out_person",
        "add_webhook_secret",
        "delete_webhook",
        "put_webhook",
        "remove_webhook_secret",
        "redeliver_event",
        "send_test_event",
    },
    "machine_clients": {
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "list_shops",
        "remove_shop_secret",
    },
    "shop_changes": {
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "remove_shop_secret",
    },
    "shops": {
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "list_shops",
        "remove_shop_secret",
    },
    "shops_table": {
        "deliver_webhooks",
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "get_activity",
        "list_shops",
        "remove_shop_secret",
        "add_webhook_secret",
        "delete_webhook",
        "put_webhook",
        "remove_webhook_secret",
        "redeliver_event",
        "send_test_event",
        "get_webhook",
    },
    "webhook_changes": {
        "add_webhook_secret",
        "delete_webhook",
        "put_webhook",
        "remove_webhook_secret",
    },
    "webhook_sending": {
        "redeliver_event",
        "send_test_event",
    },
    "webhook_addresses": {
        "add_webhook_secret",
        "deliver_webhooks",
        "delete_webhook",
        "put_webhook",
        "remove_webhook_secret",
    },
    "user_pool": {
        "add_shop_secret",
        "change_shop",
        "connect_shop",
        "disconnect_shop",
        "remove_shop_secret",
        "change_person",
        "export_customer",
        "get_person",
        "invite_person",
        "list_people",
        "resend_invitation",
        "sign_out_person",
        "add_webhook_secret",
        "delete_webhook",
        "put_webhook",
        "remove_webhook_secret",
        "redeliver_event",
        "send_test_event",
    },
    "product_ledger": {
        "delete_product",
        "get_also_bought",
        "get_top_sellers",
        "list_product_orders",
        "make_pages",
        "update_views",
    },
    "product_orders": {
        "delete_product",
        "get_also_bought",
        "get_top_sellers",
        "list_product_orders",
        "make_pages",
    },
    "product_sales": {"get_top_sellers", "make_pages", "update_views"},
    "order_mails": {"export_customer", "list_order_mails", "send_order_mail"},
    "orders": {
        "apply_retention",
        "list_order_mails",
        "send_order_mail",
        "delete_order",
        "erase_customer",
        "export_customer",
        "cancel_my_order",
        "claim_orders",
        "get_inbox_order",
        "get_my_order",
        "get_order",
        "list_my_orders",
        "list_orders",
        "move_order",
        "replace_order",
    },
    "product_content": {"create_product", "import_products", "put_product"},
    "product_files": {"create_product", "import_products", "put_product", "upload_product_file"},
    "product_history": {
        "create_product",
        "delete_product",
        "list_product_history",
        "import_products",
        "put_product",
    },
    "product_imports": {"import_products"},
    "product_lists": {"list_products", "make_pages"},
    "sales_deltas": {"update_views"},
    "sales_folding": {"update_views"},
    "redrive": {"redrive_dead_letter"},
    "stream": {
        "apply_retention",
        "delete_order",
        "erase_customer",
        "export_customer",
        "get_dead_letter",
        "keep_dead_letters",
        "mail_customers",
        "make_pages",
        "notify",
        "redrive_dead_letter",
        "update_views",
    },
    "submissions": {
        "erase_customer",
        "export_customer",
        "get_dead_letter",
        "redrive_dead_letter",
        "write_orders",
    },
    "top_sellers": {"get_top_sellers"},
    "views_pause": {"count_orders"},
    "page_making": {"make_pages"},
    "page_upkeep": {"make_pages"},
    "page_state": {"make_pages"},
    "storefront_addresses": {"make_pages"},
    "storefront_pages": {"make_pages"},
    "storefront_index": {"make_pages"},
    "undecided_orders": {"erase_customer", "redrive_dead_letter"},
    "transliteration": {"mail_customers", "make_pages", "notify"},
}
# Prints the modules that the functions import beyond those that boto3 imports for a client.
PROGRAM = """
import importlib, json, sys
import boto3, botocore.session, gc
boto3.client("dynamodb", region_name="eu-west-1")
def fail(*_, **__):
    raise AssertionError("a client was made before it was needed")
botocore.session.Session.create_client = fail
known = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module("lambdas.handlers." + name)
print(json.dumps(sorted(name for name in set(sys.modules) - known if not name.startswith("lambdas"))))
"""


@pytest.mark.thorough
def test_functions_import_no_library_beyond_those_of_boto3_and_make_no_client() -> None:
    # The one function with a layer imports Jinja from it.
    names = [file.stem for file in HANDLERS if file.stem != "make_pages"]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("module", SPECIAL)
def test_only_functions_that_need_a_module_import_it(module: str) -> None:
    importing = {file.stem for file in HANDLERS if module in {reached.stem for reached in reached_from(file)}}
    assert importing == SPECIAL[module]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("list_customers", "order_search"),
        ("list_orders", "order_search"),
        ("update_views", "order_blocks"),
        ("update_views", "order_packer"),
    ],
)
def test_modules_that_few_calls_need_are_not_imported_at_the_start(name: str, module: str) -> None:
    file = LAMBDAS / f"handlers/{name}.py"
    assert module in {reached.stem for reached in reached_from(file)}
    assert module not in {reached.stem for reached in reached_from(file, imported_at_the_start)}


def test_the_collector_rests_until_the_first_client_is_made() -> None:
    program = """
import gc
from lambdas.handlers import get_order
from lambdas.platform import aws
print(gc.isenabled(), gc.get_freeze_count())
aws.dynamodb()
print(gc.isenabled(), gc.get_freeze_count() > 10_000)
"""
    environment = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.stdout.split() == ["False", "0", "True", "True"], done.stderr
