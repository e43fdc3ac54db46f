"""The addresses that a webhook may have. Hosts for tests may be private, and have no TLS."""

import os

from lambdas.platform import public_hosts
from lambdas.platform.errors import BadRequestError, Fault
from lambdas.platform.public_hosts import Address, RefusedAddressError


def parse(url: str) -> Address:
    """Return the parts of an address. Raises RefusedAddressError."""
    return public_hosts.parse(url, os.environ["SHOP_WEBHOOK_TEST_HOSTS"].split())


def check(url: str) -> None:
    """Raise BadRequestError at the field `url` if nothing may be sent to this address.

    The name is looked up now, and again at each delivery.
    """
    try:
        public_hosts.numbers(parse(url))
    except RefusedAddressError as error:
        raise BadRequestError(f"url {error}", [Fault("url", str(error))]) from None
