"""Optional resources, which cost a monthly fee or need a domain."""

from __future__ import annotations

import pytest

from components.alarms import AlarmsArgs
from components.order_pipeline import OrderPipelineArgs
from components.site_certificate import SiteCertificateArgs
from components.web_acl import WebAclArgs
from lambdas.shop import order_queue
from tests.graph.graph import Graph
from tests.graph.recorder import kind


def test_optional_resources_are_absent_by_default(dev: Graph, prod: Graph) -> None:
    for graph in (dev, prod):
        kinds = {kind(one.type) for one in graph.all()}
        assert not kinds & {"acm.Certificate", "route53.Record", "wafv2.WebAcl", "cloudwatch.MetricAlarm"}
        inputs = graph.inputs("site-front-distribution")
        assert inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
        assert not {"aliases", "webAclId"} & set(inputs)


def test_certificate_and_firewall_are_in_us_east_1(everything: Graph) -> None:
    for name in ("site-domain-certificate", "site-domain-validation", "site-firewall-acl"):
        assert everything.inputs(name)["region"] == "us-east-1"
    assert everything.inputs("site-domain-certificate")["validationMethod"] == "DNS"


def test_the_distribution_waits_for_an_issued_certificate(everything: Graph) -> None:
    certificate = everything.inputs("site-front-distribution")["viewerCertificate"]
    assert certificate == {
        "acmCertificateArn": everything.arn("site-domain-certificate"),
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    assert everything.sources("site-front-distribution", "viewerCertificate") == {"site-domain-validation"}


def test_a_dns_record_validates_the_domain(everything: Graph) -> None:
    proof = everything.inputs("site-domain-proof")
    assert proof["zoneId"] == "Z0123456789ABC"
    assert (proof["name"], proof["type"]) == ("_proof.orders.shop.example.", "CNAME")
    assert proof["records"] == ["_value.acm-validations.aws."]
    assert proof["allowOverwrite"] is True
    assert everything.sources("site-domain-validation", "validationRecordFqdns") == {"site-domain-proof"}


@pytest.mark.parametrize(("name", "type_"), [("site-front-alias-a", "A"), ("site-front-alias-aaaa", "AAAA")])
def test_the_domain_points_to_the_distribution(everything: Graph, name: str, type_: str) -> None:
    record = everything.inputs(name)
    assert (record["name"], record["type"], record["zoneId"]) == (
        "orders.shop.example",
        type_,
        "Z0123456789ABC",
    )
    (target,) = record["aliases"]
    distribution = everything["site-front-distribution"].outputs
    assert target["name"] == distribution["domainName"]
    assert target["zoneId"] == distribution["hostedZoneId"]
    assert everything.inputs("site-front-distribution")["aliases"] == ["orders.shop.example"]
    assert everything.outputs["siteUrl"] == "https://orders.shop.example"


def test_the_firewall_protects_the_distribution(everything: Graph) -> None:
    acl = everything.inputs("site-firewall-acl")
    assert acl["scope"] == "CLOUDFRONT"
    assert acl["defaultAction"] == {"allow": {}}
    assert everything.sources("site-front-distribution", "webAclId") == {"site-firewall-acl"}
    priorities = [rule["priority"] for rule in acl["rules"]]
    assert len(priorities) == len(set(priorities)) == 3
    for rule in acl["rules"]:
        assert rule["statement"]["managedRuleGroupStatement"]["vendorName"] == "AWS"
        assert rule["overrideAction"] == {"none": {}}


def test_the_firewall_only_counts_matches_in_bodies(everything: Graph) -> None:
    """Blocking rules would refuse an order over 8 KB, and an order with <script> in its notes."""
    rules = {rule["name"]: rule for rule in everything.inputs("site-firewall-acl")["rules"]}
    common = rules["AWSManagedRulesCommonRuleSet"]["statement"]["managedRuleGroupStatement"]
    counted = {one["name"] for one in common["ruleActionOverrides"] if one["actionToUse"] == {"count": {}}}
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= counted
    assert all(name.endswith("_BODY") for name in counted)


ALARMS = {
    "alarms-order-dead-letters-waiting": ("orders-dead-letters", "ApproximateNumberOfMessagesVisible", 0),
    "alarms-order-dead-letters-expiring": ("orders-dead-letters", "ApproximateAgeOfOldestMessage", 432_000),
    "alarms-notification-dead-letters-waiting": (
        "notifications-dead-letters",
        "ApproximateNumberOfMessagesVisible",
        0,
    ),
    "alarms-notification-dead-letters-expiring": (
        "notifications-dead-letters",
        "ApproximateAgeOfOldestMessage",
        432_000,
    ),
    "alarms-view-dead-letters-waiting": ("views-dead-letters", "ApproximateNumberOfMessagesVisible", 0),
    "alarms-view-dead-letters-expiring": ("views-dead-letters", "ApproximateAgeOfOldestMessage", 432_000),
    "alarms-orders-late": ("orders-queue", "ApproximateAgeOfOldestMessage", 900),
    "alarms-orders-stuck": ("orders-queue", "ApproximateNumberOfMessagesNotVisible", 0),
    "alarms-write-orders-errors": ("orders-write-function", "Errors", 0),
    "alarms-notify-errors": ("notifications-notify-function", "Errors", 0),
    "alarms-update-views-errors": ("views-update-function", "Errors", 0),
}


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_every_alarm_watches_an_existing_resource(everything: Graph, name: str) -> None:
    """AWS accepts a wrong dimension, but such an alarm never fires."""
    source, metric, threshold = ALARMS[name]
    alarm = everything.inputs(name)
    function = source.endswith("-function")
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/Lambda" if function else "AWS/SQS", metric)
    key = "FunctionName" if function else "QueueName"
    assert alarm["dimensions"] == {key: everything[source].outputs["name"]}
    assert everything.sources(name, "dimensions") == {source}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanThreshold", threshold)
    stuck = name == "alarms-orders-stuck"
    assert alarm["statistic"] == ("Sum" if function else "Minimum" if stuck else "Maximum")
    assert (alarm["period"], alarm["evaluationPeriods"]) == (300, 3 if stuck else 1)
    assert alarm["treatMissingData"] == "notBreaching"
    assert [everything.with_names(one) for one in alarm["alarmActions"]] == ["alarms-topic"]


def test_the_alarm_on_stuck_orders_fires_long_before_dead_letters(
    everything: Graph,
) -> None:
    """A failed message is hidden between tries, and the alarm on the age ignores it after three tries."""
    stuck = everything.inputs("alarms-orders-stuck")
    pauses = sum(
        order_queue.pause_seconds(receives) for receives in range(1, OrderPipelineArgs.max_receive_count)
    )
    assert stuck["period"] * stuck["evaluationPeriods"] < pauses / 4


def test_there_are_no_other_alarms(everything: Graph) -> None:
    """No alarm counts sent messages, because SQS does not count those that it moves to dead letters."""
    assert {one.name for one in everything.all("cloudwatch.MetricAlarm")} == set(ALARMS)


def test_cloudwatch_can_publish_to_the_alarms_topic(everything: Graph) -> None:
    """CloudWatch cannot publish to a topic encrypted with alias/aws/sns."""
    assert "kmsMasterKeyId" not in everything.inputs("alarms-topic")


def test_an_alarm_fires_before_a_dead_letter_expires(everything: Graph) -> None:
    for name, (source, metric, threshold) in ALARMS.items():
        if name.endswith("-expiring"):
            assert metric == "ApproximateAgeOfOldestMessage"
            kept = everything.inputs(source)["messageRetentionSeconds"]
            earlier = everything.inputs("orders-queue")["messageRetentionSeconds"]
            # A message that SQS moves keeps its age, up to the whole retention of the source queue.
            assert threshold + earlier < kept


def test_invalid_arguments_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="rule_groups must name at least one group, got none"):
        WebAclArgs(rule_groups={})
    with pytest.raises(ValueError, match="domain_name must not be empty"):
        SiteCertificateArgs(domain_name="", hosted_zone_id="Z1")
    with pytest.raises(ValueError, match="hosted_zone_id must not be empty"):
        SiteCertificateArgs(domain_name="orders.shop.example", hosted_zone_id="")
    with pytest.raises(ValueError, match="emails must name at least one address, got none"):
        AlarmsArgs(emails=[], order_queue=None, dead_letters={}, functions={})  # type: ignore[arg-type]
