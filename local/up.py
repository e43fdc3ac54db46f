"""`python -m local up`: run the whole system on this machine, in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.emulator import Emulator, EmulatorError, take_port
from local.proxy import Proxy
from local.stack_config import ConfigError, load_config
from local.state_folder import StateFolder, UpError, keep_files_private
from local.stop_signals import STOP_REQUESTED, Stopped, handle_signals, ignore_signals
from local.supervisor import ADMIN, CUSTOMER, ROOT, STACK, STAFF, Stopwatch, Supervisor

MAX_SAMPLE_WEEKS = 52


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM, and return 0; return 1 if the system cannot start or fails."""
    arguments = _parser().parse_args(argv)
    try:
        _up(arguments)
    except Stopped:
        return 0
    except Exception as error:
        if STOP_REQUESTED.is_set():  # an interrupted import, for example, raises another error
            return 0
        if not isinstance(error, UpError | EmulatorError):
            raise
        print(error, file=sys.stderr)
        return 1
    finally:
        ignore_signals()
    return 0


def _up(arguments: argparse.Namespace) -> None:
    watch = Stopwatch()
    handle_signals()
    keep_files_private()
    with contextlib.ExitStack() as stack:
        state = StateFolder(arguments.state)
        proxy = _open_proxy(arguments.port)
        stack.callback(proxy.stop)
        if arguments.fresh or not state["complete"]:
            state.wipe()
        shop_proxy = _open_shop_proxy(state, proxy.port)
        stack.callback(shop_proxy.stop)
        listeners = _take_emulator_port(state, proxy.port)
        held = [state.emulator_lock.fileno()]
        ports = [proxy.port, shop_proxy.port]
        emulator = Emulator(listeners, state.folder / "emulator", _region(), ports, held)
        state.note(port=emulator.port, emulator=emulator.pid, shopPort=shop_proxy.port)
        supervisor = Supervisor(state, proxy, shop_proxy, emulator, watch, arguments.sample_weeks)
        stack.pop_all()
        with _stopping(supervisor):
            print(
                "Coming up." if state["complete"] else "Building a new system; this takes a moment.",
                flush=True,
            )
            outputs = _start(supervisor)
            _print_welcome(outputs, watch, state)
            supervisor.run()


def _start(supervisor: Supervisor) -> dict[str, Any]:
    gc.disable()  # a collection would scan the SDK's half a million objects and could free none
    try:
        return supervisor.start()
    finally:
        gc.enable()


@contextlib.contextmanager
def _stopping(supervisor: Supervisor) -> Iterator[None]:
    try:
        yield
    finally:
        ignore_signals()
        supervisor.stop()


def _open_proxy(port: int) -> Proxy:
    try:
        return Proxy(port, 0)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise UpError(f"Port {port} cannot be used: {error.strerror}.") from error
        raise UpError(
            f"Port {port} is taken by another program. Stop that, or choose another port: --port {port + 10}."
        ) from error


def _open_shop_proxy(state: StateFolder, site_port: int) -> Proxy:
    """Return the proxy of the shop, on the port that it had before, the second after the site's, or any."""
    for port in (state["shopPort"], site_port + 2):
        if port:
            with contextlib.suppress(OSError, OverflowError):
                return Proxy(port, 0, mailbox=None)
    return Proxy(0, 0, mailbox=None)


def _take_emulator_port(state: StateFolder, proxy_port: int) -> Any:
    """Return the emulator's sockets: on the port in its saved URLs, or for a new system on a free port."""
    if not state["port"]:
        with contextlib.suppress(OSError):
            return take_port(proxy_port + 1)
        return take_port(0)
    try:
        return take_port(state["port"])
    except OSError as error:
        raise UpError(
            f"Port {state['port']} is taken by another program, and it stands in every URL that the emulator "
            "keeps. Stop that program, or begin anew with --fresh."
        ) from error


def _region() -> str:
    try:
        return load_config(ROOT, STACK)["aws:region"]
    except ConfigError as error:
        raise UpError(str(error)) from error


def _print_welcome(outputs: Mapping[str, Any], watch: Stopwatch, state: StateFolder) -> None:
    site = outputs["siteUrl"]
    print(
        f"""ready in {watch}

  Site     {site}
  Staff    {STAFF["email"]}  password {STAFF["password"]}
  Admin    {ADMIN["email"]}  password {ADMIN["password"]}
  Shop     {outputs["shopUrl"]}
  Customer {CUSTOMER["email"]}  password {CUSTOMER["password"]}
  Mailbox  {site}/mailbox
  API      {outputs["apiUrl"]}
  AWS      {outputs["local"]["endpointUrl"]} (the emulator; {_short_path(state.folder)}/emulator/emulator.log)
  Logs     python -m local logs{_state_option(state)} (what the functions say)

Ctrl-C stops it; everything is kept in {_short_path(state.folder)}/ until --fresh.""",
        flush=True,
    )


def _short_path(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)


def _state_option(state: StateFolder) -> str:
    return "" if _short_path(state.folder) == ".local" else f" --state {_short_path(state.folder)}"


def _weeks(text: str) -> int:
    if text.isdecimal() and int(text) <= MAX_SAMPLE_WEEKS:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a number from 0 to {MAX_SAMPLE_WEEKS}, got {text!r}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local up", description="Run the whole system on this machine, without an account."
    )
    parser.add_argument("--port", type=int, default=8000, help="the site's port on localhost (8000)")
    parser.add_argument(
        "--state", type=Path, default=Path(".local"), help="the folder it lives in (.local); one for each"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew: every order and account is gone")
    parser.add_argument(
        "--sample-weeks",
        type=_weeks,
        default=4,
        help="the weeks of sample trade of a new system (4), 0 to 52",
    )
    return parser
