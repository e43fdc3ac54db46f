"""The OpenAPI document for the people and tools that call the API. The site serves it as /openapi.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from components import api_reference, openapi, rest_api
from components.api_calls import CALLS, INBOX, STAFF_API, STOREFRONT, WITHOUT_SHOPS
from lambdas.platform import http_api
from lambdas.shop import (
    documents,
    order_channels,
    order_lists,
    order_table,
    orders,
    product_orders,
    product_sales,
    product_search,
    search,
)
from lambdas.shop import sender_view as inbox_orders
from tests.graph.graph import Graph

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """The document, parsed."""
    parsed: Document = json.loads(api_reference.document())
    return parsed


@pytest.fixture(scope="module")
def inbox(dev: Graph) -> Document:
    """The document of the machines' API, parsed."""
    file = dev["site-inbox-reference"].inputs
    assert file["key"] == "inbox-openapi.json"
    parsed: Document = json.loads(file["content"])
    return parsed


@pytest.fixture(scope="module")
def storefront(everything: Graph) -> Document:
    """The document of the customers' API, parsed."""
    file = everything["site-storefront-reference"].inputs
    assert file["key"] == "storefront-openapi.json"
    parsed: Document = json.loads(file["content"])
    return parsed


def test_the_site_serves_the_document(graph: Graph) -> None:
    file = graph["site-api-reference"].inputs
    api = STAFF_API if "/shops" in file["content"] else WITHOUT_SHOPS
    assert (file["key"], file["content"]) == ("openapi.json", api_reference.document(api=api))


def test_calls_about_connected_shops_exist_only_with_the_switch(dev: Graph, prod: Graph) -> None:
    for graph, expected in ((dev, 10), (prod, 0)):
        document = graph.document("api-rest-api", "body")
        served = json.loads(graph["site-api-reference"].inputs["content"])
        for paths in (document["paths"], served["paths"]):
            assert len([path for path in paths if path.startswith("/shops")]) == expected


def test_every_call_has_the_errors_that_the_gateway_answers_everywhere(document: Document) -> None:
    for call in CALLS:
        described = document["paths"][call.path][call.method]
        bodies = {"413", "415"} if call.body else set()
        assert set(described["responses"]) >= {"400", "401", "403", "429", "5XX"} | bodies
        assert described["security"] == [{"staff": []}]


def test_the_calls_are_below_the_stage_of_the_api(document: Document) -> None:
    assert document["servers"] == [{"url": f"/{rest_api.STAGE}"}]


def test_a_parameter_is_required_where_the_function_demands_it(document: Document) -> None:
    """A function answers 428 without If-Match if it must know the version."""
    for call in CALLS:
        parameters = document["paths"][call.path][call.method]["parameters"]
        required = {one["name"] for one in parameters if one["required"]}
        assert required == {*re.findall(r"{(\w+)}", call.path), *call.required}
        if call.function != "move_order":  # which needs the version for details, and not for a move
            assert ("If-Match" in required) == (428 in call.answers)


def test_every_answer_but_204_has_a_schema(document: Document) -> None:
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            assert ("content" in response) == (status != "204"), operation["operationId"]


def test_every_reference_leads_to_a_schema(document: Document) -> None:
    schemas = document["components"]["schemas"]
    references = {one.removeprefix("#/components/schemas/") for one in _values(document, "$ref")}
    names = {reference.partition("/")[0] for reference in references}
    assert names == schemas.keys()


def test_every_schema_of_an_answer_is_in_a_document(
    document: Document, inbox: Document, storefront: Document
) -> None:
    described = {name for one in (document, inbox, storefront) for name in one["components"]["schemas"]}
    assert openapi.api_schemas().keys() <= described


def test_no_answer_has_fields_that_are_not_described(document: Document, storefront: Document) -> None:
    """An answer with another field would pass as described."""
    for name, schema in {**document["components"]["schemas"], **storefront["components"]["schemas"]}.items():
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False, name


def test_the_document_has_nothing_that_only_the_gateway_reads() -> None:
    assert "x-amazon" not in api_reference.document()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("StoredOrder", set(documents.Order.__annotations__) - orders.INTERNAL),
        ("ListedOrder", {"orderID", *order_table.LIST_FIELDS}),
        ("ProductOrder", {"orderID", "quantity", "anonymisedAt", *order_table.LIST_FIELDS}),
        ("InboxOrder", {*inbox_orders.FIELDS, "statuses"}),
        ("Line", set(documents.Line.__annotations__)),
        ("HistoryEntry", set(documents.HistoryEntry.__annotations__)),
        ("RejectionReason", set(documents.RejectionReason.__annotations__)),
        ("OrderCustomer", set(documents.Customer.__annotations__)),
        ("StoredProduct", set(documents.Product.__annotations__) - {"listShard", "listKey"}),
        ("ProductHistoryEntry", set(documents.ProductHistoryEntry.__annotations__)),
        ("ProductChange", set(documents.ProductChange.__annotations__)),
    ],
)
def test_a_described_answer_has_the_fields_of_the_stored_document(
    document: Document, inbox: Document, name: str, fields: set[str]
) -> None:
    schemas = inbox["components"]["schemas"] | document["components"]["schemas"]
    assert set(schemas[name]["properties"]) == fields


def test_the_document_of_the_inbox_says_all_that_a_developer_needs(dev: Graph, inbox: Document) -> None:
    """A document that is complete without the project: address, tokens, bodies, answers and errors."""
    assert inbox["servers"] == [{"url": dev.outputs["inboxUrl"]}]
    (scheme,) = inbox["components"]["securitySchemes"].values()
    flow = scheme["flows"]["clientCredentials"]
    scope, token_url = dev.outputs["machineScope"], dev.outputs["machineTokenUrl"]
    assert (scheme["type"], flow["tokenUrl"], list(flow["scopes"])) == ("oauth2", token_url, [scope])
    for call in INBOX.calls:
        described = inbox["paths"][call.path][call.method]
        assert set(described["responses"]) >= {"400", "401", "403", "429", "5XX"}
        assert described["security"] == [{"machine": [scope]}]
    references = {one.removeprefix("#/components/schemas/") for one in _values(inbox, "$ref")}
    assert {one.partition("/")[0] for one in references} == inbox["components"]["schemas"].keys()
    assert "x-amazon" not in json.dumps(inbox)


def test_the_document_of_the_storefront_says_who_calls_where(everything: Graph, storefront: Document) -> None:
    assert storefront["servers"] == [{"url": everything.outputs["storefrontApiUrl"]}]
    for call in STOREFRONT.calls:
        described = storefront["paths"][call.path][call.method]
        bodies = {"413", "415"} if call.body else set()
        assert set(described["responses"]) >= {"400", "401", "403", "429", "5XX"} | bodies
        assert described["security"] == [{"customer": []}]
        required = {one["name"] for one in described["parameters"] if one["required"]}
        assert required == {*re.findall(r"{(\w+)}", call.path), *call.required}
        assert ("If-Match" in required) == (428 in call.answers)
    references = {one.removeprefix("#/components/schemas/") for one in _values(storefront, "$ref")}
    assert {one.partition("/")[0] for one in references} == storefront["components"]["schemas"].keys()


def test_no_parameter_of_the_storefront_names_an_account(storefront: Document) -> None:
    named = {one["name"] for operation in _operations(storefront) for one in operation.get("parameters", [])}
    assert named == {"If-Match", "cursor", "limit", "orderID"}


def test_the_address_of_the_inboxs_document_is_known_to_the_site(dev: Graph, prod: Graph) -> None:
    """The site answers 404 for a name that its function does not know."""
    of_customers = "storefront-openapi.json"
    assert of_customers not in prod.inputs("site-front-addresses")["code"]
    known = "inbox-openapi.json"
    assert known in dev.inputs("site-front-addresses")["code"]
    assert known not in prod.inputs("site-front-addresses")["code"]


def test_the_parameters_state_the_limits_of_the_functions(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert (schemas["PageSize"]["minimum"], schemas["PageSize"]["maximum"]) == (1, http_api.MAX_PAGE)
    assert (schemas["AlsoBoughtSize"]["minimum"], schemas["AlsoBoughtSize"]["maximum"]) == (
        1,
        product_orders.MAX_BESIDE,
    )
    assert tuple(schemas["SalesRank"]["enum"]) == product_sales.RANKED
    assert schemas["TopSellers"]["properties"]["items"]["maxItems"] == http_api.MAX_PAGE
    assert set(schemas["TopSeller"]["properties"]) == {"sku", "name", *product_sales.FIGURES}
    assert tuple(schemas["SortOrder"]["enum"]) == order_lists.BY_TIME + order_lists.BY_TOTAL
    assert tuple(schemas["ProductSort"]["enum"]) == product_search.SORTS
    assert schemas["Words"]["maxLength"] == search.MAX_QUERY
    assert tuple(schemas["Channel"]["enum"]) == order_channels.ALL


def _operations(document: Document) -> Iterator[Document]:
    for path in document["paths"].values():
        yield from path.values()


def _values(part: Any, key: str) -> Iterator[Any]:
    """Return the values of a key at every depth."""
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _values(child, key)
    if isinstance(part, dict) and isinstance(part.get(key), str):
        yield part[key]
