"""The media of requests, wherever they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Final, Union

from lambda_fn.errors import MediaError, MediaUnreadError
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.buffer import MediaBuffer, SpooledFile
from lambda_fn.media.medium import MediaPolicy, Medium
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings
from model_bundle.decoding.file_type import MediaKind
from model_bundle.errors import ValenceError
from model_bundle.spec import BundleSpec

if TYPE_CHECKING:
    from lambda_fn.media.fetcher import MediaFetcher
    from model_bundle.decoding.clip import DecodedClip

Content = Union[bytes, SpooledFile, "DecodedClip", ValenceError]
"""An image's bytes; audio or video before or after it is decoded; or why there is none of them."""
FoundMedia = dict[MediaKind, Content]
"""The media of one request."""

_READ_BY: Final[dict[MediaKind, frozenset[str]]] = {
    "image": frozenset({"image", "video"}),
    "audio": frozenset({"audio"}),
    "video": frozenset({"video", "audio"}),
}
"""Which modalities read each kind: a still image is a clip of one frame, and a clip has sound."""


@dataclass(frozen=True, slots=True)
class GatheredMedia:
    """The media of several requests."""

    found: list[FoundMedia]
    """By request."""
    fetch_ms: float | None
    """Milliseconds that fetching took; None if there was nothing to fetch."""
    decode_ms: float | None = None
    """Milliseconds that decoding audio and video took; None if there was none."""


class MediaGatherer:
    """Gathers media within the limits of the settings. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def gather(self, requests: Sequence[PredictionRequest], spec: BundleSpec, budget: FetchBudget) -> GatheredMedia:
        """Return each request's media, those with URLs fetched at once.

        Media that the model doesn't read are MediaUnreadErrors, and nothing of them is fetched.
        """
        modalities = {modality.kind for modality in spec.modalities}
        found: list[FoundMedia] = [{} for _ in requests]
        to_fetch: list[tuple[int, Medium]] = []
        for row, request in enumerate(requests):
            for medium in request.media:
                if not _READ_BY[medium.kind] & modalities:
                    found[row][medium.kind] = _unread(medium.kind, spec, modalities)
                elif medium.url is not None:
                    to_fetch.append((row, medium))
                else:
                    found[row][medium.kind] = self._held(medium, budget)
        return GatheredMedia(found, self._fetch(to_fetch, found, budget) if to_fetch else None)

    def _fetch(self, media: list[tuple[int, Medium]], found: list[FoundMedia], budget: FetchBudget) -> float:
        started = perf_counter()
        outcomes = self._fetcher.fetch_all([medium for _, medium in media], budget)
        for (row, medium), outcome in zip(media, outcomes, strict=True):
            found[row][medium.kind] = outcome
        return (perf_counter() - started) * 1000

    @cached_property
    def _fetcher(self) -> "MediaFetcher":
        from lambda_fn.media.fetcher import MediaFetcher  # HTTP and TLS, which a request without a URL does without

        return MediaFetcher(self._settings)

    def _held(self, medium: Medium, budget: FetchBudget) -> bytes | SpooledFile | MediaError:
        assert medium.content is not None
        try:
            buffer = MediaBuffer(MediaPolicy.of(medium.kind, self._settings), budget.allowance(medium.kind))
            buffer.add(medium.content)
            return buffer.content()
        except MediaError as error:
            return error


def _unread(kind: MediaKind, spec: BundleSpec, modalities: Collection[str]) -> MediaUnreadError:
    return MediaUnreadError(
        f"The model {spec.name!r} reads {', '.join(sorted(modalities))}, and not the {kind}. Leave it out, or name "
        "another model."
    )
