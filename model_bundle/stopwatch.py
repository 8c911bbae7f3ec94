"""Where a request's time goes."""

from time import perf_counter


class Stopwatch:
    """Measures consecutive stages, and parts of them."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        """By stage."""
        self.parts: dict[str, float] = {}
        """By part, of those that were named."""
        self._started = perf_counter()

    def lap(self, stage: str, part: str | None = None) -> None:
        """Book the time since the last lap under `stage`, and under `part` of it too."""
        now = perf_counter()
        spent = (now - self._started) * 1000
        self.milliseconds[stage] = round(self.milliseconds.get(stage, 0.0) + spent, 3)
        if part is not None:
            self.parts[part] = round(spent, 3)
        self._started = now
