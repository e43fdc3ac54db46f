"""A stack's configuration: defaults, overrides and the check of types."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local.stack_config import ConfigError, load_config

CONFIG = """
    name: desk
    config:
      staffEmails: {type: array, items: {type: string}, default: []}
      days: {type: integer, default: 90}
      mfa: {type: string, default: OFF}
      zone: {type: string}
      webAcl: {type: boolean, default: false}
"""


def _config(root: Path, stack: str, **overrides: Any) -> dict[str, str]:
    (root / "Pulumi.yaml").write_text(dedent(CONFIG))
    (root / "Pulumi.dev.yaml").write_text(dedent(stack))
    return load_config(root, "dev", overrides)


def test_config_has_defaults_overrides_and_other_namespaces(tmp_path: Path) -> None:
    stack = 'config: {aws:region: eu-west-2, "desk:zone": "0123", days: 7}'
    assert _config(tmp_path, stack, staffEmails=["a@b.example"]) == {
        "desk:staffEmails": '["a@b.example"]',
        "desk:days": "7",
        "desk:mfa": "OFF",
        "desk:zone": "0123",
        "desk:webAcl": "false",
        "aws:region": "eu-west-2",
    }


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("config: {desk:zone: 123}", "'desk:zone' must be of type 'string', got 123"),
        ("config: {desk:zone: z, desk:days: 1.5}", "'desk:days' must be of type 'integer'"),
        ("config: {desk:zone: z, desk:days: true}", "'desk:days' must be of type 'integer'"),
        ("config: {desk:zone: z, desk:webAcl: yes}", "'desk:webAcl' must be of type 'boolean'"),
        ("config: {desk:zone: z, desk:staffEmails: [1]}", "must be of type 'array<string>'"),
        ("config: {}", "Stack 'dev' is missing configuration value 'desk:zone'"),
    ],
)
def test_missing_config_value_or_value_of_another_type_raises(
    tmp_path: Path, stack: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        _config(tmp_path, stack)
