"""`python -m local rebuild`: make figures, best sellers, customers, search and product ledger anew.

The function that follows the orders' stream is paused meanwhile, and orders come in. `lambdas.shop.rebuild`
has the rules, which are those of that function. The command calls DynamoDB itself, so on AWS it needs the
credentials of an operator.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.platform import aws, batches
from lambdas.shop import page_upkeep, rebuild
from lambdas.shop.customer_updates import CustomerBusyError, CustomerRefusedError
from lambdas.shop.rebuild_report import PARTS, Report
from local import emulator

# The names of the stack outputs with the tables, by the variables that the functions read.
TABLES = {
    "SHOP_ORDERS_TABLE": "ordersTable",
    "SHOP_PRODUCTS_TABLE": "productsTable",
    "SHOP_TALLIES_TABLE": "talliesTable",
    "SHOP_CUSTOMERS_TABLE": "customersTable",
    "SHOP_SALES_TABLE": "productSalesTable",
    "SHOP_TERMS_TABLE": "termsTable",
}
FUNCTION = "updateViewsFunction"
# A call that fails would be the end of a rebuild. These are the tries of boto3, and the pauses before a call
# for what DynamoDB has left, because a table that grows its capacity is busy for some minutes.
TRIES = 10
PAUSES = (*batches.PAUSES, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 60.0)
# On this machine an invocation takes less than 2 s.
LOCAL_SETTLE_S = 5.0
STATE_TIMEOUT_S = 300.0
POLL_INTERVAL_S = 0.5
PROGRESS_INTERVAL_S = 5.0

Outputs = Mapping[str, Any]


class RebuildError(Exception):
    """The rebuild cannot start. The message contains what the user can do."""


class Reader:
    """The function that follows the stream, which Lambda starts for each batch of changes."""

    def __init__(self, client: Any, function: str, settle_s: float | None = None) -> None:
        """Take a Lambda client and the function's name. Raises RebuildError if it reads no stream.

        `settle_s` are the seconds that an invocation takes at most, by default the function's timeout.
        """
        self._client = client
        found = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        streams = [one for one in found if ":dynamodb:" in one["EventSourceArn"]]
        if len(streams) != 1:
            raise RebuildError(f"{function} reads {len(streams)} streams, and should read one")
        # Beside the stream, the queue of changes that somebody sends again from the dead letters.
        self._mappings: list[str] = [one["UUID"] for one in found]
        if settle_s is None:
            settle_s = float(client.get_function_configuration(FunctionName=function)["Timeout"])
        self.settle_s = settle_s
        self.may_be_paused = False
        """Whether the reader was paused when this was last known."""

    def is_paused(self) -> bool:
        """Whether somebody has paused the reader, for example a rebuild that was cut off."""
        return any(state in ("Disabled", "Disabling") for state in self._states())

    def is_on(self) -> bool:
        """Whether an invocation may begin."""
        return any(state in ("Enabled", "Enabling") for state in self._states())

    def pause(self) -> None:
        """Start no further invocation, and return when the last one must have ended."""
        self._switch(is_on=False)
        time.sleep(self.settle_s)

    def resume(self) -> None:
        """Go on where stream and queue were left."""
        self._switch(is_on=True)

    def _switch(self, *, is_on: bool) -> None:
        wanted = "Enabled" if is_on else "Disabled"
        until = time.monotonic() + STATE_TIMEOUT_S
        while set(states := self._states()) != {wanted}:
            if time.monotonic() > until:
                raise RebuildError(f"the function is not {wanted.lower()} after {STATE_TIMEOUT_S:.0f} s")
            for mapping, state in zip(self._mappings, states, strict=True):
                if state != wanted and not state.endswith("ing"):  # Lambda refuses changes in between
                    self._client.update_event_source_mapping(UUID=mapping, Enabled=is_on)
                    self.may_be_paused = True
            time.sleep(POLL_INTERVAL_S)

    def _states(self) -> list[str]:
        """Return the states of the event source mappings."""
        states = [self._client.get_event_source_mapping(UUID=one)["State"] for one in self._mappings]
        self.may_be_paused = any(state != "Enabled" for state in states)
        return states


def main(argv: Sequence[str]) -> int:
    """Rebuild or check; print what was wrong.

    Return 0 if all is right now, 1 if it is not or the rebuild was cut off, and 2 for invalid input.
    """
    arguments = _parser().parse_args(argv)
    try:
        outputs = read_outputs(arguments.outputs or arguments.state / "outputs.json")
        set_up(outputs)
        require_tables(outputs)
        reader = _reader(outputs)
    except (RebuildError, OSError, ValueError, BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return run(reader, Report(is_check=arguments.check), has_pages="shopUrl" in outputs)


def run(reader: Reader, report: Report, *, has_pages: bool = False) -> int:
    """Pause the reader, rebuild or check, and let the reader go on. After an error it stays paused.

    With `has_pages`, a rebuild also marks every page of the storefront, which is made within some minutes.
    Return 0, 1 or 130 as a shell does after Ctrl-C; SIGTERM and a closed terminal are taken like it.
    """
    started = time.monotonic()
    try:
        with _stoppable():
            was_paused = reader.is_paused()
            _work(reader, report, was_paused)
            if has_pages and not report.is_check:
                page_upkeep.mark_all()
                _say("The pages of the shop are made anew within some minutes.")
    except _ERRORS as error:
        _say(f"error: {error or type(error).__name__}")
        return _say_cut_off(reader)
    except KeyboardInterrupt:
        _say_cut_off(reader)
        return 130
    _print_report(report, time.monotonic() - started)
    if report.is_check and was_paused:
        _say("The views were paused before, and still are: run the rebuild, without --check.")
    return int(report.is_check and bool(report.wrong.total()))


_ERRORS = (
    RebuildError,
    BotoCoreError,
    ClientError,
    batches.BusyError,
    CustomerBusyError,
    CustomerRefusedError,
)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGTERM and SIGHUP too, unless they are ignored, as under nohup."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    heeded = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in heeded:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)


def _work(reader: Reader, report: Report, was_paused: bool) -> None:
    if was_paused:
        _say("The views are paused already: a rebuild was cut off, or another rebuild still runs.")
    _say(f"Pausing the views ({reader.settle_s:.0f} s). Orders come in and wait to be counted.")
    try:
        reader.pause()
        _follow(report)
        if reader.is_on():
            raise RebuildError("somebody has switched the views on meanwhile, so the sums may be wrong")
    finally:
        if report.is_check and not was_paused:
            reader.resume()
    if not report.is_check:
        reader.resume()


def _follow(report: Report) -> None:
    """Make the steps, and show the progress."""
    name, shown = "", 0.0
    for step in rebuild.steps(report):
        now = time.monotonic()
        if step != name or now - shown > PROGRESS_INTERVAL_S:
            _say(f"{step}: {report.orders} orders" if step == "orders" else f"{step} …")
            name, shown = step, now


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _say_cut_off(reader: Reader) -> int:
    if reader.may_be_paused:
        _say("Cut off: the views are paused until a rebuild is complete. Run it again soon, without --check.")
    else:
        _say("The views are not paused. Run it again.")
    return 1


def _print_report(report: Report, seconds: float) -> None:
    rows = ", ".join(f"{part} {report.wrong[part]}" for part in PARTS)
    done = "Compared with" if report.is_check else "Rebuilt from"
    print(f"{done} {report.orders} orders in {seconds:.1f} s. Rows that were wrong: {rows}.")
    if report.waiting:
        print(
            f"{len(report.waiting)} orders had changes that were not counted yet. Sums that lacked these are "
            "among the rows."
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local rebuild",
        description="""Make figures, best sellers, customers, search and product ledger anew from the orders
            and products, while orders come in. By default in the system of this machine.""",
        epilog="""For a deployment: pulumi stack output --json > outputs.json, then --outputs outputs.json,
            with the AWS credentials of an operator.""",
    )
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="the local system's folder (.local)"
    )
    parser.add_argument("--outputs", type=Path, help="stack outputs as JSON (<state>/outputs.json)")
    parser.add_argument("--check", action="store_true", help="only compare, and write nothing")
    return parser


def read_outputs(path: Path) -> Outputs:
    """Return the stack outputs in a file. Raises RebuildError if they lack what a rebuild needs."""
    if not path.exists():
        raise RebuildError(
            f"{path} is not there: start the local system (make local), or name a deployment's --outputs"
        )
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        outputs = None
    if not isinstance(outputs, dict):
        raise RebuildError(f"{path} is not what `pulumi stack output --json` prints")
    missing = [name for name in ("region", *TABLES.values(), FUNCTION) if not outputs.get(name)]
    if missing:
        raise RebuildError(
            f"{path} has no {', '.join(missing)}: is it what `pulumi stack output --json` prints?"
        )
    return outputs


def set_up(outputs: Outputs) -> None:
    """Set what the functions have as their environment, and more patience than they may have."""
    endpoint = outputs.get("local", {}).get("endpointUrl")
    if endpoint:  # no credentials of the shell's
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        os.environ |= {"AWS_ENDPOINT_URL": endpoint}
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    os.environ |= {"AWS_REGION": outputs["region"], "AWS_DEFAULT_REGION": outputs["region"]}
    os.environ |= {variable: outputs[name] for variable, name in TABLES.items()}
    aws.DYNAMODB_TRIES, batches.PAUSES = TRIES, PAUSES


def require_tables(outputs: Outputs) -> None:
    """Raise RebuildError if a table or the right to read it is missing, before anything is paused."""
    for name in TABLES.values():
        try:
            aws.dynamodb().scan(TableName=outputs[name], Limit=1)
        except ClientError as error:
            raise RebuildError(f"{name} {outputs[name]}: {error}") from error


def _reader(outputs: Outputs) -> Reader:
    endpoint = outputs.get("local", {}).get("endpointUrl")
    if endpoint:
        client = emulator.client("lambda", endpoint, outputs["region"])
        return Reader(client, outputs[FUNCTION], LOCAL_SETTLE_S)
    return Reader(boto3.client("lambda", region_name=outputs["region"]), outputs[FUNCTION])
