"""The statuses of an order and the moves between them."""

PLACED, PACKED, SHIPPED, DELIVERED = "placed", "packed", "shipped", "delivered"
CANCELLED, REJECTED = "cancelled", "rejected"
OPEN = (PLACED, PACKED)
TOLD = (PLACED, REJECTED, SHIPPED, CANCELLED)  # to the customer of an account, by mail

NEXT: dict[str, tuple[str, ...]] = {
    PLACED: (PACKED, CANCELLED),
    PACKED: (SHIPPED, CANCELLED),
    SHIPPED: (DELIVERED,),
    DELIVERED: (),
    CANCELLED: (),
    REJECTED: (),
}
# The step back from each status. Staff may take it only as long as the order is in the house.
PREVIOUS = {PACKED: PLACED, SHIPPED: PACKED, DELIVERED: SHIPPED}
PREVIOUS_FOR_STAFF = {PACKED: PLACED}


def is_final(status: str) -> bool:
    """Whether nothing is left to do about an order: only a step back leads from its status."""
    return not NEXT[status]


def may_move(status: str, target: str) -> bool:
    """Whether an order may move from one status to another in one step, forward or back."""
    return target in NEXT[status] or is_step_back(status, target)


def is_step_back(status: str, target: str) -> bool:
    """Whether a move from one status to another takes the latest step back."""
    return PREVIOUS.get(status) == target


def is_sale(status: str) -> bool:
    """Whether an order counts as sold: neither rejected nor cancelled."""
    return status not in (REJECTED, CANCELLED)


def is_announced(status: str | None, before: str | None, *, is_new: bool) -> bool:
    """Whether a change of an order's status is announced by mail."""
    if is_new:
        return status in (PLACED, REJECTED)
    return status == CANCELLED != before


def is_told(status: str | None, before: str | None, *, is_new: bool) -> bool:
    """Whether the customer of an account gets a mail about a change of an order's status."""
    return is_announced(status, before, is_new=is_new) or (status, before) == (SHIPPED, PACKED)


def may_edit(status: str) -> bool:
    """Whether the customer, lines and notes of an order may still be changed."""
    return status == PLACED


def may_change_details(status: str) -> bool:
    """Whether the address, phone and notes of an order may still be changed."""
    return status in (PLACED, PACKED)


def refusal(status: str, target: str, *, by_admin: bool) -> str:
    """Return the message that refuses a move to a target and names the moves that this person may make."""
    back = (PREVIOUS if by_admin else PREVIOUS_FOR_STAFF).get(status)
    moves = [f"become {' or '.join(NEXT[status])}"] if NEXT[status] else []
    moves += [f"go back to {back} with a note"] if back else []
    why = "only an admin can move it back" if status in PREVIOUS else f"{status} is final"
    rest = f"it can {', or '.join(moves)}" if moves else why
    return f"an order that is {status} cannot become {target}: {rest}"
