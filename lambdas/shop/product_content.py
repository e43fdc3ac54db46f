"""The content of products as clients send it: the rules beyond its schema."""

import os
from collections.abc import Mapping
from typing import Any

from lambdas.platform.errors import Fault
from lambdas.platform.strict_json import shown

_NO_SKU = "batch"  # the path of the call that imports products


def in_currency(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a product with the currency of the shop, unless it names a currency itself."""
    return {"currency": os.environ["SHOP_CURRENCY"], **content}


def sku_faults(sku: str) -> list[Fault]:
    """Return the fault of a new product whose SKU no call could name in its path."""
    return [Fault("sku", f"must be another SKU than {shown(sku)}")] if sku == _NO_SKU else []
