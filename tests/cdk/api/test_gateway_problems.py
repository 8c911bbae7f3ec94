import json
from typing import Any

import pytest
from aws_cdk.aws_apigateway import ResponseType

from cdk.api.gateway_problems import PROBLEMS
from lambda_fn.http.problems import KINDS
from lambda_fn.schemas.problem import Problem
from tests.cdk.synthesis import Synthesis

EXPECTED = {
    "INVALID_API_KEY": (403, "invalid_api_key"),
    "THROTTLED": (429, "too_many_requests"),
    "QUOTA_EXCEEDED": (429, "quota_exceeded"),
    "REQUEST_TOO_LARGE": (413, "body_too_large"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type"),
    "BAD_REQUEST_BODY": (400, "bad_request"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "INTEGRATION_FAILURE": (502, "bad_gateway"),
    "INTEGRATION_TIMEOUT": (504, "timeout"),
    "WAF_FILTERED": (403, "blocked"),
    "DEFAULT_4XX": (400, "bad_request"),
    "DEFAULT_5XX": (500, "internal_error"),
}


def responses(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    found = synthesis.of_type("AWS::ApiGateway::GatewayResponse").values()
    return {response["ResponseType"]: response for response in found}


def test_every_answer_of_api_gateways_own_is_one_of_our_problems(synthesis: Synthesis) -> None:
    kinds = [kind for kind in vars(ResponseType) if kind.isupper()]
    assert len(PROBLEMS) == len(kinds) == len(responses(synthesis))
    for response in responses(synthesis).values():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        problem = Problem.model_validate(body)
        assert list(body) == ["type", "title", "status", "detail", "code", "request_id"]
        assert problem.type == f"urn:problem-type:valence:{problem.code}"
        assert str(problem.status) == response["StatusCode"]
        assert body["request_id"] == "$context.requestId"


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_refusal_has_its_status_and_code(synthesis: Synthesis, kind: str) -> None:
    response = responses(synthesis)[kind]
    body = json.loads(response["ResponseTemplates"]["application/json"])
    assert (int(response["StatusCode"]), body["code"]) == EXPECTED[kind]


def test_answers_say_what_they_are_and_carry_the_request_id(synthesis: Synthesis) -> None:
    for response in responses(synthesis).values():
        headers = response["ResponseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.X-Request-ID"] == "context.requestId"


def test_who_is_too_quick_is_told_when_to_come_back(synthesis: Synthesis) -> None:
    throttled = responses(synthesis)["THROTTLED"]["ResponseParameters"]
    assert throttled["gatewayresponse.header.Retry-After"] == "'1'"


def test_a_code_that_the_function_has_too_means_the_same_there() -> None:
    for problem in PROBLEMS.values():
        if problem.code in KINDS:
            assert (problem.status, problem.title) == KINDS[problem.code]


def test_nothing_that_was_sent_comes_back(synthesis: Synthesis) -> None:
    for response in responses(synthesis).values():
        assert response["ResponseTemplates"]["application/json"].count("$") == 1
