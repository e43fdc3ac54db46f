"""Each setting is used everywhere that it should be, and no constant stands in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yaml

from tests.graph.conftest import EVERYTHING, LOCAL
from tests.graph.graph import ROOT, Graph

PAGES = "site-page-*.content"
PAGES_WITH_PAPERS = ["site-page-order.html.content", "site-page-orders.html.content"]
STOREFRONT = "storefront-make-function.environment.variables.SHOP_STOREFRONT"
SHOP_URL = [
    STOREFRONT,
    "accounts-*-function.environment.variables.SHOP_CORS_ORIGIN",
    "storefront-api-rest-api.body",
    "storefront-client.callbackUrls",
    "storefront-client.logoutUrls",
]
PEOPLE = ["staff-user-{}.username", "staff-user-{}.attributes.email"]
SITE_URL = [
    PAGES,
    "notifications-notify-function.environment.variables.SHOP_SITE_URL",
    "product-files-bucket-cors.corsRules.allowedOrigins",
    "site-client.callbackUrls",
    "site-client.logoutUrls",
    "staff-pool.adminCreateUserConfig.inviteMessageTemplate.emailMessage",
]
ALLOWED_TO_PAGES = [
    "site-front-addresses.code",
    "site-front-headers.securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy",
]
ALLOWED_TO_PAGES_OF_THE_SHOP = [ALLOWED_TO_PAGES[-1].replace("site-", "storefront-")]
MAILS = "customer-mails-mail-function.environment.variables.SHOP_CUSTOMER_MAIL"
# A stack, a value that one of its settings has and nothing else, and all inputs that contain the value.
USES: list[tuple[str, object, list[str]]] = [
    ("everything", "staff@shop.example", [*PEOPLE, "staff-staff-{}.username"]),
    ("everything", "admin@shop.example", [*PEOPLE, "staff-admin-{}.username"]),
    (
        "everything",
        "orders@shop.example",
        [
            "notifications-mail-{}.endpoint",
            "notifications-notify-function.environment.variables.SHOP_NOTIFICATION_RECIPIENTS",
        ],
    ),
    (
        "everything",
        "+447700900123",
        [
            "notifications-notify-function.environment.variables.SHOP_NOTIFICATION_RECIPIENTS",
            "notifications-text-{}.endpoint",
        ],
    ),
    ("everything", "alarms@shop.example", ["alarms-mail-{}.endpoint"]),
    (
        "everything",
        "orders.shop.example",
        [
            *SITE_URL,
            "site-domain-certificate.domainName",
            "site-domain-proof.name",
            "site-domain-validation.validationRecordFqdns",
            "site-front-alias-a.name",
            "site-front-alias-aaaa.name",
            "site-front-distribution.aliases",
        ],
    ),
    (
        "everything",
        "Z0123456789ABC",
        [
            f"{site}-{role}.zoneId"
            for site in ("site", "storefront")
            for role in ("domain-proof", "front-alias-a", "front-alias-aaaa")
        ],
    ),
    (
        "everything",
        "www.shop.example",
        [
            "storefront-domain-certificate.domainName",
            "storefront-domain-proof.name",
            "storefront-domain-validation.validationRecordFqdns",
            "storefront-front-alias-a.name",
            "storefront-front-alias-aaaa.name",
            "storefront-front-distribution.aliases",
            *SHOP_URL,
            MAILS,
        ],
    ),
    ("local", "http://localhost:8005", SHOP_URL),
    (
        "everything",
        "arn:aws:iam::123456789012:role/operator",
        ["*-queue-policy.policy", "*-dead-letters-policy.policy", "*-again-policy.policy"],
    ),
    (
        "everything",
        "arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example",
        ["staff-pool.emailConfiguration.sourceArn", "customers-pool.emailConfiguration.sourceArn"],
    ),
    (
        "everything",
        "arn:aws:ses:eu-west-1:123456789012:identity/mails@shop.example",
        ["customer-mails-mail-policy.policy"],
    ),
    (
        "everything",
        "Harbour Supplies",
        [*PAGES_WITH_PAPERS, STOREFRONT, MAILS, "customers-pool.verificationMessageTemplate.email[MS]*"],
    ),
    ("everything", "1 Quay Street", [*PAGES_WITH_PAPERS, STOREFRONT, MAILS]),
    ("everything", "VAT GB 123 4567 89", [*PAGES_WITH_PAPERS, STOREFRONT, MAILS]),
    ("prod", 365, ["*-logs.retentionInDays", "api-logs-access.retentionInDays"]),
    (
        "local",
        "http://localhost:8004",
        [
            "connected-shops-*-function.environment.variables.SHOP_MACHINE_TOKEN_URL",
            "site-inbox-reference.content",
        ],
    ),
    (
        "everything",
        "23917",
        ["retention-apply-function.environment.variables.SHOP_ORDER_RETENTION_DAYS"],
    ),
    (
        "everything",
        "21379",
        ["retention-apply-function.environment.variables.SHOP_CUSTOMER_RETENTION_DAYS"],
    ),
    (
        "everything",
        "19373",
        ["retention-apply-function.environment.variables.SHOP_DEAD_LETTER_RETENTION_DAYS"],
    ),
    (
        "local",
        "XTS",
        [
            "*-function.environment.variables.SHOP_CURRENCY",
            PAGES,
            STOREFRONT,
            "views-customers.globalSecondaryIndexes.nonKeyAttributes",
        ],
    ),
    (
        "everything",
        "hooks.shop.example",
        [
            f"{name}-function.environment.variables.SHOP_WEBHOOK_TEST_HOSTS"
            for name in (
                *("webhooks-deliver", "webhook-calls-put", "webhook-calls-delete"),
                *("webhook-calls-add", "webhook-calls-remove"),
            )
        ],
    ),
    ("local", "http://localhost:8000", SITE_URL),
    ("local", "http://localhost:8001", [*ALLOWED_TO_PAGES, PAGES]),
    (
        "local",
        "http://localhost:8002",
        [*ALLOWED_TO_PAGES, PAGES, *ALLOWED_TO_PAGES_OF_THE_SHOP, STOREFRONT],
    ),
    ("local", "http://localhost:8006", [*ALLOWED_TO_PAGES_OF_THE_SHOP, STOREFRONT]),
    (
        "local",
        "http://localhost:8003",
        [
            # The functions of accounts answer to the pages of the shop instead.
            "[!a]*-function.environment.variables.SHOP_CORS_ORIGIN",
            "accounting-get-function.environment.variables.SHOP_CORS_ORIGIN",
            "api-rest-api.body",
        ],
    ),
    ("local", 137, ["*api-method-settings.settings.throttlingRateLimit"]),
    ("local", 263, ["*api-method-settings.settings.throttlingBurstLimit"]),
]
# Settings without a value that nothing else has. Other tests compare stacks with and without them.
SWITCHES = {
    "apiLogs",
    "connectedShops",
    "mfa",
    "orderWithoutEmail",
    "protectData",
    "selfSignUp",
    "shopLogo",
    "storefront",
    "storefrontTexts",
    "vatRates",
    "webAcl",
}


@pytest.mark.parametrize(("stack", "value", "patterns"), USES, ids=[str(use[1]) for use in USES])
def test_a_setting_is_used_at_all_its_places_and_no_other(
    request: pytest.FixtureRequest, stack: str, value: object, patterns: list[str]
) -> None:
    graph: Graph = request.getfixturevalue(stack)
    inputs = list(_inputs(graph))
    named = [pattern.format(value) for pattern in patterns]
    expected = {place for place, _ in inputs if any(fnmatchcase(place, pattern) for pattern in named)}
    assert all(any(fnmatchcase(place, pattern) for place in expected) for pattern in named)
    assert {place for place, given in inputs if _contains(given, value)} == expected


def test_every_setting_has_another_value_than_its_default_in_these_tests() -> None:
    """Otherwise a constant with the value of the default could replace it, and no test would see that."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    given = {(key, str(one).lower()) for key, one in _values() if one != declared[key]["default"]}
    assert {key for key, _ in given} == set(declared)
    sought = {str(value).lower() for _, value, _ in USES}
    assert {key for key, one in given if one in sought} == set(declared) - SWITCHES


def test_no_trace_of_the_default_currency_is_left_in_a_stack_with_another(local: Graph) -> None:
    """Except in the scripts of the site, which know the digits of each currency."""
    places = {place for place, given in _inputs(local) if _contains(given, "GBP")}
    assert {place for place in places if not place.startswith("site-asset-")} == set()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_file_has_known_keys_and_the_tags_of_its_stack(stack: str) -> None:
    """Pulumi does not read a key with a misspelled project, and does not say so."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    known = {f"{project['name']}:{key}" for key in project["config"]} | {"aws:region", "aws:defaultTags"}
    assert set(config) <= known
    assert config["aws:defaultTags"] == {"tags": {"project": project["name"], "stack": stack}}


def _values() -> Iterator[tuple[str, object]]:
    """Yield each setting of the stacks in these tests with its value, or with each entry of its list."""
    for config in (EVERYTHING, LOCAL, _stack_file("dev"), _stack_file("prod")):
        for key, value in config.items():
            yield from ((key, one) for one in (value if isinstance(value, list) else [value]))


def _stack_file(stack: str) -> dict[str, Any]:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key.partition(":")[2]: value for key, value in config.items() if key.startswith("order-desk:")}


def _inputs(graph: Graph) -> Iterator[tuple[str, object]]:
    """Yield each number and text of the graph with its place: `site-page-orders.html.content`."""
    for one in graph.all():
        yield from _leaves(dict(one.inputs), one.name)


def _leaves(value: Any, place: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, f"{place}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, place)
    else:
        yield place, value


def _contains(given: object, value: object) -> bool:
    return value in given if isinstance(given, str) and isinstance(value, str) else given == value
