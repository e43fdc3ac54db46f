"""CloudFront functions, run by Deno from the virtual environment. The emulator itself would need Node."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from ministack.core.cloudfront_js import CloudFrontFunctionError

DENO = Path(sys.executable).with_name("deno")
OFFLINE = ("--quiet", "--no-config", "--no-lock", "--no-remote", "--no-npm", "--no-prompt")

_turn = threading.Lock()


def evaluate(code: bytes, event: dict[str, Any]) -> Any:
    """Return what the function returns for an event. Raises CloudFrontFunctionError if it throws."""
    request = json.dumps({"code": code.decode(), "event": event}) + "\n"
    with _turn:
        deno = _deno()
        assert deno.stdin
        assert deno.stdout
        deno.stdin.write(request)
        deno.stdin.flush()
        answer = json.loads(deno.stdout.readline())
    if "error" in answer:
        raise CloudFrontFunctionError(answer["error"])
    return answer.get("value")


@cache
def _deno() -> subprocess.Popen[str]:
    """Start Deno without any permission. It exits when this process does, because its input then ends."""
    script = str(Path(__file__).with_suffix(".mjs"))
    return subprocess.Popen(
        [str(DENO), "run", *OFFLINE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
