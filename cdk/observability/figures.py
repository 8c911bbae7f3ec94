"""The figures that the service emits, as CloudWatch metrics with exactly the dimensions that they are emitted with."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from lambda_fn.observability.metrics import DEPLOYMENT, DIMENSIONS, NAMESPACE, SERVICE, SERVICE_DIMENSION

PLATFORM_NAMESPACE: Final = "Valence/Platform"
"""The deployment's name follows: metrics that are read from a log can have no dimension but from its lines."""


class PlatformFigures(Construct):
    """The memory that requests took: CloudWatch has no metric of it, but Lambda logs it after every request."""

    def __init__(self, scope: Construct, name: str, *, log: logs.ILogGroup) -> None:
        super().__init__(scope, name)
        memory = logs.MetricFilter(
            self,
            "Memory",
            log_group=log,
            filter_pattern=logs.FilterPattern.string_value("$.type", "=", "platform.report"),
            metric_namespace=f"{PLATFORM_NAMESPACE}/{Stack.of(self).stack_name}",
            metric_name="MaxMemoryUsed",
            metric_value="$.record.metrics.maxMemoryUsedMB",
            unit=cloudwatch.Unit.MEGABYTES,
        )
        self.memory: cloudwatch.Metric = memory.metric(label="used", statistic="Maximum")


FIVE_MINUTES: Final = Duration.minutes(5)


class UnknownFigureError(Exception):
    """A metric with these dimensions is never emitted, so whoever watched it would watch nothing."""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """The service's metrics of one deployment."""

    deployment: str

    def figure(
        self,
        name: str,
        statistic: str,
        *,
        caption: str | None = None,
        period: Duration = FIVE_MINUTES,
        **dimensions: str,
    ) -> cloudwatch.Metric:
        """Return one metric; `dimensions` are those beside the common ones."""
        every = {**self._common, **dimensions}
        if set(every) != set(DIMENSIONS[name]):
            raise UnknownFigureError(f"{name} has the dimensions {DIMENSIONS[name]}, not {tuple(every)}.")
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            statistic=statistic,
            label=caption or name,
            period=period,
            dimensions_map={dimension: every[dimension] for dimension in DIMENSIONS[name]},
        )

    def every(self, name: str, statistic: str) -> cloudwatch.MathExpression:
        """Return a metric with whatever values its last dimension has: a line each, found when the graph is drawn."""
        dimensions = ",".join(DIMENSIONS[name])
        common = " ".join(f'{dimension}="{value}"' for dimension, value in self._common.items())
        search = f'{{{NAMESPACE},{dimensions}}} MetricName="{name}" {common}'
        period = FIVE_MINUTES.to_seconds()
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{search}', '{statistic}', {period:.0f})",
            using_metrics={},
            label=f"${{PROP('Dim.{DIMENSIONS[name][-1]}')}}",
            period=FIVE_MINUTES,
        )

    @property
    def _common(self) -> dict[str, str]:
        return {SERVICE_DIMENSION: SERVICE, DEPLOYMENT: self.deployment}
