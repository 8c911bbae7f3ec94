from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from lambda_fn.observability.request_record import open_record, record_of


def _request_id(header: bytes | None = None, **lambda_scope: Any) -> str:
    headers = [] if header is None else [(b"x-request-id", header)]
    return open_record({"type": "http", "headers": headers, **lambda_scope}).request_id


GATEWAY = {"aws.event": {"requestContext": {"requestId": "gateway-id="}}}
LAMBDA = {"aws.context": SimpleNamespace(aws_request_id="lambda-id")}


def test_the_gateways_id_comes_first() -> None:
    assert _request_id(b"mine", **GATEWAY, **LAMBDA) == "gateway-id="


def test_then_lambdas() -> None:
    assert _request_id(b"mine", **LAMBDA, **{"aws.event": {}}) == "lambda-id"


def test_then_the_callers() -> None:
    assert _request_id(b"mine-1") == "mine-1"


@pytest.mark.parametrize("header", [None, b"", b"x" * 129, b"a b", b"a\nb", b"caf\xe9", b'{"a":1}'])
def test_without_a_sane_one_there_is_a_new_one(header: bytes | None) -> None:
    assert UUID(_request_id(header))


def test_the_record_stays_with_the_request() -> None:
    scope = {"type": "http", "headers": []}
    assert open_record(scope) is record_of(scope)
