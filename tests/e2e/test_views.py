"""The views, computed from the stream of orders: search, sorting, counts, activity, sales and customers."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import quote

import pytest

from tests.system import ROOT, Json, System, eventually, new_order

SALES = {"placed", "packed", "shipped", "delivered"}
Rows = dict[tuple[str, ...], Json]


def _unique_word() -> str:
    """Return a new word. No other word in the system begins with it."""
    return f"w{uuid.uuid4().hex[:10]}"


def _place(system: System, quantity: int = 1, **customer: str) -> Json:
    whole = {"name": "Maria Okafor", "email": f"{_unique_word()}@hotel.example", **customer}
    order = new_order([{"sku": "SC-101", "quantity": quantity}], customer=whole)
    system.place(order)
    return system.order(order["orderID"])


def _pages(system: System, path: str, what: str) -> Iterator[Json]:
    """Yield all entries of a list, page by page."""
    cursor: str | None = ""
    while cursor is not None:
        page = system.call("GET", f"{path}&cursor={cursor}").document
        yield from page[what]
        cursor = page["nextCursor"]


def _find(system: System, query: str) -> list[str]:
    return [order["orderID"] for order in _pages(system, f"/orders?{query}", "orders")]


def _updater(system: System) -> Json:
    functions = system.client("lambda").list_functions(MaxItems=100)["Functions"]
    return next(one for one in functions if one["Handler"] == "lambdas.handlers.update_views.handler")


def _rows(system: System) -> dict[str, Rows]:
    """Return all items of the tables that contain the views, by table and key."""
    environment = _updater(system)["Environment"]["Variables"]
    database, rows = system.client("dynamodb"), {}
    for name in ("SHOP_TALLIES_TABLE", "SHOP_CUSTOMERS_TABLE", "SHOP_SALES_TABLE", "SHOP_TERMS_TABLE"):
        table = environment[name]
        schema = database.describe_table(TableName=table)["Table"]["KeySchema"]
        keys = [key["AttributeName"] for key in schema]
        pages = database.get_paginator("scan").paginate(TableName=table)
        rows[name] = {tuple(item[key]["S"] for key in keys): item for page in pages for item in page["Items"]}
    return rows


def _orders(system: System) -> list[Json]:
    """Return the orders in the table that are not erased."""
    return [one for one in system.table("ordersTable").values() if "erasedAt" not in one]


def _counts(system: System) -> Counter[str]:
    return Counter(system.call("GET", "/reports/workload").document["counts"])


def _wait_for_counts(system: System) -> None:
    """Wait until the workload report counts every order under its status."""
    eventually(
        lambda: _counts(system) == Counter(order["status"]["S"] for order in _orders(system)),
        what="every order counted in its status",
    )


def test_search_finds_an_order_by_beginnings_of_words(system: System) -> None:
    name, company, mail = _unique_word(), _unique_word(), _unique_word()
    order = _place(system, name=f"Zoë {name}", company=f"{company} & Söhne", email=f"{mail}@hotel.example")
    other = _place(system, name=f"Zoë {name}")
    eventually(lambda: len(_find(system, f"q={name}")) == 2, what="both orders found")
    assert _find(system, f"q={name}") == [other["orderID"], order["orderID"]]  # newest first
    for words in (order["orderID"], order["orderID"][:8], company[:6], mail.upper(), f"zoe {company} sohn"):
        assert _find(system, f"q={quote(words)}&limit=100") == [order["orderID"]], words
    for query in (
        f"q={company[1:]}",
        f"q={company}x",
        f"q={company}&status=packed",
        f"q={company}+{_unique_word()}",
    ):
        assert _find(system, query) == [], query
    assert _find(system, f"q={name}&status=placed&customer={mail}@hotel.example") == [order["orderID"]]


def test_search_finds_an_edited_order_only_by_new_words(system: System) -> None:
    before, after = _unique_word(), _unique_word()
    order = _place(system, name=before)
    eventually(lambda: _find(system, f"q={before}") == [order["orderID"]], what="the order found")
    edit = {"customer": {**order["customer"], "name": after}, "items": [{"sku": "SC-101", "quantity": 1}]}
    path = f"/orders/{order['orderID']}"
    assert system.call("PUT", path, edit, headers={"If-Match": '"1"'}).status == 200
    eventually(lambda: _find(system, f"q={after}") == [order["orderID"]], what="found by its new name")
    assert _find(system, f"q={before}") == []


def test_orders_are_sorted_by_total_and_by_age(system: System) -> None:
    orders = [_place(system, quantity) for quantity in (2, 90_000, 50_000)]
    mine = {order["orderID"] for order in orders}
    small, large, middle = (order["orderID"] for order in orders)
    wanted = {
        "newest": [middle, large, small],
        "oldest": [small, large, middle],
        "largest": [large, middle, small],
        "smallest": [small, middle, large],
    }
    for sort, expected in wanted.items():
        for narrowed in ("", "&status=placed"):
            found = list(_pages(system, f"/orders?limit=40&sort={sort}{narrowed}", "orders"))
            assert [one["orderID"] for one in found if one["orderID"] in mine] == expected, (sort, narrowed)
            if sort in ("largest", "smallest"):
                totals = [one["total"] for one in found]
                assert totals == sorted(totals, reverse=sort == "largest")
    everything = _find(system, "sort=largest&limit=100")
    assert len(everything) == len(set(everything)) == len(_orders(system))


@pytest.mark.parametrize(
    "narrowed", ["q=maria", "customer=a@hotel.example", "from=2026-01-01", "to=2026-01-01"]
)
def test_list_sorted_by_total_allows_only_the_status_filter(system: System, narrowed: str) -> None:
    response = system.call("GET", f"/orders?sort=largest&{narrowed}")
    assert response.status == 400
    assert [field["path"] for field in response.error["fields"]] == ["sort"]


def test_workload_report_counts_orders_by_status(system: System) -> None:
    _wait_for_counts(system)
    before = _counts(system)
    first, _ = _place(system), _place(system)
    assert system.call("PATCH", f"/orders/{first['orderID']}", {"status": "packed"}).status == 200
    wanted = before + Counter(placed=1, packed=1)
    eventually(lambda: _counts(system) == wanted, what="one more placed, one more packed")
    assert set(_counts(system)) == {"placed", "packed", "shipped", "delivered", "cancelled", "rejected"}


def test_activity_report_equals_the_sums_of_the_orders(system: System) -> None:
    cancelled = _place(system, 7)
    assert system.call("PATCH", f"/orders/{cancelled['orderID']}", {"status": "cancelled"}).status == 200
    _wait_for_counts(system)
    day = cancelled["createdAt"][:10]
    period = f"from={day}T00:00:00Z&to={day}T23:59:59Z"
    report = system.call("GET", f"/reports/activity?{period}").document
    orders = [order for order in _orders(system) if order["createdAt"]["S"].startswith(day)]
    sales = [order for order in orders if order["status"]["S"] in SALES]
    of = Counter(order["status"]["S"] for order in orders)
    assert report["currency"] == "GBP"
    figures = ("orders", "revenue", "charges", "placed", "packed")
    assert {name: sum(slot[name] for slot in report["slots"]) for name in figures} == {
        "orders": len(sales),
        "revenue": sum(int(order["total"]["N"]) for order in sales),
        "charges": sum(int(order.get("chargeTotal", {"N": "0"})["N"]) for order in sales),
        "placed": of["placed"],
        "packed": of["packed"],
    }
    instants = [slot["at"] for slot in report["slots"]]
    assert instants == sorted(instants)
    assert {at[14:] for at in instants} <= {f"{minute}:00.000Z" for minute in ("00", "15", "30", "45")}
    assert system.call("GET", "/reports/activity?from=2026-01-01&to=2026-02-01").status == 400
    after = date.fromisoformat(day) + timedelta(days=1)
    parts = system.call("GET", f"/reports/sales?edges={day},{day}T12:00Z,{after}").document["sales"]
    assert [one["until"] for one in parts] == [f"{day}T12:00:00.000Z", f"{after}T00:00:00.000Z"]
    for name in ("orders", "revenue", "charges"):
        assert sum(one[name] for one in parts) == sum(slot[name] for slot in report["slots"])
    assert system.call("GET", f"/reports/sales?edges={day}").status == 400


def test_customer_has_the_count_and_total_of_their_orders(system: System) -> None:
    email, word = f"{_unique_word()}@hotel.example", _unique_word()
    first = _place(system, 2, email=email, name="Old Name")
    last = _place(system, 3, email=email.upper(), name=f"Ana {word}", company="Riverside")
    row = _wait_for_customer(system, email, orders=2)
    assert row.pop("version") >= 1  # for a change of the note; lists have none
    assert row == {
        **{"email": email, "name": f"Ana {word}", "company": "Riverside", "orders": 2, "sales": 2},
        **{"total": first["total"] + last["total"], "currency": "GBP"},
        **{"lastOrderAt": last["createdAt"], "lastOrderID": last["orderID"]},
    }
    listed = list(_pages(system, "/customers?limit=20", "customers"))
    assert listed[0] == row
    times = [one["lastOrderAt"] for one in listed]
    assert times == sorted(times, reverse=True)
    assert system.call("GET", f"/customers?q={word}+river").document["customers"] == [row]
    assert system.call("PATCH", f"/orders/{last['orderID']}", {"status": "cancelled"}).status == 200
    row = _wait_for_customer(system, email, sales=1)
    assert (row["orders"], row["total"]) == (2, first["total"])


def _wait_for_customer(system: System, email: str, **figures: int) -> Json:
    """Wait until a customer has these figures, and return the customer."""
    found: list[Json] = []

    def counted() -> bool:
        found[:] = [system.call("GET", f"/customers/{quote(email)}").document]
        return figures.items() <= found[0].items()

    eventually(counted, what=f"{email} with {figures}")
    return found[0]


def test_erased_order_leaves_nothing_in_the_views(system: System) -> None:
    word = _unique_word()
    order = _place(system, name=word, email=f"{word}@hotel.example")
    _wait_for_customer(system, order["customer"]["email"], orders=1)
    assert system.call("DELETE", f"/orders/{order['orderID']}", who="admin").status == 204
    eventually(lambda: word not in str(_rows(system)), what="no word left")
    assert system.call("GET", f"/customers/{order['customer']['email']}").status == 404
    assert _find(system, f"q={word}") == []
    _wait_for_counts(system)


def test_redelivered_stream_batch_changes_nothing(system: System) -> None:
    _wait_for_counts(system)
    order = _place(system)
    before = system.table("ordersTable")[order["orderID"]]
    assert system.call("PATCH", f"/orders/{order['orderID']}", {"status": "packed"}).status == 200
    after = system.table("ordersTable")[order["orderID"]]
    _wait_for_counts(system)
    _wait_for_customer(system, order["customer"]["email"], orders=1)
    eventually(lambda: _find(system, f"q={order['orderID']}"), what="the order found")
    rows = _rows(system)
    records = [_record("INSERT", NewImage=before), _record("MODIFY", OldImage=before, NewImage=after)]
    for batch in (records, records[::-1], records * 2):
        assert _invoke(system, batch) == {"batchItemFailures": []}
        assert _rows(system) == rows


def _record(event: str, **images: Json) -> Json:
    return {"eventID": uuid.uuid4().hex, "eventName": event, "dynamodb": {"SequenceNumber": "1", **images}}


def _invoke(system: System, records: list[Json]) -> Json:
    response = system.client("lambda").invoke(
        FunctionName=_updater(system)["FunctionName"], Payload=json.dumps({"Records": records})
    )
    result: Json = json.loads(response["Payload"].read())
    return result


def test_invalid_stream_record_becomes_a_dead_letter_in_the_workload_report(system: System) -> None:
    waiting = _dead_letters(system)
    broken = _record("INSERT", NewImage={"orderID": {"S": str(uuid.uuid4())}})
    assert _invoke(system, [broken]) == {"batchItemFailures": []}
    more = {**waiting, "views": waiting["views"] + 1}
    eventually(lambda: _dead_letters(system) == more, what="the dead letter in the report")
    [letter] = system.dead_letters(broken["eventID"])
    assert json.loads(letter["body"]) == broken
    assert "could not be counted" in letter["reason"]
    gone = system.call("DELETE", f"/dead-letters/{letter['id']}?reason=tested", who="admin")
    assert gone.status == 204
    eventually(lambda: _dead_letters(system) == waiting, what="no dead letter in the report")


def test_a_mail_and_a_count_that_are_sent_again_reach_their_functions(system: System) -> None:
    """The letters are of changes that were announced and counted, so that nothing may happen twice."""
    order = new_order()
    system.place(order)
    system.order(order["orderID"])
    _wait_for_counts(system)
    eventually(lambda: system.mails_about(order["orderID"]), what="the mail")
    image = system.table("ordersTable")[order["orderID"]]
    record = _record("INSERT", NewImage=image, Keys={"orderID": image["orderID"]})
    counted = _counts(system)
    for queue in ("notificationDeadLetterQueueUrl", "viewDeadLetterQueueUrl"):
        system.client("sqs").send_message(QueueUrl=system.outputs[queue], MessageBody=json.dumps(record))
    eventually(lambda: len(system.dead_letters(record["eventID"])) == 2, what="the dead letters")
    for letter in system.dead_letters(record["eventID"]):
        assert letter["change"] == {"event": "INSERT", "number": int(image["number"]["N"]), "to": "placed"}
        assert system.call("POST", f"/dead-letters/{letter['id']}/redrive", {}, who="admin").status == 202
    eventually(lambda: _waiting_again(system) == 0, what="the changes that were sent again")
    assert {one["state"] for one in system.dead_letters(record["eventID"])} == {"sent"}
    assert len(system.mails_about(order["orderID"])) == 1
    assert _counts(system) == counted


def _waiting_again(system: System) -> int:
    """Return how many changes wait in the queues of what was sent again, or are being processed."""
    sqs = system.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queues = [url for url in sqs.list_queues()["QueueUrls"] if "-again" in url]
    assert len(queues) == 3
    found = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"] for url in queues]
    return sum(int(one[name]) for one in found for name in names)


def _dead_letters(system: System) -> dict[str, int]:
    waiting: dict[str, int] = system.call("GET", "/reports/workload").document["deadLetters"]
    return waiting


BEGINNINGS = ("front/", "100%", "a%2fb", "%25", "a+b", "zoë?#&", "../")


@pytest.mark.parametrize("via", ["site", "api"])
def test_customers_with_percent_signs_and_slashes_in_their_address_are_found(
    system: System, via: str
) -> None:
    emails = [f"{beginning}{_unique_word()}@shop.example" for beginning in BEGINNINGS]
    for email in emails:
        system.place(new_order(customer={"name": "Maria Okafor", "email": email}))

    def found(email: str) -> str | None:
        response = system.call("GET", f"/customers/{quote(email, safe='')}", via=via)
        return str(response.document["email"]) if response.status == 200 else None

    eventually(lambda: [found(email) for email in emails] == emails, what="every customer found")


def test_a_rebuild_while_orders_come_in_mends_what_was_wrong(system: System) -> None:
    environment, database = _updater(system)["Environment"]["Variables"], system.client("dynamodb")
    before = _place(system)
    email = before["customer"]["email"]
    _wait_for_counts(system)
    for table, key, wrong in (
        ("SHOP_TALLIES_TABLE", {"tally": "status#0", "slot": "all"}, "placed"),
        ("SHOP_CUSTOMERS_TABLE", {"email": email}, "orders"),
        ("SHOP_SALES_TABLE", {"product": "SC-101", "period": "GBP#all"}, "units"),
    ):
        database.update_item(
            TableName=environment[table],
            Key={name: {"S": value} for name, value in key.items()},
            UpdateExpression=f"ADD {wrong} :more",
            ExpressionAttributeValues={":more": {"N": "40"}},
        )
    command = [sys.executable, "-m", "local", "rebuild", "--state", str(system.folder / "state")]
    rebuild = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    placed = []
    while rebuild.poll() is None:
        placed.append(_place(system, email=email))
    assert rebuild.stdout
    printed = rebuild.stdout.read().decode()
    assert rebuild.returncode == 0, printed
    assert "customers 1" in printed
    _wait_for_counts(system)

    def ordered() -> int:
        return int(system.call("GET", f"/customers/{quote(email)}").document["orders"])

    eventually(lambda: ordered() == len(placed) + 1, what="all orders of the customer counted")
    sold = sum(
        int(line["M"]["quantity"]["N"])
        for order in _orders(system)
        if order["status"]["S"] in SALES
        for line in order["items"]["L"]
        if line["M"]["sku"]["S"] == "SC-101"
    )

    def best() -> dict[str, int]:
        items = system.call("GET", "/reports/top-sellers?limit=100").document["items"]
        return {one["sku"]: one["units"] for one in items}

    eventually(lambda: best().get("SC-101") == sold, what="the best sellers as the orders say")
