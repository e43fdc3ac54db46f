"""API Gateway's REST APIs."""

from __future__ import annotations

from typing import Any

from local.provider.inputs import Given, UnsupportedError
from local.provider.kind import ExistingResource, Kind, Made
from local.provider.openapi import ApiBuilder

# The path of each setting in UpdateStage's patch operations:
# https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
SETTING_PATHS = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
}


class RestApi(Kind):
    """A REST API, built from its OpenAPI document."""

    token = "aws:apigateway/restApi:RestApi"
    service = "apigateway"
    named = "name"
    look, remove = "get_rest_api", "delete_rest_api"
    in_place = frozenset({"body", "description"})

    def create(self, given: Given) -> Made:
        body = given.take("body")
        request = given.place(
            self.client,
            "create_rest_api",
            endpointConfiguration=_endpoint(given.part("endpointConfiguration")),
        )
        api = self.client.create_rest_api(**request)["id"]
        root = self._root(api)
        self._build(api, root, body)
        return api, {
            "arn": f"arn:aws:apigateway:{self.aws.region}::/restapis/{api}",
            "executionArn": self.aws.arn("execute-api", api),
            "rootResourceId": root,
        }

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        body, description = given.take("body"), given.take("description", "")
        given.drop("name", "endpointConfiguration")
        given.finish()
        change = {"op": "replace", "path": "/description", "value": description}
        self.client.update_rest_api(restApiId=old.id, patchOperations=[change])
        self._clear(old.id)
        ApiBuilder(self.client, old.id, self._root(old.id)).build(body)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"restApiId": old.id}

    def _build(self, api: str, root: str, body: str | None) -> None:
        try:
            if body:
                ApiBuilder(self.client, api, root).build(body)
        except Exception:
            self.client.delete_rest_api(restApiId=api)  # an incomplete API is useless
            raise

    def _root(self, api: str) -> str:
        return next(str(one["id"]) for one in self._resources(api) if one["path"] == "/")

    def _resources(self, api: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get_resources(restApiId=api, limit=500)["items"]
        return found

    def _clear(self, api: str) -> None:
        """Delete everything built from the last document. The stage's deployment stays in service."""
        for resource in sorted(self._resources(api), key=lambda one: -one["path"].count("/")):
            if resource["path"] != "/":
                self.client.delete_resource(restApiId=api, resourceId=resource["id"])
            for method in resource.get("resourceMethods", {}) if resource["path"] == "/" else ():
                self.client.delete_method(restApiId=api, resourceId=resource["id"], httpMethod=method)
        for plural, singular, key in (
            ("authorizers", "authorizer", "id"),
            ("models", "model", "name"),
            ("request_validators", "request_validator", "id"),
        ):
            self._clear_all(api, plural, singular, key)
        for response in self.client.get_gateway_responses(restApiId=api)["items"]:
            if not response["defaultResponse"]:
                self.client.delete_gateway_response(restApiId=api, responseType=response["responseType"])

    def _clear_all(self, api: str, plural: str, singular: str, key: str) -> None:
        camel = "".join(part.title() for part in singular.split("_"))
        parameter = f"{camel[0].lower()}{camel[1:]}{key.title()}"
        for one in getattr(self.client, f"get_{plural}")(restApiId=api)["items"]:
            getattr(self.client, f"delete_{singular}")(restApiId=api, **{parameter: one[key]})


def _endpoint(given: Given) -> dict[str, list[str]]:
    types = given.take("types", "EDGE")
    given.finish()
    return {"types": [types] if isinstance(types, str) else types}


class Deployment(Kind):
    """A deployment of an API, which a stage serves. A change of its triggers replaces it."""

    token = "aws:apigateway/deployment:Deployment"
    service = "apigateway"
    look, remove = "get_deployment", "delete_deployment"

    def create(self, given: Given) -> Made:
        given.take("triggers")
        request = given.place(self.client, "create_deployment", {"restApi": "restApiId"})
        return self.client.create_deployment(**request)["id"], {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"restApiId": old["restApi"], "deploymentId": old.id}


class Stage(Kind):
    """A stage, which serves a deployment at a path."""

    token = "aws:apigateway/stage:Stage"
    service = "apigateway"
    alone = True
    look, remove = "get_stage", "delete_stage"
    in_place = frozenset(
        {"accessLogSettings", "deployment", "description", "variables", "xrayTracingEnabled"}
    )

    def create(self, given: Given) -> Made:
        log = given.part("accessLogSettings")
        changes = _access_log(log)
        renames = {
            "restApi": "restApiId",
            "deployment": "deploymentId",
            "xrayTracingEnabled": "tracingEnabled",
        }
        request = given.place(self.client, "create_stage", renames)
        self.client.create_stage(**request)
        api, name = request["restApiId"], request["stageName"]
        self._patch(api, name, changes)
        path = f"/_aws/execute-api/{api}/{name}"
        return name, {
            "invokeUrl": f"http://localhost:{self.aws.port}{path}",
            "executionArn": self.aws.arn("execute-api", f"{api}/{name}"),
            "arn": f"arn:aws:apigateway:{self.aws.region}::/restapis/{api}/stages/{name}",
        }

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("restApi", "stageName")
        changes = {
            **_access_log(given.part("accessLogSettings")),
            "/deploymentId": given.take("deployment"),
            "/description": given.take("description", ""),
            "/tracingEnabled": str(given.take("xrayTracingEnabled", False)).lower(),
        }
        variables = {f"/variables/{key}": value for key, value in given.take("variables", {}).items()}
        given.finish()
        self._patch(old["restApi"], old.id, {**changes, **variables})
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"restApiId": old["restApi"], "stageName": old.id}

    def _patch(self, api: str, name: str, changes: dict[str, str]) -> None:
        operations = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
        self.client.update_stage(restApiId=api, stageName=name, patchOperations=operations)


def _access_log(settings: Given) -> dict[str, str]:
    changes = {
        "/accessLogSettings/destinationArn": settings.take("destinationArn"),
        "/accessLogSettings/format": settings.take("format"),
    }
    settings.finish()
    return {path: value for path, value in changes.items() if value}


class MethodSettings(Kind):
    """The throttling and logging settings of a stage's methods."""

    token = "aws:apigateway/methodSettings:MethodSettings"
    service = "apigateway"
    alone = True
    in_place = frozenset({"settings"})
    remove = "update_stage"

    def create(self, given: Given) -> Made:
        api, stage, path = (given.take(name) for name in ("restApi", "stageName", "methodPath"))
        settings = given.take("settings")
        given.finish()
        if unknown := [name for name in settings if name not in SETTING_PATHS]:
            raise UnsupportedError(f"settings.{', settings.'.join(unknown)}: nothing here has a place for it")
        operations = [
            {"op": "replace", "path": f"/{path}/{SETTING_PATHS[name]}", "value": str(value).lower()}
            for name, value in settings.items()
        ]
        operations = [{**one, "value": _setting_value(one)} for one in operations]
        self.client.update_stage(restApiId=api, stageName=stage, patchOperations=operations)
        return f"{api}-{stage}-{path}", {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        change = {"op": "remove", "path": f"/{old['methodPath']}"}
        return {"restApiId": old["restApi"], "stageName": old["stageName"], "patchOperations": [change]}


def _setting_value(operation: dict[str, str]) -> str:
    """Return the operation's value, in capitals if the setting is a log level."""
    return operation["value"].upper() if operation["path"].endswith("loglevel") else operation["value"]


class Account(Kind):
    """The role with which every API of the account and region writes logs. AWS has no call to remove it."""

    token = "aws:apigateway/account:Account"
    service = "apigateway"
    alone = True
    in_place = frozenset({"cloudwatchRoleArn"})
    remove = "update_account"

    def create(self, given: Given) -> Made:
        role = given.take("cloudwatchRoleArn", "")
        given.finish()
        change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
        self.client.update_account(patchOperations=[change])
        return "api-gateway-account", {}

    def where(self, old: ExistingResource) -> dict[str, Any]:  # noqa: ARG002
        return {"patchOperations": []}


class ApiKey(Kind):
    """An API key. Only its value is used here, which is a random secret."""

    token = "aws:apigateway/apiKey:ApiKey"
    service = "apigateway"
    named = "name"
    look, remove = "get_api_key", "delete_api_key"

    def create(self, given: Given) -> Made:
        key = self.client.create_api_key(**given.place(self.client, "create_api_key"))
        return key["id"], {"value": key["value"]}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"apiKey": old.id}
