"""Whether the person who asks is an admin at this moment, for calls that give access to others."""

from lambdas.platform import access, user_pool
from lambdas.platform.access import Person
from lambdas.platform.errors import ForbiddenError


def require(by: Person) -> None:
    """Raise ForbiddenError unless the person who asks is an admin at this moment.

    The token may be from before somebody took the group away, and is accepted for some minutes more.
    """
    account = user_pool.find(by.sub)
    if not account or not account.enabled or not access.may_manage_people(user_pool.groups_of(by.sub)):
        raise ForbiddenError("your account is no longer in the group admin")
