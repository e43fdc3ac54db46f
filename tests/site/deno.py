"""Modules of the site, evaluated by Deno in milliseconds. tests/browser tests what needs a real page."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any

from tests.imports import ROOT
from tests.site import oldest_browsers

DENO = Path(sys.executable).with_name("deno")
OFFLINE = ["--quiet", "--no-config", "--no-lock", "--no-remote", "--no-npm", "--no-prompt"]
TIMEOUT_S = 60


def evaluate(module: str, expression: str, values: Iterable[Any]) -> list[Any]:
    """Return the results of a JavaScript expression for each value.

    `module` is a path below site/assets. The expression uses it as `module`, and one value as `value`. Values
    and results are JSON. A promise is awaited, and undefined is None. `at(zone, now)` sets the time zone and,
    if `now` is given, stops the clock there.

    Raises AssertionError if the module cannot be loaded or an expression throws. The message names the value.
    """
    given = list(values)
    task = {
        "file": (ROOT / "site/assets" / module).as_uri(),
        "schemas": str(ROOT / "lambdas/schemas.json"),
        "prepare": oldest_browsers.REMOVE,
        "expression": expression,
        "values": given,
    }
    outcomes = _answer(task)
    assert isinstance(outcomes, list), outcomes["failure"]
    failed = [
        (value, outcome["error"])
        for value, outcome in zip(given, outcomes, strict=True)
        if "error" in outcome
    ]
    assert not failed, failed
    return [outcome.get("result") for outcome in outcomes]


def _answer(task: dict[str, Any]) -> Any:
    server = _server()
    assert server.stdin
    assert server.stdout
    limit = Timer(TIMEOUT_S, server.kill)
    limit.start()
    try:
        server.stdin.write(json.dumps(task) + "\n")
        server.stdin.flush()
        line = server.stdout.readline()
    finally:
        limit.cancel()
    if not line:
        _server.cache_clear()
        raise AssertionError(f"no answer within {TIMEOUT_S} s: {task['expression']}")
    return json.loads(line)


@cache
def _server() -> subprocess.Popen[str]:
    """Start the process that evaluates. It ends with this process, which closes its input then."""
    allowed = [f"--allow-read={ROOT}", "--allow-env=TZ"]
    return subprocess.Popen(
        [str(DENO), "run", *OFFLINE, *allowed, str(Path(__file__).with_name("serve.mjs"))],
        env=os.environ | {"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", "LC_ALL": "en_GB.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
