"""POST requests to hosts of others, bounded in time and in size. No redirect is followed."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from lambdas.platform.public_hosts import Address

MAX_ANSWER_BYTES = 64 * 1024  # headers included
_READ_BYTES = 2048  # of the body: more than what is kept of it
_PART_BYTES = 16 * 1024  # of a request, for each of which the time is looked at


class NoAnswerError(Exception):
    """There was no answer. The text says why."""


class Answer(NamedTuple):
    """The status of an answer, and the beginning of its text."""

    status: int
    text: str


def post(
    address: Address, numbers: Sequence[str], headers: Mapping[str, str], body: bytes, seconds: float
) -> Answer:
    """Send a request to the first number that takes a connection; return the answer. Raises NoAnswerError.

    The status counts once it is there, even if the text of the answer takes too long.
    """
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, numbers, deadline) as connection:
            _send(connection, _request(address, headers, body), deadline)
            return _read(connection, deadline)
    except TimeoutError:
        raise NoAnswerError(f"no answer within {seconds:g} seconds") from None
    except ssl.SSLCertVerificationError as error:
        raise NoAnswerError(f"the certificate is not valid: {error.verify_message}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswerError(_in_words(error)) from None


def _in_words(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing takes connections at this address"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
        return "the connection was closed without an answer"
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "the handshake failed").replace("_", " ").lower()
        return f"no secure connection: {reason}"
    if isinstance(error, http.client.LineTooLong):
        return "the headers of the answer are too long"
    if isinstance(error, http.client.HTTPException | ValueError):
        return "the answer is not HTTP"
    return f"no connection: {error.strerror or type(error).__name__}" if isinstance(error, OSError) else ""


def _left(deadline: float) -> float:
    """Return the seconds until the deadline. Raises TimeoutError after it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connected(address: Address, numbers: Sequence[str], deadline: float) -> socket.socket:
    failure: OSError = OSError("no address")
    for number in numbers:
        try:
            plain = socket.create_connection((number, address.port), _left(deadline))
        except TimeoutError:
            raise
        except OSError as error:
            failure = error
        else:
            return _secured(plain, address, deadline) if address.is_secure else plain
    raise failure


def _secured(plain: socket.socket, address: Address, deadline: float) -> socket.socket:
    try:
        plain.settimeout(_left(deadline))
        return _trust().wrap_socket(plain, server_hostname=address.host)
    except BaseException:
        plain.close()
        raise


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(address: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {"Host": address.header, **headers, "Content-Length": str(len(body)), "Connection": "close"}
    head = [f"POST {address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    return "\r\n".join(head).encode("ascii") + body


def _send(connection: socket.socket, request: bytes, deadline: float) -> None:
    rest = memoryview(request)
    while rest:
        connection.settimeout(_left(deadline))
        rest = rest[connection.send(rest[:_PART_BYTES]) :]


def _read(connection: socket.socket, deadline: float) -> Answer:
    response = http.client.HTTPResponse(_Bounded(connection, deadline), method="POST")  # type: ignore[arg-type]
    response.begin()
    text = b""
    with suppress(OSError, http.client.HTTPException, ValueError):  # the status is there
        text = response.read(_READ_BYTES)
    return Answer(response.status, text.decode(errors="replace"))


class _Bounded(io.RawIOBase):
    """The bytes that a connection brings until a deadline, MAX_ANSWER_BYTES at most. Stands for a socket."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        super().__init__()
        self._connection, self._deadline, self._room = connection, deadline, MAX_ANSWER_BYTES

    def makefile(self, *_: Any) -> io.BufferedReader:
        """Return itself as the file that http.client reads."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._room:
            raise http.client.LineTooLong("answer")
        self._connection.settimeout(_left(self._deadline))
        count = self._connection.recv_into(buffer, min(len(buffer), self._room))
        self._room -= count
        return count
