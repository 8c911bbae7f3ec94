"""What decoding takes at its peak, in a process of its own, beside what it is estimated to take."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model_bundle.decoding.image import decode_image, estimate_bytes
from model_bundle.decoding.image_container import MAX_SIDE, webp_size
from model_bundle.decoding.memory import MemoryBudget
from model_bundle.errors import ImageTooLargeError, ImageUndecodableError
from tests.pictures import RED, encoded, noise, plain

SIDE = 2_400
SCRIPT = """
import sys
from pathlib import Path
from model_bundle.decoding.image import decode_image

def peak():
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024

enough = int(sys.argv[3]) or None
decode_image(Path(sys.argv[1]).read_bytes(), 100, enough)
content = Path(sys.argv[2]).read_bytes()
before = peak()
decode_image(content, 25_000_000, enough)
print(peak() - before)
"""


def _transparent() -> Image.Image:
    image = plain(RED, SIDE, SIDE)
    image.putalpha(100)
    return image


def _animation() -> bytes:
    return encoded(plain(RED, SIDE, SIDE), "WEBP", save_all=True, append_images=[_transparent()], method=0)


def _jpeg(mode: str, **options: Any) -> bytes:
    return encoded(plain(RED, SIDE, SIDE).convert(mode), "JPEG", subsampling=0, **options)


FILES: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: encoded(plain(RED, SIDE, SIDE), "PNG"),
    "PNG with a palette": lambda: encoded(plain(RED, SIDE, SIDE).convert("P"), "PNG", transparency=0),
    "PNG in transparent grey": lambda: encoded(plain(RED, SIDE, SIDE).convert("LA"), "PNG"),
    "PNG of 16 bits": lambda: encoded(Image.new("I;16", (SIDE, SIDE), 700), "PNG", transparency=700),
    "JPEG": lambda: _jpeg("RGB"),
    "JPEG, progressive": lambda: _jpeg("RGB", progressive=True),
    "JPEG of four colours, progressive": lambda: _jpeg("CMYK", progressive=True),
    "WEBP": lambda: encoded(_transparent(), "WEBP", method=0),
    "WEBP animation": _animation,
    "GIF": lambda: encoded(plain(RED, SIDE, SIDE).convert("P"), "GIF", transparency=0),
}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's own peak")
@pytest.mark.parametrize("enough", [400, 0], ids=["shrunk", "in full"])
@pytest.mark.parametrize("name", FILES)
def test_no_format_takes_more_than_is_estimated(name: str, enough: int, tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(encoded(plain(RED), name.split()[0].strip(",")))
    (tmp_path / "large").write_bytes(FILES[name]())
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "small"), str(tmp_path / "large"), str(enough)]
    measured = int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)
    kind = name.split()[0].strip(",")
    estimate = estimate_bytes(kind, (SIDE, SIDE), enough or None, "progressive" in name)
    assert measured <= estimate + 4_000_000


@pytest.mark.parametrize("size", [(1, MAX_SIDE + 1), (MAX_SIDE + 1, 1)])
def test_a_side_that_is_too_long_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLargeError, match="no side may have more than 16,384"):
        decode_image(encoded(plain(RED, *size), "PNG"), 25_000_000)
    shorter = (min(size[0], MAX_SIDE), min(size[1], MAX_SIDE))
    assert decode_image(encoded(plain(RED, *shorter), "PNG"), 25_000_000, 1).pixels.shape[:2] == shorter[::-1]


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0abc"}, {"save_all": True}])
@pytest.mark.parametrize("size", [(1, 1), (300, 7), (7, 300)])
def test_the_size_of_a_webp_is_known_before_it_is_opened(size: tuple[int, int], options: dict[str, Any]) -> None:
    second = {"append_images": [noise(*size)]} if "save_all" in options else {}
    assert webp_size(encoded(plain(RED, *size), "WEBP", **options, **second)) == size


def test_a_webp_of_no_known_beginning_is_refused() -> None:
    content = encoded(plain(RED), "WEBP")
    with pytest.raises(ImageUndecodableError, match="WebP file is damaged"):
        decode_image(content[:12] + b"JUNK" + content[16:], 1_000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_decoding_reserves_what_it_is_estimated_to_take(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reserved: list[int] = []

    class Recording(MemoryBudget):
        @contextmanager
        def reserve(self, count: int) -> Iterator[None]:
            reserved.append(count)
            with super().reserve(count):
                yield

    monkeypatch.setattr("model_bundle.decoding.image.MEMORY", Recording(1_000))
    decode_image(encoded(noise(90, 70), kind), 10_000, 20)
    assert reserved == [estimate_bytes(kind, (90, 70), 20)]
