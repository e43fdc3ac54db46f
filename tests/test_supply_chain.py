"""The workflows and packages: pinned, with the fewest rights, and safe against the code of a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.imports import ROOT

Workflow = dict[Any, Any]

FOLDER = ROOT / ".github/workflows"
PREVIEW = (FOLDER / "preview.yml").read_text()
# No tag but a full commit, with its version for people and for Dependabot.
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
NO_FORK = "github.event.pull_request.head.repo.full_name == github.repository"
TRIGGERS = {"push", "pull_request"}  # not pull_request_target and workflow_run, which give a fork the rights
RIGHTS = {"contents": {"read", "none"}, "id-token": {"write", "none"}}
SIGN_IN = "aws-actions/configure-aws-credentials@"
LOCKS = ("requirements.txt", "requirements-dev.txt")


def problems(text: str) -> list[str]:
    """Return what is wrong with a workflow file."""
    workflow: Workflow = yaml.safe_load(text)
    return [*_file_problems(workflow, text), *_job_problems(workflow)]


def _file_problems(workflow: Workflow, text: str) -> Iterator[str]:
    for used in re.findall(r"uses: *(.*)", text):
        if not PINNED.fullmatch(used.strip()):
            yield f"{used} is not pinned by commit with its version"
    if "secrets." in text:
        yield "a stored secret is used"
    if not set(workflow[True]) <= TRIGGERS:  # YAML 1.1 reads `on` as true
        yield "it has a trigger that gives rights to a fork"
    if workflow.get("permissions") != {}:
        yield "the whole workflow has permissions"
    if not workflow.get("concurrency", {}).get("cancel-in-progress"):
        yield "an old run goes on beside its successor"


def _job_problems(workflow: Workflow) -> Iterator[str]:
    for job in workflow["jobs"].values():
        rights = job.get("permissions")
        if not isinstance(rights, dict) or any(
            value not in RIGHTS.get(key, {"none"}) for key, value in rights.items()
        ):
            yield "the rights of a job are not spelled out, or too many"
        elif ("id-token" in rights) != any(SIGN_IN in step.get("uses", "") for step in job["steps"]):
            yield "a job may sign in and does not, or the other way round"
        elif "id-token" in rights and (NO_FORK not in job.get("if", "") or "environment" not in job):
            yield "a job that signs in runs for forks or without an environment"
        if not 0 < job.get("timeout-minutes", 360) <= 30:
            yield "a job may hang for hours"
        if not re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"]):
            yield "the runner's system changes by itself"
        yield from _step_problems(job["steps"])


def _step_problems(steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        run = step.get("run", "")
        if "${{" in run:
            yield "a value from outside becomes part of a script"
        if "pip install" in run and not {"--require-hashes", "--only-binary"} <= set(run.split()):
            yield "a package is installed without its hash"
        checkout = step.get("uses", "").startswith("actions/checkout@")
        if checkout and step.get("with", {}).get("persist-credentials") is not False:
            yield "the token stays in the checkout"


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_workflow_is_pinned_and_has_few_rights(file: Path) -> None:
    assert problems(file.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"@[0-9a-f]{40} # v7.0.1", "@v7"),
        (r"@[0-9a-f]{40} # v7.0.1", "@3d3c42e # v7.0.1"),
        (r" # v6.2.3", ""),
        (r"vars.AWS_REGION", "secrets.AWS_REGION"),
        (r"pull_request:", "pull_request_target:"),
        (r"pull_request:", "workflow_run:"),
        (r"permissions: \{\}\n", ""),
        (r"permissions: \{\}", "permissions:\n  id-token: write"),
        (r"permissions: \{\}", "permissions: write-all"),
        (r"cancel-in-progress: true", "cancel-in-progress: false"),
        (r"    permissions:\n +contents: read\n +id-token: write.*\n", ""),
        (r"contents: read", "contents: write"),
        (r"contents: read", "contents: read\n      pull-requests: write"),
        (r" +id-token: write.*\n", ""),
        (r"aws-actions/configure-aws-credentials@", "other/action@"),
        (r" && github.event.pull_request.head.repo.full_name == github.repository", ""),
        (r" +environment: .*\n", ""),
        (r" +timeout-minutes: .*\n", ""),
        (r"ubuntu-24.04", "ubuntu-latest"),
        (r"python -m venv .venv", "echo ${{ github.event.pull_request.title }}"),
        (r"--require-hashes ", ""),
        (r"--only-binary :all: ", ""),
        (r" +with:\n +persist-credentials: false\n", ""),
        (r"persist-credentials: false", "persist-credentials: true"),
    ],
)
def test_each_fault_in_a_workflow_is_found(old: str, new: str) -> None:
    faulty, count = re.subn(old, new.replace("\\", r"\\"), PREVIEW)
    assert count > 0
    assert problems(faulty) != []


def test_preview_runs_on_every_pull_request_and_tests_on_every_push() -> None:
    triggers = {path.stem: set(yaml.safe_load(path.read_text())[True]) for path in FOLDER.iterdir()}
    assert {"preview": {"pull_request"}, "test": {"push", "pull_request"}} == triggers


def test_preview_uses_the_pulumi_version_of_the_program() -> None:
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    assert re.findall(r"pulumi-version: (\S+)", PREVIEW) == [pins["pulumi"]]


def test_documented_role_trusts_only_the_environment_of_the_preview() -> None:
    guide = (ROOT / "docs/operate.md").read_text()
    (policy,) = [text for text in re.findall(r"```json\n(.*?)```", guide, re.S) if "oidc-provider" in text]
    (statement,) = json.loads(policy)["Statement"]
    issuer = "token.actions.githubusercontent.com"
    environment = yaml.safe_load(PREVIEW)["jobs"]["preview"]["environment"]
    assert statement["Condition"] == {
        "StringEquals": {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": f"repo:OWNER/NAME:environment:{environment}",
        }
    }
    assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")


def packages(lock: str) -> dict[str, str]:
    """Return the packages in a lock file, as name, version and marker, with their hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return dict(re.findall(r"^([a-z0-9-]+==[^\s;]+(?: ; .*?)?) +(--hash.*)$", text, re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_no_registry_is_named(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text().splitlines() if not line.startswith((" ", "#"))]
    assert len(packages(lock)) == len(lines)
    hashes = " ".join(packages(lock).values()).split()
    assert [one for one in hashes if not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one)] == []


def test_both_lock_files_have_the_same_versions_and_hashes() -> None:
    assert packages("requirements.txt").items() <= packages("requirements-dev.txt").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_has_every_package_that_its_source_names(lock: str) -> None:
    source = (ROOT / lock.replace(".txt", ".in")).read_text().lower().splitlines()
    wanted = {line for line in source if line and line[0] not in "#-"}
    assert wanted <= {package.split(" ;")[0] for package in packages(lock)}


def test_set_up_installs_packages_only_by_their_hashes() -> None:
    script = (ROOT / "local/setup.sh").read_text()
    installs = re.findall(r"pip install .*", script)
    assert len(installs) == 2
    assert all("--require-hashes -r" in command for command in installs)
    assert set(re.findall(r"pip_install (\S+)", script)) == {".venv/uv.txt", "requirements-dev.txt"}
