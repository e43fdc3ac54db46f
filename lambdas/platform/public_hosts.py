"""Addresses on the internet that others choose: their form, and the numbers that their hosts may have.

Somebody who chooses an address must not reach what only this program can reach, such as the metadata of its
machine. A name that is public now may lead elsewhere a moment later, so a caller connects to a number that
was checked, and never looks the name up again.
"""

import ipaddress
import os
import socket
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_LENGTH = 500  # characters of an address
_HTTPS_PORT, _FIRST_OPEN_PORT = 443, 1024
# Of the protocols themselves (RFC 6890). Python before 3.13 knows a part of it.
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Ways to write an IPv4 address as one of IPv6: 6to4 (RFC 3056) and Teredo (RFC 4380).
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
# A name server that says nothing is asked twice for 2 s (man 5 resolv.conf). The system reads this when a
# process looks up its first name.
os.environ.setdefault("RES_OPTIONS", "timeout:2 attempts:2")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(Exception):
    """The address breaks a rule, which the text names."""


class Address(NamedTuple):
    """An address: whether it needs TLS, its host and port, and the path with the query.

    With `is_exempt`, the host may have any number.
    """

    is_secure: bool
    host: str
    port: int
    path: str
    is_exempt: bool

    @property
    def header(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _HTTPS_PORT if self.is_secure else 80
        return host if self.port == usual else f"{host}:{self.port}"


def parse(url: str, exempt: Collection[str]) -> Address:
    """Return the parts of an address. Raises RefusedAddressError.

    A host in `exempt` may be reached by http, and at any port.
    """
    if len(url) > MAX_LENGTH:
        raise RefusedAddressError(f"must have at most {MAX_LENGTH} characters, got {len(url)}")
    if not url.isascii() or not url.isprintable() or any(letter in url for letter in ' \\"<>^`{|}'):
        rule = "must have letters, digits and signs of URLs only; a name such as münchen.de begins with xn--"
        raise RefusedAddressError(rule)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddressError(f"must be a URL: {error}") from None
    host = (parts.hostname or "").lower()
    is_exempt = host in exempt
    if parts.scheme != "https" and not (is_exempt and parts.scheme == "http"):
        raise RefusedAddressError(f"must begin with https://, got {url[:50]}")
    if not host:
        raise RefusedAddressError("must name a host")
    if parts.username is not None or parts.password is not None:
        raise RefusedAddressError("must have no user name and no password")
    if "#" in url:
        raise RefusedAddressError("must have no part after #")
    is_secure = parts.scheme == "https"
    port = port if port is not None else (_HTTPS_PORT if is_secure else 80)
    if not is_exempt and port != _HTTPS_PORT and port < _FIRST_OPEN_PORT:
        raise RefusedAddressError(f"must have port {_HTTPS_PORT} or one above 1023, got {port}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(is_secure, host, port, path, is_exempt)


def numbers(address: Address) -> list[str]:
    """Return the numbers of a host, IPv4 first. Raises RefusedAddressError.

    All of them must be public, because the caller may be led to any of them.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a name with an empty or a long label cannot be looked up at all
        raise RefusedAddressError(
            f"must name a host that exists, and {address.host} has no address"
        ) from None
    known = dict.fromkeys(str(one[4][0]) for one in found)
    if not address.is_exempt:
        for number in known:
            if not is_public(number):
                rule = f"must lead to public addresses only, and {address.host} leads to {number}"
                raise RefusedAddressError(rule)
    return sorted(known, key=lambda number: ":" in number)


def is_public(number: str) -> bool:
    """Whether everybody on the internet may mean the same host by a number."""
    try:
        found: IpAddress = ipaddress.ip_address(number)
    except ValueError:  # such as fe80::1%eth0
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found not in _PROTOCOLS
    return found in _GLOBAL_UNICAST and not any(found in tunnel for tunnel in _TUNNELS)
