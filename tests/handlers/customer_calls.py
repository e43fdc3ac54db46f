"""The calls of customers at the API of the storefront, for tests."""

import uuid
from typing import Any

from lambdas.platform import aws
from tests.handlers.shop import CUSTOMER, Json, Reply, Shop, customer_order, of_customer

OTHER = CUSTOMER | {
    "sub": "0a1b2c3d-0000-4000-8000-000000000002",
    "email": "bob@example.org",
    "name": "Bob Baker",
}
ORDER, CANCEL = "/orders/{orderID}", "/orders/{orderID}/cancel"


def send(shop: Shop, submitted: Json | None = None, claims: Json = CUSTOMER) -> Json:
    """Have a customer send an order; return it as stored."""
    submitted = submitted or customer_order()
    assert shop.deliver(of_customer(submitted, claims)) == []
    return shop.orders()[submitted["orderID"]]


def read(shop: Shop, order_id: str, claims: Json | None = CUSTOMER) -> Reply:
    return shop.ask("get_my_order", "GET", ORDER, claims=claims, orderID=order_id)


def cancel(shop: Shop, order_id: str, claims: Json | None = CUSTOMER) -> Reply:
    return shop.ask("cancel_my_order", "POST", CANCEL, claims=claims, orderID=order_id)


def listed(shop: Shop, claims: Json | None = CUSTOMER, **query: str) -> Reply:
    return shop.ask("list_my_orders", "GET", "/orders", claims=claims, query=query or None)


def account(shop: Shop, claims: Json | None = CUSTOMER) -> Reply:
    return shop.ask("get_account", "GET", "/account", claims=claims)


def put(shop: Shop, kind: str, body: Any, version: object, claims: Json | None = CUSTOMER) -> Reply:
    """Store a cart or addresses over a version of them. None sends no If-Match."""
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    path = f"/account/{kind}"
    return shop.ask(f"put_{kind}", "PUT", path, body, claims=claims, headers=headers)


def put_cart(shop: Shop, body: Any, version: object = 0, claims: Json | None = CUSTOMER) -> Reply:
    return put(shop, "cart", body, version, claims)


def claim(shop: Shop, claims: Json | None = CUSTOMER, **query: str) -> Reply:
    return shop.ask("claim_orders", "POST", "/orders/claim", claims=claims, query=query or None)


def delete_account(shop: Shop, claims: Json | None = CUSTOMER) -> Reply:
    return shop.ask("delete_account", "DELETE", "/account", claims=claims)


def line(sku: str = "MOP-1", quantity: int = 2, **changes: Any) -> Json:
    """Return a line of a cart."""
    return {"sku": sku, "quantity": quantity, "ticked": True, "name": "Flat mop", "unitPrice": 1250} | changes


def pool_of_customers(shop: Shop, *emails: str, name: str = "Ann Miller") -> list[Json]:
    """Give the shop a user pool of customers with an account for each address; return their claims."""
    users = aws.cognito()
    made = users.create_user_pool(PoolName=uuid.uuid4().hex, UsernameAttributes=["email"])
    shop.names["SHOP_CUSTOMER_POOL_ID"] = pool = made["UserPool"]["Id"]
    found = []
    for email in emails:
        attributes = [{"Name": "email", "Value": email}, {"Name": "name", "Value": name}]
        user = users.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=attributes)["User"]
        sub = next(one["Value"] for one in user["Attributes"] if one["Name"] == "sub")
        found.append(CUSTOMER | {"sub": sub, "email": email, "name": name})
    return found


def accounts_in_pool(shop: Shop) -> list[str]:
    """Return the `sub` of each account in the pool of customers."""
    users = aws.cognito().list_users(UserPoolId=shop.names["SHOP_CUSTOMER_POOL_ID"])["Users"]
    return [one["Value"] for user in users for one in user["Attributes"] if one["Name"] == "sub"]
