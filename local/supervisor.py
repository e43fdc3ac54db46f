"""The parts of the local system and their order: emulator, program, mailbox, sample data and proxy."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import STARTED_AT, program_edition
from local.emulator import MAILBOX, Emulator
from local.proxy import Proxy
from local.stack_config import ConfigError
from local.state_folder import StateFolder, UpError, write_whole
from local.stop_signals import pause

# The engine is imported late, because the emulator can start during the 0.5 s that its import takes.
if TYPE_CHECKING:
    from local.engine import Deployment, Registration

ROOT = Path(__file__).resolve().parent.parent
STACK = "dev"
STAFF = {"email": "staff@shop.example", "password": "Staff-desk-1"}
ADMIN = {"email": "admin@shop.example", "password": "Admin-desk-1"}
CUSTOMER = {"email": "customer@home.example", "password": "Customer-desk-1", "name": "Robin Home"}
NOTIFICATION_EMAIL = "orders@shop.example"
SAMPLE_SHOP = {
    "shopName": "Quayside Cleaning Supplies",
    "shopAddress": ["12 Dock Road", "Harbourtown HT1 2AB", "020 7946 0958"],
    "shopLogo": "site/assets/icon.svg",
}
MAIL_FROM = "arn:aws:ses:eu-west-1:000000000000:identity/desk@shop.example"
CUSTOMER_MAIL_FROM = "arn:aws:ses:eu-west-1:000000000000:identity/orders@shop.example"
VAT_RATES = {"standard": 20, "reduced": 5}
LAW_TEXTS = {name: f"local/sample/law/{name}.txt" for name in ("terms", "privacy", "imprint", "withdrawal")}
# The ends of URNs.
FILES_BUCKET = "::product-files-bucket"
SITE, STOREFRONT = "::site-front-distribution", "::storefront-front-distribution"
PAGES_MAPPING = "::storefront-make-mapping"
POLL_INTERVAL_S = 0.2


@dataclass
class Stopwatch:
    """The seconds that each part of the start took."""

    started: float = STARTED_AT
    parts: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure the time of the block."""
        begun = time.monotonic()
        yield
        self.parts[name] = self.parts.get(name, 0) + time.monotonic() - begun

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.parts.items())
        return f"{time.monotonic() - self.started:.1f} s ({parts})"


class Supervisor:
    """Starts, watches and stops the parts of the local system."""

    def __init__(
        self,
        state: StateFolder,
        proxy: Proxy,
        shop_proxy: Proxy,
        emulator: Emulator,
        watch: Stopwatch,
        sample_weeks: int,
    ) -> None:
        """Take the parts, and the weeks of trade that a new system begins with."""
        self._state, self._proxy, self._emulator, self._watch = state, proxy, emulator, watch
        self._shop_proxy = shop_proxy
        self._sample_weeks = sample_weeks
        self._parts = contextlib.ExitStack()

    def start(self) -> dict[str, Any]:
        """Apply the program, enter sample data into a new system, open the site, and return the outputs."""
        (self._state.folder / "outputs.json").unlink(missing_ok=True)
        gc.disable()  # until `run`, because a collection takes a second while the program's objects are there
        with self._watch.part("imports"):
            for module in ("boto3", "local.engine", "local.provider"):
                importlib.import_module(module)  # the emulator starts meanwhile
        with self._watch.part("emulator"):
            self._emulator.wait()
        with self._watch.part("program"):
            deployment = self._apply()
        with self._watch.part("mailbox"):
            self._open_mailbox(deployment)
        outputs = self._outputs(deployment)
        if not self._state["complete"]:
            with self._watch.part("sample data"):
                self._load_sample_data(deployment, outputs)
        self._connect_sample_shop(outputs)
        self._make_sample_customer(outputs)
        self._open_sites(deployment)
        write_whole(self._state.folder / "outputs.json", json.dumps(outputs, indent=2) + "\n")
        if not self._has_pack(outputs):
            with self._watch.part("search of the catalog"):
                self._rebuild()
        self._make_pages(deployment)
        return outputs

    def run(self) -> None:
        """Watch the emulator until `Stopped` is raised. Raises UpError when the emulator has exited."""
        gc.enable()
        while self._emulator.exit_code() is None:
            time.sleep(POLL_INTERVAL_S)
        raise UpError(
            f"The emulator has stopped (exit code {self._emulator.exit_code()}); {self._emulator.log} may "
            "say why. Start again: everything up to its last second is there."
        )

    def stop(self) -> None:
        """Stop the proxy first, then the parts behind it."""
        (self._state.folder / "outputs.json").unlink(missing_ok=True)
        self._proxy.stop()
        self._shop_proxy.stop()
        self._parts.close()
        self._emulator.stop()

    def _apply(self) -> Deployment:
        """Run the program, unless nothing has changed since it was applied; return the result."""
        from local.engine import DeploymentError, run_program
        from local.engine.checkpoint import Checkpoint
        from local.provider import EmulatorProvider

        checkpoint = Checkpoint(self._state.folder / "resources.jsonl")
        cut_off, config = bool(self._state["applying"]), self._config()
        edition = program_edition.of(ROOT, config)
        if self._state["applied"] == edition and checkpoint.resources and not cut_off:
            return checkpoint.deployment(self._state["exports"])
        provider = EmulatorProvider(self._emulator.port)
        self._state.note(applying=True)
        try:
            deployment = run_program(ROOT, STACK, config, provider, checkpoint=checkpoint, refresh=cut_off)
        except (DeploymentError, ConfigError) as error:
            raise UpError(f"The program could not be applied:\n{error}") from error
        for warning in deployment.warnings:
            print(warning, file=sys.stderr)
        if deployment.steps:
            self._emulator.save()
        self._state.note(applying=False, applied=edition, exports=deployment.outputs)
        return deployment

    def _config(self) -> Mapping[str, Any]:
        site = f"http://localhost:{self._proxy.port}"
        return {
            "staffEmails": [STAFF["email"]],
            "adminEmails": [ADMIN["email"]],
            "notificationEmails": [NOTIFICATION_EMAIL],
            "siteUrl": site,
            "signInBaseUrl": f"http://localhost:{self._emulator.port}",
            "customerSignInBaseUrl": f"http://localhost:{self._emulator.port}",
            "cognitoApiUrl": f"http://localhost:{self._emulator.port}",
            "machineTokenBaseUrl": f"http://localhost:{self._emulator.port}",
            # So a web shop of a developer on this machine gets events.
            "webhookTestHosts": ["localhost", "127.0.0.1"],
            "selfSignUp": True,  # so that signing up can also be tried locally
            "cognitoMailFrom": MAIL_FROM,
            "corsOrigins": [site],
            "storefront": True,
            "storefrontUrl": f"http://localhost:{self._shop_proxy.port}",
            "customerMailFrom": CUSTOMER_MAIL_FROM,
            "vatRates": VAT_RATES,
            "storefrontTexts": LAW_TEXTS,
            **SAMPLE_SHOP,
        }

    def _has_pack(self, outputs: Mapping[str, Any]) -> bool:
        """Whether lists of products find something. The state of an earlier release has no pack."""
        found = self._emulator.client("dynamodb").query(
            TableName=outputs["termsTable"],
            KeyConditionExpression="term = :term",
            ExpressionAttributeValues={":term": {"S": "catalog-versions"}},
            Limit=1,
        )
        return bool(found["Count"])

    def _rebuild(self) -> None:
        """Make the views anew, in a process of its own, because it sets its environment."""
        command = [sys.executable, "-m", "local", "rebuild", "--state", str(self._state.folder)]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise UpError(
                "The search of the catalog could not be made; the lines above say why. Start again."
            )

    def _open_mailbox(self, deployment: Deployment) -> None:
        from local.mailbox import Mailbox

        topic = deployment.outputs["notificationTopicArn"]
        known = self._state["mailbox"]
        if known is None or known["topic"] != topic:
            self._state.note(mailbox=self._subscribe_mailbox(topic))
        elif "filter" not in known:  # an earlier release has subscribed it
            self._state.note(mailbox={**known, "filter": self._filter_mailbox(topic)})
        mails = [
            one.inputs["endpoint"]
            for one in deployment.resources.values()
            if one.type == "aws:sns/topicSubscription:TopicSubscription"
            and (one.inputs["topic"], one.inputs["protocol"]) == (topic, "email")
        ]
        # As somebody would by the link in a mail, which the emulator does not send.
        sender = CUSTOMER_MAIL_FROM.rpartition("/")[2]
        self._emulator.client("ses").verify_email_identity(EmailAddress=sender)
        file = self._state.folder / "mailbox.jsonl"
        queue = self._state["mailbox"]["queue"]
        mailbox = Mailbox(file, self._emulator.client("sqs"), queue, mails, self._emulator.port)
        self._proxy.mailbox = mailbox
        mailbox.start()
        self._parts.callback(mailbox.stop)

    def _subscribe_mailbox(self, topic: str) -> Mapping[str, str]:
        """Subscribe a queue besides the addresses, because the emulator sends no mail.

        Return what the state notes of it.
        """
        sqs, sns = self._emulator.client("sqs"), self._emulator.client("sns")
        url: str = sqs.create_queue(QueueName=MAILBOX)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return {"topic": topic, "queue": url, "filter": self._filter_mailbox(topic)}

    def _filter_mailbox(self, topic: str) -> str:
        """Give the mailbox the filter of the addresses, so that it takes mails only, and return it."""
        from local.mailbox import MAILS_ONLY

        sns = self._emulator.client("sns")
        for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            if one["Endpoint"].endswith(f":{MAILBOX}"):
                sns.set_subscription_attributes(
                    SubscriptionArn=one["SubscriptionArn"],
                    AttributeName="FilterPolicy",
                    AttributeValue=MAILS_ONLY,
                )
        return MAILS_ONLY

    def _load_sample_data(self, deployment: Deployment, outputs: Mapping[str, Any]) -> None:
        from local import sample
        from local.api import ApiError, open_api

        self._set_passwords(outputs["userPoolId"])
        self._follow_products(deployment, is_on=False)
        try:
            api = open_api(outputs, STAFF["email"], STAFF["password"], pause=pause)
            self._store_pictures(deployment)
            sample.add_products(api)
            self._store_past_orders(outputs)
            sample.add_orders(api, pause)
        except ApiError as error:
            raise UpError(f"The sample data could not be entered: {error}") from error
        self._emulator.save()
        self._state.note(complete=True)

    def _connect_sample_shop(self, outputs: dict[str, Any]) -> None:
        """Add the ID and the secret of the sample shop to the outputs. The first start connects it.

        The state folder keeps the secret, because nobody can read it again.
        """
        if "inboxUrl" not in outputs:
            return
        if not self._state["machine"]:
            with self._watch.part("sample shop"):
                self._make_sample_shop(outputs)
        if self._state["machine"]:
            outputs["machine"] = self._state["machine"]

    def _make_sample_shop(self, outputs: Mapping[str, Any]) -> None:
        """Connect the sample shop, or print why not: an older system may have another password by now."""
        from local.api import ApiError, SignInError, open_api
        from local.sample import shop

        try:
            made = shop.connect(open_api(outputs, ADMIN["email"], ADMIN["password"], pause=pause))
        except (ApiError, SignInError) as error:
            print(f"The sample shop could not be connected: {error}", file=sys.stderr)
            return
        self._emulator.save()
        self._state.note(machine=made)

    def _make_sample_customer(self, outputs: Mapping[str, Any]) -> None:
        """Make the account of a customer at the first start with a storefront. Later it may be deleted."""
        pool = outputs["customerPoolId"]
        if self._state["customers"] == pool:
            return
        users, name = self._emulator.client("cognito-idp"), CUSTOMER["email"]
        given = {"email": name, "email_verified": "true", "name": CUSTOMER["name"]}
        attributes = [{"Name": key, "Value": value} for key, value in given.items()]
        with contextlib.suppress(users.exceptions.UsernameExistsException):  # the last start was cut off here
            users.admin_create_user(
                UserPoolId=pool, Username=name, UserAttributes=attributes, MessageAction="SUPPRESS"
            )
        users.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=CUSTOMER["password"], Permanent=True
        )
        self._emulator.save()
        self._state.note(customers=pool)

    def _set_passwords(self, pool: str) -> None:
        users = self._emulator.client("cognito-idp")
        for person in (STAFF, ADMIN):
            users.admin_set_user_password(
                UserPoolId=pool, Username=person["email"], Password=person["password"], Permanent=True
            )

    def _store_pictures(self, deployment: Deployment) -> None:
        """Put the pictures of the sample products into their bucket, as an operator may."""
        from lambdas.shop import product_files
        from local import sample

        bucket = _resource(deployment, FILES_BUCKET).id
        s3 = self._emulator.client("s3")
        for name, picture in sample.pictures().items():
            s3.put_object(
                Bucket=bucket,
                Key=f"files/{name}",
                Body=picture.read_bytes(),
                ContentType="image/webp",
                CacheControl=product_files.CACHE_CONTROL,
            )

    def _store_past_orders(self, outputs: Mapping[str, Any]) -> None:
        """Store the trade of the last weeks with the settings of the function that writes orders."""
        from lambdas.platform.access import Person
        from local.sample import past_orders, trade

        writer = self._emulator.client("lambda").get_function_configuration(
            FunctionName=outputs["writeOrdersFunction"]
        )
        users = self._emulator.client("cognito-idp")
        account = users.admin_get_user(UserPoolId=outputs["userPoolId"], Username=STAFF["email"])
        sub = next(one["Value"] for one in account["UserAttributes"] if one["Name"] == "sub")
        past = trade.plan(datetime.now(UTC), self._sample_weeks)
        variables = writer["Environment"]["Variables"] | {"SHOP_TERMS_TABLE": outputs["termsTable"]}
        with past_orders.environment(variables, self._emulator.url, outputs["region"]):
            past_orders.store(past, Person(STAFF["email"], sub))

    def _open_sites(self, deployment: Deployment) -> None:
        for proxy, distribution in ((self._proxy, SITE), (self._shop_proxy, STOREFRONT)):
            proxy.distribution_host = _resource(deployment, distribution).outputs["domainName"]
            proxy.emulator_port = self._emulator.port
            proxy.start()

    def _follow_products(self, deployment: Deployment, *, is_on: bool) -> None:
        """Switch the making of the shop's pages on or off. It would slow down the sample data."""
        mapping = _resource(deployment, PAGES_MAPPING).id
        self._emulator.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=is_on)

    def _make_pages(self, deployment: Deployment) -> None:
        """Have the shop's pages made by now, beside all else, instead of at the next look in 5 minutes."""
        self._follow_products(deployment, is_on=True)
        function = deployment.outputs["makePagesFunction"]
        self._emulator.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")

    def _outputs(self, deployment: Deployment) -> dict[str, Any]:
        local = {
            "endpointUrl": self._emulator.url,
            "mailboxUrl": f"http://localhost:{self._proxy.port}/mailbox.json",
            "staff": STAFF,
            "admin": ADMIN,
            "customer": CUSTOMER,
        }
        return {**deployment.outputs, "local": local}


def _resource(deployment: Deployment, urn_end: str) -> Registration:
    return next(one for urn, one in deployment.resources.items() if urn.endswith(urn_end))
