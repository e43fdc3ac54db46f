"""Dead letters in place of the API's: read, sent again, mended and discarded in the memory of a test."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

from tests.browser.tab import Tab

Json = dict[str, Any]
LISTED = (
    *("id", "source", "state", "reason", "advice", "version", "orderID", "customerName"),
    *("acceptedAt", "receivedAt", "tries", "excerpt", "returnedAt"),
)
AT = "2026-11-28T09:30:00.000Z"


def letter(source: str = "orders", advice: str = "gave-up", **fields: Any) -> Json:
    """A dead letter that somebody has to look at. `fields` replace or add fields."""
    letter_id = str(uuid.uuid4())
    return {
        "id": letter_id,
        "source": source,
        "state": "open",
        "reason": f"the reason of {letter_id[:8]}",
        "advice": advice,
        "version": 1,
        "acceptedAt": AT,
        "receivedAt": AT,
        "tries": 20,
        "body": json.dumps(fields.get("order", {})),
        "newOrderID": str(uuid.uuid4()),
        "history": [{"at": AT, "by": "system", "event": "received", "reason": "it was put aside"}],
        **fields,
    }


def order_letter(advice: str = "other", **order: Any) -> Json:
    """The dead letter of an order with these fields."""
    order = {
        "orderID": str(uuid.uuid4()),
        "customer": {"name": "Ann Smith", "email": "ann@shop.example"},
        "items": [{"sku": "BT-BLEACH", "quantity": 2}],
        **order,
    }
    return letter(
        advice=advice, order=order, orderID=order["orderID"], customerName=order["customer"]["name"]
    )


class Letters:
    """Answers the calls about these letters. `on_sent(letter, body)` decides what becomes of a sent one."""

    def __init__(self, tab: Tab, *letters: Json, on_sent: Callable[[Json, Json], None] | None = None) -> None:
        self.letters = {one["id"]: one for one in letters}
        self.on_sent = on_sent
        self.calls: list[tuple[str, str, Json]] = []
        self.lose_next_answer = False  # of a sending
        tab.page.route(re.compile(r"/api/dead-letters"), self._answer)

    def note(self, found: Json, event: str, **fields: str) -> None:
        """Add an entry to the history of a letter, which is then a new version."""
        found["history"].append({"at": AT, "by": "admin@shop.example", "event": event, **fields})
        found["version"] += 1

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        parts = address.path.split("/dead-letters")[1].strip("/").split("/")
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        method, body = route.request.method, route.request.post_data_json or {}
        if not parts[0]:
            return route.fulfill(json=self._list(asked))
        found = self.letters.get(parts[0])
        if method != "GET":
            self.calls.append((method, parts[0], {**asked, **body}))
        if not found:
            return refuse(route, 404, "No such dead letter")
        if (
            method != "GET"
            and route.request.headers.get("if-match", f'"{found["version"]}"') != f'"{found["version"]}"'
        ):
            error = {"code": "precondition_failed", "message": "Changed"}
            return route.fulfill(status=412, json={"error": error, "deadLetter": listed(found)})
        if method == "POST":
            return self._redrive(route, found, body)
        if method == "DELETE":
            found["state"] = "discarded"
            self.note(found, "discarded", note=asked.get("reason", ""))
            return route.fulfill(status=204)
        return route.fulfill(json=found)

    def _redrive(self, route: Route, found: Json, body: Json) -> None:
        if found["state"] == "sent" and "body" in body:
            return refuse(route, 409, "It was sent already")
        found["state"] = "sent"
        if "body" in body:
            found["body"] = json.dumps(body["body"])
        self.note(
            found,
            "mended" if "body" in body else "sent",
            **({"note": body["note"]} if "note" in body else {}),
        )
        answer = json.loads(json.dumps(found))
        if self.on_sent:
            self.on_sent(found, body)
        if self.lose_next_answer:
            self.lose_next_answer = False
            return route.abort("connectionreset")
        return route.fulfill(status=202, json=answer)

    def _list(self, asked: Json) -> Json:
        wanted = {name: asked[name] for name in ("state", "source") if name in asked}
        found = [one for one in self.letters.values() if wanted.items() <= one.items()]
        start, limit = int(asked.get("cursor", 0)), int(asked.get("limit", 50))
        more = str(start + limit) if len(found) > start + limit else None
        return {"deadLetters": [listed(one) for one in found[start : start + limit]], "nextCursor": more}


def listed(found: Json) -> Json:
    """A letter as lists and errors of the API have it."""
    return {name: found[name] for name in LISTED if name in found}


def refuse(route: Route, status: int, message: str) -> None:
    """Answer with an error."""
    route.fulfill(status=status, json={"error": {"code": "refused", "message": message}})
