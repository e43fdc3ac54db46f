"""SES configuration sets and their event destinations. The emulator publishes no events."""

from __future__ import annotations

from local.provider.inputs import Given
from local.provider.kind import ExistingResource, Kind, Made


class ConfigurationSet(Kind):
    """A configuration set of SES."""

    token = "aws:ses/configurationSet:ConfigurationSet"
    service = "ses"
    named = "name"
    remove = "delete_configuration_set"

    def create(self, given: Given) -> Made:
        name = given.take("name")
        given.finish()
        self.client.create_configuration_set(ConfigurationSet={"Name": name})
        return name, {"arn": self.aws.arn("ses", f"configuration-set/{name}")}

    def where(self, old: ExistingResource) -> dict[str, str]:
        return {"ConfigurationSetName": old.id}


class EventDestination(Kind):
    """An event destination of a configuration set. It is noted and nothing more: there are no events here."""

    token = "aws:ses/eventDestination:EventDestination"
    service = "ses"
    named = "name"

    def create(self, given: Given) -> Made:
        name = given.take("name")
        for one in ("configurationSetName", "enabled", "matchingTypes", "snsDestination"):
            given.take(one)
        given.finish()
        return name, {}

    def delete(self, old: ExistingResource) -> None:
        """Delete nothing."""

    def where(self, old: ExistingResource) -> dict[str, str]:
        return {"EventDestinationName": old.id}
