"""An entry point whose rule is about to follow."""

from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Refuse until the rule is here."""
    raise NotImplementedError(event["Records"], context)
