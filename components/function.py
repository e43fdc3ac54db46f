"""A Lambda function with a role and a log group of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.policy import Statement, allow, document, trust

CODE = Path("lambdas")
HANDLERS = CODE / "handlers"
RUNTIME = "python3.13"
ARCHITECTURE = "arm64"  # a fifth cheaper than x86_64


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """A function's module in `lambdas/handlers/`, its permissions, its environment and its limits.

    `permissions` are the statements of its role beyond logging and tracing. `environment` has every
    variable that the code reads. `timeout` is in seconds, `memory` in MB; more memory also gives more
    processor time. `layers` are the ARNs of layers with packages beside the code. `after` are
    resources that must exist before the function runs.
    """

    module: str
    permissions: Sequence[Statement]
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    log_retention_days: int
    timeout: int = 10
    memory: int = 512
    layers: Sequence[pulumi.Input[str]] = ()
    after: Sequence[pulumi.Resource] = ()

    def __post_init__(self) -> None:
        if not (HANDLERS / f"{self.module}.py").is_file():
            raise ValueError(f"module must be a file in {HANDLERS}/, got {self.module!r}")
        if not 1 <= self.timeout <= 900:
            raise ValueError(f"timeout must be between 1 and 900 seconds, got {self.timeout}")
        if not 128 <= self.memory <= 10240:
            raise ValueError(f"memory must be between 128 and 10240 MB, got {self.memory}")


class Function(pulumi.ComponentResource):
    """A handler with a role of its own and a log group with retention."""

    logs: aws.cloudwatch.LogGroup
    role: aws.iam.Role
    function: aws.lambda_.Function

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("order-desk:index:Function", name, None, opts)
        self._name, self._args = name, args
        self.logs = self._log_group()
        self.role = self._role()
        self.policy = self._policy()
        self.function = self._function()
        self.register_outputs({"arn": self.function.arn})

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            retention_in_days=self._args.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-role",
            assume_role_policy=trust("lambda.amazonaws.com"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _policy(self) -> aws.iam.RolePolicy:
        streams = pulumi.Output.concat(self.logs.arn, ":*")
        return aws.iam.RolePolicy(
            f"{self._name}-policy",
            role=self.role.id,
            policy=document(
                # Without CreateLogGroup, because a log line after a destroy would create the group again.
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
                # AWS allows no resource but * for these two actions.
                allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
                *self._args.permissions,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _function(self) -> aws.lambda_.Function:
        return aws.lambda_.Function(
            f"{self._name}-function",
            role=self.role.arn,
            handler=f"lambdas.handlers.{self._args.module}.handler",
            code=code(),
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            layers=list(self._args.layers) or None,
            timeout=self._args.timeout,
            memory_size=self._args.memory,
            environment={"variables": self._args.environment},
            tracing_config={"mode": "Active"},
            # A log group that Lambda creates itself would keep logs forever and outlive the stack.
            logging_config={"log_format": "JSON", "log_group": self.logs.name},
            # After the policy, because an event source mapping of the function needs the role's permissions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.policy, *self._args.after]),
        )


def api_function(
    component: str,
    module: str,
    permissions: Sequence[Statement],
    environment: Mapping[str, pulumi.Input[str]],
    *,
    cors_origin: str | None,
    log_retention_days: int,
    parent: pulumi.Resource,
    memory: int = FunctionArgs.memory,
) -> Function:
    """Declare a function that answers a call of the API.

    The verb of the module is part of its name: `products-get` for component `products`, module `get_product`.
    `cors_origin` is the value of the header Access-Control-Allow-Origin, or None for no such header.
    """
    origin = {"SHOP_CORS_ORIGIN": cors_origin} if cors_origin else {}
    return Function(
        f"{component}-{module.split('_')[0]}",
        FunctionArgs(
            module=module,
            permissions=permissions,
            environment={**environment, **origin},
            log_retention_days=log_retention_days,
            memory=memory,
        ),
        pulumi.ResourceOptions(parent=parent),
    )


def code() -> pulumi.AssetArchive:
    """Return the archive that every function is created from: the package `lambdas`.

    The archive has a list of files instead of the folder, because each change in `__pycache__` would
    otherwise update every function.
    """
    files = sorted([*CODE.rglob("*.py"), *CODE.rglob("*.json")])
    return pulumi.AssetArchive({file.as_posix(): pulumi.FileAsset(file.as_posix()) for file in files})
