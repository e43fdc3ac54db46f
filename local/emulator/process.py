"""The program that runs in the emulator's own process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Any, cast

from ministack import app
from uvicorn import Config, Server

from local.emulator import SAVE_INTERVAL, corrections, queries, queues, retention, workers
from local.emulator.middleware import AccessMiddleware
from local.emulator.polling import Polling
from local.emulator.snapshots import BULKY, Snapshots

# With the time of a save added, a crash loses at most 1 s. Some tests need no saves, and have fewer.
SAVE_INTERVAL_S = float(os.environ.get(SAVE_INTERVAL, "0.7"))
DRAIN_TIMEOUT_S = 10.0  # the longest wait for running functions to finish
KEEP_ALIVE_S = 75
GRACE_S = 3  # for requests that are still answered when the emulator stops
FULL_SAVE_EVERY = 20  # every 20th save includes the services in BULKY

Scope = dict[str, Any]


class _TrackedApp:
    """The emulator's ASGI application. `touched` is set by each request, because it may change the state."""

    def __init__(self, on_loaded: Callable[[], None]) -> None:
        self._on_loaded = on_loaded
        self.touched = False

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        self.touched = True
        await app.app(scope, receive, self._call_on_loaded(send) if scope["type"] == "lifespan" else send)

    def _call_on_loaded(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def forward(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._on_loaded()
            await send(message)

        return forward


async def _run(folder: Path, site_ports: Sequence[int], descriptors: Sequence[str]) -> None:
    saver = _Saver(Snapshots(folder / "saves"))
    polling, stop = Polling(), asyncio.Event()

    def restore_and_poll() -> None:
        saver.snapshots.restore()
        polling.start()

    tracked_app = _TrackedApp(restore_and_poll)
    server = Server(_config(AccessMiddleware(tracked_app, _port(), site_ports)))

    saving = asyncio.create_task(saver.save_regularly(tracked_app))

    async def wait_for_stop() -> None:
        await stop.wait()
        await asyncio.to_thread(polling.stop, DRAIN_TIMEOUT_S)
        saving.cancel()  # the emulator saves when it stops
        server.should_exit = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    commands = asyncio.gather(_obey_commands(saver, stop), wait_for_stop())
    sockets = [socket.socket(fileno=int(descriptor)) for descriptor in descriptors]
    await server._serve(sockets)  # `serve` would replace the handler of SIGTERM
    commands.cancel()


class _Saver:
    """Runs one save at a time, while the emulator continues to work."""

    def __init__(self, snapshots: Snapshots) -> None:
        self.snapshots = snapshots
        self._turn = asyncio.Lock()

    async def save(self, except_for: Collection[str] = ()) -> None:
        """Save all services but those in `except_for`, and return when the snapshot is written."""
        async with self._turn:
            self.snapshots.start(except_for)
            await asyncio.to_thread(self.snapshots.wait)

    async def save_regularly(self, tracked_app: _TrackedApp) -> None:
        """Save after every interval in which the emulator got a request."""
        count = 0
        while True:
            await asyncio.sleep(SAVE_INTERVAL_S)
            if tracked_app.touched:
                tracked_app.touched = False
                count += 1
                await self.save(BULKY if count % FULL_SAVE_EVERY else ())


async def _obey_commands(saver: _Saver, stop: asyncio.Event) -> None:
    """Carry out `save` commands from the parent process, and set `stop` when the parent closes the pipe."""
    await _wait_until_ready()
    _reply("ready")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line == b"save\n":
            await saver.save()
            _reply("saved")
    stop.set()


async def _wait_until_ready() -> None:
    head = f"GET /_ministack/health HTTP/1.1\r\nHost: localhost:{_port()}\r\nConnection: close\r\n\r\n"
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", _port())
            writer.write(head.encode())
            status_line = await reader.readline()
            writer.close()
            if b"200" in status_line:
                return
        await asyncio.sleep(0.02)


def _port() -> int:
    return int(os.environ["GATEWAY_PORT"])


def _reply(word: str) -> None:
    print(word, flush=True)


def _config(guarded_app: AccessMiddleware) -> Config:
    """Return the configuration of uvicorn, which serves the emulator.

    The emulator comes with hypercorn, whose parser in Python took a third of the emulator's time.
    """
    return Config(
        cast(Any, guarded_app),
        http="httptools",
        ws="none",
        loop="asyncio",
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the emulator reads them itself
        server_header=False,  # AWS sends none, and the emulator adds its own date
        date_header=False,
    )


if __name__ == "__main__":
    corrections.install()
    workers.install()
    queries.install()
    queues.install()
    retention.install()
    asyncio.run(_run(Path(sys.argv[1]), [int(port) for port in sys.argv[2].split(",")], sys.argv[3:]))
