"""A file as it comes in: counted, and looked at as soon as there is enough of it."""

from threading import Lock
from typing import Final

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError

SIGNATURE_BYTES: Final = 12
"""So many decide."""
KINDS: Final = "JPEG, PNG, WebP and GIF"
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


def check_picture_kind(content: bytes | bytearray) -> None:
    """MediaTypeUnsupportedError unless a file begins as a JPEG, PNG, WebP or GIF does."""
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if not webp and not content.startswith(_BEGINNINGS):
        raise MediaTypeUnsupportedError(f"That is no picture of a kind that is read: {KINDS}.")


class Allowance:
    """Bytes that a request may fetch in all. Its files come in on several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._left = most_bytes
        self._lock = Lock()

    def spend(self, count: int) -> None:
        """Take bytes away; MediaTooLargeError where there are no more."""
        with self._lock:
            self._left -= count
            if self._left < 0:
                raise MediaTooLargeError(
                    f"The pictures of one request may have at most {self._most_bytes:,} bytes in all. Send fewer."
                )


class Intake:
    """Takes in one file of at most `most_bytes` bytes."""

    def __init__(self, most_bytes: int, allowance: Allowance) -> None:
        self._most_bytes = most_bytes
        self._allowance = allowance
        self._content = bytearray()

    def expect(self, length: int) -> None:
        """MediaTooLargeError where a file that is said to have so many bytes would be refused in the end."""
        if length > self._most_bytes:
            raise MediaTooLargeError(f"A picture may have at most {self._most_bytes:,} bytes. Send a smaller one.")

    def add(self, piece: bytes) -> None:
        """Take the next piece; MediaTooLargeError or MediaTypeUnsupportedError as soon as it is known."""
        self.expect(len(self._content) + len(piece))
        self._allowance.spend(len(piece))
        known = len(self._content) >= SIGNATURE_BYTES
        self._content += piece
        if not known and len(self._content) >= SIGNATURE_BYTES:
            check_picture_kind(self._content)

    def content(self) -> bytes:
        """Return the whole file; MediaTypeUnsupportedError where it is too short to be one."""
        check_picture_kind(self._content)
        return bytes(self._content)
