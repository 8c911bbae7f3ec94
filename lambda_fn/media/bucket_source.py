"""Files from S3, out of the buckets that the service may read for its callers."""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from lambda_fn.errors import (
    MediaError,
    MediaForbiddenError,
    MediaNotFoundError,
    MediaUnreachableError,
    MediaUrlInvalidError,
    MediaUrlRefusedError,
)
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.buffer import MediaBuffer

PREFIX: Final = "s3://"
MAX_KEY_BYTES: Final = 1024
"""S3's own limit."""
_BUCKET: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
CALLER: Final[ContextVar[str | None]] = ContextVar("caller", default=None)
"""Id of the API key with which the current request came, if any."""
_LOGGER: Final = logging.getLogger("valence.media")


@dataclass(frozen=True, slots=True)
class BucketUrl:
    """One object."""

    bucket: str
    key: str
    """As it is in the bucket: nothing in it is percent-encoded."""


def parse_bucket_url(url: str) -> BucketUrl:
    """Split a URL into bucket and key; MediaUrlInvalidError if either is impossible."""
    bucket, _, key = url.removeprefix(PREFIX).partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise MediaUrlInvalidError("An S3 URL must be s3://, the name of a bucket, a slash and the key.")
    if not key.isprintable() or not 0 < len(key.encode("utf-8", "replace")) <= MAX_KEY_BYTES:
        raise MediaUrlInvalidError(f"The key must have 1 to {MAX_KEY_BYTES:,} bytes, and only printable characters.")
    # On its way to S3 a key is part of a path, where these would lead out of the bucket.
    if {"", ".", ".."} & set(key.split("/")):
        raise MediaUrlInvalidError("No part of the key between its slashes may be empty, `.` or `..`.")
    return BucketUrl(bucket, key)


CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 2
"""Longest wait for S3's next bytes. S3 is trusted not to drip: the deadline is checked between pieces."""
PIECE_BYTES: Final = 65_536
RETRY_AFTER_SECONDS: Final = (0.1, 0.4)
"""Waits before the second and the third attempt, if S3 is busy or the credentials have expired."""

_MISSING: Final = {"NoSuchKey", "NoSuchBucket", "404"}
_FORBIDDEN: Final = {"AccessDenied", "AllAccessDisabled", "InvalidObjectState", "403"}
_BUSY: Final = {
    "503",
    "InternalError",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
}
_CREDENTIALS: Final = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}


class _TryAgainError(Exception):
    """S3 may answer the next attempt."""

    def __init__(self, error: MediaError, new_client: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.new_client = new_client


class BucketSource:
    """Fetches with the service's own rights, and therefore only from buckets that were named to it."""

    def __init__(self, buckets: frozenset[str], bind_to_callers: bool = False) -> None:
        """Read these buckets; with `bind_to_callers`, each caller's own objects only."""
        self._buckets = buckets
        self._bind_to_callers = bind_to_callers
        self._lock = Lock()
        self._cached: Any = None

    def fetch(self, url: str, buffer: MediaBuffer, deadline: Deadline) -> None:
        """Put the object at a URL into the buffer; a MediaError says why it could not be fetched."""
        target = parse_bucket_url(url)
        if target.bucket not in self._buckets:
            raise MediaUrlRefusedError("The service doesn't read this bucket. Send a URL of one that it reads.")
        if self._bind_to_callers:
            _check_owner(target.key)
        for wait in (*RETRY_AFTER_SECONDS, None):
            try:
                return self._attempt(target, buffer, deadline)
            except _TryAgainError as again:
                if wait is None or wait >= deadline.remaining():
                    raise again.error from None
                if again.new_client:
                    self._cached = None
                time.sleep(wait)
        return None

    def _attempt(self, target: BucketUrl, buffer: MediaBuffer, deadline: Deadline) -> None:
        for piece in _pieces(self._client(), target, buffer):
            deadline.remaining()
            buffer.add(piece)

    def _client(self) -> Any:
        with self._lock:  # boto3's session is not thread-safe
            self._cached = self._cached or _new_client()
            return self._cached


def _check_owner(key: str) -> None:
    caller = CALLER.get()
    if caller is None:
        raise MediaUrlRefusedError("The service reads objects only for callers with an API key.")
    if not key.startswith(f"{caller}/"):
        raise MediaUrlRefusedError(f"The object's key must begin with the id of your API key: {caller}/.")


def _new_client() -> Any:
    try:
        import boto3  # AWS's base image has it, and only these URLs need it
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        _LOGGER.error("boto3 is not installed, so s3:// URLs can't be read")
        raise MediaUnreachableError("This service can't read S3 without boto3: pip install boto3.") from None
    once = {"total_max_attempts": 1}  # attempts are counted here, against the deadline
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=once)
    try:
        return boto3.client("s3", config=config)
    except BotoCoreError as error:
        raise _credentials_error(type(error).__name__) from None


def _pieces(client: Any, target: BucketUrl, buffer: MediaBuffer) -> Iterator[bytes]:
    """Yield an object. Only an attempt that has yielded nothing yet may be repeated."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        CredentialRetrievalError,
        NoCredentialsError,
        ReadTimeoutError,
    )

    try:
        found = client.get_object(Bucket=target.bucket, Key=target.key)
    except ClientError as error:
        raise _explained(str(error.response.get("Error", {}).get("Code", "")), error) from None
    except (ConnectTimeoutError, ReadTimeoutError):
        raise late() from None
    except (NoCredentialsError, CredentialRetrievalError) as error:
        raise _credentials_error(type(error).__name__) from None
    except (BotoCoreError, OSError):
        raise _unreachable() from None
    try:
        with closing(found["Body"]) as body:
            buffer.expect(found["ContentLength"])
            yield from body.iter_chunks(PIECE_BYTES)
    except (ConnectTimeoutError, ReadTimeoutError):
        raise late() from None
    except (BotoCoreError, OSError):
        raise _unreachable() from None


def _explained(code: str, error: Exception) -> Exception:
    if code in _MISSING:
        return MediaNotFoundError("The bucket has no such object, or there is no such bucket. Check the URL.")
    if code in _FORBIDDEN:
        return MediaForbiddenError("The service may not read this object, or there is none. Check the URL.")
    if code in _CREDENTIALS:
        return _TryAgainError(_credentials_error(code), new_client=True)
    if code in _BUSY or getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        _LOGGER.warning("S3 is busy: %s", code)
        return _TryAgainError(MediaUnreachableError("S3 is busy. Try again later."), new_client=False)
    _LOGGER.warning("S3 refused a request: %s", code)
    return _unreachable()


def _credentials_error(reason: str) -> MediaUnreachableError:
    _LOGGER.error("S3 did not accept the service's credentials: %s. Renew them, or check the role.", reason)
    return MediaUnreachableError("The service's own credentials for S3 are missing or expired. Tell its operator.")


def _unreachable() -> MediaUnreachableError:
    return MediaUnreachableError("S3 could not be reached. Try again later.")
