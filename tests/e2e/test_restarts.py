"""Stops, crashes and restarts: nothing is lost and nothing is done twice.

The shop of this system takes orders without an e-mail address, because no other system of the tests does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from local.sample import trade
from local.web_shop import spike
from local.web_shop.store import REFUSED, Store
from tests.e2e import customer_spike
from tests.e2e.faults import Relay, kill_functions
from tests.e2e.spike import held, inbox_through, received, short_visibility
from tests.system import ROOT, STOP_TIMEOUT_S, Json, System, active_skus, eventually, free_port, new_order

ONE_SECOND = 1.0


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Yield a system only for the tests in this file, which stop it. Each test leaves the system running."""
    settings = {"orderWithoutEmail": True}
    running = System(tmp_path_factory.mktemp("mortal"), settings=settings).start()
    yield running
    running.assert_all_accounted()
    assert running.stop() == 0, running.printed


def test_an_order_without_email_goes_the_whole_way_and_makes_no_customer(restarted: System) -> None:
    walk_in = {"name": "Wanda Walkin", "phone": "020 7946 0000"}
    order = new_order([{"sku": "SC-101", "quantity": 3}], customer=walk_in)
    restarted.place(order)
    stored = restarted.order(order["orderID"])
    assert (stored["status"], stored["customer"]) == ("placed", walk_in)
    eventually(lambda: _found(restarted, "/orders?q=walkin"), what="the order in the search")
    assert [one["customer"] for one in _found(restarted, "/orders?q=walkin")] == [walk_in]
    later = _place(restarted)["customer"]["email"]
    eventually(lambda: _found(restarted, f"/customers?q={later}"), what="a later customer")
    assert _found(restarted, "/customers?q=wanda") == []
    eventually(lambda: restarted.mails_about(order["orderID"]), what="the mail")
    [mail] = restarted.mails_about(order["orderID"])
    number, total = f"#{stored['number']}", f"GBP {stored['total'] / 100:.2f}"
    assert (mail["to"], mail["subject"]) == (
        "orders@shop.example",
        f"New order {number} from Wanda Walkin: {total}, 1 line",
    )
    assert "Customer:  Wanda Walkin\n" in mail["body"]
    nameless = new_order(customer={"phone": "020 7946 0000"})
    assert restarted.call("POST", "/orders", nameless).status == 400


def _found(system: System, path: str) -> list[Json]:
    """Return the orders or customers that a search finds."""
    document = system.call("GET", path).document
    found: list[Json] = document["orders"] if "orders" in document else document["customers"]
    return found


def _place(system: System) -> Json:
    order = new_order()
    system.place(order)
    stored = system.order(order["orderID"])
    eventually(lambda: system.mails_about(order["orderID"]), what="the mail")
    return stored


@contextmanager
def _nothing_lost(system: System) -> Iterator[list[Json]]:
    """Assert that all orders and mails from before the `with` block are there after it. Yield the mails."""
    _place(system)
    orders, mails = system.table("ordersTable"), system.mails()
    yield mails
    found = system.table("ordersTable")
    assert {name: found.get(name) for name in orders} == orders
    assert system.mails()[: len(mails)] == mails


def test_stop_and_start_loses_nothing_and_mails_nothing_twice(restarted: System) -> None:
    resources = (restarted.folder / "state" / "resources.jsonl").read_text()
    queued = [new_order() for _ in range(10)]
    with _nothing_lost(restarted) as mails:
        restarted.send_to_queue(*(json.dumps(order) for order in queued))
        with _accounts_kept(restarted), _sample_shop_kept(restarted), _catalog_packed(restarted):
            assert restarted.stop() == 0, restarted.printed
            assert "Traceback" not in restarted.printed
            restarted.start()
        assert all(restarted.order(order["orderID"])["status"] == "placed" for order in queued)
        _place(restarted)
    assert len(restarted.mails()) == len(mails) + len(queued) + 1
    assert all(len(restarted.mails_about(order["orderID"])) == 1 for order in queued)
    assert (restarted.folder / "state" / "resources.jsonl").read_text() == resources
    _assert_parts_of_the_start_printed(restarted)


@contextmanager
def _accounts_kept(system: System) -> Iterator[None]:
    """Assert that what admins did with accounts is not undone by the start in the `with` block."""
    clerk = system.people()[system.outputs["local"]["staff"]["email"]]
    change = {"groups": ["staff", "admin"], "enabled": False}
    assert system.call("PATCH", f"/people/{clerk['sub']}", change, who="admin").status == 200
    invited = {"email": "new@shop.example", "group": "admin"}
    assert system.call("POST", "/people", invited, who="admin").status == 201
    before = system.people()
    yield
    assert system.people() == before
    changed = before[clerk["email"]]
    assert (changed["groups"], changed["state"]) == (["staff", "admin"], "disabled")
    back = {"groups": ["staff"], "enabled": True}
    assert system.call("PATCH", f"/people/{clerk['sub']}", back, who="admin").status == 200


@contextmanager
def _sample_shop_kept(system: System) -> Iterator[None]:
    """Assert that the start in the `with` block connects no other shop, and that the secret still works."""
    shop, shops = system.outputs["machine"], system.call("GET", "/shops", who="admin").document["shops"]
    assert [one["id"] for one in shops] == [shop["clientId"]]
    yield
    assert system.outputs["machine"] == shop
    assert system.call("GET", "/shops", who="admin").document["shops"] == shops
    names = {"client_id": shop["clientId"], "client_secret": shop["clientSecret"]}
    form = {"grant_type": "client_credentials", "scope": system.outputs["machineScope"], **names}
    with urlopen(system.outputs["machineTokenUrl"], urlencode(form).encode()) as answer:
        assert json.load(answer)["expires_in"] == 3600


def _assert_parts_of_the_start_printed(system: System) -> None:
    """Assert that a start without changes prints its parts, and has no sample data to write."""
    line = next(one for one in system.printed.splitlines() if one.startswith("ready in "))
    assert all(part in line for part in ("emulator", "program", "mailbox"))
    assert "sample data" not in line


@contextmanager
def _catalog_packed(system: System) -> Iterator[None]:
    """Assert that the start in the `with` block makes the pack of the catalog, which lists of products read.

    The state of an earlier release has none.
    """
    listed = _catalog(system)
    assert listed["count"] > 0
    store, table = system.client("dynamodb"), system.outputs["termsTable"]
    for row in store.scan(TableName=table)["Items"]:
        if row["term"]["S"].startswith("catalog"):
            store.delete_item(TableName=table, Key={name: row[name] for name in ("term", "listKey")})
    assert _catalog(system)["count"] == 0
    yield
    assert _catalog(system) == listed


def _catalog(system: System) -> Json:
    found: Json = system.call("GET", "/products?limit=100", who="admin").document
    return found


def test_kill_loses_at_most_a_second_and_mails_nothing_twice(restarted: System) -> None:
    last = new_order()
    with _nothing_lost(restarted):
        restarted.wait_for_save()
        restarted.place(last)
        _kill(restarted, "command")
        restarted.start()
    _assert_sent_again_is_mailed_once(restarted, last)


def _assert_sent_again_is_mailed_once(system: System, order: Json) -> None:
    """A sender without a response sends an order again, whether the system has it or not."""
    system.place(order)
    assert system.order(order["orderID"])["status"] == "placed"
    _place(system)
    assert len(system.mails_about(order["orderID"])) == 1
    assert _duplicates(system.mails()) == []


def _duplicates(mails: list[Json]) -> list[str]:
    counted = Counter((mail["subject"], mail["body"]) for mail in mails)
    return [f"{times} times: {subject}\n{body}" for (subject, body), times in counted.items() if times > 1]


def _kill(system: System, victim: str) -> None:
    assert system.process
    if victim == "command":
        system.process.kill()
        system.process.wait()  # the next start waits until the emulator has noticed and gone as well
    else:
        system.kill_emulator()
        assert system.process.wait(STOP_TIMEOUT_S) == 1
        assert "The emulator has stopped" in system.printed


def test_pending_work_is_retried_at_once_after_the_emulator_was_killed(restarted: System) -> None:
    """A received order and a failed mail are retried without waiting for the visibility timeout."""
    unmailed, unwritten, last = new_order(), new_order(), new_order()
    with _nothing_lost(restarted):
        notifier = _remove_policy(restarted, "lambdas.handlers.notify.handler")
        restarted.place(unmailed)
        restarted.order(unmailed["orderID"])
        writer = _remove_policy(restarted, "lambdas.handlers.write_orders.handler")
        restarted.place(unwritten)
        eventually(lambda: restarted.in_flight() == 1, what="the writer tried")
        restarted.client("iam").put_role_policy(**writer)
        restarted.wait_for_save()
        restarted.place(last)
        _kill(restarted, "emulator")
        restarted.start()
        try:
            assert restarted.mails_about(unmailed["orderID"]) == []
            assert restarted.order(unwritten["orderID"])["status"] == "placed"
        finally:
            restarted.client("iam").put_role_policy(**notifier)
        eventually(lambda: restarted.mails_about(unmailed["orderID"]), what="the mail")
    _assert_sent_again_is_mailed_once(restarted, last)
    assert len(restarted.mails_about(unmailed["orderID"])) == 1


def _remove_policy(system: System, handler: str) -> dict[str, str]:
    """Remove a function's policy, and return the parameters that restore it."""
    roles = system.client("iam")
    functions = system.client("lambda").list_functions(MaxItems=100)["Functions"]
    role = next(one["Role"] for one in functions if one["Handler"] == handler).rsplit("/", 1)[1]
    [name] = roles.list_role_policies(RoleName=role)["PolicyNames"]
    document = roles.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    roles.delete_role_policy(RoleName=role, PolicyName=name)
    return {"RoleName": role, "PolicyName": name, "PolicyDocument": json.dumps(document)}


def _run_up(port: int, state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", "up", "--port", str(port), "--state", str(state)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_taken_port_prints_one_line_and_starts_nothing(restarted: System, tmp_path: Path) -> None:
    refused = _run_up(restarted.port, tmp_path / "state")
    assert refused.returncode in (1, 2)
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert f"Port {restarted.port} is taken" in refused.stderr
    assert not (tmp_path / "state" / "emulator").exists()


def test_two_systems_cannot_share_a_state_folder(restarted: System) -> None:
    refused = _run_up(free_port(), restarted.folder / "state")
    assert refused.returncode in (1, 2)
    assert "in use by another system" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert restarted.call("GET", "/orders").status == 200


def test_another_port_keeps_orders_and_passwords_after_two_starts_that_failed(restarted: System) -> None:
    """The first finds the port of the emulator taken, and the second is stopped as it comes up."""
    order, staff = _place(restarted), restarted.outputs["local"]["staff"]
    _set_password(restarted, staff["email"], "Another-desk-1")
    port = int(restarted.outputs["local"]["endpointUrl"].rsplit(":", 1)[1])
    _assert_stops(restarted)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        refused = _run_up(restarted.port, restarted.folder / "state")
    assert refused.returncode in (1, 2)
    assert f"Port {port} is taken" in refused.stderr
    restarted.spawn()
    eventually(lambda: "Coming up" in restarted.printed)
    time.sleep(ONE_SECOND)
    _assert_stops(restarted)
    restarted.port = free_port()
    restarted.start()
    assert restarted.sign_in(staff["email"], "Another-desk-1")["IdToken"]
    _set_password(restarted, staff["email"], staff["password"])
    assert restarted.outputs["siteUrl"] == f"http://localhost:{restarted.port}"
    assert f"localhost:{restarted.port}" in restarted.outputs["signInUrl"]
    assert restarted.order(order["orderID"]) == order
    response = restarted.call("GET", "/orders", who=None, via="api")
    assert response.headers["access-control-allow-origin"] == restarted.outputs["siteUrl"]


def _assert_stops(system: System) -> None:
    """Press Ctrl-C."""
    assert system.stop(signal.SIGINT) == 0, system.printed
    assert "Traceback" not in system.printed


def _set_password(system: System, email: str, password: str) -> None:
    system.client("cognito-idp").admin_set_user_password(
        UserPoolId=system.outputs["userPoolId"], Username=email, Password=password, Permanent=True
    )


def test_every_url_in_the_outputs_is_local(restarted: System) -> None:
    def urls(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for one in value.values():
                yield from urls(one)
        elif isinstance(value, str) and "://" in value:
            yield value

    found = list(urls(restarted.outputs))
    assert len(found) >= 7
    assert all(url.startswith(("http://localhost:", "http://127.0.0.1:")) for url in found), found
    assert {"siteUrl", "apiUrl", "region", "userPoolId", "userPoolClientId", "signInUrl"} <= set(
        restarted.outputs
    )


def test_start_after_an_interrupted_fresh_start_builds_a_new_system(restarted: System) -> None:
    """It begins with weeks of trade, as every new system does outside the tests."""
    order, resources = _place(restarted), restarted.folder / "state" / "resources.jsonl"
    assert restarted.stop() == 0
    restarted.sample_weeks = trade.WEEKS
    cut_off = restarted.spawn("--fresh")
    eventually(lambda: "Building a new system" in restarted.printed)
    eventually(lambda: resources.exists() and resources.read_text().count("\n") > 10, what="half a system")
    cut_off.kill()
    cut_off.wait()
    half = _ids(resources)
    restarted.start()
    assert not half & _ids(resources)
    assert order["orderID"] not in restarted.table("ordersTable")
    assert "sample data" in restarted.printed
    statuses = Counter(item["status"]["S"] for item in restarted.table("ordersTable").values())
    assert statuses["delivered"] > 200
    eventually(lambda: len(_best_sellers(restarted)) == 20, what="best sellers")
    eventually(lambda: len(restarted.mails()) >= statuses["placed"] + statuses["rejected"], what="mails")
    assert len(restarted.mails()) < 40
    _place(restarted)


def _best_sellers(system: System) -> list[Json]:
    found: list[Json] = system.call("GET", "/reports/top-sellers?period=all").document["items"]
    return found


def _ids(resources: Path) -> set[str]:
    """Return the physical names of the roles in the journal."""
    lines = [json.loads(line) for line in resources.read_text().splitlines()]
    return {one["id"] for _, one in lines if one and "aws:iam/role:Role" in one["urn"]}


def test_a_spike_of_a_shop_with_faults_loses_and_doubles_nothing(restarted: System, tmp_path: Path) -> None:
    """The shop sends from 8 connections, each 20th order twice, and each 100th order malformed.

    Its tokens end meanwhile. Twice, its network is cut and all functions are killed. Events wait until then,
    because one whose try was killed waits a minute. With SPIKE_ORDERS=20000 they do not, and it takes longer.
    """
    number = int(os.environ.get("SPIKE_ORDERS", "300"))
    waiting = held("webhooks-queue", restarted)
    events = waiting if "SPIKE_ORDERS" not in os.environ else contextlib.nullcontext()
    emulator = json.loads((restarted.folder / "state" / "system.json").read_text())["emulator"]
    relay, cut = Relay(urlsplit(restarted.outputs["inboxUrl"]).port or 80), list[int]()

    def fault() -> None:
        eventually(lambda: kill_functions(emulator), what="a function that runs")
        cut.append(relay.cut())
        Timer(0.3, relay.mend).start()

    with (
        contextlib.closing(relay),
        short_visibility(restarted),
        contextlib.closing(Store(tmp_path / "orders.db")) as store,
        received(restarted, store) as answers,
    ):
        made = spike.orders([{"sku": sku} for sku in active_skus()], number, seed=1)
        with inbox_through(relay, restarted) as inbox, events:
            inbox.interrupt((number // 3, number * 2 // 3), fault)
            outcome = spike.run(inbox, store, made, say=lambda _: None)
        assert (outcome.refused, outcome.missing, outcome.rejected) == (number // 100, 0, 0)
        assert len(cut) == 2
        assert min(cut) > 0
        assert outcome.retries > 0
        sent = {one["orderID"]: one for one in made}
        stored = {key: item for key, item in restarted.table("ordersTable").items() if key in sent}
        refused = {one.id for one in store.latest(number) if one.state == REFUSED}
        assert stored.keys() == sent.keys() - refused
        assert all("name" not in sent[key]["customer"] for key in refused)
        for key in list(stored)[:10]:
            move = {"status": "packed"}
            assert restarted.call("PATCH", f"/orders/{key}", move, headers={"If-Match": "1"}).status == 200
        changes = {f"{key}#1" for key in stored} | {f"{key}#2" for key in list(stored)[:10]}
        told, within = lambda: store.events_of(set(sent)) == changes, 60 + number / 10
        eventually(told, within, "an event for each change, and no other")
        assert set(answers) == {204}  # each signature was valid
    restarted.assert_all_accounted()
    numbers = [int(item["number"]["N"]) for item in stored.values()]
    assert len(set(numbers)) == len(numbers)


def test_a_spike_of_customers_with_faults_loses_and_doubles_nothing(restarted: System) -> None:
    """Twice, the network is cut and all functions are killed. With SPIKE_CUSTOMERS=10000 it takes longer.

    Mails wait until then: one whose function is killed right after SES took it is sent again (decision 247).
    """
    number = int(os.environ.get("SPIKE_CUSTOMERS", "150"))
    emulator = json.loads((restarted.folder / "state" / "system.json").read_text())["emulator"]
    relay, cut = Relay(urlsplit(restarted.outputs["storefrontApiUrl"]).port or 80), list[int]()

    def fault() -> None:
        eventually(lambda: kill_functions(emulator), what="a function that runs")
        cut.append(relay.cut())
        Timer(0.3, relay.mend).start()

    sent = customer_spike.orders(number, customers=number // 10)
    with contextlib.closing(relay), short_visibility(restarted):
        at = (number // 3, number * 2 // 3)
        with held("customer-mails-queue", restarted):
            repeats = customer_spike.send(restarted, relay, sent, at, fault)
        assert (len(cut), min(cut) > 0, repeats > 0) == (2, True, True)
        email_of = {order["orderID"]: email for email, order in sent}
        within = 60 + number / 10
        eventually(lambda: email_of.keys() <= restarted.table("ordersTable").keys(), within, "all stored")
        stored = {key: one for key, one in restarted.table("ordersTable").items() if key in email_of}
        assert {one["status"]["S"] for one in stored.values()} == {"placed"}
        assert {key: one["customer"]["M"]["email"]["S"] for key, one in stored.items()} == email_of
        numbers = {one["number"]["N"] for one in stored.values()}
        assert len(numbers) == number
        subjects = Counter({f"We have your order #{one}": 1 for one in numbers})
        eventually(lambda: _customer_mails(restarted, subjects) >= subjects, within, "a mail about each")
    restarted.assert_all_accounted()
    assert _customer_mails(restarted, subjects) == subjects
    letters = restarted.call("GET", "/dead-letters?source=orders").document["deadLetters"]
    assert not email_of.keys() & {one.get("orderID") for one in letters}  # a repetition is no other order


def _customer_mails(system: System, subjects: Counter[str]) -> Counter[str]:
    """Return how often customers got mails with these subjects."""
    with urlopen(f"{system.outputs['local']['mailboxUrl']}?to=customers", timeout=10) as answer:
        mails = json.load(answer)
    return Counter(one["subject"] for one in mails if one["subject"] in subjects)
