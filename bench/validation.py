"""Measure the Lambda functions' own schema check on an order of 1,000 lines.

The functions have their own check because their zip file contains no third-party packages.
Unit: milliseconds for one order, the median of 15 runs.
References: the library jsonschema with the same schema, and `json.loads` of the same order.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

from bench.pairs import pairs
from bench.results import Row
from lambdas.platform import json_schema
from lambdas.platform.errors import Fault

ROOT = Path(__file__).resolve().parent.parent


def make_order(lines: int) -> dict[str, Any]:
    """Return a valid order."""
    return {
        "orderID": str(uuid.UUID(int=1)),
        "customer": {"name": "Ann O’Hara", "email": "ann@example.org", "address": "1 High Street"},
        "items": [{"sku": f"FC-{number}", "quantity": number + 1} for number in range(lines)],
        "notes": "Ring twice.",
    }


def library_validator() -> Draft4Validator:
    """Return the library's validator with the functions' schemas."""
    schemas = json.loads((ROOT / "lambdas/schemas.json").read_text())
    return Draft4Validator({"$ref": "#/components/schemas/Order", "components": {"schemas": schemas}})


def rows() -> Iterator[Row]:
    """Yield the times of the check beside those of each reference."""
    order, text, validator = make_order(1000), json.dumps(make_order(1000)), library_validator()

    def own() -> list[Fault]:
        return list(json_schema.faults("Order", order))

    references: dict[str, Callable[[], object]] = {
        "jsonschema's check": lambda: list(validator.iter_errors(order)),
        "json.loads of it": lambda: json.loads(text),
    }
    for name, reference in references.items():
        ours, theirs = pairs(own, reference).medians_ms
        yield Row(name="schema check of 1,000 lines", value=ours, unit="ms", reference=theirs, against=name)
