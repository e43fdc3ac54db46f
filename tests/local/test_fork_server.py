"""The workers as forks: new interpreters to their functions, and `subprocess.Popen` to the emulator."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ministack.core import lambda_runtime

from local.emulator import workers
from local.emulator.fork_server import Forked, ForkServer
from tests.imports import ROOT
from tests.system import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the fork server")

SCRIPT = """
import json, os, sys
ROOT = os.environ["ROOT"]
print(json.dumps({
    "folder": os.getcwd(), "environment": dict(os.environ), "first path": sys.path[0], "arguments": sys.argv,
    "of the project": sorted({"local", "lambdas", "ministack"} & set(sys.modules)),
    "has boto3": "boto3" in sys.modules, "session": sys.modules["boto3"].DEFAULT_SESSION,
    "paths of the project": sorted({"", ROOT, ROOT + "/local/emulator"} & set(sys.path)),
}), flush=True)
for line in sys.stdin:
    if line == "fail\\n":
        raise KeyError("a fault")
    print(line.upper(), end="", flush=True)
    print("said", line, end="", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()
    assert server.process.wait(10) == 0


def fork(server: ForkServer, folder: Path) -> Forked:
    (folder / "code").mkdir()
    (folder / "worker.py").write_text(SCRIPT)
    environment = {"ROOT": str(ROOT), "PATH": "/bin"}
    return Forked(server, str(folder / "worker.py"), str(folder / "code"), environment)


@pytest.fixture
def worker(server: ForkServer, tmp_path: Path) -> Iterator[Forked]:
    worker = fork(server, tmp_path)
    yield worker
    worker.kill()
    worker.wait(10)


def test_a_fork_begins_as_a_new_interpreter_with_boto3(worker: Forked, tmp_path: Path) -> None:
    seen = json.loads(worker.stdout.readline())
    assert seen.pop("environment") == {"ROOT": str(ROOT), "PATH": "/bin"}  # nothing of the server's own
    assert seen == {
        "folder": str(tmp_path / "code"),
        "first path": str(tmp_path),
        "arguments": [str(tmp_path / "worker.py")],
        "of the project": [],
        "has boto3": True,
        "session": None,
        "paths of the project": [],
    }


def test_a_worker_is_spoken_to_through_its_pipes(worker: Forked) -> None:
    worker.stdout.readline()
    worker.stdin.write("grüß\n")
    assert worker.stdout.readline() == "GRÜSS\n"
    assert worker.stderr.readline() == "said grüß\n"
    assert worker.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(0.01)


@pytest.mark.parametrize("end", ["its input ends", "terminate", "kill", "a fault"])
def test_an_ended_worker_is_known_and_collected(worker: Forked, end: str) -> None:
    worker.stdout.readline()
    if end == "its input ends":
        worker.stdin.close()
    elif end == "a fault":
        worker.stdin.write("fail\n")
        assert "KeyError: 'a fault'" in worker.stderr.read()
    else:
        getattr(worker, end)()
    assert worker.wait(10) == worker.poll() == 0
    eventually(lambda: not Path(f"/proc/{worker.pid}").exists(), what="collected")
    worker.kill()  # does nothing, because another process may have the ID now


def test_workers_start_as_before_once_the_server_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ForkServer()
    monkeypatch.setattr(lambda_runtime, "subprocess", subprocess)
    workers._fork_workers(server)
    script, pipes = tmp_path / "worker.py", dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    script.write_text("import os, sys\nprint(os.getppid() == int(sys.stdin.readline()), flush=True)")

    def is_child_of(parent: int) -> str:
        worker = lambda_runtime.subprocess.Popen(
            [sys.executable, str(script)], cwd=str(tmp_path), env=dict(os.environ), text=True, **pipes
        )
        worker.stdin.write(f"{parent}\n")
        worker.stdin.flush()
        said: str = worker.stdout.read().strip()
        worker.wait(10)
        return said

    assert is_child_of(server.process.pid) == "True"
    (tmp_path / "living").mkdir()
    living = fork(server, tmp_path / "living")  # it must not keep the server's end of the channel open
    living.stdout.readline()
    server._channel.settimeout(5)
    server.process.kill()
    server.process.wait(10)
    assert is_child_of(os.getpid()) == "True"
    living.stdin.close()
    server.close()


def test_a_second_fork_waits_for_the_answer_to_the_first() -> None:
    server = ForkServer.__new__(ForkServer)
    server._turn = threading.Lock()
    server._channel, theirs = socket.socketpair()
    results: list[int] = []
    forks = [
        threading.Thread(target=lambda: results.append(server.fork("s", "/", {}, [0]))) for _ in range(2)
    ]
    with theirs, server._channel:
        for one in forks:
            one.start()
        for process_id in (11, 12):
            head, descriptors, _, _ = socket.recv_fds(theirs, 4, 1)
            assert json.loads(theirs.recv(int.from_bytes(head)))["script"] == "s"
            os.close(descriptors[0])
            assert not select.select([theirs], [], [], 0.02)[0]
            theirs.sendall(process_id.to_bytes(4))
        for one in forks:
            one.join()
    assert sorted(results) == [11, 12]
