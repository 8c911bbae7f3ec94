"""URLs of objects in S3: `s3://bucket/key`."""

import re
from dataclasses import dataclass
from typing import Final

from lambda_fn.errors import MediaUrlInvalidError

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
