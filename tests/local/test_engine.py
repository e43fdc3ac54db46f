"""The engine with small programs: which resources it keeps, creates, updates, replaces and deletes."""
# ruff: noqa: ARG002 - the protocol defines the arguments

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from local.engine import Deployment, DeploymentError, run_program
from local.engine.checkpoint import Checkpoint
from local.properties import Archive, Asset

QUEUE = "aws:sqs/queue:Queue"


class Recorder:
    """A provider that records every call.

    A change of `name` replaces a queue, creating a queue named `broken` fails, and the input
    `kmsMasterKeyId` is refused.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.made = 0

    def configure(self, config: Mapping[str, str]) -> None:
        self.config = dict(config)

    def check(self, urn: str, old_inputs: Mapping[str, Any] | None, news: Mapping[str, Any]) -> CheckResult:
        refused = [CheckFailure(key, "is not wanted") for key in news if key == "kmsMasterKeyId"]
        return CheckResult(dict(news), refused)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Mapping[str, Any],
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> DiffResult:
        replaces = ["name"] if old_inputs.get("name") != news.get("name") else []
        return DiffResult(changes=old_inputs != news, replaces=replaces)

    def create(self, urn: str, news: Mapping[str, Any]) -> CreateResult:
        if news.get("name") == "broken":
            raise RuntimeError("QueueDeletedRecently: wait 60 seconds")
        self._note("create", urn)
        self.made += 1
        return CreateResult(f"id-{self.made}", {"arn": f"arn:{self.made}"})

    def read(self, urn: str, id: str, olds: Mapping[str, Any]) -> ReadResult:
        return ReadResult(id, {"arn": f"arn:{id}"}) if id != "gone" else ReadResult()

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Mapping[str, Any],
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
    ) -> UpdateResult:
        self._note("update", urn)
        return UpdateResult({})

    def delete(self, urn: str, id: str, olds: Mapping[str, Any]) -> None:
        self._note("delete", f"{urn} {id}")

    def invoke(self, token: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"accountId": "000000000000", "arn": "a", "userId": "u", "id": "x"}

    def _note(self, call: str, urn: str) -> None:
        self.calls.append((call, urn.rsplit("::", 1)[1]))


Run = Callable[[str], Deployment]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def run(tmp_path: Path, recorder: Recorder) -> Run:
    """Return a function that runs a program given as text. All runs use the same state on disk."""
    (tmp_path / "Pulumi.yaml").write_text("name: desk\nruntime: python\n")

    def run(program: str) -> Deployment:
        head = "import pulumi, pulumi_aws as aws\nfrom pulumi import ResourceOptions as Options\n"
        (tmp_path / "__main__.py").write_text(head + dedent(program))
        recorder.calls.clear()
        return run_program(tmp_path, "dev", {}, recorder, checkpoint=Checkpoint(tmp_path / "resources.jsonl"))

    return run


def test_resource_is_registered_with_its_inputs_and_options(run: Run) -> None:
    deployment = run("""
        class Pair(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("desk:index:Pair", name, {}, opts)
                child = Options(parent=self, protect=True, retain_on_delete=True, delete_before_replace=True)
                self.dead = aws.sqs.Queue(f"{name}-dead", message_retention_seconds=60, opts=child)
                self.live = aws.sqs.Queue(
                    f"{name}-live", tags={"dead": self.dead.arn}, opts=Options(parent=self)
                )
        pulumi.export("arn", Pair("orders").live.arn)
    """)
    dead, live = (r for r in deployment.resources.values() if r.type == QUEUE)
    assert dead.urn == f"urn:pulumi:dev::desk::desk:index:Pair${QUEUE}::orders-dead"
    assert dead.inputs == {"messageRetentionSeconds": 60}
    assert dead.options.protect
    assert dead.options.retain_on_delete
    assert dead.options.delete_before_replace
    assert live.inputs == {"tags": {"dead": "arn:1"}}
    assert live.property_dependencies["tags"] == (dead.urn,)
    assert dead.urn in live.dependencies
    assert live.parent.endswith("desk:index:Pair::orders")
    assert (live.id, deployment.outputs) == ("id-2", {"arn": "arn:2"})


def test_unchanged_program_changes_nothing(run: Run, recorder: Recorder) -> None:
    program = 'pulumi.export("arn", aws.sqs.Queue("q", delay_seconds=3).arn)'
    first = run(program)
    second = run(program)
    assert recorder.calls == []
    assert first.outputs == second.outputs == {"arn": "arn:1"}


def test_changed_input_updates_and_removed_resource_is_deleted(run: Run, recorder: Recorder) -> None:
    run('aws.sqs.Queue("q", delay_seconds=3); aws.sqs.Queue("r"); aws.sqs.Queue("s")')
    deployment = run('aws.sqs.Queue("q", delay_seconds=4)')
    assert recorder.calls == [("update", "q"), ("delete", "s id-3"), ("delete", "r id-2")]
    assert [step for step, _ in deployment.steps] == ["update", "delete", "delete"]
    run('aws.sqs.Queue("q", delay_seconds=4)')
    assert recorder.calls == []


def test_replacement_is_created_first_unless_delete_before_replace_is_set(
    run: Run, recorder: Recorder
) -> None:
    run('aws.sqs.Queue("q", name="a")')
    run('aws.sqs.Queue("q", name="b")')
    assert recorder.calls == [("create", "q"), ("delete", "q id-1")]
    run('aws.sqs.Queue("q", name="c", opts=Options(delete_before_replace=True))')
    assert recorder.calls == [("delete", "q id-2"), ("create", "q")]


def test_next_run_deletes_resources_that_a_failed_run_replaced(run: Run, recorder: Recorder) -> None:
    run('aws.sqs.Queue("q", name="a")')
    with pytest.raises(DeploymentError):
        run('aws.sqs.Queue("q", name="b"); aws.sqs.Queue("r", name="broken")')
    assert recorder.calls == [("create", "q")]
    run('aws.sqs.Queue("q", name="b")')
    assert recorder.calls == [("delete", "q id-1")]


def test_protected_resource_is_neither_deleted_nor_replaced(run: Run, recorder: Recorder) -> None:
    run('aws.sqs.Queue("q", name="a", opts=Options(protect=True))')
    with pytest.raises(DeploymentError, match=r"q \(aws:sqs/queue:Queue\): it is protected, and name"):
        run('aws.sqs.Queue("q", name="b", opts=Options(protect=True))')
    with pytest.raises(DeploymentError, match="deleting it: it is protected"):
        run("")
    run('aws.sqs.Queue("q", name="b")')
    assert recorder.calls == [("create", "q"), ("delete", "q id-1")]


def test_retained_resource_is_forgotten_but_not_deleted(run: Run, recorder: Recorder) -> None:
    run('aws.sqs.Queue("q", opts=Options(retain_on_delete=True))')
    deployment = run("")
    assert recorder.calls == []
    assert [step for step, _ in deployment.steps] == ["delete"]


@pytest.mark.parametrize(
    "alias", ['pulumi.Alias(name="q")', '"urn:pulumi:dev::desk::aws:sqs/queue:Queue::q"']
)
def test_aliased_resource_keeps_its_state_under_a_new_name(run: Run, recorder: Recorder, alias: str) -> None:
    run('aws.sqs.Queue("q", delay_seconds=3)')
    run(f'aws.sqs.Queue("orders", delay_seconds=3, opts=Options(aliases=[{alias}]))')
    assert recorder.calls == []


def test_children_of_an_aliased_component_keep_their_state(run: Run, recorder: Recorder) -> None:
    program = """
        class Pair(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("desk:index:Pair", name, {{}}, opts)
                aws.sqs.Queue(f"{{name}}-live", opts=Options(parent=self))
        Pair({})
    """
    run(program.format('"old"'))
    run(program.format('"new", Options(aliases=[pulumi.Alias(name="old")])'))
    assert recorder.calls == []


def test_ignored_changes_are_not_applied(run: Run, recorder: Recorder) -> None:
    run('aws.sqs.Queue("q", delay_seconds=3)')
    run('aws.sqs.Queue("q", delay_seconds=4, opts=Options(ignore_changes=["delay_seconds"]))')
    assert recorder.calls == []


def test_all_failures_are_reported_and_the_rest_is_applied(run: Run, recorder: Recorder) -> None:
    with pytest.raises(DeploymentError) as failed:
        run("""
            bad = aws.sqs.Queue("bad", name="broken")
            aws.sqs.Queue("behind", tags={"of": bad.arn})
            aws.sqs.Queue("refused", kms_master_key_id="k")
            aws.sqs.Queue("good")
        """)
    assert str(failed.value).splitlines() == [
        f"bad ({QUEUE}): QueueDeletedRecently: wait 60 seconds",
        f"refused ({QUEUE}): kmsMasterKeyId: is not wanted",
        "1 more could not be done without them",
    ]
    assert [str(one) for one in failed.value.failures if one.skipped] == [
        f"behind ({QUEUE}): left out, because it depends on bad"
    ]
    assert recorder.calls == [("create", "good")]


def test_error_about_a_missing_output_names_property_and_resource(run: Run) -> None:
    with pytest.raises(DeploymentError, match=r"tags\.url uses an output of a that the provider"):
        run('aws.sqs.Queue("b", tags={"url": aws.sqs.Queue("a").url})')


def test_export_of_a_missing_output_fails(run: Run) -> None:
    with pytest.raises(DeploymentError, match="the export url is not known"):
        run('pulumi.export("url", aws.sqs.Queue("a").url)')


def test_duplicate_resource_name_fails(run: Run) -> None:
    with pytest.raises(DeploymentError, match="Duplicate resource URN"):
        run('aws.sqs.Queue("q"); aws.sqs.Queue("q", delay_seconds=4)')


def test_exception_of_the_program_is_raised(run: Run) -> None:
    with pytest.raises(ZeroDivisionError):
        run('aws.sqs.Queue("q"); 1/0')


def test_transforms_are_refused(run: Run) -> None:
    with pytest.raises(Exception, match="does not support transforms"):
        run('aws.sqs.Queue("q", opts=Options(transforms=[lambda args: None]))')


def test_secrets_numbers_and_assets_become_plain_values(run: Run, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "handler.py").write_text("one")
    deployment = run("""
        aws.lambda_.Function("f", role="r", timeout=3, code=pulumi.AssetArchive({
            "a/b.json": pulumi.StringAsset("{}"), "handler.py": pulumi.FileAsset("code/handler.py"),
            "lib": pulumi.FileArchive("code")}))
        aws.s3.BucketObject("o", bucket="b", source=pulumi.FileAsset("code/handler.py"))
        aws.ssm.Parameter("p", type="String", value=pulumi.Output.secret("hush"))
    """)
    function, file, parameter = (r for r in deployment.resources.values() if r.custom)
    archive = function.inputs["code"]
    assert isinstance(archive, Archive)
    assert archive.files == {"a/b.json": b"{}", "handler.py": b"one", "lib/handler.py": b"one"}
    assert (function.inputs["timeout"], type(function.inputs["timeout"])) == (3, int)
    assert file.inputs["source"] == Asset.of(b"one")
    assert parameter.inputs["value"] == "hush"


def test_changed_file_updates_its_resource(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    program = (
        'aws.lambda_.Function("f", role="r", code=pulumi.AssetArchive({"h.py": pulumi.FileAsset("h.py")}))'
    )
    (tmp_path / "h.py").write_text("one")
    run(program)
    run(program)
    assert recorder.calls == []
    (tmp_path / "h.py").write_text("two")
    run(program)
    assert recorder.calls == [("update", "f")]


def test_an_archive_that_functions_share_is_read_once(run: Run) -> None:
    deployment = run("""
        for name, text in (("f", "one"), ("g", "one"), ("h", "other")):
            aws.lambda_.Function(name, role="r", code=pulumi.AssetArchive({"h.py": pulumi.StringAsset(text)}))
    """)
    one, same, other = (each.inputs["code"] for each in deployment.resources.values() if each.custom)
    assert one is same
    assert other.files == {"h.py": b"other"}


def test_invokes_and_lookups_return_results(run: Run) -> None:
    deployment = run("""
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("arn", aws.sqs.Queue.get("q", "there").arn)
    """)
    assert deployment.outputs == {"account": "000000000000", "arn": "arn:there"}
    with pytest.raises(DeploymentError, match="there is none with the id gone"):
        run('aws.sqs.Queue.get("q", "gone")')


def test_incomplete_last_line_of_the_journal_is_ignored(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    run('aws.sqs.Queue("q")')
    with (tmp_path / "resources.jsonl").open("a") as journal:
        journal.write('["urn:pulumi:dev::desk::aws:sqs/queue:Queue::r", {"urn": "u')
    run('aws.sqs.Queue("q"); aws.sqs.Queue("r")')
    assert recorder.calls == [("create", "r")]
