"""A function that runs by itself, again and again."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.function import Function


def every(
    minutes: int, function: Function, name: str, *, parent: pulumi.Resource
) -> aws.cloudwatch.EventRule:
    """Declare the rule that calls a function every so many minutes, two or more.

    Lambda tries a failed call twice more (Developer Guide, "Error handling for asynchronous invocation").
    """
    if minutes < 2:
        raise ValueError(
            f"minutes must be at least 2, because AWS writes one minute in another way, got {minutes}"
        )
    rule = aws.cloudwatch.EventRule(
        f"{name}-schedule",
        schedule_expression=f"rate({minutes} minutes)",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    permission = aws.lambda_.Permission(
        f"{name}-may-be-called",
        action="lambda:InvokeFunction",
        function=function.function.name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    aws.cloudwatch.EventTarget(
        f"{name}-schedule-target",
        rule=rule.name,
        arn=function.function.arn,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[permission]),
    )
    return rule
