"""POST /products/{sku}/files: get a URL at which to upload a file of a product."""

from lambdas.platform import log
from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import catalog, product_files


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the URL: 200, or 400 for another type or size, or 404 if there is no such product."""
    file = request.json("ProductFile")
    sku = catalog.read(request.path("sku"))["sku"]
    upload = product_files.upload(file)
    log.event("product.upload", sku=sku, file=upload["file"], size=file["size"], sub=request.person.sub)
    return answer(200, upload)
