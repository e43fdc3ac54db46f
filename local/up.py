"""`python -m local up`: the whole system on this machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local import STARTED_AT
from local.emulator import Emulator, EmulatorError, take_port
from local.proxy import Proxy
from local.stack_config import ConfigError, load_config
from local.state_folder import StateFolder, UpError, write_whole

if TYPE_CHECKING:  # the SDK takes half a second to import, in which the emulator can already start
    from local.engine import Deployment

ROOT = Path(__file__).resolve().parent.parent
STACK = "dev"
STAFF = {"email": "staff@shop.example", "password": "Staff-desk-1"}
ADMIN = {"email": "admin@shop.example", "password": "Admin-desk-1"}
NOTIFICATION_EMAIL = "orders@shop.example"
STOP_REQUESTED = threading.Event()
STOP_SIGNALS = (signal.SIGALRM, signal.SIGINT, signal.SIGTERM)
POLL_INTERVAL_S = 0.2
SIGNAL_INTERVAL_S = 0.5


class Stopped(KeyboardInterrupt):
    """Ctrl-C or SIGTERM; of this kind, because asyncio lets no other through."""


@dataclass
class Stopwatch:
    """How long each part of the start took."""

    started: float = STARTED_AT
    parts: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        begun = time.monotonic()
        yield
        self.parts[name] = self.parts.get(name, 0) + time.monotonic() - begun

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.parts.items())
        return f"{time.monotonic() - self.started:.1f} s ({parts})"


class Supervisor:
    """A system coming up, running, and going down."""

    def __init__(self, state: StateFolder, proxy: Proxy, emulator: Emulator, watch: Stopwatch) -> None:
        self._state, self._proxy, self._emulator, self._watch = state, proxy, emulator, watch
        self._parts = contextlib.ExitStack()

    def start(self) -> dict[str, Any]:
        """Apply the program, fill a new system with sample data, open the door; the outputs come back."""
        (self._state.folder / "outputs.json").unlink(missing_ok=True)
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
                self._load_sample_data(outputs)
        self._open_site(deployment)
        write_whole(self._state.folder / "outputs.json", json.dumps(outputs, indent=2) + "\n")
        return outputs

    def run(self) -> None:
        """Return never, but by Stopped; raises UpError when the emulator is gone."""
        while self._emulator.exit_code() is None:
            time.sleep(POLL_INTERVAL_S)
        raise UpError(
            f"The emulator has stopped (exit code {self._emulator.exit_code()}); {self._emulator.log} may "
            "say why. Start again: everything up to its last second is there."
        )

    def stop(self) -> None:
        """Close the door first, then everything behind it."""
        (self._state.folder / "outputs.json").unlink(missing_ok=True)
        self._proxy.stop()
        self._parts.close()
        self._emulator.stop()

    def _apply(self) -> Deployment:
        from local.engine import DeploymentError, run_program
        from local.engine.checkpoint import Checkpoint
        from local.provider import EmulatorProvider

        checkpoint = Checkpoint(self._state.folder / "resources.jsonl")
        provider = EmulatorProvider(self._emulator.port)
        cut_off = bool(self._state["applying"])
        self._state.note(applying=True)
        try:
            deployment = run_program(
                ROOT, STACK, self._config(), provider, checkpoint=checkpoint, refresh=cut_off
            )
        except (DeploymentError, ConfigError) as error:
            raise UpError(f"The program could not be applied:\n{error}") from error
        for warning in deployment.warnings:
            print(warning, file=sys.stderr)
        if deployment.steps:
            self._emulator.save()
        self._state.note(applying=False)
        return deployment

    def _config(self) -> Mapping[str, Any]:
        site = f"http://localhost:{self._proxy.port}"
        return {
            "staffEmails": [STAFF["email"]],
            "adminEmails": [ADMIN["email"]],
            "notificationEmails": [NOTIFICATION_EMAIL],
            "siteUrl": site,
            "signInBaseUrl": f"http://localhost:{self._emulator.port}",
            "cognitoApiUrl": f"http://localhost:{self._emulator.port}",
            "selfSignUp": True,  # so that every step of an account can be walked here
            "corsOrigins": [site],
        }

    def _open_mailbox(self, deployment: Deployment) -> None:
        from local.mailbox import Mailbox

        topic = deployment.outputs["notificationTopicArn"]
        if self._state["mailbox"] is None or self._state["mailbox"]["topic"] != topic:
            self._state.note(mailbox={"topic": topic, "queue": self._subscribe_mailbox(topic)})
        mails = [
            one.inputs["endpoint"]
            for one in deployment.resources.values()
            if one.type == "aws:sns/topicSubscription:TopicSubscription"
            and (one.inputs["topic"], one.inputs["protocol"]) == (topic, "email")
        ]
        file = self._state.folder / "mailbox.jsonl"
        queue = self._state["mailbox"]["queue"]
        mailbox = Mailbox(file, self._emulator.client("sqs"), queue, mails, self._emulator.port)
        self._proxy.mailbox = mailbox
        mailbox.start()
        self._parts.callback(mailbox.stop)

    def _subscribe_mailbox(self, topic: str) -> str:
        """Mail goes nowhere here: a queue beside the subscribed addresses gets what they would get."""
        sqs, sns = self._emulator.client("sqs"), self._emulator.client("sns")
        url: str = sqs.create_queue(QueueName="local-mailbox")["QueueUrl"]
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
        return url

    def _load_sample_data(self, outputs: Mapping[str, Any]) -> None:
        from local import sample
        from local.api import ApiError, open_api

        users = self._emulator.client("cognito-idp")
        for person in (STAFF, ADMIN):
            users.admin_set_user_password(
                UserPoolId=outputs["userPoolId"],
                Username=person["email"],
                Password=person["password"],
                Permanent=True,
            )
        try:
            sample.seed(open_api(outputs, STAFF["email"], STAFF["password"], pause=_pause), _pause)
        except ApiError as error:
            raise UpError(f"The sample data could not be entered: {error}") from error
        self._emulator.save()
        self._state.note(complete=True)

    def _open_site(self, deployment: Deployment) -> None:
        distribution = _outputs_of(deployment, "aws:cloudfront/distribution:Distribution")
        self._proxy.distribution_host = distribution["domainName"]
        self._proxy.emulator_port = self._emulator.port
        self._proxy.start()

    def _outputs(self, deployment: Deployment) -> dict[str, Any]:
        local = {
            "endpointUrl": self._emulator.url,
            "mailboxUrl": f"http://localhost:{self._proxy.port}/mailbox.json",
            "staff": STAFF,
            "admin": ADMIN,
        }
        return {**deployment.outputs, "local": local}


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM. Returns 0 then, 1 when something is in the way or fails."""
    arguments = _parser().parse_args(argv)
    try:
        _up(arguments)
    except Stopped:
        return 0
    except Exception as error:
        if STOP_REQUESTED.is_set():  # what was cut off, an import for one, fails in words of its own
            return 0
        if not isinstance(error, UpError | EmulatorError):
            raise
        print(error, file=sys.stderr)
        return 1
    finally:
        _ignore_signals()
    return 0


def _up(arguments: argparse.Namespace) -> None:
    watch = Stopwatch()
    _handle_signals()
    with contextlib.ExitStack() as stack:
        state = StateFolder(arguments.state)
        proxy = _open_proxy(arguments.port)
        stack.callback(proxy.stop)
        if arguments.fresh or not state["complete"]:
            state.wipe()
        emulator = Emulator(_take_emulator_port(state, proxy.port), state.folder / "emulator", _region())
        state.note(port=emulator.port, emulator=emulator.pid)
        supervisor = Supervisor(state, proxy, emulator, watch)
        stack.pop_all()
        with _stopping(supervisor):
            print(
                "Coming up." if state["complete"] else "Building a new system; this takes a moment.",
                flush=True,
            )
            outputs = _start(supervisor)
            _print_welcome(outputs, watch, state)
            supervisor.run()


def _start(supervisor: Supervisor) -> dict[str, Any]:
    gc.disable()  # none of the half a million objects that the SDK's modules are made of can go anyway
    try:
        return supervisor.start()
    finally:
        gc.enable()


@contextlib.contextmanager
def _stopping(supervisor: Supervisor) -> Iterator[None]:
    try:
        yield
    finally:
        _ignore_signals()
        supervisor.stop()


def _handle_signals() -> None:
    def stop(*_: object) -> None:
        STOP_REQUESTED.set()
        # Again until it goes down: raised inside a callback or a destructor, one is lost, and all waits on.
        signal.setitimer(signal.ITIMER_REAL, SIGNAL_INTERVAL_S)
        raise Stopped

    def unraisable(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type is not Stopped:
            sys.__unraisablehook__(lost)

    for one in STOP_SIGNALS:
        signal.signal(one, stop)
    sys.unraisablehook = unraisable


def _pause(seconds: float) -> None:
    """Wait in a thread that nobody interrupts, but not for longer than the whole."""
    if STOP_REQUESTED.wait(seconds):
        raise Stopped


def _ignore_signals() -> None:
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)


def _open_proxy(port: int) -> Proxy:
    try:
        return Proxy(port, 0)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise UpError(f"Port {port} cannot be used: {error.strerror}.") from error
        raise UpError(
            f"Port {port} is taken by another program. Stop that, or choose another port: --port {port + 10}."
        ) from error


def _take_emulator_port(state: StateFolder, proxy_port: int) -> Any:
    """The emulator's socket: on the port that stands in what it keeps, or for a new one on a free one."""
    if not state["port"]:
        with contextlib.suppress(OSError):
            return take_port(proxy_port + 1)
        return take_port(0)
    try:
        return take_port(state["port"])
    except OSError as error:
        raise UpError(
            f"Port {state['port']} is taken by another program, and it stands in every URL that the emulator "
            "keeps. Stop that program, or begin anew with --fresh."
        ) from error


def _region() -> str:
    try:
        return load_config(ROOT, STACK)["aws:region"]
    except ConfigError as error:
        raise UpError(str(error)) from error


def _outputs_of(deployment: Deployment, kind: str) -> Mapping[str, Any]:
    return next(one.outputs for one in deployment.resources.values() if one.type == kind)


def _print_welcome(outputs: Mapping[str, Any], watch: Stopwatch, state: StateFolder) -> None:
    site = outputs["siteUrl"]
    print(
        f"""ready in {watch}

  Site     {site}
  Staff    {STAFF["email"]}  password {STAFF["password"]}
  Admin    {ADMIN["email"]}  password {ADMIN["password"]}
  Mailbox  {site}/mailbox
  API      {outputs["apiUrl"]}
  AWS      {outputs["local"]["endpointUrl"]} (the emulator; {_short_path(state.folder)}/emulator/emulator.log)
  Logs     python -m local logs{_state_option(state)} (what the functions say)

Ctrl-C stops it; everything is kept in {_short_path(state.folder)}/ until --fresh.""",
        flush=True,
    )


def _short_path(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)


def _state_option(state: StateFolder) -> str:
    return "" if _short_path(state.folder) == ".local" else f" --state {_short_path(state.folder)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local up", description="Run the whole system on this machine, without an account."
    )
    parser.add_argument("--port", type=int, default=8000, help="the site's port on localhost (8000)")
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="the folder it lives in (.local); one for each"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew: every order and account is gone")
    return parser
