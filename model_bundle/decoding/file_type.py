"""What a file is, by its first bytes: names and declared types are not to be trusted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

MediaKind = Literal["image", "audio", "video"]

SIGNATURE_BYTES: Final = 512
"""So many bytes decide. Images need the first 12."""

_TRANSPORT_PACKETS: Final = (188, 192)
"""Bytes of an MPEG transport stream's packet, without and with a timestamp before it."""
_IMAGE_BRANDS: Final = {b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heif", b"mif1", b"msf1"}
_QUICKTIME_ATOMS: Final = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""What a QuickTime file without a file type begins with."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that is decoded."""

    name: str
    kinds: frozenset[MediaKind]
    """What can be taken from it."""
    demuxer: str = ""
    """FFmpeg's name for it; empty for images."""


def file_type(beginning: bytes | bytearray) -> FileType | None:
    """Return the type of a file that begins with these bytes, `SIGNATURE_BYTES` of them if it has as many.

    None for a file of any other type.
    """
    return next((kind for kind, matches in _TYPES if matches(bytes(beginning[:SIGNATURE_BYTES]))), None)


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda content: content[:4] in (b"RIFF", b"RF64") and content[8:12] == form


def _is_iso_media(content: bytes) -> bool:
    if content[4:8] == b"ftyp":
        return content[8:12] not in _IMAGE_BRANDS
    return content[4:8] in _QUICKTIME_ATOMS


def _is_transport_stream(content: bytes) -> bool:
    return any(
        len(content) > offset + size and {content[place] for place in range(offset, len(content), size)} == {0x47}
        for size, offset in zip(_TRANSPORT_PACKETS, (0, 4), strict=True)
    )


_MP3_FRAME: Final = re.compile(rb"\xff[\xe2\xe3\xf2-\xf5\xfa-\xfd][\x10-\xeb]", re.DOTALL)
"""MPEG audio, layers II and III (ISO 11172-3, 2.4.2.3). The range of bit rates leaves UTF-16's mark out."""
_AAC_FRAME: Final = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
"""ADTS (ISO 14496-3, 1.A.2.2)."""

_IMAGE: Final = frozenset[MediaKind]({"image"})
_AUDIO: Final = frozenset[MediaKind]({"audio"})
_CLIP: Final = frozenset[MediaKind]({"audio", "video"})
_TYPES: Final[tuple[tuple[FileType, Callable[[bytes], bool]], ...]] = (
    (FileType("JPEG", _IMAGE), _starts(b"\xff\xd8\xff")),
    (FileType("PNG", _IMAGE), _starts(b"\x89PNG\r\n\x1a\n")),
    (FileType("WebP", _IMAGE), lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP"),
    (FileType("GIF", _IMAGE), _starts(b"GIF87a", b"GIF89a")),
    (FileType("MP4", _CLIP, "mov"), _is_iso_media),
    (FileType("WebM", _CLIP, "matroska"), _starts(b"\x1a\x45\xdf\xa3")),
    (FileType("MPEG-TS", _CLIP, "mpegts"), _is_transport_stream),
    (FileType("MPEG-PS", _CLIP, "mpeg"), _starts(b"\0\0\1\xba")),
    (FileType("MPEG video", _CLIP, "mpegvideo"), _starts(b"\0\0\1\xb3")),
    (FileType("Ogg", _CLIP, "ogg"), _starts(b"OggS")),
    (FileType("WAV", _AUDIO, "wav"), _riff(b"WAVE")),
    (FileType("FLAC", _AUDIO, "flac"), _starts(b"fLaC")),
    (FileType("MP3", _AUDIO, "mp3"), lambda content: content[:3] == b"ID3" or bool(_MP3_FRAME.match(content))),
    (FileType("AAC", _AUDIO, "aac"), lambda content: bool(_AAC_FRAME.match(content))),
)

FORMATS: Final[dict[MediaKind, str]] = {
    "image": "JPEG, PNG, WebP or GIF",
    "audio": "WAV, FLAC, Ogg, MP3, AAC, MP4 or WebM",
    "video": "MP4, MOV, WebM, Matroska, Ogg or MPEG",
}
"""What to tell a person to send."""
