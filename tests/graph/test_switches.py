"""Optional resources, which cost a monthly fee or need a domain."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from components.alarms import AlarmsArgs
from components.order_pipeline import OrderPipelineArgs
from components.retention import RetentionArgs
from components.site_certificate import SiteCertificateArgs
from components.web_acl import WebAclArgs
from lambdas.shop import order_queue
from tests.graph.graph import ROOT, Graph
from tests.graph.recorder import kind


def test_optional_resources_are_absent_by_default(dev: Graph, prod: Graph) -> None:
    for graph in (dev, prod):
        kinds = {kind(one.type) for one in graph.all()}
        assert not kinds & {"acm.Certificate", "route53.Record", "wafv2.WebAcl", "cloudwatch.MetricAlarm"}
        inputs = graph.inputs("site-front-distribution")
        assert inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
        assert not {"aliases", "webAclId"} & set(inputs)


@pytest.mark.thorough
def test_nothing_goes_by_itself_where_everything_is_kept_for_ever() -> None:
    graph = Graph.of("dev", {"orderRetentionDays": 0, "deadLetterRetentionDays": 0})
    assert not [one.name for one in graph.all() if one.name.startswith("retention-")]
    assert graph.outputs["retentionFunction"] == ""


def test_retention_runs_once_a_day_and_as_long_as_lambda_lets_it(dev: Graph) -> None:
    assert dev.inputs("retention-schedule")["scheduleExpression"] == "rate(1440 minutes)"
    assert dev.inputs("retention-apply-function")["timeout"] == 900


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
    assert target["evaluateTargetHealth"] is False, "Route 53 refuses it for a distribution"
    assert everything.inputs("site-front-distribution")["aliases"] == ["orders.shop.example"]
    assert everything.outputs["siteUrl"] == "https://orders.shop.example"


def test_the_firewall_protects_the_distribution(everything: Graph) -> None:
    acl = everything.inputs("site-firewall-acl")
    assert acl["scope"] == "CLOUDFRONT"
    assert acl["defaultAction"] == {"allow": {}}
    assert everything.sources("site-front-distribution", "webAclId") == {"site-firewall-acl"}
    assert [rule["priority"] for rule in acl["rules"]] == [0, 1, 2, 3]
    managed = [rule for rule in acl["rules"] if "managedRuleGroupStatement" in rule["statement"]]
    assert len(managed) == 3
    for rule in managed:
        assert rule["statement"]["managedRuleGroupStatement"]["vendorName"] == "AWS"
        assert rule["overrideAction"] == {"none": {}}


def test_one_address_cannot_use_up_the_rate_of_a_call(everything: Graph) -> None:
    """The rule is the first, so it also counts the requests that another rule blocks."""
    acl = everything.inputs("site-firewall-acl")
    rule = acl["rules"][0]
    limit = rule["statement"]["rateBasedStatement"]
    assert (limit["aggregateKeyType"], limit["evaluationWindowSec"]) == ("IP", 300)
    rate = everything.inputs("api-method-settings")["settings"]["throttlingRateLimit"]
    assert limit["limit"] / limit["evaluationWindowSec"] <= rate / 10
    # The list reads two calls every 10 s. Fifty people behind one address may each show it and still work.
    assert limit["limit"] >= 2 * (50 * 2 * 300 / 10)


def test_the_firewall_answers_too_many_requests_like_the_gateway(everything: Graph) -> None:
    """For a 403 the pages would say that the account has no access."""
    acl = everything.inputs("site-firewall-acl")
    response = acl["rules"][0]["action"]["block"]["customResponse"]
    assert response["responseCode"] == 429
    (body,) = acl["customResponseBodies"]
    assert (body["key"], body["contentType"]) == (response["customResponseBodyKey"], "APPLICATION_JSON")
    gateway = everything.document("api-rest-api", "body")["x-amazon-apigateway-gateway-responses"]
    assert body["content"] == gateway["THROTTLED"]["responseTemplates"]["application/json"]


def test_the_firewall_keeps_no_samples_of_requests(everything: Graph) -> None:
    """A sample contains the URL and every header, so also the bearer token."""
    acl = everything.inputs("site-firewall-acl")
    visible = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in acl["rules"])]
    assert [one["sampledRequestsEnabled"] for one in visible] == [False] * 5
    assert [one["cloudwatchMetricsEnabled"] for one in visible] == [True] * 5


def test_the_firewall_only_counts_matches_in_bodies(everything: Graph) -> None:
    """Blocking rules would refuse an order over 8 KB, and an order with <script> in its notes.

    The names are AWS's (WAF Developer Guide, "Baseline rule groups"). They are written out here, because no
    SDK has a list of them.
    """
    rules = {rule["name"]: rule for rule in everything.inputs("site-firewall-acl")["rules"]}
    common = rules["AWSManagedRulesCommonRuleSet"]["statement"]["managedRuleGroupStatement"]
    counted = {one["name"] for one in common["ruleActionOverrides"] if one["actionToUse"] == {"count": {}}}
    assert counted == {
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "SizeRestrictions_BODY",
    }
    statements = [rule["statement"].get("managedRuleGroupStatement") for rule in rules.values()]
    assert {one["name"] for one in statements if one} == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The metric of one resource that an alarm watches, and the value from which on it fires."""

    source: str
    metric: str
    statistic: str = "Maximum"
    threshold: int = 0
    comparison: str = "GreaterThanThreshold"
    period: int = 300
    periods: int = 1
    missing: str = "notBreaching"


HIDDEN = "ApproximateNumberOfMessagesNotVisible"
AGE = "ApproximateAgeOfOldestMessage"
QUARTER_HOUR = 15 * 60
ALARMS = {
    "alarms-order-dead-letters-not-taken": Alarm(
        source="orders-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-notification-dead-letters-not-taken": Alarm(
        source="notifications-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-view-dead-letters-not-taken": Alarm(
        source="views-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-webhook-dead-letters-not-taken": Alarm(
        source="webhooks-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-deliver-webhooks-errors": Alarm(
        source="webhooks-deliver-function", metric="Errors", statistic="Sum"
    ),
    "alarms-page-dead-letters-not-taken": Alarm(
        source="storefront-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-mail-dead-letters-not-taken": Alarm(
        source="customer-mails-dead-letters", metric=AGE, threshold=QUARTER_HOUR
    ),
    "alarms-mail-customers-errors": Alarm(
        source="customer-mails-mail-function", metric="Errors", statistic="Sum"
    ),
    "alarms-make-pages-errors": Alarm(source="storefront-make-function", metric="Errors", statistic="Sum"),
    "alarms-make-pages-late": Alarm(
        source="storefront-make-function", metric="IteratorAge", threshold=QUARTER_HOUR * 1000
    ),
    "alarms-make-pages-silent": Alarm(
        source="storefront-make-function",
        metric="Invocations",
        statistic="Sum",
        comparison="LessThanThreshold",
        threshold=1,
        period=1800,
        missing="breaching",
    ),
    "alarms-pages-late": Alarm(source="storefront-make-function", metric="pages.late", statistic="Sum"),
    "alarms-dead-letters-came": Alarm(
        source="dead-letters-keep-function", metric="dead_letter.kept", statistic="Sum"
    ),
    "alarms-dead-letters-not-kept": Alarm(
        source="dead-letters-keep-function", metric="dead_letter.not_kept", statistic="Sum"
    ),
    "alarms-keep-dead-letters-errors": Alarm(
        source="dead-letters-keep-function", metric="Errors", statistic="Sum"
    ),
    "alarms-apply-retention-errors": Alarm(
        source="retention-apply-function", metric="Errors", statistic="Sum"
    ),
    "alarms-orders-late": Alarm(source="orders-queue", metric=AGE, threshold=QUARTER_HOUR),
    "alarms-orders-stuck": Alarm(
        source="orders-queue", metric=HIDDEN, statistic="Minimum", period=60, periods=15
    ),
    "alarms-write-orders-errors": Alarm(source="orders-write-function", metric="Errors", statistic="Sum"),
    "alarms-notify-errors": Alarm(source="notifications-notify-function", metric="Errors", statistic="Sum"),
    "alarms-update-views-errors": Alarm(source="views-update-function", metric="Errors", statistic="Sum"),
    "alarms-notify-late": Alarm(
        source="notifications-notify-function", metric="IteratorAge", threshold=QUARTER_HOUR * 1000
    ),
    "alarms-update-views-late": Alarm(
        source="views-update-function", metric="IteratorAge", threshold=QUARTER_HOUR * 1000
    ),
    "alarms-best-sellers-failed": Alarm(
        source="views-update-function", metric="sales.failed", statistic="Sum"
    ),
    "alarms-count-orders-errors": Alarm(source="accounting-count-function", metric="Errors", statistic="Sum"),
    "alarms-count-orders-silent": Alarm(
        source="accounting-count-function",
        metric="Invocations",
        statistic="Sum",
        comparison="LessThanThreshold",
        threshold=1,
        period=1800,
        missing="breaching",
    ),
    "alarms-orders-missing": Alarm(
        source="accounting-count-function", metric="order.missing", statistic="Sum"
    ),
    "alarms-accounting-blind": Alarm(
        source="accounting-count-function", metric="accounting.unreadable", statistic="Sum"
    ),
    "alarms-views-paused": Alarm(source="accounting-count-function", metric="views.paused", statistic="Sum"),
    "alarms-api-failing": Alarm(source="api-rest-api", metric="5XXError", statistic="Sum"),
    "alarms-storefront-failing": Alarm(source="storefront-api-rest-api", metric="5XXError", statistic="Sum"),
    "alarms-inbox-failing": Alarm(source="inbox-api-rest-api", metric="5XXError", statistic="Sum"),
}
# Alarms about lines of logs.
LOGGED = {
    "alarms-accounting-blind",
    "alarms-best-sellers-failed",
    "alarms-dead-letters-came",
    "alarms-dead-letters-not-kept",
    "alarms-orders-missing",
    "alarms-pages-late",
    "alarms-views-paused",
}
DIMENSIONS = {
    "sqs.Queue": ("AWS/SQS", "QueueName"),
    "lambda.Function": ("AWS/Lambda", "FunctionName"),
    "apigateway.RestApi": ("AWS/ApiGateway", "ApiName"),
}


@pytest.mark.parametrize("name", sorted(ALARMS.keys() - LOGGED))
def test_every_alarm_watches_an_existing_resource(everything: Graph, name: str) -> None:
    """AWS accepts a wrong dimension, but such an alarm never fires."""
    expected, alarm = ALARMS[name], everything.inputs(name)
    source = everything[expected.source]
    namespace, dimension = DIMENSIONS[kind(source.type)]
    assert (alarm["namespace"], alarm["metricName"]) == (namespace, expected.metric)
    assert alarm["dimensions"] == {dimension: source.outputs["name"]}
    assert everything.sources(name, "dimensions") == {expected.source}


@pytest.mark.parametrize("name", sorted(LOGGED))
def test_an_alarm_about_a_log_line_counts_the_lines_that_the_function_writes(
    everything: Graph, name: str
) -> None:
    expected, alarm, counted = ALARMS[name], everything.inputs(name), everything.inputs(f"{name}-filter")
    function = everything[expected.source]
    assert counted["logGroupName"] == function.inputs["loggingConfig"]["logGroup"]
    assert counted["pattern"] == f'{{ $.event = "{expected.metric}" }}'
    metric = counted["metricTransformation"]
    assert metric["name"] == f"{function.outputs['name']}/{expected.metric}"
    assert (alarm["namespace"], alarm["metricName"]) == (metric["namespace"], metric["name"])
    assert "dimensions" not in alarm
    assert metric["value"] == "1"
    module = function.inputs["handler"].removesuffix(".handler").replace(".", "/")
    assert re.search(rf'log\.(event|failure)\("{expected.metric}"', (ROOT / f"{module}.py").read_text())


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_fires_beyond_its_threshold(everything: Graph, name: str) -> None:
    expected, alarm = ALARMS[name], everything.inputs(name)
    assert alarm["statistic"] == expected.statistic
    assert (alarm["comparisonOperator"], alarm["threshold"]) == (expected.comparison, expected.threshold)
    assert (alarm["period"], alarm["evaluationPeriods"]) == (expected.period, expected.periods)
    assert alarm.get("datapointsToAlarm", expected.periods) == expected.periods
    assert alarm["treatMissingData"] == expected.missing


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_mails_when_it_begins_and_when_it_is_over(everything: Graph, name: str) -> None:
    for actions in ("alarmActions", "okActions"):
        assert everything.sources(name, actions) == {"alarms-topic"}
        assert [everything.with_names(one) for one in everything.inputs(name)[actions]] == ["alarms-topic"]


def test_the_alarm_on_stuck_orders_fires_long_before_dead_letters(
    everything: Graph,
) -> None:
    """A failed message is hidden between tries, and the alarm on the age ignores it after three tries."""
    stuck = everything.inputs("alarms-orders-stuck")
    pauses = sum(
        order_queue.pause_seconds(receives) for receives in range(1, OrderPipelineArgs.max_receive_count)
    )
    assert stuck["period"] * stuck["evaluationPeriods"] < pauses / 4


def test_the_alarm_on_stuck_orders_checks_every_minute(everything: Graph) -> None:
    """SQS reports hidden messages once a minute, and only while there are some.

    The minimum of a longer period would ignore the minutes without hidden messages, so an ordinary quarter of
    an hour with one order in each period would fire the alarm.
    """
    stuck = everything.inputs("alarms-orders-stuck")
    assert stuck["period"] == 60
    assert stuck["treatMissingData"] == "notBreaching"


def test_every_reader_of_a_stream_has_an_alarm_on_its_lag(everything: Graph) -> None:
    """A throttled reader makes no errors, and neither does one that reports failed records."""
    readers = {
        everything.with_names(one.inputs["functionName"])
        for one in everything.all("lambda.EventSourceMapping")
        if everything.with_names(one.inputs["eventSourceArn"]).endswith("/stream")
    }
    assert readers == {one.source for one in ALARMS.values() if one.metric == "IteratorAge"}


def test_every_queue_of_dead_letters_has_an_alarm(everything: Graph) -> None:
    queues = {one.name for one in everything.all("sqs.Queue") if one.name.endswith("-dead-letters")}
    assert len(queues) == 6
    assert queues <= {one.source for one in ALARMS.values() if one.metric == AGE}


def test_there_are_no_other_alarms(everything: Graph) -> None:
    """No alarm counts sent messages, because SQS does not count those that it moves to dead letters."""
    assert {one.name for one in everything.all("cloudwatch.MetricAlarm")} == set(ALARMS)


def test_the_operate_guide_names_every_alarm() -> None:
    guide = (ROOT / "docs/operate.md").read_text()
    rows = guide.split("| Alarm | Means | Look at |")[1].split("\n\n")[0]
    named = {name.removeprefix("alarms-") for name in ALARMS}
    assert {name for name in named if name not in rows} == set()
    assert f"| {len(ALARMS)} alarms, $0.10 each a month |" in guide


def test_cloudwatch_can_publish_to_the_alarms_topic(everything: Graph) -> None:
    """CloudWatch cannot publish to a topic encrypted with alias/aws/sns."""
    assert "kmsMasterKeyId" not in everything.inputs("alarms-topic")


def test_an_alarm_fires_before_a_dead_letter_expires(everything: Graph) -> None:
    for name, alarm in ALARMS.items():
        if name.endswith("-not-taken"):
            assert alarm.metric == AGE
            kept = everything.inputs(alarm.source)["messageRetentionSeconds"]
            earlier = everything.inputs("orders-queue")["messageRetentionSeconds"]
            # SQS deletes a dead letter at this age, counted from when the order was first queued. The alarm's
            # age begins when SQS moves the message, up to the whole retention of the source queue later.
            assert alarm.threshold + earlier < kept


def test_invalid_arguments_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="rule_groups must name at least one group, got none"):
        WebAclArgs(rule_groups={})
    with pytest.raises(ValueError, match="requests_per_address must be at least 10, got 9"):
        WebAclArgs(requests_per_address=9)
    with pytest.raises(ValueError, match="domain_name must not be empty"):
        SiteCertificateArgs(domain_name="", hosted_zone_id="Z1")
    with pytest.raises(ValueError, match="hosted_zone_id must not be empty"):
        SiteCertificateArgs(domain_name="orders.shop.example", hosted_zone_id="")
    nothing: Any = None
    with pytest.raises(
        ValueError, match="order_days, customer_days or letter_days must be above 0, got 0 for"
    ):
        RetentionArgs(
            orders=nothing,
            customers=nothing,
            letters=nothing,
            order_days=0,
            customer_days=0,
            letter_days=0,
            log_retention_days=1,
        )
    with pytest.raises(ValueError, match="emails must name at least one address, got none"):
        AlarmsArgs(
            emails=[],
            order_queue=nothing,
            dead_letters={},
            functions={},
            readers={},
            scheduled={},
            logged={},
            apis={},
        )


def test_gateway_form_and_functions_require_the_same_of_a_customer(dev: Graph, local: Graph) -> None:
    """The stack `local` has the setting `orderWithoutEmail`."""
    for graph, required in ((dev, ["name", "email"]), (local, ["name"])):
        (served,) = (
            one
            for one in graph.all()
            if one.name.startswith("site-asset-") and str(one.inputs.get("key")).endswith("/schemas.json")
        )
        documents = [
            graph.document("api-rest-api", "body")["components"]["schemas"],
            graph.document("inbox-api-rest-api", "body")["components"]["schemas"],
            json.loads(graph.inputs("site-inbox-reference")["content"])["components"]["schemas"],
            json.loads(graph.inputs("site-api-reference")["content"])["components"]["schemas"],
            json.loads(served.inputs["content"]),
        ]
        assert [one["Customer"]["required"] for one in documents] == [required] * 5
        functions = {
            one.name: variables["SHOP_REQUIRED_OF_CUSTOMER"]
            for one in graph.all("lambda.Function")
            if "SHOP_REQUIRED_OF_CUSTOMER" in (variables := one.inputs["environment"]["variables"])
        }
        places = ("order-calls-replace", "orders-write", "dead-letters-get", "dead-letters-redrive")
        names = [f"{place}-function" for place in (*places, "personal-data-export", "personal-data-erase")]
        assert functions == dict.fromkeys(names, " ".join(required))


@pytest.mark.parametrize("page", ["new-order", "order"])
def test_the_form_marks_the_email_as_optional_where_it_is(dev: Graph, local: Graph, page: str) -> None:
    label = re.compile(
        r'<label for="customer-email">E-mail( <span class="muted">\(optional\)</span>)?</label>'
    )
    for graph, optional in ((dev, False), (local, True)):
        html = graph.inputs(f"site-page-{page}.html")["content"]
        (found,) = label.findall(html)
        assert bool(found) is optional
        assert (
            'id="customer-email" name="email" type="text" inputmode="email" autocomplete="off" aria-required'
            in html
        ) is not optional
