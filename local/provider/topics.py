"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from typing import Any

from local.provider.inputs import Given, UnsupportedError, text
from local.provider.kind import ExistingResource, Kind, Made, pairs

# From https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
TOPIC_ATTRIBUTES = ("DeliveryPolicy", "DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")
# From https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
SUBSCRIPTION_ATTRIBUTES = (
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
)


class Topic(Kind):
    """An SNS topic."""

    token = "aws:sns/topic:Topic"
    service = "sns"
    named = "name"
    look, remove = "get_topic_attributes", "delete_topic"
    in_place = frozenset({"displayName", "kmsMasterKeyId", "signatureVersion", "tracingConfig"})

    def create(self, given: Given) -> Made:
        name, tags = given.take("name"), pairs(given.take("tags"))
        arn = self.client.create_topic(Name=name, Attributes=_attributes(given, TOPIC_ATTRIBUTES), Tags=tags)[
            "TopicArn"
        ]
        return arn, {"arn": arn}

    def update(self, old: ExistingResource, given: Given) -> dict[str, Any]:
        given.drop("name")
        for name, value in _attributes(given, TOPIC_ATTRIBUTES).items():
            self.client.set_topic_attributes(TopicArn=old.id, AttributeName=name, AttributeValue=value)
        return {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"TopicArn": old.id}


class TopicPolicy(Kind):
    """A topic's policy. Its deletion restores AWS's default policy."""

    token = "aws:sns/topicPolicy:TopicPolicy"
    service = "sns"
    alone = True
    in_place = frozenset({"policy"})

    def create(self, given: Given) -> Made:
        arn, policy = given.take("arn"), given.take("policy")
        given.finish()
        self.client.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
        return arn, {}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"TopicArn": old.id}

    def delete(self, old: ExistingResource) -> None:
        self.client.set_topic_attributes(**self.where(old), AttributeName="Policy", AttributeValue="")


class TopicSubscription(Kind):
    """A subscription of a topic. Mail to an address is not sent here; the mailbox shows it instead."""

    token = "aws:sns/topicSubscription:TopicSubscription"
    service = "sns"
    alone = True
    look, remove = "get_subscription_attributes", "unsubscribe"

    def create(self, given: Given) -> Made:
        topic, protocol, endpoint = (given.take(name) for name in ("topic", "protocol", "endpoint"))
        answer = self.client.subscribe(
            TopicArn=topic,
            Protocol=protocol,
            Endpoint=endpoint,
            Attributes=_attributes(given, SUBSCRIPTION_ATTRIBUTES),
            ReturnSubscriptionArn=True,
        )
        return answer["SubscriptionArn"], {"arn": answer["SubscriptionArn"]}

    def where(self, old: ExistingResource) -> dict[str, Any]:
        return {"SubscriptionArn": old.id}


def _attributes(given: Given, known: tuple[str, ...]) -> dict[str, str]:
    by_name = {one.lower(): one for one in known}
    rest = given.rest()
    if unknown := [name for name in rest if name.lower() not in by_name]:
        raise UnsupportedError(f"{', '.join(unknown)}: SNS has no such attribute")
    return {by_name[name.lower()]: text(value) for name, value in rest.items()}
