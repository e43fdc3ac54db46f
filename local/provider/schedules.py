"""EventBridge's rules and their targets."""

from __future__ import annotations

from typing import Any

from local.provider.inputs import Given
from local.provider.kind import ExistingResource, Kind, Made


class EventRule(Kind):
    """A rule that calls its targets regularly."""

    token = "aws:cloudwatch/eventRule:EventRule"
    service = "events"
    named = "name"
    look, remove = "describe_rule", "delete_rule"
    in_place = frozenset({"description", "scheduleExpression", "state"})

    def create(self, given: Given) -> Made:
        request = given.place(self.client, "put_rule")
        return request["Name"], {"arn": self.client.put_rule(**request)["RuleArn"]}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Name": old.id}


class EventTarget(Kind):
    """A function that a rule calls."""

    token = "aws:cloudwatch/eventTarget:EventTarget"
    service = "events"
    named = "targetId"

    def create(self, given: Given) -> Made:
        rule, target = given.take("rule"), {"Id": given.take("targetId"), "Arn": given.take("arn")}
        given.finish()
        self.client.put_targets(Rule=rule, Targets=[target])
        return f"{rule}-{target['Id']}", {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"Rule": old["rule"], "Ids": [old["targetId"]]}

    def delete(self, old: ExistingResource) -> None:
        self.client.remove_targets(**self.where(old))
