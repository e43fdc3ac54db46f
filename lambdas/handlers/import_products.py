"""POST /products/batch: import up to 100 products, or try an import without writing."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import product_imports


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the outcome of each product: 200, or 400 if the body is no list of products."""
    body = request.json("ProductBatch")
    dry_run, partial = body.get("dryRun", False), body.get("partial", False)
    verdicts = product_imports.run(body["items"], dry_run=dry_run, partial=partial, by=request.person)
    return answer(200, {"items": [verdict.document for verdict in verdicts]})
