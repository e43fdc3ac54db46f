"""A REST API: imported from an OpenAPI document, and deployed again if document or arguments change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components import openapi
from components.api_calls import Api
from components.api_logs import FORMAT, ApiLogs
from components.function import Function
from components.policy import trust

# Never change this: AWS cannot rename a stage, and CloudFront's path /api/* begins with this name.
STAGE = "api"


def arguments(api: Api) -> Mapping[str, Any]:
    """Return the arguments of an API beside its document."""
    return {
        "description": api.description,
        # The default, EDGE, would put a second CloudFront behind the site's own.
        "endpoint_configuration": {"types": "REGIONAL"},
    }


@dataclass(frozen=True, kw_only=True)
class RestApiArgs:
    """The calls, the user pool of the callers, the queue and functions behind, and the limits of each method.

    With `scope`, a call takes access tokens with this scope, and otherwise ID tokens. `functions` maps each
    module in `Api.functions` to its function. `rate_limit` is in requests a second, `burst_limit` in requests
    at once. Without `logs`, API Gateway logs nothing. `required_of_customer` are the fields that an order
    must have about its customer. The deployment waits for `after`.
    """

    api: Api
    user_pool: aws.cognito.UserPool
    scope: pulumi.Output[str] | None
    queue: aws.sqs.Queue
    queue_role: aws.iam.Role
    functions: Mapping[str, Function]
    required_of_customer: Sequence[str]
    cors_origin: str | None
    rate_limit: int
    burst_limit: int
    logs: ApiLogs | None
    log_retention_days: int
    after: Sequence[pulumi.Resource] = ()

    def __post_init__(self) -> None:
        needed, given = self.api.functions, tuple(sorted(self.functions))
        if given != needed:
            raise ValueError(f"functions must be {needed}, got {given}")


class RestApi(pulumi.ComponentResource):
    """One API with one deployment and one stage. Each function may be called by its own API method only."""

    def __init__(self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:RestApi", name, None, opts)
        self._name, self._args = name, args
        self._region = aws.get_region().region
        self.offers = args.api
        self._body = self._document()
        self.api = self._api()
        self._allow_calls()
        self.stage = self._stage(self._deployment())
        self._throttle()
        self.host = pulumi.Output.format("{0}.execute-api.{1}.amazonaws.com", self.api.id, self._region)
        self.register_outputs({"url": self.stage.invoke_url})

    def _document(self) -> pulumi.Output[str]:
        """Return the document as JSON with sorted keys, because another order would count as a change."""
        args = self._args
        account = aws.get_caller_identity().account_id
        targets = pulumi.Output.all(
            user_pool_arn=args.user_pool.arn,
            queue_uri=pulumi.Output.format(
                "arn:aws:apigateway:{0}:sqs:path/{1}/{2}", self._region, account, args.queue.name
            ),
            queue_role_arn=args.queue_role.arn,
            scopes=[args.scope] if args.scope else [],
            functions={name: one.function.invoke_arn for name, one in args.functions.items()},
        )
        return targets.apply(
            lambda known: json.dumps(
                openapi.document(
                    args.api,
                    openapi.Targets(**known, cors_origin=args.cors_origin),
                    args.required_of_customer,
                ),
                sort_keys=True,
            )
        )

    def _api(self) -> aws.apigateway.RestApi:
        return aws.apigateway.RestApi(
            f"{self._name}-rest-api",
            body=self._body,
            **arguments(self._args.api),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _allow_calls(self) -> None:
        for call in self._args.api.calls:
            if call.function is None:
                continue
            # In the ARN of a method, a path parameter is written as *.
            path = "/".join("*" if part.startswith("{") else part for part in call.path.split("/"))
            aws.lambda_.Permission(
                f"{self._name}-may-call-{call.function.replace('_', '-')}",
                action="lambda:InvokeFunction",
                function=self._args.functions[call.function].function.name,
                principal="apigateway.amazonaws.com",
                source_arn=pulumi.Output.concat(
                    self.api.execution_arn, f"/{STAGE}/{call.method.upper()}{path}"
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _deployment(self) -> aws.apigateway.Deployment:
        everything = pulumi.Output.concat(self._body, json.dumps(arguments(self._args.api), sort_keys=True))
        return aws.apigateway.Deployment(
            f"{self._name}-deployment",
            rest_api=self.api.id,
            triggers={
                "redeployment": everything.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self._args.after)),
        )

    def _stage(self, deployment: aws.apigateway.Deployment) -> aws.apigateway.Stage:
        access_log, waits_for = self._logging(self._args.logs) if self._args.logs else (None, [])
        return aws.apigateway.Stage(
            f"{self._name}-stage",
            rest_api=self.api.id,
            deployment=deployment.id,
            stage_name=STAGE,
            # X-Ray would keep the URL of a call for 30 days, and /customers/{email} and ?q= name people. The
            # functions are traced, because their traces have no URL.
            xray_tracing_enabled=False,
            access_log_settings=access_log,
            opts=pulumi.ResourceOptions(parent=self, depends_on=waits_for),
        )

    def _logging(
        self, logs: ApiLogs
    ) -> tuple[aws.apigateway.StageAccessLogSettingsArgs, list[pulumi.Resource]]:
        execution = aws.cloudwatch.LogGroup(
            f"{self._name}-execution-logs",
            # API Gateway writes to the group of this name, and creates it without retention if it is missing.
            name=pulumi.Output.format("API-Gateway-Execution-Logs_{0}/{1}", self.api.id, STAGE),
            retention_in_days=self._args.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self),
        )
        settings = aws.apigateway.StageAccessLogSettingsArgs(
            destination_arn=logs.access.arn, format=json.dumps(FORMAT, sort_keys=True)
        )
        account = [self._account()] if logs.own_role else []
        return settings, [execution, *account]

    def _account(self) -> aws.apigateway.Account:
        """Set the role with which all APIs of this account and region write logs.

        A destroy of the stack keeps the three resources, because other APIs may use the role too.
        """
        keep = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        role = aws.iam.Role(
            f"{self._name}-logs-role", assume_role_policy=trust("apigateway.amazonaws.com"), opts=keep
        )
        policy = aws.iam.RolePolicyAttachment(
            f"{self._name}-logs-policy",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            opts=keep,
        )
        return aws.apigateway.Account(
            f"{self._name}-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions.merge(keep, pulumi.ResourceOptions(depends_on=[policy])),
        )

    def _throttle(self) -> None:
        aws.apigateway.MethodSettings(
            f"{self._name}-method-settings",
            rest_api=self.api.id,
            stage_name=self.stage.stage_name,
            method_path="*/*",
            settings={
                "throttling_rate_limit": self._args.rate_limit,
                "throttling_burst_limit": self._args.burst_limit,
                "logging_level": "ERROR" if self._args.logs else "OFF",
                "data_trace_enabled": False,  # true would log whole orders, with names and addresses
                "metrics_enabled": False,  # metrics for each method cost money
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
