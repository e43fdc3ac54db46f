"""Invalid configuration and arguments are refused before the program declares a resource."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Mapping
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.function import FunctionArgs
from components.openapi import schemas
from components.order_pipeline import OrderPipelineArgs
from components.settings import Settings, SettingsError
from components.stream import RetryPolicy
from components.table import Index, TableArgs
from local.stack_config import ConfigError, load_config
from tests.graph.graph import ROOT, Graph


def _load(config: Mapping[str, str]) -> Settings:
    """Load the settings from texts by key, as Pulumi gives them to the program."""

    def load() -> Settings:
        pulumi.runtime.set_all_config({f"project:{key}": text for key, text in config.items()})
        return Settings.load()

    return contextvars.copy_context().run(load)


# The configuration of a stack without a stack file, as texts by key and as settings.
DEFAULTS = {
    key.removeprefix("order-desk:"): text for key, text in load_config(ROOT, "without-a-file").items()
}
SETTINGS = _load(DEFAULTS)


RETENTION = {
    "order_retention_days": "orderRetentionDays",
    "customer_retention_days": "customerRetentionDays",
    "dead_letter_retention_days": "deadLetterRetentionDays",
}


def test_every_declared_key_is_a_setting_with_its_default() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    read = {_camel(field.name): getattr(SETTINGS, field.name) for field in fields(Settings)}
    defaults = {key: one["default"] for key, one in declared.items()}
    assert defaults == {key: list(one) if isinstance(one, tuple) else one for key, one in read.items()}
    assert all(one["description"] for one in declared.values())


@pytest.mark.parametrize("key", DEFAULTS)
def test_only_pulumi_yaml_has_the_default_of_a_key(key: str) -> None:
    others = {other: text for other, text in DEFAULTS.items() if other != key}
    with pytest.raises(pulumi.ConfigMissingError, match=f"project:{key}'"):
        _load(others)


def test_no_setting_has_a_default_in_the_program() -> None:
    assert {field.default for field in fields(Settings)} == {MISSING}
    assert {field.default_factory for field in fields(Settings)} == {MISSING}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"staff_emails": ("nobody",)}, "staffEmails[0] must be an e-mail address, got 'nobody'"),
        ({"admin_emails": ("a@b.c", "@")}, "adminEmails[1] must be an e-mail address, got '@'"),
        (
            {"notification_emails": ("a b@c.d",)},
            "notificationEmails[0] must be an e-mail address, got 'a b@c.d'",
        ),
        ({"alarm_emails": ("",)}, "alarmEmails[0] must be an e-mail address, got ''"),
        *(
            (
                {"notification_phones": ("+447700900123", phone)},
                "notificationPhones[1] must be + and up to 15 digits, the country's first, without blanks, "
                f"got {phone!r}",
            )
            for phone in ("07700900123", "+44 7700 900123", "+0447700900123", "+1", "+1234567890123456", "")
        ),
        ({"mfa": "OPTIONAL"}, "mfa must be one of OFF, ON, got 'OPTIONAL'"),
        ({"api_logs": "yes"}, "apiLogs must be one of none, existing-role, own-role, got 'yes'"),
        ({"currency": "Pound"}, "currency must be three capital letters (ISO 4217), got 'Pound'"),
        ({"log_retention_days": 100}, "logRetentionDays must be one of 1, 3, 5, "),
        ({"log_retention_days": 100}, "3653, got 100"),
        (
            {"customer_retention_days": 366, "order_retention_days": 365},
            "customerRetentionDays must be at most orderRetentionDays, because a customer goes with the last "
            "order, got 366 and 365",
        ),
        *(
            ({key: days}, f"{name} must be 0 (for ever) or between 30 and 36,500, got {days}")
            for key, name in RETENTION.items()
            for days in (-1, 1, 29, 36_501)
        ),
        ({"api_rate_limit": 0}, "apiRateLimit must be at least 1, got 0"),
        ({"api_burst_limit": -1}, "apiBurstLimit must be at least 1, got -1"),
        (
            {"self_sign_up": True},
            "selfSignUp needs cognitoMailFrom, because Cognito's own sender stops at 50",
        ),
        (
            {"domain_name": "shop.example"},
            "domainName and hostedZoneId go together, got 'shop.example' and ''",
        ),
        ({"hosted_zone_id": "Z1A"}, "domainName and hostedZoneId go together, got '' and 'Z1A'"),
        (
            {"domain_name": "https://shop.example", "hosted_zone_id": "Z1A"},
            "domainName must be a host name in lower case such as orders.example.com, got 'https://shop.example'",
        ),
        (
            {"domain_name": "shop.example", "hosted_zone_id": "123"},
            "hostedZoneId must begin with Z and have capital letters and digits, got '123'",
        ),
        (
            {"cors_origins": ("https://a.example/",)},
            "corsOrigins[0] must be https://host or http://localhost",
        ),
        ({"cors_origins": ("http://a.example",)}, "got 'http://a.example'"),
        ({"cors_origins": ("*",)}, "corsOrigins[0] must be https://host or http://localhost"),
        ({"site_url": "http://127.0.0.1:8000"}, "siteUrl must be https://host or http://localhost"),
        ({"sign_in_base_url": "localhost"}, "signInBaseUrl must be https://host or http://localhost"),
        (
            {"machine_token_base_url": "https://a.example/oauth2"},
            "machineTokenBaseUrl must be https://host or http://localhost",
        ),
        (
            {"webhook_test_hosts": ("localhost", "http://localhost")},
            "webhookTestHosts[1] must be the name of a host in lower case or its number",
        ),
        ({"webhook_test_hosts": ("localhost:80",)}, "without scheme and port, got 'localhost:80'"),
        (
            {"storefront": True},
            "storefront needs cognitoMailFrom, because Cognito's own sender stops at 50 mails a day",
        ),
        (
            {"customer_mail_from": "arn:aws:ses:eu-west-1:123456789012:identity/a@shop.example"},
            "customerMailFrom needs storefront, got 'arn:aws:ses:eu-west-1",
        ),
        (
            {"customer_mail_from": "shop.example"},
            "customerMailFrom must be the ARN of an SES mailbox identity, got 'shop.example'",
        ),
        (
            {"customer_sign_in_base_url": "http://a.example"},
            "customerSignInBaseUrl must be https://host or http://localhost",
        ),
        ({"storefront_url": "http://a.example"}, "storefrontUrl must be https://host or http://localhost"),
        (
            {"storefront": True, "storefront_domain": "www.shop.example"},
            "storefrontDomain needs storefront and hostedZoneId, got 'www.shop.example'",
        ),
        (
            {"hosted_zone_id": "Z1A", "storefront_domain": "www.shop.example"},
            "storefrontDomain needs storefront and hostedZoneId, got 'www.shop.example'",
        ),
        (
            {"storefront": True, "hosted_zone_id": "Z1A", "storefront_domain": "Shop"},
            "storefrontDomain must be a host name in lower case such as shop.example.com, got 'Shop'",
        ),
        (
            {
                "storefront": True,
                "hosted_zone_id": "Z1A",
                "domain_name": "a.example",
                "storefront_domain": "a.example",
            },
            "storefrontDomain must be another host than domainName, got 'a.example'",
        ),
        (
            {"storefront_texts": {"terms": "tests/data/law/terms.txt"}},
            "storefrontTexts needs storefront, got {'terms': 'tests/data/law/terms.txt'}",
        ),
        (
            {"storefront_texts": {"agb": "tests/data/law/terms.txt"}},
            "storefrontTexts must have the names terms, privacy, imprint, withdrawal only, got 'agb'",
        ),
        (
            {"storefront_texts": {"terms": "tests/data/law"}},
            "storefrontTexts.terms must be a file, from the project's folder; there is no 'tests/data/law'",
        ),
        (
            {"storefront_texts": {"terms": "site/assets/icon-180.png"}},
            "storefrontTexts.terms must be UTF-8, got",
        ),
        (
            {"storefront_texts": {"terms": "tests/data/law/empty.txt"}},
            "storefrontTexts.terms must have a text, got none in 'tests/data/law/empty.txt'",
        ),
        (
            {"storefront_texts": {"terms": "docs/decisions.md"}},
            "storefrontTexts.terms must have at most 65,536 bytes, got",
        ),
        (
            {"vat_rates": {"zero": 1}},
            "vatRates must have the classes standard and reduced only, got 'zero'",
        ),
        *(
            (
                {"vat_rates": {"standard": percent}},
                "vatRates.standard must be a percent between 0 and 100 with at most two decimals, "
                f"got {percent}",
            )
            for percent in (0, -5, 100, 20.125)
        ),
        ({"cognito_api_url": "https://a.example/"}, "cognitoApiUrl must be https://host or http://localhost"),
        (
            {"operator_arns": ("arn:aws:sts::123456789012:assumed-role/ops/me",)},
            "operatorArns[0] must be the ARN of an IAM role or user, got 'arn:aws:sts::",
        ),
        (
            {"shop_name": "x" * 61},
            f"shopName must be one line of at most 60 characters, got '{'x' * 61}'",
        ),
        (
            {"shop_address": ("Quay", "a\nb")},
            r"shopAddress[1] must be one line of at most 60 characters, got 'a\nb'",
        ),
        ({"shop_address": ("a",) * 9}, "shopAddress must have at most 8 lines, got 9"),
        ({"shop_logo": "logo.gif"}, "shopLogo must be a file .svg or .png, got 'logo.gif'"),
        ({"shop_logo": "logo.svg"}, "shopLogo must be a file, from the project's folder; there is no"),
        (
            {"cognito_mail_from": "arn:aws:ses:eu-west-1:123456789012:identity/shop.example"},
            "cognitoMailFrom must be the ARN of an SES mailbox identity, got 'arn:aws:ses:",
        ),
    ],
)
def test_an_invalid_setting_is_reported_with_key_value_and_rule(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        replace(SETTINGS, **given)
    assert message in str(refused.value)


def test_a_logo_that_is_too_large_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(bytes(128 * 1024 + 1))
    with pytest.raises(SettingsError, match="shopLogo must have at most 131,072 bytes, got 131,073"):
        replace(SETTINGS, shop_logo=str(logo))


def test_all_invalid_settings_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        replace(SETTINGS, mfa="OPTIONAL", currency="Pound")
    assert "mfa must" in str(refused.value)
    assert "currency must" in str(refused.value)


def test_valid_settings_are_accepted() -> None:
    replace(
        SETTINGS,
        domain_name="orders.shop.example",
        hosted_zone_id="Z0123456789ABC",
        cors_origins=("https://shop.example", "http://localhost:8000"),
        operator_arns=("arn:aws:iam::123456789012:role/path/ops", "arn:aws:iam::123456789012:user/me"),
        site_url="http://localhost:8000",
        cognito_mail_from="arn:aws:ses:eu-west-1:123456789012:identity/desk@shop.example",
    )


@pytest.mark.parametrize("key", RETENTION)
@pytest.mark.parametrize("days", [0, 30, 36_500])
def test_the_shortest_and_the_longest_retention_are_accepted(key: str, days: int) -> None:
    given: dict[str, Any] = {key: days}
    replace(SETTINGS, **given)


@pytest.mark.parametrize(("customers", "orders"), [(365, 365), (364, 365), (3650, 0), (0, 30)])
def test_customers_may_go_before_their_orders_or_with_them(customers: int, orders: int) -> None:
    replace(SETTINGS, customer_retention_days=customers, order_retention_days=orders)


def test_the_program_refuses_an_invalid_setting() -> None:
    with pytest.raises(SettingsError, match="mfa must be one of OFF, ON, got 'OPTIONAL'"):
        Graph("dev", {"mfa": "OPTIONAL"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("logRetentionDays", "many"), ("protectData", "maybe"), ("staffEmails", "me@shop.example")],
)
def test_a_value_of_the_wrong_type_is_refused(key: str, value: str) -> None:
    with pytest.raises((SettingsError, ConfigError), match=key):
        Graph("dev", {key: value})


def test_the_program_itself_checks_types() -> None:
    """When the program runs without Pulumi's engine, nothing else checks the types."""
    for key, text, rule in (
        ("logRetentionDays", "many", "must be a whole number, got 'many'"),
        ("protectData", "maybe", "must be true or false, got 'maybe'"),
        ("staffEmails", "me", "must be a list of texts, got 'me'"),
        ("staffEmails", "[1]", "must be a list of texts, got [1]"),
        ("vatRates", "[20]", "must be an object of numbers, got [20]"),
        ("vatRates", '{"standard": "20"}', "must be an object of numbers, got {'standard': '20'}"),
        ("vatRates", '{"standard": true}', "must be an object of numbers, got {'standard': True}"),
    ):
        with pytest.raises(SettingsError) as refused:
            _load({**DEFAULTS, key: text})
        assert str(refused.value) == f"{key} {rule}"


def test_vat_is_known_for_each_class_or_for_none() -> None:
    classes = set(schemas()["Product"]["properties"]["vatClass"]["enum"])
    assert SETTINGS.vat == {}
    rates = _load({**DEFAULTS, "vatRates": '{"standard": 8.1}'}).vat
    assert rates == {**dict.fromkeys(classes, 0), "standard": 810}


def test_addresses_in_different_case_are_one_person(local: Graph) -> None:
    assert [one.inputs["username"] for one in local.all("cognito.User")] == ["ann@shop.example"]


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, None),
        ({"cors_origins": ("https://shop.example",)}, "https://shop.example"),
        ({"domain_name": "orders.shop.example", "hosted_zone_id": "Z1A"}, "https://orders.shop.example"),
        ({"cors_origins": ("https://a.example", "https://b.example")}, "*"),
        ({"cors_origins": ("https://a.example", "https://a.example")}, "https://a.example"),
    ],
)
def test_the_cors_origin_is_none_one_origin_or_a_star(given: dict[str, Any], origin: str | None) -> None:
    assert replace(SETTINGS, **given).cors_origin == origin


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_receive_count": 4}, "max_receive_count must be between 5 and 1000, got 4"),
        ({"retention_days": 14}, "retention_days must be below the dead letters' 14, got 14"),
        ({"max_concurrency": 1}, "max_concurrency must be between 2 and 1000, got 1"),
    ],
)
def test_invalid_pipeline_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    fixed: dict[str, Any] = {
        "products": None,
        "letters": None,
        "shops": None,
        "accounts": False,
        "currency": "GBP",
        "required_of_customer": ["name"],
        "operator_arns": [],
        "log_retention_days": 1,
        "protect": False,
    }
    with pytest.raises(ValueError, match=message):
        OrderPipelineArgs(**fixed, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_age_hours": 24}, "max_age_hours must be below the stream's 24, got 24"),
    ],
)
def test_invalid_retry_limits_are_refused(given: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RetryPolicy(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"module": "nothing"}, "module must be a file in lambdas/handlers/, got 'nothing'"),
        ({"timeout": 0}, "timeout must be between 1 and 900 seconds, got 0"),
        ({"memory": 64}, "memory must be between 128 and 10240 MB, got 64"),
    ],
)
def test_invalid_function_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FunctionArgs(**{"module": "notify", "permissions": [], "log_retention_days": 1, **given})


def test_invalid_table_arguments_are_refused() -> None:
    index = Index(partition="a", sort="b")
    with pytest.raises(ValueError, match="indexes must be at most 20, got 21"):
        TableArgs(key="id", indexes={f"by{number}": index for number in range(21)}, protect=False)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SETTINGS.currency = "EUR"  # type: ignore[misc]


def _camel(name: str) -> str:
    return re.sub("_(.)", lambda match: match[1].upper(), name)
