"""`python -m local rebuild`: the reader of the stream is paused meanwhile, and stays so after an error."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.shop import rebuild as rules
from lambdas.shop.rebuild_report import Report
from local import rebuild
from local.rebuild import Reader


class FakeLambda:
    """A Lambda client with one event source mapping, which changes its state in two steps as on AWS."""

    def __init__(self, mappings: int = 1) -> None:
        self.states = ["Enabled"]
        self.mappings = mappings

    def list_event_source_mappings(self, FunctionName: str) -> Any:  # noqa: N803, ARG002
        return {"EventSourceMappings": [{"UUID": "1"}] * self.mappings}

    def get_function_configuration(self, FunctionName: str) -> Any:  # noqa: N803, ARG002
        return {"Timeout": 60}

    def get_event_source_mapping(self, UUID: str) -> Any:  # noqa: N803, ARG002
        state = self.states[-1]
        if state.endswith("ing"):
            self.states.append({"Disabling": "Disabled", "Enabling": "Enabled"}[state])
        return {"State": state}

    def update_event_source_mapping(self, UUID: str, Enabled: bool) -> None:  # noqa: N803, ARG002
        assert not self.states[-1].endswith("ing"), "Lambda refuses changes in between"
        self.states.append("Enabling" if Enabled else "Disabling")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses in place of waiting."""
    slept = list[float]()
    monkeypatch.setattr("local.rebuild.time.sleep", slept.append)
    return slept


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what the rebuild finds, or the error that ends it."""

    def set_work(client: FakeLambda, error: BaseException | None = None, wrong: int = 0) -> None:
        def steps(report: Report) -> Iterator[str]:
            assert client.states[-1] == "Disabled"
            report.orders = 3
            report.wrong["figures"] += wrong
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
    assert client.states[-1] == "Enabled"
    client.states.append("Disabled")
    assert rebuild.run(Reader(client, "views"), Report(is_check=True)) == status
    assert client.states[-1] == "Disabled"


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
