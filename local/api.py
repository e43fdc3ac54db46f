"""A client of the order desk's HTTP API, for the loader and the sample data: it signs in and retries."""

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

RETRY_DELAYS_S = (0.2, 0.5, 1, 2, 4, 8, 15, 15)
TIMEOUT_S = 60  # API Gateway itself times out after 29 s
RETRYABLE_STATUSES = frozenset({429, 500, 502, 503, 504})

Json = dict[str, Any]


class ApiError(Exception):
    """The API could not be reached, or every retry failed."""


class SignInError(Exception):
    """The sign-in failed, or the account may not make this call."""


class ApiResponse(NamedTuple):
    """The HTTP status of a response and its JSON document, which is empty for a response without a body."""

    status: int
    document: Json

    @property
    def message(self) -> str:
        """The error's message, followed by its fields with their messages."""
        error = self.document.get("error", {})
        fields = [f"{field['path']} {field['message']}" for field in error.get("fields", [])]
        return "; ".join([error.get("message", f"status {self.status}"), *fields])


class SignIn:
    """An account that is signed in by password, and its ID token, which can be renewed after it expires."""

    def __init__(self, cognito: Any, client_id: str, email: str, password: str) -> None:
        """Sign in, and ask for a one-time code if the user pool requires one. Raises SignInError."""
        self._cognito = cognito
        self._client_id = client_id
        self._lock = threading.Lock()
        result = self._start("USER_PASSWORD_AUTH", USERNAME=email, PASSWORD=password)
        if result.get("ChallengeName") == "SOFTWARE_TOKEN_MFA":
            code = input(f"One-time code of {email}: ").strip()
            result = self._respond(result, USERNAME=email, SOFTWARE_TOKEN_MFA_CODE=code)
        if "AuthenticationResult" not in result:
            raise SignInError(_explain_challenge(email, result["ChallengeName"]))
        self._refresh_token = result["AuthenticationResult"]["RefreshToken"]
        self.token: str = result["AuthenticationResult"]["IdToken"]

    def renew(self, stale: str) -> None:
        """Get a new token, unless another thread has already replaced the stale one."""
        with self._lock:
            if self.token == stale:
                result = self._start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self._refresh_token)
                self.token = result["AuthenticationResult"]["IdToken"]

    def _start(self, flow: str, **parameters: str) -> Any:
        return _call_cognito(
            self._cognito.initiate_auth, AuthFlow=flow, ClientId=self._client_id, AuthParameters=parameters
        )

    def _respond(self, challenge: Any, **responses: str) -> Any:
        return _call_cognito(
            self._cognito.respond_to_auth_challenge,
            ClientId=self._client_id,
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses=responses,
        )


def _call_cognito(call: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return call(**arguments)
    except (ClientError, BotoCoreError) as error:
        raise SignInError(f"the sign-in failed: {error}") from error


def _explain_challenge(email: str, challenge: str) -> str:
    if challenge == "NEW_PASSWORD_REQUIRED":
        return f"{email} still has the temporary password: sign in once at the site and choose your own"
    return f"{email} cannot be signed in here: Cognito asks for {challenge}"


class Api:
    """The API of one deployment, called as one account.

    A call that fails temporarily (429, 5xx, a lost connection) is retried with growing pauses. A POST is
    retried too, because an order contains its own ID and sending it twice changes nothing.
    """

    def __init__(self, url: str, sign_in: SignIn, pause: Callable[[float], None] = time.sleep) -> None:
        """Take the API's base URL, such as `https://…/api`, and the account that makes the calls."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ApiError(f"the URL must begin with http:// or https://, got {url!r}")
        self._secure = parts.scheme == "https"
        self._address = parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self._sign_in = sign_in
        self._pause = pause
        self._per_thread = threading.local()

    def call(
        self, method: str, path: str, document: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Send a request and retry until the response is final. Raises ApiError and SignInError."""
        cause = ""
        for seconds in (*RETRY_DELAYS_S, 0):
            try:
                response = self._send_signed(method, path, document, headers or {})
            except (OSError, HTTPException) as error:
                self._disconnect()
                cause = str(error) or type(error).__name__
            else:
                if response.status not in RETRYABLE_STATUSES:
                    return response
                cause = response.message
            self._pause(seconds * random.uniform(0.5, 1.5))  # noqa: S311  jitter needs no secure numbers
        raise ApiError(f"{method} {path} failed {len(RETRY_DELAYS_S) + 1} times, at last: {cause}")

    def _send_signed(
        self, method: str, path: str, document: Json | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        token = self._sign_in.token
        response = self._send(method, path, document, {**headers, "Authorization": token})
        if response.status == 401:
            self._sign_in.renew(token)
            token = self._sign_in.token
            response = self._send(method, path, document, {**headers, "Authorization": token})
        if response.status in (401, 403):
            raise SignInError(f"{method} {path} was refused: {response.message}")
        return response

    def _send(self, method: str, path: str, document: Json | None, headers: Mapping[str, str]) -> ApiResponse:
        body = None if document is None else json.dumps(document).encode()
        sent = {**headers, "Content-Type": "application/json"} if body else headers
        connection = self._connection()
        connection.request(method, self._base + path, body, dict(sent))
        return _read_response(connection.getresponse())

    def _connection(self) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._per_thread, "connection", None)
        if connection is None:
            kind = HTTPSConnection if self._secure else HTTPConnection
            connection = self._per_thread.connection = kind(*self._address, timeout=TIMEOUT_S)
        return connection

    def _disconnect(self) -> None:
        self._connection().close()


def _read_response(response: HTTPResponse) -> ApiResponse:
    body = response.read()
    try:
        document = json.loads(body) if body else {}
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"error": {"message": body[:200].decode(errors="replace")}}
    return ApiResponse(response.status, document)


def open_api(
    outputs: Mapping[str, Any],
    email: str,
    password: str,
    url: str = "",
    pause: Callable[[float], None] = time.sleep,
) -> Api:
    """Sign in to a deployment and return its API.

    `outputs` are the stack outputs. In a local system, their `local.endpointUrl` is Cognito's endpoint.
    `url` replaces the outputs' `apiUrl`. `pause` is called with the seconds to wait before a retry.
    """
    endpoint = outputs.get("local", {}).get("endpointUrl")
    config = Config(signature_version=UNSIGNED)  # signing in needs no AWS credentials
    cognito = boto3.client("cognito-idp", region_name=outputs["region"], endpoint_url=endpoint, config=config)
    sign_in = SignIn(cognito, outputs["userPoolClientId"], email, password)
    return Api(url or outputs["apiUrl"], sign_in, pause)
