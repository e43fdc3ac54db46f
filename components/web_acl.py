"""A web application firewall in front of the site: AWS's managed rules, adapted so that orders pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

# A firewall for CloudFront can exist in this region only.
REGION = "us-east-1"

# Rules of the common set that inspect bodies. They only count matches, because a large order is longer than
# 8 KB and an address may contain <script>. The gateway checks bodies against the schema instead.
COUNTED_RULES = (
    "CrossSiteScripting_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "SizeRestrictions_BODY",
)


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """AWS's managed rule groups in the order of evaluation, each with those of its rules that only count."""

    rule_groups: dict[str, Sequence[str]] = field(
        default_factory=lambda: {
            "AWSManagedRulesAmazonIpReputationList": (),
            "AWSManagedRulesCommonRuleSet": COUNTED_RULES,
            "AWSManagedRulesKnownBadInputsRuleSet": (),
        }
    )

    def __post_init__(self) -> None:
        if not self.rule_groups:
            raise ValueError("rule_groups must name at least one group, got none")


class WebAcl(pulumi.ComponentResource):
    """The firewall. The distribution refers to its ARN."""

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:WebAcl", name, None, opts)
        self._name, self._args = name, args
        self.arn = self._acl().arn
        self.register_outputs({"arn": self.arn})

    def _acl(self) -> aws.wafv2.WebAcl:
        groups = enumerate(self._args.rule_groups.items())
        return aws.wafv2.WebAcl(
            f"{self._name}-acl",
            scope="CLOUDFRONT",
            region=REGION,
            default_action={"allow": {}},
            rules=[self._rule(priority, group, counted) for priority, (group, counted) in groups],
            visibility_config=_visibility(self._name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rule(self, priority: int, group: str, counted: Sequence[str]) -> aws.wafv2.WebAclRuleArgsDict:
        return {
            "name": group,
            "priority": priority,
            "override_action": {"none": {}},
            "statement": {
                "managed_rule_group_statement": {
                    "vendor_name": "AWS",
                    "name": group,
                    "rule_action_overrides": [
                        {"name": rule, "action_to_use": {"count": {}}} for rule in counted
                    ],
                }
            },
            "visibility_config": _visibility(group),
        }


def _visibility(name: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"metric_name": name, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}
