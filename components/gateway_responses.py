"""The errors that API Gateway itself returns, for example for a request without a token.

Each has a fixed text. A variable such as `$context.error.message` may contain the caller's token or parts of
the body, and AWS does not document for each of them whether its value is quoted and escaped.

The error 413 for a body over 10 MB is missing, because API Gateway does not allow changes to its text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

# Response type -> (status, code, message). The two DEFAULT types have no status, because API Gateway
# would use that status for all other types too.
GATEWAY_RESPONSES: Mapping[str, tuple[int | None, str, str]] = {
    "DEFAULT_4XX": (None, "bad_request", "The request was refused: check path, method and headers."),
    "DEFAULT_5XX": (None, "internal_error", "Something failed on our side. Try again in a moment."),
    "BAD_REQUEST_BODY": (400, "bad_request", "The body breaks the schema of this call."),
    "BAD_REQUEST_PARAMETERS": (400, "bad_request", "A parameter of this call is missing."),
    "UNAUTHORIZED": (401, "unauthorized", "Sign in: this call needs a valid ID token."),
    "EXPIRED_TOKEN": (401, "unauthorized", "Sign in again: this token has expired."),
    "ACCESS_DENIED": (403, "forbidden", "Your account may not make this call."),
    # API Gateway's names for a path or method that does not exist. With an Authorization header, it expects a
    # signature there and finds none.
    "INVALID_SIGNATURE": (404, "not_found", "There is no such call: check path and method."),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", "There is no such call: check path and method."),
    "RESOURCE_NOT_FOUND": (404, "not_found", "There is no such call: check path and method."),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type", "Send Content-Type: application/json."),
    "THROTTLED": (429, "too_many_requests", "Too many requests at once. Wait a moment and try again."),
    "QUOTA_EXCEEDED": (429, "too_many_requests", "Too many requests. Wait a moment and try again."),
    "INTEGRATION_TIMEOUT": (504, "internal_error", "No answer in time. Try again in a moment."),
}
# The errors whose text is another one for machines, which cannot sign in.
FOR_MACHINES: Mapping[str, tuple[int | None, str, str]] = {
    "UNAUTHORIZED": (401, "unauthorized", "Get a token: this call needs a valid access token of a shop."),
    "EXPIRED_TOKEN": (401, "unauthorized", "Get a new token: this one has expired."),
    "ACCESS_DENIED": (403, "forbidden", "This token may not make this call."),
}

# Messages for an order that SQS refuses with status 400, and for any other failure to queue it.
_REFUSED_BODY = "the request is larger than 240 KiB, or it has a character that SQS refuses (U+FFFE, U+FFFF)."
REFUSED_BY_QUEUE: Mapping[str, tuple[int, str, str]] = {
    "staff": (
        403,
        "forbidden",
        f"The queue refused this order: your account is in neither group, staff or admin, or {_REFUSED_BODY}",
    ),
    "customer": (
        403,
        "forbidden",
        # The model of a customer's order refuses the characters, so they can only be in the name.
        "The queue refused this order: the name of your account is missing or has a character that cannot be "
        "sent. Type it anew on the page of your account. Or the request is larger than 240 KiB.",
    ),
    "machine": (400, "bad_request", f"The queue refused this order: {_REFUSED_BODY}"),
}
NOT_QUEUED = "The order was not queued. Send it again."


def gateway_responses(channel: str) -> Mapping[str, tuple[int | None, str, str]]:
    """Return the errors that API Gateway itself returns to the callers of a channel."""
    return {**GATEWAY_RESPONSES, **(FOR_MACHINES if channel == "machine" else {})}


def error(code: str, message: str) -> str:
    """Return the body of an error."""
    return json.dumps({"error": {"code": code, "message": message}}, separators=(",", ":"))
