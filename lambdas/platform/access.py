"""Who may do what: the groups of the user pool."""

from collections.abc import Set as AbstractSet

STAFF, ADMIN = "staff", "admin"


def groups(claim: str) -> frozenset[str]:
    """Split the claim `cognito:groups`: `staff,admin` on AWS, `[staff admin]` on the emulator.

    Names are compared whole by whoever asks: a group called `not-admin` is not `admin`.
    """
    text = claim.strip()
    bracketed = text.startswith("[") and text.endswith("]")
    names = text[1:-1].split() if bracketed else text.split(",")
    return frozenset(name.strip() for name in names if name.strip())


def may_use_orders(member_of: AbstractSet[str]) -> bool:
    """Tell whether a member of these groups may use the order desk at all."""
    return not member_of.isdisjoint({STAFF, ADMIN})


def may_erase(member_of: AbstractSet[str]) -> bool:
    """Tell whether a member of these groups may erase orders and products."""
    return ADMIN in member_of
