"""Errors of the service. `lambda_fn.http.problems` maps each to an HTTP response."""

from dataclasses import dataclass
from typing import ClassVar, Final

from model_bundle.errors import DECODING_ERRORS, ValenceError


@dataclass(frozen=True, slots=True)
class InvalidField:
    """One field of a request that is not valid."""

    field: str
    """Where it is, such as `year` or `genre.2`; `body` for the request as a whole."""
    message: str


class InvalidJsonError(ValenceError):
    """The body is not JSON."""

    code = "invalid_json"


class InvalidRequestError(ValenceError):
    """The body is JSON, but not what this route expects."""

    code = "invalid_request"

    def __init__(self, fields: tuple[InvalidField, ...]) -> None:
        super().__init__("; ".join(f"{invalid.field}: {invalid.message}" for invalid in fields))
        self.fields = fields


class TextTooLongError(ValenceError):
    """The text has more characters than the service accepts."""

    code = "text_too_long"


class BatchTooLargeError(ValenceError):
    """The batch has more items than the service accepts."""

    code = "batch_too_large"


class BodyTooLargeError(ValenceError):
    """The body has more bytes than the service accepts."""

    code = "body_too_large"


class UnsupportedMediaTypeError(ValenceError):
    """The body is declared as something other than plain JSON."""

    code = "unsupported_media_type"


class InvalidHttpError(ValenceError):
    """What arrived on a connection is not an HTTP request."""

    code = "invalid_http"


class RequestTimeoutError(ValenceError):
    """The client took too long to send the request."""

    code = "request_timeout"


class ResponseTimeoutError(ValenceError):
    """The response took longer than it may."""

    code = "timeout"


class JobRequiredError(ValenceError):
    """The request is more work than can be done while its client waits."""

    code = "job_required"


class OverloadedError(ValenceError):
    """The service has more work than it can do in time."""

    code = "overloaded"
    retry_after_seconds: ClassVar[int] = 1


class MediaError(ValenceError):
    """Base of what can be wrong with an image, audio or video before it is decoded. No message repeats the URL."""


class MediaUrlInvalidError(MediaError):
    """The URL is not spelled in the one way that the service accepts."""

    code = "media_url_invalid"


class MediaUrlRefusedError(MediaError):
    """The URL leads to where the service doesn't connect, such as a private address, or to no address at all."""

    code = "media_url_refused"


class MediaNotFoundError(MediaError):
    """The host says that it has no such file."""

    code = "media_not_found"


class MediaForbiddenError(MediaError):
    """The host doesn't give the file to the service."""

    code = "media_forbidden"


class MediaUnreachableError(MediaError):
    """The file could not be fetched for the moment."""

    code = "media_unreachable"

    def __init__(self, message: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        """Seconds after which the host wants to be asked again, if it says so."""


class MediaTimeoutError(MediaError):
    """Fetching took longer than the service waits."""

    code = "media_timeout"


class MediaTooLargeError(MediaError):
    """The file has more bytes than the service accepts."""

    code = "media_too_large"


class MediaTypeUnsupportedError(MediaError):
    """The file is of no type that is decoded, whatever its name says."""

    code = "media_type_unsupported"


class MediaUnreadError(MediaError):
    """The model that was asked doesn't read this kind of media."""

    code = "media_unread"


MEDIA_ERRORS: Final[tuple[type[ValenceError], ...]] = (MediaError, *DECODING_ERRORS)
"""What `on_media_error` is about."""
MEDIA_CODES: Final = frozenset(kind.code for kind in [*MediaError.__subclasses__(), *DECODING_ERRORS])
"""The code of each."""
