"""GET /dead-letters/{id}: one dead letter, with its content and history."""

from lambdas.platform.http_api import Answer, Request, answer, etag, signed_in
from lambdas.shop import letter_sender, letters


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the dead letter: 200, or 404."""
    letter = letters.read(request.path("id"))
    return answer(200, letter_sender.shown(letter), ETag=etag(letter["version"]))
