from time import process_time

import pytest
from starlette.types import Scope

from lambda_fn import errors
from lambda_fn.http.problems import (
    KINDS,
    MEDIA_TYPE,
    invalid_request,
    is_public,
    problem_of,
    problem_response,
    validated,
)
from lambda_fn.observability.request_record import open_record, record_of
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.errors import (
    BundleError,
    ImageTooLargeError,
    ImageUndecodableError,
    NothingToPredictError,
    UnknownModelError,
    ValenceError,
)

SERVICE_ERRORS = [
    errors.InvalidJsonError,
    errors.TextTooLongError,
    errors.BatchTooLargeError,
    errors.BodyTooLargeError,
    errors.UnsupportedMediaTypeError,
    *errors.MediaError.__subclasses__(),
    ImageTooLargeError,
    ImageUndecodableError,
    NothingToPredictError,
    UnknownModelError,
]


@pytest.fixture
def scope() -> Scope:
    scope: Scope = {"type": "http", "headers": [(b"x-request-id", b"abc")]}
    open_record(scope)
    return scope


@pytest.mark.parametrize("kind", SERVICE_ERRORS)
def test_a_domain_error_keeps_its_code_and_words(kind: type[ValenceError]) -> None:
    problem = problem_of(kind("What happened."))
    assert (problem.code, problem.detail) == (kind.code, "What happened.")
    assert (problem.status, problem.title) == KINDS[kind.code]
    assert problem.type.endswith(kind.code)


@pytest.mark.parametrize("error", [BundleError("/opt/secret.onnx"), ValueError("secret"), ValenceError("secret")])
def test_what_is_not_the_callers_business_stays_inside(error: Exception) -> None:
    problem = problem_of(error)
    assert not is_public(error)
    assert (problem.code, problem.status) == ("internal_error", 500)
    assert "secret" not in problem.model_dump_json()


def test_an_invalid_request_lists_its_fields_without_what_was_sent() -> None:
    found = [{"loc": ("body", "genre", 2), "type": "string_type", "msg": "Input should be a string", "input": "secret"}]
    problem = problem_of(invalid_request(found))
    assert problem.errors is not None
    assert [(error.field, error.message) for error in problem.errors] == [("genre.2", "Input should be a string")]
    assert "secret" not in problem.model_dump_json()


def test_an_error_of_the_whole_body_is_called_body() -> None:
    error = invalid_request([{"loc": ("body",), "type": "dict_type", "msg": "Input should be a dictionary"}])
    assert error.fields == (errors.InvalidField("body", "must be a JSON object"),)


def test_a_flood_of_wrong_fields_is_cut_short() -> None:
    found = [{"loc": ("body", "x" * 1000), "type": "extra_forbidden", "msg": ""}] * 1000
    assert len(problem_of(invalid_request(found)).model_dump_json()) < 10_000


def test_an_object_of_countless_fields_is_not_even_looked_at() -> None:
    countless = {f"field {number}": number for number in range(200_000)}
    started = process_time()
    with pytest.raises(errors.InvalidRequestError, match="200,000 fields") as raised:
        validated(PredictionRequest, countless)
    assert process_time() - started < 0.2
    assert len(raised.value.fields) == 1


def test_a_picture_that_could_not_be_had_is_worth_another_try_and_no_fault_of_ours() -> None:
    statuses = {kind: KINDS[kind][0] for kind in errors.MEDIA_CODES}
    assert {kind for kind, status in statuses.items() if status == 424} == {"media_unreachable", "media_timeout"}
    assert set(statuses.values()) == {422, 424}


def test_a_response_carries_the_request_id_and_is_noted(scope: Scope) -> None:
    response = problem_response(problem_of(NothingToPredictError("Nothing.")), scope, {"Retry-After": "1"})
    assert response.media_type == MEDIA_TYPE
    assert response.headers["retry-after"] == "1"
    assert b'"request_id":"abc"' in response.body
    assert record_of(scope).code == "nothing_to_predict"
