"""The calls about connected shops: app clients of a user pool that is created for each test."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, machine_clients, tables, times
from lambdas.platform.cognito_calls import RefusedError
from lambdas.shop import shop_changes, shops_table
from tests.handlers.in_process import InProcessEmulator
from tests.handlers.shop import Json, Reply, Shop, fault

pytestmark = pytest.mark.store

SCOPE = "inbox/orders"
TABLE = "SHOP_SHOPS_TABLE"
SETTINGS = (
    "ClientName",
    "AllowedOAuthFlowsUserPoolClient",
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AccessTokenValidity",
    "TokenValidityUnits",
    "ExplicitAuthFlows",
)
WRITING: list[tuple[str, str, str, Json | None]] = [
    ("connect_shop", "POST", "/shops", {"name": "Another shop"}),
    ("change_shop", "PATCH", "/shops/{shopID}", {"state": "disabled"}),
    ("disconnect_shop", "DELETE", "/shops/{shopID}", None),
    ("add_shop_secret", "POST", "/shops/{shopID}/secrets", None),
    ("remove_shop_secret", "DELETE", "/shops/{shopID}/secrets/{secretID}", None),
]


class Office:
    """The pool of machines, the admin who asks, and the calls about connected shops."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.users = shop, aws.cognito()
        self.pool, self.people = self._pool(), self._pool()
        shop.names |= {"SHOP_MACHINE_POOL": self.pool, "SHOP_USER_POOL": self.people}
        server = {"Identifier": "inbox", "Name": "inbox"}
        scopes = [{"ScopeName": "orders", "ScopeDescription": "Orders"}]
        self.users.create_resource_server(UserPoolId=self.pool, **server, Scopes=scopes)
        self.users.create_group(UserPoolId=self.people, GroupName="admin")
        made = self.users.admin_create_user(UserPoolId=self.people, Username="admin@shop.example")
        attributes = {one["Name"]: one["Value"] for one in made["User"]["Attributes"]}
        self.admin = attributes["sub"]
        self.group("add_user_to")

    def _pool(self) -> str:
        name = uuid.uuid4().hex
        return str(self.users.create_user_pool(PoolName=name, UsernameAttributes=["email"])["UserPool"]["Id"])

    def group(self, operation: str) -> None:
        """Put the admin into the group, or take them out."""
        call = getattr(self.users, f"admin_{operation}_group")
        call(UserPoolId=self.people, Username=self.admin, GroupName="admin")

    def ask(self, module: str, method: str, resource: str, body: Json | None = None, **more: Any) -> Reply:
        """Call a function as the admin."""
        claims = {"email": "admin@shop.example", "cognito:groups": "admin", "sub": self.admin}
        return self.shop.ask(module, method, resource, body, **{"claims": claims, **more})

    def list(self) -> list[Json]:
        found: list[Json] = self.ask("list_shops", "GET", "/shops").json["shops"]
        return found

    def connect(self, name: str = "Web shop") -> Reply:
        return self.ask("connect_shop", "POST", "/shops", {"name": name})

    def change(self, shop_id: str, **changes: Any) -> Reply:
        return self.ask("change_shop", "PATCH", "/shops/{shopID}", changes, shopID=shop_id)

    def delete(self, shop_id: str) -> Reply:
        return self.ask("disconnect_shop", "DELETE", "/shops/{shopID}", shopID=shop_id)

    def add_secret(self, shop_id: str) -> Reply:
        return self.ask("add_shop_secret", "POST", "/shops/{shopID}/secrets", shopID=shop_id)

    def remove_secret(self, shop_id: str, secret_id: str) -> Reply:
        path = "/shops/{shopID}/secrets/{secretID}"
        return self.ask("remove_shop_secret", "DELETE", path, shopID=shop_id, secretID=secret_id)

    def leave(self, name: str, secrets: int) -> Json:
        """Make the client that a crash leaves without a row; return its ID and that of its first secret."""
        named = {"ClientName": f"active - {name}", "GenerateSecret": True}
        made = self.users.create_user_pool_client(UserPoolId=self.pool, **named)["UserPoolClient"]
        client = {"UserPoolId": self.pool, "ClientId": made["ClientId"]}
        for _ in range(secrets - 1):
            self.users.add_user_pool_client_secret(**client)
        first = self.users.list_user_pool_client_secrets(**client)["ClientSecrets"][0]
        return {"shopID": made["ClientId"], "secretID": first["ClientSecretId"]}

    def gets_token(self, client_id: str, secret: str, scope: str = f"&scope={SCOPE}") -> bool:
        """Whether Cognito gives a token for this ID and secret."""
        from ministack.services import cognito

        form = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}{scope}"
        status, _, body = cognito._oauth2_token({}, {}, form.encode(), {})
        assert (status == 200) == ("access_token" in json.loads(body))
        return bool(status == 200)


@pytest.fixture(scope="module")
def secrets(emulator: InProcessEmulator) -> None:
    """Add the calls about secrets to the emulator."""
    from local.emulator import client_secrets

    client_secrets.install()


@pytest.fixture
def office(secrets: None, shop: Shop) -> Office:
    return Office(shop)


def events(shop: Json) -> list[tuple[str, str]]:
    return [(entry["event"], entry["by"]) for entry in shop["history"]]


def test_a_new_shop_gets_tokens_and_its_secret_is_kept_nowhere(office: Office) -> None:
    made = office.connect()
    assert made.status == 201
    shop = made.json
    assert (shop["name"], shop["state"], shop["scope"]) == ("Web shop", "active", SCOPE)
    assert shop["id"] == shop["clientId"]
    assert shop["tokenUrl"] == "https://machines.example/oauth2/token"
    assert office.gets_token(shop["clientId"], shop["clientSecret"])
    assert not office.gets_token(shop["clientId"], shop["clientSecret"] + "x")
    (listed,) = office.list()
    assert listed == {
        name: value
        for name, value in shop.items()
        if name not in ("clientId", "clientSecret", "tokenUrl", "scope")
    }
    assert listed["createdBy"] == "admin@shop.example"
    assert events(listed) == [("connected", "admin@shop.example")]
    assert shop["clientSecret"] not in json.dumps([listed, office.shop.all(TABLE)])


def test_shops_are_listed_by_name(office: Office) -> None:
    for name in ("web shop", "Market", "Zoë’s & Co"):
        assert office.connect(name).status == 201
    assert [shop["name"] for shop in office.list()] == ["Market", "web shop", "Zoë’s & Co"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_invalid_names_are_refused_at_the_field(office: Office, name: str) -> None:
    shop = office.connect().json
    for refused in (office.connect(name), office.change(shop["id"], name=name)):
        assert (refused.status, list(refused.fields)) == (400, ["name"])
    assert len(office.list()) == 1


def test_a_name_is_given_once_until_its_shop_is_renamed_or_deleted(office: Office) -> None:
    first = office.connect("Web shop").json
    other = office.connect("Market").json
    assert office.connect("WEB SHOP").status == 409
    assert office.change(other["id"], name="web shop").status == 409
    assert office.change(first["id"], name="WEB shop").json["name"] == "WEB shop"
    assert office.change(first["id"], name="Bazaar").status == 200
    assert office.change(other["id"], name="Web shop").status == 200
    assert office.delete(first["id"]).status == 204
    assert office.connect("Bazaar").status == 201


def test_names_taken_at_the_same_moment_leave_one_shop(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.connect("Web shop")
    taken = iter([False])
    check = shops_table.is_taken
    monkeypatch.setattr(shops_table, "is_taken", lambda name: next(taken, check(name)))
    assert office.connect("Web shop").status == 409
    assert len(office.list()) == 1


def test_a_secret_is_changed_without_a_gap(office: Office) -> None:
    shop = office.connect().json
    made = office.add_secret(shop["id"])
    assert made.status == 201
    new = made.json
    for secret in (shop["clientSecret"], new["clientSecret"]):
        assert office.gets_token(shop["id"], secret)
    third = office.add_secret(shop["id"])
    assert (third.status, third.error["code"]) == (409, "conflict")
    old = shop["secrets"][0]["id"]
    assert [secret["id"] for secret in office.list()[0]["secrets"]] == [old, new["id"]]
    assert office.remove_secret(shop["id"], old).status == 204
    assert not office.gets_token(shop["id"], shop["clientSecret"])
    assert office.gets_token(shop["id"], new["clientSecret"])
    assert office.remove_secret(shop["id"], old).status == 404
    assert office.remove_secret(shop["id"], new["id"]).status == 409
    assert office.gets_token(shop["id"], new["clientSecret"])
    (listed,) = office.list()
    assert [event for event, _ in events(listed)] == ["secret-removed", "secret-added", "connected"]
    assert [entry.get("secret") for entry in listed["history"]] == [old, new["id"], None]


@pytest.mark.parametrize(
    ("operation", "code", "module"),
    [
        ("add_user_pool_client_secret", "LimitExceededException", "add_shop_secret"),
        ("delete_user_pool_client_secret", "InvalidParameterException", "remove_shop_secret"),
    ],
)
def test_cognito_refuses_what_another_admin_did_first(
    office: Office, break_aws: Callable[..., None], operation: str, code: str, module: str
) -> None:
    shop = office.connect().json
    if module == "remove_shop_secret":
        office.add_secret(shop["id"])
    break_aws("cognito", **{operation: fault(code, operation)})
    asked = {one[0]: one for one in WRITING}[module]
    ids = {"shopID": shop["id"], "secretID": shop["secrets"][0]["id"]}
    assert office.ask(*asked, **ids).status == 409


def test_a_third_secret_is_refused_whatever_cognito_would_say(
    office: Office, break_aws: Callable[..., None]
) -> None:
    shop = office.connect().json
    office.add_secret(shop["id"])
    break_aws("cognito", add_user_pool_client_secret=fault("NotDocumented", "AddUserPoolClientSecret"))
    assert office.add_secret(shop["id"]).status == 409


def test_the_last_secret_stays_whatever_cognito_would_say(
    office: Office, break_aws: Callable[..., None]
) -> None:
    """Its answer for the last one is not documented."""
    shop = office.connect().json
    break_aws("cognito", delete_user_pool_client_secret=fault("NotDocumented", "DeleteUserPoolClientSecret"))
    assert office.remove_secret(shop["id"], shop["secrets"][0]["id"]).status == 409


def test_a_disabled_shop_gets_no_token_until_it_is_enabled(office: Office) -> None:
    shop = office.connect().json
    disabled = office.change(shop["id"], state="disabled")
    assert (disabled.status, disabled.json["state"]) == (200, "disabled")
    for scope in (f"&scope={SCOPE}", ""):
        assert not office.gets_token(shop["id"], shop["clientSecret"], scope)
    assert office.list()[0]["state"] == "disabled"
    renamed = office.change(shop["id"], name="Other name")
    assert (renamed.json["state"], office.list()[0]["name"]) == ("disabled", "Other name")
    assert not office.gets_token(shop["id"], shop["clientSecret"])
    assert office.change(shop["id"], state="active").json["state"] == "active"
    assert office.gets_token(shop["id"], shop["clientSecret"])
    happened = [event for event, _ in events(office.list()[0])]
    assert happened == ["enabled", "renamed", "disabled", "connected"]
    assert office.list()[0]["history"][1] | {"at": ""} == {
        "at": "",
        "by": "admin@shop.example",
        "sub": office.admin,
        "event": "renamed",
        "from": "Web shop",
        "to": "Other name",
    }


def test_a_client_gets_tokens_of_an_hour_and_nothing_else(office: Office) -> None:
    shop = office.connect("Zoë’s & Co").json
    for state, name in (("active", "active - Zo--s - Co"), ("disabled", "disabled - Zo--s - Co")):
        office.change(shop["id"], state=state)
        found = office.users.describe_user_pool_client(UserPoolId=office.pool, ClientId=shop["id"])
        client, is_active = found["UserPoolClient"], state == "active"
        assert {name: client.get(name) for name in SETTINGS} == {
            "ClientName": name,
            "AllowedOAuthFlowsUserPoolClient": is_active,
            "AllowedOAuthFlows": ["client_credentials"] if is_active else [],
            "AllowedOAuthScopes": [SCOPE] if is_active else [],
            "AccessTokenValidity": 60,
            "TokenValidityUnits": {"AccessToken": "minutes"},
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        }


def test_a_deletion_that_another_admin_finished_is_done(
    office: Office, break_aws: Callable[..., None]
) -> None:
    shop = office.connect().json
    operation = "delete_user_pool_client"
    break_aws("cognito", **{operation: fault("ResourceNotFoundException", operation)})
    assert office.delete(shop["id"]).status == 204
    break_aws("cognito", **{operation: fault("InvalidParameterException", operation)})
    with pytest.raises(RefusedError):
        office.delete(shop["id"])


def test_a_secret_has_the_time_at_which_it_was_made(office: Office) -> None:
    before = times.now()
    shop = office.connect().json
    made = office.add_secret(shop["id"]).json
    after = times.now()
    assert before[:19] <= shop["secrets"][0]["createdAt"] <= made["createdAt"] <= after


def test_a_change_to_the_present_state_is_no_change(office: Office) -> None:
    shop = office.connect().json
    for changes in ({}, {"name": "Web shop"}, {"state": "active"}):
        assert office.change(shop["id"], **changes).json["history"] == shop["history"]


def test_the_row_of_a_deleted_shop_keeps_its_name_for_orders(office: Office) -> None:
    shop = office.connect().json
    assert office.delete(shop["id"]).status == 204
    assert office.list() == []
    assert not office.gets_token(shop["id"], shop["clientSecret"])
    (row,) = office.shop.all(TABLE)
    assert (row["shopID"], row["name"], row["state"]) == (shop["id"], "Web shop", "deleted")
    assert [entry["event"] for entry in row["changes"]] == ["deleted", "connected"]
    for module, method, path, body in WRITING[1:]:
        reply = office.ask(module, method, path, body, shopID=shop["id"], secretID="none")
        assert reply.status == 404, module


def test_a_client_that_a_crash_left_without_a_row_can_be_deleted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the process ended here")

    with monkeypatch.context() as patch:
        patch.setattr(shops_table, "change", crash)
        with pytest.raises(RuntimeError):
            office.connect("Bob’s shop")
    (left,) = office.list()
    assert (left["name"], left["state"], left["history"]) == ("Bob-s shop", "active", [])
    assert left["createdAt"]
    assert office.delete(left["id"]).status == 204
    assert office.list() == []
    assert office.connect("Bob’s shop").status == 201


def test_a_client_made_by_hand_is_listed_as_active(office: Office) -> None:
    made = office.users.create_user_pool_client(
        UserPoolId=office.pool, ClientName="handmade", GenerateSecret=True
    )["UserPoolClient"]
    (listed,) = office.list()
    assert (listed["name"], listed["state"]) == ("handmade", "active")
    assert office.change(made["ClientId"], state="disabled").status == 200
    (listed,) = office.list()
    assert (listed["name"], listed["state"]) == ("handmade", "disabled")


def test_a_deletion_that_a_crash_cut_off_can_be_finished(
    office: Office, break_aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = office.connect().json
    with monkeypatch.context() as patch:
        patch.setattr(machine_clients, "delete", lambda _: (_ for _ in ()).throw(RuntimeError("here")))
        with pytest.raises(RuntimeError):
            office.delete(shop["id"])
    assert [one["id"] for one in office.list()] == [shop["id"]]
    # A row that is not marked would keep its name for ever after its client is gone.
    (row,) = office.shop.all(TABLE)
    assert row["state"] == "deleted"
    assert office.delete(shop["id"]).status == 204
    assert office.list() == []
    assert [entry["event"] for entry in office.shop.all(TABLE)[0]["changes"]] == ["deleted", "connected"]


def meet(office: Office, monkeypatch: pytest.MonkeyPatch, shop: Json, **changes: str) -> None:
    """Have another admin make these changes of a shop just before the next change is stored."""
    transact, others = tables.transact, iter([changes])

    def meets(writes: Any) -> None:
        for other in others:
            assert office.change(shop["id"], **other).status == 200
        transact(writes)

    monkeypatch.setattr(tables, "transact", meets)


@pytest.mark.parametrize(
    ("changes", "event"), [({"name": "Market"}, "renamed"), ({"state": "disabled"}, "disabled")]
)
def test_two_changes_at_once_are_both_in_the_history(
    office: Office, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], event: str
) -> None:
    shop = office.connect().json
    meet(office, monkeypatch, shop, **changes)
    assert office.add_secret(shop["id"]).status == 201
    (listed,) = office.list()
    assert [happened for happened, _ in events(listed)] == ["secret-added", event, "connected"]
    assert {name: listed[name] for name in changes} == changes


def test_two_admins_give_a_shop_the_same_name_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = office.connect().json
    meet(office, monkeypatch, shop, name="Market")
    assert office.change(shop["id"], name="Market").json["name"] == "Market"
    office.connect("Web shop")
    assert [one["name"] for one in office.list()] == ["Market", "Web shop"]


def test_no_client_is_made_for_a_name_that_is_taken(office: Office, break_aws: Callable[..., None]) -> None:
    office.connect("Web shop")
    break_aws("cognito", create_user_pool_client=fault("NotAsked", "CreateUserPoolClient"))
    assert office.connect("Web shop").status == 409


def test_a_shop_that_is_renamed_stays_as_another_admin_disabled_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = office.connect().json
    meet(office, monkeypatch, shop, state="disabled")
    assert office.change(shop["id"], name="Market").status == 200
    (listed,) = office.list()
    assert (listed["name"], listed["state"]) == ("Market", "disabled")
    assert not office.gets_token(shop["id"], shop["clientSecret"])


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("add_user_pool_client_secret", WRITING[3]),
        ("delete_user_pool_client_secret", WRITING[4]),
        ("update_user_pool_client", WRITING[1]),
    ],
    ids=["add", "remove", "disable"],
)
def test_what_another_admin_deleted_at_the_same_moment_is_unknown(
    office: Office,
    break_aws: Callable[..., None],
    operation: str,
    asked: tuple[str, str, str, Json | None],
) -> None:
    shop = office.connect().json
    if operation.startswith("delete"):
        office.add_secret(shop["id"])
    break_aws("cognito", **{operation: fault("ResourceNotFoundException", operation)})
    ids = {"shopID": shop["id"], "secretID": shop["secrets"][0]["id"]}
    assert office.ask(*asked, **ids).status == 404


@pytest.mark.parametrize("asked", WRITING[1:], ids=[one[0] for one in WRITING[1:]])
def test_the_rest_of_a_crash_can_be_changed_although_its_name_is_taken(
    office: Office, asked: tuple[str, str, str, Json | None]
) -> None:
    left = office.leave("Web shop", secrets=1 if asked[0] == "add_shop_secret" else 2)
    shop = office.connect("Web shop").json
    reply = office.ask(*asked, **left)
    assert reply.status in (200, 201, 204), reply.text
    row = {one["shopID"]: one for one in office.shop.all(TABLE)}[left["shopID"]]
    assert (row["name"], len(row["changes"])) == (left["shopID"], 1)
    assert [one["name"] for one in office.list() if one["id"] == shop["id"]] == ["Web shop"]


def test_only_the_latest_changes_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shops_table, "MAX_CHANGES", 2)
    shop = office.connect().json
    office.change(shop["id"], state="disabled")
    office.change(shop["id"], state="active")
    assert [event for event, _ in events(office.list()[0])] == ["enabled", "disabled"]


def test_more_shops_than_the_limit_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_changes, "MAX_SHOPS", 1)
    office.connect()
    refused = office.connect("Second")
    assert (refused.status, refused.error["message"][:21]) == (409, "1 shops are connected")


def test_the_log_names_each_change_its_admin_and_the_id_of_the_shop(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = office.connect("Secret name").json
    made = office.add_secret(shop["id"]).json
    office.remove_secret(shop["id"], made["id"])
    office.change(shop["id"], name="Other name", state="disabled")
    office.change(shop["id"], state="active")
    office.delete(shop["id"])
    printed = capsys.readouterr().out
    lines = [json.loads(line) for line in printed.splitlines() if '"shop.' in line]
    assert {(line["sub"], line["shop"]) for line in lines} == {(office.admin, shop["id"])}
    assert [line["event"].removeprefix("shop.") for line in lines] == [
        "connected",
        "secret-added",
        "secret-removed",
        "renamed",
        "disabled",
        "enabled",
        "deleted",
    ]
    hidden = ("Secret name", shop["clientSecret"], made["clientSecret"], "admin@shop.example")
    assert not [text for text in hidden if text in printed]


def test_a_long_list_of_clients_is_read_to_its_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_clients, "_MAX_PAGE", 2)
    for name in ("First", "Second", "Third"):
        office.connect(name)
    assert [shop["name"] for shop in office.list()] == ["First", "Second", "Third"]


def test_a_shop_that_is_deleted_while_it_is_listed_has_no_secrets(
    office: Office, break_aws: Callable[..., None]
) -> None:
    office.connect()
    operation = "list_user_pool_client_secrets"
    break_aws("cognito", times=1, **{operation: fault("ResourceNotFoundException", operation)})
    assert [shop["secrets"] for shop in office.list()] == [[]]
    left = office.leave("Left by a crash", secrets=1)
    break_aws("cognito", times=2, **{operation: fault("ResourceNotFoundException", operation)})
    assert [(one["id"], one["secrets"]) for one in office.list() if "createdAt" not in one] == [
        (left["shopID"], [])
    ]
    break_aws("cognito", **{operation: fault("InvalidParameterException", operation)})
    with pytest.raises(RefusedError):
        office.list()


@pytest.mark.parametrize("asked", WRITING, ids=[one[0] for one in WRITING])
def test_a_former_admin_with_an_old_token_changes_nothing(
    office: Office, asked: tuple[str, str, str, Json | None]
) -> None:
    shop = office.connect().json
    office.add_secret(shop["id"])
    before = office.list()
    office.group("remove_user_from")
    reply = office.ask(*asked, shopID=shop["id"], secretID=shop["secrets"][0]["id"])
    assert (reply.status, reply.error["code"]) == (403, "forbidden")
    assert office.list() == before


@pytest.mark.parametrize("asked", [("list_shops", "GET", "/shops", None), *WRITING], ids=lambda one: one[0])
def test_staff_neither_see_nor_change_connected_shops(
    office: Office, asked: tuple[str, str, str, Json | None]
) -> None:
    claims = {"email": "s@shop.example", "cognito:groups": "staff", "sub": office.admin}
    assert office.ask(*asked, shopID="x", secretID="y", claims=claims).status == 403
    assert office.list() == []


def test_a_fault_of_cognito_is_no_answer(office: Office, break_aws: Callable[..., None]) -> None:
    code = "InternalErrorException"
    break_aws("cognito", create_user_pool_client=fault(code, "CreateUserPoolClient"))
    with pytest.raises(ClientError, match=code):
        office.connect()


@pytest.mark.parametrize(("times", "refused"), [(2, False), (3, True)])
def test_a_call_that_came_too_soon_is_repeated_twice(
    office: Office,
    break_aws: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    refused: bool,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("lambdas.platform.machine_clients.time.sleep", pauses.append)
    code = "TooManyRequestsException"
    break_aws("cognito", times=times, list_user_pool_clients=fault(code, "ListUserPoolClients"))
    if refused:
        with pytest.raises(ClientError, match=code):
            office.list()
    else:
        assert office.list() == []
    assert pauses == [0.5, 1]


def test_a_list_asks_for_five_secrets_a_second_at_most(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than five calls of an operation in a second for a user pool are refused."""
    for at in range(6):
        assert office.connect(f"Shop {at}").status == 201
    done: list[str] = []
    secrets = machine_clients.secrets

    def noted(client_id: str) -> Any:
        done.append("call")
        return secrets(client_id)

    monkeypatch.setattr(machine_clients, "secrets", noted)
    monkeypatch.setattr("lambdas.shop.shops.time.sleep", lambda seconds: done.append(f"{seconds} s"))
    assert [len(shop["secrets"]) for shop in office.list()] == [1] * 6
    assert done == [*["call"] * 5, "1 s", "call"]
