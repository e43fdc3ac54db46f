"""The statuses of an order and the moves between them."""

PLACED, PACKED, SHIPPED, DELIVERED = "placed", "packed", "shipped", "delivered"
CANCELLED, REJECTED = "cancelled", "rejected"

NEXT: dict[str, tuple[str, ...]] = {
    PLACED: (PACKED, CANCELLED),
    PACKED: (SHIPPED, CANCELLED),
    SHIPPED: (DELIVERED,),
    DELIVERED: (),
    CANCELLED: (),
    REJECTED: (),
}


def may_move(status: str, target: str) -> bool:
    """Whether an order may move from one status to another in one step."""
    return target in NEXT[status]


def may_edit(status: str) -> bool:
    """Whether the customer, lines and notes of an order may still be changed."""
    return status == PLACED


def refusal(status: str, target: str) -> str:
    """Return the message that refuses a move to a target and names the allowed moves."""
    allowed = " or ".join(NEXT[status]) or "nothing any more: this status is final"
    return f"an order that is {status} can become {allowed}, got {target}"
