"""What one request may spend on its media in all."""

from dataclasses import dataclass
from time import monotonic
from typing import Self

from lambda_fn.errors import MediaTimeoutError
from lambda_fn.media.buffer import Allowance
from lambda_fn.settings import Settings
from model_bundle.decoding.file_type import MediaKind


class Deadline:
    """A point in time, counted from when this is created."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left; MediaTimeoutError if there are none."""
        left = self._ends - monotonic()
        if left <= 0:
            raise late()
        return left

    def within(self, seconds: float) -> "Deadline":
        """Return a deadline for a part: at most so many seconds from now, and never later than this one."""
        return Deadline(min(seconds, self.remaining()))


def late() -> MediaTimeoutError:
    """Return the error of whoever finds that the time is up."""
    return MediaTimeoutError("Fetching took too long. Try again, or send the file itself in base64.")


@dataclass(frozen=True, slots=True)
class FetchBudget:
    """Time and bytes. The time runs from when this is created."""

    deadline: Deadline
    in_memory: Allowance
    """For images."""
    on_disk: Allowance
    """For audio and video."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Begin with all that the settings allow."""
        return cls(
            Deadline(settings.batch_media_timeout_seconds),
            Allowance(settings.max_batch_media_bytes),
            Allowance(settings.max_batch_clip_bytes),
        )

    def allowance(self, kind: MediaKind) -> Allowance:
        """Return the bytes that are left for this kind of media."""
        return self.in_memory if kind == "image" else self.on_disk
