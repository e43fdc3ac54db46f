"""The emulator of AWS, run as a process of its own that starts and stops with the local system.

This module starts the process, which runs `process.py`. The two communicate over a pipe. When this side of
the pipe closes, for example because this process was killed, the emulator saves everything and exits.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

HOST = "127.0.0.1"
ACCOUNT = "000000000000"
STOP_TIMEOUT_S = 15.0
SAVE_INTERVAL = "ORDER_DESK_SAVE_INTERVAL_S"  # the seconds between two saves of the emulator's state
MAILBOX = "local-mailbox"  # the queue that gets what the e-mail addresses of the topic would get
# The environment variables that a process needs to run. No others are passed on to the functions.
INHERITED_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
ROOT = Path(__file__).resolve().parents[2]
PROCESS = (sys.executable, "-m", "local.emulator.process")


class EmulatorError(Exception):
    """The emulator did not start, or has exited."""


def take_port(port: int) -> list[socket.socket]:
    """Return sockets that listen on `port`, or on any free port for 0. Raises OSError for a taken port.

    They are on IPv4 and, where this machine has it, on IPv6: browsers resolve `localhost` to `::1` first, and
    another program on the same port of `::1` would get the passwords of the sign-in page.
    """
    first = _listen(socket.AF_INET, HOST, port)
    try:
        return [first, _listen(socket.AF_INET6, "::1", first.getsockname()[1])]
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # no IPv6 on this machine
            return [first]
        first.close()
        raise


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(256)
    except OSError:
        taken.close()
        raise
    return taken


class Emulator:
    """The emulator, with its state in `folder` and its log in `folder/emulator.log`."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        folder: Path,
        region: str,
        site_ports: Sequence[int] = (0,),
        held: Sequence[int] = (),
    ) -> None:
        """Start the process on the listening sockets of one port, without waiting until the emulator answers.

        Pages at `site_ports` may call Cognito's public API and the APIs; no other page may. The process
        keeps the descriptors in `held` open as long as it runs.
        """
        self.port: int = listeners[0].getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / "emulator.log"
        self._region = region
        shutil.rmtree(folder / "tmp", ignore_errors=True)  # functions' code that the last process unpacked
        (folder / "tmp").mkdir(parents=True)
        descriptors = [listener.fileno() for listener in listeners]
        with contextlib.ExitStack() as opened, self.log.open("wb") as log:
            for listener in listeners:
                opened.enter_context(listener)
            self._process = subprocess.Popen(
                [*PROCESS, str(folder), ",".join(map(str, site_ports)), *map(str, descriptors)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=_environment(self.port, folder, region),
                pass_fds=[*descriptors, *held],
                start_new_session=True,  # Ctrl-C must only reach `up`, which then closes the pipe
            )

    def wait(self) -> None:
        """Return once the emulator answers. Raises EmulatorError when it exited instead."""
        self._expect("ready")

    def save(self) -> None:
        """Save all its state to disk now. Raises EmulatorError when the emulator has exited."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe(self._process.stdin).write(b"save\n")
            self._pipe(self._process.stdin).flush()
        self._expect("saved")

    def stop(self) -> None:
        """Make the emulator save everything and exit. Kill it if it has not exited after STOP_TIMEOUT_S."""
        with contextlib.suppress(BrokenPipeError):  # it has exited already
            self._pipe(self._process.stdin).close()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """The ID of the emulator's process."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code of the process, or None while it runs."""
        return self._process.poll()

    def client(self, service: str) -> Any:
        """Return a boto3 client for this emulator, with the account owner's credentials."""
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
    """Return a boto3 client for the emulator at `url`, with the account owner's credentials."""
    import boto3  # imported late, because the emulator can start during the 0.2 s that this takes
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
        **{name: os.environ[name] for name in (*INHERITED_VARIABLES, SAVE_INTERVAL) if name in os.environ},
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder / "tmp"),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),  # every queue's URL contains it
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",  # otherwise the emulator listens on all interfaces
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
    }
