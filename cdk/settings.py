"""The settings of a deployment, in one typed class."""

from collections.abc import Iterator
from difflib import get_close_matches
from math import ceil
from typing import Annotated, Any, Final, Literal, Self

from constructs import Node
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import from_json

PREFIX: Final = "valence:"
LogDays = Literal[1, 7, 14, 30, 90, 180, 365]
Canary = Literal["none", "10-percent-10-minutes", "10-percent-15-minutes", "10-percent-30-minutes"]
MIN_MEMORY_MB: Final = 1024
UNRESERVED: Final = 100
"""Concurrent executions that Lambda leaves to functions without a reservation."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Percent = Annotated[float, Field(gt=0, le=100)]


class ContextError(Exception):
    """A setting has a wrong value or name; the message says which and why."""


def _parsed(value: Any) -> Any:
    """Values from `cdk deploy -c` are text, those from cdk.json are JSON already."""
    return from_json(value) if isinstance(value, str) else value


class CustomDomain(BaseModel):
    """A custom domain for the API."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    host: Annotated[str, Field(min_length=4)]
    """The name, such as `valence.example.com`."""
    certificate_arn: Annotated[str, Field(pattern=r"^arn:[a-z-]+:acm:")]
    """A certificate for it in ACM, in the region of the deployment."""
    zone_id: str | None = None
    """Route 53 zone that gets the record. Without it, point the name at the output `DomainTarget` yourself."""
    zone_name: str | None = None
    """The zone's name, such as `example.com`."""

    @model_validator(mode="after")
    def _whole_zone(self) -> Self:
        if (self.zone_id is None) != (self.zone_name is None):
            raise ValueError("zone_id and zone_name come together")
        return self


class DeploymentSettings(BaseModel):
    """The deployment's settings. Each is read from the context: `valence:` and its name, in cdk.json or with `-c`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    environment: Name = "prod"
    """Name of the deployment. `prod` is the stack `Valence`; any other, such as `dev`, is a stack beside it."""
    stage: Name | None = None
    """Name of the API's stage, the first part of every path. By default that is the environment's name."""
    allow_replacement: bool = False
    """Whether a setting may replace what callers use, such as the stage and its URL."""
    gateway_log_role: bool = True
    """Whether to set the role with which API Gateway writes logs. It is one for the account and region: `false` if
    `aws apigateway get-account` shows one already."""
    termination_protection: bool = False
    """Whether CloudFormation refuses to delete the stack."""
    memory_mb: Annotated[int, Field(ge=512, le=10_240)] = 1769
    """The function's memory. Processing power grows with it: 1,769 MB are one whole virtual processor."""
    timeout_seconds: Annotated[int, Field(ge=3, le=29)] = 29
    """Longest response. API Gateway itself gives up after 29 s."""
    max_body_bytes: Annotated[int, Field(ge=1024, le=6_000_000)] = 5 * 1024 * 1024
    """Largest request body that the function accepts. Lambda takes at most 6 MB, with everything around the body."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Lowest level of log lines that the function writes."""
    log_days: Annotated[LogDays, BeforeValidator(_parsed)] = 30
    """Days for which logs are kept."""
    provisioned_concurrency: Annotated[int, Field(ge=0, le=1000)] = 0
    """Execution environments that are kept warm. They cost money without traffic too."""
    reserved_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Max concurrent requests. Without it, the account's limit applies."""
    account_concurrency: Annotated[int, Field(ge=1)] = 1000
    """The account's limit of concurrent executions in the region: 10 in some new accounts
    (`aws lambda get-account-settings`)."""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """The functions' processor. The image is built for it."""
    base_image: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[^@\s]+@sha256:[0-9a-f]{64}$")] | None = None
    """The image that ours is built on, by digest. Without it, the newest of the tag in the Dockerfile."""
    canary: Canary = "10-percent-10-minutes"
    """How an update takes over the traffic. An alarm of the new version rolls it back meanwhile."""
    requests_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10
    """Throttling: steady rate of the whole stage, and of the first API key."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 20
    """Throttling: requests that may arrive at once."""
    monthly_quota: Annotated[int, Field(ge=1)] = 100_000
    """Requests that the first API key may send in a month."""
    cors_origin: Annotated[str, Field(pattern=r"^https?://[^/*\s]+$")] | None = None
    """Origin of the one web page, such as `https://example.com`, whose scripts may call the API."""
    custom_domain: Annotated[CustomDomain, BeforeValidator(_parsed)] | None = None
    """A custom domain: see `CustomDomain`."""
    waf: bool = False
    """Whether a web application firewall protects the API. It costs 8 USD a month and more."""
    waf_requests_per_5_minutes: Annotated[int, Field(ge=100)] = 6_000
    """Requests from one address in five minutes before the firewall blocks it for a while."""
    lean: bool = False
    """Whether to do without the metrics, alarms and graphs that only explain others. It costs about half."""
    probe: bool = False
    """Whether to call the API every five minutes, so that an alarm tells if it can't be reached."""
    alarm_email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    """Address that alarms notify. AWS asks it to confirm."""
    server_error_percent: Percent = 1
    """Alarm: percentage of requests that got 5xx."""
    latency_p99_ms: Annotated[float, Field(gt=0)] = 2_000
    """Alarm: latency that one request in a hundred exceeds."""
    init_p95_ms: Annotated[float, Field(gt=0)] = 5_000
    """Alarm: cold start that one in twenty exceeds."""
    class_share_drift: Annotated[float, Field(gt=0)] = 0.2
    """Alarm: population stability index of a day's class shares. Above 0.2 is commonly taken for a real shift."""
    confidence_percent: Percent = 75
    """Alarm: mean confidence of an hour that is too low, as a share of the model's measured accuracy."""
    keep_data: bool = False
    """Whether the buckets and their objects outlive the stack."""

    @property
    def stage_name(self) -> str:
        """The stage's name."""
        return self.stage or self.environment

    @model_validator(mode="after")
    def _no_silent_replacement(self) -> Self:
        if self.stage_name != self.environment and not self.allow_replacement:
            raise ValueError(
                f"valence:stage={self.stage} would replace the stage of the environment {self.environment}, and "
                f"with it the callers' URL. For a second deployment, set valence:environment={self.stage} instead; to "
                "change the URL, add valence:allow_replacement=true"
            )
        return self

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for is_wrong, reason in self._conflicts():
            if is_wrong:
                raise ValueError(reason)
        return self

    def _conflicts(self) -> Iterator[tuple[bool, str]]:
        """Say what AWS would refuse only while deploying, or what would refuse callers for no fault of theirs."""
        reserved, provisioned = self.reserved_concurrency, self.provisioned_concurrency
        free = self.account_concurrency - UNRESERVED
        own_plan = ceil(self.requests_per_second * 300)
        yield (
            self.memory_mb < MIN_MEMORY_MB,
            f"valence:memory_mb={self.memory_mb} is too little: decoding an image of 25 megapixels was measured to "
            f"take the process to 540 MB, and Lambda would end it. Set at least {MIN_MEMORY_MB}",
        )
        yield (
            reserved is not None and reserved < provisioned,
            f"valence:provisioned_concurrency={provisioned} is more than valence:reserved_concurrency={reserved}. "
            "Lambda keeps warm no more than are reserved: raise one or lower the other",
        )
        yield (
            max(reserved or 0, provisioned) > free,
            f"An account whose limit is {self.account_concurrency} can reserve {max(free, 0)}: Lambda keeps "
            f"{UNRESERVED} unreserved. Lower valence:reserved_concurrency and valence:provisioned_concurrency, or ask "
            "AWS for a higher limit and set valence:account_concurrency to it",
        )
        yield (
            self.waf and self.waf_requests_per_5_minutes < own_plan,
            f"valence:waf_requests_per_5_minutes={self.waf_requests_per_5_minutes} is less than the first key's own "
            f"plan allows: {own_plan}. Raise it, or lower valence:requests_per_second",
        )


def read_settings(node: Node) -> DeploymentSettings:
    """Read the context of `node`. ContextError lists every wrong value and every misspelt name, a line each."""
    context = node.get_all_context()
    misspelt = [_misspelt(name, nearest) for name, nearest in _strangers(context)]
    given = {name.removeprefix(PREFIX): value for name, value in context.items() if name.startswith(PREFIX)}
    known = {name: value for name, value in given.items() if name in DeploymentSettings.model_fields}
    try:
        settings = DeploymentSettings(**{name: value for name, value in known.items() if value is not None})
    except ValidationError as error:
        wrong = [_explained(dict(problem)) for problem in error.errors()]
        raise ContextError("\n".join([*misspelt, *wrong])) from None
    if misspelt:
        raise ContextError("\n".join(misspelt))
    return settings


def _strangers(context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Find the names that are meant for this service and are none of its settings, each with the nearest that is."""
    settings = list(DeploymentSettings.model_fields)
    for name in context:
        ours = name.lower().startswith("valence")
        bare = name.lower().removeprefix("valence").lstrip(":._-/").replace("-", "_")
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) in settings:
            continue
        # CDK's own names, such as `@aws-cdk/core:target-partitions`, resemble none.
        nearest = get_close_matches(bare, settings, n=1, cutoff=0.0 if ours else 0.75)
        if nearest:
            yield name, nearest[0]


def _misspelt(name: str, nearest: str) -> str:
    return f"{name} is not a setting. Did you mean {PREFIX}{nearest}? docs/deploy.md lists them all."


def _explained(problem: dict[str, Any]) -> str:
    reason = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return f"{reason}."
    name = PREFIX + ".".join(str(part) for part in problem["loc"])
    return f"{name} can't be {problem['input']!r}: {reason}."
