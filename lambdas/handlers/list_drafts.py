"""GET /drafts: the parked orders of the person who asks."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import drafts


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the drafts, the last changed one first: 200."""
    return answer(200, {"drafts": drafts.listed(request.person.sub)})
