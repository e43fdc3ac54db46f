"""DynamoDB tables."""

from __future__ import annotations

import json
from typing import Any

from local.provider.inputs import NO_RENAMES, Given
from local.provider.kind import ExistingResource, Kind, Made, pairs

Index = dict[str, Any]


class Table(Kind):
    """A table with its indexes, stream, time to live and point-in-time recovery."""

    token = "aws:dynamodb/table:Table"
    service = "dynamodb"
    named = "name"
    in_place = frozenset(
        {"attributes", "billingMode", "deletionProtectionEnabled", "globalSecondaryIndexes"}
        | {"pointInTimeRecovery", "streamEnabled", "streamViewType", "ttl"}
    )
    keeps_data = True
    look, remove = "describe_table", "delete_table"

    def create(self, given: Given) -> Made:
        extra_calls = self._extra_calls(given)
        indexes = _indexes(given)
        request = given.place(
            self.client,
            "create_table",
            {"name": "TableName"},
            AttributeDefinitions=_attributes(given),
            KeySchema=_keys(given),
            Tags=pairs(given.take("tags")),
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            **_stream(given),
        )
        table = self.client.create_table(**request)["TableDescription"]
        self._make_calls(request["TableName"], extra_calls)
        return request["TableName"], {"arn": table["TableArn"], "streamArn": table.get("LatestStreamArn", "")}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name", "hashKey", "rangeKey")
        extra_calls, stream = self._extra_calls(given), _stream(given)
        attributes, indexes = _attributes(given), _indexes(given)
        settings = given.place(self.client, "update_table")
        self._change_indexes(old.id, _indexes(Given(old.properties)), indexes, attributes)
        if settings:
            self.client.update_table(TableName=old.id, **settings)
        self._make_calls(old.id, extra_calls)
        return self._switch_stream(old, stream)

    def _switch_stream(self, old: ExistingResource, stream: dict[str, Any]) -> dict[str, Any]:
        """Give the table the stream that it should have by now, and return what changed of its outputs."""
        if stream == _stream(Given(old.properties)):
            return {}
        wanted = stream or {"StreamSpecification": {"StreamEnabled": False}}
        table = self.client.update_table(TableName=old.id, **wanted)["TableDescription"]
        return {"streamArn": table.get("LatestStreamArn", "") if stream else ""}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"TableName": old.id}

    def _change_indexes(self, id: str, before: list[Index], now: list[Index], attributes: Any) -> None:
        for index in before:
            if index not in now:
                self._change_index(id, {"Delete": {"IndexName": index["IndexName"]}}, attributes)
        for index in now:
            if index not in before:
                self._change_index(id, {"Create": index}, attributes)

    def _change_index(self, id: str, change: dict[str, Any], attributes: Any) -> None:
        self.client.update_table(
            TableName=id, AttributeDefinitions=attributes, GlobalSecondaryIndexUpdates=[change]
        )

    def _extra_calls(self, given: Given) -> dict[str, dict[str, Any]]:
        """Take the settings that need calls of their own, and return the parameters by call."""
        wanted = {
            "update_time_to_live": ("ttl", "TimeToLiveSpecification", NO_RENAMES),
            "update_continuous_backups": (
                "pointInTimeRecovery",
                "PointInTimeRecoverySpecification",
                {"enabled": "PointInTimeRecoveryEnabled"},
            ),
        }
        filled = {
            call: {into: given.part(name).fill(self._shape(call, into), renames)}
            for call, (name, into, renames) in wanted.items()
        }
        return {call: request for call, request in filled.items() if any(request.values())}

    def _make_calls(self, id: str, extra_calls: dict[str, dict[str, Any]]) -> None:
        for call, request in extra_calls.items():
            getattr(self.client, call)(TableName=id, **request)

    def _shape(self, call: str, part: str) -> Any:
        model = self.client.meta.service_model
        return model.operation_model(self.client.meta.method_to_api_mapping[call]).input_shape.members[part]


def _attributes(given: Given) -> list[dict[str, str]]:
    return [
        {"AttributeName": one.take("name"), "AttributeType": one.take("type")}
        for one in given.parts("attributes")
    ]


def _keys(given: Given) -> list[dict[str, str]]:
    names = {"HASH": given.take("hashKey"), "RANGE": given.take("rangeKey")}
    return [{"AttributeName": name, "KeyType": kind} for kind, name in names.items() if name]


def _indexes(given: Given) -> list[Index]:
    return [_index(one) for one in given.parts("globalSecondaryIndexes")]


def _index(given: Given) -> Index:
    projection = {"ProjectionType": given.take("projectionType")}
    if attributes := given.take("nonKeyAttributes"):
        projection["NonKeyAttributes"] = attributes
    index = {"IndexName": given.take("name"), "KeySchema": _index_keys(given), "Projection": projection}
    given.finish()
    return index


def _index_keys(given: Given) -> list[dict[str, str]]:
    """Return the keys of an index. The state of an older program may have them as hashKey and rangeKey."""
    schemas = [one.rest() for one in given.parts("keySchemas")]
    keys = [{"AttributeName": one["attributeName"], "KeyType": one["keyType"]} for one in schemas]
    return keys or _keys(given)


def _stream(given: Given) -> dict[str, Any]:
    enabled, view = given.take("streamEnabled"), given.take("streamViewType")
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if enabled else {}


class TableItem(Kind):
    """An item that the program itself keeps in a table."""

    token = "aws:dynamodb/tableItem:TableItem"
    service = "dynamodb"
    alone = True
    remove = "delete_item"
    in_place = frozenset({"item"})

    def create(self, given: Given) -> Made:
        names = [given.take("hashKey"), given.take("rangeKey")]
        request = self._request(given)
        self.client.put_item(**request)
        keys = [request["Item"][name]["S"] for name in names if name]
        return "|".join([request["TableName"], *keys]), {}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:  # noqa: ARG002
        given.drop("hashKey", "rangeKey")
        self.client.put_item(**self._request(given))
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        item = json.loads(old["item"])
        names = (old["hashKey"], old.properties.get("rangeKey"))
        return {"TableName": old["tableName"], "Key": {name: item[name] for name in names if name}}

    def exists(self, old: ExistingResource) -> bool:
        try:
            return "Item" in self.client.get_item(**self.where(old))
        except self.client.exceptions.ResourceNotFoundException:
            return False

    def _request(self, given: Given) -> dict[str, Any]:
        item = json.loads(given.take("item"))
        return given.place(self.client, "put_item", Item=item)
