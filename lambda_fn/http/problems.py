"""Maps errors to HTTP responses. Nothing else does."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler, Scope

from lambda_fn.errors import InvalidField, InvalidRequestError, RequestTimeoutError
from lambda_fn.observability.request_record import record_of
from lambda_fn.schemas.problem import FieldProblem, Problem
from model_bundle.errors import ValenceError

M = TypeVar("M", bound=BaseModel)

MEDIA_TYPE: Final = "application/problem+json"
INTERNAL: Final = "internal_error"

KINDS: Final[dict[str, tuple[int, str]]] = {
    "invalid_http": (400, "The request is not valid HTTP"),
    "invalid_json": (400, "The body is not JSON"),
    "not_found": (404, "Route not found"),
    "unknown_model": (404, "Model not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "request_timeout": (408, "The request took too long to arrive"),
    "body_too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body is not plain JSON"),
    "invalid_request": (422, "The request is not valid"),
    "text_too_long": (422, "The text is too long"),
    "batch_too_large": (422, "The batch has too many items"),
    "job_required": (422, "The request is too much work for one response"),
    "nothing_to_predict": (422, "Nothing to predict"),
    "media_url_invalid": (422, "The media URL is not valid"),
    "media_url_refused": (422, "The media URL leads to where the service doesn't connect"),
    "media_not_found": (422, "There is no file at the media URL"),
    "media_forbidden": (422, "The host of the media URL refuses the file"),
    "media_too_large": (422, "The media file is too large"),
    "media_type_unsupported": (422, "The media file has an unsupported format"),
    "media_unread": (422, "The model doesn't read this kind of media"),
    "media_too_long": (422, "The audio or video is too long"),
    "media_too_complex": (422, "The audio or video takes too much to decode"),
    "media_unreachable": (424, "The media file could not be fetched"),
    "media_timeout": (424, "Fetching the media file took too long"),
    "image_undecodable": (422, "The image can't be decoded"),
    "image_too_large": (422, "The image has too many pixels"),
    "audio_undecodable": (422, "The audio can't be decoded"),
    "audio_too_short": (422, "The audio is too short"),
    "video_undecodable": (422, "The video can't be decoded"),
    "video_too_large": (422, "The video has too many pixels"),
    INTERNAL: (500, "Internal error"),
    "overloaded": (503, "The service is overloaded"),
    "timeout": (504, "The response took too long"),
}
"""HTTP status and title of every code. An error with any other code is internal: the caller sees INTERNAL."""

_MAX_FIELDS: Final = 20
_MAX_MEMBERS: Final = 100
"""An object with more members is refused unread: listing half a million unknown ones took pydantic 2.4 s and 400 MB."""
MAX_FIELD_NAME_CHARACTERS: Final = 100
_NOT_AN_OBJECT: Final = "must be a JSON object"
_MESSAGES: Final[dict[str, str]] = {
    "model_type": _NOT_AN_OBJECT,
    "model_attributes_type": _NOT_AN_OBJECT,
    "dict_type": _NOT_AN_OBJECT,
    "extra_forbidden": "is not a known field",
    "missing": "is required",
}
"""For errors that pydantic words in terms of Python."""


def problem_of(error: Exception) -> Problem:
    """Describe an error to the caller. An internal one is described as no more than that."""
    if not is_public(error):
        return _problem(INTERNAL, "The service failed. Try again; if it keeps failing, report the request id.")
    fields = error.fields if isinstance(error, InvalidRequestError) else ()
    listed = [FieldProblem(field=invalid.field, message=invalid.message) for invalid in fields]
    return _problem(_code_of(error), str(error), listed or None)


def is_public(error: Exception) -> bool:
    """Whether the caller may see this error."""
    return isinstance(error, ValenceError) and error.code in KINDS and error.code != INTERNAL


def headers_of(error: Exception) -> dict[str, str]:
    """Return the headers that go with a problem."""
    retry_after = getattr(error, "retry_after_seconds", None)
    if retry_after is not None:
        return {"Retry-After": str(retry_after)}
    # What is left of a body that didn't arrive in time would be taken for the next request.
    return {"Connection": "close"} if isinstance(error, RequestTimeoutError) else {}


def problem_response(problem: Problem, scope: Scope, headers: dict[str, str] | None = None) -> Response:
    """Return the response for a problem, and note its code in the request's record."""
    record = record_of(scope)
    record.code = problem.code
    body = problem.model_copy(update={"request_id": record.request_id})
    return Response(body.model_dump_json(exclude_none=True), problem.status, headers, MEDIA_TYPE)


def invalid_request(errors: Sequence[Any]) -> InvalidRequestError:
    """Convert pydantic's list of errors."""
    return InvalidRequestError(tuple(_invalid_field(error) for error in errors[:_MAX_FIELDS]))


def validated(model: type[M], raw: Any) -> M:
    """Validate parsed JSON; InvalidRequestError if it doesn't fit the model."""
    if isinstance(raw, dict) and len(raw) > _MAX_MEMBERS:
        raise InvalidRequestError((InvalidField("body", f"has {len(raw):,} fields, more than any route has"),))
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        # Without the input: it may be long, and it may be private.
        found = error.errors(include_url=False, include_context=False, include_input=False)
    raise invalid_request(found)


async def _on_domain_error(request: Request, error: Exception) -> Response:
    if not is_public(error):
        raise error
    return problem_response(problem_of(error), request.scope, headers_of(error))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        problem = _problem("not_found", "No route has this path. /docs lists the routes.")
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
        problem = _problem("method_not_allowed", f"This path allows {headers['Allow']}.")
    else:
        raise error
    return problem_response(problem, request.scope, headers)


HANDLERS: Final[Mapping[Any, ExceptionHandler]] = {
    ValenceError: _on_domain_error,
    HTTPException: _on_http_error,
}
"""The handlers of all errors raised inside the application."""


def _problem(code: str, detail: str, errors: list[FieldProblem] | None = None) -> Problem:
    status, title = KINDS[code]
    kind = f"urn:problem-type:valence:{code}"
    return Problem(type=kind, title=title, status=status, detail=detail, code=code, errors=errors)


def _code_of(error: Exception) -> str:
    return error.code if isinstance(error, ValenceError) else INTERNAL


def _invalid_field(error: Mapping[str, Any]) -> InvalidField:
    return InvalidField(_field(error["loc"]), _MESSAGES.get(error["type"], error["msg"]))


def _field(location: tuple[int | str, ...]) -> str:
    inner = location[1:] if location[:1] == ("body",) else location
    name = ".".join(str(part) for part in inner)[:MAX_FIELD_NAME_CHARACTERS]
    return shown(name) or "body"


def shown(text: str) -> str:
    """Return a caller's text as UTF-8 can spell it: JSON's escapes can make lone surrogates."""
    return text.encode("utf-8", "replace").decode()
