"""The REST API: its document, its stage and its logs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from components import openapi, rest_api
from components.api_calls import CALLS, INBOX, STAFF_API
from components.gateway_responses import GATEWAY_RESPONSES
from components.openapi import Targets
from tests.graph.graph import ROOT, Graph

Document = dict[str, Any]

ORIGIN = "https://shop.example"
TARGETS = Targets(
    user_pool_arn="arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_A",
    queue_uri="arn:aws:apigateway:eu-west-1:sqs:path/123456789012/queue",
    queue_role_arn="arn:aws:iam::123456789012:role/gateway",
    functions={name: f"arn:{name}" for name in STAFF_API.functions},
    cors_origin=ORIGIN,
)
# API Gateway's JSON schema draft 4 does not know these keywords.
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
    """The OpenAPI document of a stack that allows one other origin."""
    return openapi.document(STAFF_API, TARGETS)


def test_the_api_has_no_methods_or_models_outside_the_document(graph: Graph) -> None:
    """Methods, models and gateway responses outside the document would be deleted by its next import."""
    kinds = {one.type.split(":")[-1] for one in graph.all() if ":apigateway/" in one.type}
    # The API key is only a random value, with which the writer seals its dead letters.
    assert graph.inputs("orders-seal-key")["enabled"] is False
    assert kinds <= {"RestApi", "Deployment", "Stage", "MethodSettings", "Account", "ApiKey"}
    apis = {"api"} | ({"inbox-api"} if "machines-pool" in graph else set())
    apis |= {"storefront-api"} if "customers-pool" in graph else set()
    for kind in ("deployment", "stage", "rest-api"):
        made = {name for name in (f"{api}-{kind}" for api in apis) if name in graph}
        assert len(made) == len(apis) == len(graph.all(f"apigateway.{kind.title().replace('-', '')}"))


def test_the_document_is_sorted_json(graph: Graph) -> None:
    """Pulumi compares the document as text, so another order of keys would cause a new deployment."""
    body = graph.inputs("api-rest-api")["body"]
    assert body == json.dumps(json.loads(body), sort_keys=True)


def test_the_document_repeats_no_argument_of_the_api(dev: Graph) -> None:
    """Pulumi's provider would reset an argument that is only in the document after each import."""
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


def test_a_changed_document_or_argument_makes_a_new_deployment(dev: Graph, everything: Graph) -> None:
    """A hash of the document alone would not change with an argument, and the stage would not get it."""
    trigger = dev.inputs("api-deployment")["triggers"]["redeployment"]
    assert trigger != everything.inputs("api-deployment")["triggers"]["redeployment"]
    inputs = dev.inputs("api-rest-api")
    assert trigger == _trigger(inputs["body"], rest_api.arguments(STAFF_API))
    assert trigger != _trigger(inputs["body"], {**rest_api.arguments(STAFF_API), "description": "another"})
    # The trigger covers every argument of the API.
    assert set(inputs) == {
        "body",
        *(re.sub("_(.)", lambda m: m[1].upper(), key) for key in rest_api.arguments(STAFF_API)),
    }


def test_the_stage_gets_the_new_deployment_before_the_old_one_is_deleted(graph: Graph) -> None:
    """AWS refuses to delete a deployment while a stage points to it."""
    assert graph["api-deployment"].options.delete_before_replace is False
    assert graph.sources("api-stage", "deployment") == {"api-deployment"}
    assert not {"stageName", "stageDescription"} & set(graph.inputs("api-deployment"))


def test_the_stage_name_is_the_path_that_cloudfront_forwards(graph: Graph) -> None:
    assert graph.inputs("api-stage")["stageName"] == "api"


def test_the_stage_is_not_traced_because_urls_name_people(graph: Graph) -> None:
    """A trace of the stage keeps the whole URL for 30 days. A function's own trace has no URL."""
    assert [call.path for call in CALLS if "{email}" in call.path or {"q", "customer"} & set(call.query)]
    assert graph.inputs("api-stage")["xrayTracingEnabled"] is False


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


def test_the_access_log_names_request_and_caller_by_their_ids_only(graph: Graph) -> None:
    settings = graph.inputs("api-stage")["accessLogSettings"]
    shape = json.loads(settings["format"])
    assert {"$context.requestId", "$context.extendedRequestId"} <= set(shape.values())
    assert re.findall(r"[$]context[.]authorizer[.]claims[^\"]*", settings["format"]) == [
        "$context.authorizer.claims.sub"
    ]
    assert graph.with_names(settings["destinationArn"]) == "api-logs-access"


def test_the_access_log_has_the_id_that_the_template_notes(graph: Graph) -> None:
    """The accounting reads these fields (lambdas/platform/access_log.py)."""
    shape = json.loads(graph.inputs("api-stage")["accessLogSettings"]["format"])
    template = _post(graph.document("api-rest-api", "body"))["requestTemplates"]["application/json"]
    assert template.startswith(f"#set({shape['orderID']} = ")
    assert {name: shape[name] for name in ("at", "resource", "status")} == {
        "at": "$context.requestTimeEpoch",
        "resource": "$context.resourcePath",
        "status": "$context.status",
    }


def test_the_access_log_has_no_url_and_no_text_of_the_caller(graph: Graph) -> None:
    """`resourcePath` is `/customers/{email}`. The reason why a body is invalid quotes the body."""
    logged = set(json.loads(graph.inputs("api-stage")["accessLogSettings"]["format"]).values())
    assert "$context.resourcePath" in logged
    errors = {f"$context.error.{name}" for name in ("message", "messageString", "validationErrorString")}
    assert not logged & {"$context.path", "$context.identity.userAgent", *errors}


def test_the_execution_log_group_exists_before_the_stage(graph: Graph) -> None:
    name = graph.inputs("api-execution-logs")["name"]
    assert name == f"API-Gateway-Execution-Logs_{graph['api-rest-api'].id}/api"
    assert "api-execution-logs" in graph.waits_for("api-stage")


def test_the_accounts_log_role_outlives_the_stack(dev: Graph, everything: Graph) -> None:
    """Other APIs of the account use the role too, so the role is optional and stays after a destroy."""
    for name in ("api-account", "api-logs-role", "api-logs-policy"):
        assert dev[name].options.retain_on_delete is True
        assert name in dev.waits_for("api-stage")
        assert name not in everything
    assert "api-logs-policy" in dev.waits_for("api-account")


def test_the_stack_has_no_api_logs_if_they_are_set_to_none(local: Graph) -> None:
    assert "accessLogSettings" not in local.inputs("api-stage")
    assert local.inputs("api-method-settings")["settings"]["loggingLevel"] == "OFF"
    assert not {"api-account", "api-logs-access", "api-execution-logs"} & {one.name for one in local.all()}


def test_the_gateway_answers_queued_only_if_sqs_took_the_message(document: Document) -> None:
    """A 202 without a pattern would also match a 403 of SQS, and the order would be lost."""
    responses = _post(document)["responses"]
    assert {pattern: response["statusCode"] for pattern, response in responses.items()} == {
        r"2\d{2}": "202",
        "400": "403",
        "default": "502",
    }
    assert json.loads(_body(responses[r"2\d{2}"])) == {"status": "queued"}
    assert json.loads(_body(responses["400"]))["error"]["code"] == "forbidden"
    assert json.loads(_body(responses["default"]))["error"]["code"] == "internal_error"


def test_post_orders_sends_a_form_to_the_order_queue(dev: Graph) -> None:
    post = _post(dev.document("api-rest-api", "body"))
    name = dev["orders-queue"].outputs["name"]
    assert (post["type"], post["httpMethod"]) == ("aws", "POST")
    assert post["uri"] == f"arn:aws:apigateway:eu-west-1:sqs:path/123456789012/{name}"
    assert post["requestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
    }
    assert dev.with_names(post["credentials"]) == "orders-gateway-role"


def test_the_sqs_request_says_how_when_and_by_whom_the_order_came(document: Document) -> None:
    """The request is one line, because a line break before & would become part of the previous value."""
    attributes = {
        "channel": "staff",
        "acceptedAt": "$context.requestTimeEpoch",
        "submittedBy": "$util.urlEncode($context.authorizer.claims.email)",
        "sub": "$util.urlEncode($context.authorizer.claims.sub)",
        "groups": "$util.urlEncode($context.authorizer.claims.get('cognito:groups'))",
    }
    expected = "#set($context.requestOverride.header.OrderID = $util.urlEncode($input.path('$.orderID')))"
    expected += "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
    for at, (name, value) in enumerate(attributes.items(), start=1):
        attribute = f"MessageAttribute.{at}"
        expected += f"&{attribute}.Name={name}&{attribute}.Value.DataType=String"
        expected += f"&{attribute}.Value.StringValue={value}"
    assert set(_post(document)["requestTemplates"].values()) == {expected}


def test_the_gateway_rejects_bodies_of_other_content_types(document: Document) -> None:
    """Such a body would not be validated, because it has no model. Functions check the type themselves."""
    for path, method, operation in _operations(document):
        integration = operation["x-amazon-apigateway-integration"]
        expected = None if integration["type"] == "aws_proxy" else "never"
        assert integration.get("passthroughBehavior") == expected, f"{method} {path}"
    assert GATEWAY_RESPONSES["UNSUPPORTED_MEDIA_TYPE"][:2] == (415, "unsupported_media_type")


def test_every_method_except_options_needs_an_id_token(document: Document) -> None:
    """API Gateway ignores security at the root, and with scopes it accepts access tokens only."""
    assert "security" not in document
    for path, method, operation in _operations(document):
        expected: Any = None if method == "options" else [{"staff": []}]
        assert operation.get("security") == expected, f"{method} {path}"


def test_the_authorizer_uses_the_staff_pool_and_caches_briefly(dev: Graph) -> None:
    (scheme,) = dev.document("api-rest-api", "body")["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert scheme["x-amazon-apigateway-authtype"] == "cognito_user_pools"
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert [dev.with_names(one) for one in authorizer["providerARNs"]] == ["staff-pool"]
    assert authorizer["authorizerResultTtlInSeconds"] <= 60


def test_every_call_has_its_own_function(dev: Graph) -> None:
    document = dev.document("api-rest-api", "body")
    for call in (call for call in CALLS if call.function):
        integration = document["paths"][call.path][call.method]["x-amazon-apigateway-integration"]
        (function,) = (
            one for one in dev.all("lambda.Function") if one.outputs["invokeArn"] == integration["uri"]
        )
        assert function.inputs["handler"] == f"lambdas.handlers.{call.function}.handler"
        assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")


def test_request_bodies_are_validated_against_a_referenced_model(document: Document) -> None:
    without_body = {
        ("/people/{sub}/invitation", "post"),
        ("/people/{sub}/sign-out", "post"),
        ("/shops/{shopID}/secrets", "post"),
        ("/shops/{shopID}/webhook/secrets", "post"),
        ("/shops/{shopID}/webhook/test", "post"),
        ("/shops/{shopID}/deliveries/{deliveryID}/redeliver", "post"),
        ("/sign-ins", "post"),
    }
    for path, method, operation in _operations(document):
        if (path, method) in without_body:
            assert "requestBody" not in operation
        elif method in ("post", "put", "patch"):
            content = operation["requestBody"]["content"]
            assert list(content) == ["application/json"], f"{method} {path}"
            assert list(content["application/json"]["schema"]) == ["$ref"]
            assert operation["requestBody"]["required"] is True
        if method != "options":
            (validator,) = document["x-amazon-apigateway-request-validators"].values()
            assert operation["x-amazon-apigateway-request-validator"] == openapi.VALIDATOR
            assert validator == {"validateRequestBody": True, "validateRequestParameters": True}


def test_the_models_are_the_schemas_of_functions_and_pages(document: Document) -> None:
    schemas = json.loads((ROOT / "lambdas/schemas.json").read_text())
    models = document["components"]["schemas"]
    assert {name: models[name] for name in schemas} == schemas
    assert {call.body for call in CALLS if call.body} <= set(schemas)
    assert set(models) - set(schemas) == {"Error", "ErrorDetail", "ErrorField"}


def test_models_use_no_keyword_unknown_to_api_gateway(document: Document) -> None:
    for name, model in document["components"]["schemas"].items():
        assert name.isalpha()
        assert not UNSUPPORTED & set(_keywords(model)), name


def test_request_models_forbid_additional_properties(document: Document) -> None:
    """API Gateway would keep the old value of a keyword that disappears from a model."""
    for name, model in document["components"]["schemas"].items():
        if not name.startswith("Error"):
            assert model["additionalProperties"] is False, name


def test_every_reference_names_an_existing_model(document: Document) -> None:
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
        assert all(part.strip("{}").replace("-", "").isalnum() for part in path.strip("/").split("/"))


def test_every_gateway_error_is_a_fixed_json_text(document: Document) -> None:
    """A variable may contain the caller's token, or quotes that make the body invalid JSON."""
    for kind, response in document["x-amazon-apigateway-gateway-responses"].items():
        (template,) = response["responseTemplates"].values()
        assert "$" not in template, kind
        error = json.loads(template)["error"]
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
        ("INVALID_SIGNATURE", "404", "not_found"),
        ("RESOURCE_NOT_FOUND", "404", "not_found"),
        ("UNSUPPORTED_MEDIA_TYPE", "415", "unsupported_media_type"),
        ("THROTTLED", "429", "too_many_requests"),
        ("QUOTA_EXCEEDED", "429", "too_many_requests"),
        ("INTEGRATION_TIMEOUT", "504", "internal_error"),
        # A status here would replace the status of every other response.
        ("DEFAULT_4XX", None, "bad_request"),
        ("DEFAULT_5XX", None, "internal_error"),
    ],
)
def test_a_gateway_error_has_its_status_and_code(
    document: Document, kind: str, status: str | None, code: str
) -> None:
    response = document["x-amazon-apigateway-gateway-responses"][kind]
    assert response.get("statusCode") == status
    assert f'"code":"{code}"' in response["responseTemplates"]["application/json"]


def test_there_is_no_gateway_response_for_413_or_the_firewall(document: Document) -> None:
    """API Gateway does not allow changes to the text of its 413. The firewall is in front of CloudFront."""
    assert not {"REQUEST_TOO_LARGE", "WAF_FILTERED"} & set(document["x-amazon-apigateway-gateway-responses"])


def test_gateway_errors_have_the_cors_header(document: Document) -> None:
    """Without the header, a browser shows a CORS error instead of the real 401."""
    for kind, response in document["x-amazon-apigateway-gateway-responses"].items():
        headers = response["responseParameters"]
        assert headers == {"gatewayresponse.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"}, kind
    for response in _post(document)["responses"].values():
        headers = response["responseParameters"]
        assert headers == {"method.response.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"}


def test_the_gateway_answers_preflight_requests_itself(document: Document) -> None:
    for path, operations in document["paths"].items():
        integration = operations["options"]["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["requestTemplates"]) == (
            "mock",
            {"application/json": '{"statusCode":204}'},
        )
        headers = integration["responses"]["default"]["responseParameters"]
        declared = operations["options"]["responses"]["204"]["headers"]
        assert {f"method.response.header.{name}" for name in declared} == set(headers)
        methods = {method.upper() for method in operations}
        allowed = headers["method.response.header.Access-Control-Allow-Methods"].strip("'")
        assert set(allowed.split(",")) == methods, path
        asked = headers["method.response.header.Access-Control-Allow-Headers"].strip("'").split(",")
        assert {"Authorization", "Content-Type", "If-Match", "If-None-Match"} == set(asked)


def test_a_method_declares_every_header_that_its_integration_sets(document: Document) -> None:
    for path, method, operation in _operations(document):
        for response in operation["x-amazon-apigateway-integration"].get("responses", {}).values():
            declared = operation["responses"][response["statusCode"]]["headers"]
            for name in response["responseParameters"]:
                assert name.removeprefix("method.response.header.") in declared, f"{method} {path}"


def test_the_cors_header_names_the_configured_origin_if_any(dev: Graph, local: Graph) -> None:
    assert local.inputs("api-rest-api")["body"].count("'http://localhost:8003'") > len(GATEWAY_RESPONSES)
    variables = local.inputs("products-get-function")["environment"]["variables"]
    assert variables["SHOP_CORS_ORIGIN"] == "http://localhost:8003"
    assert "SHOP_CORS_ORIGIN" not in dev.inputs("products-get-function")["environment"]["variables"]
    assert "header.Access-Control-Allow-Origin" not in dev.inputs("api-rest-api")["body"]


def test_no_header_allows_cookies_from_other_origins(document: Document) -> None:
    any_origin = openapi.document(STAFF_API, replace(TARGETS, cors_origin="*"))
    assert "Allow-Credentials" not in json.dumps([document, any_origin])


def _trigger(body: str, arguments: Any) -> str:
    return hashlib.sha256((body + json.dumps(dict(arguments), sort_keys=True)).encode()).hexdigest()


def _post(document: Document) -> Document:
    integration: Document = document["paths"]["/orders"]["post"]["x-amazon-apigateway-integration"]
    return integration


def _body(response: Document) -> str:
    return str(response["responseTemplates"]["application/json"])


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


# ---- the inbox


@pytest.fixture(scope="session")
def inbox(dev: Graph) -> Document:
    """The document of the machines' API."""
    return dev.document("inbox-api-rest-api", "body")


def test_every_call_of_a_machine_needs_the_scope_of_machines(dev: Graph, inbox: Document) -> None:
    """With a scope, API Gateway takes access tokens only. A page in a browser cannot make these calls."""
    assert "security" not in inbox
    assert {method for _, method, _ in _operations(inbox)} == {call.method for call in INBOX.calls}
    for path, method, operation in _operations(inbox):
        assert operation["security"] == [{"machine": [dev.outputs["machineScope"]]}], f"{method} {path}"
    assert "response.header.Access-Control" not in json.dumps(inbox)


def test_the_inbox_knows_the_tokens_of_the_machines_pool_only(dev: Graph, inbox: Document) -> None:
    (scheme,) = inbox["components"]["securitySchemes"].values()
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert [dev.with_names(one) for one in authorizer["providerARNs"]] == ["machines-pool"]
    assert authorizer["authorizerResultTtlInSeconds"] <= 60


def test_the_sqs_request_names_the_client_of_a_machine(dev: Graph, inbox: Document) -> None:
    """No claim of the sender's is a channel, and a machine has no groups."""
    post = _post(inbox)
    (template,) = set(post["requestTemplates"].values())
    given = dict(re.findall(r"MessageAttribute\.\d\.Name=(\w+)&.*?StringValue=([^&]*)", template))
    assert given == {
        "channel": "machine",
        "acceptedAt": "$context.requestTimeEpoch",
        "sub": "$util.urlEncode($context.authorizer.claims.client_id)",
    }
    same = ("uri", "credentials", "passthroughBehavior", "requestParameters")
    staff = _post(dev.document("api-rest-api", "body"))
    assert {name: post[name] for name in same} == {name: staff[name] for name in same}


def test_the_inbox_answers_queued_only_if_sqs_took_the_message(inbox: Document) -> None:
    """A machine has no groups, so that SQS refuses its order for the content only."""
    responses = _post(inbox)["responses"]
    statuses = {pattern: response["statusCode"] for pattern, response in responses.items()}
    assert statuses == {r"2\d{2}": "202", "400": "400", "default": "502"}
    assert json.loads(_body(responses["400"]))["error"]["code"] == "bad_request"
    assert set(statuses.values()) <= inbox["paths"]["/orders"]["post"]["responses"].keys()


def test_machines_and_staff_send_the_same_body(dev: Graph, inbox: Document) -> None:
    for name in ("requestBody", "x-amazon-apigateway-request-validator"):
        staff = dev.document("api-rest-api", "body")["paths"]["/orders"]["post"]
        assert inbox["paths"]["/orders"]["post"][name] == staff[name]
    assert inbox["components"]["schemas"] == dev.document("api-rest-api", "body")["components"]["schemas"]


def test_errors_of_the_inbox_tell_nobody_to_sign_in(inbox: Document) -> None:
    responses = inbox["x-amazon-apigateway-gateway-responses"]
    assert responses.keys() == GATEWAY_RESPONSES.keys()
    for kind, response in responses.items():
        assert response.get("statusCode") == (
            str(GATEWAY_RESPONSES[kind][0]) if GATEWAY_RESPONSES[kind][0] else None
        )
        assert (
            json.loads(response["responseTemplates"]["application/json"])["error"]["code"]
            == (GATEWAY_RESPONSES[kind][1])
        )
    assert "ign in" not in json.dumps([responses, _post(inbox)])


def test_the_inbox_has_limits_and_logs_of_its_own(everything: Graph) -> None:
    settings, staff = (everything.inputs(f"{one}-method-settings") for one in ("inbox-api", "api"))
    assert settings["settings"] == staff["settings"]
    assert settings["restApi"] == everything["inbox-api-rest-api"].id != staff["restApi"]
    stages = [everything.inputs(f"{one}-stage")["accessLogSettings"] for one in ("inbox-api", "api")]
    assert [everything.with_names(one["destinationArn"]) for one in stages] == [
        "inbox-logs-access",
        "api-logs-access",
    ]
    assert stages[0]["format"] == stages[1]["format"]


def test_the_inbox_is_deployed_after_the_api_of_staff(dev: Graph) -> None:
    """An account may create one deployment every 5 s, and the other API sets the role for logs."""
    assert {"api-stage", "api-account"} <= dev.waits_for("inbox-api-deployment")
    assert not [name for name in dev.waits_for("api-stage") if name.startswith("inbox-api-")]
