"""DELETE /drafts/{orderID}: delete one parked order of the person who asks."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import drafts


@signed_in
def handler(request: Request) -> Answer:
    """Answer 204, or 404, 412."""
    draft = drafts.read(request.person.sub, request.path("orderID"))
    request.require_version(draft["version"], draft=drafts.public(draft))
    drafts.remove(draft)
    return answer(204)
