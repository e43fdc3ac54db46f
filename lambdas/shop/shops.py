"""Connected shops: systems of others that send orders by themselves, each by an app client of Cognito.

The list is that of the app clients, and the table adds their names and histories. So a client that a crash
left without a row is listed too, and can be deleted.
"""

import os
import time
from collections.abc import Iterator, Sequence

from lambdas.platform import machine_clients, side_by_side
from lambdas.platform.cognito_calls import RefusedError
from lambdas.platform.machine_clients import ACTIVE, DISABLED, Client, Secret
from lambdas.platform.tables import Record
from lambdas.shop import shops_table


def listed() -> Record:
    """Return every connected shop, by name, and where their systems get tokens."""
    clients = machine_clients.listed()
    rows = shops_table.read([client.id for client in clients])
    secrets = _secrets_of_each(clients)
    shops = [shown(client, of, rows.get(client.id)) for client, of in zip(clients, secrets, strict=True)]
    return {"shops": sorted(shops, key=lambda shop: (shop["name"].casefold(), shop["id"])), **connection()}


def connection() -> Record:
    """Return what a system needs to know beside its ID and its secret."""
    return {"tokenUrl": os.environ["SHOP_MACHINE_TOKEN_URL"], "scope": os.environ["SHOP_MACHINE_SCOPE"]}


def _secrets_of_each(clients: Sequence[Client]) -> Iterator[list[Secret]]:
    """Yield the secrets of each client, as many a second as Cognito allows."""
    step = machine_clients.CALLS_PER_SECOND
    for at in range(0, len(clients), step):
        if at:
            time.sleep(1)
        yield from side_by_side.call(secrets_of, clients[at : at + step])


def secrets_of(client: Client) -> list[Secret]:
    """Return the secrets of a client, or none of a client that was deleted at this moment."""
    try:
        return machine_clients.secrets(client.id)
    except RefusedError as error:
        if error.code != machine_clients.NOT_FOUND:
            raise
        return []


def known(client: Client, secrets: list[Secret]) -> Record:
    """Return the fields of a row for a client that has none."""
    return {"name": client.label, **({"createdAt": secrets[0].created_at} if secrets else {})}


def shown(client: Client, secrets: list[Secret], row: Record | None) -> Record:
    """Return a shop as the API shows one."""
    kept = row or known(client, secrets)
    return {
        "id": client.id,
        "name": kept["name"],
        "state": ACTIVE if client.enabled else DISABLED,
        **{name: kept[name] for name in ("createdAt", "createdBy") if name in kept},
        "secrets": [{"id": secret.id, "createdAt": secret.created_at} for secret in secrets],
        "history": kept.get("changes", []),
    }
