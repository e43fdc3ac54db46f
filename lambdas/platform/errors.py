"""The exceptions that handlers and rules raise."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One broken rule: the path of the field in the document, and the message about the rule."""

    path: str
    message: str


class OrderDeskError(Exception):
    """Base class of the errors for messages and requests that are refused."""


class UndeliverableError(OrderDeskError):
    """A message that no retry can process. Its text is the reason of the dead letter."""


class RequestError(OrderDeskError):
    """A request that is answered with an error. The answer also has the stored document, `current`."""

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
    """There is no such order, product, customer or draft."""

    status, code = 404, "not_found"


class ConflictError(RequestError):
    """The order's status, the number of drafts or an open order of the product does not allow this change."""

    status, code = 409, "conflict"


class PreconditionFailedError(RequestError):
    """The stored order, product, draft or customer has another version by now, which `current` contains."""

    status, code = 412, "precondition_failed"


class TooLargeError(RequestError):
    """The result does not fit into one item of the table."""

    status, code = 413, "too_large"


class UnsupportedMediaTypeError(RequestError):
    """The content type of the body is not JSON."""

    status, code = 415, "unsupported_media_type"


class PreconditionRequiredError(RequestError):
    """The request has no If-Match header, which must name the version to change."""

    status, code = 428, "precondition_required"


class OutOfTimeError(Exception):
    """The invocation has too little time left to begin another message or record."""


def summary(faults: list[Fault]) -> str:
    """Return one sentence: the first fault, and the number of the others."""
    first = " ".join(part for part in faults[0] if part)
    return first if len(faults) == 1 else f"{first} (and {len(faults) - 1} more)"
