"""A colleague is invited, signs in by the mail, is made an admin, and is disabled."""

from __future__ import annotations

import re
import time
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import PASSWORD
from tests.system import System


def sign_in_first(system: System, address: str, password: str) -> dict[str, str]:
    """Sign in with the password of an invitation, and choose another one; return the tokens."""
    users, client = system.client("cognito-idp"), system.outputs["userPoolClientId"]
    parameters = {"USERNAME": address, "PASSWORD": password}
    begun = users.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=client, AuthParameters=parameters)
    assert begun["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answered = users.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName=begun["ChallengeName"],
        Session=begun["Session"],
        ChallengeResponses={"USERNAME": address, "NEW_PASSWORD": PASSWORD},
    )
    tokens: dict[str, str] = answered["AuthenticationResult"]
    return tokens


def renewed(system: System, refresh_token: str) -> str:
    """Return another ID token of a session."""
    answered = system.client("cognito-idp").initiate_auth(
        AuthFlow="REFRESH_TOKEN_AUTH",
        ClientId=system.outputs["userPoolClientId"],
        AuthParameters={"REFRESH_TOKEN": refresh_token},
    )
    return str(answered["AuthenticationResult"]["IdToken"])


def test_an_invited_person_signs_in_by_the_mail_until_disabled(system: System) -> None:
    address = f"colleague-{uuid.uuid4().hex[:8]}@shop.example"
    invited = system.call("POST", "/people", {"email": address, "group": "staff"}, who="admin")
    assert invited.status == 201
    assert system.call("POST", "/people", {"email": address, "group": "staff"}, who="admin").status == 409
    path = f"/people/{invited.document['sub']}"

    (mail,) = system.account_mails(address)
    assert f"It is at {system.outputs['siteUrl']}." in mail["BodyText"]
    (password,) = re.findall(r"with the password (\S+)\. It works once", mail["BodyText"])
    tokens = sign_in_first(system, address, password)
    token = tokens["IdToken"]
    assert system.call("GET", "/orders", token=token).status == 200
    assert system.call("GET", "/people", token=token).status == 403
    assert system.call("POST", "/sign-ins", token=token).status == 204
    assert system.people()[address]["state"] == "active"
    assert system.people()[address]["lastSignInAt"] >= invited.document["createdAt"][:19]

    assert system.call("PATCH", path, {"groups": ["admin"]}, who="admin").document["groups"] == ["admin"]
    token = renewed(system, tokens["RefreshToken"])
    assert address in system.call("GET", "/people", token=token).document["people"][-1]["email"]

    time.sleep(1)  # the emulator ends the sessions of earlier seconds
    assert system.call("PATCH", path, {"enabled": False}, who="admin").document["state"] == "disabled"
    with pytest.raises(ClientError):
        renewed(system, tokens["RefreshToken"])
    with pytest.raises(ClientError, match="disabled"):
        system.sign_in(address, PASSWORD)
    refused = system.call("PATCH", path, {"enabled": True}, token=token)
    assert (refused.status, refused.error["message"]) == (403, "your account is no longer in the group admin")
    history = system.call("GET", path, who="admin").document["history"]
    assert [entry["event"] for entry in history] == ["disabled", "groups-changed", "invited"]


def test_a_line_break_in_a_path_reaches_the_api(system: System) -> None:
    """CloudFront would otherwise look for a page of this name, and answer with HTML."""
    refused = system.call("POST", "/people/%0A/invitation", who="admin")
    assert (refused.status, refused.error["code"]) == (404, "not_found")


def test_accounts_of_the_configuration_keep_its_groups(system: System) -> None:
    boss = system.people()[system.outputs["local"]["admin"]["email"]]
    clerk = system.people()[system.outputs["local"]["staff"]["email"]]
    assert (boss["source"], boss["configuredGroups"]) == ("configuration", ["admin"])
    assert (clerk["source"], clerk["configuredGroups"]) == ("configuration", ["staff"])
    refused = system.call("PATCH", f"/people/{clerk['sub']}", {"groups": []}, who="admin")
    assert refused.status == 409
    assert "remove the address from staffEmails" in refused.error["message"]
