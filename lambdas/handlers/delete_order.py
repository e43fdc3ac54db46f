"""DELETE /orders/{orderID}: erase an order for good. For admins only."""

from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import letter_erasure, order_reads, orders


@for_admins
def handler(request: Request) -> Answer:
    """Answer 204, or 403, 404, 412."""
    order_id = request.path("orderID")
    if order_reads.is_erased(order_id):  # perhaps by a call that was cut off before the dead letters
        letter_erasure.erase_of(order_id, request.person)
    order = orders.read(order_id)
    request.require_version(order["version"], order=orders.public(order))
    orders.erase(order, by=request.person)
    letter_erasure.erase_of(order["orderID"], request.person)
    return answer(204)
