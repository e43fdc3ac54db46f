"""Queues, streams, tables and the functions between them: no message is lost or blocks the others."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, cast

import boto3
import pytest

from bench import conflicts
from components.gateway_responses import REFUSED_BY_QUEUE
from components.openapi import schemas
from components.order_notifications import ANNOUNCED_CHANGES, MAILS_ONLY
from lambdas.handlers import update_views, write_orders
from lambdas.platform import aws, batches, dead_letters, tables
from lambdas.shop import (
    announcements,
    customer_mail_sending,
    deliveries,
    figures,
    order_packer,
    order_queue,
    product_pack,
    webhook_deliveries,
    webhooks,
)
from lambdas.shop.documents import Order
from local import mailbox
from tests.graph.graph import ROOT, Graph
from tests.graph.test_indexes import index_keys
from tests.handlers.shop import new_order, with_keys

HOUR = 60 * 60
DAY = 24 * HOUR
GUIDE = (ROOT / "docs/operate.md").read_text()
ORDER = {"customer": {"name": "A", "email": "a@shop.example"}, "items": [{"lineTotal": 1}]}
WRITE_MAPPING = "orders-write-mapping"
NOTIFY_MAPPING = "notifications-notify-mapping"
# The queue, the function and the largest batch of each mapping of dead letters. A reader of the stream gets
# one change at a time, because it tells of none which failed.
DEAD_LETTER_MAPPINGS = {
    "dead-letters-keep-orders": ("orders-dead-letters", "dead-letters-keep", 10),
    "dead-letters-keep-notifications": ("notifications-dead-letters", "dead-letters-keep", 10),
    "dead-letters-keep-views": ("views-dead-letters", "dead-letters-keep", 10),
    "dead-letters-keep-webhooks": ("webhooks-dead-letters", "dead-letters-keep", 10),
    "notifications-again-mapping": ("notifications-again", "notifications-notify", 1),
    "views-again-mapping": ("views-again", "views-update", 1),
    "dead-letters-keep-pages": ("storefront-dead-letters", "dead-letters-keep", 10),
    "storefront-again-mapping": ("storefront-again", "storefront-make", 1),
    "dead-letters-keep-mails": ("customer-mails-dead-letters", "dead-letters-keep", 10),
}
# The function and the dead letter queue of each reader of a stream, by its event source mapping.
READERS = {
    NOTIFY_MAPPING: ("notifications-notify", "notifications-dead-letters"),
    "views-update-mapping": ("views-update", "views-dead-letters"),
}
WRITER, NOTIFIER = "orders-write-function", "notifications-notify-function"


def test_queues_are_encrypted_and_dead_letters_are_kept_longest(graph: Graph) -> None:
    """SQS deletes a dead letter by its age since it was first queued in the source queue."""
    for queue in graph.all("sqs.Queue"):
        assert queue.inputs["sqsManagedSseEnabled"] is True
    source = graph.inputs("orders-queue")["messageRetentionSeconds"]
    for name in ("orders-dead-letters", "notifications-dead-letters"):
        assert graph.inputs(name)["messageRetentionSeconds"] == 14 * DAY
    assert 4 * DAY <= source <= 13 * DAY


def test_a_dead_letter_fits_into_its_queue_with_the_reason(graph: Graph) -> None:
    """A dead letter is the message with its attributes and a reason of at most 2 KB."""
    room = 8 * 1024
    for name in ("orders-dead-letters", "notifications-dead-letters"):
        assert graph.inputs(name)["maxMessageSize"] == 256 * 1024
    for limit in (graph.inputs("orders-queue")["maxMessageSize"], dead_letters.MAX_BODY_BYTES):
        assert limit <= 256 * 1024 - room


def test_the_queue_takes_the_largest_order_and_its_refusal_names_the_limit(graph: Graph) -> None:
    """JSON may write a character outside the basic plane as two escapes, which are twelve bytes."""
    models = schemas()
    customer, notes = models["Customer"]["properties"], models["Order"]["properties"]["notes"]
    item = {"sku": "S" * 40, "quantity": models["Item"]["properties"]["quantity"]["maximum"]}
    order = {
        "orderID": str(uuid.uuid4()),
        "customer": {name: "\U0001f9f9" * field["maxLength"] for name, field in customer.items()},
        "items": [item] * models["Order"]["properties"]["items"]["maxItems"],
        "notes": "\U0001f9f9" * notes["maxLength"],
    }
    limit = graph.inputs("orders-queue")["maxMessageSize"]
    assert len(json.dumps(order)) < limit
    for _, _, refusal in REFUSED_BY_QUEUE.values():
        (named,) = re.findall(r"larger than (\d+) KiB", refusal)
        assert limit == int(named) * 1024


def test_a_message_is_hidden_until_its_try_has_ended(graph: Graph) -> None:
    """AWS recommends six times the function's timeout, plus the batching window.

    It is no longer, because a message waits that long if its writer was cut off before it set a pause.
    """
    timeout = graph.inputs("orders-write-function")["timeout"]
    window = graph.inputs(WRITE_MAPPING).get("maximumBatchingWindowInSeconds", 0)
    assert graph.inputs("orders-queue")["visibilityTimeoutSeconds"] == 6 * timeout + window


def test_an_order_outlasts_an_outage_of_three_hours_in_the_queue(graph: Graph) -> None:
    """Decision 4 promises three hours before the first dead letter, and the guide how long orders wait."""
    decisions = (ROOT / "docs/decisions.md").read_text()
    assert "unreachable for three hours before the first order becomes one" in decisions
    tries = graph.document("orders-queue", "redrivePolicy")["maxReceiveCount"]
    pauses = sum(order_queue.pause_seconds(receives) for receives in range(1, tries))
    kept = graph.inputs("orders-queue")["messageRetentionSeconds"]
    assert 3 * HOUR <= pauses < kept
    (days,) = re.findall(r"keeps orders for (\d+) days", GUIDE)
    assert kept == int(days) * DAY


def test_a_message_gets_at_least_five_tries(graph: Graph) -> None:
    redrive = graph.document("orders-queue", "redrivePolicy")
    assert graph.with_names(redrive["deadLetterTargetArn"]) == "orders-dead-letters"
    assert redrive["maxReceiveCount"] >= 5
    variables = graph.inputs("orders-write-function")["environment"]["variables"]
    assert variables["SHOP_MAX_RECEIVE_COUNT"] == str(redrive["maxReceiveCount"])


def test_the_writer_reports_which_messages_failed(graph: Graph) -> None:
    mapping = graph.inputs(WRITE_MAPPING)
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert graph.with_names(mapping["eventSourceArn"]) == "orders-queue"
    assert graph.with_names(mapping["functionName"]) == "orders-write-function"
    # The largest batch without a batching window, which would delay every order by a second or more. Smaller
    # batches would need more invocations for the same spike.
    assert mapping["batchSize"] == 10 == aws.CONNECTIONS  # all orders of a batch are stored side by side
    assert "maximumBatchingWindowInSeconds" not in mapping


@pytest.mark.parametrize("name", DEAD_LETTER_MAPPINGS)
def test_a_dead_letter_that_is_not_kept_or_sent_again_stays_in_its_queue(graph: Graph, name: str) -> None:
    """Without the reports, Lambda deletes every message of a batch whose function ended in time."""
    if name not in graph:  # a stack without connected shops
        return
    queue, function, batch = DEAD_LETTER_MAPPINGS[name]
    mapping = graph.inputs(name)
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert graph.with_names(mapping["eventSourceArn"]) == queue
    assert graph.with_names(mapping["functionName"]) == f"{function}-function"
    assert mapping["batchSize"] == batch
    assert f"{function}-policy" in graph.waits_for(name)
    timeout = graph.inputs(f"{function}-function")["timeout"]
    assert graph.inputs(queue)["visibilityTimeoutSeconds"] == 6 * timeout


@pytest.mark.parametrize("reader", ["notifications", "views"])
def test_what_is_sent_again_and_fails_returns_to_the_dead_letters_in_time(graph: Graph, reader: str) -> None:
    """SQS deletes a dead letter by its age since it was first queued, and the marks of changes expire."""
    redrive = graph.document(f"{reader}-again", "redrivePolicy")
    assert graph.with_names(redrive["deadLetterTargetArn"]) == f"{reader}-dead-letters"
    assert redrive["maxReceiveCount"] == 5
    kept = graph.inputs(f"{reader}-again")["messageRetentionSeconds"]
    assert 2 * kept < graph.inputs(f"{reader}-dead-letters")["messageRetentionSeconds"] == 14 * DAY


def test_the_writer_runs_as_often_as_the_guide_says(graph: Graph) -> None:
    (functions,) = re.findall(r"the writer works through it with (\d+)\s+functions at a time", GUIDE)
    assert graph.inputs(WRITE_MAPPING)["scalingConfig"] == {"maximumConcurrency": int(functions)}


def test_concurrency_is_limited_without_reservations(graph: Graph) -> None:
    """A new account may run 10 functions at once and reserve none.

    The concurrency of a stream's mapping cannot be limited: Lambda runs one function for each shard of the
    stream. The stream of a new table has about four shards.
    """
    mappings = graph.all("lambda.EventSourceMapping")
    readers_of = {one.name: graph.with_names(one.inputs["eventSourceArn"]) for one in mappings}
    # A shard of a stream should have two readers at most. The reader of the products makes pages in one
    # invocation at a time, and the others only mark pages.
    streams = [one for one in mappings if readers_of[one.name] == "orders-table/stream"]
    assert len(streams) == 2
    of_products = [one for one in mappings if readers_of[one.name] == "products-table/stream"]
    assert len(of_products) == ("storefront-bucket" in graph)
    limits = [
        one.inputs["scalingConfig"]["maximumConcurrency"] for one in mappings if "scalingConfig" in one.inputs
    ]
    assert all(2 <= one <= 1000 for one in limits)
    assert len(limits) == len(mappings) - len(streams) - len(of_products)
    # All mappings on the way of an order stay within 10, so the writer can run while both readers use all
    # four shards. Those of dead letters run only after a failure, and their messages wait for room.
    readers = sum(4 * one.inputs.get("parallelizationFactor", 1) for one in streams)
    assert graph.inputs(WRITE_MAPPING)["scalingConfig"]["maximumConcurrency"] + readers <= 10
    # Events wait for receivers of others, so five batches of them may run, of which slow ones hold some. They
    # wait for room like dead letters do.
    events = [5] if "webhooks-queue" in graph else []
    assert sorted(limits) == [2] * (len(limits) - len(events)) + events
    assert not [one for one in graph.all("lambda.Function") if "reservedConcurrentExecutions" in one.inputs]


@pytest.mark.parametrize("reader", READERS)
def test_one_bad_record_cannot_block_its_shard_for_a_day(graph: Graph, reader: str) -> None:
    mapping = graph.inputs(reader)
    assert mapping["maximumRetryAttempts"] == -1, "only the age of a record ends its retries"
    assert mapping["maximumRecordAgeInSeconds"] < DAY, "the stream itself keeps a record for a day"
    assert mapping["bisectBatchOnFunctionError"] is True
    # Never remove the destination from the program: Lambda would keep the old one.
    on_failure = mapping["destinationConfig"]["onFailure"]["destinationArn"]
    assert graph.with_names(on_failure) == READERS[reader][1]
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("reader", READERS)
def test_a_record_is_retried_for_as_long_as_the_guide_says(graph: Graph, reader: str) -> None:
    (hours,) = re.findall(r"written by Lambda itself, after (\d+) hours of faults", GUIDE)
    assert graph.inputs(reader)["maximumRecordAgeInSeconds"] == int(hours) * HOUR


@pytest.mark.parametrize("reader", READERS)
def test_a_batch_of_the_stream_waits_for_no_other_records(graph: Graph, reader: str) -> None:
    """A window would delay every mail, figure and search by its length."""
    assert not {"maximumBatchingWindowInSeconds", "tumblingWindowInSeconds"} & set(graph.inputs(reader))


def test_the_changes_of_a_batch_fit_into_one_transaction(graph: Graph) -> None:
    """A transaction has a journal row for each change, its other rows, and one row of all statuses."""
    placed = new_order(ORDER, at="2026-11-20T09:00:00.000Z")
    changes = [
        (placed, with_keys({**placed, "status": "packed"})),
        (placed, with_keys({**placed, "total": 2, "customer": {"name": "B", "email": "b@shop.example"}})),
    ]
    rows = [figures.difference(cast(Order, old), cast(Order, new)).keys() for old, new in changes]
    own = max(len(keys - {figures.STATUSES}) for keys in rows)
    size = graph.inputs("views-update-mapping")["batchSize"]
    assert size * (1 + own) + 1 <= tables.MAX_TRANSACTION


def test_the_simulated_reader_is_the_one_of_the_stack(graph: Graph) -> None:
    """The guide's orders a second come from the simulation, and smaller batches process fewer."""
    assert graph.inputs("views-update-mapping")["batchSize"] == conflicts.BATCH_SIZE
    assert graph.inputs("views-update-function")["timeout"] == conflicts.TIMEOUT_S


@pytest.mark.parametrize("reader", READERS)
def test_the_stream_is_read_from_its_beginning(graph: Graph, reader: str) -> None:
    """LATEST would lose the changes between the creation of the mapping and its start."""
    assert graph.inputs(reader)["startingPosition"] == "TRIM_HORIZON"
    assert graph.with_names(graph.inputs(reader)["eventSourceArn"]) == "orders-table/stream"
    assert graph.with_names(graph.inputs(reader)["functionName"]) == f"{READERS[reader][0]}-function"


def test_no_change_of_an_order_is_filtered_out_of_the_figures(graph: Graph) -> None:
    """A function never gets a change that a filter rejects, so the figures would be wrong."""
    assert "filterCriteria" not in graph.inputs("views-update-mapping")


def test_only_a_table_with_a_reader_has_a_stream(graph: Graph) -> None:
    sources = {
        graph.with_names(one.inputs["eventSourceArn"]) for one in graph.all("lambda.EventSourceMapping")
    }
    streams = {f"{one.name}/stream" for one in graph.all("dynamodb.Table") if one.inputs.get("streamEnabled")}
    assert streams == {name for name in sources if name.endswith("/stream")}


def test_the_stream_has_old_and_new_images(graph: Graph) -> None:
    """A later change of these values creates a new stream, but the mappings keep reading the old one."""
    assert graph.inputs("orders-table")["streamEnabled"] is True
    assert graph.inputs("orders-table")["streamViewType"] == "NEW_AND_OLD_IMAGES"


def test_the_notifier_gets_exactly_the_announced_changes(graph: Graph) -> None:
    """The filter patterns contain strings only, because a stream has numbers as strings.

    An order that is erased has no channel any more, so the channel is that of the order before.
    """
    patterns = [
        json.loads(one["pattern"]) for one in graph.inputs(NOTIFY_MAPPING)["filterCriteria"]["filters"]
    ]
    of_machines = {"eventName": ["MODIFY"], "dynamodb": {"OldImage": {"channel": {"S": ["machine"]}}}}
    of_customers = {"OldImage": {"channel": {"S": ["customer"]}}, "NewImage": {"status": {"S": ["shipped"]}}}
    if "customer-mails-queue" in graph:
        assert patterns.pop() == {"eventName": ["MODIFY"], "dynamodb": of_customers}
    if "webhooks-queue" in graph:
        assert patterns.pop() == of_machines
    assert patterns == list(ANNOUNCED_CHANGES)
    assert patterns == [
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["placed", "rejected"]}}}},
        {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["cancelled"]}}}},
    ]


def test_an_event_source_mapping_waits_for_its_permissions(graph: Graph) -> None:
    """Without a permission, the creation of a mapping hangs for five minutes."""
    assert "orders-write-policy" in graph.waits_for(WRITE_MAPPING)
    for mapping, (reader, _) in READERS.items():
        assert f"{reader}-policy" in graph.waits_for(mapping)


def test_a_function_waits_for_its_permissions(graph: Graph) -> None:
    for function in graph.all("lambda.Function"):
        assert function.name.replace("-function", "-policy") in graph.waits_for(function.name)


def test_functions_use_python_3_13_on_arm_with_tracing(graph: Graph) -> None:
    for function in graph.all("lambda.Function"):
        inputs = function.inputs
        assert (inputs["runtime"], inputs["architectures"]) == ("python3.13", ["arm64"])
        assert inputs["tracingConfig"] == {"mode": "Active"}
        assert 128 <= inputs["memorySize"] <= 1769, "more than one processor helps no function"


def test_functions_that_somebody_waits_for_stop_after_10_seconds(graph: Graph) -> None:
    """API Gateway waits for at most 29 s. The next try of a failed order waits for six times the timeout."""
    # Nobody waits for these.
    readers = {
        *("notifications-notify-function", "views-update-function"),
        *("webhooks-deliver-function", "customer-mails-mail-function"),
    }
    scheduled = {one.inputs["arn"] for one in graph.all("cloudwatch.EventTarget")}
    names = {
        one.name for one in graph.all("lambda.Function") if one.outputs["arn"] not in scheduled
    } - readers
    assert {graph.inputs(name)["timeout"] for name in names} == {10}


def test_functions_that_run_by_themselves_have_time_for_many_orders(graph: Graph) -> None:
    """A count ends before the next one begins, and the retention has all the time that Lambda gives."""
    names = ("accounting-count-function", "retention-apply-function")
    assert [graph.inputs(name)["timeout"] for name in names] == [300, 900]


def test_aws_clients_time_out_before_their_function(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "session", lambda: boto3.Session(region_name="eu-west-1")._session)
    table, queue, topic = (_max_seconds(make.__wrapped__()) for make in (aws.dynamodb, aws.sqs, aws.sns))
    for function in graph.all("lambda.Function"):
        assert table < function.inputs["timeout"]
    writer, notifier = (graph.inputs(name)["timeout"] for name in (WRITER, NOTIFIER))
    assert table < write_orders._MIN_TIME_MS / 1000 < writer
    assert table + queue < writer
    assert _seconds_of_a_try(aws.dynamodb.__wrapped__()) + queue <= write_orders._MIN_STORE_MS / 1000
    # Mails are published (SNS) and marked as sent (table). Between the two, nothing may stop the function.
    marking = len(batches.PAUSES) * table + sum(batches.PAUSES)
    assert topic + marking < announcements.MIN_TIME_MS / 1000 < notifier - 5
    views = graph.inputs("views-update-function")["timeout"]
    # A record usually takes five calls: write figures, write search terms, read the customer, write the
    # customer's search terms, write the customer's details. There is time for one more call.
    assert 6 * table < update_views._MIN_TIME_MS / 1000 < views - 5


def _max_seconds(client: Any) -> float:
    """Return the longest time of a call in seconds, including a pause of up to a second between two tries."""
    config = client.meta.config
    assert config.retries["mode"] == "standard"
    tries: int = config.retries["total_max_attempts"]
    assert tries <= 2
    return tries * _seconds_of_a_try(client) + (tries - 1)


def _seconds_of_a_try(client: Any) -> float:
    return float(client.meta.config.connect_timeout + client.meta.config.read_timeout)


def test_every_function_logs_to_its_own_declared_group(graph: Graph) -> None:
    """Lambda's own group has no retention, and a log line after a destroy creates it again."""
    for function in graph.all("lambda.Function"):
        group = function.name.replace("-function", "-logs")
        name = graph[group].outputs["name"]
        assert function.inputs["loggingConfig"] == {"logFormat": "JSON", "logGroup": name}
        assert graph.sources(function.name, "loggingConfig") == {group}


def test_a_save_of_a_product_ends_before_its_announcement(graph: Graph) -> None:
    """The clocks of two machines may differ by 5 s."""
    for save in ("products-create", "products-import", "products-put", "product-orders-delete"):
        assert graph.inputs(f"{save}-function")["timeout"] * 1000 + 5000 <= product_pack.SAVE_MS


def test_the_lease_of_a_mail_is_longer_than_the_notifiers_timeout(graph: Graph) -> None:
    (lease,) = re.findall(r"_LEASE_MS = ([\d_]+)", (ROOT / "lambdas/shop/ledger.py").read_text())
    assert int(lease) > graph.inputs("notifications-notify-function")["timeout"] * 1000


def test_the_lease_of_the_packer_is_longer_than_its_functions_timeout(graph: Graph) -> None:
    """Otherwise two invocations would write blocks of the search at once."""
    assert graph.inputs("views-update-function")["timeout"] * 1000 < order_packer._LEASE_MS


def test_tables_have_point_in_time_recovery_and_on_demand_capacity(graph: Graph) -> None:
    assert {one.name for one in graph.all("dynamodb.Table")} - {
        "connected-shops-table",
        "webhooks-deliveries",
        "accounts-table",
    } == {
        "orders-table",
        "orders-drafts-table",
        "people-table",
        "orders-numbers",
        "products-table",
        "notifications-ledger",
        "views-customers",
        "views-product-sales",
        "views-tallies",
        "search-terms",
        "dead-letters-table",
        "accounting-table",
    }
    for table in graph.all("dynamodb.Table"):
        assert table.inputs["pointInTimeRecovery"] == {"enabled": True}
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST"
        assert "warmThroughput" not in table.inputs  # a value would show as a change in every preview


def test_every_table_has_its_documented_keys(graph: Graph) -> None:
    keys = {
        one.name: (one.inputs["hashKey"], one.inputs.get("rangeKey")) for one in graph.all("dynamodb.Table")
    }
    assert keys.pop("connected-shops-table", ("shopID", None)) == ("shopID", None)
    assert keys.pop("webhooks-deliveries", ("shop", "deliveryID")) == ("shop", "deliveryID")
    assert keys.pop("accounts-table", ("sub", "kind")) == ("sub", "kind")
    assert keys == {
        "orders-table": ("orderID", None),
        "accounting-table": ("accepted", None),
        "orders-drafts-table": ("sub", "orderID"),
        "people-table": ("person", "entry"),
        "orders-numbers": ("counter", None),
        "products-table": ("sku", None),
        "notifications-ledger": ("notificationID", None),
        "views-customers": ("email", None),
        "views-product-sales": ("product", "period"),
        "views-tallies": ("tally", "slot"),
        "search-terms": ("term", "listKey"),
        "dead-letters-table": ("id", None),
    }


def test_a_table_declares_only_its_key_attributes(graph: Graph) -> None:
    for table in graph.all("dynamodb.Table"):
        keys = {table.inputs["hashKey"], table.inputs.get("rangeKey", table.inputs["hashKey"])}
        for index in table.inputs.get("globalSecondaryIndexes", []):
            keys |= {*index_keys(index)}
        attributes = table.inputs["attributes"]
        assert [one["name"] for one in attributes] == sorted(keys)
        assert {one["type"] for one in attributes} == {"S"}


def test_tombstones_drafts_figures_and_the_ledger_expire(graph: Graph) -> None:
    expiry = {"attributeName": "expiresAt", "enabled": True}
    assert graph.inputs("orders-table")["ttl"] == expiry
    assert graph.inputs("orders-drafts-table")["ttl"] == expiry
    assert graph.inputs("notifications-ledger")["ttl"] == expiry
    assert graph.inputs("views-tallies")["ttl"] == expiry
    for kept in ("products-table", "dead-letters-table"):
        assert "ttl" not in graph.inputs(kept)


def test_notifications_are_encrypted_and_reach_every_subscriber(everything: Graph) -> None:
    assert everything.inputs("notifications-topic")["kmsMasterKeyId"] == "alias/aws/sns"
    subscriptions = [one.inputs for one in everything.all("sns.TopicSubscription")]
    assert {one["endpoint"]: one["protocol"] for one in subscriptions} == {
        "orders@shop.example": "email",
        "+447700900123": "sms",
        "alarms@shop.example": "email",
        everything.arn("webhooks-queue"): "sqs",
        everything.arn("customer-mails-queue"): "sqs",
    }
    for name in ("mail-orders@shop.example", "text-+447700900123"):
        assert everything.sources(f"notifications-{name}", "topic") == {"notifications-topic"}


def test_webhooks_get_events_and_people_get_mails(graph: Graph) -> None:
    """A policy that came later would take effect after minutes, with a mail to people about each event."""
    policies = {
        one.name: json.loads(one.inputs["filterPolicy"])
        for one in graph.all("sns.TopicSubscription")
        if graph.with_names(one.inputs["topic"]) == "notifications-topic"
    }
    if "webhooks-queue" in graph:
        assert policies.pop("webhooks-events") == {"event": [{"exists": True}]}
        assert graph.inputs("webhooks-events")["rawMessageDelivery"] is True
        assert "webhooks-queue-policy" in graph.waits_for("webhooks-events"), "SNS drops what is refused"
    if "customer-mails-queue" in graph:
        assert policies.pop("customer-mails-orders") == {"customer": [{"exists": True}]}
        for name in ("customer-mails-orders", "customer-mails-returns"):
            assert graph.inputs(name)["rawMessageDelivery"] is True
            assert "customer-mails-queue-policy" in graph.waits_for(name), "SNS drops what is refused"
    assert all(policy == {"mail": [{"exists": True}]} for policy in policies.values())
    assert "filterPolicyScope" not in json.dumps([one.inputs for one in graph.all("sns.TopicSubscription")])


def test_the_mailbox_of_this_machine_takes_what_addresses_take() -> None:
    assert json.loads(mailbox.MAILS_ONLY) == json.loads(MAILS_ONLY)


def test_an_event_is_tried_as_long_as_its_message_lives(dev: Graph) -> None:
    queue, function = dev.inputs("webhooks-queue"), dev.inputs("webhooks-deliver-function")
    mapping = dev.inputs("webhooks-deliver-mapping")
    assert queue["visibilityTimeoutSeconds"] == 6 * function["timeout"]
    retention = queue["messageRetentionSeconds"]
    assert webhook_deliveries.MAX_AGE_MS / 1000 + DAY < retention < 14 * DAY
    assert sum(webhooks.PAUSES_MS) < webhook_deliveries.MAX_AGE_MS
    looks = webhook_deliveries.MAX_AGE_MS // webhook_deliveries.MAX_WAIT_MS + len(webhooks.PAUSES_MS)
    assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] > 2 * looks
    assert function["timeout"] * 1000 <= deliveries.LEASE_MS
    assert mapping["batchSize"] == 10
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["scalingConfig"] == {"maximumConcurrency": 5}
    assert "webhooks-deliver-policy" in dev.waits_for("webhooks-deliver-mapping")
    assert dev.sources("webhooks-deliver-mapping", "functionName") == {"webhooks-deliver-function"}
    assert dev.sources("webhooks-deliver-mapping", "eventSourceArn") == {"webhooks-queue"}


def test_a_mail_to_a_customer_is_tried_as_long_as_its_message_lives(everything: Graph) -> None:
    name = "customer-mails"
    queue, function = everything.inputs(f"{name}-queue"), everything.inputs(f"{name}-mail-function")
    mapping = everything.inputs(f"{name}-mail-mapping")
    assert queue["visibilityTimeoutSeconds"] == 6 * function["timeout"]
    # An invocation that found a lease has waited until its owner ended.
    assert (
        function["timeout"] * 1000 < customer_mail_sending.LEASE_MS < queue["visibilityTimeoutSeconds"] * 1000
    )
    most = customer_mail_sending.MAX_AGE_MS
    assert most / 1000 + DAY < queue["messageRetentionSeconds"] < 14 * DAY
    looks = most // customer_mail_sending.MAX_PAUSE_MS
    assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] > 2 * looks
    assert (mapping["batchSize"], mapping["functionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
    assert f"{name}-mail-policy" in everything.waits_for(f"{name}-mail-mapping")
    assert everything.sources(f"{name}-mail-mapping", "functionName") == {f"{name}-mail-function"}
    assert everything.sources(f"{name}-mail-mapping", "eventSourceArn") == {f"{name}-queue"}
    destination = everything.inputs(f"{name}-destination")
    assert destination["matchingTypes"] == ["bounce", "complaint"]
    assert everything.sources(f"{name}-destination", "configurationSetName") == {f"{name}-events"}


def test_a_storefront_without_a_sender_has_nothing_of_mails_to_customers(local: Graph) -> None:
    assert not [one.name for one in local.all() if one.name.startswith("customer-mails")]
    assert "customer" not in json.dumps(local.inputs(NOTIFY_MAPPING)["filterCriteria"])


def test_deliveries_are_deleted_after_a_month(dev: Graph) -> None:
    assert dev.inputs("webhooks-deliveries")["ttl"] == {"attributeName": "expiresAt", "enabled": True}
