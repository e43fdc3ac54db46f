"""The types of the shop's documents, as clients send them and as the tables store them.

Instants are ISO 8601 text in UTC with milliseconds. Amounts are integers in the minor unit of their currency.
"""

from typing import NotRequired, TypedDict


class Customer(TypedDict):
    """The customer of an order."""

    name: str
    email: NotRequired[str]  # a shop may allow orders without it
    company: NotRequired[str]
    phone: NotRequired[str]
    address: NotRequired[str]


class Item(TypedDict):
    """A line of an order as clients submit it."""

    sku: str
    quantity: int


class Line(Item):
    """A line of an order. A line that cannot be priced has no amounts, and of an unknown product no name."""

    name: NotRequired[str]
    unit: NotRequired[str]
    unitPrice: NotRequired[int]
    lineTotal: NotRequired[int]


class Charge(TypedDict):
    """An amount beside the lines: delivery, a discount, which is negative, or goods without a SKU."""

    kind: str
    amount: int
    text: NotRequired[str]


class DeliveryDetails(TypedDict, total=False):
    """The part of an order that can be changed until it is shipped. An empty text removes the field."""

    address: str
    phone: str
    notes: str


class Labels(TypedDict, total=False):
    """New labels of an order. An empty list or text removes the field."""

    tags: list[str]
    assignee: str


class SubmittedOrder(TypedDict):
    """An order as clients submit it."""

    orderID: str
    customer: Customer
    items: list[Item]
    charges: NotRequired[list[Charge]]
    reference: NotRequired[str]  # the number that the customer or the sending shop gave the order
    notes: NotRequired[str]
    collection: NotRequired[bool]  # whether the customer collects the goods
    agreedTotal: NotRequired[int]  # the total that the sender showed


class OrderContent(TypedDict):
    """The content of an order, as its client submitted it or staff edited it, with priced lines."""

    customer: Customer
    items: list[Line]
    charges: NotRequired[list[Charge]]  # an order without charges has no such field
    reference: NotRequired[str]
    notes: NotRequired[str]
    collection: NotRequired[bool]  # an order that is delivered has no such field
    agreedTotal: NotRequired[int]  # of an order as it was submitted; an edit removes it
    submitted: NotRequired[str]  # the text of a submission that breaks the schema


class RejectionReason(TypedDict):
    """A rule that a rejected order breaks, and the path of the field that breaks it."""

    path: str
    message: str


FieldChange = TypedDict("FieldChange", {"field": str, "from": NotRequired[str], "to": NotRequired[str]})
"""One change of an edit, of a field or a line, in words. A field that was added has no `from`."""

HistoryEntry = TypedDict(
    "HistoryEntry",
    {
        "at": str,
        "by": str,
        "sub": str,
        "event": str,
        "from": NotRequired[str],
        "to": NotRequired[str],
        "note": NotRequired[str],
        "changes": NotRequired[list[FieldChange]],
        "deadLetter": NotRequired[str],
        "mail": NotRequired[str],
    },
)
"""One change of an order or a remark on it, by the person `by` and `sub`.

Only changes of the status have `from` and `to`. Edits, other labels and an order that was placed with charges
have `changes`. An order that was sent again from the dead letters names its `deadLetter`. An entry `mailed`
names the event whose `mail` was sent again.
"""


class OrderReference(TypedDict):
    """Another order, as an order names it."""

    orderID: str
    number: NotRequired[int]


class OrderKeys(TypedDict):
    """The keys of the indexes of the table of orders."""

    listShard: str
    statusShard: str
    listKey: str
    totalKey: str
    customerEmail: NotRequired[str]


class Order(OrderContent, OrderKeys):
    """A stored order. Lists read only the fields that `order_table.LIST_FIELDS` names."""

    orderID: str
    number: NotRequired[int]  # orders of earlier releases have none
    status: str
    version: int
    channel: str
    shopID: NotRequired[str]  # of the connected shop whose machine sent it
    accountID: NotRequired[str]  # of the customer who sent it, and whose order it still is
    createdAt: str
    updatedAt: str
    submittedBy: str
    currency: str
    total: int
    lineCount: int
    chargeTotal: NotRequired[int]  # the sum of the charges
    history: list[HistoryEntry]
    rejectionReasons: NotRequired[list[RejectionReason]]
    hasNotes: NotRequired[bool]  # for lists, which do not have the notes
    slipPrintedAt: NotRequired[str]  # the latest print of its packing slip, until an edit of its content
    tags: NotRequired[list[str]]
    assignee: NotRequired[str]
    settledAt: NotRequired[str]  # of a rejected order that somebody has dealt with
    replacedBy: NotRequired[OrderReference]  # the order that a rejected order was put right as
    replaces: NotRequired[OrderReference]  # the rejected order that this one puts right
    anonymisedAt: NotRequired[str]  # when everything about its customer was removed
    submissionHash: NotRequired[str]  # write_orders adds the hash to a new order


class Tombstone(TypedDict):
    """The item that replaces an erased order until `expiresAt`, in seconds since 1970."""

    orderID: str
    erasedAt: str
    erasedBy: str
    sub: str
    submissionHash: str
    lastChange: NotRequired[str]  # the erasure's name in the journal; earlier releases wrote none
    expiresAt: int


class DraftContent(TypedDict):
    """The content of the form of an order as it is typed. Nothing in it has to be right yet."""

    customer: dict[str, str]
    items: list[dict[str, str | int]]
    charges: NotRequired[list[dict[str, str]]]
    filled: NotRequired[dict[str, str]]
    reference: NotRequired[str]
    notes: NotRequired[str]
    left: NotRequired[str]
    replaces: NotRequired[str]


class Draft(TypedDict):
    """A parked order of the person `sub`, kept until `expiresAt`, in seconds since 1970.

    It has the ID with which its order will be sent. A list reads everything but the content.
    """

    sub: str
    orderID: str
    name: str
    content: DraftContent
    lineCount: int
    version: int
    updatedAt: str
    expiresAt: int


class ProductPrice(TypedDict):
    """The part of a product that pricing needs."""

    name: str
    unit: str
    unitPrice: int
    currency: str
    active: bool
    minQuantity: NotRequired[int]


class ProductContent(ProductPrice):
    """The part of a product that can be edited."""

    category: str
    description: NotRequired[str]
    packSize: NotRequired[int]
    netContent: NotRequired[str]
    vatClass: NotRequired[str]
    signalWord: NotRequired[str]
    pictograms: NotRequired[str]
    hazardStatements: NotRequired[str]
    ufi: NotRequired[str]
    image: NotRequired[str]
    imageText: NotRequired[str]
    safetyDataSheet: NotRequired[str]
    safetyDataSheetVersion: NotRequired[str]
    safetyDataSheetDate: NotRequired[str]


class UpdatedBy(TypedDict):
    """The person who made the latest change."""

    name: str
    sub: str


class Product(ProductContent):
    """A stored product."""

    sku: str
    version: int
    createdAt: str
    updatedAt: str
    updatedBy: UpdatedBy


ProductChange = TypedDict(
    "ProductChange", {"field": str, "from": NotRequired[object], "to": NotRequired[object]}
)
"""One field that a change of a product changed, with its values. A field that was added has no `from`."""


class ProductHistoryEntry(TypedDict):
    """One change of a product, by the person `by` and `sub`. `event` is added, changed or deleted."""

    at: str
    by: str
    sub: str
    event: str
    changes: NotRequired[list[ProductChange]]


class CustomerRow(TypedDict):
    """A stored customer. The row also has a field `total:<currency>` for the sales in each currency.

    The row of a customer whose orders are all gone has no details, and is deleted a moment later.
    """

    email: str
    orders: int
    sales: NotRequired[int]
    name: NotRequired[str]
    company: NotRequired[str]
    phone: NotRequired[str]
    address: NotRequired[str]
    lastOrderAt: NotRequired[str]
    lastOrderID: NotRequired[str]
    latest: NotRequired[str]  # listKey and version of the order that the details are from
    listShard: NotRequired[str]
    listKey: NotRequired[str]
    note: NotRequired[str]  # what staff should know, such as "pays late"
    noteBy: NotRequired[str]
    noteAt: NotRequired[str]
    version: NotRequired[int]  # of the row; missing in a row that an earlier release wrote
    counted: NotRequired[list[str]]  # the changes that the figures contain and that may have no mark yet


class LetterEntry(TypedDict):
    """One step of a dead letter, by a person, or by Order desk if it has no `sub`."""

    at: str
    by: str
    sub: NotRequired[str]
    event: str  # received, sent, mended, returned, repeated, discarded
    note: NotRequired[str]
    reason: NotRequired[str]
    changes: NotRequired[list[FieldChange]]


class Letter(TypedDict):
    """A dead letter, as the table keeps it until somebody settles it, and after that.

    `attributes` say who sent an order, as `order_seal.attributes_to_keep` returns them. `tokens` name the
    messages that are in the letter already. `redriven` is the entry for the history of the order.
    """

    id: str
    source: str  # orders, notifications or views
    state: str  # open, sending, sent or discarded
    stateSource: str
    listKey: str
    version: int
    reason: str
    advice: str
    receivedAt: str
    returnedAt: NotRequired[str]  # when it came back last after it was sent again
    tries: int
    body: str
    original: NotRequired[str]  # the content before it was mended
    orderID: NotRequired[str]
    customerName: NotRequired[str]
    excerpt: NotRequired[str]  # how the content begins if it names neither order nor customer
    acceptedAt: NotRequired[str]
    channel: NotRequired[str]
    shopID: NotRequired[str]  # of the connected shop whose machine sent the order
    submittedBy: NotRequired[str]
    sentAs: NotRequired[str]  # the ID of the order that was sent again
    attributes: dict[str, str]
    redriven: NotRequired[HistoryEntry]
    tokens: list[str]
    history: list[LetterEntry]
