"""DELETE /dead-letters/{id}: discard a dead letter, which is kept as discarded. For admins only."""

from lambdas.platform import text
from lambdas.platform.http_api import Answer, Request, answer, field_error, for_admins
from lambdas.shop import letters

_MAX_REASON = 500  # characters


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 400, 403, 404, 409, 412, 413."""
    reason = text.line(request.query("reason"))
    if len(reason) > _MAX_REASON:
        raise field_error("reason", f"must have at most {_MAX_REASON} characters, got {len(reason)}")
    letter = letters.read(request.path("id"))
    request.require_version(letter["version"], deadLetter=letters.listed(letter))
    letters.discard(letter, request.person, reason)
    return answer(204)
