"""The access log of an API. API Gateway writes it, but the emulator does not.

A line has the variables of the stage's log format. A mapping template may set the headers of the integration,
and the format may name them. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import contextvars
import re
import time
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import apigateway_v1, cloudwatch_logs

VARIABLE = re.compile(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)")
_SET_HEADER = re.compile(r"\s*\$context\.requestOverride\.header\.([A-Za-z]+)\s*=(.*)", re.DOTALL)
# The values of the variables of the format, for the call that is being answered.
_call: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("call")


def install() -> None:
    """Replace the emulator's functions, so that each call of a stage with a log writes a line."""
    handle, execute = apigateway_v1._handle_execute_in_scope, apigateway_v1._execute_in_scope
    authorize, set_variable = apigateway_v1._authorize_request_v1, apigateway_v1._vtl_set

    async def handled(api: str, stage: str, method: str, *given: Any) -> Any:
        known = {"httpMethod": method, "requestTimeEpoch": str(time.time_ns() // 1_000_000)}
        before = _call.set(known)
        try:
            answer = await handle(api, stage, method, *given)
        finally:
            _call.reset(before)
        settings = (apigateway_v1._stages_v1.get(api, {}).get(stage) or {}).get("accessLogSettings") or {}
        if settings.get("destinationArn"):
            _write(settings, known | {"status": str(answer[0])})
        return answer

    async def executed(request: dict[str, Any], *given: Any) -> Any:
        answer = await execute(request, *given)
        _call.get()["resourcePath"] = request["resource_path"]
        _call.get()["requestId"] = _call.get()["extendedRequestId"] = request["request_id"]
        return answer

    async def authorized(*given: Any) -> Any:
        refusal, context = await authorize(*given)
        _call.get()["authorizer.claims.sub"] = ((context or {}).get("claims") or {}).get("sub", "-")
        return refusal, context

    def set_in_template(inner: str, state: dict[str, Any]) -> None:
        header = _SET_HEADER.fullmatch(inner)
        if not header:
            set_variable(inner, state)
        elif value := apigateway_v1._vtl_value(header[2], state):
            _call.get()[f"requestOverride.header.{header[1]}"] = value

    apigateway_v1._handle_execute_in_scope, apigateway_v1._execute_in_scope = handled, executed
    apigateway_v1._authorize_request_v1, apigateway_v1._vtl_set = authorized, set_in_template


def _write(settings: dict[str, str], known: dict[str, str]) -> None:
    """Write a line. A variable without a value is a hyphen, as in AWS's logs."""
    group = settings["destinationArn"].partition(":log-group:")[2].removesuffix(":*")
    stream = cloudwatch_logs._log_groups.get(group, {}).get("streams")
    if stream is None:
        return
    name = {"logGroupName": group, "logStreamName": get_account_id()}
    if get_account_id() not in stream:
        cloudwatch_logs._create_log_stream(name)
    line = VARIABLE.sub(lambda variable: known.get(variable[1]) or "-", settings["format"])
    now = time.time_ns() // 1_000_000
    cloudwatch_logs._put_log_events({**name, "logEvents": [{"timestamp": now, "message": line}]})
