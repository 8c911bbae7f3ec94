"""How long a request would take, from what its models were measured to take in this process."""

from bisect import bisect_right
from collections.abc import Sequence
from threading import Lock
from time import perf_counter
from typing import Final

from lambda_fn.errors import JobRequiredError
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.catalog import Catalog
from model_bundle.item import Item

MEASURED_CHARACTERS: Final = (100, 1_000, 50_000)
"""Lengths of text at which a model is measured: short, about where most models cut a text, and the longest."""
SENTENCE: Final = "This is a text of common words, and it is as long as it has to be. "
SMALL_REQUEST: Final = 20
"""Items, counting an explained one several times, up to which a request of moderate texts is not even estimated."""
SMALL_CHARACTERS: Final = 100_000

MAX_EXPLAINED_WORDS: Final = 128
RUNS_PER_WORD: Final = 0.5
"""Predictions that explaining one word costs: measured from 0.25 to 0.5 with the shipped models."""
RUNS_FOR_MODALITIES: Final = 1.5
SECONDS_PER_IMAGE: Final = 0.1
SECONDS_PER_CLIP: Final = 3.0
"""Decoding and encoding, beside the text."""


class WorkEstimate:
    """Refuses requests that can't be ready in time. Safe to use from several threads."""

    def __init__(self, catalog: Catalog, max_seconds: float | None) -> None:
        self._catalog = catalog
        self._max_seconds = max_seconds
        self._measured: dict[str, tuple[float, ...]] = {}
        self._lock = Lock()

    def check(self, model: str, requests: Sequence[PredictionRequest]) -> float:
        """Return the seconds that these requests will take, 0 if they are few; JobRequiredError if too many."""
        if self._max_seconds is None or _is_small(requests) or model not in self._catalog.specs:
            return 0.0
        seconds = self.seconds(model, requests)
        if seconds > self._max_seconds:
            raise JobRequiredError(
                f"This request would take about {seconds:.0f} seconds, and a response may take {self._max_seconds:g}. "
                "Send it in parts, with fewer items, shorter texts or fewer explanations, or run it as a batch job "
                "(docs/deploy.md, Batch jobs)."
            )
        return seconds

    def seconds(self, model: str, requests: Sequence[PredictionRequest]) -> float:
        """Return the estimate in seconds."""
        measured = self._measure(model)
        return sum(_seconds_of(request, measured) for request in requests)

    def _measure(self, model: str) -> tuple[float, ...]:
        with self._lock:
            if model not in self._measured:
                predictor = self._catalog.predictor(model)
                predictor.warm_up()
                self._measured[model] = tuple(self._time(model, length) for length in MEASURED_CHARACTERS)
            return self._measured[model]

    def _time(self, model: str, characters: int) -> float:
        text = (SENTENCE * (characters // len(SENTENCE) + 1))[:characters]
        started = perf_counter()
        self._catalog.predictor(model).predict_batch([Item(text=text)], [()])
        return perf_counter() - started


def _is_small(requests: Sequence[PredictionRequest]) -> bool:
    characters = sum(len(request.text or "") for request in requests)
    runs = sum(_runs(request) + 10 * len(request.media) for request in requests)
    return runs <= SMALL_REQUEST and characters <= SMALL_CHARACTERS


def _seconds_of(request: PredictionRequest, measured: Sequence[float]) -> float:
    media = sum(SECONDS_PER_IMAGE if medium.kind == "image" else SECONDS_PER_CLIP for medium in request.media)
    return _interpolated(len(request.text or ""), measured) * _runs(request) + media


def _runs(request: PredictionRequest) -> float:
    """Return how many plain predictions cost as much."""
    words = min(len((request.text or "").split()), MAX_EXPLAINED_WORDS) if "words" in request.explain else 0
    return 1 + words * RUNS_PER_WORD + (RUNS_FOR_MODALITIES if "modalities" in request.explain else 0)


def _interpolated(characters: int, measured: Sequence[float]) -> float:
    place = min(max(bisect_right(MEASURED_CHARACTERS, characters), 1), len(measured) - 1)
    low, high = MEASURED_CHARACTERS[place - 1], MEASURED_CHARACTERS[place]
    slope = (measured[place] - measured[place - 1]) / (high - low)
    return max(measured[place - 1] + slope * (characters - low), measured[0])
