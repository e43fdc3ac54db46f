"""What runs in the emulator's own process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

from local.emulator import corrections
from local.emulator.feeding import Feeding
from local.emulator.snapshots import BULKY, Snapshots

SAVE_SECONDS = 0.7  # with the time a save takes, a crash costs at most a second
REST_SECONDS = 10.0  # for functions to finish what they are at
ALL_SAVES = 20  # every so many saves the bulky things are written as well

Scope = dict[str, Any]


class _Gateway:
    """The emulator's ASGI application; it notes whether there is anything new to save."""

    def __init__(self, loaded: Callable[[], None]) -> None:
        self._loaded = loaded
        self.touched = False

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        self.touched = True
        await app.app(scope, receive, self._restoring(send) if scope["type"] == "lifespan" else send)

    def _restoring(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def tell(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._loaded()
            await send(message)

        return tell


async def _run(folder: Path, descriptor: int) -> None:
    saver = _Saver(Snapshots(folder / "saves"))
    feeding, stop = Feeding(), asyncio.Event()

    def loaded() -> None:
        saver.snapshots.restore()
        feeding.begin()

    async def stopped() -> None:
        await stop.wait()
        await asyncio.to_thread(feeding.rest, REST_SECONDS)

    gateway = _Gateway(loaded)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    saving = asyncio.create_task(saver.save_often(gateway))
    orders = asyncio.create_task(_take_orders(saver, stop))
    await serve(cast(Any, gateway), _config(descriptor), shutdown_trigger=stopped)
    for task in (saving, orders):
        task.cancel()


class _Saver:
    """Saves one after the other, and lets the emulator work on meanwhile."""

    def __init__(self, snapshots: Snapshots) -> None:
        self.snapshots = snapshots
        self._turn = asyncio.Lock()

    async def save(self, but: Collection[str] = ()) -> None:
        """Return once it is written."""
        async with self._turn:
            process = self.snapshots.begin(but)
            await asyncio.to_thread(os.waitpid, process, 0)

    async def save_often(self, gateway: _Gateway) -> None:
        """Save whenever there was anything to do in the last moment."""
        count = 0
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if gateway.touched:
                gateway.touched = False
                count += 1
                await self.save(BULKY if count % ALL_SAVES else ())


async def _take_orders(saver: _Saver, stop: asyncio.Event) -> None:
    """Answer `save` from whoever started this process; its end is ours."""
    await _answering()
    _say("ready")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line == b"save\n":
            await saver.save()
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
