"""The emulator's calls about the secrets of app clients, compared with boto3's model of Cognito."""

from __future__ import annotations

import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tests.handlers.in_process import InProcessEmulator

Names = dict[str, str]


@pytest.fixture(scope="module")
def cognito(emulator: InProcessEmulator, session: boto3.Session) -> Any:
    """A client of an emulator that has the calls."""
    from local.emulator import client_secrets

    assert emulator
    client_secrets.install()
    return session.client("cognito-idp", endpoint_url="http://emulator.invalid")


@pytest.fixture
def names(cognito: Any) -> Names:
    """The pool and the ID of a client that has a secret."""
    pool = cognito.create_user_pool(PoolName=uuid.uuid4().hex)["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="c", GenerateSecret=True)
    return {"UserPoolId": pool, "ClientId": made["UserPoolClient"]["ClientId"]}


def assert_fits(cognito: Any, operation: str, answer: dict[str, Any]) -> None:
    """Raise AssertionError unless an answer has only the fields of the model, with their types."""
    shape = cognito.meta.service_model.operation_model(operation).output_shape
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), report.generate_report()


def refusal(call: Any, **request: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**request)
    return str(refused.value.response["Error"]["Code"])


def test_answers_have_the_shapes_of_cognitos_model(cognito: Any, names: Names) -> None:
    from local.emulator import client_secrets

    for operation in ("AddUserPoolClientSecret", "ListUserPoolClientSecrets"):
        answer = json.loads(json.dumps(client_secrets._CALLS[operation](dict(names))))
        assert_fits(cognito, operation, answer)
        assert answer
    listed = cognito.list_user_pool_client_secrets(**names)["ClientSecrets"]
    assert [set(one) for one in listed] == [{"ClientSecretId", "ClientSecretCreateDate"}] * 2
    assert all(one["ClientSecretId"].startswith(f"{names['ClientId']}--") for one in listed)


def test_a_client_has_one_or_two_secrets(cognito: Any, names: Names) -> None:
    (first,) = cognito.list_user_pool_client_secrets(**names)["ClientSecrets"]
    last = refusal(cognito.delete_user_pool_client_secret, **names, ClientSecretId=first["ClientSecretId"])
    assert last == "InvalidParameterException"
    added = cognito.add_user_pool_client_secret(**names)["ClientSecretDescriptor"]
    assert 24 <= len(added["ClientSecretValue"]) <= 64
    assert refusal(cognito.add_user_pool_client_secret, **names) == "LimitExceededException"
    cognito.delete_user_pool_client_secret(**names, ClientSecretId=first["ClientSecretId"])
    (kept,) = cognito.list_user_pool_client_secrets(**names)["ClientSecrets"]
    assert kept["ClientSecretId"] == added["ClientSecretId"]
    described = cognito.describe_user_pool_client(**names)["UserPoolClient"]
    assert described["ClientSecret"] == added["ClientSecretValue"]


def test_a_secret_of_ones_own_is_not_answered(cognito: Any, names: Names) -> None:
    added = cognito.add_user_pool_client_secret(**names, ClientSecret="s" * 24)["ClientSecretDescriptor"]
    assert set(added) == {"ClientSecretId", "ClientSecretCreateDate"}


def test_a_missing_client_or_secret_is_not_found(cognito: Any, names: Names) -> None:
    missing = "ResourceNotFoundException"
    assert refusal(cognito.delete_user_pool_client_secret, **names, ClientSecretId="x--1") == missing
    cognito.delete_user_pool_client(**names)
    for operation in ("list", "add"):
        call = getattr(cognito, f"{operation}_user_pool_client_secret" + "s" * (operation == "list"))
        assert refusal(call, **names) == missing


def test_a_client_without_a_secret_gets_none(cognito: Any, names: Names) -> None:
    made = cognito.create_user_pool_client(UserPoolId=names["UserPoolId"], ClientName="page")
    public = {**names, "ClientId": made["UserPoolClient"]["ClientId"]}
    assert refusal(cognito.add_user_pool_client_secret, **public) == "InvalidParameterException"
