"""Media from wherever their URLs lead."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final

from lambda_fn.errors import MediaError
from lambda_fn.media.bucket_source import PREFIX, BucketSource
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.buffer import MediaBuffer, SpooledFile
from lambda_fn.media.medium import MediaPolicy, Medium
from lambda_fn.media.web_policy import WebPolicy
from lambda_fn.media.web_source import WebSource
from lambda_fn.settings import Settings

THREADS: Final = 8
"""Files of one request that are fetched at once."""

Content = bytes | SpooledFile
"""A file: an image's bytes, or audio and video that may be on disk."""


class MediaFetcher:
    """Fetches within the limits of the settings. Safe to use from several threads."""

    def __init__(self, settings: Settings, web: WebSource | None = None) -> None:
        """Use the web as the settings allow it, unless given another way there."""
        self._settings = settings
        self._web = web or WebSource(
            WebPolicy(settings.media_ports, settings.allow_loopback_media), user_agent=settings.media_user_agent
        )
        self._buckets = BucketSource(settings.media_buckets, settings.bind_buckets_to_callers)

    def fetch(self, medium: Medium, budget: FetchBudget) -> Content:
        """Return the file at a medium's URL; a MediaError says why it could not be fetched."""
        assert medium.url is not None
        source = self._buckets if medium.url.startswith(PREFIX) else self._web
        policy = MediaPolicy.of(medium.kind, self._settings)
        buffer = MediaBuffer(policy, budget.allowance(medium.kind))
        try:
            source.fetch(medium.url, buffer, budget.deadline.within(policy.timeout_seconds))
            return buffer.content()
        except BaseException:
            buffer.close()
            raise

    def fetch_all(self, media: Sequence[Medium], budget: FetchBudget) -> list[Content | MediaError]:
        """Fetch several at once; one that fails is an error in its place."""
        if not media:
            return []
        with ThreadPoolExecutor(min(THREADS, len(media)), "media") as threads:
            # Each with the context of the request, which says whose it is.
            calls = [threads.submit(copy_context().run, self._outcome, medium, budget) for medium in media]
            return [call.result() for call in calls]

    def _outcome(self, medium: Medium, budget: FetchBudget) -> Content | MediaError:
        try:
            return self.fetch(medium, budget)
        except MediaError as error:
            return error
