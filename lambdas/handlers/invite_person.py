"""POST /people: invite somebody by mail. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import people


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the person: 201, or 400, 403, 409."""
    body = request.json("Invitation")
    return answer(201, people.invite(body["email"].lower(), body["group"], by=request.person))
