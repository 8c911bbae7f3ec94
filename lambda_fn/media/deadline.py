"""How long something may take in all, however many steps it has."""

from time import monotonic

from lambda_fn.errors import MediaTimeoutError


class Deadline:
    """Begins when it is made."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left; MediaTimeoutError where there are none."""
        left = self._ends - monotonic()
        if left <= 0:
            raise late()
        return left

    def within(self, seconds: float) -> "Deadline":
        """Return a deadline for a part: at most so many seconds from now, and never later than this one."""
        return Deadline(min(seconds, self.remaining()))


def late() -> MediaTimeoutError:
    """Return the error of whoever finds that the time is up."""
    return MediaTimeoutError("Fetching took too long. Try again, or send the picture as `image_base64`.")
