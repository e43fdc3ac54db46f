"""The system of the shop's customers: their user pool, their app clients and their own API."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components import openapi
from components.api_calls import STOREFRONT
from components.customer_user_pool import SESSION_DAYS, CustomerUserPoolArgs
from components.gateway_responses import GATEWAY_RESPONSES
from components.people_pools import TOKEN_MINUTES
from tests.graph.graph import ROOT, Graph

Document = dict[str, Any]


@pytest.fixture(scope="module")
def plain() -> Graph:
    """The stack `dev` with a storefront at an address that CloudFront chooses."""
    sender = "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example"
    return Graph.of("dev", {"storefront": True, "shopName": "A <b> & Co", "cognitoMailFrom": sender})


@pytest.fixture(scope="module")
def document(everything: Graph) -> Document:
    """The document of the customers' API."""
    return everything.document("storefront-api-rest-api", "body")


def test_customers_open_their_accounts_with_a_code_by_mail(everything: Graph) -> None:
    pool = everything.inputs("customers-pool")
    assert pool["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": False}
    assert pool["autoVerifiedAttributes"] == ["email"]
    mail = pool["verificationMessageTemplate"]
    assert mail["defaultEmailOption"] == "CONFIRM_WITH_CODE"
    assert "{####}" in mail["emailMessage"]
    assert "Harbour Supplies" in mail["emailMessage"]
    assert "Harbour Supplies" in mail["emailSubject"]


def test_the_pool_of_customers_is_kept_and_signs_in_as_that_of_staff(everything: Graph) -> None:
    """Another value of the first two replaces the pool, which deletes all accounts."""
    customers, staff = everything.inputs("customers-pool"), everything.inputs("staff-pool")
    same = {
        *("usernameAttributes", "usernameConfiguration", "passwordPolicy", "accountRecoverySetting"),
        *("userAttributeUpdateSettings", "emailConfiguration", "userPoolTier", "deletionProtection"),
    }
    assert {name: customers[name] for name in same} == {name: staff[name] for name in same}
    assert not {"aliasAttributes", "schemas", "name"} & set(customers)
    for name in ("customers-pool", "accounts-table"):
        assert everything[name].options.protect
        assert everything[name].options.retain_on_delete


def test_the_name_of_a_shop_is_no_html_in_a_mail(plain: Graph) -> None:
    """Cognito sends the text as HTML."""
    mail = plain.inputs("customers-pool")["verificationMessageTemplate"]
    assert "A &lt;b&gt; &amp; Co" in mail["emailMessage"]
    assert mail["emailSubject"].endswith("A <b> & Co")


def test_nobody_in_the_pool_of_customers_is_in_a_group(everything: Graph) -> None:
    for kind in ("cognito.UserGroup", "cognito.User", "cognito.UserInGroup"):
        for one in everything.all(kind):
            assert everything.sources(one.name, "userPoolId") == {"staff-pool"}


def test_only_the_pages_of_the_shop_get_tokens_of_customers(everything: Graph) -> None:
    """The authorizer accepts the tokens of every client of the pool."""
    clients = {
        one.name: one.inputs
        for one in everything.all("cognito.UserPoolClient")
        if everything.sources(one.name, "userPoolId") == {"customers-pool"}
    }
    assert clients.keys() == {"storefront-client", "customers-sign-up-client"}
    pages, sign_up = clients["storefront-client"], clients["customers-sign-up-client"]
    assert sign_up["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert not {name for name in sign_up if "oauth" in name.lower()}
    # No client writes the address of an account that exists: orders go to it, and it was proved once.
    assert (pages["writeAttributes"], sign_up["writeAttributes"]) == (["name"], ["email", "name"])
    assert pages["callbackUrls"] == ["https://www.shop.example/callback.html"]
    assert pages["logoutUrls"] == ["https://www.shop.example/signed-out.html"]
    assert "ALLOW_USER_PASSWORD_AUTH" not in pages["explicitAuthFlows"]
    assert "profile" in pages["allowedOauthScopes"], "the ID token would have no name"
    assert all(one["generateSecret"] is False for one in clients.values())
    assert all(one["preventUserExistenceErrors"] == "ENABLED" for one in clients.values())


def test_a_session_of_a_customer_lasts_as_long_as_the_guide_says(everything: Graph) -> None:
    client = everything.inputs("storefront-client")
    assert client["tokenValidityUnits"] == {
        "idToken": "minutes",
        "accessToken": "minutes",
        "refreshToken": "days",
    }
    assert (client["idTokenValidity"], client["accessTokenValidity"]) == (TOKEN_MINUTES, TOKEN_MINUTES)
    assert client["refreshTokenValidity"] == SESSION_DAYS
    guide = (ROOT / "docs/operate.md").read_text()
    assert f"A session lasts {SESSION_DAYS} days in its tab, and a token {TOKEN_MINUTES} minutes" in guide


def test_customers_sign_in_at_the_domain_of_their_own_pool(everything: Graph, local: Graph) -> None:
    prefix = everything.inputs("customers-domain")["domain"]
    assert re.fullmatch(r"order-desk-customers-prod-[0-9a-f]{8}", prefix)
    assert everything.sources("customers-domain", "userPoolId") == {"customers-pool"}
    variables = local.inputs("storefront-make-function")["environment"]["variables"]
    assert json.loads(variables["SHOP_STOREFRONT"])["settings"]["sign-in-base-url"] == "http://localhost:8006"


def test_pages_know_what_their_scripts_need_of_this_stack(everything: Graph) -> None:
    """The scope `profile` puts the name into a token, and the last one lets people change it."""
    variables = everything.inputs("storefront-make-function")["environment"]["variables"]
    settings = json.loads(variables["SHOP_STOREFRONT"])["settings"]
    client = everything.inputs("storefront-client")
    assert settings["scope"].split() == client["allowedOauthScopes"]
    assert settings["client-id"] == everything["storefront-client"].id
    assert settings["sign-up-client-id"] == everything["customers-sign-up-client"].id
    assert settings["cognito-api-url"] == "https://cognito-idp.eu-west-1.amazonaws.com"
    assert settings["currency"] == variables["SHOP_CURRENCY"]
    assert settings["site-url"] + "/callback.html" == client["callbackUrls"][0]


def test_the_rows_of_a_deleted_account_expire(everything: Graph) -> None:
    assert everything.inputs("accounts-table")["ttl"] == {"attributeName": "expiresAt", "enabled": True}


def test_an_invalid_domain_prefix_of_customers_is_refused() -> None:
    with pytest.raises(ValueError, match="domain_prefix must be 1 to 63 small letters"):
        CustomerUserPoolArgs(
            shop_name="",
            mail_from="",
            domain_prefix="-shop",
            sign_in_base_url="",
            cognito_api_url="",
            protect=False,
        )


def test_every_call_of_a_customer_needs_an_id_token_of_the_customers_pool(
    everything: Graph, document: Document
) -> None:
    (scheme,) = document["components"]["securitySchemes"].values()
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert [everything.with_names(one) for one in authorizer["providerARNs"]] == ["customers-pool"]
    assert authorizer["authorizerResultTtlInSeconds"] <= 60
    assert "security" not in document
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            expected: Any = None if method == "options" else [{"customer": []}]
            assert operation.get("security") == expected, f"{method} {path}"


def test_each_call_of_a_customer_has_its_own_function(everything: Graph, document: Document) -> None:
    for call in (call for call in STOREFRONT.calls if call.function):
        uri = document["paths"][call.path][call.method]["x-amazon-apigateway-integration"]["uri"]
        (function,) = (one for one in everything.all("lambda.Function") if one.outputs["invokeArn"] == uri)
        assert function.inputs["handler"] == f"lambdas.handlers.{call.function}.handler"


def test_the_sqs_request_names_the_customer_of_the_token(everything: Graph, document: Document) -> None:
    post = _queueing(document)
    (template,) = set(post["requestTemplates"].values())
    given = dict(re.findall(r"MessageAttribute\.\d\.Name=(\w+)&.*?StringValue=([^&]*)", template))
    assert given == {
        "channel": "customer",
        "acceptedAt": "$context.requestTimeEpoch",
        "submittedBy": "$util.urlEncode($context.authorizer.claims.email)",
        "sub": "$util.urlEncode($context.authorizer.claims.sub)",
        "name": "$util.urlEncode($context.authorizer.claims.name)",
        "emailVerified": "$util.urlEncode($context.authorizer.claims.email_verified)",
    }
    same = ("uri", "credentials", "passthroughBehavior", "requestParameters")
    staff = _queueing(everything.document("api-rest-api", "body"))
    assert {name: post[name] for name in same} == {name: staff[name] for name in same}


def test_a_customer_sends_neither_name_nor_address_nor_price(document: Document) -> None:
    models = document["components"]["schemas"]
    assert set(models["CustomerOrder"]["properties"]["customer"]) == {"$ref"}
    assert set(models["DeliverTo"]["properties"]) == {"company", "phone", "address"}
    assert set(models["Item"]["properties"]) == {"sku", "quantity"}
    assert not {"charges", "channel", "accountID"} & set(models["CustomerOrder"]["properties"])
    assert "agreedTotal" in models["CustomerOrder"]["required"]
    assert all(models[name]["additionalProperties"] is False for name in ("CustomerOrder", "DeliverTo"))


def test_the_limits_of_a_customers_order_are_those_of_any_order() -> None:
    models = openapi.body_schemas()
    order, own = models["Order"]["properties"], models["CustomerOrder"]["properties"]
    for name in ("orderID", "items"):
        assert own[name] == order[name]
    for name in ("minimum", "maximum"):
        assert own["agreedTotal"][name] == order["agreedTotal"][name]
    for name in ("reference", "notes"):
        assert own[name]["maxLength"] == order[name]["maxLength"]
    for name, rules in models["DeliverTo"]["properties"].items():
        assert models["Customer"]["properties"][name]["maxLength"] == rules["maxLength"]
    assert models["CartLine"]["properties"]["quantity"] == models["Item"]["properties"]["quantity"]
    assert models["CartLine"]["properties"]["sku"] == models["Item"]["properties"]["sku"]
    assert (
        models["CartLine"]["properties"]["unitPrice"]["maximum"]
        == (models["Product"]["properties"]["unitPrice"]["maximum"])
    )


def test_an_order_that_sqs_refuses_says_that_a_name_may_be_missing(document: Document) -> None:
    """SQS refuses an empty attribute with 400, and the name is the only one that may be empty."""
    responses = _queueing(document)["responses"]
    assert {pattern: one["statusCode"] for pattern, one in responses.items()} == {
        r"2\d{2}": "202",
        "400": "403",
        "default": "502",
    }
    refused = json.loads(responses["400"]["responseTemplates"]["application/json"])["error"]
    assert refused["code"] == "forbidden"
    assert "the name of your account is missing" in refused["message"]
    assert {"202", "403", "502"} <= document["paths"]["/orders"]["post"]["responses"].keys()
    gateway = document["x-amazon-apigateway-gateway-responses"]
    assert gateway.keys() == GATEWAY_RESPONSES.keys()


@pytest.mark.parametrize("letter", ["\ufffe", "\uffff", "\ufffd", "\U0001f9f9"])
def test_the_model_refuses_what_sqs_would_refuse_in_a_text_of_an_order(
    document: Document, letter: str
) -> None:
    """The 403 of SQS would speak of the name, and the 400 of the model speaks of the body."""
    models = document["components"]["schemas"]
    fields = {
        name: field
        for model in ("CustomerOrder", "DeliverTo")
        for name, field in models[model]["properties"].items()
        if field.get("type") == "string" and name != "orderID"
    }
    taken = {name for name, field in fields.items() if re.search(field["pattern"], f"A{letter}b")}
    texts = {"reference", "notes", "company", "phone", "address"}
    assert taken == (set() if letter in "\ufffe\uffff" else texts)


def test_the_pages_of_the_shop_alone_may_call_the_customers_api(everything: Graph, local: Graph) -> None:
    for graph, origin in ((everything, "https://www.shop.example"), (local, "http://localhost:8005")):
        document = graph.document("storefront-api-rest-api", "body")
        assert {f"'{origin}'"} == _allowed(document)
        for one in graph.all("lambda.Function"):
            if one.name.startswith("accounts-"):
                assert one.inputs["environment"]["variables"]["SHOP_CORS_ORIGIN"] == origin
        preflight = document["paths"]["/account/cart"]["options"]["x-amazon-apigateway-integration"]
        headers = preflight["responses"]["default"]["responseParameters"]
        assert "If-Match" in headers["method.response.header.Access-Control-Allow-Headers"]


def test_pages_at_an_address_that_cloudfront_chooses_may_call_the_api_too(plain: Graph) -> None:
    """That address is known only after the API. Each call needs a token, and no cookie is read."""
    assert _allowed(plain.document("storefront-api-rest-api", "body")) == {"'*'"}
    assert plain.inputs("storefront-client")["callbackUrls"] == [f"{plain.outputs['shopUrl']}/callback.html"]
    assert re.fullmatch(r"https://[a-z0-9]+\.cloudfront\.net", plain.outputs["shopUrl"])


def test_the_customers_api_has_limits_and_logs_of_its_own(everything: Graph) -> None:
    settings, staff = (everything.inputs(f"{one}-method-settings") for one in ("storefront-api", "api"))
    assert settings["settings"] == staff["settings"]
    assert settings["restApi"] == everything["storefront-api-rest-api"].id != staff["restApi"]
    stage = everything.inputs("storefront-api-stage")["accessLogSettings"]
    assert everything.with_names(stage["destinationArn"]) == "storefront-logs-access"


def test_apis_are_deployed_one_after_the_other(everything: Graph) -> None:
    """An account may create one deployment every 5 s, and the first API sets the role for logs."""
    assert {"api-stage", "inbox-api-stage"} <= everything.waits_for("storefront-api-deployment")
    assert not {one for one in everything.waits_for("api-stage") if one.startswith("storefront-api-")}


def _queueing(document: Document) -> Document:
    integration: Document = document["paths"]["/orders"]["post"]["x-amazon-apigateway-integration"]
    return integration


def _allowed(document: Document) -> set[str]:
    """Return every value of Access-Control-Allow-Origin in the answers of the gateway itself."""
    found = re.findall(r'header\.Access-Control-Allow-Origin": "([^"]*)"', json.dumps(document))
    assert len(found) > len(GATEWAY_RESPONSES)
    return set(found)
