"""A file while it arrives: counted, checked as soon as enough of it is there, and kept on disk if it is large."""

from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, Final
from weakref import finalize

from lambda_fn.errors import MediaTooLargeError
from lambda_fn.media.medium import MediaPolicy

MAX_BYTES_IN_MEMORY: Final = 1024 * 1024
"""Of an audio or video file; larger ones are written to disk. Images are decoded in memory, and stay there."""


class Allowance:
    """Bytes that a request may fetch in all. Its files arrive on several threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._lock = Lock()

    def spend(self, count: int) -> None:
        """Take bytes away; MediaTooLargeError if there are not enough left."""
        with self._lock:
            self._left -= count
            if self._left < 0:
                raise MediaTooLargeError(
                    f"The media of one request may have at most {self._max_bytes:,} bytes in all. Send fewer, or "
                    "smaller ones."
                )


class SpooledFile:
    """An audio or video file, in memory or in a temporary file.

    The temporary file has no name, so nothing is left of it when it is closed, when this object is gone, or when the
    process dies.
    """

    def __init__(self, max_bytes_in_memory: int = MAX_BYTES_IN_MEMORY) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_bytes_in_memory)  # noqa: SIM115
        self.close = finalize(self, self._file.close)
        """Free the memory or the disk."""

    def write(self, piece: bytes) -> None:
        """Add to its end."""
        self._file.write(piece)

    def source(self) -> bytes | IO[bytes]:
        """Return the content, or the open file on disk, at its beginning."""
        on_disk = self._file._rolled  # type: ignore[attr-defined]  # the class has no public name for it
        self._file.seek(0)
        return self._file._file if on_disk else self._file.read()


class MediaBuffer:
    """Takes one file that a policy accepts."""

    def __init__(self, policy: MediaPolicy, allowance: Allowance) -> None:
        self.policy = policy
        self._allowance = allowance
        self._size = 0
        self._beginning = bytearray()
        self._content = bytearray()
        self._spooled = None if policy.kind == "image" else SpooledFile()

    def expect(self, length: int) -> None:
        """Raise MediaTooLargeError if a file of this length would be refused in the end."""
        self.policy.check_size(length)

    def add(self, piece: bytes) -> None:
        """Take the next piece; MediaTooLargeError or MediaTypeUnsupportedError as soon as it is known."""
        self._size += len(piece)
        self.policy.check_size(self._size)
        self._allowance.spend(len(piece))
        if len(self._beginning) < self.policy.signature_bytes:
            self._beginning += piece[: self.policy.signature_bytes - len(self._beginning)]
            if len(self._beginning) == self.policy.signature_bytes:
                self.policy.check_type(self._beginning)
        if self._spooled is None:
            self._content += piece
        else:
            self._spooled.write(piece)

    def content(self) -> "bytes | SpooledFile":
        """Return the whole file: an image's bytes, audio and video as a SpooledFile.

        MediaTypeUnsupportedError if it is too short to be of any type.
        """
        self.policy.check_type(self._beginning)
        return bytes(self._content) if self._spooled is None else self._spooled

    def close(self) -> None:
        """Free what a file that was refused half way has taken."""
        if self._spooled is not None:
            self._spooled.close()
