"""POST /dead-letters/{id}/redrive: send a dead letter again, as it is or mended. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_admins
from lambdas.shop import letter_sender, letters, redrive


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the dead letter: 202, or 400, 403, 404, 409, 412, 413, 415."""
    asked = request.json("Redrive") if request.event.get("body") else {}
    letter = letters.read(request.path("id"))
    request.require_version(letter["version"], deadLetter=letters.listed(letter))
    sent = redrive.send(letter, request.person, asked.get("body"), asked.get("note", ""))
    return answer(202, letter_sender.shown(sent), ETag=etag(sent["version"]))
