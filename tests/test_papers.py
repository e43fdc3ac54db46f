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
    if default in ("", []):
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


def test_ci_runs_the_test_command_from_readme() -> None:
    assert "make test " in README
    assert "make test" in (ROOT / ".ci/run").read_text().splitlines()


def test_readme_begins_with_the_picture_and_the_two_commands() -> None:
    order = [
        README.index(part) for part in ("![", "make local", "make test", "## Deploy", "## Configuration")
    ]
    assert order == sorted(order)
