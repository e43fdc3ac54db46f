"""Permissions of the groups of the user pool."""

from collections.abc import Set as AbstractSet

STAFF, ADMIN = "staff", "admin"


def groups(claim: str) -> frozenset[str]:
    """Return the groups in the claim `cognito:groups`.

    The claim is `staff,admin` on AWS, and `[staff admin]` on the emulator.
    """
    text = claim.strip()
    bracketed = text.startswith("[") and text.endswith("]")
    names = text[1:-1].split() if bracketed else text.split(",")
    return frozenset(name.strip() for name in names if name.strip())


def may_use_orders(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may use the order desk."""
    return not member_of.isdisjoint({STAFF, ADMIN})


def may_erase(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may erase orders and products."""
    return ADMIN in member_of
