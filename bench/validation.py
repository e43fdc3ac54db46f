"""`python -m bench.validation`: the functions' own schema check against the library jsonschema.

The functions carry a check of their own because nothing third-party goes into the zip. This says what
that costs or saves on an order of 1,000 lines, beside parsing the same order.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

from bench.pairs import pairs
from lambdas.platform import json_schema
from lambdas.platform.errors import Fault

ROOT = Path(__file__).resolve().parent.parent


def order(lines: int) -> dict[str, Any]:
    """An order that breaks no rule."""
    return {
        "orderID": str(uuid.UUID(int=1)),
        "customer": {"name": "Ann O’Hara", "email": "ann@example.org", "address": "1 High Street"},
        "items": [{"sku": f"FC-{number}", "quantity": number + 1} for number in range(lines)],
        "notes": "Ring twice.",
    }


def library() -> Draft4Validator:
    """The library's validator over the same file."""
    schemas = json.loads((ROOT / "lambdas/schemas.json").read_text())
    return Draft4Validator({"$ref": "#/components/schemas/Order", "components": {"schemas": schemas}})


def main() -> None:
    """Print the two ratios."""
    whole, text, validator = order(1000), json.dumps(order(1000)), library()

    def own() -> list[Fault]:
        return list(json_schema.faults("Order", whole))

    print("check / jsonschema's check:", pairs(own, lambda: list(validator.iter_errors(whole))))
    print("check / json.loads:        ", pairs(own, lambda: json.loads(text)))


if __name__ == "__main__":
    main()
