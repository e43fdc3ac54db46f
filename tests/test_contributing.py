"""STYLE.md and CONTRIBUTING.md name existing files, and commit subjects keep to the limit in STYLE.md."""

import re
import subprocess

import pytest

from tests.imports import ROOT

# A path in these papers begins in one of these folders.
FOLDERS = (ROOT, ROOT / "site/assets", ROOT / "tests")
MAX_SUBJECT = 72  # characters, as STYLE.md says


def subjects() -> list[str]:
    """Return the subjects of all commits after the one that added STYLE.md, or none without git history."""
    try:
        (added, *_) = _git("log", "--diff-filter=A", "--format=%H", "--", "STYLE.md")
        return _git("log", "--no-merges", "--format=%s", f"{added}..HEAD")
    except (OSError, ValueError, subprocess.CalledProcessError):
        return []


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("paper", ["STYLE.md", "CONTRIBUTING.md"])
def test_every_path_in_backticks_exists(paper: str) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", (ROOT / paper).read_text())
    assert named
    assert [path for path in named if not any((folder / path).exists() for folder in FOLDERS)] == []


def test_commit_subjects_have_at_most_72_characters() -> None:
    assert [subject for subject in subjects() if len(subject) > MAX_SUBJECT] == []


def test_style_states_the_length_of_a_commit_subject() -> None:
    assert f"at most {MAX_SUBJECT} characters" in " ".join((ROOT / "STYLE.md").read_text().split())
