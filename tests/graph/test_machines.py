"""The system of other shops' machines: their user pool, their scope and their own API."""

from __future__ import annotations

import re

import pytest

from components.machine_user_pool import MachineUserPoolArgs
from tests.graph.graph import Graph
from tests.graph.recorder import kind
from tests.graph.test_program import MACHINE_OUTPUTS

PREFIXES = ("machines-", "inbox-", "connected-shops-", "webhooks-", "webhook-calls-")


def test_nothing_of_machines_exists_without_the_switch(dev: Graph, prod: Graph) -> None:
    assert [one.name for one in dev.all() if one.name.startswith(PREFIXES)]
    assert not [one.name for one in prod.all() if one.name.startswith(PREFIXES)]
    assert MACHINE_OUTPUTS & set(prod.outputs) == set()
    assert set(dev.outputs) >= MACHINE_OUTPUTS


def test_nobody_can_sign_up_in_the_pool_of_machines(dev: Graph, everything: Graph) -> None:
    for graph in (dev, everything):
        pool = graph.inputs("machines-pool")
        assert pool["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": True}
        assert pool["accountRecoverySetting"]["recoveryMechanisms"] == [{"name": "admin_only", "priority": 1}]
        assert not [
            one.name
            for one in graph.all()
            if kind(one.type) in {"cognito.User", "cognito.UserGroup", "cognito.UserPoolClient"}
            and one.inputs["userPoolId"] == graph["machines-pool"].id
        ]


def test_the_pool_of_machines_outlives_a_stack_that_protects_its_data(dev: Graph, everything: Graph) -> None:
    """Without the pool, every shop is disconnected for good."""
    assert everything.inputs("machines-pool")["deletionProtection"] == "ACTIVE"
    assert everything["machines-pool"].options.protect
    assert everything["machines-pool"].options.retain_on_delete
    assert dev.inputs("machines-pool")["deletionProtection"] == "INACTIVE"
    assert not dev["machines-pool"].options.protect
    # The table has the names by which orders call the shops.
    assert everything["connected-shops-table"].options.protect
    assert not dev["connected-shops-table"].options.protect


def test_the_scope_of_machines_is_that_of_the_pools_one_server(dev: Graph) -> None:
    server = dev.inputs("machines-server")
    assert dev.sources("machines-server", "userPoolId") == {"machines-pool"}
    (scope,) = server["scopes"]
    assert dev.outputs["machineScope"] == f"{server['identifier']}/{scope['scopeName']}" == "inbox/orders"


def test_machines_get_tokens_at_the_domain_of_their_own_pool(dev: Graph, local: Graph) -> None:
    prefix = dev.inputs("machines-domain")["domain"]
    assert re.fullmatch(r"order-desk-machines-dev-[0-9a-f]{8}", prefix)
    assert prefix != dev.inputs("staff-domain")["domain"]
    assert dev.sources("machines-domain", "userPoolId") == {"machines-pool"}
    aws = f"https://{prefix}.auth.eu-west-1.amazoncognito.com"
    assert dev.outputs["machineTokenUrl"] == f"{aws}/oauth2/token"
    assert local.outputs["machineTokenUrl"] == "http://localhost:8004/oauth2/token"


def test_an_invalid_domain_prefix_of_machines_is_refused() -> None:
    with pytest.raises(ValueError, match="domain_prefix must be 1 to 63 small letters"):
        MachineUserPoolArgs(domain_prefix="-desk", token_base_url="", protect=False)


def test_the_writer_reads_names_of_shops_only_where_shops_can_be_connected(dev: Graph, prod: Graph) -> None:
    for graph, table in ((dev, dev["connected-shops-table"].outputs["name"]), (prod, "")):
        variables = graph.inputs("orders-write-function")["environment"]["variables"]
        assert variables["SHOP_SHOPS_TABLE"] == table
        assert ("shops" in graph.inputs("orders-write-policy")["policy"]) is bool(table)
