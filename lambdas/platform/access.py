"""People of the user pool, and the permissions of their groups."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from lambdas.platform import text

STAFF, ADMIN = "staff", "admin"


class Person(NamedTuple):
    """A person as a history names them: the e-mail address, and `sub`, Cognito's ID, which never changes."""

    name: str
    sub: str

    @property
    def signature(self) -> dict[str, str]:
        """The fields by which an entry of a history names the person."""
        return {"by": self.name, "sub": self.sub}


def groups(claim: str) -> frozenset[str]:
    """Return the groups in the claim `cognito:groups`.

    The claim is `staff,admin` in a function on AWS, and `[staff admin]` on the emulator. AWS does not
    document how a mapping template renders it, so `[staff, admin]` is read too. Group names have no blanks.
    """
    names = claim.strip()
    if names.startswith("[") and names.endswith("]"):
        names = ",".join(names[1:-1].split())
    return frozenset(name.strip() for name in names.split(",") if name.strip())


def may_be_customer(claims: Mapping[str, str]) -> bool:
    """Whether the claims of an ID token are those of a customer whose address is proved and who has a name.

    A claim is text in a function on AWS, and JSON on the emulator.
    """
    is_proved = str(claims.get("email_verified")).lower() == "true"
    return is_proved and all(text.line(claims.get(name) or "") for name in ("sub", "email", "name"))


def may_use_orders(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may use the order desk."""
    return not member_of.isdisjoint({STAFF, ADMIN})


def may_erase(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may erase orders and products."""
    return ADMIN in member_of


def may_transfer(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may give orders to another customer."""
    return ADMIN in member_of


def may_manage_people(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may invite people and change their accounts."""
    return ADMIN in member_of


def may_recall(member_of: AbstractSet[str]) -> bool:
    """Whether a member of these groups may move orders back that were shipped."""
    return ADMIN in member_of
