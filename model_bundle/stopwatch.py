"""Where a request's time goes."""

from time import perf_counter


class Stopwatch:
    """Measures consecutive stages."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._started = perf_counter()

    def lap(self, stage: str) -> None:
        """Book the time since the last lap under `stage`."""
        now = perf_counter()
        self.milliseconds[stage] = round((now - self._started) * 1000, 3)
        self._started = now
