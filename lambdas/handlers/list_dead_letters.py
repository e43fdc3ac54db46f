"""GET /dead-letters: the dead letters, a page at a time."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import letters


@signed_in
def handler(request: Request) -> Answer:
    """Answer with a page of dead letters, the latest first: 200, or 400."""
    source, state = request.choice("source", letters.SOURCES), request.choice("state", letters.STATES)
    found, cursor = letters.read_page(source, state, request.limit, request.query("cursor"))
    return answer(200, {"deadLetters": [letters.listed(one) for one in found], "nextCursor": cursor})
