"""The life of an order: placed, packed, shipped, delivered; cancelled while it has not been shipped."""

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
    """Tell whether an order may go from one status to the other in one step."""
    return target in NEXT[status]


def may_edit(status: str) -> bool:
    """Tell whether customer, lines and notes may still be changed."""
    return status == PLACED


def refusal(status: str, target: str) -> str:
    """Say which moves a status allows instead of the one that was asked for."""
    allowed = " or ".join(NEXT[status]) or "nothing any more: this status is final"
    return f"an order that is {status} can become {allowed}, got {target}"
