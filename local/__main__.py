"""The commands: `python -m local up`, `load` and `logs`."""

from __future__ import annotations

import importlib
import os
import sys

COMMANDS = {
    "up": "run the whole system on this machine",
    "load": "load invoices from a CSV file",
    "logs": "show what the functions say",
}


def main(argv: list[str]) -> int:
    """Run the command that `argv` begins with; returns its exit status."""
    if not argv or argv[0] not in COMMANDS:
        print(
            "usage: python -m local COMMAND ...",
            *(f"  {n:5} {does}" for n, does in COMMANDS.items()),
            sep="\n",
        )
        return 0 if argv[:1] in (["-h"], ["--help"]) else 2
    _forget_other_accounts(argv[0])
    command = importlib.import_module(f"local.{argv[0]}")
    return int(command.main(argv[1:]))


def _forget_other_accounts(command: str) -> None:
    """Nothing here has to do with the AWS account that this shell may be signed in to."""
    if command == "load":
        return  # it can load into a deployment as well
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
        del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
