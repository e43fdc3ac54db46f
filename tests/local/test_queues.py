"""Messages of queues and records of streams: received and deleted as on AWS, and not kept for ever."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs, dynamodb, lambda_svc, sqs

from local.emulator import queues, retention

SCOPE = ("000000000000", "eu-west-1")
STREAM = "arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026"


@pytest.fixture(autouse=True)
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the emulator no state, in one account and region."""
    for module, name in (
        (sqs, "_queues"),
        (sqs, "_queue_name_to_url"),
        (dynamodb, "_stream_records"),
        (dynamodb, "_stream_trimmed"),
        (lambda_svc, "_esms"),
        (lambda_svc, "_dynamodb_stream_positions"),
        (cloudwatch_logs, "_log_groups"),
    ):
        monkeypatch.setattr(module, name, type(getattr(module, name))())
    with request_scope(*SCOPE):
        yield


def _queue(name: str = "orders", **attributes: str) -> str:
    url: str = sqs._act_create_queue({"QueueName": name, "Attributes": attributes}, "")["QueueUrl"]
    return url


def _send(url: str, *bodies: str) -> None:
    for body in bodies:
        sqs._act_send_message({"QueueUrl": url, "MessageBody": body}, url)


def _received(url: str, count: int = 10) -> list[str]:
    return [one["body"] for one in queues.receive(url, count)]


def test_messages_are_received_once_in_order_until_their_timeout() -> None:
    url = _queue(VisibilityTimeout="30")
    _send(url, *"abc")
    assert _received(url, 2) == ["a", "b"]
    [last] = queues.receive(url, 2)
    assert (last["body"], last["receive_count"], _received(url)) == ("c", 1, [])
    for message in sqs._get_q(url)["messages"]:
        message["visible_at"] = time.time() - 1
    assert _received(url) == ["a", "b", "c"]


def test_only_handled_messages_are_deleted_and_new_ones_stay() -> None:
    url = _queue()
    _send(url, *"abc")
    batch = queues.receive(url, 10)
    messages = sqs._get_q(url)["messages"]
    _send(url, "new")
    queues.delete(url, {batch[0]["receipt_handle"], batch[2]["receipt_handle"], "unknown"})
    assert [one["body"] for one in messages] == ["b", "new"]  # the same list, to which others append
    assert sqs._get_q(url)["messages"] is messages


def test_a_message_received_too_often_moves_to_the_dead_letters() -> None:
    dead = _queue("dead")
    arn = sqs._get_q(dead)["attributes"]["QueueArn"]
    url = _queue(
        VisibilityTimeout="0", RedrivePolicy=f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "2"}}'
    )
    _send(url, "poison")
    assert [_received(url), _received(url), _received(url)] == [["poison"], ["poison"], []]
    [moved] = queues.receive(dead, 10)
    source = sqs._get_q(url)["attributes"]["QueueArn"]
    assert (moved["body"], moved["sys"]["DeadLetterQueueSourceArn"]) == ("poison", source)
    assert sqs._get_q(url)["messages"] == []


def test_expired_messages_are_not_received() -> None:
    url = _queue(MessageRetentionPeriod="60")
    _send(url, "old", "new")
    sqs._get_q(url)["messages"][0]["sent_at"] -= 61
    assert _received(url) == ["new"]


def test_a_batch_costs_the_same_from_a_long_queue() -> None:
    url, used = _queue(VisibilityTimeout="300"), []
    for waiting in (100, 20_000):
        _send(url, "m")
        messages = sqs._get_q(url)["messages"]
        messages.extend({**messages[-1], "id": str(number)} for number in range(waiting))
        began = time.thread_time()
        for _ in range(5):
            queues.delete(url, {one["receipt_handle"] for one in queues.receive(url, 10)})
        used.append(time.thread_time() - began)
    assert used[1] < 20 * used[0] + 0.05, used  # it was several hundred times as much


def _mapping(name: str, position: int) -> None:
    lambda_svc._esms[name] = {"UUID": name, "EventSourceArn": STREAM}
    lambda_svc._dynamodb_stream_positions[name] = position


def test_only_records_that_every_mapping_has_read_are_dropped() -> None:
    dynamodb._stream_records["orders"] = records = [{"eventID": str(number)} for number in range(10)]
    retention.drop_read_records()
    assert len(records) == 10  # no mapping yet
    _mapping("quick", 8)
    _mapping("slow", 3)
    for _ in range(2):
        retention.drop_read_records()
        assert [one["eventID"] for one in records] == list("3456789")
    assert dynamodb.stream_records_since("orders", 8, 10) == [{"eventID": "8"}, {"eventID": "9"}]
    assert (dynamodb.stream_start_position("orders"), dynamodb.stream_end_position("orders")) == (3, 10)
    _mapping("slow", 5)
    retention.drop_read_records()  # those of before still count
    assert dynamodb.stream_start_position("orders") == 5
    assert [one["eventID"] for one in records] == list("56789")


def test_a_functions_log_keeps_its_last_invocations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_LOG_STREAMS", 3)
    monkeypatch.setattr(lambda_svc, "_emit_lambda_logs", lambda_svc._emit_lambda_logs)
    retention._limit_log_streams()
    function: dict[str, Any] = {"config": {"FunctionName": "notify"}}
    for number in range(5):
        lambda_svc._emit_lambda_logs(function, f"r{number}", f"line {number}", False, 1)
    streams = cloudwatch_logs._log_groups["/aws/lambda/notify"]["streams"].values()
    assert [one["events"][1]["message"] for one in streams] == ["line 2", "line 3", "line 4"]


def test_a_fork_reads_records_while_a_thread_of_its_parent_reads_them() -> None:
    begun, ended = threading.Event(), threading.Event()

    def read() -> None:
        with retention._records_lock:
            begun.set()
            ended.wait()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    if (process := os.fork()) == 0:
        os._exit(0 if retention._records_lock.acquire(timeout=1) else 1)
    ended.set()
    reader.join()
    assert os.waitpid(process, 0)[1] == 0
