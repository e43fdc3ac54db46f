"""The emulator's workers of functions and their logs, and its waking of the readers of queues and streams."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from ministack.core import lambda_runtime
from ministack.core.concurrency import esm_wake
from ministack.services import dynamodb, lambda_svc

from local.emulator import workers
from local.emulator.polling import Polling
from tests.system import eventually

QUEUE = {"UUID": "q", "EventSourceArn": "arn:aws:sqs:eu-west-1:000000000000:orders"}
STREAM = {"UUID": "s", "EventSourceArn": "arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026"}
OTHER = {"UUID": "o", "EventSourceArn": "arn:aws:dynamodb:eu-west-1:000000000000:table/others/stream/2026"}
TOPIC = {"UUID": "t", "EventSourceArn": "arn:aws:kinesis:eu-west-1:000000000000:stream/x"}


def test_a_log_is_read_up_to_the_marker_without_waiting() -> None:
    lines: queue.Queue[str] = queue.Queue()
    for line in ("one", "", "half" + workers.END_OF_LOG, "next", workers.END_OF_LOG, workers.END_OF_LOG):
        lines.put(line)
    began = time.thread_time()
    assert [workers.read_log(lines) for _ in range(3)] == ["one\n\nhalf", "next", ""]
    assert time.thread_time() - began < workers.LOG_TIMEOUT_S
    lines.put("cut off")
    assert workers.read_log(lines) == "cut off"  # after the limit, because the worker was killed


def test_an_invocation_waits_for_a_worker_that_is_soon_free(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lambda_runtime, lambda_svc):
        for name in ("acquire_worker", "release_worker"):
            monkeypatch.setattr(module, name, getattr(lambda_runtime, name))
    monkeypatch.setattr(lambda_runtime, "_workers", {})
    monkeypatch.setattr(workers, "WAIT_S", 20)  # longer than the test waits for its answer
    workers._share_workers()

    def acquire(function: str) -> lambda_runtime.Worker:
        arn = f"arn:aws:lambda:eu-west-1:000000000000:function:{function}"
        worker, _ = lambda_svc.acquire_worker(function, {"FunctionArn": arn}, b"")
        return worker

    first = [acquire("write") for _ in range(workers.PROCESSORS)]
    assert len(set(map(id, first))) == workers.PROCESSORS
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(acquire, "write")
        assert acquire("notify") not in first  # each function has workers of its own
        assert not waiting.done()
        lambda_svc.release_worker(first[0])
        assert waiting.result(5) is first[0]
    monkeypatch.setattr(workers, "WAIT_S", 0.01)
    assert acquire("write") not in first  # after the wait, because the others may wait for this invocation


@pytest.fixture
def polled() -> list[str]:
    """Return the mappings that were polled, in order."""
    return []


@pytest.fixture
def works() -> list[Callable[[], object]]:
    """Return what the next polls do, one each."""
    return []


@pytest.fixture(autouse=True)
def polling(monkeypatch: pytest.MonkeyPatch, polled: list[str], works: list[Callable[[], object]]) -> Polling:
    """Replace the emulator's polls by ones that note the mapping, and start to poll."""

    def poll() -> bool:
        polled.extend(mapping["UUID"] for _, _, mapping in lambda_svc._iter_all_esms())
        if works:
            works.pop(0)()
        return False

    mappings = [("000000000000", "eu-west-1", one) for one in (QUEUE, STREAM, OTHER, TOPIC)]
    monkeypatch.setattr(lambda_svc, "_iter_all_esms", lambda: iter(mappings))
    monkeypatch.setattr(lambda_svc, "_poll_sqs", poll)
    monkeypatch.setattr(lambda_svc, "_poll_dynamodb_streams", poll)
    monkeypatch.setattr(dynamodb, "_emit_stream_event", lambda *_: None)
    monkeypatch.setattr(esm_wake, "set", esm_wake.set)
    polling = Polling()
    polling.start()
    lambda_svc._poll_sqs()  # as the emulator's loop does every second
    eventually(lambda: sorted(polled) == ["o", "q", "s"], what="each reader looked once")
    polled.clear()
    return polling


def test_a_message_wakes_the_readers_of_queues_at_once(polled: list[str]) -> None:
    esm_wake.set()
    eventually(lambda: polled == ["q"])


def test_a_record_wakes_only_the_readers_of_its_table(polled: list[str]) -> None:
    dynamodb._emit_stream_event("orders", "INSERT", None, {})
    eventually(lambda: polled == ["s"])


def test_a_stopped_reader_does_not_poll(polling: Polling, polled: list[str]) -> None:
    polling.stop(1)
    esm_wake.set()
    time.sleep(0.05)
    assert polled == []


def test_a_failed_poll_is_retried_at_the_next_wake_up(
    polled: list[str], works: list[Callable[[], object]]
) -> None:
    works.append(lambda: 1 / 0)
    for number in (1, 2):
        esm_wake.set()
        eventually(lambda: len(polled) == number)  # noqa: B023 - it is called at once


def test_a_message_that_comes_during_a_poll_is_polled_for(
    polled: list[str], works: list[Callable[[], object]]
) -> None:
    works.append(esm_wake.set)
    esm_wake.set()
    eventually(lambda: polled == ["q", "q"])


def test_stop_waits_for_the_function_of_a_stream(
    polling: Polling, polled: list[str], works: list[Callable[[], object]]
) -> None:
    ended = threading.Event()

    def work() -> None:
        eventually(lambda: polling._stopped)
        time.sleep(0.02)
        ended.set()

    works.append(work)
    dynamodb._emit_stream_event("orders", "INSERT", None, {})
    eventually(lambda: polled == ["s"])
    polling.stop(5)
    assert ended.is_set()


def test_stop_waits_for_the_functions_of_queues(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_svc, "_esm_inflight", running := {"q"})
    threading.Timer(0.05, running.clear).start()
    polling.stop(5)
    assert not running
