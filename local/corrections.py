"""Where the emulator answers otherwise than AWS, in what this program stands on: put right, one by one.

Each function names the difference. All of them work inside the emulator's own process.
"""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import apigateway_v1, sqs


def install() -> None:
    """Put everything right; once, before the emulator answers its first request."""
    _count_the_loopback_as_tls()
    _refuse_empty_attributes()
    _send_as_the_integrations_role()
    _answer_crashes_through_gateway_responses()


def _count_the_loopback_as_tls() -> None:
    """Policies refuse plain HTTP. Here nothing leaves the machine, and there is no TLS to speak of."""
    pin = iam_evaluator.pin_request_origin
    app.pin_request_origin = lambda address, _secure: pin(address, True)


def _refuse_empty_attributes() -> None:
    """SQS refuses a message attribute without a value; the emulator takes it.

    It is how an account in no group is refused at the gateway.
    """
    send = sqs._HANDLERS["SendMessage"]

    def checked(data: dict[str, Any], url: str) -> Any:
        for name, attribute in (data.get("MessageAttributes") or {}).items():
            if attribute.get("DataType", "").startswith("String") and not attribute.get("StringValue"):
                raise sqs._Err(
                    "InvalidParameterValue",
                    f"Message (user) attribute '{name}' must contain a non-empty value of type 'String'.",
                )
        return send(data, url)

    sqs._HANDLERS["SendMessage"] = checked


def _send_as_the_integrations_role() -> None:
    """API Gateway calls SQS as the integration's role, so the queue's policy has to name that role.

    The emulator calls as whoever sent the HTTP request, which is the account's owner.
    """
    invoke = apigateway_v1._invoke_sqs_v1

    async def as_role(integration: dict[str, Any], *given: Any, **named: Any) -> Any:
        before = iam_evaluator._request_caller_arn.set(integration.get("credentials") or "")
        try:
            return await invoke(integration, *given, **named)
        finally:
            iam_evaluator._request_caller_arn.reset(before)

    apigateway_v1._invoke_sqs_v1 = as_role


def _answer_crashes_through_gateway_responses() -> None:
    """A function that crashes gives 502 in the shape of the API's gateway responses, CORS included."""
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    async def in_shape(*given: Any, **named: Any) -> Any:
        answer = await invoke(*given, **named)
        crashed = isinstance(answer, tuple) and answer[0] == 502 and set(answer[1]) == {"Content-Type"}
        return apigateway_v1._gw_error("INTEGRATION_FAILURE", "Internal server error") if crashed else answer

    apigateway_v1._invoke_lambda_proxy_v1 = in_shape
