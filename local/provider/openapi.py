"""Build a REST API from an OpenAPI document, with one call for each part.

API Gateway imports a whole document; the emulator's import supports only parts of it. Everything in the
document is either built here or raises an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.provider.inputs import Given, UnsupportedError

Document = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
EXTENSION = "x-amazon-apigateway-"
PARAMETER_LOCATIONS = {"path": "path", "query": "querystring", "header": "header"}
# Fields without an effect on the API.
DOCUMENTATION_FIELDS = ("summary", "description", "operationId", "tags")


class ApiBuilder:
    """Builds one API from one document."""

    def __init__(self, client: Any, api: str, root: str) -> None:
        """Take a boto3 client for `apigateway`, the API's id and the id of its root resource."""
        self._client, self._api = client, api
        self._resources = {"": root}
        self._authorizers: dict[str, tuple[str, str]] = {}
        self._validators: dict[str, str] = {}

    def build(self, text: str) -> None:
        """Build everything in the document. Raises UnsupportedError for a part that is not supported."""
        document = Given(json.loads(text), "body")
        paths = document.take("paths", {})
        components = document.part("components")
        validators = document.take(f"{EXTENSION}request-validators", {})
        responses = document.take(f"{EXTENSION}gateway-responses", {})
        for known in ("openapi", "info"):
            document.take(known)
        document.finish()
        operations = [_operation(path, method, one) for path, method, one in _operations(paths)]
        self._components(components)
        for name, validator in validators.items():
            self._validators[name] = self._call("create_request_validator", {"name": name, **validator})["id"]
        for operation in operations:
            self._method(operation)
        for kind, response in responses.items():
            self._gateway_response(kind, response)

    def _components(self, components: Given) -> None:
        schemas, schemes = components.take("schemas", {}), components.take("securitySchemes", {})
        components.finish()
        for name, schema in schemas.items():
            model = {"name": name, "contentType": "application/json", "schema": self._schema(schema)}
            self._call("create_model", model)
        for name, scheme in schemes.items():
            self._authorizer(name, Given(scheme, f"body.components.securitySchemes.{name}"))

    def _schema(self, schema: Document) -> str:
        """Return the text of a model, in which references to other models are URLs."""
        models = f"https://apigateway.amazonaws.com/restapis/{self._api}/models/"
        return json.dumps(schema).replace("#/components/schemas/", models)

    def _authorizer(self, name: str, scheme: Given) -> None:
        authorizer = scheme.part(f"{EXTENSION}authorizer")
        header, kind = scheme.take("name"), authorizer.take("type")
        if (scheme.take("type"), scheme.take("in"), kind) != ("apiKey", "header", "cognito_user_pools"):
            raise UnsupportedError(
                f"securitySchemes.{name}: only a user pool's token in a header is known here"
            )
        scheme.take(f"{EXTENSION}authtype")
        scheme.finish()
        request = {"name": name, "type": kind.upper(), "identitySource": f"method.request.header.{header}"}
        id = self._call("create_authorizer", authorizer.place(self._client, "create_authorizer", **request))[
            "id"
        ]
        self._authorizers[name] = (kind.upper(), id)

    def _method(self, operation: Operation) -> None:
        at = {"resourceId": self._resource(operation.path), "httpMethod": operation.method.upper()}
        request = {**at, **self._security(operation.given), **self._validator(operation.given)}
        parameters, models = _parameters(operation.given), _models(operation.given)
        responses = operation.given.take("responses", {})
        integration = operation.given.part(f"{EXTENSION}integration")
        operation.given.finish()
        self._call("put_method", {**request, "requestParameters": parameters, "requestModels": models})
        for status, response in responses.items():
            self._call("put_method_response", {**at, **_method_response(status, response)})
        self._integration(at, integration)

    def _security(self, operation: Given) -> dict[str, Any]:
        schemes = [scheme for one in operation.take("security", []) for scheme in one.items()]
        if not schemes:
            return {"authorizationType": "NONE"}
        name, scopes = schemes[0]
        kind, id = self._authorizers[name]
        return {"authorizationType": kind, "authorizerId": id, "authorizationScopes": scopes}

    def _validator(self, operation: Given) -> dict[str, str]:
        name = operation.take(f"{EXTENSION}request-validator")
        return {"requestValidatorId": self._validators[name]} if name else {}

    def _integration(self, at: Mapping[str, str], integration: Given) -> None:
        responses = integration.take("responses", {})
        fixed = {
            "type": integration.take("type").upper(),
            "passthroughBehavior": integration.take("passthroughBehavior", "when_no_match").upper(),
            "restApiId": self._api,
            **at,
        }
        renames = {"httpMethod": "integrationHttpMethod"}
        self._client.put_integration(**integration.place(self._client, "put_integration", renames, **fixed))
        for pattern, response in responses.items():
            chosen = {} if pattern == "default" else {"selectionPattern": pattern}
            self._call("put_integration_response", {**at, **response, **chosen})

    def _gateway_response(self, kind: str, response: Document) -> None:
        given = Given(response, f"body.{EXTENSION}gateway-responses.{kind}")
        request = given.place(self._client, "put_gateway_response", responseType=kind)
        self._call("put_gateway_response", request)

    def _resource(self, path: str) -> str:
        """Return the id of the resource at `path`, and create it and its parents if they do not exist."""
        path = path.rstrip("/")
        if path not in self._resources:
            above, _, part = path.rpartition("/")
            made = self._call("create_resource", {"parentId": self._resource(above), "pathPart": part})
            self._resources[path] = made["id"]
        return self._resources[path]

    def _call(self, call: str, request: Mapping[str, Any]) -> dict[str, Any]:
        response: dict[str, Any] = getattr(self._client, call)(restApiId=self._api, **request)
        return response


class Operation:
    """One method of one path, and its part of the document."""

    def __init__(self, path: str, method: str, given: Given) -> None:
        self.path, self.method, self.given = path, method, given


def _operations(paths: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            if method not in METHODS:
                raise UnsupportedError(f"body.paths.{path}.{method}: no method that is known here")
            yield path, method, operation


def _operation(path: str, method: str, document: Document) -> Operation:
    given = Given(document, f"body.paths.{path}.{method}")
    for name in DOCUMENTATION_FIELDS:
        given.take(name)
    return Operation(path, method, given)


def _parameters(operation: Given) -> dict[str, bool]:
    return {
        f"method.request.{PARAMETER_LOCATIONS[one['in']]}.{one['name']}": bool(one.get("required"))
        for one in operation.take("parameters", [])
    }


def _models(operation: Given) -> dict[str, str]:
    content = operation.take("requestBody", {}).get("content", {})
    return {kind: _model(one) for kind, one in content.items()}


def _model(content: Document) -> str:
    return str(content["schema"]["$ref"]).rsplit("/", 1)[1]


def _method_response(status: str, response: Document) -> dict[str, Any]:
    headers = {f"method.response.header.{name}": False for name in response.get("headers", {})}
    models = {kind: _model(one) for kind, one in response.get("content", {}).items()}
    return {"statusCode": status, "responseParameters": headers, "responseModels": models}
