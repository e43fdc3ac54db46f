"""The connected shop that sent the order of a dead letter, by the name that it has now."""

import os
from typing import Any

from lambdas.platform import tables
from lambdas.shop import letter_page
from lambdas.shop.documents import Letter
from lambdas.shop.order_channels import MACHINE


def shown(letter: Letter) -> dict[str, Any]:
    """Return a letter as the API shows it, with the name of its shop in place of a general one.

    The name is read now, because the function that keeps letters must need no table but its own. A stack
    without connected shops has no table of them.
    """
    table, client = os.environ["SHOP_SHOPS_TABLE"], letter["attributes"].get("sub", "")
    is_machines = letter.get("channel") == MACHINE and bool(client)
    row = tables.get(table, shopID=client) if table and is_machines else None
    return letter_page.public(letter) | ({"submittedBy": row["name"]} if row else {})
