"""GET /shops/{shopID}/deliveries: what became of the events of a connected shop. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import deliveries


@for_admins
def handler(request: Request) -> Answer:
    """Answer with a page of deliveries, the latest first: 200, or 400, 403."""
    page, cursor = deliveries.read_page(request.path("shopID"), request.limit, request.query("cursor"))
    return answer(200, {"deliveries": page, "nextCursor": cursor})
