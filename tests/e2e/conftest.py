"""Fixtures for tests of the whole system over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import System

HERE = Path(__file__).parent
PASSWORD = "Somebody-desk-1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="module")
def outsider(system: System) -> Iterator[str]:
    """Return the ID token of a signed-in user who is in no group."""
    users, pool = system.client("cognito-idp"), system.outputs["userPoolId"]
    email = f"outsider-{uuid.uuid4().hex[:8]}@shop.example"
    users.admin_create_user(
        UserPoolId=pool, Username=email, UserAttributes=[{"Name": "email", "Value": email}]
    )
    users.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    yield system.sign_in(email, PASSWORD)["IdToken"]
    users.admin_delete_user(UserPoolId=pool, Username=email)
