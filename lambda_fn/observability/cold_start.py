"""How long a process took until it could answer, told once."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements
from model_bundle.prediction import Prediction

_STATUS: Final = Path("/proc/self/stat")
_START_FIELD: Final = 19
"""Place of the start time among the fields that follow the command's name in /proc/self/stat."""


class ColdStart:
    """Made when the service is ready; its first request is the one that waited for it."""

    def __init__(self) -> None:
        self._init_ms = process_age_ms()
        self._told = False
        self._used: set[tuple[str, str]] = set()

    def measure(self, measured: Measurements) -> bool:
        """Add the figures of the start to those of the first request; tell whether that request waited for it."""
        if self._told:
            return False
        self._told = True
        cold = not started_ahead()
        measured.add(metrics.COLD_STARTS, cold)
        measured.add(metrics.INIT_DURATION, self._init_ms)
        return cold

    def measure_first_uses(
        self, measured: Measurements, predictions: Iterable[Prediction], milliseconds: float
    ) -> None:
        """Add the request's time for each model and modality that it is the first of this process to use.

        Graphs and decoders are opened then, unless the process was warmed up.
        """
        for prediction in predictions:
            used = {(prediction.model, modality) for modality, present in prediction.modalities.items() if present}
            for model, modality in sorted(used - self._used):
                measured.add(metrics.FIRST_USE, milliseconds, model, modality)
            self._used |= used


def started_ahead() -> bool:
    """Whether Lambda started this process before any request needed it (provisioned concurrency)."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency"


def process_age_ms() -> float:
    """Return milliseconds since this process began, to 10; where the system doesn't say, those that it computed."""
    if not _STATUS.exists():
        return time.process_time() * 1000
    fields = _STATUS.read_text(encoding="utf-8").rpartition(")")[2].split()
    started = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1000
