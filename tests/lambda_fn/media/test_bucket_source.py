"""Images out of S3, with the real client against moto."""

import builtins
import ssl
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from moto import mock_aws

from lambda_fn.errors import MediaError, MediaNotFoundError, MediaUnreachableError
from lambda_fn.media import bucket_source
from lambda_fn.media.fetcher import MediaFetcher
from lambda_fn.settings import read_settings
from tests.lambda_fn.media.conftest import MOST_BYTES, budget, fetched, image_at

BUCKET = "our-uploads"
KEY = "a b/cat 100%.png"


@pytest.fixture
def bucket(credentials: None) -> Iterator[Any]:
    with mock_aws():
        bucket = boto3.resource("s3").Bucket(BUCKET)
        bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield bucket


@pytest.fixture
def fetcher() -> MediaFetcher:
    return MediaFetcher(read_settings(media_buckets=f"others, {BUCKET}", max_media_bytes=MOST_BYTES))


def _code(fetcher: MediaFetcher, key: str) -> str:
    [outcome] = fetcher.fetch_all([image_at(f"s3://{BUCKET}/{key}")], budget())
    assert isinstance(outcome, MediaError)
    return outcome.code


def test_an_object_is_fetched_by_its_key(bucket: Any, fetcher: MediaFetcher, picture: bytes) -> None:
    bucket.put_object(Key=KEY, Body=picture)
    assert fetched(fetcher, f"s3://{BUCKET}/{KEY}") == picture


def test_several_are_fetched_at_once(bucket: Any, fetcher: MediaFetcher, picture: bytes) -> None:
    bucket.put_object(Key=KEY, Body=picture)
    urls = [image_at(f"s3://{BUCKET}/{KEY}")] * 10
    assert fetcher.fetch_all(urls, budget()) == [picture] * 10


@pytest.fixture
def caller() -> Iterator[None]:
    token = bucket_source.CALLER.set("key1")
    yield
    bucket_source.CALLER.reset(token)


BOUND = {"media_buckets": BUCKET, "bind_buckets_to_callers": True}


def test_a_caller_reads_its_own_objects(bucket: Any, picture: bytes, caller: None) -> None:
    bucket.put_object(Key="key1/cat.png", Body=picture)
    assert MediaFetcher(read_settings(**BOUND)).fetch_all([image_at(f"s3://{BUCKET}/key1/cat.png")], budget()) == [
        picture
    ]


@pytest.mark.parametrize("key", ["key2/cat.png", "key11/cat.png", "cat.png", "key1"])
def test_a_caller_reads_no_others_objects(bucket: Any, picture: bytes, caller: None, key: str) -> None:
    bucket.put_object(Key=key, Body=picture)
    assert _code(MediaFetcher(read_settings(**BOUND)), key) == "media_url_refused"


def test_without_a_key_nobody_reads_bound_objects(bucket: Any, picture: bytes) -> None:
    bucket.put_object(Key="key1/cat.png", Body=picture)
    assert _code(MediaFetcher(read_settings(**BOUND)), "key1/cat.png") == "media_url_refused"


def test_what_is_not_there_is_not_found(bucket: Any, fetcher: MediaFetcher) -> None:
    assert _code(fetcher, "none.png") == "media_not_found"


def test_a_bucket_that_is_not_there_is_not_found(bucket: Any, picture: bytes) -> None:
    made = MediaFetcher(read_settings(media_buckets="gone-bucket"))
    [outcome] = made.fetch_all([image_at("s3://gone-bucket/a.png")], budget())
    assert isinstance(outcome, MediaNotFoundError)


def test_a_large_object_is_not_read(bucket: Any, fetcher: MediaFetcher, picture: bytes) -> None:
    bucket.put_object(Key=KEY, Body=picture.ljust(MOST_BYTES + 1))
    assert _code(fetcher, KEY) == "media_too_large"


def test_an_object_of_another_kind_is_unsupported(bucket: Any, fetcher: MediaFetcher) -> None:
    bucket.put_object(Key="a.png", Body=b"<svg/>", ContentType="image/png")
    assert _code(fetcher, "a.png") == "media_type_unsupported"


def test_a_bucket_that_is_not_named_is_refused_even_where_we_may_read_it(bucket: Any, picture: bytes) -> None:
    bucket.put_object(Key=KEY, Body=picture)
    assert _code(MediaFetcher(read_settings()), KEY) == "media_url_refused"


class _Client:
    """Stands for boto3's client, and fails or dawdles."""

    def __init__(self, error: Exception | None = None, length: int = 5) -> None:
        self._error = error
        self._length = length

    def get_object(self, **_: str) -> dict[str, Any]:
        if self._error:
            raise self._error
        return {"ContentLength": self._length, "Body": self}

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"\xff\xd8\xff" + bytes(20)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("client", "code"),
    [
        (_Client(EndpointConnectionError(endpoint_url="secret")), "media_unreachable"),
        (_Client(NoCredentialsError()), "media_unreachable"),
        (_Client(ssl.SSLError("secret")), "media_unreachable"),
        (_Client(ReadTimeoutError(endpoint_url="secret")), "media_timeout"),
        (_Client(), "media_timeout"),
        (_Client(length=MOST_BYTES + 1), "media_too_large"),
    ],
)
def test_s3_has_its_troubles(monkeypatch: pytest.MonkeyPatch, client: _Client, code: str) -> None:
    monkeypatch.setattr(bucket_source, "_new_client", lambda: client)
    settings = read_settings(media_buckets=BUCKET, max_media_bytes=MOST_BYTES, media_timeout_seconds=0.2)
    assert _code(MediaFetcher(settings), KEY) == code


def test_more_than_was_declared_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_source, "_new_client", _Client)
    assert _code(MediaFetcher(read_settings(media_buckets=BUCKET, max_media_bytes=50)), KEY) == "media_too_large"


def test_a_machine_set_up_wrongly_is_no_fault_of_the_service(
    monkeypatch: pytest.MonkeyPatch, fetcher: MediaFetcher, credentials: None
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "none")
    assert _code(fetcher, KEY) == "media_unreachable"


def test_without_boto3_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, fetcher: MediaFetcher) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] in {"boto3", "botocore"}:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MediaUnreachableError, match="pip install boto3"):
        fetched(fetcher, f"s3://{BUCKET}/a.png")


class _Failing:
    """Stands for boto3's client, and fails with these codes of S3 before it answers."""

    def __init__(self, picture: bytes, *codes: str) -> None:
        self._picture = picture
        self._codes = list(codes)
        self.asked = 0

    def get_object(self, **_: str) -> dict[str, Any]:
        self.asked += 1
        if self._codes:
            raise ClientError({"Error": {"Code": self._codes.pop(0), "Message": "secret"}}, "GetObject")
        return {"ContentLength": len(self._picture), "Body": self}

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        yield self._picture

    def close(self) -> None:
        pass


@pytest.mark.parametrize("code", ["SlowDown", "503", "InternalError", "ThrottlingException"])
def test_a_busy_s3_is_asked_again_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, picture: bytes, code: str
) -> None:
    client = _Failing(picture, code, code)
    monkeypatch.setattr(bucket_source, "_new_client", lambda: client)
    made = MediaFetcher(read_settings(media_buckets=BUCKET))
    assert fetched(made, f"s3://{BUCKET}/{KEY}") == picture
    assert client.asked == 3
    assert [record.getMessage() for record in caplog.records] == [f"S3 is busy: {code}"] * 2


def test_an_s3_that_stays_busy_is_unreachable_and_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch, picture: bytes
) -> None:
    client = _Failing(picture, *["SlowDown"] * 10)
    monkeypatch.setattr(bucket_source, "_new_client", lambda: client)
    assert _code(MediaFetcher(read_settings(media_buckets=BUCKET)), KEY) == "media_unreachable"
    assert client.asked == 3
    impatient = _Failing(picture, *["SlowDown"] * 10)
    monkeypatch.setattr(bucket_source, "_new_client", lambda: impatient)
    late = read_settings(media_buckets=BUCKET, media_timeout_seconds=0.05)
    assert _code(MediaFetcher(late), KEY) == "media_unreachable"
    assert impatient.asked == 1


def test_expired_credentials_are_renewed_and_logged_not_told_as_a_missing_object(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, picture: bytes
) -> None:
    clients = [_Failing(picture, "ExpiredToken"), _Failing(picture)]
    monkeypatch.setattr(bucket_source, "_new_client", lambda: clients.pop(0))
    made = MediaFetcher(read_settings(media_buckets=BUCKET))
    assert fetched(made, f"s3://{BUCKET}/{KEY}") == picture
    [record] = caplog.records
    assert (record.levelname, "ExpiredToken" in record.getMessage()) == ("ERROR", True)
    expired = _Failing(picture, *["InvalidAccessKeyId"] * 10)
    monkeypatch.setattr(bucket_source, "_new_client", lambda: expired)
    made = MediaFetcher(read_settings(media_buckets=BUCKET))
    with pytest.raises(MediaUnreachableError, match=r"own credentials.*Tell its operator"):
        fetched(made, f"s3://{BUCKET}/{KEY}")


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidObjectState"])
def test_what_may_not_be_read_is_forbidden_at_once(monkeypatch: pytest.MonkeyPatch, picture: bytes, code: str) -> None:
    client = _Failing(picture, code)
    monkeypatch.setattr(bucket_source, "_new_client", lambda: client)
    assert _code(MediaFetcher(read_settings(media_buckets=BUCKET)), KEY) == "media_forbidden"
    assert client.asked == 1
