"""GET /drafts/{orderID}: one parked order of the person who asks."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import drafts


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the draft: 200, or 404."""
    draft = drafts.read(request.person.sub, request.path("orderID"))
    return answer(200, drafts.public(draft), ETag=etag(draft["version"]))
