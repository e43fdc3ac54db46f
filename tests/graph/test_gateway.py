"""The REST API: what AWS makes of its document, and what surrounds it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from components import openapi, rest_api
from components.api_calls import CALLS, FUNCTIONS
from components.gateway_responses import GATEWAY_RESPONSES
from components.openapi import Targets
from tests.graph.graph import ROOT, Graph

Document = dict[str, Any]

ORIGIN = "https://shop.example"
TARGETS = Targets(
    user_pool_arn="arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_A",
    queue_uri="arn:aws:apigateway:eu-west-1:sqs:path/123456789012/queue",
    queue_role_arn="arn:aws:iam::123456789012:role/gateway",
    functions={name: f"arn:{name}" for name in FUNCTIONS},
    cors_origin=ORIGIN,
)
# Not known to JSON schema draft 4 as API Gateway takes it.
UNSUPPORTED = {
    "anyOf",
    "oneOf",
    "discriminator",
    "exclusiveMinimum",
    "default",
    "readOnly",
    "nullable",
    "const",
}


@pytest.fixture(scope="session")
def document() -> Document:
    """The document with one other origin allowed."""
    return openapi.document("Order desk", TARGETS)


def test_the_api_is_built_from_the_document_and_nothing_beside_it(graph: Graph) -> None:
    """Methods, authorizers, models and gateway responses beside a body go with the next import."""
    kinds = {one.type.split(":")[-1] for one in graph.all() if ":apigateway/" in one.type}
    assert kinds <= {"RestApi", "Deployment", "Stage", "MethodSettings", "Account"}
    for kind in ("RestApi", "Deployment", "Stage"):
        assert len(graph.all(f"apigateway.{kind}")) == 1  # CreateDeployment: one each 5 s an account


def test_the_body_is_one_sorted_text(graph: Graph) -> None:
    """It is compared as text: another order of keys would be an update and a redeploy."""
    body = graph.inputs("api-rest-api")["body"]
    assert body == json.dumps(json.loads(body), sort_keys=True)


def test_arguments_of_the_api_are_not_in_the_body(dev: Graph) -> None:
    """Written in the body only, they are reverted after each import."""
    body = dev.document("api-rest-api", "body")
    keys = {"x-amazon-apigateway-policy", "x-amazon-apigateway-binary-media-types"}
    assert not keys & set(body)
    assert "x-amazon-apigateway-minimum-compression-size" not in body
    assert "x-amazon-apigateway-endpoint-configuration" not in body
    assert "description" not in body["info"]
    assert dev.inputs("api-rest-api")["description"]


def test_the_endpoint_is_regional_and_open_to_cloudfront(graph: Graph) -> None:
    inputs = graph.inputs("api-rest-api")
    assert inputs["endpointConfiguration"] == {"types": "REGIONAL"}
    assert "disableExecuteApiEndpoint" not in inputs


def test_the_deployment_follows_the_body_and_the_arguments(dev: Graph, everything: Graph) -> None:
    """A hash of the body alone misses the arguments: the stage would serve the old API."""
    trigger = dev.inputs("api-deployment")["triggers"]["redeployment"]
    assert trigger != everything.inputs("api-deployment")["triggers"]["redeployment"]
    inputs = dev.inputs("api-rest-api")
    assert trigger == _trigger(inputs["body"], rest_api.ARGUMENTS)
    assert trigger != _trigger(inputs["body"], {**rest_api.ARGUMENTS, "description": "another"})
    # Every argument that is given is one that the trigger sees.
    assert set(inputs) == {
        "body",
        *(re.sub("_(.)", lambda m: m[1].upper(), key) for key in rest_api.ARGUMENTS),
    }


def test_the_stage_moves_before_its_old_deployment_goes(graph: Graph) -> None:
    """Deployment deleted first: active stages are pointing to it."""
    assert graph["api-deployment"].options.delete_before_replace is False
    assert graph.feeds("api-stage", "deployment") == {"api-deployment"}
    assert not {"stageName", "stageDescription"} & set(graph.inputs("api-deployment"))


def test_the_stage_has_the_path_that_cloudfront_passes_on(graph: Graph) -> None:
    assert graph.inputs("api-stage")["stageName"] == "api"
    assert graph.inputs("api-stage")["xrayTracingEnabled"] is True


def test_every_method_is_throttled_and_none_logs_bodies(graph: Graph) -> None:
    inputs = graph.inputs("api-method-settings")
    assert (inputs["methodPath"], inputs["stageName"]) == ("*/*", "api")
    assert inputs["settings"] == {
        "throttlingRateLimit": 200,
        "throttlingBurstLimit": 400,
        "loggingLevel": "ERROR",
        "dataTraceEnabled": False,
        "metricsEnabled": False,
    }


def test_the_access_log_has_the_ids_that_aws_asks_for_and_nobodys_name(graph: Graph) -> None:
    settings = graph.inputs("api-stage")["accessLogSettings"]
    shape = json.loads(settings["format"])
    assert {"$context.requestId", "$context.extendedRequestId"} <= set(shape.values())
    assert "claims" not in settings["format"]
    assert graph.said(settings["destinationArn"]) == "api-access-logs"


def test_the_execution_log_is_declared_with_retention_before_the_stage_writes_it(graph: Graph) -> None:
    name = graph.inputs("api-execution-logs")["name"]
    assert name == f"API-Gateway-Execution-Logs_{graph['api-rest-api'].id}/api"
    assert "api-execution-logs" in graph.waits_for("api-stage")


def test_the_accounts_log_role_outlives_the_stack(dev: Graph, everything: Graph) -> None:
    """Taking it away would take it from every API of the account; so it is opt-in, and stays."""
    for name in ("api-account", "api-logs-role", "api-logs-policy"):
        assert dev[name].options.retain_on_delete is True
        assert name in dev.waits_for("api-stage")
        assert name not in everything
    assert "api-logs-policy" in dev.waits_for("api-account")


def test_without_logs_the_stage_asks_for_none(local: Graph) -> None:
    assert "accessLogSettings" not in local.inputs("api-stage")
    assert local.inputs("api-method-settings")["settings"]["loggingLevel"] == "OFF"
    assert not {"api-account", "api-access-logs", "api-execution-logs"} & {one.name for one in local.all()}


def test_only_sqs_own_success_is_an_order_queued(document: Document) -> None:
    """A response without a pattern catches everything: SQS's 403 would be a 202, and the order lost."""
    answers = _post(document)["responses"]
    assert {pattern: answer["statusCode"] for pattern, answer in answers.items()} == {
        r"2\d{2}": "202",
        "400": "403",
        "default": "502",
    }
    assert json.loads(_body(answers[r"2\d{2}"])) == {"status": "queued"}
    assert json.loads(_body(answers["400"]))["error"]["code"] == "forbidden"
    assert json.loads(_body(answers["default"]))["error"]["code"] == "internal_error"


def test_the_queue_is_called_as_sqs_wants_it(dev: Graph) -> None:
    post = _post(dev.document("api-rest-api", "body"))
    name = dev["orders-queue"].outputs["name"]
    assert (post["type"], post["httpMethod"]) == ("aws", "POST")
    assert post["uri"] == f"arn:aws:apigateway:eu-west-1:sqs:path/123456789012/{name}"
    assert post["requestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
    }
    assert dev.said(post["credentials"]) == "orders-gateway-role"


def test_the_message_carries_the_body_and_who_sent_it_on_one_line(document: Document) -> None:
    """A line break before & becomes a part of the value before it."""
    templates = _post(document)["requestTemplates"]
    assert templates == {
        "application/json": "Action=SendMessage"
        "&MessageBody=$util.urlEncode($input.body)"
        "&MessageAttribute.1.Name=submittedBy"
        "&MessageAttribute.1.Value.DataType=String"
        "&MessageAttribute.1.Value.StringValue=$util.urlEncode($context.authorizer.claims.email)"
        "&MessageAttribute.2.Name=groups"
        "&MessageAttribute.2.Value.DataType=String"
        "&MessageAttribute.2.Value.StringValue="
        "$util.urlEncode($context.authorizer.claims.get('cognito:groups'))"
    }


def test_another_content_type_is_turned_away(document: Document) -> None:
    """It has no model, so it would go through unvalidated. For a proxy its function checks."""
    for path, method, operation in _operations(document):
        how = operation["x-amazon-apigateway-integration"]
        wanted = None if how["type"] == "aws_proxy" else "never"
        assert how.get("passthroughBehavior") == wanted, f"{method} {path}"
    assert GATEWAY_RESPONSES["UNSUPPORTED_MEDIA_TYPE"][:2] == (415, "unsupported_media_type")


def test_every_method_but_options_wants_an_id_token(document: Document) -> None:
    """Security at the root is ignored; with scopes, only access tokens would pass."""
    assert "security" not in document
    for path, method, operation in _operations(document):
        wanted: Any = None if method == "options" else [{"staff": []}]
        assert operation.get("security") == wanted, f"{method} {path}"


def test_the_authorizer_is_the_staff_pool_and_forgets_soon(dev: Graph) -> None:
    (scheme,) = dev.document("api-rest-api", "body")["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert scheme["x-amazon-apigateway-authtype"] == "cognito_user_pools"
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert [dev.said(one) for one in authorizer["providerARNs"]] == ["staff-pool"]
    assert authorizer["authorizerResultTtlInSeconds"] <= 60


def test_every_call_leads_to_its_own_function(dev: Graph) -> None:
    document = dev.document("api-rest-api", "body")
    for call in (call for call in CALLS if call.function):
        how = document["paths"][call.path][call.method]["x-amazon-apigateway-integration"]
        (function,) = (one for one in dev.all("lambda.Function") if one.outputs["invokeArn"] == how["uri"])
        assert function.inputs["handler"] == f"lambdas.handlers.{call.function}.handler"
        assert (how["type"], how["httpMethod"]) == ("aws_proxy", "POST")


def test_bodies_are_validated_against_a_model_by_reference(document: Document) -> None:
    for path, method, operation in _operations(document):
        if method in ("post", "put", "patch"):
            content = operation["requestBody"]["content"]
            assert list(content) == ["application/json"], f"{method} {path}"
            assert list(content["application/json"]["schema"]) == ["$ref"]
            assert operation["requestBody"]["required"] is True
        if method != "options":
            (validator,) = document["x-amazon-apigateway-request-validators"].values()
            assert operation["x-amazon-apigateway-request-validator"] == openapi.VALIDATOR
            assert validator == {"validateRequestBody": True, "validateRequestParameters": True}


def test_the_models_are_the_schemas_that_functions_and_page_read(document: Document) -> None:
    schemas = json.loads((ROOT / "lambdas/schemas.json").read_text())
    models = document["components"]["schemas"]
    assert {name: models[name] for name in schemas} == schemas
    assert {call.body for call in CALLS if call.body} <= set(schemas)
    assert set(models) - set(schemas) == {"Error", "ErrorDetail", "ErrorField"}


def test_models_use_what_api_gateway_knows(document: Document) -> None:
    for name, model in document["components"]["schemas"].items():
        assert name.isalpha()
        assert not UNSUPPORTED & set(_keywords(model)), name


def test_objects_of_a_request_say_that_nothing_else_may_be_in_them(document: Document) -> None:
    """A field that is taken out of a model would otherwise leave the old setting behind."""
    for name, model in document["components"]["schemas"].items():
        if not name.startswith("Error"):
            assert model["additionalProperties"] is False, name


def test_every_reference_leads_somewhere(document: Document) -> None:
    text = json.dumps(document)
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert names <= set(document["components"]["schemas"])


def test_path_parameters_are_required_and_whole_segments(document: Document) -> None:
    for path, method, operation in _operations(document):
        assert path not in ("/ping", "/sping")
        names = re.findall(r"\{(\w+)\}", path)
        if method != "options":
            found = [one for one in operation["parameters"] if one["in"] == "path"]
            assert [one["name"] for one in found] == names
            assert all(one["required"] for one in found)
        assert all(part.strip("{}").isalnum() for part in path.strip("/").split("/"))


def test_each_of_the_gateways_own_errors_has_the_one_shape(document: Document) -> None:
    responses = document["x-amazon-apigateway-gateway-responses"]
    for kind, response in responses.items():
        (template,) = response["responseTemplates"].values()
        # What the variables become: messageString brings its own quotes, validationErrorString does not.
        text = template.replace("$context.error.messageString", '"no"')
        text = text.replace("$context.error.validationErrorString", "[numeric instance is lower]")
        error = json.loads(text)["error"]
        assert set(error) == {"code", "message"}, kind
        assert error["message"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("BAD_REQUEST_BODY", "400", "bad_request"),
        ("BAD_REQUEST_PARAMETERS", "400", "bad_request"),
        ("UNAUTHORIZED", "401", "unauthorized"),
        ("EXPIRED_TOKEN", "401", "unauthorized"),
        ("ACCESS_DENIED", "403", "forbidden"),
        ("MISSING_AUTHENTICATION_TOKEN", "404", "not_found"),
        ("RESOURCE_NOT_FOUND", "404", "not_found"),
        ("UNSUPPORTED_MEDIA_TYPE", "415", "unsupported_media_type"),
        ("THROTTLED", "429", "too_many_requests"),
        ("QUOTA_EXCEEDED", "429", "too_many_requests"),
        ("INTEGRATION_TIMEOUT", "504", "internal_error"),
        # A status of one's own on a default would replace that of every other response.
        ("DEFAULT_4XX", None, "bad_request"),
        ("DEFAULT_5XX", None, "internal_error"),
    ],
)
def test_a_gateways_error_has_its_status_and_code(
    document: Document, kind: str, status: str | None, code: str
) -> None:
    response = document["x-amazon-apigateway-gateway-responses"][kind]
    assert response.get("statusCode") == status
    assert f'"code":"{code}"' in response["responseTemplates"]["application/json"]


def test_no_error_is_worded_that_the_gateway_cannot_give(document: Document) -> None:
    """Its notes rule out another text for 413, and the firewall is in front of CloudFront."""
    assert not {"REQUEST_TOO_LARGE", "WAF_FILTERED"} & set(document["x-amazon-apigateway-gateway-responses"])


def test_a_refused_body_is_told_with_rule_and_value(document: Document) -> None:
    response = document["x-amazon-apigateway-gateway-responses"]["BAD_REQUEST_BODY"]
    assert (
        '"message":"$context.error.validationErrorString"'
        in response["responseTemplates"]["application/json"]
    )


def test_another_origin_sees_the_gateways_errors_too(document: Document) -> None:
    """Without the header a browser hides the real 401 behind a CORS fault."""
    for kind, response in document["x-amazon-apigateway-gateway-responses"].items():
        headers = response["responseParameters"]
        assert headers == {"gatewayresponse.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"}, kind
    for answer in _post(document)["responses"].values():
        headers = answer["responseParameters"]
        assert headers == {"method.response.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"}


def test_a_preflight_is_answered_by_the_gateway_itself(document: Document) -> None:
    for path, operations in document["paths"].items():
        how = operations["options"]["x-amazon-apigateway-integration"]
        assert (how["type"], how["requestTemplates"]) == ("mock", {"application/json": '{"statusCode":204}'})
        headers = how["responses"]["default"]["responseParameters"]
        declared = operations["options"]["responses"]["204"]["headers"]
        assert {f"method.response.header.{name}" for name in declared} == set(headers)
        methods = {method.upper() for method in operations}
        allowed = headers["method.response.header.Access-Control-Allow-Methods"].strip("'")
        assert set(allowed.split(",")) == methods, path
        asked = headers["method.response.header.Access-Control-Allow-Headers"].strip("'").split(",")
        assert {"Authorization", "Content-Type", "If-Match", "If-None-Match"} == set(asked)


def test_a_method_declares_every_header_that_its_integration_sets(document: Document) -> None:
    for path, method, operation in _operations(document):
        for answer in operation["x-amazon-apigateway-integration"].get("responses", {}).values():
            declared = operation["responses"][answer["statusCode"]]["headers"]
            for name in answer["responseParameters"]:
                assert name.removeprefix("method.response.header.") in declared, f"{method} {path}"


def test_the_origin_that_may_call_is_named_and_none_where_none_may(dev: Graph, local: Graph) -> None:
    assert local.inputs("api-rest-api")["body"].count("'http://localhost:8000'") > len(GATEWAY_RESPONSES)
    variables = local.inputs("products-get-function")["environment"]["variables"]
    assert variables["SHOP_CORS_ORIGIN"] == "http://localhost:8000"
    assert "SHOP_CORS_ORIGIN" not in dev.inputs("products-get-function")["environment"]["variables"]
    assert "header.Access-Control-Allow-Origin" not in dev.inputs("api-rest-api")["body"]


def test_no_header_lets_a_page_send_cookies(document: Document) -> None:
    several = openapi.document("Order desk", replace(TARGETS, cors_origin="*"))
    assert "Allow-Credentials" not in json.dumps([document, several])


def _trigger(body: str, arguments: Any) -> str:
    return hashlib.sha256((body + json.dumps(dict(arguments), sort_keys=True)).encode()).hexdigest()


def _post(document: Document) -> Document:
    integration: Document = document["paths"]["/orders"]["post"]["x-amazon-apigateway-integration"]
    return integration


def _body(answer: Document) -> str:
    return str(answer["responseTemplates"]["application/json"])


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _keywords(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _keywords(one)
    elif isinstance(schema, dict):
        for key, one in schema.items():
            if key == "properties":
                yield from (word for inner in one.values() for word in _keywords(inner))
            else:
                yield key
                yield from _keywords(one)
