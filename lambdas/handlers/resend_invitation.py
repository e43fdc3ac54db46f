"""POST /people/{sub}/invitation: mail a new first password. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import people


@for_admins
def handler(request: Request) -> Answer:
    """Answer with the person: 200, or 403, 404, 409."""
    return answer(200, people.invite_again(request.path("sub"), by=request.person))
