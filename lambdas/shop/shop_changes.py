"""Changes of connected shops by admins. Every change is in the log and in the table of shops.

A change is made where a crash in the middle leaves it visible: a new app client before its row, and the row
of a deleted shop before its client.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from lambdas.platform import log, machine_clients
from lambdas.platform.access import Person
from lambdas.platform.cognito_calls import RefusedError
from lambdas.platform.errors import ConflictError, NotFoundError, RequestError
from lambdas.platform.machine_clients import ACTIVE, MAX_SECRETS, Client
from lambdas.platform.tables import Record
from lambdas.shop import admin_now, shops, shops_table
from lambdas.shop.shops_table import NameTakenError

# Each costs $6 a month, and the list asks Cognito for the secrets of each, which takes 3 s for so many.
MAX_SHOPS = 20


def connect(name: str, *, by: Person) -> Record:
    """Connect a shop, and return it with its secret, which nobody can read again.

    Raises ForbiddenError, and ConflictError for a taken name or too many shops.
    """
    admin_now.require(by)
    if len(machine_clients.listed()) >= MAX_SHOPS:
        raise ConflictError(f"{MAX_SHOPS} shops are connected, and more cannot be: delete one first")
    if shops_table.is_taken(name):
        raise _taken()
    client, secret = machine_clients.create(name)
    try:
        row = _record(client, "connected", by, known={"name": name}, name=name, createdBy=by.name)
    except NameTakenError:  # by another admin at the same moment
        machine_clients.delete(client.id)
        raise _taken() from None
    made = shops.shown(client, shops.secrets_of(client), row)
    return {**made, "clientId": client.id, "clientSecret": secret, **shops.connection()}


def change(shop_id: str, name: str | None, state: str | None, *, by: Person) -> Record:
    """Rename a shop, disable or enable it. None leaves either as it is.

    A disabled shop gets no new token. Raises ForbiddenError, NotFoundError, and ConflictError for a taken
    name.
    """
    admin_now.require(by)
    client, row = _read(shop_id)
    if name is not None and name != row["name"]:
        try:
            details = {"from": row["name"], "to": name}
            row = _record(client, "renamed", by, known=row, name=name, details=details)
        except NameTakenError:
            raise _taken() from None
    enabled = client.enabled if state is None else state == ACTIVE
    # A rename leaves the client as it is, because another admin may disable the shop at the same moment.
    if enabled != client.enabled:
        with _answered():
            machine_clients.update(client.id, row["name"], enabled=enabled)
        row = _record(client, "enabled" if enabled else "disabled", by, known=row)
        client = client._replace(enabled=enabled)
    return shops.shown(client, shops.secrets_of(client), row)


def disconnect(shop_id: str, *, by: Person) -> None:
    """Delete a shop with its secrets. Its row stays. Raises ForbiddenError, NotFoundError."""
    admin_now.require(by)
    client, row = _read(shop_id)
    if row.get("state") != shops_table.DELETED:
        _record(client, "deleted", by, known=row, state=shops_table.DELETED)
    machine_clients.delete(client.id)


def add_secret(shop_id: str, *, by: Person) -> Record:
    """Give a shop another secret, which nobody can read again, and return it.

    Raises ForbiddenError, NotFoundError, and ConflictError if the shop has two.
    """
    admin_now.require(by)
    client, row = _read(shop_id)
    if len(shops.secrets_of(client)) >= MAX_SECRETS:
        raise _too_many()
    with _answered({machine_clients.TOO_MANY: _too_many()}):
        secret = machine_clients.add_secret(client.id)
    _record(client, "secret-added", by, known=row, details={"secret": secret.id})
    return {"id": secret.id, "clientSecret": secret.value, "createdAt": secret.created_at}


def remove_secret(shop_id: str, secret_id: str, *, by: Person) -> None:
    """Delete a secret of a shop.

    Raises ForbiddenError, NotFoundError, and ConflictError for the last one.
    """
    admin_now.require(by)
    client, row = _read(shop_id)
    kept = shops.secrets_of(client)
    if secret_id not in {secret.id for secret in kept}:
        raise _no_secret()
    if len(kept) == 1:
        raise _last()
    # Another admin may have deleted this one or the other one at the same moment.
    with _answered({machine_clients.INVALID: _last(), machine_clients.NOT_FOUND: _no_secret()}):
        machine_clients.delete_secret(client.id, secret_id)
    _record(client, "secret-removed", by, known=row, details={"secret": secret_id})


def _read(shop_id: str) -> tuple[Client, Record]:
    """Return the client and the row of a shop, or the fields of a missing row. Raises NotFoundError."""
    client = machine_clients.find(shop_id)
    if client is None:
        raise _unknown()
    return client, shops_table.find(client.id) or _known(client)


def _known(client: Client) -> Record:
    """Return the fields of a missing row. Its name is the ID if another shop was given the name meanwhile."""
    known = shops.known(client, shops.secrets_of(client))
    return {**known, "name": client.id} if shops_table.is_taken(known["name"]) else known


@contextmanager
def _answered(answers: Mapping[str, RequestError] = MappingProxyType({})) -> Iterator[None]:
    """Turn what Cognito refuses into these answers. By default, what it does not find is an unknown shop."""
    try:
        yield
    except RefusedError as error:
        answer = {machine_clients.NOT_FOUND: _unknown(), **answers}.get(error.code)
        if answer is None:
            raise
        raise answer from None


def _record(
    client: Client, event: str, by: Person, *, known: Record, details: Record | None = None, **fields: Any
) -> Record:
    row = shops_table.change(client.id, event, details or {}, by=by, known=known, **fields)
    log.event(f"shop.{event}", sub=by.sub, shop=client.id)
    return row


def _unknown() -> NotFoundError:
    return NotFoundError("there is no such connected shop")


def _no_secret() -> NotFoundError:
    return NotFoundError("the shop has no such secret")


def _taken() -> ConflictError:
    return ConflictError("another connected shop has this name: choose one that tells them apart")


def _too_many() -> ConflictError:
    return ConflictError(f"the shop has {MAX_SECRETS} secrets, which is the most: remove the old one first")


def _last() -> ConflictError:
    return ConflictError("the last secret stays: make a new one first, or disable the shop")
