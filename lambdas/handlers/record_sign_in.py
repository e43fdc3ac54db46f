"""POST /sign-ins: store when the person who asks signed in."""

from lambdas.platform.http_api import Answer, Request, answer, signed_in
from lambdas.shop import sign_ins


@signed_in
def handler(request: Request) -> Answer:
    """Answer 204, or 403."""
    sign_ins.record(request.person.sub, request.claims.get("auth_time") or "")
    return answer(204)
