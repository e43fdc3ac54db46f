"""docs/connect.md: each of its programs sends an order to a running system, as a developer would run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.deno import DENO
from tests.system import ROOT, System

GUIDE = ROOT / "docs/connect.md"
# The command that runs a file of each language of the guide, by the name of the language there.
COMMANDS = {
    "sh": ["sh", "-eu"],
    "python": [sys.executable],
    "php": ["php"],
    "js": [str(DENO), "run", "--quiet", "--no-config", "--allow-env", "--allow-net"],
}
NEEDED = {"sh": "curl", "php": "php"}  # which a machine may lack; all else comes with the project
TIMEOUT_S = 60


def programs() -> dict[str, str]:
    """Return the code blocks of the guide by their language. Each language has one."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == len(dict(blocks))
    return dict(blocks)


def test_every_program_of_the_guide_is_run() -> None:
    assert set(programs()) == {"json", *COMMANDS}


@pytest.mark.parametrize("language", COMMANDS)
def test_a_program_of_the_guide_sends_one_order_and_sees_it(
    system: System, tmp_path: Path, language: str
) -> None:
    needed = NEEDED.get(language)
    if needed and not shutil.which(needed):
        pytest.skip(f"this machine has no {needed}")
    file = tmp_path / f"program.{'mjs' if language == 'js' else language}"
    file.write_text(programs()[language], encoding="utf-8")
    done = subprocess.run(
        [*COMMANDS[language], str(file)],
        env=os.environ | _given(system),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r'"number": *(\d+)|^(\d+) placed', done.stdout, re.M)
    assert found, done.stdout
    (listed,) = system.call("GET", f"/orders?q=%23{found[1] or found[2]}").document["orders"]
    order = system.order(listed["orderID"])
    assert (order["channel"], order["status"], len(order["items"])) == ("machine", "placed", 1)
    assert order["reference"] == "WEB-4711"
    sent = order["history"][0]
    assert (sent["by"], sent["sub"]) == ("Sample shop", system.outputs["machine"]["clientId"])
    assert str(order["total"]) in done.stdout


def _given(system: System) -> dict[str, str]:
    """Return the five values that a developer gets, as variables of the environment."""
    outputs = system.outputs
    return {
        "INBOX_URL": outputs["inboxUrl"],
        "TOKEN_URL": outputs["machineTokenUrl"],
        "SCOPE": outputs["machineScope"],
        "CLIENT_ID": outputs["machine"]["clientId"],
        "CLIENT_SECRET": outputs["machine"]["clientSecret"],
    }
