"""The settings of the service, read from the environment."""

import os
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PREFIX: Final = "VALENCE_"
OTHER_VARIABLES: Final = frozenset({"CACHE", "DATA_ROOT", "SERVING_PYTHON"})
"""Variables with the same prefix that training and the tests read."""
DEFAULT_USER_AGENT: Final = "Valence/0.1.0 (self-hosted sentiment inference; contact: set VALENCE_MEDIA_USER_AGENT)"


class SettingsError(Exception):
    """A setting has a wrong value or name. The message says which and why."""


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseModel):
    """The service's settings. `read_settings` takes each from `VALENCE_` and its name, such as `VALENCE_PORT`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: Annotated[Path, AfterValidator(_absolute)] = Path(__file__).parent.parent / "models"
    """Folder with one bundle per subfolder."""
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    """Threads for one prediction."""
    max_text_characters: Annotated[int, Field(ge=1)] = 50_000
    """Characters of the longest text."""
    max_batch_items: Annotated[int, Field(ge=1)] = 100
    """Items of the largest batch."""
    max_batch_images: Annotated[int, Field(ge=0)] = 20
    """Most images that one batch may have: each may take a second to decode."""
    max_batch_clips: Annotated[int, Field(ge=0)] = 4
    """Most audio and video files that one batch may have: each may take several seconds to decode."""
    max_body_bytes: Annotated[int, Field(ge=1)] = 5 * 1024 * 1024
    """Largest request body: with an image of 3.9 MB in base64. Lambda takes at most 6 MB, all around it included."""
    max_media_bytes: Annotated[int, Field(ge=1)] = 10 * 1024 * 1024
    """Largest image, as a file."""
    max_audio_bytes: Annotated[int, Field(ge=1)] = 25 * 1024 * 1024
    """Largest audio file."""
    max_video_bytes: Annotated[int, Field(ge=1)] = 100 * 1024 * 1024
    """Largest video file. Audio and video of more than 1 MB lie in an unnamed temporary file while they are used."""
    max_clip_seconds: Annotated[float, Field(gt=0, le=3600)] = 60
    """Longest audio or video, in seconds of playing time."""
    media_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 5
    """Longest time that fetching one image may take, from looking its host up to its last byte."""
    clip_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 15
    """Longest time that fetching one audio or video file may take."""
    max_batch_media_bytes: Annotated[int, Field(ge=1)] = 50 * 1024 * 1024
    """Most bytes of images that one request may have: they are in memory together."""
    max_batch_clip_bytes: Annotated[int, Field(ge=1)] = 200 * 1024 * 1024
    """Most bytes of audio and video that one request may have."""
    batch_media_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 15
    """Longest time that fetching all media of one request may take."""
    media_user_agent: Annotated[str, Field(pattern=r"^[\x21-\x7e][\x20-\x7e]*$", max_length=200)] = DEFAULT_USER_AGENT
    """What the service calls itself to the hosts of media. Some, such as Wikimedia's, ask for a way to reach whoever
    runs it: `Valence/0.1.0 (https://example.com; media@example.com)`."""
    media_buckets: Annotated[frozenset[str], BeforeValidator(_listed)] = frozenset()
    """S3 buckets whose files callers may name, separated by commas. The service reads them with its own rights."""
    media_ports: Annotated[frozenset[int], BeforeValidator(_listed)] = frozenset({443})
    """Ports on which media are fetched, separated by commas."""
    allow_loopback_media: bool = False
    """Whether media may come from this machine, over plain HTTP too and on any port. For development alone: whoever
    may call the service then reaches whatever else listens here."""
    max_concurrent_predictions: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=_processors)
    """Single items predicted at once: one for each processor. Larger requests get half as many threads of their own."""
    max_concurrent_fetches: Annotated[int, Field(ge=1, le=256)] = 16
    """Requests whose media are fetched at once."""
    max_queued_requests: Annotated[int, Field(ge=0)] = 64
    """Requests that wait for each kind of work: single items, larger requests, fetching. One more is refused (503)."""
    queue_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 10
    """Longest time that a request waits for its turn before it is refused (503)."""
    max_held_body_bytes: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024
    """Bytes of request bodies held at once. Bodies up to 64 KB don't count: the number of requests limits those."""
    max_connections: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Connections of `python -m lambda_fn`. One more ends the one that has waited longest without a request."""
    header_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 10
    """Longest time that a request's header may take to arrive at `python -m lambda_fn`."""
    shutdown_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 20
    """How long `python -m lambda_fn` still answers requests after it is told to stop."""
    body_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 30
    """Longest time that a request's body may take to arrive."""
    base_path: Annotated[str | None, Field(pattern=r"^(/[A-Za-z0-9._~-]+)+$")] = None
    """Path below which the service is reached, such as `/api`, if a proxy passes it on. The stages and mappings of API
    Gateway are found without it, but for the mapping of an HTTP API's `$default` route."""
    cors_origin: str | None = None
    """Origin of the one web page whose scripts may call the service, such as `https://example.com`."""
    deployment: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")] = "local"
    """Whose figures these are: the dimension `deployment` of every metric."""
    lean_metrics: bool = False
    """Whether only the metrics without which one can't run a service are written."""
    response_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] | None = None
    """Longest time that a response may take. One that takes longer is answered with `timeout` (504); one that can't be
    ready by then is refused at once with `too_much_work` (422)."""
    bind_buckets_to_callers: bool = False
    """Whether the keys of S3 objects must begin with the id of the caller's API key and a slash."""
    min_drift_predictions: Annotated[int, Field(ge=1)] = 100
    """Fewest predictions of a day that give a drift figure."""
    host: str = "127.0.0.1"
    """Address that `python -m lambda_fn` listens on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    """Port that `python -m lambda_fn` listens on; 0 takes any free one."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    """Lowest level of log lines that are written. Each request is one line at INFO."""


def read_settings(**overrides: Any) -> Settings:
    """Read the environment; `overrides` win unless they are None. SettingsError lists everything that is wrong."""
    # A variable that is set to nothing counts as not set, as in a template whose parameter was left out.
    environment = {name.removeprefix(PREFIX): value for name, value in os.environ.items() if name.startswith(PREFIX)}
    found = {name.lower(): value for name, value in environment.items() if value and name not in OTHER_VARIABLES}
    try:
        return Settings(**found | {name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("\n".join(_explained(dict(problem)) for problem in error.errors())) from None


def _explained(problem: dict[str, Any]) -> str:
    name = str(problem["loc"][0])
    variable = PREFIX + name.upper()
    if problem["type"] != "extra_forbidden":
        return f"{variable} can't be {problem['input']!r}: {problem['msg']}."
    from difflib import get_close_matches  # no start needs it that succeeds

    nearest = get_close_matches(name, Settings.model_fields, n=1, cutoff=0.0)[0]
    return f"There is no setting {variable}. Did you mean {PREFIX}{nearest.upper()}?"
