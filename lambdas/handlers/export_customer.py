"""GET /customers/{email}/export: everything that is kept of one person, a page at a time. For admins only.

The customer is given the answer, so it has nobody of the shop.
"""

import os
from typing import Any, cast

from lambdas.platform import customer_pool, json_schema, text, user_pool
from lambdas.platform.errors import NotFoundError
from lambdas.platform.http_api import Answer, Request, answer, for_admins
from lambdas.shop import (
    accounts,
    customers,
    drafts,
    letter_page,
    order_mails,
    orders,
    personal_data,
    personal_export,
)
from lambdas.shop.documents import Draft, Letter, Order
from lambdas.shop.personal_data import Found

_MISSING = "nothing is kept about this address"


@for_admins
def handler(request: Request) -> Answer:
    """Answer with a page: 200, or 400, 403, and 404 only if there is nothing at all."""
    email = request.path("email")
    if not json_schema.is_valid("Customer", "email", email):
        raise NotFoundError(_MISSING)
    cursor = request.query("cursor")
    mailbox = text.mailbox(email)
    page = personal_export.without_staff(_page(mailbox, cursor), mailbox, user_pool.addresses())
    if not cursor and page["nextCursor"] is None and not any(page.values()):
        raise NotFoundError(_MISSING)
    about = {} if cursor else {"about": personal_export.about(mailbox, os.environ["SHOP_CURRENCY"])}
    return answer(200, about | page)


def _page(email: str, cursor: str) -> dict[str, Any]:
    page: dict[str, Any] = {"orders": [], "deadLetters": [], "parkedOrders": [], "mails": []}
    row = customers.find(email) if not cursor else None
    if row and customers.is_known(row):
        page["customer"] = customers.whole(row, os.environ["SHOP_CURRENCY"])
    if not cursor and (own := _accounts(email)):
        page["accounts"] = own
    found = personal_data.find_some(email, cursor)
    return page | _shown(found, email) | {"nextCursor": found.cursor}


def _accounts(email: str) -> list[dict[str, Any]]:
    """Return the accounts of a person in the storefront, with cart and addresses."""
    return [
        {"name": one.name, "createdAt": one.created_at, **accounts.read(one.sub)}
        for one in customer_pool.of_email(email)
    ]


def _shown(found: Found, email: str) -> dict[str, Any]:
    if found.place == personal_data.ORDERS:
        return _orders([cast(Order, item) for item in found.items])
    if found.place == personal_data.LETTERS:
        own = (item for item in found.items if not personal_data.is_for_another(item, email))
        return {"deadLetters": [letter_page.public(cast(Letter, item)) for item in own]}
    return {"parkedOrders": [drafts.public(cast(Draft, item)) for item in found.items]}


def _orders(found: list[Order]) -> dict[str, Any]:
    mails = [_mail(order, mail) for order in found for mail in order_mails.shown(order)["mails"]]
    return {"orders": [orders.public(order) for order in found], "mails": mails}


def _mail(order: Order, mail: dict[str, Any]) -> dict[str, Any]:
    """Return a mail about an order without the addresses of the shop that got it."""
    return {"orderID": order["orderID"], **{name: value for name, value in mail.items() if name != "to"}}
