"""The linter's configuration refuses JavaScript that breaks a limit of this repository."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import ROOT

OXLINT = Path(sys.executable).with_name("oxlint")
LIB = sorted((ROOT / "site/assets/lib").glob("*.js"))


def function_of(lines: int) -> str:
    body = "  console.log(1);\n" * (lines - 2)
    return f"export function long() {{\n{body}}}\n"


def module_of(lines: int) -> str:
    return "console.log(1);\n" * lines


def refusals(folder: Path, **modules: str) -> str:
    """Lint modules, given by name, with this repository's configuration, and return the linter's report."""
    shutil.copy(ROOT / ".oxlintrc.json", folder)
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    command = [str(OXLINT), "--format=unix", "."]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("allowed", "refused", "rule"),
    [
        (module_of(120), module_of(121), "max-lines)"),
        (function_of(30), function_of(31), "max-lines-per-function)"),
        ("a();\nfunction a() {}\n", "a();\n", "no-undef)"),
        (
            "export const a = (b) => b;\n",
            "export const a = (b) => { b ?? a(b); };\n",
            "no-unused-expressions)",
        ),
    ],
    ids=["long module", "long function", "undefined name", "unused expression"],
)
def test_the_linter_refuses_code_beyond_a_limit(
    tmp_path: Path, allowed: str, refused: str, rule: str
) -> None:
    assert rule not in refusals(tmp_path, module=allowed)
    assert rule in refusals(tmp_path, module=refused)


def test_the_linter_refuses_modules_that_import_each_other(tmp_path: Path) -> None:
    one = 'import { b } from "./two.js";\nexport const a = () => b;\n'
    two = 'import { a } from "./one.js";\nexport const b = () => a;\n'
    assert "no-cycle)" in refusals(tmp_path, one=one, two=two)
    assert "no-cycle)" not in refusals(tmp_path, one=one, two="export const b = 1;\n")


def test_every_script_of_the_site_passes_the_linter() -> None:
    done = subprocess.run([str(OXLINT), "site"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", LIB, ids=lambda file: file.name)
def test_every_module_in_lib_is_type_checked(file: Path) -> None:
    assert file.read_text().startswith("// @ts-check\n")
