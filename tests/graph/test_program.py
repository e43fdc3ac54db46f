"""The program as a whole: its outputs, its resource names, and equal results in every run and checkout."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pulumi
import pytest
import yaml

from components import site_files
from components.function import code
from local.engine import Registration
from local.properties import Archive, encode
from tests.graph.graph import ROOT, Graph, basis
from tests.graph.recorder import kind

URNS = Path(__file__).with_name("urns.txt")
OUTPUTS = {
    "siteUrl",
    "apiUrl",
    "region",
    "userPoolId",
    "userPoolClientId",
    "signInUrl",
    "ordersTable",
    "productsTable",
    "orderQueueUrl",
    "orderDeadLetterQueueUrl",
    "notificationTopicArn",
    "customersTable",
    "termsTable",
    "talliesTable",
    "productSalesTable",
    "notificationDeadLetterQueueUrl",
    "viewDeadLetterQueueUrl",
    "writeOrdersFunction",
    "notifyFunction",
    "updateViewsFunction",
    "retentionFunction",
}
# The outputs of stacks whose shops are connected.
MACHINE_OUTPUTS = {"inboxUrl", "machineTokenUrl", "machineScope"}
STOREFRONT_OUTPUTS = {
    *("shopUrl", "makePagesFunction", "storefrontApiUrl"),
    *("customerPoolId", "customerClientId"),
}

# Inputs that refer to another resource: its kind, and what they have of it.
REFERENCES = {
    "bucket": ("s3.Bucket", "id"),
    "cloudwatchRoleArn": ("iam.Role", "arn"),
    "deployment": ("apigateway.Deployment", "id"),
    "function": ("lambda.Function", "name"),
    "functionName": ("lambda.Function", "arn"),
    "queueUrl": ("sqs.Queue", "url"),
    "rule": ("cloudwatch.EventRule", "name"),
    "restApi": ("apigateway.RestApi", "id"),
    "userPoolId": ("cognito.UserPool", "id"),
}


def test_the_stack_has_exactly_the_documented_outputs(graph: Graph) -> None:
    assert set(graph.outputs) == OUTPUTS | (MACHINE_OUTPUTS if "machines-pool" in graph else set()) | (
        STOREFRONT_OUTPUTS if "storefront-bucket" in graph else set()
    )
    assert all(graph.outputs.values())


def test_outputs_belong_to_the_resources_they_name(dev: Graph) -> None:
    assert dev.outputs["siteUrl"] == "https://d111111abcdef8.cloudfront.net"
    assert dev.outputs["apiUrl"] == "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/api"
    assert dev.outputs["orderQueueUrl"] == dev["orders-queue"].id
    assert dev.outputs["orderDeadLetterQueueUrl"] == dev["orders-dead-letters"].id
    assert dev.outputs["ordersTable"] == dev["orders-table"].outputs["name"]
    assert dev.outputs["productsTable"] == dev["products-table"].outputs["name"]
    assert dev.outputs["notificationTopicArn"] == dev.arn("notifications-topic")
    assert dev.outputs["customersTable"] == dev["views-customers"].outputs["name"]
    assert dev.outputs["termsTable"] == dev["search-terms"].outputs["name"]
    assert dev.outputs["talliesTable"] == dev["views-tallies"].outputs["name"]
    assert dev.outputs["productSalesTable"] == dev["views-product-sales"].outputs["name"]
    assert dev.outputs["notificationDeadLetterQueueUrl"] == dev["notifications-dead-letters"].id
    assert dev.outputs["viewDeadLetterQueueUrl"] == dev["views-dead-letters"].id
    assert dev.outputs["writeOrdersFunction"] == dev["orders-write-function"].outputs["name"]
    assert dev.outputs["notifyFunction"] == dev["notifications-notify-function"].outputs["name"]
    assert dev.outputs["updateViewsFunction"] == dev["views-update-function"].outputs["name"]
    assert dev.outputs["retentionFunction"] == dev["retention-apply-function"].outputs["name"]
    assert dev.outputs["userPoolId"] == dev["staff-pool"].id
    assert dev.outputs["userPoolClientId"] == dev["site-client"].id


def test_the_program_runs_without_warnings(graph: Graph) -> None:
    assert graph.warnings == []


@pytest.mark.thorough
def test_another_checkout_declares_the_same_resources(dev: Graph, tmp_path: Path) -> None:
    for name in ("lambdas", "site"):
        shutil.copytree(ROOT / name, tmp_path / name, copy_function=shutil.copyfile)
    (tmp_path / "components").mkdir()
    for file in ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml", "components/api_schemas.json"):
        shutil.copyfile(ROOT / file, tmp_path / file)
    # Compiled files of Python must not count as a change of every function.
    (tmp_path / "lambdas/handlers/__pycache__").mkdir(exist_ok=True)
    (tmp_path / "lambdas/handlers/__pycache__/notify.cpython-311.pyc").write_bytes(b"left over")
    moved = Graph("dev", root=tmp_path)
    assert {urn: _declared(one) for urn, one in moved.resources.items()} == {
        urn: _declared(one) for urn, one in dev.resources.items()
    }


@pytest.mark.parametrize(
    "file", ["__main__.py", "site/page.html", "tests/data/shop-logo.svg", "tests/graph/recorder.py"]
)
def test_a_graph_is_made_again_once_a_file_changed(file: str, tmp_path: Path) -> None:
    changed = tmp_path / file
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("before")
    before = basis.__wrapped__(tmp_path)
    assert basis.__wrapped__(tmp_path) == before
    changed.write_text("after")
    assert basis.__wrapped__(tmp_path) != before


def test_file_paths_are_relative_to_the_checkout() -> None:
    """Pulumi's state contains the paths, so they must be the same in every checkout."""
    zipped = {str(file.path) for file in code().assets.values() if isinstance(file, pulumi.FileAsset)}
    assert zipped == _files_below("lambdas", "**/*.py") | _files_below("lambdas", "**/*.json")
    uploaded = {str(file) for file in site_files.files().values()}
    texts = _files_below("site/assets", "**/*.css") | _files_below("site/assets", "**/*.js")
    assert uploaded == _files_below("site/assets", "**/*.*") - texts


def test_the_zip_has_every_source_file_and_nothing_else(dev: Graph) -> None:
    expected = _files_below("lambdas", "**/*.py") | _files_below("lambdas", "**/*.json")
    for function in dev.all("lambda.Function"):
        zipped = function.inputs["code"]
        assert isinstance(zipped, Archive)
        assert set(zipped.files) == expected


def test_every_resource_name_is_unique(graph: Graph) -> None:
    names = [one.name for one in graph.resources.values() if one.custom]
    assert len(names) == len(set(names))


def test_every_resource_has_a_component_as_parent_and_is_named_after_it(graph: Graph) -> None:
    for one in graph.all():
        parent = graph.resources[one.parent]
        assert parent.type.startswith("order-desk:"), f"{one}: __main__.py declares no resource itself"
        assert one.name.startswith(f"{parent.name}-")


@pytest.mark.parametrize("name", REFERENCES)
def test_every_reference_names_a_resource_of_its_kind(everything: Graph, dev: Graph, name: str) -> None:
    """AWS refuses an ARN in place of an ID, or another resource's ID, only at `pulumi up`."""
    kind, key = REFERENCES[name]
    for graph in (everything, dev):
        known = {one.id if key == "id" else one.outputs[key] for one in graph.all(kind)}
        for one in graph.all():
            assert one.inputs.get(name) in known | {None}, one
    assert [one for one in dev.all() if name in one.inputs]


def test_no_urn_changes_without_an_alias(dev: Graph, prod: Graph, everything: Graph) -> None:
    """Without an alias, Pulumi creates a renamed resource and deletes the old one with its data."""
    now, known = urns(dev, prod, everything), set(URNS.read_text().splitlines())
    former = {
        _without_stack(urn)
        for graph in (dev, prod, everything)
        for one in graph.all()
        for urn in one.options.aliases
    }
    gone, new = sorted(known - now - former), sorted(now - known)
    assert not gone, f"give renamed resources aliases=[...]; remove deleted ones from {URNS.name}"
    assert not new, f"add them with python -m tests.graph.urns, which writes {URNS.name}"


def test_no_input_has_an_unresolved_output_in_its_text(graph: Graph) -> None:
    assert os.environ["PULUMI_ERROR_OUTPUT_STRING"] == "1"
    for one in graph.all():
        assert "__str__" not in json.dumps(encode(dict(one.inputs))), one


def test_dev_can_be_destroyed_completely(dev: Graph) -> None:
    assert not [one.name for one in dev.all() if one.options.protect]
    for table in dev.all("dynamodb.Table"):
        assert table.inputs["deletionProtectionEnabled"] is False
    assert dev.inputs("staff-pool")["deletionProtection"] == "INACTIVE"
    for bucket in ("site-bucket", "product-files-bucket"):
        assert dev.inputs(bucket)["forceDestroy"] is True
    assert {one.name for one in dev.all() if one.options.retain_on_delete and not _is_site_file(one)} == {
        "api-account",
        "api-logs-policy",
        "api-logs-role",
    }


def test_prod_keeps_its_data_after_a_destroy(prod: Graph) -> None:
    kept = {
        "accounting-table",
        "dead-letters-table",
        "notifications-again",
        "notifications-dead-letters",
        "notifications-ledger",
        "orders-dead-letters",
        "orders-drafts-table",
        "people-table",
        "orders-numbers",
        "orders-queue",
        "orders-table",
        "product-files-bucket",
        "products-table",
        "search-terms",
        "staff-group-admin",
        "staff-group-staff",
        "staff-pool",
        "views-again",
        "views-customers",
        "views-dead-letters",
        "views-product-sales",
        "views-tallies",
    }
    assert {one.name for one in prod.all() if one.options.protect} == kept
    assert kept <= {one.name for one in prod.all() if one.options.retain_on_delete}
    for table in prod.all("dynamodb.Table"):
        assert table.inputs["deletionProtectionEnabled"] is True
    assert prod.inputs("staff-pool")["deletionProtection"] == "ACTIVE"
    for bucket in ("site-bucket", "product-files-bucket"):
        assert prod.inputs(bucket)["forceDestroy"] is False


def test_a_physical_name_is_fixed_only_where_others_need_it(graph: Graph) -> None:
    """A resource with a fixed name must be deleted before its replacement is created."""
    named = {one.name for one in graph.all() if "name" in one.inputs and kind(one.type) != "route53.Record"}
    assert named <= {
        "staff-group-admin",
        "staff-group-staff",
        "api-execution-logs",
        "inbox-api-execution-logs",
        "storefront-api-execution-logs",
    }
    assert not [one for one in graph.all() if "bucket" in one.inputs and kind(one.type) == "s3.Bucket"]


def test_resources_that_can_exist_only_once_are_deleted_before_replacement(graph: Graph) -> None:
    deleted_first = {one.name for one in graph.all() if one.options.delete_before_replace}
    of_machines = {
        *("machines-domain", "machines-server"),
        *("dead-letters-keep-webhooks", "webhooks-deliver-mapping"),
    }
    of_machines = of_machines if "machines-pool" in graph else set()
    of_storefront = {
        *("dead-letters-keep-pages", "storefront-make-mapping", "storefront-again-mapping"),
        "customers-domain",
    }
    of_storefront = of_storefront if "storefront-bucket" in graph else set()
    of_mails = {"dead-letters-keep-mails", "customer-mails-mail-mapping"}
    of_mails = of_mails if "customer-mails-queue" in graph else set()
    assert deleted_first == of_machines | of_storefront | of_mails | {
        "dead-letters-keep-notifications",
        "dead-letters-keep-orders",
        "dead-letters-keep-views",
        "notifications-again-mapping",
        "notifications-notify-mapping",
        "orders-write-mapping",
        "staff-domain",
        "staff-group-admin",
        "staff-group-staff",
        "views-again-mapping",
        "views-update-mapping",
    }


def test_every_log_group_has_a_retention(graph: Graph) -> None:
    days = {group.inputs["retentionInDays"] for group in graph.all("cloudwatch.LogGroup")}
    assert days == {14 if graph.stack == "dev" else 365}


def test_stack_files_have_values_of_the_declared_types() -> None:
    for stack in ("dev", "prod"):
        config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
        declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
        for key, value in config.items():
            if key.startswith("order-desk:"):
                assert type(value) is type(declared[key.partition(":")[2]]["default"]), f"{stack}: {key}"


def test_pulumi_finds_the_virtual_environment() -> None:
    runtime = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["runtime"]
    assert runtime == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}


def urns(*graphs: Graph) -> set[str]:
    """Return the URNs without project and stack, and without the site's files, which change often."""
    return {_without_stack(one.urn) for graph in graphs for one in graph.all() if not _is_site_file(one)}


def _files_below(folder: str, pattern: str) -> set[str]:
    found = {file.relative_to(ROOT).as_posix() for file in (ROOT / folder).glob(pattern)}
    assert found
    return found


def _declared(one: Registration) -> object:
    sources = {key: set(urns) for key, urns in one.property_dependencies.items()}
    return one.inputs, one.options, set(one.dependencies), sources


def _without_stack(urn: str) -> str:
    return urn.split("::", 2)[2]


def _is_site_file(one: Registration) -> bool:
    return kind(one.type) == "s3.BucketObjectv2"
