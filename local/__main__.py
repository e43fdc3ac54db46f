"""The commands: `python -m local up`, `load`, `rebuild`, `logs` and `shop`."""

from __future__ import annotations

import importlib
import os
import sys

COMMANDS = {
    "up": "run the whole system on this machine",
    "load": "load invoices from a CSV file",
    "rebuild": "make figures, customers, search and best sellers anew from the orders",
    "logs": "show what the functions say",
    "shop": "run a small web shop that sends orders to the local system",
}


def main(argv: list[str]) -> int:
    """Run the command named by the first argument and return its exit status."""
    if not argv or argv[0] not in COMMANDS:
        print(
            "usage: python -m local COMMAND ...",
            *(f"  {n:7} {does}" for n, does in COMMANDS.items()),
            sep="\n",
        )
        return 0 if argv[:1] in (["-h"], ["--help"]) else 2
    _forget_other_accounts(argv[0])
    command = importlib.import_module(f"local.{argv[0]}")
    return int(command.main(argv[1:]))


def _forget_other_accounts(command: str) -> None:
    """Remove the shell's AWS and Pulumi settings, so that the local system uses none of them."""
    if command in ("load", "rebuild"):
        return  # these also work on a deployment on AWS
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
        del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
