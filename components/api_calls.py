"""The calls that each API offers: their parameters, bodies, answers and functions.

`components/openapi.py` renders them as the OpenAPI document that API Gateway is built from, and
`components/api_reference.py` as the document for the people and tools that call the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Answer:
    """An answer of a call. `schema` names the schema of its body, or is None if there is no body."""

    text: str
    schema: str | None = "Error"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the API.

    `function` is the module of its handler, or None if the gateway sends the body to the order queue.
    `body` names a schema in `lambdas/schemas.json`. `required` names the query parameters and headers that
    the function requires. `answers` has the answer of each HTTP status, without the errors that all calls
    share.
    """

    path: str
    method: str
    summary: str
    function: str | None
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    body: str | None = None
    answers: Mapping[int, Answer]


NOT_FOUND = {404: Answer("There is none of that name")}
CHANGED_ORDER = {412: Answer("Somebody else changed it first; the current one is here", "OrderChanged")}
CHANGED_PRODUCT = {412: Answer("Not the version that was named; the current one is here", "ProductChanged")}
CHANGED_CUSTOMER = {412: Answer("Not the version that was named; the current one is here", "CustomerChanged")}
CHANGED_DRAFT = {412: Answer("Not the version that was named; the current one is here", "DraftChanged")}
CHANGED_CART = {412: Answer("Not the version that was named; the current one is here", "CartChanged")}
CHANGED_ADDRESSES = {
    412: Answer("Not the version that was named; the current one is here", "AddressesChanged")
}
CHANGED_LISTS = {412: Answer("Not the version that was named; the current one is here", "ListsChanged")}
CLOSED_ACCOUNT = {409: Answer("The account is being deleted")}
CHANGED_LETTER = {412: Answer("Not the version that was named; the current one is here", "DeadLetterChanged")}
TOO_LARGE_LETTER = {413: Answer("The dead letter or its message would be too large")}
ADMINS_ONLY = {403: Answer("Admins only")}
TOO_LARGE = {413: Answer("The order would be larger than an item of the table can be")}


def _page(schema: str) -> Mapping[int, Answer]:
    return {200: Answer("One page, and where the next begins", schema)}


def _one(schema: str) -> Mapping[int, Answer]:
    return {200: Answer("What was asked for", schema), **NOT_FOUND}


CALLS = (
    Call(
        path="/orders",
        method="get",
        summary="List and search orders",
        function="list_orders",
        query=(
            "q",
            "status",
            "settled",
            "label",
            "customer",
            "channel",
            "shop",
            "from",
            "to",
            "sort",
            "limit",
            "cursor",
        ),
        answers=_page("OrderPage"),
    ),
    Call(
        path="/orders",
        method="post",
        summary="Queue an order",
        function=None,
        body="Order",
        answers={
            202: Answer("Queued", "Queued"),
            403: Answer("Refused by the queue"),
            502: Answer("Not queued"),
        },
    ),
    Call(
        path="/orders/{orderID}",
        method="get",
        summary="Get an order with its lines and history",
        function="get_order",
        answers=_one("StoredOrder"),
    ),
    Call(
        path="/orders/{orderID}",
        method="put",
        summary="Edit an order while it is placed",
        function="replace_order",
        headers=("If-Match",),
        body="OrderEdit",
        required=("If-Match",),
        answers={
            200: Answer("Edited", "StoredOrder"),
            409: Answer("No longer placed"),
            428: Answer("If-Match is missing"),
            **NOT_FOUND,
            **CHANGED_ORDER,
            **TOO_LARGE,
        },
    ),
    Call(
        path="/orders/{orderID}",
        method="patch",
        summary="Move an order, change its details or customer, remark on it, or settle a rejected one",
        function="move_order",
        headers=("If-Match",),
        body="OrderChange",
        answers={
            200: Answer("Changed", "StoredOrder"),
            403: Answer(
                "Only admins move an order back that was shipped, or give an order to another customer"
            ),
            409: Answer("Not in this status; the allowed moves are named"),
            428: Answer("Details without If-Match"),
            **NOT_FOUND,
            **CHANGED_ORDER,
            **TOO_LARGE,
        },
    ),
    Call(
        path="/orders/{orderID}",
        method="delete",
        summary="Erase an order for good (admin)",
        function="delete_order",
        headers=("If-Match",),
        answers={204: Answer("Erased", None), **ADMINS_ONLY, **NOT_FOUND, **CHANGED_ORDER},
    ),
    Call(
        path="/orders/{orderID}/mails",
        method="get",
        summary="Get what became of the mails about an order, and its dead letters",
        function="list_order_mails",
        answers=_one("OrderMails"),
    ),
    Call(
        path="/orders/{orderID}/mails",
        method="post",
        summary="Send a mail about an order again",
        function="send_order_mail",
        headers=("If-Match",),
        body="MailAgain",
        answers={
            202: Answer("On its way; the history of the order says who asked for it", "StoredOrder"),
            409: Answer("There was no such mail about this order"),
            **NOT_FOUND,
            **CHANGED_ORDER,
            **TOO_LARGE,
        },
    ),
    Call(
        path="/drafts",
        method="get",
        summary="List your own parked orders",
        function="list_drafts",
        answers={200: Answer("Your parked orders", "DraftList")},
    ),
    Call(
        path="/drafts/{orderID}",
        method="get",
        summary="Get one of your own parked orders",
        function="get_draft",
        answers=_one("StoredDraft"),
    ),
    Call(
        path="/drafts/{orderID}",
        method="put",
        summary="Park an order under the ID that it will be sent with, or change a parked one",
        function="put_draft",
        headers=("If-Match",),
        body="Draft",
        answers={
            200: Answer("Changed", "StoredDraft"),
            201: Answer("Parked", "StoredDraft"),
            409: Answer("You have as many parked orders as a person may have"),
            **NOT_FOUND,
            **CHANGED_DRAFT,
            413: Answer("The parked order is larger than an item of the table can be"),
        },
    ),
    Call(
        path="/drafts/{orderID}",
        method="delete",
        summary="Delete one of your own parked orders",
        function="delete_draft",
        headers=("If-Match",),
        answers={204: Answer("Deleted", None), **NOT_FOUND, **CHANGED_DRAFT},
    ),
    Call(
        path="/products",
        method="get",
        summary="List and search the catalog",
        function="list_products",
        query=("q", "category", "active", "sort", "limit", "cursor"),
        answers=_page("ProductPage"),
    ),
    Call(
        path="/products",
        method="post",
        summary="Create a product",
        function="create_product",
        body="NewProduct",
        answers={
            201: Answer("Created", "StoredProduct"),
            409: Answer("There is a product of this SKU already; it is here", "ProductChanged"),
        },
    ),
    Call(
        path="/products/batch",
        method="post",
        summary="Import products, or try an import without writing",
        function="import_products",
        body="ProductBatch",
        answers={200: Answer("The outcome of each product", "ProductOutcomes")},
    ),
    Call(
        path="/products/{sku}",
        method="get",
        summary="Get a product",
        function="get_product",
        answers=_one("StoredProduct"),
    ),
    Call(
        path="/products/{sku}",
        method="put",
        summary="Create or change a product",
        function="put_product",
        headers=("If-Match", "If-None-Match"),
        body="Product",
        answers={
            200: Answer("Changed", "StoredProduct"),
            201: Answer("Created", "StoredProduct"),
            **NOT_FOUND,
            **CHANGED_PRODUCT,
        },
    ),
    Call(
        path="/products/{sku}",
        method="delete",
        summary="Delete a product (admin)",
        function="delete_product",
        headers=("If-Match",),
        answers={
            204: Answer("Deleted", None),
            409: Answer("An open order has this product; make it inactive instead"),
            **ADMINS_ONLY,
            **NOT_FOUND,
            **CHANGED_PRODUCT,
        },
    ),
    Call(
        path="/products/{sku}/files",
        method="post",
        summary="Get a URL at which to upload an image or a safety data sheet of a product",
        function="upload_product_file",
        body="ProductFile",
        answers={
            200: Answer("The URL, the headers to send with the file, and the name to save", "FileUpload"),
            **NOT_FOUND,
        },
    ),
    Call(
        path="/products/{sku}/history",
        method="get",
        summary="List who changed a product, also one that was deleted",
        function="list_product_history",
        query=("limit", "cursor"),
        answers={**_page("ProductHistory"), **NOT_FOUND},
    ),
    Call(
        path="/products/{sku}/orders",
        method="get",
        summary="List the orders of a product, also of one that was deleted",
        function="list_product_orders",
        query=("from", "to", "limit", "cursor"),
        answers={**_page("ProductOrderPage"), **NOT_FOUND},
    ),
    Call(
        path="/products/{sku}/also-bought",
        method="get",
        summary="Get the products that are most often in the same orders",
        function="get_also_bought",
        query=("limit",),
        answers=_one("AlsoBought"),
    ),
    Call(
        path="/customers",
        method="get",
        summary="List and search customers, who ordered last first",
        function="list_customers",
        query=("q", "limit", "cursor"),
        answers=_page("CustomerPage"),
    ),
    Call(
        path="/customers/{email}",
        method="get",
        summary="Get what the orders tell of a customer, and the note on the customer",
        function="get_customer",
        answers=_one("StoredCustomer"),
    ),
    Call(
        path="/customers/{email}",
        method="patch",
        summary="Write or remove the note on a customer",
        function="patch_customer",
        headers=("If-Match",),
        body="CustomerChange",
        required=("If-Match",),
        answers={
            200: Answer("Changed", "StoredCustomer"),
            428: Answer("If-Match is missing"),
            **NOT_FOUND,
            **CHANGED_CUSTOMER,
        },
    ),
    Call(
        path="/customers/{email}/export",
        method="get",
        summary="Export everything that is kept of one person",
        function="export_customer",
        query=("cursor",),
        answers={**_page("CustomerExport"), **NOT_FOUND, **ADMINS_ONLY},
    ),
    Call(
        path="/customers/{email}/erasure",
        method="post",
        summary="Erase everything that is kept of one person; call again until nothing is left",
        function="erase_customer",
        body="Erasure",
        answers={
            200: Answer("What this call did, and what is left", "ErasureStep"),
            409: Answer(
                "The shop owes goods, or an open dead letter is of another customer; each is named. Or "
                "orders of the person did not arrive, and `discardDeadLetters` is not true"
            ),
            **NOT_FOUND,
            **ADMINS_ONLY,
        },
    ),
    Call(
        path="/dead-letters",
        method="get",
        summary="List what could not be processed, the latest first",
        function="list_dead_letters",
        query=("source", "state", "limit", "cursor"),
        answers=_page("DeadLetterPage"),
    ),
    Call(
        path="/dead-letters/{id}",
        method="get",
        summary="Get a dead letter with its content and its history",
        function="get_dead_letter",
        answers=_one("DeadLetter"),
    ),
    Call(
        path="/dead-letters/{id}",
        method="delete",
        summary="Discard a dead letter, which stays in the list of the discarded",
        function="delete_dead_letter",
        query=("reason",),
        headers=("If-Match",),
        answers={
            204: Answer("Discarded", None),
            409: Answer("It was sent again"),
            **NOT_FOUND,
            **ADMINS_ONLY,
            **CHANGED_LETTER,
            **TOO_LARGE_LETTER,
        },
    ),
    Call(
        path="/dead-letters/{id}/redrive",
        method="post",
        summary="Send a dead letter again, as it is or with its order mended",
        function="redrive_dead_letter",
        headers=("If-Match",),
        body="Redrive",
        answers={
            202: Answer("On its way", "DeadLetter"),
            409: Answer("Not possible in its state; the message says why"),
            **NOT_FOUND,
            **ADMINS_ONLY,
            **CHANGED_LETTER,
            **TOO_LARGE_LETTER,
        },
    ),
    Call(
        path="/people",
        method="get",
        summary="List accounts (admin)",
        function="list_people",
        query=("q", "limit", "cursor"),
        answers={**_page("PersonPage"), **ADMINS_ONLY},
    ),
    Call(
        path="/people",
        method="post",
        summary="Invite somebody by mail (admin)",
        function="invite_person",
        body="Invitation",
        answers={
            201: Answer("Invited", "WholePerson"),
            409: Answer("The address has an account already, or the mail could not be sent"),
            **ADMINS_ONLY,
        },
    ),
    Call(
        path="/people/{sub}",
        method="get",
        summary="Get an account, and who changed it (admin)",
        function="get_person",
        answers={**_one("WholePerson"), **ADMINS_ONLY},
    ),
    Call(
        path="/people/{sub}",
        method="patch",
        summary="Change the groups of an account, disable or enable it (admin)",
        function="change_person",
        body="PersonChange",
        answers={
            200: Answer("Changed", "WholePerson"),
            409: Answer("Your own account, or a group that the configuration gives"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/people/{sub}/invitation",
        method="post",
        summary="Mail a new first password to somebody who never signed in (admin)",
        function="resend_invitation",
        answers={
            200: Answer("Mailed", "WholePerson"),
            409: Answer("The person has signed in, or the mail could not be sent"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/people/{sub}/sign-out",
        method="post",
        summary="End every session of an account (admin)",
        function="sign_out_person",
        answers={200: Answer("No session gets another token", "WholePerson"), **ADMINS_ONLY, **NOT_FOUND},
    ),
    Call(
        path="/sign-ins",
        method="post",
        summary="Store when you signed in",
        function="record_sign_in",
        answers={204: Answer("Stored", None)},
    ),
    Call(
        path="/reports/activity",
        method="get",
        summary="Orders and revenue by the quarter of an hour",
        function="get_activity",
        query=("from", "to"),
        required=("from", "to"),
        answers={200: Answer("The quarters that are not all zero", "Activity")},
    ),
    Call(
        path="/reports/sales",
        method="get",
        summary="Orders and revenue between instants, such as the first moments of days",
        function="get_sales",
        query=("edges",),
        required=("edges",),
        answers={200: Answer("The figures of each part, zeros included", "Sales")},
    ),
    Call(
        path="/reports/top-sellers",
        method="get",
        summary="Products that sold best, in all time or in a month",
        function="get_top_sellers",
        query=("period", "by", "limit"),
        answers={200: Answer("The best first, and of equal ones in the order of their SKU", "TopSellers")},
    ),
    Call(
        path="/reports/accounting",
        method="get",
        summary="Count every accepted order in one place, and name those that are in none",
        function="get_accounting",
        answers={200: Answer("The accounting of this moment", "Accounting")},
    ),
    Call(
        path="/reports/workload",
        method="get",
        summary="How many orders there are of each status, and what waits in the dead letters",
        function="get_workload",
        answers={200: Answer("The counts", "Workload")},
    ),
    # The calls about connected shops, which the API has only where shops may be connected.
    Call(
        path="/shops",
        method="get",
        summary="List connected shops (admin)",
        function="list_shops",
        answers={200: Answer("All of them", "ShopList"), **ADMINS_ONLY},
    ),
    Call(
        path="/shops",
        method="post",
        summary="Connect a shop (admin). Its secret is in this answer and in no other",
        function="connect_shop",
        body="NewShop",
        answers={
            201: Answer("Connected", "NewlyConnectedShop"),
            409: Answer("Another shop has this name, or too many shops are connected"),
            **ADMINS_ONLY,
        },
    ),
    Call(
        path="/shops/{shopID}",
        method="patch",
        summary="Rename a connected shop, disable or enable it (admin)",
        function="change_shop",
        body="ShopChange",
        answers={
            200: Answer("Changed", "Shop"),
            409: Answer("Another shop has this name"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}",
        method="delete",
        summary="Delete a connected shop with its secrets (admin)",
        function="disconnect_shop",
        answers={204: Answer("Deleted", None), **ADMINS_ONLY, **NOT_FOUND},
    ),
    Call(
        path="/shops/{shopID}/secrets",
        method="post",
        summary="Give a connected shop another secret (admin). It is in this answer and in no other",
        function="add_shop_secret",
        answers={
            201: Answer("Made", "NewShopSecret"),
            409: Answer("The shop has two secrets"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/secrets/{secretID}",
        method="delete",
        summary="Delete a secret of a connected shop (admin)",
        function="remove_shop_secret",
        answers={
            204: Answer("Deleted", None),
            409: Answer("It is the last secret of the shop"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook",
        method="get",
        summary="Get the webhook of a connected shop (admin)",
        function="get_webhook",
        answers={
            200: Answer("The webhook", "Webhook"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook",
        method="put",
        summary="Set the address of a webhook, switch it off or on (admin)",
        function="put_webhook",
        body="WebhookAddress",
        answers={
            200: Answer("Changed", "Webhook"),
            201: Answer("Made, with its secret, which no other answer has", "NewWebhook"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook",
        method="delete",
        summary="Delete a webhook with its secrets (admin)",
        function="delete_webhook",
        answers={
            204: Answer("Deleted", None),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook/secrets",
        method="post",
        summary="Give a webhook another secret (admin). It is in this answer and in no other",
        function="add_webhook_secret",
        answers={
            201: Answer("Made", "NewWebhookSecret"),
            409: Answer("The webhook has two secrets"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook/secrets/{secretID}",
        method="delete",
        summary="Delete a secret of a webhook (admin)",
        function="remove_webhook_secret",
        answers={
            204: Answer("Deleted", None),
            409: Answer("It is the last secret of the webhook"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/webhook/test",
        method="post",
        summary="Have a test event sent to the webhook at once (admin)",
        function="send_test_event",
        answers={
            202: Answer("Queued", "QueuedDelivery"),
            409: Answer("The webhook is off"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
    Call(
        path="/shops/{shopID}/deliveries",
        method="get",
        summary="List what became of the events of a connected shop (admin)",
        function="list_deliveries",
        query=("limit", "cursor"),
        answers={
            200: Answer("A page of them, the latest first", "DeliveryList"),
            **ADMINS_ONLY,
        },
    ),
    Call(
        path="/shops/{shopID}/deliveries/{deliveryID}/redeliver",
        method="post",
        summary="Send an event once more at once (admin)",
        function="redeliver_event",
        answers={
            202: Answer("Queued", "QueuedDelivery"),
            409: Answer("The webhook is off"),
            **ADMINS_ONLY,
            **NOT_FOUND,
        },
    ),
)

INBOX_CALLS = (
    Call(
        path="/orders",
        method="post",
        summary="Queue an order. The same order can be sent again, and changes nothing then",
        function=None,
        body="Order",
        answers={
            202: Answer("Queued", "Queued"),
            400: Answer("The body breaks a rule, or is refused by the queue"),
            502: Answer("Not queued"),
        },
    ),
    Call(
        path="/orders/{orderID}",
        method="get",
        summary="Get what became of an order that you sent",
        function="get_inbox_order",
        answers={
            200: Answer("The order, as it is now", "InboxOrder"),
            404: Answer("You sent no order of this ID, or it was not stored yet, or it was erased"),
        },
    ),
)

STOREFRONT_CALLS = (
    Call(
        path="/account",
        method="get",
        summary="Get your account with its cart, addresses and lists",
        function="get_account",
        answers={200: Answer("Your account", "Account")},
    ),
    Call(
        path="/account",
        method="delete",
        summary="Delete your account with its cart, addresses and lists. Orders stay with the shop",
        function="delete_account",
        answers={204: Answer("Deleted", None)},
    ),
    Call(
        path="/account/cart",
        method="put",
        summary="Store your cart",
        function="put_cart",
        headers=("If-Match",),
        body="CartContent",
        required=("If-Match",),
        answers={
            200: Answer("Stored", "Cart"),
            **CLOSED_ACCOUNT,
            413: Answer("The cart is larger than an item of the table can be"),
            428: Answer("If-Match is missing"),
            **CHANGED_CART,
        },
    ),
    Call(
        path="/account/addresses",
        method="put",
        summary="Store your addresses",
        function="put_addresses",
        headers=("If-Match",),
        body="AddressBook",
        required=("If-Match",),
        answers={
            200: Answer("Stored", "Addresses"),
            **CLOSED_ACCOUNT,
            428: Answer("If-Match is missing"),
            **CHANGED_ADDRESSES,
        },
    ),
    Call(
        path="/account/lists",
        method="put",
        summary="Store your saved lists",
        function="put_lists",
        headers=("If-Match",),
        body="SavedLists",
        required=("If-Match",),
        answers={
            200: Answer("Stored", "Lists"),
            **CLOSED_ACCOUNT,
            413: Answer("The lists are larger than an item of the table can be"),
            428: Answer("If-Match is missing"),
            **CHANGED_LISTS,
        },
    ),
    Call(
        path="/orders",
        method="get",
        summary="List your orders, the newest first",
        function="list_my_orders",
        query=("limit", "cursor"),
        answers=_page("MyOrderPage"),
    ),
    Call(
        path="/orders",
        method="post",
        summary="Queue an order. The same order can be sent again, and changes nothing then",
        function=None,
        body="CustomerOrder",
        answers={
            202: Answer("Queued", "Queued"),
            403: Answer("The account has no name yet, or its address is not proved, or the queue refuses it"),
            502: Answer("Not queued"),
        },
    ),
    Call(
        path="/orders/claim",
        method="post",
        summary="Add orders that were placed with your e-mail address to your account, some at each call",
        function="claim_orders",
        query=("cursor",),
        answers={200: Answer("What was added, and where the rest begins", "ClaimedOrders")},
    ),
    Call(
        path="/orders/{orderID}",
        method="get",
        summary="Get one of your orders with its lines and steps",
        function="get_my_order",
        answers={
            200: Answer("The order, as it is now", "MyOrder"),
            404: Answer("You sent no order of this ID, or it was not stored yet, or it was erased"),
        },
    ),
    Call(
        path="/orders/{orderID}/cancel",
        method="post",
        summary="Cancel one of your orders while it is placed",
        function="cancel_my_order",
        answers={
            200: Answer("Cancelled", "MyOrder"),
            404: Answer("You sent no order of this ID, or it was not stored yet, or it was erased"),
            409: Answer("No longer placed"),
        },
    ),
)


@dataclass(frozen=True, kw_only=True)
class Api:
    """One API: its calls, and who makes them.

    `channel` is the channel of the orders that it queues, and the name of its authorizer. `for_pages` is
    whether pages in a browser may call it.
    """

    title: str
    description: str
    channel: str
    calls: tuple[Call, ...]
    for_pages: bool

    @property
    def functions(self) -> tuple[str, ...]:
        """The handler modules of all calls. `RestApiArgs.functions` must have exactly these keys."""
        return tuple(sorted(call.function for call in self.calls if call.function))


STAFF_API = Api(
    title="Order desk",
    description="Orders and products, for signed-in staff",
    channel="staff",
    calls=CALLS,
    for_pages=True,
)
WITHOUT_SHOPS = replace(STAFF_API, calls=tuple(call for call in CALLS if not call.path.startswith("/shops")))
INBOX = Api(
    title="Order desk inbox",
    description="Orders of connected shops, for their machines",
    channel="machine",
    calls=INBOX_CALLS,
    for_pages=False,
)
STOREFRONT = Api(
    title="Storefront",
    description="Account, cart and orders of a customer, for the pages of the shop",
    channel="customer",
    calls=STOREFRONT_CALLS,
    for_pages=True,
)
