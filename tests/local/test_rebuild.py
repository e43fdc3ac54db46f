"""`python -m local rebuild`: the reader of the stream is paused meanwhile, and stays so after an error."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.platform import aws, batches
from lambdas.shop import page_upkeep
from lambdas.shop import rebuild as rules
from lambdas.shop.rebuild_report import Report
from local import rebuild
from local.rebuild import Reader

STREAM = {"UUID": "1", "EventSourceArn": "arn:aws:dynamodb:eu-west-1:1:table/orders/stream/1"}
QUEUE = {"UUID": "2", "EventSourceArn": "arn:aws:sqs:eu-west-1:1:views-again"}


class FakeLambda:
    """A Lambda client with two event source mappings, whose states change in two steps as on AWS."""

    def __init__(self, streams: int = 1) -> None:
        self.states, self.queue_states = ["Enabled"], ["Enabled"]
        self.mappings = [STREAM] * streams + [QUEUE]

    def list_event_source_mappings(self, FunctionName: str) -> Any:  # noqa: N803, ARG002
        return {"EventSourceMappings": self.mappings}

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803, ARG002
        return {"Timeout": 60}

    def get_event_source_mapping(self, UUID: str) -> Any:  # noqa: N803
        states = self._states(UUID)
        state = states[-1]
        if state.endswith("ing"):
            states.append({"Disabling": "Disabled", "Enabling": "Enabled"}[state])
        return {"State": state}

    def update_event_source_mapping(self, UUID: str, Enabled: bool) -> None:  # noqa: N803
        states = self._states(UUID)
        assert not states[-1].endswith("ing"), "Lambda refuses changes in between"
        states.append("Enabling" if Enabled else "Disabling")

    def _states(self, uuid: str) -> list[str]:
        return {"1": self.states, "2": self.queue_states}[uuid]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses in place of waiting."""
    slept = list[float]()
    monkeypatch.setattr("local.rebuild.time.sleep", slept.append)
    return slept


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what the rebuild finds, or the error that ends it."""

    def set_work(
        client: FakeLambda,
        error: BaseException | None = None,
        wrong: int = 0,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        def steps(report: Report) -> Iterator[str]:
            assert client.states[-1] == client.queue_states[-1] == "Disabled"
            report.orders = 3
            report.wrong["figures"] += wrong
            meanwhile()
            yield "orders"
            if error:
                raise error

        monkeypatch.setattr(rules, "steps", steps)

    return set_work


def test_the_reader_is_paused_for_the_rebuild_and_no_longer(
    work: Callable[..., None], waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    client = FakeLambda()
    work(client, wrong=2)
    assert rebuild.run(Reader(client, "views"), Report()) == 0
    assert client.states == ["Enabled", "Disabling", "Disabled", "Enabling", "Enabled"]
    assert client.queue_states == client.states
    assert 60 in waits, "an invocation that was running may last so long"
    assert "Rebuilt from 3 orders" in (out := capsys.readouterr().out)
    assert "figures 2, sales 0" in out


ERRORS = [ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Scan"), KeyboardInterrupt()]


@pytest.mark.parametrize(("error", "status"), [*zip(ERRORS, (1, 130), strict=True)])
def test_after_an_error_the_reader_stays_paused_until_a_rebuild_is_complete(
    work: Callable[..., None], capsys: pytest.CaptureFixture[str], error: BaseException, status: int
) -> None:
    client = FakeLambda()
    work(client, error)
    assert rebuild.run(Reader(client, "views"), Report()) == status
    assert client.states[-1] == "Disabled"
    assert "Run it again" in capsys.readouterr().err
    work(client)
    assert rebuild.run(Reader(client, "views"), Report()) == 0
    assert client.states[-1] == "Enabled"


@pytest.mark.parametrize(("error", "status"), [(None, 1), *zip(ERRORS, (1, 130), strict=True)])
def test_a_check_leaves_the_reader_as_it_was(
    work: Callable[..., None], error: BaseException | None, status: int
) -> None:
    client = FakeLambda()
    work(client, error, wrong=1)
    assert rebuild.run(Reader(client, "views"), Report(is_check=True)) == status
    assert client.states[-1] == client.queue_states[-1] == "Enabled"
    client.states.append("Disabled")
    assert rebuild.run(Reader(client, "views"), Report(is_check=True)) == status
    assert client.states[-1] == "Disabled"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_check_that_is_ended_by_a_signal_lets_the_reader_go_on(
    work: Callable[..., None], number: signal.Signals
) -> None:
    client = FakeLambda()
    work(client, meanwhile=lambda: signal.raise_signal(number))
    # The tests may run under nohup or in the background of a shell, which ignore two of these signals.
    heeded = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    outside = signal.signal(number, heeded)
    try:
        assert rebuild.run(Reader(client, "views"), Report(is_check=True)) == 130
        assert client.states[-1] == "Enabled"
        assert signal.getsignal(number) is heeded
    finally:
        signal.signal(number, outside)


def test_a_rebuild_under_nohup_goes_on_when_the_terminal_is_closed(
    work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        client = FakeLambda()
        work(client, meanwhile=lambda: signal.raise_signal(signal.SIGHUP))
        assert rebuild.run(Reader(client, "views"), Report()) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("is_check", [False, True])
@pytest.mark.parametrize("resumed", ["states", "queue_states"])
def test_a_reader_that_somebody_resumed_meanwhile_makes_the_run_worthless(
    work: Callable[..., None], capsys: pytest.CaptureFixture[str], is_check: bool, resumed: str
) -> None:
    client = FakeLambda()
    work(client, meanwhile=lambda: getattr(client, resumed).append("Enabled"))
    assert rebuild.run(Reader(client, "views"), Report(is_check=is_check)) == 1
    printed = capsys.readouterr()
    assert "somebody has switched the views on meanwhile" in printed.err
    # The other of stream and queue is still paused, unless a check lets both go on.
    assert ("are paused until" in printed.err) is not is_check
    assert printed.out == ""


def test_a_rebuild_of_paused_views_warns_of_another_that_may_run(
    work: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    client = FakeLambda()
    work(client)
    rebuild.run(Reader(client, "views"), Report())
    assert "another" not in capsys.readouterr().err
    client.states.append("Disabled")
    rebuild.run(Reader(client, "views"), Report())
    assert "or another rebuild still runs" in capsys.readouterr().err


@pytest.mark.parametrize("call", ["get_event_source_mapping", "update_event_source_mapping"])
def test_a_reader_that_could_not_be_paused_is_not_called_paused(
    work: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    call: str,
) -> None:
    client = FakeLambda()
    work(client)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, call)

    monkeypatch.setattr(client, call, refuse)
    assert rebuild.run(Reader(client, "views"), Report()) == 1
    printed = capsys.readouterr().err
    assert "AccessDenied" in printed
    assert "are paused until" not in printed


def test_a_check_of_right_views_ends_with_0(work: Callable[..., None]) -> None:
    client = FakeLambda()
    work(client)
    assert rebuild.run(Reader(client, "views"), Report(is_check=True)) == 0


def test_a_reader_of_no_stream_is_refused() -> None:
    with pytest.raises(rebuild.RebuildError, match="reads 0 streams"):
        Reader(FakeLambda(0), "views")


def test_missing_outputs_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild.main(["--state", str(tmp_path)]) == 2
    assert "start the local system" in capsys.readouterr().err
    (tmp_path / "outputs.json").write_text(json.dumps({"region": "eu-west-1", "ordersTable": "orders"}))
    assert rebuild.main(["--state", str(tmp_path)]) == 2
    assert "has no productsTable" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "# Title", "null", "[1]", '"text"'])
def test_a_file_that_has_no_outputs_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "outputs.json").write_text(content)
    assert rebuild.main(["--state", str(tmp_path)]) == 2
    printed = capsys.readouterr().err
    assert "outputs.json" in printed
    assert "pulumi stack output --json" in printed


def test_an_output_without_a_value_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["region", *rebuild.TABLES.values(), rebuild.FUNCTION]
    outputs = dict.fromkeys(names, "one") | {"termsTable": None}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    assert rebuild.main(["--state", str(tmp_path)]) == 2
    assert "has no termsTable" in capsys.readouterr().err


@pytest.mark.parametrize("is_local", [True, False])
def test_a_rebuild_has_the_environment_of_the_functions_and_more_patience(
    monkeypatch: pytest.MonkeyPatch, is_local: bool
) -> None:
    environment = {"AWS_PROFILE": "shop", "AWS_SESSION_TOKEN": "secret", "PATH": "/bin"}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(aws, "DYNAMODB_TRIES", 1)
    monkeypatch.setattr(batches, "PAUSES", (0.1,))
    outputs = {"region": "eu-west-1"} | {name: f"the-{name}" for name in rebuild.TABLES.values()}
    local = {"local": {"endpointUrl": "http://127.0.0.1:8001"}} if is_local else {}
    rebuild.set_up(outputs | local)
    assert environment["SHOP_TERMS_TABLE"] == "the-termsTable"
    assert environment["AWS_REGION"] == "eu-west-1"
    assert ("AWS_PROFILE" in environment) == ("AWS_SESSION_TOKEN" in environment) == (not is_local)
    assert ("AWS_ENDPOINT_URL" in environment) == is_local
    assert aws.DYNAMODB_TRIES == 10
    assert sum(batches.PAUSES) > 120, "a table grows its capacity for minutes"


def test_a_table_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class FakeDynamodb:
        def scan(self, TableName: str, Limit: int) -> None:  # noqa: N803, ARG002
            if TableName == "gone":
                raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no"}}, "Scan")

    monkeypatch.setattr("lambdas.platform.aws.dynamodb", FakeDynamodb)
    outputs = dict.fromkeys(rebuild.TABLES.values(), "there")
    rebuild.require_tables(outputs)
    with pytest.raises(rebuild.RebuildError, match="termsTable gone"):
        rebuild.require_tables(outputs | {"termsTable": "gone"})


@pytest.mark.parametrize(("is_check", "has_pages"), [(False, True), (False, False), (True, True)])
def test_a_rebuild_marks_every_page_of_a_storefront(
    work: Callable[..., None], monkeypatch: pytest.MonkeyPatch, is_check: bool, has_pages: bool
) -> None:
    client, marked = FakeLambda(), list[str]()
    work(client)
    monkeypatch.setattr(page_upkeep, "mark_all", lambda: marked.append("all"))
    assert rebuild.run(Reader(client, "views"), Report(is_check=is_check), has_pages=has_pages) == 0
    assert bool(marked) is (has_pages and not is_check)
