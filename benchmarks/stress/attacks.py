"""What a hostile client does: each attack runs until its time is up, and counts the statuses that it got."""

import asyncio
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from time import monotonic
from typing import Any, Final

from PIL import Image

Statuses = Counter[str]
"""How often each status came; `closed` if the service closed the connection without one."""
Attack = Callable[[int, float], Awaitable[Statuses]]
"""Takes the port and the seconds."""

WORDS: Final = ("good", "bad", "film", "the", "a", "cast", "dull", "wonderful", "plot", "scene")


def _words(characters: int) -> str:
    chance = random.Random(characters)
    text = " ".join(chance.choices(WORDS, k=characters // 3))
    return text[:characters]


def _request(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + body


async def _call(port: int, request: bytes, seconds: float = 60) -> str:
    """Send bytes on a connection of their own, and return the status."""
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            await writer.drain()
            line = await reader.readline()
            await reader.read()
            return line.split(b" ")[1].decode() if line else "closed"
    except TimeoutError:
        return "no answer"
    except OSError:
        return "closed"
    finally:
        if writer is not None:
            writer.close()


async def _repeated(port: int, requests: list[bytes], at_once: int, seconds: float) -> Statuses:
    """Send the requests over and over on so many connections; whatever is open at the end is let go of.

    It waits as long as a 503 says. What doesn't is a flood, which is a matter of the network in front of the service.
    """
    statuses: Statuses = Counter()
    ends = monotonic() + seconds

    async def one(number: int) -> None:
        while monotonic() < ends:
            status = await _call(port, requests[number % len(requests)], max(0.1, ends - monotonic()))
            statuses[status] += 1
            if status == "503":
                await asyncio.sleep(1)  # as Retry-After says

    await asyncio.gather(*(one(number) for number in range(at_once)))
    return statuses


async def batches(port: int, seconds: float) -> Statuses:
    """Send batches of 100 texts of 2,000 characters on 200 connections."""
    body = json.dumps({"items": [{"text": _words(2000)}] * 100}).encode()
    return await _repeated(port, [_request("/v1/predict/batch", body)], 200, seconds)


async def slow_hosts(port: int, seconds: float) -> Statuses:
    """Send 40 requests at a time whose image's host sends a byte a second."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            await reader.readline()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for byte in b"\x89PNG\r\n\x1a\n" + bytes(992):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.png"
    try:
        return await _repeated(port, [_request("/v1/predict", json.dumps({"image_url": url}).encode())], 40, seconds)
    finally:
        server.close()


def _image_request(content: bytes, images: int = 1) -> bytes:
    item = {"text": "good", "image_base64": b64encode(content).decode()}
    if images == 1:
        return _request("/v1/predict", json.dumps(item).encode())
    return _request("/v1/predict/batch", json.dumps({"items": [item] * images}).encode())


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


async def jpeg_scans(port: int, seconds: float) -> Statuses:
    """Send JPEGs of thousands of scans hidden behind a marker without a length, and of empty segments, six at once."""
    noise = Image.frombytes("RGB", (512, 512), random.Random(1).randbytes(512 * 512 * 3)).resize((1024, 1024))
    jpeg = _encoded(noise, "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    scan = jpeg[last:-2][:40]
    hidden = jpeg[:-2] + (b"\xff\x01" + scan) * 24_000 + jpeg[-2:]
    tables = jpeg[:2] + b"\xff\xdb\x00\x02" * 600_000 + jpeg[2:]
    return await _repeated(port, [_image_request(hidden), _image_request(tables)], 6, seconds)


async def image_memory(port: int, seconds: float) -> Statuses:
    """Send small files of many pixels: a strip of 1 x 25,000,000 and 5000 x 5000, alone and 20 in a batch."""
    strip = _encoded(Image.new("1", (1, 25_000_000)), "PNG")
    frames = [Image.new("RGB", (5000, 5000), colour) for colour in ("red", "blue")]
    animation = _encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    requests = [_image_request(strip), _image_request(animation), _image_request(animation, 20)]
    return await _repeated(port, requests, 6, seconds)


async def explanations(port: int, seconds: float) -> Statuses:
    """Ask eight at once for the words of texts of 50,000 characters."""
    body = json.dumps({"text": _words(50_000), "explain": ["words", "modalities"]}).encode()
    return await _repeated(port, [_request("/v1/predict", body)], 8, seconds)


async def unfinished_headers(port: int, seconds: float) -> Statuses:
    """Hold 1,500 connections with half a header."""
    return await _held(port, [b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nX-"], 1500, seconds)


async def unfinished_bodies(port: int, seconds: float) -> Statuses:
    """Hold 150 connections with all but the last byte of a body of 5 MB."""
    return await _held(port, [_request("/v1/predict", b'{"text": "' + b"x" * 5_000_000 + b'"}')[:-1]], 150, seconds)


async def _held(port: int, beginnings: list[bytes], connections: int, seconds: float) -> Statuses:
    statuses: Statuses = Counter()

    async def one(number: int) -> None:
        statuses[await _call(port, beginnings[number % len(beginnings)], seconds)] += 1

    await asyncio.gather(*(one(number) for number in range(connections)))
    return statuses


def _any_json(chance: random.Random, depth: int = 0) -> Any:
    simple = (None, True, 0, -1, 1994, 1e300, 2**70, "", " ", "good", "\ud83d", "\0", "x" * 60_000, "https://a", "AAAA")
    kind = chance.random()
    if depth > 2 or kind < 0.6:
        return chance.choice(simple)
    if kind < 0.8:
        return [_any_json(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return {chance.choice(("text", "genre", "a", "\udc00")): _any_json(chance, depth + 1) for _ in range(3)}


FIELDS: Final = ("text", "genre", "year", "image_url", "image_base64", "on_media_error", "explain", "model", "other")


def _fuzzed(chance: random.Random) -> bytes:
    """Return a request that the schema allows in part."""

    def item() -> Any:
        if chance.random() < 0.1:
            return _any_json(chance)
        good = {"text": "a good film", "genre": "Drama", "year": 1994, "explain": ["words"], "model": "reviews"}
        names = chance.sample(FIELDS, chance.randint(0, 4))
        return {name: good.get(name) if chance.random() < 0.5 else _any_json(chance) for name in names}

    path, value = "/v1/predict", item()
    if chance.random() < 0.3:
        path, value = "/v1/predict/batch", {"items": [item() for _ in range(chance.randint(0, 5))]}
    body = json.dumps(value).encode()
    if chance.random() < 0.1:
        place = chance.randrange(len(body) + 1)
        body = body[:place] + chance.randbytes(3) + body[place + 1 :]
    return _request(path, body)


FUZZED_CALLS: Final = 20_000


async def schema_fuzz(port: int, seconds: float) -> Statuses:  # noqa: ARG001  # it ends after its calls
    """Send 20,000 requests that the schema allows in part, eight at a time."""
    statuses: Statuses = Counter()
    chance = random.Random(10)
    left = FUZZED_CALLS

    async def one() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            statuses[await _call(port, _fuzzed(chance))] += 1

    await asyncio.gather(*(one() for _ in range(8)))
    return statuses


ATTACKS: Final[tuple[Attack, ...]] = (
    batches,
    slow_hosts,
    jpeg_scans,
    image_memory,
    explanations,
    unfinished_headers,
    unfinished_bodies,
    schema_fuzz,
)
