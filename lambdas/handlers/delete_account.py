"""DELETE /account: delete the account of the customer who asks. The orders stay with the shop."""

from lambdas.platform import customer_pool
from lambdas.platform.http_api import Answer, Request, answer, for_customers
from lambdas.shop import accounts


@for_customers
def handler(request: Request) -> Answer:
    """Answer 204, also to a repetition, or 403."""
    sub = request.person.sub
    # The account goes last: whoever is cut off before that can still sign in and delete it again.
    accounts.close(sub)
    customer_pool.delete(sub)
    return answer(204)
