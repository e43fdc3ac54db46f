"""The commands in README and docs: each output, resource, setting, AWS call and option in them exists."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import jmespath
import pytest
import yaml
from botocore import xform_name
from botocore.session import get_session

from tests.graph.graph import ROOT, Graph

PAPERS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDE = (ROOT / "docs/operate.md").read_text()
# Words that the reader replaces. Everything else that a command needs comes from an output.
PLACEHOLDERS = {"TOKEN", "THEIR@ADDRESS", "THE-SUB"}
# Options of the AWS CLI itself, and calls that the CLI adds to those of the service.
GLOBAL_OPTIONS = {"--query", "--output", "--region", "--profile", "--cli-binary-format", "--cli-read-timeout"}
ADDED_CALLS = {("logs", "tail"): {"--filter-pattern", "--follow", "--since"}, ("s3", "sync"): set[str]()}


class Code(NamedTuple):
    """A piece of shell in a paper."""

    paper: str
    text: str


class Call(NamedTuple):
    """A call of the AWS CLI, such as `aws sqs purge-queue --queue-url …`."""

    service: str
    operation: str
    options: list[str]
    query: str


def blocks() -> list[Code]:
    """Return every block of shell, also those inside a list."""
    found = []
    for paper in PAPERS:
        for indent, text in re.findall(r"^( *)```sh\n(.*?)^ *```", paper.read_text(), re.M | re.S):
            found.append(Code(paper.name, re.sub(rf"^{indent}", "", text, flags=re.M)))
    return found


def commands() -> list[Code]:
    """Return all blocks, and the commands in backticks within the text."""
    inline = []
    for paper in PAPERS:
        prose = re.sub(r"```.*?```", "", paper.read_text(), flags=re.S)
        found = re.findall(r"`((?:aws|pulumi) [^`]+)`", prose)
        inline += [Code(paper.name, text) for text in found]
    return [*blocks(), *inline]


def aws_calls() -> list[Call]:
    return [call for code in commands() for call in _calls(code.text)]


def _calls(text: str) -> Iterator[Call]:
    plain = re.sub(r"\s#.*", "", text.replace("\\\n", " "))
    for match in re.finditer(r"\baws ([a-z][\w-]*) ([a-z][\w-]*)", plain):
        words = shlex.split(_until_the_end(plain[match.end() :]), comments=False)
        options = [word for word in words if word.startswith("--")]
        query = words[words.index("--query") + 1] if "--query" in options else ""
        yield Call(match[1], match[2], options, query)


def _until_the_end(text: str) -> str:
    """Cut a command at the end of its line, pipe or command substitution, outside of quotes and brackets."""
    depth, quote = 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter == "'":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif letter in "\n|;)" and not depth:
            return _without_odd_quote(text[:at])
    return text


def _without_odd_quote(text: str) -> str:
    """Drop the quote that closes the text around a command substitution."""
    return text.rstrip().removesuffix('"') if text.count('"') % 2 else text


@cache
def service_model(service: str) -> Any:
    return get_session().get_service_model(service)


@cache
def operations(service: str) -> dict[str, str]:
    """Return the names of a service's operations by their names in the AWS CLI."""
    return {xform_name(name, "-"): name for name in service_model(service).operation_names}


def test_every_output_in_a_command_is_exported(dev: Graph, everything: Graph) -> None:
    """Named by `pulumi stack output`, or given to a function of the shell that calls it."""
    named = {
        name
        for code in commands()
        for name in re.findall(r"pulumi stack output (\w+)", code.text)
        + re.findall(r"^again (\w+) (\w+)$", code.text, re.M)
        + re.findall(r"log_of (\w+)\)", code.text)
        for name in ([name] if isinstance(name, str) else name)
    }
    assert len(named) >= 9
    assert named - set(dev.outputs) - set(everything.outputs) == set()


def test_every_name_like_an_output_in_the_guide_is_exported(dev: Graph, everything: Graph) -> None:
    named = set(re.findall(r"`(\w+(?:Url|Arn|Function|Table|PoolId))`", GUIDE))
    settings = set(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"])
    assert named
    assert named - settings - set(dev.outputs) - set(everything.outputs) == set()


def test_every_physical_name_in_a_paper_belongs_to_a_resource(dev: Graph) -> None:
    for paper in PAPERS:
        for name in re.findall(r"`([a-z][a-z-]*)-…`", paper.read_text()):
            assert name in dev, f"{paper.name}: {name}"


def test_every_alarm_in_the_guide_exists(everything: Graph) -> None:
    table = GUIDE.split("| Alarm | Means |")[1].split("\n\n")[0]
    names = {name for row in re.findall(r"^\| ([a-z…][^|]*) \|", table, re.M) for name in row.split(", ")}
    alarms = {one.name.removeprefix("alarms-") for one in everything.all("cloudwatch.MetricAlarm")}
    by_ending = {alarm for alarm in alarms for name in names if alarm.endswith(name.removeprefix("…"))}
    assert (by_ending, names & {"", "-"}) == (alarms, set())
    assert all(any(alarm.endswith(name.removeprefix("…")) for alarm in alarms) for name in names)


def test_commands_have_no_placeholder_for_something_with_an_output() -> None:
    # Without programs for jq and Python, and without the names of variables.
    programs = re.compile(r"<<'END'.*?^END$|'[^']*'|\{[^}]*\}|\b[A-Z_]+=|\$[A-Z_]+", re.M | re.S)
    text = "\n".join(programs.sub("", code.text) for code in commands())
    assert (
        set(re.findall(r"\b[A-Z][A-Z_]{2,}(?:[@-][A-Z]+)?(?![-\w])", text)) - {"RESEND", "EMAIL"}
        == PLACEHOLDERS
    )
    assert "…" not in text


def test_every_setting_in_a_command_exists() -> None:
    settings = set(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]) | {"aws:region"}
    named = {
        name
        for code in commands()
        for name in re.findall(r"pulumi config set (?:--path )?'?([\w:]+)", code.text)
    }
    assert named
    assert named <= settings


@pytest.mark.parametrize("code", blocks(), ids=lambda code: code.text.split("\n")[0][:50])
def test_every_block_is_valid_shell(code: Code) -> None:
    checked = subprocess.run(["sh", "-n"], input=code.text, text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("call", aws_calls(), ids=lambda call: f"{call.service} {call.operation}")
def test_every_aws_call_and_its_options_exist(call: Call) -> None:
    jmespath.compile(call.query or "@")
    options = set(call.options) - GLOBAL_OPTIONS
    if (call.service, call.operation) in ADDED_CALLS:
        assert options <= ADDED_CALLS[call.service, call.operation]
        return
    assert call.operation in operations(call.service)
    model = service_model(call.service).operation_model(operations(call.service)[call.operation])
    known = {f"--{xform_name(name, '-')}" for name in model.input_shape.members}
    required = {f"--{xform_name(name, '-')}" for name in model.input_shape.required_members}
    assert options <= known
    assert not options or required <= options
