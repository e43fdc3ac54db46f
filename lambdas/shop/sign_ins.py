"""When people signed in for the last time. Cognito tells that only in its Plus tier."""

from lambdas.platform import times
from lambdas.shop import people_table


def record(sub: str, auth_time: str) -> None:
    """Store when a person signed in: `auth_time` of the token, in seconds since 1970."""
    now = times.now_ms()
    given = int(auth_time) * 1000 if auth_time.isascii() and auth_time.isdigit() else now
    people_table.mark_signed_in(sub, times.iso(min(given, now)))
