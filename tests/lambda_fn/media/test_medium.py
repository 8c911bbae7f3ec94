import pytest

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError
from lambda_fn.media.medium import MediaPolicy
from lambda_fn.settings import read_settings
from model_bundle.decoding.file_type import MediaKind

WAV = b"RIFF\0\0\0\0WAVEfmt "
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
MP4 = b"\0\0\0\x18ftypisom" + bytes(20)


def _policy(kind: MediaKind) -> MediaPolicy:
    return MediaPolicy.of(kind, read_settings())


def test_each_kind_has_its_limits() -> None:
    megabytes = {kind: _policy(kind).max_bytes // 2**20 for kind in ("image", "audio", "video")}
    assert megabytes == {"image": 10, "audio": 25, "video": 100}
    seconds = {kind: _policy(kind).timeout_seconds for kind in ("image", "audio", "video")}
    assert seconds == {"image": 5, "audio": 15, "video": 15}
    with pytest.raises(MediaTooLargeError, match="The video may have at most 104,857,600 bytes"):
        _policy("video").check_size(100 * 2**20 + 1)


@pytest.mark.parametrize(
    ("kind", "content", "accepted"),
    [
        ("image", PNG, True),
        ("image", WAV, False),
        ("image", MP4, False),
        ("audio", WAV, True),
        ("audio", MP4, True),
        ("audio", PNG, False),
        ("video", MP4, True),
        ("video", WAV, False),
        ("video", PNG, False),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_content(kind: MediaKind, content: bytes, accepted: bool) -> None:
    if accepted:
        _policy(kind).check_type(content)
        return
    with pytest.raises(MediaTypeUnsupportedError, match=r"which is not an? .* format. Send .*, or use the field for"):
        _policy(kind).check_type(content)


@pytest.mark.parametrize("kind", ["image", "audio", "video"])
def test_a_file_of_no_known_type_is_refused(kind: MediaKind) -> None:
    with pytest.raises(MediaTypeUnsupportedError, match=f"Unsupported {kind} format. Send "):
        _policy(kind).check_type(b"#EXTM3U\nhttp://10.0.0.1/")
