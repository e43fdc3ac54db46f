"""A provider that creates nothing and returns the outputs that AWS would give."""
# ruff: noqa: ARG002 - the protocol has these parameters

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

ACCOUNT, REGION = "123456789012", "eu-west-1"
CALLER = {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/graph", "userId": "graph", "id": ACCOUNT}

Properties = Mapping[str, Any]


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Return the ARN of a resource in the test account."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def _function(name: str, _inputs: Properties) -> Properties:
    own = arn("lambda", f"function:{name}")
    path = f"path/2015-03-31/functions/{own}/invocations"
    return {"arn": own, "name": name, "invokeArn": arn("apigateway", path, account="lambda")}


def _table(name: str, inputs: Properties) -> Properties:
    own = arn("dynamodb", f"table/{name}")
    # Without the colons of AWS's own time stamps, because parliament, the policy linter, cannot parse them.
    stream = {"streamArn": f"{own}/stream/2026-01-01"} if inputs.get("streamEnabled") else {}
    return {"arn": own, "name": name, **stream}


def _queue(name: str, _inputs: Properties) -> Properties:
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    return {"id": url, "url": url, "arn": arn("sqs", name), "name": name}


def _bucket(name: str, _inputs: Properties) -> Properties:
    return {
        "arn": arn("s3", name, region="", account="").replace("::::", ":::"),
        "bucketRegionalDomainName": f"{name}.s3.{REGION}.amazonaws.com",
    }


def _distribution(name: str, _inputs: Properties) -> Properties:
    own = "E2GRAPH" if name.startswith("storefront-") else "E1GRAPH"
    return {
        "id": own,
        "arn": arn("cloudfront", f"distribution/{own}", region=""),
        "domainName": f"d11111{own[1]}abcdef8.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    }


def _certificate(name: str, inputs: Properties) -> Properties:
    proof = {
        "domainName": inputs["domainName"],
        "resourceRecordName": f"_proof.{inputs['domainName']}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": "_value.acm-validations.aws.",
    }
    own = arn("acm", f"certificate/{name}", region="us-east-1")
    return {"arn": own, "domainValidationOptions": [proof]}


def _rest_api(name: str, _inputs: Properties) -> Properties:
    others = {"inbox-": "f6g7h8i9j0", "storefront-": "k1l2m3n4o5"}
    own = next((one for prefix, one in others.items() if name.startswith(prefix)), "a1b2c3d4e5")
    return {"id": own, "executionArn": arn("execute-api", own), "name": name}


def _pool(name: str, _inputs: Properties) -> Properties:
    others = {"machines-": "Machine12", "customers-": "Customer1"}
    own = next((one for prefix, one in others.items() if name.startswith(prefix)), "Graph1234")
    own = f"{REGION}_{own}"
    return {"id": own, "arn": arn("cognito-idp", f"userpool/{own}")}


OUTPUTS: Mapping[str, Callable[[str, Properties], Properties]] = {
    "acm.Certificate": _certificate,
    "apigateway.ApiKey": lambda name, _: {"value": f"value-of-{name}"},
    "apigateway.RestApi": _rest_api,
    "apigateway.Stage": lambda _name, inputs: {
        "invokeUrl": f"https://{inputs['restApi']}.execute-api.{REGION}.amazonaws.com/{inputs['stageName']}"
    },
    "cloudfront.Distribution": _distribution,
    "cloudfront.Function": lambda name, _: {"arn": arn("cloudfront", f"function/{name}", region="")},
    "cloudwatch.EventRule": lambda name, _: {"arn": arn("events", f"rule/{name}"), "name": name},
    "cloudwatch.LogGroup": lambda name, _: {"arn": arn("logs", f"log-group:{name}"), "name": name},
    "cognito.User": lambda name, _: {"sub": str(uuid.uuid5(uuid.NAMESPACE_DNS, name))},
    "cognito.UserPool": _pool,
    "dynamodb.Table": _table,
    "iam.Role": lambda name, _: {
        "arn": arn("iam", f"role/{name}", region=""),
        "name": name,
        "uniqueId": f"AROA-{name}",
    },
    "lambda.EventSourceMapping": lambda name, _: {
        "uuid": name,
        "arn": arn("lambda", f"event-source-mapping:{name}"),
    },
    "lambda.Function": _function,
    "lambda.LayerVersion": lambda name, _: {"arn": arn("lambda", f"layer:{name}:1")},
    "route53.Record": lambda _name, inputs: {"fqdn": inputs["name"].rstrip(".")},
    "s3.Bucket": _bucket,
    "ses.ConfigurationSet": lambda name, _: {"arn": arn("ses", f"configuration-set/{name}"), "name": name},
    "sns.Topic": lambda name, _: {"arn": arn("sns", name), "name": name},
    "sqs.Queue": _queue,
    "wafv2.WebAcl": lambda name, _: {"arn": arn("wafv2", f"global/webacl/{name}/1", region="us-east-1")},
}


def kind(urn_or_type: str) -> str:
    """Return the short type of a resource: `sqs.Queue` for `aws:sqs/queue:Queue`."""
    token = urn_or_type.split("::")[2] if "::" in urn_or_type else urn_or_type
    _, module, name = token.rsplit("$", 1)[-1].split(":")
    return f"{module.split('/')[0]}.{name}"


class Recorder:
    """A provider for the calls of Pulumi's protocol. An output that is not in OUTPUTS stays unknown."""

    def configure(self, config: Mapping[str, str]) -> None:
        """Ignore the configuration."""

    def check(self, urn: str, old_inputs: Properties | None, news: Properties) -> CheckResult:
        """Accept all inputs unchanged."""
        return CheckResult(dict(news), [])

    def create(self, urn: str, news: Properties) -> CreateResult:
        """Return the outputs of the resource, with a name like those that Pulumi generates."""
        logical = urn.rsplit("::", 1)[1]
        name = news.get("name") or f"{logical}-{hashlib.sha256(urn.encode()).hexdigest()[:7]}"
        outputs = OUTPUTS[kind(urn)](name, news) if kind(urn) in OUTPUTS else {}
        return CreateResult(
            outputs.get("id", name), {key: out for key, out in outputs.items() if key != "id"}
        )

    def invoke(self, token: str, args: Properties) -> Properties:
        """Return the result of one of the two functions that the program calls. Otherwise raises KeyError."""
        answers: Mapping[str, Properties] = {
            "aws:index/getCallerIdentity:getCallerIdentity": CALLER,
            "aws:index/getRegion:getRegion": {"region": REGION, "id": REGION},
        }
        return answers[token]

    def diff(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> DiffResult:
        """Compare the inputs with those of an earlier run on the same checkpoint."""
        return DiffResult(changes=old_inputs != news)

    def update(
        self, urn: str, id: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> UpdateResult:
        """Return the new inputs."""
        return UpdateResult(dict(news))

    def read(self, urn: str, id: str, olds: Properties) -> ReadResult:
        """Return no resource, because the program imports none."""
        return ReadResult("", {})

    def delete(self, urn: str, id: str, olds: Properties) -> None:
        """Do nothing."""
