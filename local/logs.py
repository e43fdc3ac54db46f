"""`python -m local logs`: print the log lines of the functions, from their log groups."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import emulator

POLL_INTERVAL_S = 1.0
API_LOGS = "api-logs-"  # the group with a line for each call of the API, which no function writes


def main(argv: Sequence[str]) -> int:
    """Print the log lines of the last minutes, oldest first. With --follow, also print later lines."""
    arguments = _parser().parse_args(argv)
    outputs = json.loads((arguments.state / "outputs.json").read_text())
    logs = emulator.client("logs", outputs["local"]["endpointUrl"], outputs["region"])
    since = int((time.time() - arguments.minutes * 60) * 1000)
    seen: set[str] = set()  # the printed lines, because the emulator's events have no IDs
    while True:
        for event in sorted(_events(logs, arguments.function, since), key=lambda one: int(one["timestamp"])):
            if (line := _line(event)) not in seen:
                seen.add(line)
                print(line, flush=True)
        if not arguments.follow:
            return 0
        time.sleep(POLL_INTERVAL_S)


def _events(logs: Any, function: str, since: int) -> Iterator[dict[str, Any]]:
    found = logs.get_paginator("describe_log_groups").paginate()  # a page has 50 of them
    for group in (one for page in found for one in page["logGroups"]):
        if function in group["logGroupName"] and not group["logGroupName"].startswith(API_LOGS):
            for page in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=since
            ):
                yield from ({**event, "group": group["logGroupName"]} for event in page["events"])


def _line(event: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone()
    return f"{at:%H:%M:%S.%f} {event['group'].rpartition('-logs')[0]} {event['message'].rstrip()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local logs", description="Show what the functions say.")
    parser.add_argument("function", nargs="?", default="", help="part of a log group's name, such as notify")
    parser.add_argument("--state", type=Path, default=Path(".local"), help="the system's folder (.local)")
    parser.add_argument("--minutes", type=float, default=15, help="how far to look back (15)")
    parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    return parser
