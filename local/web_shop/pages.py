"""The pages of the web shop as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from local.web_shop.shop import WebShop
from local.web_shop.store import ACCEPTED, REFUSED, SENDING, Kept

Json = dict[str, Any]

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
STATES = {
    SENDING: "On its way to the shop",
    ACCEPTED: "Received",
    REFUSED: "Refused",
    "placed": "Placed",
    "rejected": "Rejected",
    "packed": "Packed",
    "shipped": "Shipped",
    "delivered": "Delivered",
    "cancelled": "Cancelled",
    "erased": "Erased by the shop",
}


def page(title: str, body: str, basket: Mapping[str, int]) -> str:
    """Return a whole page around a body of HTML."""
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Clean &amp; Bright</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"></head>
<body><header><div><strong>Clean &amp; Bright</strong> <a href="/">Products</a>
<a href="/basket">Basket ({sum(basket.values())})</a> <a href="/orders">Orders</a></div></header>
<main><h1>{escape(title)}</h1>{body}</main></body></html>
"""


def products(shop: WebShop) -> str:
    """Return the list of products, each with a button that puts it into the basket."""
    return f'<ul class="products">{"".join(map(_product, shop.products))}</ul>'


def basket(shop: WebShop, content: Mapping[str, int], fault: str = "") -> str:
    """Return the basket with the form that orders it."""
    if not content:
        return '<p>The basket is empty. <a href="/">See the products</a></p>'
    rows = "".join(_basket_row(shop.product(sku) or {}, quantity) for sku, quantity in content.items())
    total = money(shop.total(content), shop.products[0]["currency"])
    return f"""{f'<p class="card" role="alert">{escape(fault)}</p>' if fault else ""}
<div class="card scroll"><table><thead><tr><th scope="col">Product</th>
<th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th>
<th scope="col" class="number">Sum</th></tr></thead><tbody>{rows}</tbody>
<tfoot><tr><th scope="row" colspan="3">Total</th><td class="number"><strong>{total}</strong></td></tr></tfoot>
</table></div>
<form method="post" action="/order">
{_field("name", "Name", 'autocomplete="name" required')}
{_field("email", "E-mail", 'type="email" autocomplete="email" required')}
<label for="address">Address</label><textarea class="wide" id="address" name="address" rows="3"></textarea>
<p><button>Order for {total}</button></p></form>
<form method="post" action="/basket/empty"><button class="plain">Empty the basket</button></form>"""


def orders(kept: list[Kept]) -> str:
    """Return the list of the latest orders."""
    if not kept:
        return '<p>No order yet. <a href="/">See the products</a></p>'
    return f"""<div class="card scroll"><table><thead><tr><th scope="col">Order</th>
<th scope="col">Customer</th><th scope="col">State</th><th scope="col">The shop’s number</th>
<th scope="col" class="number">Total</th></tr></thead>
<tbody>{"".join(map(_order_row, kept))}</tbody></table></div>"""


def order(kept: Kept) -> str:
    """Return one order with its state."""
    shown = kept.shown
    reasons = [f"{one['path']} {one['message']}" for one in shown.get("rejectionReasons", [])]
    faults = [kept.message, *reasons] if kept.message else reasons
    steps = "".join(
        f"<li>{STATES.get(one['status'], escape(one['status']))}, {_time(one['at'])}</li>"
        for one in shown.get("statuses", [])
    )
    lines = "".join(
        f"<li>{line['quantity']} × {escape(line.get('name') or line['sku'])}</li>"
        for line in shown.get("items") or kept.content["items"]
    )
    return f"""<div class="card"><p><strong>{_state(kept)}</strong></p>
{"".join(f"<p>{escape(fault)}</p>" for fault in faults)}<ol>{steps}</ol><ul>{lines}</ul>
<p>{_total(kept)}</p><p class="muted">{escape(kept.id)}, ordered {_time(kept.at)}</p></div>
<p><a href="">Look again</a></p>"""


def money(minor: int, currency: str) -> str:
    """Return an amount as people write it."""
    return f"{SIGNS.get(currency, currency + ' ')}{minor / 100:,.2f}"


def reference(kept: Kept) -> str:
    """Return the shop's own number of an order."""
    return str(kept.content.get("reference", kept.id))


def _product(one: Json) -> str:
    sku, name = escape(one["sku"]), escape(one["name"])
    return f"""<li class="card"><h2>{name}</h2><p class="muted">{escape(one.get("description", ""))}</p>
<p><strong>{money(one["unitPrice"], one["currency"])}</strong> <span class="muted">{sku}</span></p>
<form method="post" action="/basket"><input type="hidden" name="sku" value="{sku}">
<input type="number" name="quantity" value="1" min="1" max="999" aria-label="Quantity of {name}">
<button>Add</button></form></li>"""


def _basket_row(one: Json, quantity: int) -> str:
    price, currency = one["unitPrice"], one["currency"]
    return f"""<tr><td>{escape(one["name"])}</td><td class="number">{quantity}</td>
<td class="number">{money(price, currency)}</td>
<td class="number">{money(price * quantity, currency)}</td></tr>"""


def _order_row(kept: Kept) -> str:
    number = kept.shown.get("number", "–")
    return f"""<tr><th scope="row"><a href="/orders/{escape(kept.id)}">{escape(reference(kept))}</a></th>
<td>{escape(kept.content["customer"].get("name", "–"))}</td><td>{_state(kept)}</td><td>{number}</td>
<td class="number">{_total(kept)}</td></tr>"""


def _total(kept: Kept) -> str:
    return money(kept.shown["total"], kept.shown["currency"]) if "total" in kept.shown else "–"


def _state(kept: Kept) -> str:
    return STATES.get(kept.state, escape(kept.state))


def _time(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"


def _field(name: str, label: str, attributes: str) -> str:
    return f'<label for="{name}">{label}</label><input class="wide" id="{name}" name="{name}" {attributes}>'
