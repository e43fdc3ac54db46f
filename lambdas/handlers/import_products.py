"""POST /products/batch: import up to 100 products, or try an import without writing."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import product_imports


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the outcome of each product: 200, or 400 if the body is no list of products."""
    body = request.json("ProductBatch")
    verdicts = product_imports.run(
        body["items"],
        dry_run=body.get("dryRun", False),
        partial=body.get("partial", False),
        expected=body.get("expected"),
        by=request.person,
    )
    return answer(200, {"items": [verdict.document for verdict in verdicts]})
