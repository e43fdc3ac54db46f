"""PATCH /people/{sub}: change the groups of an account, disable or enable it. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import people


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the changed person: 200, or 400, 403, 404, 409."""
    body = request.json("PersonChange")
    groups = frozenset(body["groups"]) if "groups" in body else None
    return answer(200, people.change(request.path("sub"), groups, body.get("enabled"), by=request.person))
