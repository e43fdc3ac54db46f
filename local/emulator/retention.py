"""Limits on what the emulator keeps in memory although nothing reads it any more.

The emulator keeps a log stream for each invocation of a function for ever, and each record of a table's
stream for a day. With both, its memory grew by several times the size of an order for each order.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from ministack.services import cloudwatch_logs, dynamodb, lambda_svc

MAX_LOG_STREAMS = 1_000  # of one log group; each invocation of a function makes one

# Held while records are dropped or read by position, because a position counts the dropped ones.
_records_lock = threading.RLock()


def install() -> None:
    """Limit the logs, and make the reading of stream records safe against `drop_read_records`."""
    _limit_log_streams()
    for name in (
        "stream_start_position",
        "stream_end_position",
        "stream_records_since",
        "_trim_stream_records",
    ):
        setattr(dynamodb, name, _locked(getattr(dynamodb, name)))


def _renew_lock() -> None:
    """Free the lock in a fork that saves, where the thread that held it does not exist."""
    global _records_lock
    _records_lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)


def _limit_log_streams() -> None:
    emit = lambda_svc._emit_lambda_logs

    def emitted(function: dict[str, Any], *given: Any, **named: Any) -> None:
        emit(function, *given, **named)
        config = function.get("config") or function
        own = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        streams = (cloudwatch_logs._log_groups.get(own) or {}).get("streams", {})
        while len(streams) > MAX_LOG_STREAMS:
            streams.pop(next(iter(streams)), None)

    lambda_svc._emit_lambda_logs = emitted


def _locked(function: Any) -> Any:
    def locked(*given: Any, **named: Any) -> Any:
        with _records_lock:
            return function(*given, **named)

    return locked


def positions(account: str, region: str, table: str) -> list[int]:
    """Return the position of each mapping that reads a table's stream, with dropped records counted."""
    known = lambda_svc._dynamodb_stream_positions
    return [
        known.get_scoped(account, region, mapping["UUID"], 0)
        for mapping_account, mapping_region, mapping in lambda_svc._iter_all_esms()
        if (mapping_account, mapping_region) == (account, region)
        and f":table/{table}/stream/" in mapping.get("EventSourceArn", "")
    ]


def drop_read_records() -> None:
    """Drop the stream records that every mapping has read. A snapshot has only the others anyway.

    A table without mappings keeps its records for the mappings to come.
    """
    for (account, region, table), records in dynamodb._stream_records.all_items():
        with _records_lock:
            dropped = dynamodb._trimmed_count(table, account, region)
            read = min(positions(account, region, table), default=0) - dropped
            if read > 0:
                del records[:read]
                dynamodb._stream_trimmed.set_scoped(account, region, table, dropped + read)
