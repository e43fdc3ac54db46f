"""The calls about people: accounts of a user pool that is created for each test."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, times, user_pool
from lambdas.shop import people_table
from tests.handlers.shop import Json, Reply, Shop, fault

PASSWORD = "Somebody-desk-1"
WRITING: list[tuple[str, str, str, Json | None]] = [
    ("invite_person", "POST", "/people", {"email": "new@shop.example", "group": "admin"}),
    ("change_person", "PATCH", "/people/{sub}", {"groups": ["admin"]}),
    ("resend_invitation", "POST", "/people/{sub}/invitation", None),
    ("sign_out_person", "POST", "/people/{sub}/sign-out", None),
]


class Desk:
    """A user pool with the admin who asks, and the calls about people."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.users = shop, aws.cognito()
        self.pool = self.users.create_user_pool(
            PoolName=uuid.uuid4().hex, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
        )["UserPool"]["Id"]
        shop.names["SHOP_USER_POOL"] = self.pool
        self.client = self.users.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="site",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        for group in ("staff", "admin"):
            self.users.create_group(UserPoolId=self.pool, GroupName=group)
        self.admin = self.add("admin@shop.example", "admin")

    def add(self, email: str, *groups: str, status: str = "CONFIRMED") -> str:
        """Create an account with AWS credentials; return its `sub`."""
        attributes = [{"Name": "email", "Value": email}]
        user = self.users.admin_create_user(UserPoolId=self.pool, Username=email, UserAttributes=attributes)
        sub = str(user["User"]["Username"])
        if status == "CONFIRMED":
            self.admin_call("set_user_password", sub, Password=PASSWORD, Permanent=True)
        for group in groups:
            self.admin_call("add_user_to_group", sub, GroupName=group)
        return sub

    def sign_up(self, email: str, *, confirmed: bool) -> str:
        """Open an account as a stranger does; return its `sub`."""
        sub = self.users.sign_up(ClientId=self.client, Username=email, Password=PASSWORD)["UserSub"]
        if confirmed:
            self.admin_call("confirm_sign_up", sub)
        return str(sub)

    def admin_call(self, operation: str, sub: str, **request: Any) -> Any:
        return getattr(self.users, f"admin_{operation}")(UserPoolId=self.pool, Username=sub, **request)

    def groups_of(self, sub: str) -> set[str]:
        return {one["GroupName"] for one in self.admin_call("list_groups_for_user", sub)["Groups"]}

    def sign_in(self, email: str) -> str:
        """Sign in; return the refresh token, which is older than the present second of the emulator."""
        parameters, now = {"USERNAME": email, "PASSWORD": PASSWORD}, time.time
        with patch.object(time, "time", lambda: now() - 1):
            return str(self._authenticate("USER_PASSWORD_AUTH", parameters)["RefreshToken"])

    def renews(self, refresh_token: str) -> bool:
        """Whether a session still gets tokens."""
        try:
            return bool(self._authenticate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token}))
        except ClientError:
            return False

    def _authenticate(self, flow: str, parameters: dict[str, str]) -> Any:
        return self.users.initiate_auth(ClientId=self.client, AuthFlow=flow, AuthParameters=parameters)[
            "AuthenticationResult"
        ]

    def configure(self, sub: str, *groups: str) -> None:
        """Store the row that `pulumi up` writes for an account of the configuration."""
        row = {"person": sub, "entry": people_table.CONFIGURATION, "groups": list(groups)}
        self.shop.put("SHOP_PEOPLE_TABLE", row)

    def ask(self, module: str, method: str, resource: str, body: Json | None = None, **more: Any) -> Reply:
        """Call a function as the admin."""
        claims = {"email": "admin@shop.example", "cognito:groups": "admin", "sub": self.admin}
        return self.shop.ask(module, method, resource, body, **{"claims": claims, **more})

    def list(self, **query: str) -> Json:
        return self.ask("list_people", "GET", "/people", query=query).json

    def person(self, sub: str) -> Json:
        return self.ask("get_person", "GET", "/people/{sub}", sub=sub).json

    def invite(self, email: str, group: str = "staff") -> Reply:
        return self.ask("invite_person", "POST", "/people", {"email": email, "group": group})

    def change(self, sub: str, **changes: Any) -> Reply:
        return self.ask("change_person", "PATCH", "/people/{sub}", changes, sub=sub)


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def events(printed: str) -> list[Json]:
    """Return the log lines about changes of people."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"].startswith("person.")]


def test_the_list_has_every_account_with_its_groups(desk: Desk) -> None:
    ann = desk.add("ann@shop.example", "staff")
    people = {person["sub"]: person for person in desk.list()["people"]}
    assert {sub: (one["email"], one["groups"]) for sub, one in people.items()} == {
        desk.admin: ("admin@shop.example", ["admin"]),
        ann: ("ann@shop.example", ["staff"]),
    }
    assert desk.list()["nextCursor"] is None


def test_an_account_is_found_by_its_id(desk: Desk) -> None:
    """A lost order knows its sender by nothing else."""
    ann = desk.add("ann@shop.example", "staff")
    for asked in (ann, ann.upper()):
        assert [one["email"] for one in desk.list(q=asked)["people"]] == ["ann@shop.example"]
    assert desk.list(q=ann[:-1])["people"] == []
    assert desk.list(q=str(uuid.uuid4())) == {"people": [], "nextCursor": None}


def test_an_id_is_looked_for_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator finds it in capitals too. Cognito compares it letter by letter."""
    asked, sub = list[str](), str(uuid.uuid4())

    def call(_: str, **request: Any) -> Json:
        asked.append(request["Filter"])
        return {"Users": []}

    monkeypatch.setattr(user_pool, "_call", call)
    assert user_pool.page(1, "", sub.upper()) == ([], "")
    assert asked == [f'sub = "{sub}"']


def test_an_account_has_the_state_that_its_page_names(desk: Desk) -> None:
    invited = desk.add("invited@shop.example", "staff", status="FORCE_CHANGE_PASSWORD")
    disabled = desk.add("disabled@shop.example", "staff")
    desk.admin_call("disable_user", disabled)
    reset = desk.add("reset@shop.example", "staff")
    desk.admin_call("reset_user_password", reset)
    expected = {
        desk.admin: "active",
        invited: "invited",
        disabled: "disabled",
        reset: "password-reset",
        desk.sign_up("new@shop.example", confirmed=False): "unconfirmed",
        desk.sign_up("waiting@shop.example", confirmed=True): "waiting",
    }
    assert {person["sub"]: person["state"] for person in desk.list()["people"]} == expected
    assert {sub: desk.person(sub)["state"] for sub in expected} == expected


def test_pages_have_every_account_once(desk: Desk) -> None:
    subs = {desk.admin, *(desk.add(f"p{number}@shop.example", "staff") for number in range(4))}
    found, query = [], {"limit": "2"}
    while True:
        page = desk.list(**query)
        found += [person["sub"] for person in page["people"]]
        if not page["nextCursor"]:
            break
        query["cursor"] = page["nextCursor"]
    assert sorted(found) == sorted(subs)


def test_a_search_finds_addresses_by_their_beginning(desk: Desk) -> None:
    ann = desk.add("ann@shop.example")
    desk.add("joanna@shop.example")
    assert [person["sub"] for person in desk.list(q="ann")["people"]] == [ann]


def test_a_search_cannot_leave_the_quotes_of_its_filter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def list_users(**request: Any) -> Json:
        sent.append(request["Filter"])
        return {"Users": []}

    monkeypatch.setattr(desk.users, "list_users", list_users)
    assert desk.list(q='a" or \\')["people"] == []
    assert sent == [r'email ^= "a\" or \\"']


def test_a_cursor_of_another_search_is_refused(desk: Desk) -> None:
    desk.add("ann@shop.example")
    cursor = desk.list(limit="1")["nextCursor"]
    reply = desk.ask("list_people", "GET", "/people", query={"cursor": cursor, "q": "ann"})
    assert (reply.status, list(reply.fields)) == (400, ["cursor"])


def test_a_position_that_cognito_refuses_is_an_invalid_cursor(
    desk: Desk, break_aws: Callable[..., None]
) -> None:
    desk.add("ann@shop.example")
    cursor = desk.list(limit="1")["nextCursor"]
    break_aws("cognito", list_users=fault("InvalidParameterException", "ListUsers"))
    reply = desk.ask("list_people", "GET", "/people", query={"cursor": cursor})
    assert (reply.status, list(reply.fields)) == (400, ["cursor"])


@pytest.mark.thorough
def test_a_large_group_is_read_to_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    last = [desk.add(f"p{number:03}@shop.example", "staff") for number in range(61)][-1]
    (found,) = desk.list(q="p060")["people"]
    assert (found["sub"], found["groups"]) == (last, ["staff"])
    monkeypatch.setenv("SHOP_USER_POOL", desk.pool)
    assert len(user_pool.addresses()) == 62


@pytest.mark.parametrize("limit", ["0", "51", "x"])
def test_a_page_has_up_to_fifty_people(desk: Desk, limit: str) -> None:
    reply = desk.ask("list_people", "GET", "/people", query={"limit": limit})
    assert (reply.status, list(reply.fields)) == (400, ["limit"])


def test_an_invited_person_is_in_the_group_and_comes_from_the_page(desk: Desk) -> None:
    reply = desk.invite("ann@shop.example", "admin")
    assert reply.status == 201
    ann = reply.json
    assert desk.groups_of(ann["sub"]) == {"admin"}
    attributes = desk.admin_call("get_user", ann["sub"])["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in attributes
    assert (ann["email"], ann["groups"], ann["state"]) == ("ann@shop.example", ["admin"], "invited")
    assert (ann["source"], ann["invitedBy"]) == ("page", "admin@shop.example")
    assert desk.list(q="ann")["people"] == [{key: ann[key] for key in ann if key != "history"}]


def test_an_invitation_ends_after_seven_days(desk: Desk) -> None:
    ends = desk.invite("ann@shop.example").json["invitationEndsAt"]
    in_seven_days = times.iso(times.now_ms() + 7 * 24 * 3600 * 1000)
    assert times.iso(times.now_ms() + 7 * 24 * 3600 * 1000 - 60_000) < ends <= in_seven_days


def test_an_address_with_an_account_cannot_be_invited(desk: Desk) -> None:
    ann = desk.sign_up("ann@shop.example", confirmed=True)
    reply = desk.invite("Ann@shop.example", "admin")
    assert reply.status == 409
    assert "has an account already, which is waiting" in reply.error["message"]
    assert desk.groups_of(ann) == set()
    assert desk.person(ann)["history"] == []


@pytest.mark.parametrize("body", [{"email": "ann", "group": "staff"}, {"email": "a@b.c", "group": "owner"}])
def test_an_invalid_invitation_is_refused(desk: Desk, body: Json) -> None:
    assert desk.ask("invite_person", "POST", "/people", body).status == 400


@pytest.mark.parametrize("code", ["CodeDeliveryFailureException", "LimitExceededException"])
def test_an_invitation_that_is_not_mailed_says_so(
    desk: Desk, break_aws: Callable[..., None], code: str
) -> None:
    break_aws("cognito", admin_create_user=fault(code, "AdminCreateUser"))
    reply = desk.invite("ann@shop.example")
    assert (reply.status, reply.error["message"].partition(":")[0]) == (409, "the mail could not be sent")


def test_an_address_that_cognito_refuses_is_an_invalid_field(
    desk: Desk, break_aws: Callable[..., None]
) -> None:
    break_aws("cognito", admin_create_user=fault("InvalidParameterException", "AdminCreateUser"))
    reply = desk.invite("ann@shop.example")
    assert (reply.status, list(reply.fields)) == (400, ["email"])


def test_a_fault_of_cognito_is_no_answer(desk: Desk, break_aws: Callable[..., None]) -> None:
    break_aws("cognito", admin_create_user=fault("TooManyRequestsException", "AdminCreateUser"))
    with pytest.raises(ClientError, match="TooManyRequests"):
        desk.invite("ann@shop.example")


def test_an_invitation_can_be_sent_again_until_the_first_sign_in(desk: Desk) -> None:
    ann = desk.invite("ann@shop.example").json
    time.sleep(0.01)
    again = desk.ask("resend_invitation", "POST", "/people/{sub}/invitation", sub=ann["sub"])
    assert again.status == 200
    assert again.json["invitationEndsAt"] > ann["invitationEndsAt"]
    assert [entry["event"] for entry in again.json["history"]] == ["invited-again", "invited"]
    assert again.json["source"] == "page"
    desk.admin_call("set_user_password", ann["sub"], Password=PASSWORD, Permanent=True)
    late = desk.ask("resend_invitation", "POST", "/people/{sub}/invitation", sub=ann["sub"])
    assert late.status == 409


def test_an_invitation_that_is_sent_again_does_not_claim_the_account(desk: Desk) -> None:
    """The configuration or AWS credentials made the account."""
    ann = desk.add("ann@shop.example", status="FORCE_CHANGE_PASSWORD")
    again = desk.ask("resend_invitation", "POST", "/people/{sub}/invitation", sub=ann).json
    assert again["source"] == "other"
    assert "invitedBy" not in again


def test_a_change_of_groups_is_made_logged_and_kept(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    ann = desk.add("ann@shop.example", "staff")
    reply = desk.change(ann, groups=["admin"])
    assert (reply.status, reply.json["groups"]) == (200, ["admin"])
    assert desk.groups_of(ann) == {"admin"}
    (entry,) = desk.person(ann)["history"]
    assert (entry["event"], entry["from"], entry["to"]) == ("groups-changed", ["staff"], ["admin"])
    assert (entry["by"], entry["sub"]) == ("admin@shop.example", desk.admin)
    printed = capsys.readouterr().out
    (line,) = events(printed)
    assert (line["event"], line["sub"], line["person"]) == ("person.groups-changed", desk.admin, ann)
    assert "@shop.example" not in printed


def test_every_change_names_both_persons_in_the_log_and_the_history(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = desk.invite("ann@shop.example").json["sub"]
    desk.ask("resend_invitation", "POST", "/people/{sub}/invitation", sub=ann)
    desk.change(ann, groups=[])
    desk.change(ann, enabled=False)
    desk.change(ann, enabled=True)
    desk.ask("sign_out_person", "POST", "/people/{sub}/sign-out", sub=ann)
    names = ["invited", "invited-again", "groups-changed", "disabled", "enabled", "signed-out"]
    printed = capsys.readouterr().out
    assert [(line["event"], line["sub"], line["person"]) for line in events(printed)] == [
        (f"person.{name}", desk.admin, ann) for name in names
    ]
    history = desk.person(ann)["history"]
    assert sorted(entry["event"] for entry in history) == sorted(names)
    assert {entry["sub"] for entry in history} == {desk.admin}
    assert "@shop.example" not in printed


def test_a_change_to_the_present_groups_leaves_no_trace(desk: Desk) -> None:
    ann = desk.add("ann@shop.example", "staff")
    for changes in ({"groups": ["staff"]}, {"enabled": True}, {}):
        assert desk.change(ann, **changes).status == 200
    assert desk.person(ann)["history"] == []


def test_groups_of_another_use_stay_as_they_are(desk: Desk) -> None:
    desk.users.create_group(UserPoolId=desk.pool, GroupName="auditors")
    ann = desk.add("ann@shop.example", "staff", "auditors")
    assert desk.change(ann, groups=["admin"]).json["groups"] == ["admin"]
    assert desk.groups_of(ann) == {"admin", "auditors"}


@pytest.mark.parametrize("changes", [{"enabled": False}, {"groups": ["staff"]}, {"groups": []}])
def test_an_admin_cannot_lock_themself_out(desk: Desk, changes: Json) -> None:
    reply = desk.change(desk.admin, **changes)
    assert reply.status == 409
    assert "one admin always remains" in reply.error["message"]
    assert desk.groups_of(desk.admin) == {"admin"}
    assert desk.person(desk.admin)["state"] == "active"


def test_an_admin_may_join_staff_too(desk: Desk) -> None:
    assert desk.change(desk.admin, groups=["staff", "admin"]).json["groups"] == ["staff", "admin"]


def test_a_group_of_the_configuration_cannot_be_taken_away(desk: Desk) -> None:
    """The next `pulumi up --refresh` would give it back."""
    boss = desk.add("boss@shop.example", "admin")
    desk.configure(boss, "admin")
    reply = desk.change(boss, groups=["staff"], enabled=False)
    assert reply.status == 409
    assert "remove the address from adminEmails and run pulumi up" in reply.error["message"]
    assert desk.groups_of(boss) == {"admin"}
    assert desk.person(boss)["state"] == "active"
    person = desk.person(boss)
    assert (person["source"], person["configuredGroups"]) == ("configuration", ["admin"])


def test_an_account_of_the_configuration_can_get_another_group_and_be_disabled(desk: Desk) -> None:
    boss = desk.add("boss@shop.example", "staff")
    desk.configure(boss, "staff")
    assert desk.change(boss, groups=["staff", "admin"]).json["groups"] == ["staff", "admin"]
    assert desk.change(boss, groups=["staff"]).json["groups"] == ["staff"]
    assert desk.change(boss, enabled=False).json["state"] == "disabled"


def test_disabling_ends_every_session(desk: Desk) -> None:
    ann = desk.add("ann@shop.example", "staff")
    session = desk.sign_in("ann@shop.example")
    assert desk.renews(session)
    assert desk.change(ann, enabled=False).json["state"] == "disabled"
    assert not desk.renews(session)
    with pytest.raises(ClientError, match="disabled"):
        desk.sign_in("ann@shop.example")
    assert desk.change(ann, enabled=True).json["state"] == "active"
    assert not desk.renews(session)
    assert desk.sign_in("ann@shop.example")


def test_disabling_calls_the_sign_out_as_well(desk: Desk, break_aws: Callable[..., None]) -> None:
    """AWS documents the end of the refresh tokens only for the sign-out."""
    ann = desk.add("ann@shop.example", "staff")
    break_aws("cognito", admin_user_global_sign_out=fault("Test", "AdminUserGlobalSignOut"))
    with pytest.raises(ClientError):
        desk.change(ann, enabled=False)


def test_letting_somebody_in_ends_the_sessions_from_before(desk: Desk) -> None:
    """Who opens an account with the address of another person chooses its password and may be signed in."""
    ann = desk.sign_up("ann@shop.example", confirmed=True)
    session = desk.sign_in("ann@shop.example")
    assert desk.change(ann, groups=["staff"]).json["state"] == "active"
    assert not desk.renews(session)


def test_another_group_keeps_the_sessions(desk: Desk) -> None:
    ann = desk.add("ann@shop.example", "staff")
    session = desk.sign_in("ann@shop.example")
    desk.change(ann, groups=["staff", "admin"])
    assert desk.renews(session)


def test_signing_out_ends_sessions_and_leaves_the_account(desk: Desk) -> None:
    ann = desk.add("ann@shop.example", "staff")
    session = desk.sign_in("ann@shop.example")
    reply = desk.ask("sign_out_person", "POST", "/people/{sub}/sign-out", sub=ann)
    assert (reply.status, reply.json["state"]) == (200, "active")
    assert not desk.renews(session)
    assert desk.sign_in("ann@shop.example")


@pytest.mark.parametrize("loss", ["demoted", "disabled", "deleted"])
@pytest.mark.parametrize(("module", "method", "resource", "body"), WRITING)
def test_a_former_admin_changes_nothing_with_an_old_token(
    desk: Desk, module: str, method: str, resource: str, body: Json | None, loss: str
) -> None:
    ann = desk.add("ann@shop.example", status="FORCE_CHANGE_PASSWORD")
    if loss == "demoted":
        desk.admin_call("remove_user_from_group", desk.admin, GroupName="admin")
    else:
        desk.admin_call("disable_user" if loss == "disabled" else "delete_user", desk.admin)
    before = desk.users.list_users(UserPoolId=desk.pool)["Users"]
    assert desk.ask(module, method, resource, body, sub=ann).status == 403
    assert desk.users.list_users(UserPoolId=desk.pool)["Users"] == before
    assert desk.groups_of(ann) == set()


@pytest.mark.parametrize("sub", ["ann@shop.example", "0b9ee1a3-0b51-4a3c-9c1e-3f1a52c9d7aa", "x"])
def test_only_the_id_of_an_account_names_it(desk: Desk, sub: str) -> None:
    """Cognito would take an e-mail address too, which the log and the history would then contain."""
    desk.add("ann@shop.example", "staff")
    for module, method, resource, body in [*WRITING[1:], ("get_person", "GET", "/people/{sub}", None)]:
        assert desk.ask(module, method, resource, body, sub=sub).status == 404


def test_staff_get_no_answer_about_people(desk: Desk) -> None:
    claims = {"email": "ann@shop.example", "cognito:groups": "staff", "sub": desk.admin}
    reading = [("list_people", "GET", "/people", None), ("get_person", "GET", "/people/{sub}", None)]
    for module, method, resource, body in [*WRITING, *reading]:
        assert desk.ask(module, method, resource, body, claims=claims, sub=desk.admin).status == 403


def test_the_last_sign_in_is_the_one_that_the_token_tells(desk: Desk) -> None:
    def sign_in(auth_time: str | None) -> str:
        claims = {"email": "a@shop.example", "cognito:groups": "admin", "sub": desk.admin}
        claims |= {"auth_time": auth_time} if auth_time else {}
        assert desk.ask("record_sign_in", "POST", "/sign-ins", claims=claims).status == 204
        return str(desk.person(desk.admin)["lastSignInAt"])

    assert "lastSignInAt" not in desk.person(desk.admin)
    assert sign_in("1800000000") <= times.now()  # a clock that is ahead of ours
    desk.shop.put("SHOP_PEOPLE_TABLE", {"person": desk.admin, "entry": people_table.PERSON})
    assert sign_in("1291191960") == "2010-12-01T08:26:00.000Z"
    assert sign_in("1291191000") == "2010-12-01T08:26:00.000Z"
    assert sign_in("1291192000") == "2010-12-01T08:26:40.000Z"
    assert sign_in(None) > "2020"


def test_a_person_has_the_latest_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_table, "MAX_CHANGES", 2)
    ann = desk.add("ann@shop.example", "staff")
    for groups in (["admin"], ["staff"], []):
        desk.change(ann, groups=groups)
        time.sleep(0.002)
    assert [entry["to"] for entry in desk.person(ann)["history"]] == [[], ["staff"]]
