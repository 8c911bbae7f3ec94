"""A medium of a request, and what is accepted of its kind."""

from dataclasses import dataclass
from typing import Final, Self

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError
from lambda_fn.settings import Settings
from model_bundle.decoding.file_type import FORMATS, SIGNATURE_BYTES, MediaKind, file_type

IMAGE_SIGNATURE_BYTES: Final = 12
_A: Final[dict[MediaKind, str]] = {"image": "an image", "audio": "an audio", "video": "a video"}


@dataclass(frozen=True, slots=True)
class Medium:
    """An image, audio or video as a request names it: by its URL, or as the file itself."""

    kind: MediaKind
    url: str | None = None
    """`https://`, or `s3://`."""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class MediaPolicy:
    """What is accepted of one kind of media."""

    kind: MediaKind
    max_bytes: int
    timeout_seconds: float
    """For fetching one file, from looking its host up to its last byte."""

    @classmethod
    def of(cls, kind: MediaKind, settings: Settings) -> Self:
        """Return the policy that the settings make."""
        if kind == "image":
            return cls(kind, settings.max_media_bytes, settings.media_timeout_seconds)
        max_bytes = settings.max_audio_bytes if kind == "audio" else settings.max_video_bytes
        return cls(kind, max_bytes, settings.clip_timeout_seconds)

    @property
    def signature_bytes(self) -> int:
        """How many bytes decide what a file is."""
        return IMAGE_SIGNATURE_BYTES if self.kind == "image" else SIGNATURE_BYTES

    def check_size(self, size: int) -> None:
        """Raise MediaTooLargeError for a file of more bytes than are accepted."""
        if size > self.max_bytes:
            raise MediaTooLargeError(f"The {self.kind} may have at most {self.max_bytes:,} bytes. Send a smaller file.")

    def check_type(self, beginning: bytes | bytearray) -> None:
        """Raise MediaTypeUnsupportedError unless a file begins as one of this kind does."""
        found = file_type(beginning)
        if found is None:
            raise MediaTypeUnsupportedError(f"Unsupported {self.kind} format. Send {FORMATS[self.kind]}.")
        if self.kind not in found.kinds:
            raise MediaTypeUnsupportedError(
                f"The file is {found.name}, which is not {_A[self.kind]} format. Send {FORMATS[self.kind]}, or use the "
                f"field for {' or '.join(sorted(found.kinds))}."
            )
