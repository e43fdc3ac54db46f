"""Corrections of the emulator where it differs from AWS in behaviour that this program relies on.

Each function corrects one difference. They patch the emulator inside its own process.
"""

from __future__ import annotations

import json
import re
import time
from contextvars import ContextVar
from email.utils import parseaddr
from typing import Any

from ministack import app
from ministack.core import cloudfront_js, iam_actions, iam_evaluator
from ministack.services import apigateway_v1, cloudfront, cognito, dynamodb, iam, lambda_svc, sns, sqs

from local.emulator import ACCOUNT, MAILBOX, access_log, client_secrets, edge_functions

STATEMENT = re.compile(r'\s*(INSERT|UPDATE|DELETE|SELECT)\b[^"]*"([^"]+)"', re.IGNORECASE)
SESSION = re.compile(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+")


def install() -> None:
    """Install every correction. Call it once, before the emulator answers its first request."""
    _count_the_loopback_as_tls()
    _compare_sessions_by_their_role()
    _know_services_of_aws()
    _permit_statements_by_their_verb()
    _insert_like_a_put()
    _refuse_empty_attributes()
    _send_as_the_integrations_role()
    _name_the_sender_of_a_message()
    _allow_a_batch_to_who_may_publish()
    _permit_reading_one_mapping_by_its_own_action()
    _give_the_mailbox_the_text_of_mails()
    _permit_reading_a_log_group_by_its_streams()
    _render_the_time_of_a_request()
    _answer_crashes_through_gateway_responses()
    _validate_only_bodies_with_a_model()
    _take_id_tokens_where_a_method_has_no_scopes()
    _keep_groups_at_refresh()
    _refuse_attributes_that_a_client_may_not_write()
    _let_nobody_sign_up_where_admins_make_the_accounts()
    _run_edge_functions_in_deno()
    _give_edge_functions_the_query_as_it_was_sent()
    _serve_only_the_distribution_at_its_host()
    _pass_paths_as_they_were_sent()
    _let_path_patterns_match_a_line_break()
    _permit_mails_by_their_sender()
    client_secrets.install()
    access_log.install()


def _count_the_loopback_as_tls() -> None:
    """Count all requests as TLS, because policies refuse plain HTTP and the emulator has no TLS."""
    pin = iam_evaluator.pin_request_origin
    app.pin_request_origin = lambda address, _secure: pin(address, True)


def _compare_sessions_by_their_role() -> None:
    """`aws:PrincipalArn` is the role's ARN in every session of a role, but the emulator uses the session's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key: str, context: Any) -> Any:
        value = resolve(key, context)
        session = SESSION.fullmatch(value) if key.lower() == "aws:principalarn" and value else None
        return f"arn:aws:iam::{session[1]}:role/{session[2]}" if session else value

    iam_evaluator._resolve_condition_key = resolved


def _know_services_of_aws() -> None:
    """`aws:PrincipalIsAWSService` is true if SNS itself sends to a queue, but the emulator lacks this key.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key: str, context: Any) -> Any:
        if key.lower() == "aws:principalisawsservice":
            return str(context.principal_type == "Service").lower()
        return resolve(key, context)

    iam_evaluator._resolve_condition_key = resolved


def _permit_statements_by_their_verb() -> None:
    """A batch of PartiQL statements needs the permission of each verb, at the table of the statement.

    The emulator asks for a permission BatchExecuteStatement, which does not exist.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
    """
    checks = iam_actions.dynamodb_transaction_checks

    def with_statements(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        if action != "dynamodb:BatchExecuteStatement":
            found: list[tuple[str, str]] = checks(action, body, region, account)
            return found
        written = [STATEMENT.match(one["Statement"]) for one in json.loads(body)["Statements"]]
        return [
            (f"dynamodb:PartiQL{one[1].title()}", f"arn:aws:dynamodb:{region}:{account}:table/{one[2]}")
            for one in written
            if one
        ]

    iam_actions.dynamodb_transaction_checks = with_statements


def _insert_like_a_put() -> None:
    """An item of PartiQL's INSERT is checked like that of a put, and the stream has it.

    The emulator checks neither its type nor its index keys, and leaves it out of the stream.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
    """

    def insert(table: dict[str, Any], parsed: dict[str, Any]) -> Any:
        put = {
            "TableName": parsed["table"],
            "Item": parsed["item"],
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": table["pk_name"]},
        }
        status, headers, body = dynamodb._put_item(put)
        if status != 200 and json.loads(body)["__type"].endswith("ConditionalCheckFailedException"):
            text = "Duplicate primary key exists in table"
            return dynamodb.error_response_json("DuplicateItemException", text, 400)
        return status, headers, body

    dynamodb._partiql_insert = insert


def _refuse_empty_attributes() -> None:
    """SQS refuses a message attribute with an empty value, but the emulator accepts it.

    The gateway needs this refusal to reject accounts that are in no group.
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

    The emulator calls SQS as the sender of the HTTP request, which is the account's owner.
    """
    invoke = apigateway_v1._invoke_sqs_v1

    async def as_role(integration: dict[str, Any], *given: Any, **named: Any) -> Any:
        before = iam_evaluator._request_caller_arn.set(integration.get("credentials") or "")
        try:
            return await invoke(integration, *given, **named)
        finally:
            iam_evaluator._request_caller_arn.reset(before)

    apigateway_v1._invoke_sqs_v1 = as_role


def _name_the_sender_of_a_message() -> None:
    """The sender of a message is a user's ID, or a role's ID and session. The emulator names the account.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    attributes, run = sqs._build_send_sys_attrs, lambda_svc._run_sqs_batch

    def named(*given: Any, **more: Any) -> dict[str, Any]:
        sender = _sender_id(iam_evaluator.caller_arn())
        return {**attributes(*given, **more), **({"SenderId": sender} if sender else {})}

    def run_with_senders(mapping: Any, function: Any, event: dict[str, Any], batch: Any, *queue: Any) -> Any:
        senders = {message["id"]: message.get("sys", {}).get("SenderId") for message in batch}
        for record in event["Records"]:
            record["attributes"]["SenderId"] = (
                senders[record["messageId"]] or record["attributes"]["SenderId"]
            )
        return run(mapping, function, event, batch, *queue)

    sqs._build_send_sys_attrs = named
    lambda_svc._run_sqs_batch = run_with_senders


def _sender_id(caller: str) -> str | None:
    """Return the ID of a role and the name of its session, or None for the account's owner."""
    session = SESSION.fullmatch(caller)
    name = session[2] if session else caller.partition(":role/")[2].rpartition("/")[2]
    role = iam._roles.get(name)
    # The name under which API Gateway assumes the role of an integration.
    session_name = caller.rpartition("/")[2] if session else "BackplaneAssumeRoleSession"
    return f"{role['RoleId']}:{session_name}" if role else None


def _allow_a_batch_to_who_may_publish() -> None:
    """PublishBatch needs the permission `sns:Publish`, but the emulator asks for `sns:PublishBatch`.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    """
    extract = iam_actions.extract_iam_action

    def extracted(*given: Any) -> str | None:
        action: str | None = extract(*given)
        return "sns:Publish" if action == "sns:PublishBatch" else action

    iam_actions.extract_iam_action = extracted


def _permit_reading_one_mapping_by_its_own_action() -> None:
    """GetEventSourceMapping needs the permission of its name, but the emulator asks for that of the list.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    """
    find = iam_actions._lambda_action

    def found(method: str, path: str) -> str | None:
        is_one = method == "GET" and re.search(r"/event-source-mappings/[^/]+/?$", path)
        action: str | None = "GetEventSourceMapping" if is_one else find(method, path)
        return action

    iam_actions._lambda_action = found


def _give_the_mailbox_the_text_of_mails() -> None:
    """Give the queue of the mailbox, which stands for the e-mail addresses, what an address would get."""
    fan_out, deliver = sns._fanout, sns._deliver_to_sqs
    published: ContextVar[tuple[str, str]] = ContextVar("published")

    def fan_out_noted(
        topic: str, number: str, message: str, subject: str, structure: str = "", *given: Any, **named: Any
    ) -> None:
        published.set((message, structure))
        fan_out(topic, number, message, subject, structure, *given, **named)

    def deliver_mail(endpoint: str, envelope: str, raw: bool, text: str, **given: Any) -> None:
        if endpoint.endswith(f":{MAILBOX}"):
            text = sns._resolve_message_for_protocol(*published.get(), "email")
            envelope = json.dumps({**json.loads(envelope), "Message": text})
        deliver(endpoint, envelope, raw, text, **given)

    sns._fanout, sns._deliver_to_sqs = fan_out_noted, deliver_mail


def _permit_mails_by_their_sender() -> None:
    """The resource of SES's SendEmail is the identity of the sender, whose address is `ses:FromAddress`.

    The emulator knows neither.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    enforce = app._enforce_ses_v2

    def enforced(method: str, path: str, headers: Any, body: bytes, query: Any, request: str) -> Any:
        if (method, path) != ("POST", "/v2/email/outbound-emails"):
            return enforce(method, path, headers, body, query, request)
        sender = parseaddr(json.loads(body)["FromEmailAddress"])[1]
        identity = f"arn:aws:ses:{app.extract_region(headers, query)}:{ACCOUNT}:identity/{sender}"
        return app._enforce_data_plane(
            "sesv2",
            "ses:SendEmail",
            headers,
            query,
            request,
            resource_arn=identity,
            service_context={"ses:fromaddress": sender},
            named_resource=identity,
        )

    app._enforce_ses_v2 = enforced


def _permit_reading_a_log_group_by_its_streams() -> None:
    """The resource of a call of CloudWatch Logs ends with `:*`, but in the emulator it ends with the group.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    """
    extract = iam_actions.extract_resource_arn

    def extracted(service: str, *given: Any) -> str:
        arn: str = extract(service, *given)
        return f"{arn}:log-stream:" if service == "logs" and ":log-group:" in arn else arn

    iam_actions.extract_resource_arn = extracted


def _render_the_time_of_a_request() -> None:
    """`$context.requestTimeEpoch` is the time in milliseconds, but the emulator's mapping templates lack it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """
    render = apigateway_v1._render_request_template_v1

    def rendered(template: str, body: str, params: Any, context: dict[str, Any] | None = None) -> str:
        now = {"requestTimeEpoch": time.time_ns() // 1_000_000}
        text: str = render(template, body, params, {**now, **(context or {})})
        return text

    apigateway_v1._render_request_template_v1 = rendered


def _answer_crashes_through_gateway_responses() -> None:
    """AWS answers a crash of a function with the API's gateway response for 5xx, status 502 and CORS headers.

    The emulator's own response lacks the CORS headers.
    """
    invoke, render = apigateway_v1._invoke_lambda_proxy_v1, apigateway_v1._gateway_error_response

    async def in_shape(*given: Any, **named: Any) -> Any:
        answer = await invoke(*given, **named)
        if not (isinstance(answer, tuple) and answer[0] == 502 and set(answer[1]) == {"Content-Type"}):
            return answer
        crash = apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
        crash.status = 502
        return crash

    def with_status(error: Any, request: Any) -> Any:
        status, headers, body = render(error, request)
        return getattr(error, "status", status), headers, body

    apigateway_v1._invoke_lambda_proxy_v1 = in_shape
    apigateway_v1._gateway_error_response = with_status


def _validate_only_bodies_with_a_model() -> None:
    """API Gateway does not validate a body whose content type has no model. The emulator would.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
    """
    check = apigateway_v1._check_request_validation

    def checked(method: dict[str, Any], api: str, request: Any, headers: Any, *given: Any) -> Any:
        kind = apigateway_v1._header_ci(headers, "content-type").split(";")[0].strip()
        if kind and kind not in (method.get("requestModels") or {}):
            method = {**method, "requestModels": {}}
        return check(method, api, request, headers, *given)

    apigateway_v1._check_request_validation = checked


def _take_id_tokens_where_a_method_has_no_scopes() -> None:
    """A method without scopes takes ID tokens only, but the emulator also takes access tokens.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
    """
    validate = apigateway_v1._validate_cognito_authorizer

    async def validated(authorizer: Any, method: dict[str, Any], *given: Any) -> Any:
        claims, refusal = await validate(authorizer, method, *given)
        if claims and not method.get("authorizationScopes") and claims.get("token_use") != "id":
            return None, apigateway_v1._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, refusal

    apigateway_v1._validate_cognito_authorizer = validated


def _keep_groups_at_refresh() -> None:
    """A refreshed token contains the user's groups, but the emulator leaves them out."""
    make = cognito._fake_token

    def made(sub: str, pool_id: str, *given: Any, **named: Any) -> str:
        if named.get("trigger_source") == "TokenGeneration_RefreshTokens" and "groups" not in named:
            people = (cognito._get_pool_unscoped(pool_id) or {}).get("_users", {})
            named["groups"] = people.get(named.get("username"), {}).get("_groups", [])
        token: str = make(sub, pool_id, *given, **named)
        return token

    cognito._fake_token = made


def _refuse_attributes_that_a_client_may_not_write() -> None:
    """Cognito refuses an attribute that is not in the client's `WriteAttributes`, but the emulator writes it.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
    Whether this also refuses the e-mail address that a new account has as its name is not documented, so the
    sign-up page has a client that may write it, and the emulator lets the address pass.
    """
    sign_up, update = cognito._sign_up, cognito._update_user_attributes

    def refusal(client_id: Any, attributes: list[dict[str, str]]) -> Any:
        pool, _ = cognito._pool_for_client(client_id)
        client = pool["_clients"].get(client_id, {}) if pool else {}
        writable = client.get("WriteAttributes") or [one["Name"] for one in attributes]
        if {one["Name"] for one in attributes} <= set(writable):
            return None
        message = "A client attempted to write unauthorized attribute"
        return cognito.error_response_json("NotAuthorizedException", message, 400)

    def checked_sign_up(data: dict[str, Any]) -> Any:
        further = [one for one in data.get("UserAttributes", []) if one.get("Value") != data.get("Username")]
        return refusal(data.get("ClientId"), further) or sign_up(data)

    def checked_update(data: dict[str, Any]) -> Any:
        _, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
        claims = cognito._decode_id_token_unverified(data["AccessToken"]) if pool else {}
        return refusal(claims.get("client_id"), data.get("UserAttributes", [])) or update(data)

    cognito._sign_up, cognito._update_user_attributes = checked_sign_up, checked_update


def _let_nobody_sign_up_where_admins_make_the_accounts() -> None:
    """A pool with `AllowAdminCreateUserOnly` refuses SignUp, but the emulator creates the account.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
    """
    sign_up = cognito._sign_up

    def checked(data: dict[str, Any]) -> Any:
        pool, _ = cognito._pool_for_client(data.get("ClientId"))
        if pool and pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
            return cognito.error_response_json(
                "NotAuthorizedException", "SignUp is not permitted for this user pool", 400
            )
        return sign_up(data)

    cognito._sign_up = checked


def _run_edge_functions_in_deno() -> None:
    """CloudFront runs functions itself. The emulator needs Node for them, which a machine may not have."""
    cloudfront_js.evaluate = edge_functions.evaluate


def _give_edge_functions_the_query_as_it_was_sent() -> None:
    """A CloudFront function gets the query without decoding. The emulator decodes names and values.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
    """
    handle = cloudfront.handle_viewer_request

    async def handled(dist: Any, method: str, path: str, raw_uri: str, raw_query: str, *given: Any) -> Any:
        headers, body, _, *more = given
        query: dict[str, list[str]] = {}
        for name, _, value in (pair.partition("=") for pair in raw_query.split("&") if pair):
            query.setdefault(name, []).append(value)
        return await handle(dist, method, path, raw_uri, raw_query, headers, body, query, *more)

    cloudfront.handle_viewer_request = handled


def _serve_only_the_distribution_at_its_host() -> None:
    """A distribution's host serves nothing but the distribution.

    At any host, the emulator first serves paths of its own, such as `/_ministack/reset`, `/login` and
    `/v2/email/outbound-emails`. All of them would be at the site's port too.
    """
    before_body, after_body = app._handle_pre_body_request, app._handle_post_body_shortcuts
    dispatch = app._handle_special_data_plane_request

    def elsewhere(handle: Any) -> Any:
        async def handled(method: str, path: str, headers: dict[str, str], *given: Any) -> Any:
            at_distribution = app._parse_cloudfront_dataplane_host(headers.get("host", ""))
            return None if at_distribution else await handle(method, path, headers, *given)

        return handled

    async def dispatched(method: str, path: str, headers: dict[str, str], *given: Any, **named: Any) -> Any:
        if not app._parse_cloudfront_dataplane_host(host := headers.get("host", "")):
            return await dispatch(method, path, headers, *given, **named)
        body, query, _ = given
        found = await app._handle_cloudfront_dataplane_request(
            host, path, named["raw_path"] or path, named["raw_query_string"], method, headers, body, query,
            named["client_ip"],
        )  # fmt: skip
        return found or (404, {"Content-Type": "application/json"}, b'{"message": "no such distribution"}')

    app._handle_pre_body_request = elsewhere(before_body)
    app._handle_post_body_shortcuts = elsewhere(after_body)
    app._handle_special_data_plane_request = dispatched


def _pass_paths_as_they_were_sent() -> None:
    """A REST API passes path parameters percent-encoded, as they were sent. The emulator decodes the path.

    An encoded slash would split a parameter in two, and the function would decode a percent sign again.
    https://github.com/aws/aws-sam-cli/issues/771 compares an event of AWS with a decoded one.
    """
    handle = app._handle_execute_api_request

    async def handled(host: str, path: str, *given: Any, **named: Any) -> Any:
        return await handle(host, named.get("raw_path") or path, *given, **named)

    app._handle_execute_api_request = handled


def _let_path_patterns_match_a_line_break() -> None:
    """CloudFront compares a path with `/api/*` as it was sent, so `*` matches `%0A` like any other letter.

    The emulator decodes the path first, and then `*` matches no line break: the call went to the bucket.
    """
    to_regex = cloudfront._glob_to_regex

    def with_line_breaks(pattern: str) -> re.Pattern[str]:
        plain = to_regex(pattern)
        return re.compile(plain.pattern, plain.flags | re.DOTALL)

    cloudfront._glob_to_regex = with_line_breaks
