"""Queues, tables, streams and what is between them: nothing is lost, nothing blocks for ever."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import pytest

from components.order_notifications import ANNOUNCED_CHANGES
from lambdas.handlers import notify, update_views, write_orders
from lambdas.platform import aws, dead_letters
from lambdas.shop import order_table
from tests.graph.graph import ROOT, Graph
from tests.graph.recorder import kind

DAY = 24 * 60 * 60
ORDERS = "orders-write-mapping"
NEWS = "notifications-notify-mapping"
# Each reader of the orders' stream: its mapping, its function, its dead letters.
READERS = {
    NEWS: ("notifications-notify", "notifications-dead-letters"),
    "views-update-mapping": ("views-update", "views-dead-letters"),
}
WRITER, NOTIFIER = "orders-write-function", "notifications-notify-function"


def test_queues_are_encrypted_and_dead_letters_stay_longest(graph: Graph) -> None:
    """A dead letter's age counts from its first enqueue."""
    for queue in graph.all("sqs.Queue"):
        assert queue.inputs["sqsManagedSseEnabled"] is True
    source = graph.inputs("orders-queue")["messageRetentionSeconds"]
    for name in ("orders-dead-letters", "notifications-dead-letters"):
        assert graph.inputs(name)["messageRetentionSeconds"] == 14 * DAY
    assert 4 * DAY <= source <= 13 * DAY


def test_a_dead_letter_fits_where_what_it_was_made_of_did(graph: Graph) -> None:
    """The reason comes on top: at most 2 KB of it, with the attributes that the message had."""
    room = 8 * 1024
    for name in ("orders-dead-letters", "notifications-dead-letters"):
        assert graph.inputs(name)["maxMessageSize"] == 256 * 1024
    for largest in (graph.inputs("orders-queue")["maxMessageSize"], dead_letters._MAX_BODY_BYTES):
        assert largest <= 256 * 1024 - room


def test_a_message_is_hidden_for_six_times_the_writers_timeout(graph: Graph) -> None:
    timeout = graph.inputs("orders-write-function")["timeout"]
    assert graph.inputs("orders-queue")["visibilityTimeoutSeconds"] == 6 * timeout


def test_a_message_is_tried_often_enough_before_it_is_a_dead_letter(graph: Graph) -> None:
    redrive = graph.document("orders-queue", "redrivePolicy")
    assert graph.said(redrive["deadLetterTargetArn"]) == "orders-dead-letters"
    assert redrive["maxReceiveCount"] >= 5
    variables = graph.inputs("orders-write-function")["environment"]["variables"]
    assert variables["SHOP_MAX_RECEIVE_COUNT"] == str(redrive["maxReceiveCount"])


def test_the_writer_reports_which_messages_failed(graph: Graph) -> None:
    mapping = graph.inputs(ORDERS)
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert graph.said(mapping["eventSourceArn"]) == "orders-queue"
    assert graph.said(mapping["functionName"]) == "orders-write-function"
    # Above 10, a batching window of at least a second would be needed.
    assert mapping["batchSize"] <= 10
    assert "maximumBatchingWindowInSeconds" not in mapping


def test_concurrency_is_bounded_without_reserving_any(graph: Graph) -> None:
    """A new account may run 10 at once; a reservation fails there.

    A stream's mapping has no such bound: it runs one for each shard, of which a new table has about four,
    for the moment that a change takes.
    """
    mappings = graph.all("lambda.EventSourceMapping")
    streams = [one for one in mappings if graph.said(one.inputs["eventSourceArn"]).endswith("/stream")]
    # A shard of a stream should have two readers at most.
    assert len(streams) == 2
    most = [
        one.inputs["scalingConfig"]["maximumConcurrency"] for one in mappings if "scalingConfig" in one.inputs
    ]
    assert all(2 <= one <= 1000 for one in most)
    assert len(most) == len(mappings) - len(streams)
    # Even with every shard busy, the writer goes on.
    assert sum(most) + 4 * len(streams) <= 10
    assert not [one for one in graph.all("lambda.Function") if "reservedConcurrentExecutions" in one.inputs]


@pytest.mark.parametrize("reader", READERS)
def test_one_bad_record_cannot_hold_up_its_shard_for_a_day(graph: Graph, reader: str) -> None:
    mapping = graph.inputs(reader)
    assert 1 <= mapping["maximumRetryAttempts"] <= 10_000
    assert 60 <= mapping["maximumRecordAgeInSeconds"] < DAY
    assert mapping["bisectBatchOnFunctionError"] is True
    # Taken out again, the old destination would stay.
    on_failure = mapping["destinationConfig"]["onFailure"]["destinationArn"]
    assert graph.said(on_failure) == READERS[reader][1]
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("reader", READERS)
def test_the_stream_is_read_from_its_beginning(graph: Graph, reader: str) -> None:
    """LATEST loses what comes between the mapping's create and its start."""
    assert graph.inputs(reader)["startingPosition"] == "TRIM_HORIZON"
    assert graph.said(graph.inputs(reader)["eventSourceArn"]) == "orders-table/stream"
    assert graph.said(graph.inputs(reader)["functionName"]) == f"{READERS[reader][0]}-function"


def test_every_change_of_an_order_is_counted(graph: Graph) -> None:
    """A filter would skip for good what it does not let through."""
    assert "filterCriteria" not in graph.inputs("views-update-mapping")


def test_the_stream_has_both_images_from_day_one(graph: Graph) -> None:
    """A later change starts another stream, and leaves the mapping on the dead one."""
    assert graph.inputs("orders-table")["streamEnabled"] is True
    assert graph.inputs("orders-table")["streamViewType"] == "NEW_AND_OLD_IMAGES"


def test_the_filter_compares_texts_only_and_lets_all_news_through(graph: Graph) -> None:
    """Numbers compare as texts there, and what does not match is skipped for good."""
    patterns = [json.loads(one["pattern"]) for one in graph.inputs(NEWS)["filterCriteria"]["filters"]]
    assert patterns == list(ANNOUNCED_CHANGES)
    assert patterns == [
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"status": {"S": ["placed", "rejected"]}}}},
        {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["cancelled"]}}}},
    ]


def test_a_mapping_waits_for_the_permissions_it_is_checked_for(graph: Graph) -> None:
    """A missing one looks like a hang of five minutes."""
    assert "orders-write-policy" in graph.waits_for(ORDERS)
    for mapping, (reader, _) in READERS.items():
        assert f"{reader}-policy" in graph.waits_for(mapping)


def test_a_function_is_never_there_before_its_permissions(graph: Graph) -> None:
    for function in graph.all("lambda.Function"):
        assert function.name.replace("-function", "-policy") in graph.waits_for(function.name)


def test_functions_run_where_and_as_they_were_tested(graph: Graph) -> None:
    for function in graph.all("lambda.Function"):
        inputs = function.inputs
        assert (inputs["runtime"], inputs["architectures"]) == ("python3.13", ["arm64"])
        assert inputs["tracingConfig"] == {"mode": "Active"}
        assert 128 <= inputs["memorySize"] <= 1024


def test_whoever_waits_for_a_function_does_not_wait_long(graph: Graph) -> None:
    """API Gateway waits for 29 s, and a message that was lost with a function for six times its timeout."""
    readers = {"notifications-notify-function", "views-update-function"}  # whom nobody waits for
    names = {one.name for one in graph.all("lambda.Function")} - readers
    assert {graph.inputs(name)["timeout"] for name in names} == {10}


def test_the_clients_give_up_before_the_function_does(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="eu-west-1"))
    table, queue, topic = (_worst(make.__wrapped__()) for make in (aws.dynamodb, aws.sqs, aws.sns))
    for function in graph.all("lambda.Function"):
        assert table < function.inputs["timeout"]
    writer, notifier = (graph.inputs(name)["timeout"] for name in (WRITER, NOTIFIER))
    assert table < write_orders._MIN_TIME_MS / 1000 < writer
    assert table + queue < writer
    # Lease, publish, mark.
    assert table + topic + table < notify._MIN_TIME_MS / 1000 < notifier - 5
    views = graph.inputs("views-update-function")["timeout"]
    # Transaction, terms, customer, terms, details, and one to spare.
    assert 6 * table < update_views._MIN_TIME_MS / 1000 < views - 5


def _worst(client: Any) -> float:
    """The seconds that a call takes at worst, with a pause of up to a second before its second try."""
    config = client.meta.config
    assert config.retries["mode"] == "standard"
    tries: int = config.retries["total_max_attempts"]
    assert tries <= 2
    return tries * float(config.connect_timeout + config.read_timeout) + (tries - 1)


def test_every_function_writes_into_its_own_declared_log_group(graph: Graph) -> None:
    """Lambda's own would come without retention, and late lines would bring it back after a destroy."""
    for function in graph.all("lambda.Function"):
        group = function.name.replace("-function", "-logs")
        name = graph[group].outputs["name"]
        assert function.inputs["loggingConfig"] == {"logFormat": "JSON", "logGroup": name}
        assert graph.feeds(function.name, "loggingConfig") == {group}


def test_a_mails_lease_outlasts_the_function_that_holds_it(graph: Graph) -> None:
    (lease,) = re.findall(r"_LEASE_MS = ([\d_]+)", (ROOT / "lambdas/shop/ledger.py").read_text())
    assert int(lease) > graph.inputs("notifications-notify-function")["timeout"] * 1000


def test_tables_restore_to_any_point_and_grow_with_demand(graph: Graph) -> None:
    assert {one.name for one in graph.all("dynamodb.Table")} == {
        "orders-table",
        "products-table",
        "notifications-ledger",
        "views-customers",
        "views-tallies",
        "search-terms",
    }
    for table in graph.all("dynamodb.Table"):
        assert table.inputs["pointInTimeRecovery"] == {"enabled": True}
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST"
        assert "warmThroughput" not in table.inputs  # an endless difference


def test_keys_are_those_of_the_contract(graph: Graph) -> None:
    keys = {
        one.name: (one.inputs["hashKey"], one.inputs.get("rangeKey")) for one in graph.all("dynamodb.Table")
    }
    assert keys == {
        "orders-table": ("orderID", None),
        "products-table": ("sku", None),
        "notifications-ledger": ("notificationID", None),
        "views-customers": ("email", None),
        "views-tallies": ("tally", "slot"),
        "search-terms": ("term", "listKey"),
    }


def test_no_index_takes_all_writes_on_one_key(graph: Graph) -> None:
    """One partition of an index takes about 1,000 writes a second: never a bare status."""
    keys = {
        index["name"]: (index["hashKey"], index["rangeKey"])
        for index in graph.inputs("orders-table")["globalSecondaryIndexes"]
    }
    assert keys == {
        "byRecency": ("listShard", "listKey"),
        "byStatus": ("statusShard", "listKey"),
        "byCustomer": ("customerEmail", "listKey"),
        "byTotal": ("listShard", "totalKey"),
        "byStatusTotal": ("statusShard", "totalKey"),
    }
    (index,) = graph.inputs("views-customers")["globalSecondaryIndexes"]
    assert (index["hashKey"], index["rangeKey"]) == ("listShard", "listKey")
    for index in graph.inputs("orders-table")["globalSecondaryIndexes"]:
        assert index["projectionType"] == "INCLUDE"
        assert index["nonKeyAttributes"] == sorted(order_table.LIST_FIELDS)


def test_the_catalogs_indexes_hold_whole_products(graph: Graph) -> None:
    indexes = {one["name"]: one for one in graph.inputs("products-table")["globalSecondaryIndexes"]}
    assert {name: one["hashKey"] for name, one in indexes.items()} == {
        "byName": "listShard",
        "byCategory": "category",
    }
    assert all((one["rangeKey"], one["projectionType"]) == ("listKey", "ALL") for one in indexes.values())


def test_a_table_declares_the_attributes_that_are_keys_and_no_other(graph: Graph) -> None:
    for table in graph.all("dynamodb.Table"):
        keys = {table.inputs["hashKey"], table.inputs.get("rangeKey", table.inputs["hashKey"])}
        for index in table.inputs.get("globalSecondaryIndexes", []):
            keys |= {index["hashKey"], index["rangeKey"]}
        attributes = table.inputs["attributes"]
        assert [one["name"] for one in attributes] == sorted(keys)
        assert {one["type"] for one in attributes} == {"S"}


def test_tombstones_and_the_ledger_expire(graph: Graph) -> None:
    wanted = {"attributeName": "expiresAt", "enabled": True}
    assert graph.inputs("orders-table")["ttl"] == wanted
    assert graph.inputs("notifications-ledger")["ttl"] == wanted
    assert graph.inputs("views-tallies")["ttl"] == wanted
    assert "ttl" not in graph.inputs("products-table")


def test_notifications_are_encrypted_and_go_to_everybody_who_asked(everything: Graph) -> None:
    assert everything.inputs("notifications-topic")["kmsMasterKeyId"] == "alias/aws/sns"
    mails = {one.inputs["endpoint"] for one in everything.all("sns.TopicSubscription")}
    assert mails == {"orders@shop.example", "alarms@shop.example"}
    for one in everything.all("sns.TopicSubscription"):
        assert one.inputs["protocol"] == "email"
    assert everything.feeds("notifications-mail-orders@shop.example", "topic") == {"notifications-topic"}


def test_dead_letters_wait_in_queues_with_a_policy_and_alarms_and_nowhere_else(graph: Graph) -> None:
    assert {kind(one.type) for one in graph.all() if "dead-letters" in one.name} <= {
        "sqs.Queue",
        "sqs.QueuePolicy",
        "cloudwatch.MetricAlarm",
    }
