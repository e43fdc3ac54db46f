"""GET /reports/accounting: every accepted order in one place, and the IDs of those that are in none."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import accounting


@signed_in
def handler(_: Request) -> Answer:
    """Answer with the accounting of this moment: 200."""
    return answer(200, accounting.report())
