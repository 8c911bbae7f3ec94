"""Files by their URLs, wherever they lie."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lambda_fn.errors import MediaError
from lambda_fn.media.bucket_source import PREFIX, BucketSource
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.buffer import Intake
from lambda_fn.media.web_policy import WebPolicy
from lambda_fn.media.web_source import WebSource
from lambda_fn.settings import Settings

THREADS: Final = 8
"""Files of one request that are fetched at once."""


class MediaFetcher:
    """Fetches as the settings say. Safe to use from several threads."""

    def __init__(self, settings: Settings, web: WebSource | None = None) -> None:
        """Take the web as the settings allow it, unless another way there is given."""
        self._settings = settings
        self._web = web or WebSource(WebPolicy(settings.media_ports, settings.allow_loopback_media))
        self._buckets = BucketSource(settings.media_buckets)

    def fetch(self, url: str, budget: FetchBudget) -> bytes:
        """Return the picture at a URL; a MediaError says why it can't be had."""
        source = self._buckets if url.startswith(PREFIX) else self._web
        intake = Intake(self._settings.max_media_bytes, budget.allowance)
        return source.fetch(url, intake, budget.deadline.within(self._settings.media_timeout_seconds))

    def fetch_all(self, urls: Sequence[str], budget: FetchBudget) -> list[bytes | MediaError]:
        """Fetch several at once: what can't be had is an error in its place."""
        if not urls:
            return []
        with ThreadPoolExecutor(min(THREADS, len(urls)), "media") as threads:
            return list(threads.map(lambda url: self._outcome(url, budget), urls))

    def _outcome(self, url: str, budget: FetchBudget) -> bytes | MediaError:
        try:
            return self.fetch(url, budget)
        except MediaError as error:
            return error
