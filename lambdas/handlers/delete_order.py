"""DELETE /orders/{orderID}: erase an order for good. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import letters, orders


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 412."""
    order = orders.read(request.path("orderID"))
    request.require_version(order["version"], order=orders.public(order))
    orders.erase(order, by=request.person)
    letters.erase_of(order["orderID"], request.person)
    return answer(204)
