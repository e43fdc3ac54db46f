"""What costs a monthly fee or needs a domain: absent until the stack asks for it, then whole."""

from __future__ import annotations

import pytest

from components.alarms import AlarmsArgs
from components.order_pipeline import OrderPipelineArgs
from components.site_certificate import SiteCertificateArgs
from components.web_acl import WebAclArgs
from lambdas.shop import order_queue
from tests.graph.graph import Graph
from tests.graph.recorder import kind


def test_without_the_switches_there_is_none_of_it(dev: Graph, prod: Graph) -> None:
    for graph in (dev, prod):
        kinds = {kind(one.type) for one in graph.all()}
        assert not kinds & {"acm.Certificate", "route53.Record", "wafv2.WebAcl", "cloudwatch.MetricAlarm"}
        inputs = graph.inputs("site-front-distribution")
        assert inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
        assert not {"aliases", "webAclId"} & set(inputs)


def test_the_certificate_is_in_the_region_that_cloudfront_reads(everything: Graph) -> None:
    for name in ("site-domain-certificate", "site-domain-validation", "site-firewall-acl"):
        assert everything.inputs(name)["region"] == "us-east-1"
    assert everything.inputs("site-domain-certificate")["validationMethod"] == "DNS"


def test_the_distribution_waits_for_a_certificate_that_is_issued(everything: Graph) -> None:
    certificate = everything.inputs("site-front-distribution")["viewerCertificate"]
    assert certificate == {
        "acmCertificateArn": everything.arn("site-domain-certificate"),
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    assert everything.feeds("site-front-distribution", "viewerCertificate") == {"site-domain-validation"}


def test_the_domain_is_proved_in_its_zone(everything: Graph) -> None:
    proof = everything.inputs("site-domain-proof")
    assert proof["zoneId"] == "Z0123456789ABC"
    assert (proof["name"], proof["type"]) == ("_proof.orders.shop.example.", "CNAME")
    assert proof["records"] == ["_value.acm-validations.aws."]
    assert proof["allowOverwrite"] is True
    assert everything.feeds("site-domain-validation", "validationRecordFqdns") == {"site-domain-proof"}


@pytest.mark.parametrize(("name", "type_"), [("site-front-alias-a", "A"), ("site-front-alias-aaaa", "AAAA")])
def test_the_domain_leads_to_the_distribution(everything: Graph, name: str, type_: str) -> None:
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


def test_the_firewall_stands_in_front_of_the_distribution(everything: Graph) -> None:
    acl = everything.inputs("site-firewall-acl")
    assert acl["scope"] == "CLOUDFRONT"
    assert acl["defaultAction"] == {"allow": {}}
    assert everything.feeds("site-front-distribution", "webAclId") == {"site-firewall-acl"}
    priorities = [rule["priority"] for rule in acl["rules"]]
    assert len(priorities) == len(set(priorities)) == 3
    for rule in acl["rules"]:
        assert rule["statement"]["managedRuleGroupStatement"]["vendorName"] == "AWS"
        assert rule["overrideAction"] == {"none": {}}


def test_the_firewall_lets_a_large_order_and_a_strange_address_through(everything: Graph) -> None:
    """Its rules on bodies would turn away an order over 8 KB, and one with <script> in the notes."""
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
def test_an_alarm_watches_a_thing_that_is_there(everything: Graph, name: str) -> None:
    """A wrong dimension is no error, and such an alarm never fires."""
    source, metric, above = ALARMS[name]
    alarm = everything.inputs(name)
    function = source.endswith("-function")
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/Lambda" if function else "AWS/SQS", metric)
    key = "FunctionName" if function else "QueueName"
    assert alarm["dimensions"] == {key: everything[source].outputs["name"]}
    assert everything.feeds(name, "dimensions") == {source}
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanThreshold", above)
    stuck = name == "alarms-orders-stuck"
    assert alarm["statistic"] == ("Sum" if function else "Minimum" if stuck else "Maximum")
    assert (alarm["period"], alarm["evaluationPeriods"]) == (300, 3 if stuck else 1)
    assert alarm["treatMissingData"] == "notBreaching"
    assert [everything.said(one) for one in alarm["alarmActions"]] == ["alarms-topic"]


def test_a_writer_that_fails_for_everybody_is_told_of_long_before_the_dead_letters(
    everything: Graph,
) -> None:
    """The age leaves out what was received three times; what pauses between tries is never visible."""
    stuck = everything.inputs("alarms-orders-stuck")
    pauses = sum(
        order_queue.pause_seconds(receives) for receives in range(1, OrderPipelineArgs.max_receive_count)
    )
    assert stuck["period"] * stuck["evaluationPeriods"] < pauses / 4


def test_there_is_no_other_alarm_and_none_on_messages_sent(everything: Graph) -> None:
    """What SQS itself moves to the dead letters is not counted as sent."""
    assert {one.name for one in everything.all("cloudwatch.MetricAlarm")} == set(ALARMS)


def test_cloudwatch_can_publish_to_the_alarms_topic(everything: Graph) -> None:
    """Under alias/aws/sns it cannot."""
    assert "kmsMasterKeyId" not in everything.inputs("alarms-topic")


def test_a_dead_letter_is_told_of_before_it_is_gone(everything: Graph) -> None:
    for name, (source, metric, above) in ALARMS.items():
        if name.endswith("-expiring"):
            assert metric == "ApproximateAgeOfOldestMessage"
            kept = everything.inputs(source)["messageRetentionSeconds"]
            before = everything.inputs("orders-queue")["messageRetentionSeconds"]
            # What SQS moves there keeps its age: that of up to a whole stay in the queue before.
            assert above + before < kept


def test_arguments_say_what_is_wrong_with_them() -> None:
    with pytest.raises(ValueError, match="rule_groups must name at least one group, got none"):
        WebAclArgs(rule_groups={})
    with pytest.raises(ValueError, match="domain_name must not be empty"):
        SiteCertificateArgs(domain_name="", hosted_zone_id="Z1")
    with pytest.raises(ValueError, match="hosted_zone_id must not be empty"):
        SiteCertificateArgs(domain_name="orders.shop.example", hosted_zone_id="")
    with pytest.raises(ValueError, match="emails must name at least one address, got none"):
        AlarmsArgs(emails=[], order_queue=None, dead_letters={}, functions={})  # type: ignore[arg-type]
