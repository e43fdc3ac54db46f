"""What can go wrong with a request or an order, as one small tree of exceptions."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One broken rule: where in the document, and what the rule asks for."""

    path: str
    message: str


class OrderDeskError(Exception):
    """Anything the order desk itself refuses."""


class UndeliverableError(OrderDeskError):
    """A message that no number of retries can process; its text is the reason for the dead letter."""


class RequestError(OrderDeskError):
    """A request that is answered with an error; `current` goes into the answer beside it."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, faults: Iterable[Fault] = (), **current: Any) -> None:
        super().__init__(message)
        self.message = message
        self.faults = list(faults)
        self.current = current


class BadRequestError(RequestError):
    """The request breaks the schema or a rule of the catalog."""


class ForbiddenError(RequestError):
    """The account is not in a group that may do this."""

    status, code = 403, "forbidden"


class NotFoundError(RequestError):
    """There is no such order or product."""

    status, code = 404, "not_found"


class ConflictError(RequestError):
    """The order's status does not allow this."""

    status, code = 409, "conflict"


class PreconditionFailedError(RequestError):
    """Somebody else changed it first; `current` carries what it is now."""

    status, code = 412, "precondition_failed"


class TooLargeError(RequestError):
    """The result would not fit into one item of the table."""

    status, code = 413, "too_large"


class UnsupportedMediaTypeError(RequestError):
    """The body is said to be something else than JSON."""

    status, code = 415, "unsupported_media_type"


class PreconditionRequiredError(RequestError):
    """The change must say which version it is made to."""

    status, code = 428, "precondition_required"


def summary(faults: list[Fault]) -> str:
    """Put faults into one sentence: the first, and how many more there are."""
    first = " ".join(part for part in faults[0] if part)
    return first if len(faults) == 1 else f"{first} (and {len(faults) - 1} more)"
