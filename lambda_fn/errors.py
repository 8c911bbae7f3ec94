"""Errors that only the service knows. How each becomes an HTTP answer is in `problems`."""

from dataclasses import dataclass
from typing import ClassVar, Final

from model_bundle.errors import ImageTooLargeError, ImageUndecodableError, ValenceError


@dataclass(frozen=True, slots=True)
class InvalidField:
    """One field of a request that can't be used."""

    field: str
    """Where it is, such as `year` or `genre.2`; `body` for the request as a whole."""
    message: str


class InvalidJsonError(ValenceError):
    """The body is not JSON."""

    code = "invalid_json"


class InvalidRequestError(ValenceError):
    """The body is JSON, but not what this route takes."""

    code = "invalid_request"

    def __init__(self, fields: tuple[InvalidField, ...]) -> None:
        super().__init__("; ".join(f"{invalid.field}: {invalid.message}" for invalid in fields))
        self.fields = fields


class TextTooLongError(ValenceError):
    """The text has more characters than the service takes."""

    code = "text_too_long"


class BatchTooLargeError(ValenceError):
    """The batch has more items than the service takes."""

    code = "batch_too_large"


class BodyTooLargeError(ValenceError):
    """The body has more bytes than the service takes."""

    code = "body_too_large"


class UnsupportedMediaTypeError(ValenceError):
    """The body is said to be something other than JSON."""

    code = "unsupported_media_type"


class RequestTimeoutError(ValenceError):
    """The client took too long to send the request."""

    code = "request_timeout"


class OverloadedError(ValenceError):
    """The service has more work than it can do in time."""

    code = "overloaded"
    retry_after_seconds: ClassVar[int] = 1


class MediaError(ValenceError):
    """Base of what can be wrong with a picture before anyone decodes it. No message of these repeats the URL."""


class MediaUrlInvalidError(MediaError):
    """The URL is not spelled in the one way that the service takes."""

    code = "media_url_invalid"


class MediaUrlRefusedError(MediaError):
    """The URL leads to where the service doesn't go, such as a private address."""

    code = "media_url_refused"


class MediaUnreachableError(MediaError):
    """What is at the URL could not be had."""

    code = "media_unreachable"


class MediaTimeoutError(MediaError):
    """Fetching took longer than the service waits."""

    code = "media_timeout"


class MediaTooLargeError(MediaError):
    """The file has more bytes than the service takes."""

    code = "media_too_large"


class MediaTypeUnsupportedError(MediaError):
    """The file is of no kind that is read, whatever it is called."""

    code = "media_type_unsupported"


class MediaUnreadError(MediaError):
    """The model that was asked doesn't look at pictures."""

    code = "media_unread"


PICTURE_ERRORS: Final = (MediaError, ImageUndecodableError, ImageTooLargeError)
"""What a request may ask to be answered in spite of."""
PICTURE_CODES: Final = frozenset(
    {kind.code for kind in MediaError.__subclasses__()} | {ImageUndecodableError.code, ImageTooLargeError.code}
)
"""The code of each."""
