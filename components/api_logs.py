"""The access log of an API: one line for each call, and for an accepted order its ID."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# The mapping template of an accepted order writes its ID here, as a header of the call to SQS. It is the only
# place of a template that the access log can name.
ORDER_ID = "$context.requestOverride.header.OrderID"
FORMAT = {
    "at": "$context.requestTimeEpoch",
    "authorizerError": "$context.authorizer.error",
    "error": "$context.error.responseType",
    "extendedRequestId": "$context.extendedRequestId",
    "integrationLatency": "$context.integrationLatency",
    "integrationStatus": "$context.integrationStatus",
    "ip": "$context.identity.sourceIp",
    "latency": "$context.responseLatency",
    "method": "$context.httpMethod",
    "orderID": ORDER_ID,
    "requestId": "$context.requestId",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    # Cognito's ID of the caller, as in the functions' logs. Other claims name people.
    "sub": "$context.authorizer.claims.sub",
}


@dataclass(frozen=True, kw_only=True)
class ApiLogsArgs:
    """How many days the log is kept, and whether the role for it is set; see the setting `apiLogs`."""

    log_retention_days: int
    own_role: bool


class ApiLogs(pulumi.ComponentResource):
    """The log group of an API's accesses. API Gateway writes there, and the accounting reads it."""

    def __init__(self, name: str, args: ApiLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:ApiLogs", name, None, opts)
        self.own_role = args.own_role
        # Stacks of earlier commits have the group of the first API in the component of that.
        former = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::order-desk:index:RestApi"
        former += "$aws:cloudwatch/logGroup:LogGroup::api-access-logs"
        aliases = [former] if name == "api-logs" else []
        self.access = aws.cloudwatch.LogGroup(
            f"{name}-access",
            retention_in_days=args.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self, aliases=aliases),
        )
        self.register_outputs({"access": self.access.name})
