"""The emulator of AWS as a process of its own, started and stopped with the system.

This is the side that starts it; what runs inside stands in `process.py`. The two talk over a
pipe: when its other end closes, however that came about, the emulator saves everything and goes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

HOST = "127.0.0.1"
ACCOUNT = "000000000000"
STOP_TIMEOUT_S = 15.0
# What a process needs to run at all. Nothing else of this machine reaches the functions.
INHERITED_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
ROOT = Path(__file__).resolve().parents[2]


class EmulatorError(Exception):
    """The emulator did not start, or is gone."""


def take_port(port: int) -> socket.socket:
    """A listening socket on `port`, 0 for any. Raises OSError when the port is taken."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen(256)
    except OSError:
        taken.close()
        raise
    return taken


class Emulator:
    """The emulator, with its state in `folder` and its log in `folder/emulator.log`."""

    def __init__(self, listener: socket.socket, folder: Path, region: str) -> None:
        """Start the process on the socket `door`; `wait` tells when it answers."""
        self.port: int = listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / "emulator.log"
        self._region = region
        shutil.rmtree(folder / "tmp", ignore_errors=True)  # the functions' code, unpacked by the last one
        (folder / "tmp").mkdir(parents=True)
        with listener, self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.emulator.process", str(folder), str(listener.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=_environment(self.port, folder, region),
                pass_fds=[listener.fileno()],
                start_new_session=True,  # Ctrl-C is for `up`, which then closes the pipe
            )

    def wait(self) -> None:
        """Return once it answers. Raises EmulatorError when it went away instead."""
        self._expect("ready")

    def save(self) -> None:
        """Have it write down everything it holds, now. Raises EmulatorError when it is gone."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe(self._process.stdin).write(b"save\n")
            self._pipe(self._process.stdin).flush()
        self._expect("saved")

    def stop(self) -> None:
        """Have it save everything and go; kill it when it does not."""
        with contextlib.suppress(BrokenPipeError):  # it is gone already
            self._pipe(self._process.stdin).close()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """Its process ID."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Its exit code once it is gone, None while it runs."""
        return self._process.poll()

    def client(self, service: str) -> Any:
        """A boto3 client that speaks to it as the account's owner."""
        return client(service, self.url, self._region)

    def _expect(self, word: str) -> None:
        line = self._pipe(self._process.stdout).readline()
        if line.decode().strip() != word:
            raise EmulatorError(f"The emulator did not get {word}; what it said is in {self.log}.")

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


def client(service: str, url: str, region: str) -> Any:
    """A boto3 client for the emulator at `url`, as the account's owner."""
    import boto3  # takes a fifth of a second, in which the emulator can start
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            s3={"addressing_style": "path"}, retries={"max_attempts": 1}, parameter_validation=True
        ),
    )


def _environment(port: int, folder: Path, region: str) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ},
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder / "tmp"),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),  # it stands in every queue's URL
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",  # else it listens on every interface
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
    }
