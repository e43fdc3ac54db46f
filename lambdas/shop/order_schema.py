"""The schemas with the fields that this shop's setting requires of the customer of an order."""

import os
from collections.abc import Mapping
from functools import cache

from lambdas.platform import json_schema
from lambdas.platform.json_schema import Schema


def schemas() -> Mapping[str, Schema]:
    """Return the schemas by which orders are checked when they are submitted or edited."""
    return _schemas(os.environ["SHOP_REQUIRED_OF_CUSTOMER"])


@cache
def _schemas(required: str) -> Mapping[str, Schema]:
    return json_schema.requiring("Customer", required.split())
