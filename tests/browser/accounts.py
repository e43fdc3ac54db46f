"""Accounts of the user pool, and the steps that several tests take with them."""

import uuid
from typing import Any

from playwright.sync_api import Request

from local import emulator
from tests.browser.tab import Person, Tab

PASSWORD = "Mop-and-bucket-1"
NEW_PASSWORD = "Bucket-and-mop-2"


class Office:
    """An admin of the shop, who manages accounts directly in Cognito as docs/operate.md describes."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self._cognito = emulator.client("cognito-idp", outputs["local"]["endpointUrl"], outputs["region"])
        self._pool = outputs["userPoolId"]

    def let_in(self, email: str, group: str = "staff") -> None:
        """Add an account to a group."""
        self._cognito.admin_add_user_to_group(UserPoolId=self._pool, Username=email, GroupName=group)

    def invite(self, group: str | None = "staff") -> Person:
        """Create an account with a temporary password, which the person replaces at the first sign-in."""
        person = Person(new_address(), "First-password-1")
        attributes = [{"Name": "email", "Value": person.email}, {"Name": "email_verified", "Value": "true"}]
        account = {"UserPoolId": self._pool, "Username": person.email}
        self._cognito.admin_create_user(
            **account, UserAttributes=attributes, TemporaryPassword=person.password
        )
        if group:
            self.let_in(person.email, group)
        return person

    def shut_out(self, email: str, group: str = "staff") -> None:
        """Remove an account from a group."""
        self._cognito.admin_remove_user_from_group(UserPoolId=self._pool, Username=email, GroupName=group)

    def employ(self, group: str | None = "staff") -> Person:
        """Create an account with a permanent password."""
        person = self.invite(group)
        self._cognito.admin_set_user_password(
            UserPoolId=self._pool, Username=person.email, Password=PASSWORD, Permanent=True
        )
        return Person(person.email, PASSWORD)


def new_address() -> str:
    """An address that no account has yet."""
    return f"zoe-{uuid.uuid4().hex[:12]}@shop.example"


def sign_up(tab: Tab, email: str, password: str = PASSWORD) -> None:
    """Fill and send the first step of the sign-up page."""
    tab.fill("E-mail", email)
    tab.fill("Password", password)
    tab.press("Create account")


def fail_cognito_call(tab: Tab, operation: str, error: str) -> None:
    """Answer a Cognito operation with one of AWS's errors. The request does not reach the emulator."""
    answer = {"__type": f"com.amazonaws.cognito#{error}", "message": "What Cognito says itself."}

    def handle(route: Any) -> None:
        if route.request.headers.get("x-amz-target", "").endswith(f".{operation}"):
            route.fulfill(status=400, json=answer, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    tab.page.route("**/*", handle)


def revokes(sent: Request) -> bool:
    """Whether a request revokes a token at Cognito."""
    return sent.method == "POST" and sent.headers.get("x-amz-target", "").endswith(".RevokeToken")
