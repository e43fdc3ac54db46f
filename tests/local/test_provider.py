"""The provider with a real emulator: what it creates, updates, refuses and deletes."""

from __future__ import annotations

import inspect
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError

from local.emulator import Emulator, take_port
from local.engine import Deployment, DeploymentError, Registration, run_program
from local.engine.checkpoint import Checkpoint
from local.provider import EmulatorProvider, kinds
from local.provider.functions import CODE_BUCKET
from local.provider.inputs import Given
from local.provider.tables import _indexes
from tests.system import get

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
EVERYTHING = Path(__file__).with_name("everything.py").read_text()
Run = Callable[..., Deployment]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    running = Emulator(take_port(0), tmp_path_factory.mktemp("emulator"), REGION)
    running.wait()
    yield running
    running.stop()


@pytest.fixture
def run(emulator: Emulator, tmp_path: Path) -> Iterator[Run]:
    """Return a function that applies a program given as text. After the test its resources are deleted."""
    (tmp_path / "Pulumi.yaml").write_text("name: desk\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  aws:region: {REGION}\n")
    checkpoint = Checkpoint(tmp_path / "resources.jsonl")

    def run(program: str, *, refresh: bool = False, **config: Any) -> Deployment:
        head = "import json, pulumi, pulumi_aws as aws\n" if program is not EVERYTHING else ""
        (tmp_path / "__main__.py").write_text(head + dedent(program))
        provider = EmulatorProvider(emulator.port)
        return run_program(tmp_path, "dev", config, provider, checkpoint=checkpoint, refresh=refresh)

    yield run
    run("")


def _steps(deployment: Deployment) -> list[tuple[str, str]]:
    return [(step, urn.rsplit("::", 1)[1]) for step, urn in deployment.steps]


def _resource(deployment: Deployment, name: str) -> Registration:
    return next(one for one in deployment.resources.values() if one.name == name)


# ---- refusals


def test_error_names_an_unsupported_property_and_nothing_is_created(run: Run, emulator: Emulator) -> None:
    with pytest.raises(DeploymentError) as refused:
        run('aws.lambda_.Function("f", role="r", code=pulumi.AssetArchive({}), skip_destroy=True)')
    assert "f (aws:lambda/function:Function): skipDestroy: " in str(refused.value)
    assert emulator.client("lambda").list_functions()["Functions"] == []


def test_error_names_the_path_of_an_unsupported_nested_property(run: Run) -> None:
    with pytest.raises(
        DeploymentError, match=r"globalSecondaryIndexes\[0\]\.onDemandThroughput: nothing here"
    ):
        run("""
            aws.dynamodb.Table("t", hash_key="id", billing_mode="PAY_PER_REQUEST",
                attributes=[{"name": "id", "type": "S"}],
                global_secondary_indexes=[{"name": "i", "key_schemas": [], "projection_type": "ALL",
                                           "on_demand_throughput": {"max_read_request_units": 1}}])
        """)


UNSUPPORTED: dict[str, tuple[str, str]] = {
    "resource type": ('aws.ec2.Vpc("v")', "aws:ec2/vpc:Vpc: no such type is known here"),
    "topic attribute": (
        'aws.sns.Topic("t", http_success_feedback_sample_rate=1)',
        "httpSuccessFeedbackSampleRate: SNS has no such attribute",
    ),
    "OpenAPI extension": (
        """
        document = {"openapi": "3.0.1", "x-amazon-apigateway-policy": {}}
        aws.apigateway.RestApi("a", body=json.dumps(document))
        """,
        "body.x-amazon-apigateway-policy: nothing here has a place for it",
    ),
    "part of an integration": (
        """
        get = {"x-amazon-apigateway-integration": {"type": "mock", "retries": 1}}
        document = {"openapi": "3.0.1", "paths": {"/a": {"get": get}}}
        aws.apigateway.RestApi("a", body=json.dumps(document))
        """,
        "body.paths./a.get.x-amazon-apigateway-integration.retries: PutIntegrationRequest has no place",
    ),
    "method setting": (
        """
        aws.apigateway.MethodSettings("m", rest_api="a", stage_name="s", method_path="*/*",
                                      settings={"caching_enabled": True})
        """,
        "settings.cachingEnabled: nothing here has a place for it",
    ),
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_error_names_the_unsupported_part_of_a_program(run: Run, emulator: Emulator, what: str) -> None:
    program, message = UNSUPPORTED[what]
    with pytest.raises(DeploymentError) as refused:
        run(program)
    assert message in str(refused.value)
    assert emulator.client("apigateway").get_rest_apis()["items"] == []


def test_error_names_an_unsupported_function(run: Run) -> None:
    with pytest.raises(Exception, match="getAvailabilityZones: no such function is known here"):
        run("aws.get_availability_zones()")


def test_error_from_aws_is_reported_with_resource_and_cause(run: Run) -> None:
    with pytest.raises(DeploymentError, match=r"p \(aws:iam/rolePolicy:RolePolicy\): .*NoSuchEntity"):
        run('aws.iam.RolePolicy("p", role="nobody", policy="{}")')


@pytest.mark.parametrize("token", kinds())
def test_every_input_that_a_kind_names_exists_in_pulumi(token: str) -> None:
    _, module, name = token.split(":")
    service = module.split("/")[0]
    taken = inspect.signature(getattr(getattr(aws, KEYWORDS.get(service, service)), name)._internal_init)
    inputs = {_camel_case(parameter) for parameter in taken.parameters}
    kind = kinds()[token]
    assert {*kind.in_place, *filter(None, [kind.named])} - inputs == set()


KEYWORDS = {"lambda": "lambda_"}


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


# ---- changes

TABLE = """
    aws.dynamodb.Table("orders", hash_key={key!r}, billing_mode="PAY_PER_REQUEST",
        attributes=[{{"name": name, "type": "S"}} for name in {attributes!r}],
        global_secondary_indexes=[{{"name": name, "projection_type": "ALL",
                                    "key_schemas": [{{"attribute_name": name, "key_type": "HASH"}}]}}
                                  for name in {indexes!r}],
        ttl={{"attribute_name": "expiresAt", "enabled": True}}, point_in_time_recovery={{"enabled": {pitr}}})
"""


def _table(key: str = "id", indexes: tuple[str, ...] = (), *, pitr: bool = True) -> str:
    return TABLE.format(key=key, attributes=sorted({key, *indexes}), indexes=indexes, pitr=pitr)


def test_table_is_never_replaced_and_the_error_suggests_the_fresh_option(
    run: Run, emulator: Emulator
) -> None:
    table = _resource(run(_table()), "orders")
    database = emulator.client("dynamodb")
    database.put_item(TableName=table.id, Item={"id": {"S": "1"}})
    with pytest.raises(DeploymentError, match=r"orders .*hashKey cannot change .*--fresh"):
        run(_table("orderID"))
    assert database.scan(TableName=table.id)["Count"] == 1


SORTED = """
    aws.dynamodb.Table("rows", hash_key="a", range_key={sort!r}, billing_mode="PAY_PER_REQUEST",
        attributes=[{{"name": name, "type": "S"}} for name in ("a", {sort!r})])
"""


def test_table_with_a_range_key_keeps_both_keys(run: Run, emulator: Emulator) -> None:
    table = _resource(run(SORTED.format(sort="b")), "rows")
    database = emulator.client("dynamodb")
    for b in ("1", "2", "2"):
        database.put_item(TableName=table.id, Item={"a": {"S": "x"}, "b": {"S": b}})
    with pytest.raises(DeploymentError, match=r"rows .*rangeKey cannot change .*--fresh"):
        run(SORTED.format(sort="c"))
    assert database.scan(TableName=table.id)["Count"] == 2


ITEM = """
    rows = aws.dynamodb.Table("rows", hash_key="a", range_key="b", billing_mode="PAY_PER_REQUEST",
        attributes=[{{"name": name, "type": "S"}} for name in ("a", "b")])
    for word in {words!r}:
        aws.dynamodb.TableItem("row", table_name=rows.name, hash_key="a", range_key="b",
            item=json.dumps({{"a": {{"S": "x"}}, "b": {{"S": "y"}}, "word": {{"S": word}}}}))
"""


def test_an_item_is_changed_in_place_made_again_and_deleted(run: Run, emulator: Emulator) -> None:
    name = _resource(run(ITEM.format(words=["one"])), "rows").id
    database = emulator.client("dynamodb")

    def words() -> list[str]:
        return [item["word"]["S"] for item in database.scan(TableName=name)["Items"]]

    assert words() == ["one"]
    assert _steps(run(ITEM.format(words=["two"]))) == [("update", "row")]
    assert words() == ["two"]
    database.delete_item(TableName=name, Key={"a": {"S": "x"}, "b": {"S": "y"}})
    run(ITEM.format(words=["two"]), refresh=True)
    assert words() == ["two"]
    run(ITEM.format(words=[]))
    assert words() == []


def test_an_index_of_an_older_program_is_the_same_index() -> None:
    """A saved state may have an index's keys under the names that the provider deprecated."""
    rest = {"name": "byA", "projectionType": "ALL"}
    old = {**rest, "hashKey": "a", "rangeKey": "b"}
    keys = [{"attributeName": "a", "keyType": "HASH"}, {"attributeName": "b", "keyType": "RANGE"}]
    before, now = (
        _indexes(Given({"globalSecondaryIndexes": [one]})) for one in (old, {**rest, "keySchemas": keys})
    )
    assert before == now
    assert [one["AttributeName"] for one in now[0]["KeySchema"]] == ["a", "b"]


def test_table_indexes_can_change_without_losing_items(run: Run, emulator: Emulator) -> None:
    table = _resource(run(_table(indexes=("byA",))), "orders")
    database = emulator.client("dynamodb")
    database.put_item(TableName=table.id, Item={"id": {"S": "1"}, "byA": {"S": "x"}, "byB": {"S": "y"}})
    assert _steps(run(_table(indexes=("byB",), pitr=False))) == [("update", "orders")]
    described = database.describe_table(TableName=table.id)["Table"]
    assert [one["IndexName"] for one in described["GlobalSecondaryIndexes"]] == ["byB"]
    found = database.query(
        TableName=table.id,
        IndexName="byB",
        KeyConditionExpression="byB = :b",
        ExpressionAttributeValues={":b": {"S": "y"}},
    )
    assert found["Count"] == 1


FUNCTION = """
    trust = {{"Effect": "Allow", "Action": "sts:AssumeRole",
              "Principal": {{"Service": "lambda.amazonaws.com"}}}}
    policy = json.dumps({{"Version": "2012-10-17", "Statement": [trust]}})
    role = aws.iam.Role("role", assume_role_policy=policy)
    aws.lambda_.Function("f", role=role.arn, handler="h.handler", runtime="python3.13", timeout={timeout},
        environment={{"variables": {{"WORD": {word!r}}}}},
        code=pulumi.AssetArchive({{"h.py": pulumi.StringAsset({code!r})}}))
"""


def _invoke(emulator: Emulator, name: str) -> Any:
    return json.loads(emulator.client("lambda").invoke(FunctionName=name)["Payload"].read())


def test_function_runs_with_changed_code_and_settings(run: Run, emulator: Emulator) -> None:
    code = "import os\ndef handler(event, context): return ['one', os.environ['WORD']]"
    function = _resource(run(FUNCTION.format(timeout=3, word="a", code=code)), "f")
    assert _invoke(emulator, function.id) == ["one", "a"]
    changed = FUNCTION.format(timeout=4, word="b", code=code.replace("one", "two"))
    assert _steps(run(changed)) == [("update", "f")]
    assert _invoke(emulator, function.id) == ["two", "b"]
    found = emulator.client("lambda").get_function_configuration(FunctionName=function.id)
    assert (found["Timeout"], found["FunctionArn"]) == (4, function.outputs["arn"])
    assert _steps(run(changed)) == []


API = """
    mock = {{"type": "mock", "passthroughBehavior": "never",
             "requestTemplates": {{"application/json": '{{"statusCode":200}}'}},
             "responses": {{"default": {{"statusCode": "200"}}}}}}
    operation = {{"responses": {{"200": {{"description": "ok"}}}}, "x-amazon-apigateway-integration": mock}}
    body = json.dumps({{"openapi": "3.0.1", "paths": {{{path!r}: {{"get": operation}}}}}})
    api = aws.apigateway.RestApi("api", body=body)
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id, triggers={{"body": body}})
    stage = aws.apigateway.Stage("stage", rest_api=api.id, deployment=deployment.id, stage_name="api")
    pulumi.export("url", stage.invoke_url)
"""


def _status(url: str) -> int:
    port, _, path = url.removeprefix("http://localhost:").partition("/")
    return get(int(port), f"/{path}").status


def test_changed_document_rebuilds_the_api_at_the_same_url(run: Run) -> None:
    first = run(API.format(path="/orders"))
    assert _status(f"{first.outputs['url']}/orders") == 200
    second = run(API.format(path="/products/all"))
    assert second.outputs == first.outputs
    assert _steps(second) == [
        ("update", "api"), ("create", "deployment"), ("update", "stage"), ("delete", "deployment")
    ]  # fmt: skip
    assert _status(f"{second.outputs['url']}/products/all") == 200
    assert _status(f"{second.outputs['url']}/orders") == 403


@pytest.mark.thorough
def test_a_change_that_needs_no_replacement_keeps_the_resource(run: Run, emulator: Emulator) -> None:
    first, second = run(EVERYTHING, version=1), run(EVERYTHING, version=2)
    made = {one.name: one.id for one in second.resources.values() if one.custom}
    assert {name for _, name in _steps(second)} == set(made) - {"bucket", "member", "target"}
    assert [step for step in _steps(second) if step[0] != "update"] == []
    assert made == {one.name: one.id for one in first.resources.values() if one.custom}
    assert _read_settings(emulator, made) == {
        "trusted": ["lambda.amazonaws.com", "scheduler.amazonaws.com"],
        "visibility": "60",
        "queue policy": ["sqs:SendMessage", "sqs:PurgeQueue"],
        "display name": "Desk 2",
        "retention": [14],
        "memory": 256,
        "batch size": 2,
        "password length": 10,
        "callback": ["https://shop.example/2"],
        "scope": "Version 2",
        "group": "Version 2",
        "members": 1,
        "page": b"page 2",
        "encryption": "AES256",
        "root": "index2.html",
        "frame": "DENY",
        # The emulator serves every bucket at its own address.
        "policy": f"connect-src {emulator.url} https://b",
        "uploads from": ["https://shop2.example"],
        "edge function": b"const handler = () => ({ statusCode: 402 });",
    }
    assert _steps(run(EVERYTHING, version=2, refresh=True)) == []


def test_a_table_gets_a_stream_and_keeps_its_items(run: Run, emulator: Emulator) -> None:
    """A switch of the program may need the changes of a table that is in use."""
    program = """
        table = aws.dynamodb.Table("t", hash_key="id", billing_mode="PAY_PER_REQUEST",
            attributes=[{{"name": "id", "type": "S"}}], {stream})
        pulumi.export("stream", table.stream_arn)
    """
    streaming = 'stream_enabled=True, stream_view_type="NEW_AND_OLD_IMAGES"'
    table = _resource(run(program.format(stream="")), "t").id
    client = emulator.client("dynamodb")
    client.put_item(TableName=table, Item={"id": {"S": "1"}})
    changed = run(program.format(stream=streaming))
    assert changed.outputs["stream"] == client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    assert _resource(changed, "t").id == table
    assert client.scan(TableName=table)["Count"] == 1
    assert _steps(run(program.format(stream=streaming))) == []
    assert run(program.format(stream="")).outputs["stream"] == ""
    left = client.describe_table(TableName=table)["Table"].get("StreamSpecification", {})
    assert not left.get("StreamEnabled")


def test_functions_with_the_same_code_store_it_once(run: Run, emulator: Emulator) -> None:
    deployment = run("""
        role = aws.iam.Role("r", assume_role_policy="{}")
        for name, code in (("f", "one"), ("g", "one"), ("h", "other")):
            aws.lambda_.Function(name, role=role.arn, handler="h.h", runtime="python3.13",
                code=pulumi.AssetArchive({"h.py": pulumi.StringAsset(f"h = lambda *_: '{code} of three'")}))
    """)
    answers = [_invoke(emulator, _resource(deployment, name).id) for name in "fgh"]
    assert answers == ["one of three", "one of three", "other of three"]
    stored = [
        emulator.client("s3").get_object(Bucket=CODE_BUCKET, Key=one["Key"])["Body"].read()
        for one in emulator.client("s3").list_objects_v2(Bucket=CODE_BUCKET)["Contents"]
    ]
    modules = [zipfile.ZipFile(io.BytesIO(one)).read("h.py") for one in stored]
    assert sorted(one for one in modules if b"of three" in one) == [
        b"h = lambda *_: 'one of three'",
        b"h = lambda *_: 'other of three'",
    ]


def test_a_changed_layer_is_another_version_that_its_function_gets(run: Run, emulator: Emulator) -> None:
    program = """
        role = aws.iam.Role("role", assume_role_policy="{{}}")
        layer = aws.lambda_.LayerVersion("layer", layer_name="packages", compatible_runtimes=["python3.13"],
            code=pulumi.AssetArchive({{"python/a.py": pulumi.StringAsset("A = {value}")}}))
        aws.lambda_.Function("f", role=role.arn, handler="h.h", runtime="python3.13", layers=[layer.arn],
            code=pulumi.AssetArchive({{"h.py": pulumi.StringAsset("import a; h = lambda *_: a.A")}}))
    """
    client = emulator.client("lambda")
    for value in (1, 2):
        function = _resource(run(program.format(value=value)), "f").id
        assert json.load(client.invoke(FunctionName=function)["Payload"]) == value
    assert _steps(run(program.format(value=2), refresh=True)) == []
    assert len(client.list_layer_versions(LayerName="packages")["LayerVersions"]) == 1


def test_two_distributions_are_two(run: Run) -> None:
    """CloudFront would return the first one for a second request with the same reference."""
    made = run("""
        for name in ("a", "b"):
            origin = {"origin_id": "pages", "domain_name": f"{name}.s3.amazonaws.com"}
            behavior = {"target_origin_id": "pages", "viewer_protocol_policy": "https-only",
                        "allowed_methods": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"]}
            aws.cloudfront.Distribution(name, enabled=True, origins=[origin], default_cache_behavior=behavior,
                restrictions={"geo_restriction": {"restriction_type": "none"}},
                viewer_certificate={"cloudfront_default_certificate": True})
    """)
    assert _resource(made, "a").outputs["domainName"] != _resource(made, "b").outputs["domainName"]


def _read_settings(emulator: Emulator, made: dict[str, str]) -> dict[str, Any]:
    """Return the current settings in the emulator of some resources of `everything.py`."""
    client, pool = emulator.client, {"UserPoolId": made["pool"]}
    role = client("iam").get_role(RoleName=made["role"])["Role"]["AssumeRolePolicyDocument"]
    queue = client("sqs").get_queue_attributes(QueueUrl=made["queue"], AttributeNames=["All"])["Attributes"]
    users, cloudfront, s3 = client("cognito-idp"), client("cloudfront"), client("s3")
    encryption = s3.get_bucket_encryption(Bucket=made["bucket"])["ServerSideEncryptionConfiguration"]
    headers = cloudfront.get_response_headers_policy(Id=made["headers"])["ResponseHeadersPolicy"]
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    site = cloudfront.get_distribution(Id=made["site"])["Distribution"]["DistributionConfig"]
    return {
        "trusted": role["Statement"][0]["Principal"]["Service"],
        "visibility": queue["VisibilityTimeout"],
        "queue policy": json.loads(queue["Policy"])["Statement"][0]["Action"],
        "display name": client("sns").get_topic_attributes(TopicArn=made["topic"])["Attributes"][
            "DisplayName"
        ],
        "retention": [
            one["retentionInDays"]
            for one in client("logs").describe_log_groups(logGroupNamePrefix=made["logs"])["logGroups"]
        ],
        "memory": client("lambda").get_function_configuration(FunctionName=made["f"])["MemorySize"],
        "batch size": client("lambda").get_event_source_mapping(UUID=made["feed"])["BatchSize"],
        "password length": users.describe_user_pool(**pool)["UserPool"]["Policies"]["PasswordPolicy"][
            "MinimumLength"
        ],
        "callback": users.describe_user_pool_client(**pool, ClientId=made["client"])["UserPoolClient"][
            "CallbackURLs"
        ],
        "scope": users.describe_resource_server(**pool, Identifier="inbox")["ResourceServer"]["Scopes"][0][
            "ScopeDescription"
        ],
        "group": users.get_group(**pool, GroupName="staff")["Group"]["Description"],
        "members": len(users.list_users_in_group(**pool, GroupName="staff")["Users"]),
        "page": s3.get_object(Bucket=made["bucket"], Key="index.html")["Body"].read(),
        "encryption": encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "root": site["DefaultRootObject"],
        "frame": security["FrameOptions"]["FrameOption"],
        "policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "uploads from": s3.get_bucket_cors(Bucket=made["bucket"])["CORSRules"][0]["AllowedOrigins"],
        "edge function": cloudfront.get_function(Name=made["addresses"], Stage="LIVE")["FunctionCode"].read(),
    }


def test_generated_name_stays_until_the_resource_is_replaced(run: Run) -> None:
    first = _resource(run('aws.sns.Topic("orders", display_name="A")'), "orders")
    second = _resource(run('aws.sns.Topic("orders", display_name="B")'), "orders")
    assert second.id == first.id
    replaced = run('aws.sns.Topic("orders", display_name="B", tags={"a": "b"})')
    assert _steps(replaced) == [("create", "orders"), ("delete", "orders")]
    assert _resource(replaced, "orders").id != first.id


def test_resource_with_a_fixed_name_is_deleted_before_replacement(run: Run) -> None:
    run('aws.sns.Topic("orders", name="orders")')
    replaced = run('aws.sns.Topic("orders", name="orders", tags={"a": "b"})')
    assert _steps(replaced) == [("delete", "orders"), ("create", "orders")]


@pytest.mark.thorough
def test_refresh_recreates_missing_resources(run: Run, emulator: Emulator) -> None:
    program = 'aws.sqs.Queue("orders"); aws.sns.Topic("topic")'
    queue = _resource(run(program), "orders")
    emulator.client("sqs").delete_queue(QueueUrl=queue.id)
    assert _steps(run(program)) == []
    assert _steps(run(program, refresh=True)) == [("create", "orders")]


# ---- the real program


CONFIG: dict[str, Any] = {
    "staffEmails": ["staff@shop.example"],
    "adminEmails": ["admin@shop.example"],
    "notificationEmails": ["orders@shop.example"],
    "siteUrl": "http://localhost:8000",
    "corsOrigins": ["http://localhost:8000"],
}


@pytest.mark.thorough
def test_whole_program_is_created_kept_refreshed_and_deleted(emulator: Emulator, tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "resources.jsonl")

    def apply(root: Path, *, refresh: bool = False) -> Deployment:
        provider = EmulatorProvider(emulator.port)
        config = CONFIG if root == ROOT else {}
        return run_program(root, "dev", config, provider, checkpoint=checkpoint, refresh=refresh)

    first = apply(ROOT)
    assert {step for step, _ in first.steps} == {"create"}
    assert {one.type for one in first.resources.values() if one.type.startswith("aws:")} <= set(kinds())
    assert _steps(apply(ROOT)) == []
    assert _steps(apply(ROOT, refresh=True)) == []
    (tmp_path / "Pulumi.yaml").write_text("name: order-desk\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  aws:region: {REGION}\n")
    (tmp_path / "__main__.py").write_text("")
    assert {step for step, _ in apply(tmp_path).steps} == {"delete"}
    assert checkpoint.resources == {}
    _assert_empty(emulator)


def _assert_empty(emulator: Emulator) -> None:
    left = {
        "tables": emulator.client("dynamodb").list_tables()["TableNames"],
        "queues": emulator.client("sqs").list_queues().get("QueueUrls", []),
        "topics": emulator.client("sns").list_topics()["Topics"],
        "functions": emulator.client("lambda").list_functions()["Functions"],
        "mappings": emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"],
        "APIs": emulator.client("apigateway").get_rest_apis()["items"],
        "pools": emulator.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"],
        "distributions": emulator.client("cloudfront").list_distributions()["DistributionList"].get("Items"),
        "edge functions": emulator.client("cloudfront").list_functions()["FunctionList"].get("Items"),
    }
    assert {what: found for what, found in left.items() if found} == {}


@pytest.mark.thorough
def test_only_the_owner_and_named_roles_may_send_messages(run: Run, emulator: Emulator) -> None:
    deployment = run("""
        def policy(**statement):
            return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

        queue, named = aws.sqs.Queue("orders"), "arn:aws:iam::000000000000:role/w"
        others = {"ArnNotEquals": {"aws:PrincipalArn": named}}
        aws.sqs.QueuePolicy("closed", queue_url=queue.url, policy=queue.arn.apply(lambda arn: policy(
            Effect="Deny", Principal="*", Action="sqs:SendMessage", Resource=arn, Condition=others)))
        trust = policy(Effect="Allow", Action="sts:AssumeRole", Principal={"AWS": "000000000000"})
        for name in ("w", "x"):
            role = aws.iam.Role(name, name=name, assume_role_policy=trust)
            may = policy(Effect="Allow", Action="sqs:*", Resource="*")
            aws.iam.RolePolicy(f"{name}-may", role=role.name, policy=may)
    """)
    url = _resource(deployment, "orders").id
    emulator.client("sqs").send_message(QueueUrl=url, MessageBody="the owner's")
    _client_of_role(emulator, "w").send_message(QueueUrl=url, MessageBody="the named role's")
    with pytest.raises(ClientError, match="AccessDenied"):
        _client_of_role(emulator, "x").send_message(QueueUrl=url, MessageBody="another's")


def _client_of_role(emulator: Emulator, role: str) -> Any:
    taken = emulator.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::000000000000:role/{role}", RoleSessionName="test"
    )["Credentials"]
    return boto3.client(
        "sqs",
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )
