"""PUT /account/addresses: store the address book of the customer who asks."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_customers
from lambdas.shop import accounts


@for_customers
def handler(request: Request) -> Answer:
    """Answer with the stored addresses: 200, or 400, 403, 409, 412 with the present ones, 428."""
    request.require_if_match()
    content = request.json("AddressBook")
    stored = accounts.put(request.person.sub, accounts.ADDRESSES, content, request.require_version)
    return answer(200, stored, ETag=etag(stored["version"]))
