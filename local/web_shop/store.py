"""The memory of the web shop: its orders with their states, and the IDs of the webhooks that it has seen."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

SENDING, ACCEPTED, REFUSED = "sending", "accepted", "refused"  # before the order desk has a status of its own
FIRST_REFERENCE = 5001
_TABLES = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 0, shown TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, order_id TEXT NOT NULL, type TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Kept(NamedTuple):
    """An order of the shop. `content` is what it sends, `shown` what the order desk said last, or empty."""

    id: str
    at: str
    content: Json
    state: str
    message: str
    version: int
    shown: Json


class Store:
    """A database file, for several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it."""
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, orders: Iterable[Json]) -> None:
        """Keep new orders. They are kept before they are sent, so that their IDs survive whatever happens."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._writing() as database:
            rows = [(one["orderID"], at, json.dumps(one), SENDING) for one in orders]
            database.executemany("INSERT INTO orders (id, at, content, state) VALUES (?, ?, ?, ?)", rows)

    def next_reference(self) -> str:
        """Return the shop's own number of its next order."""
        with self._writing() as database:
            number = int(self._setting("reference") or FIRST_REFERENCE)
            database.execute("REPLACE INTO settings VALUES ('reference', ?)", [str(number + 1)])
        return f"WEB-{number}"

    def answered(self, order_id: str, refusal: str) -> None:
        """Note that the inbox accepted an order, or refused it for a reason, unless more is known by now."""
        state = REFUSED if refusal else ACCEPTED
        with self._writing() as database:
            database.execute(
                "UPDATE orders SET state = ?, message = ? WHERE id = ? AND state = ?",
                [state, refusal, order_id, SENDING],
            )

    def learned(self, shown: Json) -> None:
        """Note what the order desk says of an order, unless a later version of it is known."""
        with self._writing() as database:
            self._learn(database, shown)

    def received(self, event: Json) -> bool:
        """Note an event once, however often it comes, and return whether it is new."""
        with self._writing() as database:
            row = [event["id"], event.get("orderID", ""), event["type"]]
            is_new = database.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", row).rowcount == 1
            order = event.get("order") or {}
            if is_new and "version" in order:
                self._learn(database, order)
            elif is_new and event["type"] == "order.erased":
                erased = "UPDATE orders SET state = 'erased', version = ?, shown = '{}' WHERE id = ?"
                database.execute(erased, [event["version"], event["orderID"]])
        return is_new

    def find(self, order_id: str) -> Kept | None:
        """Return an order, or None."""
        return next(self._read("WHERE id = ?", [order_id]), None)

    def latest(self, most: int) -> list[Kept]:
        """Return the latest orders, the latest first."""
        return list(self._read("ORDER BY at DESC, rowid DESC LIMIT ?", [most]))

    def waiting(self, state: str, most: int = -1) -> list[Kept]:
        """Return the orders in this state, the oldest first."""
        return list(self._read("WHERE state = ? ORDER BY at LIMIT ?", [state, most]))

    def events_of(self, ids: set[str]) -> set[str]:
        """Return the IDs of the events that came about these orders."""
        with self._lock:
            rows = self._database.execute("SELECT id, order_id FROM events").fetchall()
        return {event_id for event_id, order_id in rows if order_id in ids}

    def setting(self, name: str) -> str:
        """Return a setting, or an empty text."""
        with self._lock:
            return self._setting(name)

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        with self._writing() as database:
            database.execute("REPLACE INTO settings VALUES (?, ?)", [name, value])

    def _setting(self, name: str) -> str:
        row = self._database.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def _learn(self, database: sqlite3.Connection, shown: Json) -> None:
        database.execute(
            "UPDATE orders SET state = ?, version = ?, shown = ? WHERE id = ? AND version < ?",
            [shown["status"], shown["version"], json.dumps(shown), shown["orderID"], shown["version"]],
        )

    def _read(self, rest: str, values: list[Any]) -> Iterator[Kept]:
        columns = ", ".join(Kept._fields)
        with self._lock:
            rows = self._database.execute(f"SELECT {columns} FROM orders {rest}", values).fetchall()  # noqa: S608
        for row in rows:
            kept = Kept(*row)
            yield kept._replace(content=json.loads(row[2]), shown=json.loads(row[6]))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
