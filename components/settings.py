"""The stack's configuration, typed and checked before the program declares a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from components.openapi import schemas

HOST_NAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
TEST_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]*::?[0-9a-f:]*", re.ASCII)
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://localhost(:\d+)?")
# aws:PrincipalArn is the ARN of a role or user, never the ARN of a session (sts, assumed-role).
PRINCIPAL = re.compile(r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+")
# E.164, the form that SNS takes: https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
SES_MAILBOX = re.compile(r"arn:aws:ses:[a-z0-9-]+:\d{12}:identity/[^@\s/]+@[^@\s/]+")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS: tuple[int, ...] = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
RETENTION_DAYS += (1096, 1827, 2192, 2557, 2922, 3288, 3653)
API_LOGS = ("none", "existing-role", "own-role")
MFA = ("OFF", "ON")
# The head of a paper is as wide as half an A4 page, and the lines of the order begin below it.
MAX_PAPER_LINE, MAX_PAPER_LINES = 60, 8
LOGO_TYPES = (".svg", ".png")
MAX_LOGO_BYTES = 128 * 1024  # people on a phone load it once
VAT_CLASSES = ("standard", "reduced")  # the classes of products that have a rate; others are without VAT
MAX_VAT = 100  # percent
LAW_TEXTS = ("terms", "privacy", "imprint", "withdrawal")  # each is a page of the storefront
MAX_LAW_BYTES = 65_536  # of one text: the file of its page is one request of a phone


# A copy of an order may be in the queues for 21 days: 7 in the order queue, then 14 as a dead letter. If the
# order and its tombstone were gone by then, the copy would be stored as a new order.
MIN_DAYS_KEPT, MAX_DAYS_KEPT = 30, 36_500


class SettingsError(ValueError):
    """The configuration breaks a rule. The message names each invalid key, its value and the rule."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The stack's configuration. Pulumi.yaml describes each key and has its default."""

    staff_emails: tuple[str, ...]
    admin_emails: tuple[str, ...]
    notification_emails: tuple[str, ...]
    notification_phones: tuple[str, ...]
    alarm_emails: tuple[str, ...]
    domain_name: str
    hosted_zone_id: str
    self_sign_up: bool
    mfa: str
    log_retention_days: int
    order_retention_days: int
    customer_retention_days: int
    dead_letter_retention_days: int
    protect_data: bool
    web_acl: bool
    currency: str
    cors_origins: tuple[str, ...]
    site_url: str
    sign_in_base_url: str
    cognito_api_url: str
    api_logs: str
    operator_arns: tuple[str, ...]
    api_rate_limit: int
    api_burst_limit: int
    cognito_mail_from: str
    shop_name: str
    shop_address: tuple[str, ...]
    shop_logo: str
    order_without_email: bool
    connected_shops: bool
    machine_token_base_url: str
    webhook_test_hosts: tuple[str, ...]
    storefront: bool
    storefront_domain: str
    storefront_url: str
    customer_sign_in_base_url: str
    customer_mail_from: str
    storefront_texts: Mapping[str, str]
    vat_rates: Mapping[str, float]

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise SettingsError("The stack's configuration cannot be used:\n  " + "\n  ".join(problems))

    @classmethod
    def load(cls) -> Settings:
        """Read the stack's configuration, into which Pulumi has put the defaults of Pulumi.yaml.

        Raises SettingsError with key, value and rule, and pulumi.ConfigMissingError for a missing key.
        """
        config = pulumi.Config()
        return cls(
            staff_emails=_emails(config, "staffEmails"),
            admin_emails=_emails(config, "adminEmails"),
            notification_emails=_emails(config, "notificationEmails"),
            notification_phones=tuple(dict.fromkeys(_texts(config, "notificationPhones"))),
            alarm_emails=_emails(config, "alarmEmails"),
            domain_name=config.require("domainName"),
            hosted_zone_id=config.require("hostedZoneId"),
            self_sign_up=_flag(config, "selfSignUp"),
            mfa=config.require("mfa"),
            log_retention_days=_number(config, "logRetentionDays"),
            order_retention_days=_number(config, "orderRetentionDays"),
            customer_retention_days=_number(config, "customerRetentionDays"),
            dead_letter_retention_days=_number(config, "deadLetterRetentionDays"),
            protect_data=_flag(config, "protectData"),
            web_acl=_flag(config, "webAcl"),
            currency=config.require("currency"),
            cors_origins=_texts(config, "corsOrigins"),
            site_url=config.require("siteUrl"),
            sign_in_base_url=config.require("signInBaseUrl"),
            cognito_api_url=config.require("cognitoApiUrl"),
            api_logs=config.require("apiLogs"),
            operator_arns=_texts(config, "operatorArns"),
            api_rate_limit=_number(config, "apiRateLimit"),
            api_burst_limit=_number(config, "apiBurstLimit"),
            cognito_mail_from=config.require("cognitoMailFrom"),
            shop_name=config.require("shopName"),
            shop_address=_texts(config, "shopAddress"),
            shop_logo=config.require("shopLogo"),
            order_without_email=_flag(config, "orderWithoutEmail"),
            connected_shops=_flag(config, "connectedShops"),
            machine_token_base_url=config.require("machineTokenBaseUrl"),
            webhook_test_hosts=tuple(dict.fromkeys(_texts(config, "webhookTestHosts"))),
            storefront=_flag(config, "storefront"),
            storefront_domain=config.require("storefrontDomain"),
            storefront_url=config.require("storefrontUrl"),
            customer_sign_in_base_url=config.require("customerSignInBaseUrl"),
            customer_mail_from=config.require("customerMailFrom"),
            storefront_texts=_text_by_name(config, "storefrontTexts"),
            vat_rates=_percents(config, "vatRates"),
        )

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins whose pages may call the API at its own URL."""
        own = (f"https://{self.domain_name}",) if self.domain_name else ()
        return tuple(dict.fromkeys((*self.cors_origins, *own)))

    @property
    def cors_origin(self) -> str | None:
        """The one value of Access-Control-Allow-Origin, or None if no other origin may call the API.

        API Gateway's own errors can have only one fixed value, so several origins get `*`. That is safe,
        because each call needs a bearer token and the API reads no cookie.
        """
        if len(self.allowed_origins) > 1:
            return "*"
        return next(iter(self.allowed_origins), None)

    @property
    def storefront_cors_origin(self) -> str:
        """The value of Access-Control-Allow-Origin for the pages of the storefront; see `cors_origin`.

        It is `*` if CloudFront chooses the address, because the address exists only after the API.
        """
        own = f"https://{self.storefront_domain}" if self.storefront_domain else "*"
        return self.storefront_url or own

    @property
    def known_site_url(self) -> str | None:
        """The site's public URL, or None if the configuration has no URL and CloudFront chooses one."""
        return self.site_url or (f"https://{self.domain_name}" if self.domain_name else None)

    @property
    def required_of_customer(self) -> tuple[str, ...]:
        """The fields that gateway, functions and form require of the customer of an order."""
        optional = {"email"} if self.order_without_email else set()
        return tuple(name for name in schemas()["Customer"]["required"] if name not in optional)

    @property
    def retention_days(self) -> tuple[int, ...]:
        """The days after which something goes by itself. Nothing does if there are none."""
        of_people = (self.order_retention_days, self.customer_retention_days)
        return tuple(days for days in (*of_people, self.dead_letter_retention_days) if days)

    @property
    def vat(self) -> dict[str, int]:
        """The VAT of each class in hundredths of a percent, or an empty dictionary if none is configured."""
        if not self.vat_rates:
            return {}
        rates = {one: round(percent * 100) for one, percent in self.vat_rates.items()}
        return {**dict.fromkeys(_schema_enum("Product", "vatClass"), 0), **rates}

    @property
    def law_texts(self) -> dict[str, Path]:
        """The files of the texts that the law asks a shop for, by the names of their pages."""
        return {name: Path(file) for name, file in sorted(self.storefront_texts.items())}

    @property
    def logo(self) -> Path | None:
        """The file of the logo, or None for papers without one."""
        return Path(self.shop_logo) if self.shop_logo else None


def _emails(config: pulumi.Config, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(email.lower() for email in _texts(config, key)))


def _texts(config: pulumi.Config, key: str) -> tuple[str, ...]:
    value = _read(lambda: config.require_object(key), key, "a list of texts")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{key} must be a list of texts, got {value!r}")
    return tuple(value)


def _flag(config: pulumi.Config, key: str) -> bool:
    return bool(_read(lambda: config.require_bool(key), key, "true or false"))


def _number(config: pulumi.Config, key: str) -> int:
    return int(_read(lambda: config.require_int(key), key, "a whole number"))


def _percents(config: pulumi.Config, key: str) -> Mapping[str, float]:
    value = _read(lambda: config.require_object(key), key, "an object of numbers")
    is_object = isinstance(value, dict)
    numbers = value.values() if is_object else ()
    if not is_object or any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise SettingsError(f"{key} must be an object of numbers, got {value!r}")
    return dict(value)


def _text_by_name(config: pulumi.Config, key: str) -> Mapping[str, str]:
    value = _read(lambda: config.require_object(key), key, "an object of texts")
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise SettingsError(f"{key} must be an object of texts, got {value!r}")
    return dict(value)


def _read(read: Callable[[], Any], key: str, rule: str) -> Any:
    try:
        return read()
    except (pulumi.ConfigTypeError, ValueError) as error:
        raise SettingsError(f"{key} must be {rule}, got {pulumi.Config().get(key)!r}") from error


def _problems(settings: Settings) -> Iterator[str]:
    yield from _recipient_problems(settings)
    yield from _choice_problems(settings)
    yield from _limit_problems(settings)
    yield from _address_problems(settings)
    yield from _principal_problems(settings)
    yield from _webhook_problems(settings)
    yield from _storefront_problems(settings)
    yield from _paper_problems(settings)


def _recipient_problems(settings: Settings) -> Iterator[str]:
    lists = {
        "staffEmails": settings.staff_emails,
        "adminEmails": settings.admin_emails,
        "notificationEmails": settings.notification_emails,
        "alarmEmails": settings.alarm_emails,
    }
    pattern = _schema_pattern("Customer", "email")
    for key, emails in lists.items():
        for at, email in enumerate(emails):
            if not pattern.fullmatch(email):
                yield f"{key}[{at}] must be an e-mail address, got {email!r}"
    for at, phone in enumerate(settings.notification_phones):
        if not PHONE.fullmatch(phone):
            rule = "must be + and up to 15 digits, the country's first, without blanks"
            yield f"notificationPhones[{at}] {rule}, got {phone!r}"


def _choice_problems(settings: Settings) -> Iterator[str]:
    # OPTIONAL is missing, because with OPTIONAL the hosted pages never ask for a code.
    if settings.mfa not in MFA:
        yield f"mfa must be one of {', '.join(MFA)}, got {settings.mfa!r}"
    if settings.api_logs not in API_LOGS:
        yield f"apiLogs must be one of {', '.join(API_LOGS)}, got {settings.api_logs!r}"
    if not _schema_pattern("Product", "currency").fullmatch(settings.currency):
        yield f"currency must be three capital letters (ISO 4217), got {settings.currency!r}"


def _limit_problems(settings: Settings) -> Iterator[str]:
    if settings.log_retention_days not in RETENTION_DAYS:
        days = ", ".join(map(str, RETENTION_DAYS))
        yield f"logRetentionDays must be one of {days}, got {settings.log_retention_days}"
    yield from _retention_problems(settings)
    if settings.api_rate_limit < 1:
        yield f"apiRateLimit must be at least 1, got {settings.api_rate_limit}"
    if settings.api_burst_limit < 1:
        yield f"apiBurstLimit must be at least 1, got {settings.api_burst_limit}"


def _retention_problems(settings: Settings) -> Iterator[str]:
    kept = {
        "orderRetentionDays": settings.order_retention_days,
        "customerRetentionDays": settings.customer_retention_days,
        "deadLetterRetentionDays": settings.dead_letter_retention_days,
    }
    for key, days in kept.items():
        if days and not MIN_DAYS_KEPT <= days <= MAX_DAYS_KEPT:
            yield f"{key} must be 0 (for ever) or between {MIN_DAYS_KEPT} and {MAX_DAYS_KEPT:,}, got {days}"
    customers, orders = settings.customer_retention_days, settings.order_retention_days
    if orders and customers > orders:
        rule = "must be at most orderRetentionDays, because a customer goes with the last order"
        yield f"customerRetentionDays {rule}, got {customers} and {orders}"


def _address_problems(settings: Settings) -> Iterator[str]:
    domain, zone = settings.domain_name, settings.hosted_zone_id
    is_used = bool(domain or settings.storefront_domain)
    if (domain and not zone) or (zone and not is_used):
        yield f"domainName and hostedZoneId go together, got {domain!r} and {zone!r}"
    if domain and not HOST_NAME.fullmatch(domain):
        yield f"domainName must be a host name in lower case such as orders.example.com, got {domain!r}"
    if zone and not re.fullmatch(r"Z[A-Z0-9]{1,31}", zone):
        yield f"hostedZoneId must begin with Z and have capital letters and digits, got {zone!r}"
    origins = {f"corsOrigins[{at}]": origin for at, origin in enumerate(settings.cors_origins)}
    urls = {
        "siteUrl": settings.site_url,
        "signInBaseUrl": settings.sign_in_base_url,
        "cognitoApiUrl": settings.cognito_api_url,
        "machineTokenBaseUrl": settings.machine_token_base_url,
        "storefrontUrl": settings.storefront_url,
        "customerSignInBaseUrl": settings.customer_sign_in_base_url,
    }
    for key, origin in {**origins, **{key: url for key, url in urls.items() if url}}.items():
        if not ORIGIN.fullmatch(origin):
            yield f"{key} must be https://host or http://localhost, without a path or slash, got {origin!r}"


def _webhook_problems(settings: Settings) -> Iterator[str]:
    for at, host in enumerate(settings.webhook_test_hosts):
        if not TEST_HOST.fullmatch(host):
            rule = "must be the name of a host in lower case or its number, without scheme and port"
            yield f"webhookTestHosts[{at}] {rule}, got {host!r}"


def _storefront_problems(settings: Settings) -> Iterator[str]:
    domain = settings.storefront_domain
    if domain and not HOST_NAME.fullmatch(domain):
        yield f"storefrontDomain must be a host name in lower case such as shop.example.com, got {domain!r}"
    if domain and not (settings.storefront and settings.hosted_zone_id):
        yield f"storefrontDomain needs storefront and hostedZoneId, got {domain!r}"
    # Otherwise anybody could use up the mails of a day, and no customer would get a code.
    if settings.storefront and not settings.cognito_mail_from:
        yield "storefront needs cognitoMailFrom, because Cognito's own sender stops at 50 mails a day"
    if settings.customer_mail_from and not settings.storefront:
        yield f"customerMailFrom needs storefront, got {settings.customer_mail_from!r}"
    if domain and domain == settings.domain_name:
        yield f"storefrontDomain must be another host than domainName, got {domain!r}"
    yield from _law_problems(settings)
    for one, percent in settings.vat_rates.items():
        if one not in VAT_CLASSES:
            yield f"vatRates must have the classes {' and '.join(VAT_CLASSES)} only, got {one!r}"
        elif not 0 < percent < MAX_VAT or round(percent, 2) != percent:
            rule = f"must be a percent between 0 and {MAX_VAT} with at most two decimals"
            yield f"vatRates.{one} {rule}, got {percent!r}"


def _law_problems(settings: Settings) -> Iterator[str]:
    texts = settings.storefront_texts
    if texts and not settings.storefront:
        yield f"storefrontTexts needs storefront, got {dict(texts)!r}"
    for name, file in texts.items():
        if name not in LAW_TEXTS:
            yield f"storefrontTexts must have the names {', '.join(LAW_TEXTS)} only, got {name!r}"
        elif not Path(file).is_file():
            rule = "must be a file, from the project's folder"
            yield f"storefrontTexts.{name} {rule}; there is no {file!r}"
        elif problem := _law_problem(Path(file).read_bytes()):
            yield f"storefrontTexts.{name} must {problem} in {file!r}"


def _law_problem(content: bytes) -> str:
    """Return the rule that a text breaks, with the value, or an empty text."""
    if len(content) > MAX_LAW_BYTES:
        return f"have at most {MAX_LAW_BYTES:,} bytes, got {len(content):,}"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return f"be UTF-8, got {content[error.start : error.start + 4]!r} at byte {error.start:,}"
    return "" if text.strip() else "have a text, got none"


def _principal_problems(settings: Settings) -> Iterator[str]:
    for at, arn in enumerate(settings.operator_arns):
        if not PRINCIPAL.fullmatch(arn):
            yield f"operatorArns[{at}] must be the ARN of an IAM role or user, got {arn!r}"
    # Otherwise anybody could use up the mails of a day, and nobody would get a code or an invitation.
    if settings.self_sign_up and not settings.cognito_mail_from:
        yield "selfSignUp needs cognitoMailFrom, because Cognito's own sender stops at 50 mails a day"
    senders = {
        "cognitoMailFrom": settings.cognito_mail_from,
        "customerMailFrom": settings.customer_mail_from,
    }
    for key, sender in senders.items():
        if sender and not SES_MAILBOX.fullmatch(sender):
            yield f"{key} must be the ARN of an SES mailbox identity, got {sender!r}"


def _paper_problems(settings: Settings) -> Iterator[str]:
    for key, value in {
        "shopName": settings.shop_name,
        **{f"shopAddress[{at}]": line for at, line in enumerate(settings.shop_address)},
    }.items():
        if len(value) > MAX_PAPER_LINE or not value.isprintable():
            yield f"{key} must be one line of at most {MAX_PAPER_LINE} characters, got {value!r}"
    if len(settings.shop_address) > MAX_PAPER_LINES:
        yield f"shopAddress must have at most {MAX_PAPER_LINES} lines, got {len(settings.shop_address)}"
    if settings.shop_logo:
        yield from _logo_problems(Path(settings.shop_logo))


def _logo_problems(logo: Path) -> Iterator[str]:
    if logo.suffix not in LOGO_TYPES:
        yield f"shopLogo must be a file {' or '.join(LOGO_TYPES)}, got {str(logo)!r}"
    elif not logo.is_file():
        yield f"shopLogo must be a file, from the project's folder; there is no {str(logo)!r}"
    elif logo.stat().st_size > MAX_LOGO_BYTES:
        yield f"shopLogo must have at most {MAX_LOGO_BYTES:,} bytes, got {logo.stat().st_size:,}"


def _schema_enum(model: str, name: str) -> list[str]:
    """Return the values of a property in `lambdas/schemas.json`."""
    values: list[str] = schemas()[model]["properties"][name]["enum"]
    return values


def _schema_pattern(model: str, name: str) -> re.Pattern[str]:
    """Return the pattern of a property in `lambdas/schemas.json`."""
    return re.compile(schemas()[model]["properties"][name]["pattern"])
