"""What runs in the emulator's own process; `emulator.py` starts it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

from local import corrections
from local.snapshots import BUSY, Snapshots

SAVE_SECONDS = 0.9  # with the time a save takes, a crash costs at most a second
REST_SAVES = 20  # every so many saves everything is written, not only what orders change

Scope = dict[str, Any]


class _Gateway:
    """The emulator's ASGI application; it notes whether there is anything new to save."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self.touched = False

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        self.touched = True
        await app.app(scope, receive, self._restoring(send) if scope["type"] == "lifespan" else send)

    def _restoring(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def tell(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._snapshots.restore()
            await send(message)

        return tell


async def _run(folder: Path, descriptor: int) -> None:
    snapshots = Snapshots(folder / "saves")
    gateway = _Gateway(snapshots)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    saving = asyncio.create_task(_save_often(gateway, snapshots))
    orders = asyncio.create_task(_take_orders(snapshots, stop))
    await serve(cast(Any, gateway), _config(descriptor), shutdown_trigger=stop.wait)
    for task in (saving, orders):
        task.cancel()


async def _save_often(gateway: _Gateway, snapshots: Snapshots) -> None:
    count = 0
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if gateway.touched:
            gateway.touched = False
            count += 1
            snapshots.save(BUSY if count % REST_SAVES else None)


async def _take_orders(snapshots: Snapshots, stop: asyncio.Event) -> None:
    """Answer `save` from whoever started this process; its end is ours."""
    await _answering()
    _say("ready")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line == b"save\n":
            snapshots.save()
            _say("saved")
    stop.set()


async def _answering() -> None:
    port = int(os.environ["GATEWAY_PORT"])
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = await reader.readline()
            writer.close()
            if b"200" in answer:
                return
        await asyncio.sleep(0.02)


def _say(word: str) -> None:
    print(word, flush=True)


def _config(descriptor: int) -> Config:
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    return config


if __name__ == "__main__":
    corrections.install()
    asyncio.run(_run(Path(sys.argv[1]), int(sys.argv[2])))
