"""Receiving and deleting messages for functions, in a time that does not grow with the length of the queue.

The emulator goes through all messages of a queue several times for each batch, which took most of its time
once a few thousand orders waited. It also replaces the list of messages by a copy, from another thread than
the one that appends to it, so that a message could be lost. Here a batch is taken from the front of the
queue, and messages are deleted in place.

A message that was received too often moves to the dead-letter queue when its turn comes again, as on AWS.
"""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

MAX_BATCH = 10
EXPIRY_INTERVAL_S = 1.0  # between two looks for messages that are older than the queue's retention period

Message = dict[str, Any]
Queue = dict[str, Any]

_expired_at: dict[int, float] = {}


def install() -> None:
    """Replace the emulator's functions."""
    sqs._receive_messages_for_esm = receive
    sqs._delete_messages_for_esm = delete


def receive(url: str, count: int) -> list[Message]:
    """Return up to `count` visible messages, and make them invisible for the queue's visibility timeout."""
    with sqs._queues_lock:
        queue = sqs._get_q(url)
        count, timeout = (
            min(int(count or 1), MAX_BATCH),
            int(queue["attributes"].get("VisibilityTimeout", "30")),
        )
        _expire(queue)
        if queue["is_fifo"]:
            sqs._dlq_sweep(queue)
            fifo: list[Message] = sqs._collect_msgs(queue, count, timeout)
            return fifo
        now = time.time()
        found = list(itertools.islice(_visible(queue, now), count))
        for message in found:
            message["receipt_handle"] = sqs.new_uuid()
            message["visible_at"] = now + timeout
            message["receive_count"] += 1
            message["first_receive_at"] = message.get("first_receive_at") or now
        return found


def _visible(queue: Queue, now: float) -> Any:
    """Yield visible messages, and move those that were received too often to the dead-letter queue."""
    limit, dead_letters = _redrive(queue)
    for message in list(queue["messages"]):
        if message.get("visible_at", now) > now:
            continue
        sqs._ensure_msg_fields(message)
        if dead_letters is not None and message["receive_count"] >= limit:
            _remove(queue, message)
            system = {**message["sys"]}
            system.setdefault("DeadLetterQueueSourceArn", queue["attributes"].get("QueueArn", ""))
            dead_letters["messages"].append(
                {**message, "receipt_handle": None, "visible_at": now, "sys": system}
            )
            esm_wake.set()
        else:
            yield message


def _redrive(queue: Queue) -> tuple[int, Queue | None]:
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    limit, arn = int(policy.get("maxReceiveCount", 0)), policy.get("deadLetterTargetArn", "")
    return limit, sqs._queue_by_arn(arn) if limit and arn else None


def _expire(queue: Queue) -> None:
    now = time.time()
    if now - _expired_at.get(id(queue), 0) >= EXPIRY_INTERVAL_S:
        _expired_at[id(queue)] = now
        sqs._expire_retained(queue)


def delete(url: str, receipts: set[str]) -> None:
    """Delete the messages with these receipt handles."""
    if not receipts:
        return
    with sqs._queues_lock:
        queue = sqs._get_q(url)
        left = len(receipts)
        for message in list(queue["messages"]):
            if message.get("receipt_handle") in receipts:
                _remove(queue, message)
                left -= 1
                if not left:
                    return


def _remove(queue: Queue, message: Message) -> None:
    """Remove a message in place, so that a message that another thread appends meanwhile stays."""
    messages = queue["messages"]
    for place, one in enumerate(messages):
        if one is message:
            del messages[place]
            return
