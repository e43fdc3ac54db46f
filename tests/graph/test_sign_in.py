"""The user pool, its hosted pages and its only client."""

from __future__ import annotations

import json
import re

import pytest

from components.people_pools import PASSWORD_RULES
from components.staff_user_pool import StaffUserPoolArgs
from lambdas.platform import tables
from lambdas.shop import people_table
from local.provider.users import UserPool, UserPoolClient
from tests.graph.graph import ROOT, Graph


def test_the_pool_identifies_users_by_case_insensitive_email_address(graph: Graph) -> None:
    """A change of these values replaces the pool, which deletes all accounts."""
    pool = graph.inputs("staff-pool")
    assert pool["usernameAttributes"] == ["email"]
    assert pool["usernameConfiguration"] == {"caseSensitive": False}
    assert not {"aliasAttributes", "schemas", "name"} & set(pool)
    assert graph["staff-pool"].options.protect is (graph.stack == "prod")


def test_the_pool_uses_the_free_tier(graph: Graph) -> None:
    assert graph.inputs("staff-pool")["userPoolTier"] == "ESSENTIALS"


def test_passwords_are_long_and_recovered_by_mail(graph: Graph) -> None:
    pool = graph.inputs("staff-pool")
    assert pool["passwordPolicy"]["minimumLength"] >= 12
    assert pool["accountRecoverySetting"] == {
        "recoveryMechanisms": [{"name": "verified_email", "priority": 1}]
    }
    assert pool["autoVerifiedAttributes"] == ["email"]
    assert pool["userAttributeUpdateSettings"] == {"attributesRequireVerificationBeforeUpdates": ["email"]}


def test_people_can_sign_up_only_if_the_stack_allows_it(dev: Graph, everything: Graph) -> None:
    assert dev.inputs("staff-pool")["adminCreateUserConfig"]["allowAdminCreateUserOnly"] is True
    assert everything.inputs("staff-pool")["adminCreateUserConfig"]["allowAdminCreateUserOnly"] is False


def test_the_site_names_the_pools_password_rules(graph: Graph) -> None:
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


@pytest.mark.thorough
def test_a_change_of_sign_up_or_mfa_replaces_no_pool_or_client(dev: Graph) -> None:
    """A new pool loses every account. A new client ends every session and breaks every script."""
    sender = "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example"
    config = {"selfSignUp": True, "mfa": "ON", "cognitoApiUrl": "https://cognito.example"}
    opened = Graph.of("dev", {**config, "cognitoMailFrom": sender})
    for name, kind in (("staff-pool", UserPool), ("site-client", UserPoolClient)):
        before, after = dev.inputs(name), opened.inputs(name)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert changed <= kind.in_place
    assert "adminCreateUserConfig" in UserPool.in_place
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
    assert "allowedOauthScopes" in UserPoolClient.in_place


def test_the_page_requests_exactly_the_clients_scopes(graph: Graph) -> None:
    """Cognito shows an error for any other scope.

    Without `aws.cognito.signin.user.admin`, nobody can change their own password.
    """
    script = (ROOT / "site/assets/lib/session.js").read_text()
    (requested,) = re.findall(r'settingOr\("scope", "([^"]*)"\)', script)
    assert set(requested.split()) == set(graph.inputs("site-client")["allowedOauthScopes"])


def test_a_session_lasts_as_long_as_the_account_page_and_the_guides_say(graph: Graph) -> None:
    client = graph.inputs("site-client")
    said = [
        *re.findall(r"lives (\d+) minutes, a session (\d+) hours", (ROOT / "docs/security.md").read_text()),
        *re.findall(
            r"ID token for (\d+) minutes and renews it by itself for (\d+) hours",
            (ROOT / "docs/operate.md").read_text(),
        ),
    ]
    assert said == [(str(client["idTokenValidity"]), str(client["refreshTokenValidity"]))] * 2
    (page,) = (one for one in graph.all("s3.BucketObjectv2") if one.inputs["key"] == "account.html")
    assert f'data-session-hours="{client["refreshTokenValidity"]}"' in page.inputs["content"]


def test_mfa_is_off_or_required_for_everybody(dev: Graph, everything: Graph) -> None:
    """With OPTIONAL, the hosted pages never ask for a code."""
    assert dev.inputs("staff-pool")["mfaConfiguration"] == "OFF"
    assert "softwareTokenMfaConfiguration" not in dev.inputs("staff-pool")
    assert everything.inputs("staff-pool")["mfaConfiguration"] == "ON"
    assert everything.inputs("staff-pool")["softwareTokenMfaConfiguration"] == {"enabled": True}


def test_mail_comes_from_ses_if_an_identity_is_configured(dev: Graph, everything: Graph) -> None:
    """Cognito's own sender stops at 50 mails a day."""
    assert dev.inputs("staff-pool")["emailConfiguration"] == {"emailSendingAccount": "COGNITO_DEFAULT"}
    assert everything.inputs("staff-pool")["emailConfiguration"] == {
        "emailSendingAccount": "DEVELOPER",
        "sourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example",
        "fromEmailAddress": "desk@shop.example",
    }


def test_an_invitation_has_user_name_password_and_address(dev: Graph, everything: Graph) -> None:
    for graph in (dev, everything):
        mail = graph.inputs("staff-pool")["adminCreateUserConfig"]["inviteMessageTemplate"]
        for text in (mail["emailMessage"], mail["smsMessage"]):
            assert "{username}" in text
            assert "{####}" in text
    assert "https://orders.shop.example" in mail["emailMessage"]
    # CloudFront's own name is missing, because the distribution needs the API and the API needs the pool.
    assert not {"site-front-distribution", "site-client"} & dev.waits_for("staff-pool")


def test_every_text_says_how_long_an_invitation_is_valid(graph: Graph) -> None:
    pool = graph.inputs("staff-pool")
    days = pool["passwordPolicy"]["temporaryPasswordValidityDays"]
    mail = pool["adminCreateUserConfig"]["inviteMessageTemplate"]["emailMessage"]
    staff_guide, operate = ((ROOT / f"docs/{name}.md").read_text() for name in ("staff-guide", "operate"))
    said = [
        *re.findall(r"It works once, within (\w+) days", mail + staff_guide),
        *re.findall(r"A temporary password is good for (\w+) days", operate),
        *re.findall(r"An invitation that is older than (\w+) days", operate),
    ]
    assert len(said) == 4
    assert {{"seven": "7"}.get(one, one) for one in said} == {str(days)}


def test_a_sign_up_is_confirmed_by_the_code_that_its_page_asks_for(everything: Graph) -> None:
    """A link would need another template and no page. The code stands in a mail in place of {####}."""
    template = everything.inputs("staff-pool")["verificationMessageTemplate"]
    assert template["defaultEmailOption"] == "CONFIRM_WITH_CODE"
    assert "{####}" in template["emailMessage"]
    assert "If you did not ask for it, use it nowhere." in template["emailMessage"]
    assert template["emailSubject"]
    (page,) = (one for one in everything.all("s3.BucketObjectv2") if one.inputs["key"] == "sign-up.html")
    assert 'id="code-form"' in page.inputs["content"]


def test_every_text_says_how_long_a_disabled_account_stays_usable(graph: Graph) -> None:
    """As long as an ID token, and as long as the gateway remembers that it was valid."""
    (authorizer,) = json.loads(graph.inputs("api-rest-api")["body"])["components"]["securitySchemes"].values()
    seconds = authorizer["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"]
    minutes = graph.inputs("site-client")["idTokenValidity"] + seconds // 60
    scripts = sorted((ROOT / "site/assets/people").glob("*.js"))
    guides = [ROOT / f"docs/{name}.md" for name in ("operate", "staff-guide", "security", "decisions")]
    for file in (*guides, *scripts):
        said = re.findall(r"(?:within|for(?: up to)?) (1\d) minutes", file.read_text())
        assert set(said) <= {str(minutes)} | ({"15"} if file.suffix == ".md" else set()), file
    assert "16 minutes" in "".join(file.read_text() for file in scripts)


@pytest.mark.thorough
def test_known_address_can_be_put_into_the_invitation_later(dev: Graph) -> None:
    """docs/operate.md sets siteUrl to CloudFront's own address.

    Only the invitation may change, and the page that says whether it has a link.
    """
    told = Graph.of("dev", {"siteUrl": dev.outputs["siteUrl"]})
    changed = [one for urn, one in told.resources.items() if one.inputs != dev.resources[urn].inputs]
    assert {one.name for one in changed} == {"staff-pool", "site-page-people.html"}
    warned = [graph.inputs("site-page-people.html")["content"].count("has no link") for graph in (dev, told)]
    assert warned == [1, 0]
    mail = told.inputs("staff-pool")["adminCreateUserConfig"]["inviteMessageTemplate"]["emailMessage"]
    assert f" It is at {dev.outputs['siteUrl']}." in mail


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


def test_an_up_enables_no_account_that_an_admin_has_disabled(graph: Graph) -> None:
    """The provider's default is true. After a refresh, it would differ from the account."""
    for user in graph.all("cognito.User"):
        assert "enabled" not in user.inputs
        assert user.options.ignore_changes == ("enabled",)


def test_each_account_of_the_configuration_is_marked_with_its_groups(everything: Graph) -> None:
    """The row names the account by its ID, so it goes with the account, and no address is in it."""
    marked = {}
    for row in everything.all("dynamodb.TableItem"):
        assert everything.sources(row.name, "tableName") == {"people-table"}
        assert (row.inputs["hashKey"], row.inputs["rangeKey"]) == ("person", "entry")
        item = tables.record(json.loads(row.inputs["item"]))
        assert set(item) == {"person", "entry", "groups"}
        assert item["entry"] == people_table.CONFIGURATION
        marked[item["person"]] = item["groups"]
    subs = {one.inputs["username"]: one.outputs["sub"] for one in everything.all("cognito.User")}
    assert marked == {
        subs["admin@shop.example"]: ["admin"],
        subs["both@shop.example"]: ["admin", "staff"],
        subs["staff@shop.example"]: ["staff"],
    }


def test_the_pool_has_the_groups_staff_and_admin(graph: Graph) -> None:
    assert {one.inputs["name"] for one in graph.all("cognito.UserGroup")} == {"staff", "admin"}


def test_the_pool_has_exactly_one_client_that_gives_tokens(graph: Graph) -> None:
    """The authorizer accepts the tokens of every client of the pool."""
    clients = {
        one.name: one.inputs
        for one in graph.all("cognito.UserPoolClient")
        if graph.sources(one.name, "userPoolId") == {"staff-pool"}
    }
    assert clients.pop("site-client")
    if graph.inputs("staff-pool")["adminCreateUserConfig"]["allowAdminCreateUserOnly"]:
        assert not clients
        return
    client = clients.pop("staff-sign-up-client")
    assert not clients
    # This flow needs a token of the same client. Without any flow, Cognito would allow sign-in by password.
    assert client["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert not {name for name in client if "oauth" in name.lower() or name == "supportedIdentityProviders"}


def test_nobody_can_change_their_own_email_address(graph: Graph) -> None:
    """Their groups would stay, and whoever removes the old address would miss them.

    An empty list means every attribute. Every client may write an attribute that the pool requires.
    """
    assert graph.inputs("site-client")["writeAttributes"] == ["locale"]
    assert not graph.inputs("staff-pool").get("schemas")


def test_sign_up_uses_the_client_that_may_write_an_address(everything: Graph) -> None:
    client = everything["staff-sign-up-client"]
    assert client.inputs["writeAttributes"] == ["email"]
    assert client.inputs["generateSecret"] is False
    assert client.inputs["preventUserExistenceErrors"] == "ENABLED"
    (page,) = (one for one in everything.all("s3.BucketObjectv2") if one.inputs["key"] == "sign-up.html")
    assert f'data-client-id="{client.id}"' in page.inputs["content"]


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


def test_a_token_is_valid_for_15_minutes(graph: Graph) -> None:
    """Tokens expire soon, because they stay valid after sign-out. Without units, 15 would mean hours."""
    client = graph.inputs("site-client")
    assert client["tokenValidityUnits"] == {
        "idToken": "minutes",
        "accessToken": "minutes",
        "refreshToken": "hours",
    }
    assert (client["idTokenValidity"], client["accessTokenValidity"]) == (15, 15)
    assert client["refreshTokenValidity"] <= 24


def test_callback_and_sign_out_urls_are_pages_of_the_site(graph: Graph) -> None:
    site, client = graph.outputs["siteUrl"], graph.inputs("site-client")
    assert client["callbackUrls"] == [f"{site}/callback.html"]
    assert client["logoutUrls"] == [f"{site}/signed-out.html"]
    keys = {one.inputs["key"] for one in graph.all("s3.BucketObjectv2")}
    assert {"callback.html", "signed-out.html"} <= keys


def test_the_sign_in_url_is_the_page_that_starts_a_sign_in(graph: Graph) -> None:
    """Cognito's own address has no state and no verifier, so the callback page would refuse its answer."""
    front = next(iter(graph.all("cloudfront.Distribution")))
    assert graph.outputs["signInUrl"] == f"{graph.outputs['siteUrl']}/"
    assert front.inputs["defaultRootObject"] == "index.html"
    script = (ROOT / "site/assets/pages/today.js").read_text()
    assert re.search(r"^start\(", script, re.M)


def test_the_page_uses_the_clients_callback_and_sign_out_urls(local: Graph) -> None:
    """Cognito compares whole URLs and shows an error page for any other URL."""
    script = (ROOT / "site/assets/lib/session.js").read_text()
    site, client = local.outputs["siteUrl"], local.inputs("site-client")
    addresses = [f"{site}{path}" for path in re.findall(r"\$\{site\}(/[^`]*)`", script)]
    assert addresses == client["callbackUrls"] + client["logoutUrls"]
    scopes = re.findall(r'settingOr\("scope", "(.*)"\)', script)
    assert scopes == [" ".join(client["allowedOauthScopes"])]


def test_the_configured_site_url_is_used_everywhere(local: Graph) -> None:
    """Cognito accepts http for localhost only, not for 127.0.0.1."""
    assert local.inputs("site-client")["callbackUrls"] == ["http://localhost:8000/callback.html"]
    assert local.outputs["siteUrl"] == "http://localhost:8000"
    assert local.outputs["signInUrl"] == "http://localhost:8000/"
    assert local.inputs("notifications-notify-function")["environment"]["variables"]["SHOP_SITE_URL"] == (
        "http://localhost:8000"
    )


def test_managed_login_version_2_needs_a_branding(graph: Graph) -> None:
    """Without a branding, version 2 shows: Login pages unavailable."""
    version = graph.inputs("staff-domain")["managedLoginVersion"]
    assert (version == 2) == bool(graph.all("cognito.ManagedLoginBranding"))


def test_the_domain_prefix_is_valid_and_unique_to_the_account(graph: Graph) -> None:
    prefix = graph.inputs("staff-domain")["domain"]
    assert re.fullmatch(rf"order-desk-{graph.stack}-[0-9a-f]{{8}}", prefix)
    assert graph.sources("staff-domain", "userPoolId") == {"staff-pool"}


@pytest.mark.parametrize(
    "prefix", ["my-aws-desk", "amazonas", "cognito1", "Desk", "-desk", "desk-", "d" * 64, ""]
)
def test_an_invalid_domain_prefix_is_refused(prefix: str) -> None:
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
