"""GET /people: a page of the accounts, with their groups. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import people


@for_admins
def handler(request: Request) -> Answer:
    """Answer with a page of people whose address begins with `q`, or whose ID is `q`: 200, or 400, 403."""
    limit = request.limit_up_to(people.MAX_PAGE, people.MAX_PAGE)
    found, following = people.listed(limit, request.query("cursor"), request.query("q"))
    return answer(200, {"people": found, "nextCursor": following})
