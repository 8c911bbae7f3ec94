"""Files from S3, out of the buckets that the service may read for its callers."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from lambda_fn.errors import MediaUnreachableError, MediaUrlInvalidError, MediaUrlRefusedError
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.buffer import Intake

PREFIX: Final = "s3://"
LONGEST_KEY: Final = 1024
"""Bytes, which is S3's own limit."""
_BUCKET: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")


@dataclass(frozen=True, slots=True)
class BucketUrl:
    """One object."""

    bucket: str
    key: str
    """As it is in the bucket: nothing in it is percent-encoded."""


def parse_bucket_url(url: str) -> BucketUrl:
    """Take a URL apart; MediaUrlInvalidError where bucket or key can't be ones."""
    bucket, _, key = url.removeprefix(PREFIX).partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise MediaUrlInvalidError("An S3 URL is s3://, the name of a bucket, a slash and the key.")
    if not key.isprintable() or not 0 < len(key.encode("utf-8", "replace")) <= LONGEST_KEY:
        raise MediaUrlInvalidError(f"The key must have 1 to {LONGEST_KEY:,} bytes, and only printable characters.")
    # On its way to S3 a key is part of a path, where these would lead out of the bucket.
    if {"", ".", ".."} & set(key.split("/")):
        raise MediaUrlInvalidError("No part of the key between its slashes may be empty, `.` or `..`.")
    return BucketUrl(bucket, key)


CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 2
"""Longest wait for S3's next bytes. S3 is no stranger, and doesn't drip: the deadline is looked at between pieces."""
PIECE_BYTES: Final = 65_536


class BucketSource:
    """Fetches with the service's own rights, and therefore only from buckets that were named to it."""

    def __init__(self, buckets: frozenset[str]) -> None:
        self._buckets = buckets
        self._lock = Lock()
        self._made: Any = None

    def fetch(self, url: str, intake: Intake, deadline: Deadline) -> bytes:
        """Return the object at a URL; a MediaError says why it can't be had."""
        target = parse_bucket_url(url)
        if target.bucket not in self._buckets:
            raise MediaUrlRefusedError("The service reads no pictures from this bucket.")
        for piece in _pieces(self._client(), target, intake):
            deadline.remaining()
            intake.add(piece)
        return intake.content()

    def _client(self) -> Any:
        with self._lock:  # boto3's session is not for several threads
            self._made = self._made or _new_client()
            return self._made


def _new_client() -> Any:
    try:
        import boto3  # AWS's base image has it, and only these URLs need it
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise MediaUnreachableError("This service can't read S3 without boto3: pip install boto3.") from None
    once = {"total_max_attempts": 1}
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=once)
    try:
        return boto3.client("s3", config=config)
    except BotoCoreError:
        raise MediaUnreachableError("This service has no credentials for S3 that it can use.") from None


def _pieces(client: Any, target: BucketUrl, intake: Intake) -> Iterator[bytes]:
    from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

    try:
        found = client.get_object(Bucket=target.bucket, Key=target.key)
        with closing(found["Body"]) as body:
            intake.expect(found["ContentLength"])
            yield from body.iter_chunks(PIECE_BYTES)
    except (ConnectTimeoutError, ReadTimeoutError):
        raise late() from None
    except (BotoCoreError, ClientError, OSError):
        raise MediaUnreachableError("The bucket has no such object, or the service may not read it.") from None
