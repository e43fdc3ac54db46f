"""README and the other papers: files, commands and settings that they name exist and agree with the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text()


def default_in_words(default: Any) -> str:
    """Return a default as README writes it: `false`, `90`, `OFF`, or a dash for an empty one."""
    if default in ("", [], {}):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def config_rows() -> list[str]:
    """Return the rows that README's configuration table should have, from Pulumi.yaml."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    rows = ["| Key | Type | Default | What it does |", "|---|---|---|---|"]
    for key, entry in declared.items():
        kind = "list" if entry["type"] == "array" else entry["type"]
        rows.append(f"| `{key}` | {kind} | {default_in_words(entry['default'])} | {entry['description']} |")
    return rows


def test_readme_lists_every_config_key_as_in_pulumi_yaml() -> None:
    table = README.split("<!-- config -->")[1].split("<!-- /config -->")[0].strip().splitlines()
    assert table == config_rows()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_linked_file_exists(paper: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)", paper.read_text())
    missing = [target for target in targets if not (paper.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_make_command_in_a_paper_is_a_target(paper: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", paper.read_text(), re.M))
    assert named <= targets


def test_every_path_in_readmes_code_exists() -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|py|yaml|json))`", README)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == []


def test_every_name_in_the_threat_model_exists() -> None:
    paper = (ROOT / "docs/security.md").read_text()
    names = set(re.findall(r"`([^`]+)`", paper)) - {"admin"}
    settings = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"].keys()
    commands = {
        f"make {target}" for target in re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    }
    missing = {name for name in names - settings - commands if not (ROOT / name).is_file()}
    assert missing == set()
    assert {"apiRateLimit", "selfSignUp", "webAcl"} <= names
    decisions = re.findall(r"^### (\d+)\.", (ROOT / "docs/decisions.md").read_text(), re.M)
    assert set(re.findall(r"decision (\d+)", paper)) <= set(decisions)
    assert "](docs/security.md)" in README


def test_no_two_decisions_have_the_same_number() -> None:
    numbers = re.findall(r"^### (\d+)\.", (ROOT / "docs/decisions.md").read_text(), re.M)
    assert sorted(numbers) == sorted(set(numbers))


def test_ci_runs_the_test_command_from_readme() -> None:
    assert "make test " in README
    assert "make test" in (ROOT / ".ci/run").read_text().splitlines()


def test_readme_begins_with_the_picture_and_the_two_commands() -> None:
    order = [
        README.index(part) for part in ("![", "make local", "make test", "## Deploy", "## Configuration")
    ]
    assert order == sorted(order)
