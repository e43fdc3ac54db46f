"""The names of connected shops, by which orders name the machines that sent them."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from lambdas.platform import batches
from lambdas.platform.access import Person
from lambdas.platform.batches import Reading
from lambdas.shop.order_channels import MACHINE
from lambdas.shop.order_origin import Origin


def read_each(origins: Iterable[Origin], before_call: Callable[[], None]) -> Reading:
    """Return the names of the shops that sent these orders. Without orders of machines, nothing is read.

    The row of a deleted shop stays, so its last orders have its name too. A stack without connected shops
    has no table of them. `before_call` is that of `batches.read_each`.
    """
    table = os.environ["SHOP_SHOPS_TABLE"]
    clients = [one.sender.sub for one in origins if one.channel == MACHINE] if table else []
    return batches.read_each(table, "shopID", clients, ("shopID", "name"), before_call)


def named(origin: Origin, names: Reading) -> Origin:
    """Return the origin of an order with the name of its shop, or as it is if the shop has no row.

    Raises the error with which the name could not be read.
    """
    if origin.channel != MACHINE:
        return origin
    client = origin.sender.sub
    names.require([client])
    row = names.found.get(client)
    return replace(origin, sender=Person(row["name"], client)) if row else origin
