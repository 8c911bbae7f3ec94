"""The pictures that requests hold, or say where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from lambda_fn.errors import MediaError, MediaUnreadError
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.buffer import Intake
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings
from model_bundle.spec import BundleSpec

if TYPE_CHECKING:
    from lambda_fn.media.fetcher import MediaFetcher

Picture = bytes | MediaError | None
"""A file, why it can't be had, or nothing where a request has none."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """One for each request."""

    found: list[Picture]
    fetch_ms: float | None
    """Milliseconds that fetching took; None where there was nothing to fetch."""


class PictureSource:
    """Gets pictures within the limits of the settings. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def pictures(self, requests: Sequence[PredictionRequest], spec: BundleSpec, budget: FetchBudget) -> Pictures:
        """Return each request's picture, those with URLs fetched at once, for a model that looks at pictures.

        For another they are MediaUnreadErrors, and nothing is fetched.
        """
        if not any(modality.kind == "image" for modality in spec.modalities):
            return Pictures([_unread(spec) if request.has_picture else None for request in requests], None)
        found = [self._held(request, budget) for request in requests]
        urls = {row: request.image_url for row, request in enumerate(requests) if request.image_url is not None}
        if not urls:
            return Pictures(found, None)
        started = perf_counter()
        for row, outcome in zip(urls, self._fetcher.fetch_all(list(urls.values()), budget), strict=True):
            found[row] = outcome
        return Pictures(found, (perf_counter() - started) * 1000)

    @cached_property
    def _fetcher(self) -> "MediaFetcher":
        from lambda_fn.media.fetcher import MediaFetcher  # HTTP and TLS, which a request without a URL does without

        return MediaFetcher(self._settings)

    def _held(self, request: PredictionRequest, budget: FetchBudget) -> Picture:
        if request.image_base64 is None:
            return None
        try:
            intake = Intake(self._settings.max_media_bytes, budget.allowance)
            intake.add(request.image_base64)
            return intake.content()
        except MediaError as error:
            return error


def _unread(spec: BundleSpec) -> MediaUnreadError:
    return MediaUnreadError(f"The model {spec.name!r} doesn't look at pictures. Leave it out, or name another model.")
