"""A web application firewall in front of the site: a limit for each address, and AWS's managed rules.

The managed rules are adapted so that orders pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.gateway_responses import GATEWAY_RESPONSES, error

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


# AWS WAF counts the requests of an address over this time in seconds, which is its default.
WINDOW = 300
TOO_MANY = "too-many-requests"


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """The limit for each address, and AWS's managed rule groups in the order of evaluation.

    `requests_per_address` is the number of requests in 5 minutes. Its default is a tenth of what the API
    takes of one call, and twice what fifty people behind one address need to keep the list of orders up to
    date. Each of the `rule_groups` has those of its rules that only count.
    """

    requests_per_address: int = 6_000
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
        if self.requests_per_address < 10:
            raise ValueError(f"requests_per_address must be at least 10, got {self.requests_per_address}")


class WebAcl(pulumi.ComponentResource):
    """The firewall. The distribution refers to its ARN."""

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:WebAcl", name, None, opts)
        self._name, self._args = name, args
        self.arn = self._acl().arn
        self.register_outputs({"arn": self.arn})

    def _acl(self) -> aws.wafv2.WebAcl:
        groups = enumerate(self._args.rule_groups.items(), start=1)
        return aws.wafv2.WebAcl(
            f"{self._name}-acl",
            scope="CLOUDFRONT",
            region=REGION,
            default_action={"allow": {}},
            rules=[self._limit(), *(self._rule(at, group, counted) for at, (group, counted) in groups)],
            custom_response_bodies=[
                {
                    "key": TOO_MANY,
                    "content": error(*GATEWAY_RESPONSES["THROTTLED"][1:]),
                    "content_type": "APPLICATION_JSON",
                }
            ],
            visibility_config=_visibility(self._name),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _limit(self) -> aws.wafv2.WebAclRuleArgsDict:
        return {
            "name": TOO_MANY,
            # The first rule, so that it also counts the requests that another rule blocks.
            "priority": 0,
            # With WAF's own 403, the pages would say that the account has no access.
            "action": {
                "block": {"custom_response": {"response_code": 429, "custom_response_body_key": TOO_MANY}}
            },
            "statement": {
                "rate_based_statement": {
                    "aggregate_key_type": "IP",
                    "limit": self._args.requests_per_address,
                    "evaluation_window_sec": WINDOW,
                }
            },
            "visibility_config": _visibility(TOO_MANY),
        }

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
    # Without samples, because a sample contains the URL and every header, so also the bearer token.
    return {"metric_name": name, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": False}
