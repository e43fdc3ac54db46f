"""SQS queues and their policies."""

from __future__ import annotations

import json
from typing import Any

from local.provider.inputs import Given, UnsupportedError, text
from local.provider.kind import ExistingResource, Kind, Made

ATTRIBUTE_NAMES = {
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(Kind):
    """An SQS queue."""

    token = "aws:sqs/queue:Queue"
    service = "sqs"
    named = "name"
    in_place = frozenset(
        {"delaySeconds", "kmsMasterKeyId", "redriveAllowPolicy", "redrivePolicy", "sqsManagedSseEnabled"}
        | set(ATTRIBUTE_NAMES)
    )
    keeps_data = True
    look, remove = "get_queue_attributes", "delete_queue"

    def create(self, given: Given) -> Made:
        name = given.take("name")
        answer = self.client.create_queue(QueueName=name, Attributes=self._attributes(given))
        return answer["QueueUrl"], {"url": answer["QueueUrl"], "arn": self.aws.arn("sqs", name)}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name")
        self.client.set_queue_attributes(QueueUrl=old.id, Attributes=self._attributes(given))
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"QueueUrl": old.id}

    def _attributes(self, given: Given) -> dict[str, str]:
        known = self.client.meta.service_model.shape_for("QueueAttributeName").enum
        by_name = {one.lower(): one for one in known}
        return {_attribute(name, by_name): text(value) for name, value in given.rest().items()}


def _attribute(name: str, known: dict[str, str]) -> str:
    if (found := known.get(ATTRIBUTE_NAMES.get(name, name).lower())) is None:
        raise UnsupportedError(f"{name}: no queue has such an attribute")
    return found


class QueuePolicy(Kind):
    """A queue's policy.

    The account's owner is added to it, because on this machine the owner is the operator, who may send, read
    and redrive messages by hand as in the operator guide.
    """

    token = "aws:sqs/queuePolicy:QueuePolicy"
    service = "sqs"
    alone = True
    in_place = frozenset({"policy"})

    def create(self, given: Given) -> Made:
        url, policy = given.take("queueUrl"), given.take("policy")
        given.finish()
        opened = allow_operator(policy, f"arn:aws:iam::{self.aws.account}:root")
        self.client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": opened})
        return url, {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"QueueUrl": old.id}

    def delete(self, old: ExistingResource) -> None:
        self.client.set_queue_attributes(**self.where(old), Attributes={"Policy": ""})


def allow_operator(policy: str, arn: str) -> str:
    """Return the policy with `arn` added to the exceptions of each Deny that has exceptions."""
    document = json.loads(policy)
    for statement in document["Statement"]:
        others = statement.get("Condition", {}).get("ArnNotEquals", {})
        if statement["Effect"] == "Deny" and "aws:PrincipalArn" in others:
            others["aws:PrincipalArn"] = [*_as_list(others["aws:PrincipalArn"]), arn]
    return json.dumps(document)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
