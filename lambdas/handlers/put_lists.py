"""PUT /account/lists: store the saved lists of the customer who asks."""

from lambdas.platform.http_api import Answer, Request, answer, etag, for_customers
from lambdas.shop import accounts


@for_customers
def handler(request: Request) -> Answer:
    """Answer with the stored lists: 200, or 400, 403, 409, 412 with the present ones, 413, 428."""
    request.require_if_match()
    content = request.json("SavedLists")
    for at, one in enumerate(content["lists"]):
        accounts.refuse_repeated(one["lines"], f"lists[{at}].lines")
    stored = accounts.put(request.person.sub, accounts.LISTS, content, request.require_version)
    return answer(200, stored, ETag=etag(stored["version"]))
