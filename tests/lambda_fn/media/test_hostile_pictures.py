"""Files that pretend to be images, or are too much of one: each with its code, in little time and memory."""

import json
import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.pictures import RED, encoded, plain

SECONDS = 1.0
MEGABYTES = 30
"""More than decoding the largest image that the tiny bundle takes needs, and far less than any bomb would."""

PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
UNDECODABLE = "image_undecodable"
TOO_LARGE = "image_too_large"
UNSUPPORTED = "media_type_unsupported"
SEEN = "seen"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return PNG_BEGINNING + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def png(width: int, height: int, *extra: bytes, rows: bytes | None = None) -> bytes:
    pixels = rows if rows is not None else bytes((1 + 3 * width) * height)
    return header(width, height) + b"".join(extra) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def gif(width: int, height: int, frames: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6)
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0" + b"\x02\x02\x44\x01\0"
    return screen + frame * frames + b"\x3b"


GOOD = {kind: encoded(plain(RED, 60, 40), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")}
TABLE: dict[str, tuple[bytes, str]] = {
    "a hundred megapixels": (png(10_000, 10_000, rows=b""), TOO_LARGE),
    "a hundred megapixels, truly": (png(10_000, 10_000, rows=bytes(30_010_000)), TOO_LARGE),
    "as many pixels as a header can say": (header(2**31 - 1, 2**31 - 1) + chunk(b"IDAT", b""), TOO_LARGE),
    "wider than anything": (png(2**30, 1, rows=b""), TOO_LARGE),
    "no pixels": (header(0, 0) + chunk(b"IDAT", b"") + chunk(b"IEND", b""), UNDECODABLE),
    "pixels that unpack to far more than announced": (png(10, 10, rows=bytes(30_000_000)), SEEN),
    "fewer pixels than announced": (png(500, 500, rows=bytes(100)), UNDECODABLE),
    "a header alone": (header(10, 10), UNDECODABLE),
    "a signature alone": (PNG_BEGINNING + bytes(8), UNDECODABLE),
    "a text chunk that unpacks to 100 MB": (
        png(10, 10, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000), 9))),
        SEEN,
    ),
    "an international text chunk that unpacks to 100 MB": (
        png(10, 10, chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(100_000_000), 9))),
        SEEN,
    ),
    "a colour profile that unpacks to 100 MB": (
        png(10, 10, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(100_000_000), 9))),
        SEEN,
    ),
    "a chunk longer than the file": (header(10, 10) + b"\x7f\xff\xff\xff" + b"IDAT" + bytes(50), UNDECODABLE),
    "countless empty chunks": (png(10, 10, chunk(b"tEXt", b"a\0") * 10_000), SEEN),
    "a GIF of countless frames": (gif(10, 10, 8_000), SEEN),
    "a GIF of 65,535 by 65,535": (gif(65_535, 65_535, 1), TOO_LARGE),
    "a JPEG of 65,500 by 65,500": (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\3\1\x22\0\2\x11\1\3\x11\1",
        TOO_LARGE,
    ),
    "a WebP of 16,383 by 16,383": (
        b"RIFF\x20\0\0\0WEBPVP8L\x0e\0\0\0\x2f\xfe\xbf\xff\x0f" + bytes(14),
        TOO_LARGE,
    ),
    "a PNG in name alone": (PNG_BEGINNING + GOOD["JPEG"], UNDECODABLE),
    "HTML behind a JPEG's first bytes": (b"\xff\xd8\xff\xe0<script>alert(1)</script>", UNDECODABLE),
    "a GIF that is a script too": (b"GIF89a=1;alert(1)//" + bytes(30), UNDECODABLE),
    "a TIFF within": (b"II*\0" + bytes(100), UNSUPPORTED),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', UNSUPPORTED),
    "a picture with a ZIP behind it": (GOOD["PNG"] + b"PK\3\4" + bytes(100), SEEN),
    "zeros behind a signature": (b"\xff\xd8\xff" + bytes(100_000), UNDECODABLE),
    **{f"half a {kind}": (content[: len(content) // 2], UNDECODABLE) for kind, content in GOOD.items()},
    **{f"a whole {kind}": (content, SEEN) for kind, content in GOOD.items()},
}


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("code", SEEN if answer.get("modalities", {}).get("image", {}).get("present") else "unseen"))


@pytest.mark.parametrize(("content", "code"), TABLE.values(), ids=TABLE.keys())
def test_a_hostile_picture_gets_its_code_in_time(post_client: TestClient, content: bytes, code: str) -> None:
    body = {"text": "good", "image_base64": b64encode(content).decode()}
    started = monotonic()
    found = _code(post_client.post("/v1/predict", json=body).json())
    assert found == code
    assert monotonic() - started < SECONDS


SCRIPT = """
import json, sys
from starlette.testclient import TestClient
from lambda_fn.application import create_application
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog
from pathlib import Path

def peak():
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6

client = TestClient(create_application(read_settings(), Catalog(Path(sys.argv[1]))))
client.post("/v1/predict", json=json.loads(sys.stdin.readline()))
before = peak()
for line in sys.stdin:
    client.post("/v1/predict", json=json.loads(line))
print(peak() - before, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's own peak")
def test_none_of_them_takes_much_memory(both_models_folder: Path) -> None:
    contents = [GOOD["PNG"], *(content for content, _ in TABLE.values())]
    lines = "\n".join(json.dumps({"image_base64": b64encode(content).decode()}) for content in contents)
    command = [sys.executable, "-c", SCRIPT, str(both_models_folder)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert float(done.stderr) < MEGABYTES, done.stderr
