"""What is fuzzed: each target takes bytes, and raises only if something is wrong with us."""

import json
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from lambda_fn.errors import InvalidJsonError, InvalidRequestError, MediaUrlInvalidError
from lambda_fn.http.problems import validated
from lambda_fn.http.router import parse_json
from lambda_fn.media.bucket_source import parse_bucket_url
from lambda_fn.media.web_url import WebUrl, parse_web_url
from lambda_fn.schemas.request import BatchRequest, PredictionRequest
from model_bundle.decoding.file_type import file_type
from model_bundle.decoding.image import decode_image
from model_bundle.decoding.image_container import pixel_data
from model_bundle.errors import ImageTooLargeError, ImageUndecodableError

MAX_PIXELS: Final = 100_000
"""Few, so that executions are quick."""


def fuzz_image(content: bytes) -> None:
    """Decode a file; what is taken for an image has the right shape, and the same one again."""
    file_type(content)
    with suppress(ImageUndecodableError, ImageTooLargeError):
        pixels = decode_image(content, MAX_PIXELS, 16).pixels
        assert pixels.ndim == 3
        assert pixels.shape[2] == 3


def fuzz_container(content: bytes) -> None:
    """Take the metadata of a JPEG or PNG out; doing that again changes nothing."""
    for beginning in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"):
        with suppress(ImageUndecodableError):
            data = pixel_data(beginning + content)
            if data.has_end:
                again = pixel_data(data.content)
                assert again.content == data.content


def fuzz_url(content: bytes) -> None:
    """Parse a URL, and one that redirects; what is accepted is read in the same way by another parser."""
    text = content.decode("utf-8", "surrogateescape")
    for url in (text, f"https://{text}", f"https://{text}/"):
        with suppress(MediaUrlInvalidError):
            _check_url(parse_web_url(url))
        with suppress(MediaUrlInvalidError):
            parse_bucket_url(url)
    start = WebUrl("https", "example.com", 443, "/a/b?c")
    with suppress(MediaUrlInvalidError):
        _check_url(start.joined(content))


def _check_url(url: WebUrl) -> None:
    host = f"[{url.host}]" if ":" in url.host else url.host
    written = f"{url.scheme}://{host}:{url.port}{url.target}"
    assert parse_web_url(written) == url
    other = urlsplit(written)
    assert (other.scheme, other.hostname, other.port) == (url.scheme, url.host, url.port)
    assert url.target.startswith("/")
    assert url.target.isascii()
    assert url.target.isprintable()
    assert " " not in url.target
    if url.host.replace(".", "").isdigit() or ":" in url.host:
        ip_address(url.host)


def fuzz_body(content: bytes) -> None:
    """Read a body as both routes do; what is accepted can be written as JSON."""
    try:
        parsed = parse_json(content)
    except InvalidJsonError:
        return
    for model in (PredictionRequest, BatchRequest):
        with suppress(InvalidRequestError):
            request = validated(model, parsed)
            if isinstance(request, PredictionRequest):
                request.to_item()
                assert len(request.media) <= 3
                json.dumps(request.text).encode()


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "image": fuzz_image,
    "container": fuzz_container,
    "url": fuzz_url,
    "body": fuzz_body,
}
