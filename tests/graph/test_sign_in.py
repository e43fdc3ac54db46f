"""The user pool, its pages, its one client."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from components.staff_user_pool import PASSWORD_RULES, StaffUserPoolArgs
from local.provider.users import UserPool, UserPoolClient
from tests.graph.graph import ROOT, Graph


def test_what_can_never_change_of_the_pool_is_right_from_day_one(graph: Graph) -> None:
    """Another value is another pool, and all accounts are gone."""
    pool = graph.inputs("staff-pool")
    assert pool["usernameAttributes"] == ["email"]
    assert pool["usernameConfiguration"] == {"caseSensitive": False}
    assert not {"aliasAttributes", "schemas", "name"} & set(pool)
    assert graph["staff-pool"].options.protect is (graph.stack == "prod")


def test_the_tier_is_the_one_without_a_price(graph: Graph) -> None:
    assert graph.inputs("staff-pool")["userPoolTier"] == "ESSENTIALS"


def test_passwords_are_long_and_lost_ones_are_mailed_for(graph: Graph) -> None:
    pool = graph.inputs("staff-pool")
    assert pool["passwordPolicy"]["minimumLength"] >= 12
    assert pool["accountRecoverySetting"] == {
        "recoveryMechanisms": [{"name": "verified_email", "priority": 1}]
    }
    assert pool["autoVerifiedAttributes"] == ["email"]
    assert pool["userAttributeUpdateSettings"] == {"attributesRequireVerificationBeforeUpdates": ["email"]}


def test_only_invited_people_have_an_account_unless_the_stack_says_so(dev: Graph, everything: Graph) -> None:
    assert dev.inputs("staff-pool")["adminCreateUserConfig"]["allowAdminCreateUserOnly"] is True
    assert everything.inputs("staff-pool")["adminCreateUserConfig"]["allowAdminCreateUserOnly"] is False


def test_people_are_told_the_rules_that_the_pool_has(graph: Graph) -> None:
    policy = graph.inputs("staff-pool")["passwordPolicy"]
    words = {
        "requireUppercase": "a capital letter",
        "requireLowercase": "a small letter",
        "requireNumbers": "a digit",
        "requireSymbols": "a symbol",
    }
    assert {rule for rule, word in words.items() if word in PASSWORD_RULES} == {
        rule for rule in words if policy[rule]
    }
    assert f"at least {policy['minimumLength']} characters" in PASSWORD_RULES


def test_what_people_may_do_themselves_changes_without_another_pool_or_client(dev: Graph) -> None:
    """Another pool is every account gone, another client every session and every script's setting."""
    opened = Graph("dev", {"selfSignUp": True, "mfa": "ON", "cognitoApiUrl": "https://cognito.example"})
    for name, kind in (("staff-pool", UserPool), ("site-client", UserPoolClient)):
        before, after = dev.inputs(name), opened.inputs(name)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert changed <= kind.in_place
    assert "adminCreateUserConfig" in UserPool.in_place
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
    assert "allowedOauthScopes" in UserPoolClient.in_place


def test_the_page_asks_for_the_scopes_that_the_client_has(graph: Graph) -> None:
    """One more is an error page of Cognito's; without the last, nobody can change their own password."""
    script = (ROOT / "site/assets/lib/session.js").read_text()
    (asked,) = re.findall(r'scope: "([^"]*)"', script)
    assert set(asked.split()) == set(graph.inputs("site-client")["allowedOauthScopes"])


def test_a_session_lasts_as_long_as_the_site_says(graph: Graph) -> None:
    client = graph.inputs("site-client")
    (page,) = (one for one in graph.all("s3.BucketObjectv2") if one.inputs["key"] == "account.html")
    assert f'data-session-hours="{client["refreshTokenValidity"]}"' in page.inputs["content"]


def test_mfa_is_off_or_asked_of_everybody(dev: Graph, everything: Graph) -> None:
    """OPTIONAL never asks on the hosted pages."""
    assert dev.inputs("staff-pool")["mfaConfiguration"] == "OFF"
    assert "softwareTokenMfaConfiguration" not in dev.inputs("staff-pool")
    assert everything.inputs("staff-pool")["mfaConfiguration"] == "ON"
    assert everything.inputs("staff-pool")["softwareTokenMfaConfiguration"] == {"enabled": True}


def test_mail_comes_from_ses_where_the_stack_names_an_identity(dev: Graph, everything: Graph) -> None:
    """Cognito's own sender stops at 50 mails a day."""
    assert dev.inputs("staff-pool")["emailConfiguration"] == {"emailSendingAccount": "COGNITO_DEFAULT"}
    assert everything.inputs("staff-pool")["emailConfiguration"] == {
        "emailSendingAccount": "DEVELOPER",
        "sourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example",
        "fromEmailAddress": "desk@shop.example",
    }


def test_an_invitation_has_what_cognito_demands_and_where_to_go(dev: Graph, everything: Graph) -> None:
    for graph in (dev, everything):
        mail = graph.inputs("staff-pool")["adminCreateUserConfig"]["inviteMessageTemplate"]
        for text in (mail["emailMessage"], mail["smsMessage"]):
            assert "{username}" in text
            assert "{####}" in text
    assert "https://orders.shop.example" in mail["emailMessage"]
    # CloudFront's own name would close a circle: pool, client, distribution, API, pool.
    assert not {"site-front-distribution", "site-client"} & dev.waits_for("staff-pool")


def test_people_of_the_configuration_are_in_their_groups(everything: Graph) -> None:
    people = {one.inputs["username"] for one in everything.all("cognito.User")}
    assert people == {"admin@shop.example", "both@shop.example", "staff@shop.example"}
    for user in everything.all("cognito.User"):
        email = user.inputs["username"]
        assert user.inputs["attributes"] == {"email": email, "email_verified": "true"}
        assert user.inputs["desiredDeliveryMediums"] == ["EMAIL"]
    memberships = {
        (one.inputs["username"], one.inputs["groupName"]) for one in everything.all("cognito.UserInGroup")
    }
    assert memberships == {
        ("admin@shop.example", "admin"),
        ("both@shop.example", "admin"),
        ("both@shop.example", "staff"),
        ("staff@shop.example", "staff"),
    }


def test_the_groups_are_those_that_the_functions_look_for(graph: Graph) -> None:
    assert {one.inputs["name"] for one in graph.all("cognito.UserGroup")} == {"staff", "admin"}


def test_the_pool_has_exactly_one_client(graph: Graph) -> None:
    """The authorizer takes the token of any client of the pool."""
    assert [one.name for one in graph.all("cognito.UserPoolClient")] == ["site-client"]


def test_the_client_signs_in_with_a_code_and_has_no_secret(graph: Graph) -> None:
    client = graph.inputs("site-client")
    assert client["allowedOauthFlows"] == ["code"]
    assert client["allowedOauthFlowsUserPoolClient"] is True
    assert set(client["allowedOauthScopes"]) == {"openid", "email", "aws.cognito.signin.user.admin"}
    assert client["supportedIdentityProviders"] == ["COGNITO"]
    assert client["generateSecret"] is False
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert client["enableTokenRevocation"] is True
    assert set(client["explicitAuthFlows"]) == {
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    }


def test_a_token_lives_for_15_minutes(graph: Graph) -> None:
    """It goes on living after sign-out and demotion. Without units, 15 would be hours."""
    client = graph.inputs("site-client")
    assert client["tokenValidityUnits"] == {
        "idToken": "minutes",
        "accessToken": "minutes",
        "refreshToken": "hours",
    }
    assert (client["idTokenValidity"], client["accessTokenValidity"]) == (15, 15)
    assert client["refreshTokenValidity"] <= 24


def test_callback_and_sign_out_match_the_site_to_the_slash(graph: Graph) -> None:
    site, client = graph.outputs["siteUrl"], graph.inputs("site-client")
    assert client["callbackUrls"] == [f"{site}/callback.html"]
    assert client["logoutUrls"] == [f"{site}/signed-out.html"]
    keys = {one.inputs["key"] for one in graph.all("s3.BucketObjectv2")}
    assert {"callback.html", "signed-out.html"} <= keys
    sign_in = parse_qs(urlsplit(graph.outputs["signInUrl"]).query)
    assert sign_in == {
        "response_type": ["code"],
        "scope": ["openid email aws.cognito.signin.user.admin"],
        "client_id": [graph.outputs["userPoolClientId"]],
        "redirect_uri": client["callbackUrls"],
    }


def test_the_page_comes_back_to_where_the_client_lets_it(local: Graph) -> None:
    """Cognito compares whole addresses, and answers a wrong one with a page of its own."""
    script = (ROOT / "site/assets/lib/session.js").read_text()
    site, client = local.outputs["siteUrl"], local.inputs("site-client")
    addresses = [f"{site}{path}" for path in re.findall(r"\$\{site\}(/[^`]*)`", script)]
    assert addresses == client["callbackUrls"] + client["logoutUrls"]


def test_the_site_is_where_the_stack_says_it_is(local: Graph) -> None:
    """Cognito takes http for localhost only, and not for 127.0.0.1."""
    assert local.inputs("site-client")["callbackUrls"] == ["http://localhost:8000/callback.html"]
    assert local.outputs["siteUrl"] == "http://localhost:8000"
    assert local.outputs["signInUrl"].startswith("http://localhost:8001/oauth2/authorize?")
    assert local.inputs("notifications-notify-function")["environment"]["variables"]["SHOP_SITE_URL"] == (
        "http://localhost:8000"
    )


def test_the_pages_version_and_its_branding_go_together(graph: Graph) -> None:
    """Version 2 without a branding shows: Login pages unavailable."""
    version = graph.inputs("staff-domain")["managedLoginVersion"]
    assert (version == 2) == bool(graph.all("cognito.ManagedLoginBranding"))


def test_the_domain_prefix_is_the_accounts_own_and_one_that_cognito_takes(graph: Graph) -> None:
    prefix = graph.inputs("staff-domain")["domain"]
    assert re.fullmatch(rf"order-desk-{graph.stack}-[0-9a-f]{{8}}", prefix)
    assert graph.feeds("staff-domain", "userPoolId") == {"staff-pool"}


@pytest.mark.parametrize(
    "prefix", ["my-aws-desk", "amazonas", "cognito1", "Desk", "-desk", "desk-", "d" * 64, ""]
)
def test_a_prefix_that_cognito_refuses_is_refused_before(prefix: str) -> None:
    with pytest.raises(ValueError, match="domain_prefix must") as refused:
        _pool(prefix)
    assert repr(prefix) in str(refused.value)


def _pool(prefix: str) -> StaffUserPoolArgs:
    return StaffUserPoolArgs(
        staff=[],
        admins=[],
        self_sign_up=False,
        mfa="OFF",
        mail_from="",
        domain_prefix=prefix,
        sign_in_base_url="",
        cognito_api_url="",
        site_url=None,
        protect=False,
    )
