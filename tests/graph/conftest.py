"""The resource graphs of the program: one for each stack, one with every option, and one for local URLs."""

from __future__ import annotations

import os

import pytest

from tests.graph.graph import Graph

# Without this setting, an f-string with an Output contains a warning text. With it, Pulumi raises an error.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

EVERYTHING = {
    "staffEmails": ["Staff@shop.example", "both@shop.example"],
    "adminEmails": ["admin@shop.example", "both@shop.example"],
    "notificationEmails": ["orders@shop.example"],
    "notificationPhones": ["+447700900123"],
    "alarmEmails": ["alarms@shop.example"],
    "domainName": "orders.shop.example",
    "hostedZoneId": "Z0123456789ABC",
    "selfSignUp": True,
    "mfa": "ON",
    "webAcl": True,
    "corsOrigins": ["https://shop.example"],
    "operatorArns": ["arn:aws:iam::123456789012:role/operator"],
    "cognitoMailFrom": "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example",
    "apiLogs": "existing-role",
    "shopName": "Harbour Supplies",
    "shopAddress": ["1 Quay Street", "VAT GB 123 4567 89", "Éire"],
    "shopLogo": "tests/data/shop-logo.svg",
    # Values that nothing else has, as below.
    "orderRetentionDays": 23917,
    "customerRetentionDays": 21379,
    "deadLetterRetentionDays": 19373,
    "connectedShops": True,
    "webhookTestHosts": ["hooks.shop.example"],
    "storefront": True,
    "storefrontDomain": "www.shop.example",
    "customerMailFrom": "arn:aws:ses:eu-west-1:123456789012:identity/mails@shop.example",
    "vatRates": {"standard": 21.7, "reduced": 8},
    "storefrontTexts": {"terms": "tests/data/law/terms.txt"},
}
LOCAL = {
    "staffEmails": ["Ann@Shop.example", "ann@shop.example"],
    "siteUrl": "http://localhost:8000",
    "signInBaseUrl": "http://localhost:8001",
    "cognitoApiUrl": "http://localhost:8002",
    "machineTokenBaseUrl": "http://localhost:8004",
    "corsOrigins": ["http://localhost:8003"],
    "apiLogs": "none",
    "orderWithoutEmail": True,
    "storefront": True,
    "storefrontUrl": "http://localhost:8005",
    "customerSignInBaseUrl": "http://localhost:8006",
    "cognitoMailFrom": "arn:aws:ses:eu-west-1:123456789012:identity/shop@shop.example",
    # Values that nothing else has: test_settings_in_use.py looks for them in the graph.
    "currency": "XTS",
    "apiRateLimit": 137,
    "apiBurstLimit": 263,
}


@pytest.fixture(scope="session")
def prod() -> Graph:
    """The stack `prod`, which keeps its data."""
    return Graph.of("prod")


@pytest.fixture(scope="session")
def everything() -> Graph:
    """The stack `prod` with every optional feature."""
    return Graph.of("prod", EVERYTHING)


@pytest.fixture(scope="session")
def local() -> Graph:
    """The stack `dev` with URLs of this machine, other limits and another currency, and without API logs."""
    return Graph.of("dev", LOCAL)


@pytest.fixture(scope="session", params=["dev", "prod", "everything"])
def graph(request: pytest.FixtureRequest) -> Graph:
    """Each of the stacks `dev`, `prod` and `everything`."""
    found: Graph = request.getfixturevalue(request.param)
    return found
