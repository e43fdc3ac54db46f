"""GET /shops: the connected shops, with their secrets' IDs and their changes. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import shops


@for_admins
def handler(request: Request) -> Answer:  # noqa: ARG001 - every handler takes the request
    """Answer with all connected shops: 200, or 403."""
    return answer(200, shops.listed())
