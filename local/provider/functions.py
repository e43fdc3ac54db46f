"""Lambda functions, their permissions, event source mappings and log groups."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from typing import Any, ClassVar

from local.properties import Archive
from local.provider.inputs import Given, Renames
from local.provider.kind import ExistingResource, Kind, Made


class Function(Kind):
    """A Lambda function with its code."""

    token = "aws:lambda/function:Function"
    service = "lambda"
    named = "name"
    look, remove = "get_function", "delete_function"
    in_place = frozenset(
        {"architectures", "code", "description", "environment", "handler", "layers", "loggingConfig"}
        | {"memorySize", "role", "runtime", "timeout", "tracingConfig"}
    )

    def create(self, given: Given) -> Made:
        code = {"ZipFile": zipped(given.take("code"))}
        request = given.place(self.client, "create_function", {"name": "FunctionName"}, Code=code)
        made = self.client.create_function(**request)
        return made["FunctionName"], self._outputs(made["FunctionArn"])

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name", "tags")
        code, built_for = given.take("code"), given.take("architectures")
        settings = given.place(self.client, "update_function_configuration", FunctionName=old.id)
        if (code, built_for) != (old["code"], old.properties.get("architectures")):
            self.client.update_function_code(
                FunctionName=old.id, ZipFile=zipped(code), Architectures=built_for or ["x86_64"]
            )
        self.client.update_function_configuration(**settings)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"FunctionName": old.id}

    def _outputs(self, arn: str) -> dict[str, Any]:
        path = f"lambda:path/2015-03-31/functions/{arn}/invocations"
        return {"arn": arn, "invokeArn": f"arn:aws:apigateway:{self.aws.region}:{path}"}


@lru_cache(maxsize=2)  # all functions have one archive, and a layer another
def zipped(archive: Archive) -> bytes:
    """Return the archive as a zip file, with the same bytes for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as zipped_files:
        for name, content in archive.files.items():
            zipped_files.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


class LayerVersion(Kind):
    """A version of a layer, with its files. A change of them makes a new version."""

    token = "aws:lambda/layerVersion:LayerVersion"
    service = "lambda"
    look, remove = "get_layer_version", "delete_layer_version"

    def create(self, given: Given) -> Made:
        code = {"ZipFile": zipped(given.take("code"))}
        request = given.place(self.client, "publish_layer_version", Content=code)
        made = self.client.publish_layer_version(**request)
        arn = made["LayerVersionArn"]
        return arn, {"arn": arn, "layerArn": made["LayerArn"], "version": str(made["Version"])}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"LayerName": old["layerName"], "VersionNumber": int(old["version"])}


class Permission(Kind):
    """A statement in a function's policy that lets a principal call it."""

    token = "aws:lambda/permission:Permission"
    service = "lambda"
    named = "statementId"
    remove = "remove_permission"

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "add_permission", {"function": "FunctionName"})
        self.client.add_permission(**request)
        return request["StatementId"], {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"FunctionName": old["function"], "StatementId": old.id}


class EventSourceMapping(Kind):
    """A mapping that invokes a function with the records of a queue or a stream."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"
    service = "lambda"
    look, remove = "get_event_source_mapping", "delete_event_source_mapping"
    in_place = frozenset(
        {"batchSize", "bisectBatchOnFunctionError", "destinationConfig", "enabled", "filterCriteria"}
        | {"functionName", "functionResponseTypes", "maximumBatchingWindowInSeconds"}
        | {"maximumRecordAgeInSeconds", "maximumRetryAttempts", "parallelizationFactor", "scalingConfig"}
    )
    renames: ClassVar[Renames] = {"destinationConfig.onFailure.destinationArn": "Destination"}

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "create_event_source_mapping", self.renames)
        made = self.client.create_event_source_mapping(**request)
        return made["UUID"], {"uuid": made["UUID"], "arn": self._arn(made["UUID"])}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("eventSourceArn", "startingPosition")
        request = given.place(self.client, "update_event_source_mapping", self.renames, UUID=old.id)
        self.client.update_event_source_mapping(**request)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"UUID": old.id}

    def _arn(self, id: str) -> str:
        return self.aws.arn("lambda", f"event-source-mapping:{id}")


class LogGroup(Kind):
    """A log group and its retention in days."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    service = "logs"
    named = "name"
    remove = "delete_log_group"
    in_place = frozenset({"retentionInDays"})

    def create(self, given: Given) -> Made:
        days = given.take("retentionInDays")
        request = given.place(self.client, "create_log_group", {"name": "logGroupName"})
        self.client.create_log_group(**request)
        self._set_retention(request["logGroupName"], days)
        return request["logGroupName"], {"arn": self.aws.arn("logs", f"log-group:{request['logGroupName']}")}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        self._set_retention(old.id, given.take("retentionInDays"))
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"logGroupName": old.id}

    def _set_retention(self, name: str, days: int | None) -> None:
        if days:
            self.client.put_retention_policy(logGroupName=name, retentionInDays=days)
