"""The calls that the API offers: their parameters, bodies, answers and functions.

`components/openapi.py` renders them as the OpenAPI document that API Gateway is built from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the API.

    `function` is the module of its handler, or None if the gateway sends the body to the order queue.
    `body` names a schema in `lambdas/schemas.json`. `answers` describes the HTTP statuses of this call,
    without the errors that all calls share.
    """

    path: str
    method: str
    summary: str
    function: str | None
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: str | None = None
    answers: Mapping[int, str]


PAGE = {200: "One page, and where the next begins"}
ONE_OR_NONE = {200: "What was asked for", 404: "There is none of that name"}
VERSION_ERRORS = {
    404: "There is none of that name",
    412: "Somebody else changed it first; the current one is here",
}

CALLS = (
    Call(
        path="/orders",
        method="get",
        summary="List and search orders",
        function="list_orders",
        query=("q", "status", "customer", "from", "to", "sort", "limit", "cursor"),
        answers=PAGE,
    ),
    Call(
        path="/orders",
        method="post",
        summary="Queue an order",
        function=None,
        body="Order",
        answers={202: "Queued", 403: "Refused by the queue", 502: "Not queued"},
    ),
    Call(
        path="/orders/{orderID}",
        method="get",
        summary="Get an order with its lines and history",
        function="get_order",
        answers=ONE_OR_NONE,
    ),
    Call(
        path="/orders/{orderID}",
        method="put",
        summary="Edit an order while it is placed",
        function="replace_order",
        headers=("If-Match",),
        body="OrderEdit",
        answers={200: "Edited", 409: "No longer placed", 428: "If-Match is missing", **VERSION_ERRORS},
    ),
    Call(
        path="/orders/{orderID}",
        method="patch",
        summary="Move an order to its next status",
        function="move_order",
        headers=("If-Match",),
        body="StatusChange",
        answers={200: "Moved", 409: "Not from this status; the allowed ones are named", **VERSION_ERRORS},
    ),
    Call(
        path="/orders/{orderID}",
        method="delete",
        summary="Erase an order for good (admin)",
        function="delete_order",
        headers=("If-Match",),
        answers={204: "Erased", 403: "Admins only", **VERSION_ERRORS},
    ),
    Call(
        path="/products",
        method="get",
        summary="List and search the catalog",
        function="list_products",
        query=("q", "category", "limit", "cursor"),
        answers=PAGE,
    ),
    Call(
        path="/products/{sku}",
        method="get",
        summary="Get a product",
        function="get_product",
        answers=ONE_OR_NONE,
    ),
    Call(
        path="/products/{sku}",
        method="put",
        summary="Create or change a product",
        function="put_product",
        headers=("If-Match", "If-None-Match"),
        body="Product",
        answers={200: "Changed", 201: "Created", 412: "Not the version that was named"},
    ),
    Call(
        path="/products/{sku}",
        method="delete",
        summary="Delete a product (admin)",
        function="delete_product",
        headers=("If-Match",),
        answers={204: "Deleted", 403: "Admins only", **VERSION_ERRORS},
    ),
    Call(
        path="/customers",
        method="get",
        summary="List and search customers, who ordered last first",
        function="list_customers",
        query=("q", "limit", "cursor"),
        answers=PAGE,
    ),
    Call(
        path="/customers/{email}",
        method="get",
        summary="Get what the orders tell of a customer",
        function="get_customer",
        answers=ONE_OR_NONE,
    ),
    Call(
        path="/reports/activity",
        method="get",
        summary="Orders and revenue by the quarter of an hour",
        function="get_activity",
        query=("from", "to"),
        answers={200: "The quarters that are not all zero"},
    ),
    Call(
        path="/reports/workload",
        method="get",
        summary="How many orders there are of each status, and what waits in the dead letters",
        function="get_workload",
        answers={200: "The counts"},
    ),
)

# The handler modules of all calls. `RestApiArgs.functions` must have exactly these keys.
FUNCTIONS = tuple(sorted(call.function for call in CALLS if call.function))
