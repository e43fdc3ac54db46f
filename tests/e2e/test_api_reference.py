"""The API answers as its OpenAPI document says. Schemathesis makes up the calls and judges the answers.

The seed is fixed, so that the calls are the same in every run. `schemathesis.toml` says what is not judged.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import customer_tokens
from tests.system import System, get

CONFIG = Path(__file__).parent / "schemathesis.toml"
SEED, EXAMPLES = "20261127", "6"


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a system of its own, because the calls change and delete the sample data."""
    running = System(tmp_path_factory.mktemp("fuzzed")).start()
    yield running
    assert running.stop() == 0, running.printed


# Only admins may delete, and deleted orders would leave little for the other calls.
@pytest.mark.parametrize(
    ("who", "methods", "at_least"), [("staff", "--exclude-method", 500), ("admin", "--include-method", 30)]
)
def test_every_answer_is_described(
    own_system: System, tmp_path: Path, who: str, methods: str, at_least: int
) -> None:
    token, url = own_system.token(who), f"{own_system.outputs['siteUrl']}/api"
    assert _judged_calls(own_system, tmp_path, "/openapi.json", url, token, methods, "DELETE") >= at_least


def test_every_answer_of_the_inbox_is_described(own_system: System, tmp_path: Path) -> None:
    machine = own_system.outputs["machine"]
    token = f"Bearer {own_system.machine_token(machine['clientId'], machine['clientSecret'])}"
    url = own_system.outputs["inboxUrl"]
    assert _judged_calls(own_system, tmp_path, "/inbox-openapi.json", url, token) >= 30


def test_every_answer_of_the_storefront_is_described(own_system: System, tmp_path: Path) -> None:
    token, url = customer_tokens(own_system)["IdToken"], own_system.outputs["storefrontApiUrl"]
    # A deleted account would answer 409 to every change of its cart.
    options = ("--exclude-method", "DELETE")
    assert _judged_calls(own_system, tmp_path, "/storefront-openapi.json", url, token, *options) >= 30


def _judged_calls(system: System, folder: Path, file: str, url: str, token: str, *options: str) -> int:
    """Return the number of calls that were made up and judged. A wrong answer fails the test."""
    document = folder / "openapi.json"
    document.write_bytes(get(system.port, file).body)
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(CONFIG), "run"),
        *(str(document), "--url", url, "--header", f"Authorization: {token}", *options),
        *("--seed", SEED, "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing"),
        *("--continue-on-failure", "--generation-database", "none", "--no-color"),
    ]
    judged = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    (calls,) = re.findall(r"(\d+) generated, \1 passed", judged.stdout)
    return int(calls)
