"""The figures of the version that an update brings in, while traffic shifts to it."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from cdk.observability.figures import ServiceFigures
from lambda_fn.observability.metrics import SERVER_ERRORS

ONE_MINUTE: Final = Duration.minutes(1)
MIN_TIMED_REQUESTS: Final = 5
"""Requests of a minute from which on their latency says something: fewer may all be cold starts."""


@dataclass(frozen=True, slots=True)
class VersionTraffic:
    """What Lambda and the service measure of one version behind the alias."""

    figures: ServiceFigures
    function: lambda_.IFunction
    alias: str
    """By name: the alias waits for the alarms, so they can't wait for it."""
    version: lambda_.IVersion

    def requests(self) -> cloudwatch.Metric:
        """Return the number of its invocations."""
        return self._lambda("Invocations", "Sum", "requests")

    def errors(self) -> cloudwatch.Metric:
        """Return the number of its 5xx responses."""
        return self.figures.figure(SERVER_ERRORS, "Sum", caption="5xx", period=ONE_MINUTE, version=self.version.version)

    def crash_percent(self) -> cloudwatch.MathExpression:
        """Return the share of invocations that ended without a response."""
        return self._percent("crashes", self._lambda("Errors", "Sum", "crashes"))

    def error_percent(self) -> cloudwatch.MathExpression:
        """Return the share of 5xx."""
        return self._percent("errors", self.errors())

    def latency(self) -> cloudwatch.MathExpression:
        """Return the 90th percentile of milliseconds, 0 if there were too few requests."""
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {MIN_TIMED_REQUESTS}, duration, 0)",
            using_metrics={"requests": self.requests(), "duration": self._lambda("Duration", "p90", "p90 (ms)")},
            label="p90 (ms)",
            period=ONE_MINUTE,
        )

    def _percent(self, name: str, metric: cloudwatch.Metric) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=f"100 * {name} / requests",
            using_metrics={name: metric, "requests": self.requests()},
            label=f"{name} (%)",
            period=ONE_MINUTE,
        )

    def _lambda(self, name: str, statistic: str, label: str) -> cloudwatch.Metric:
        # Lambda measures with these three while an alias splits its traffic between two versions.
        function = self.function.function_name
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=name,
            dimensions_map={
                "FunctionName": function,
                "Resource": f"{function}:{self.alias}",
                "ExecutedVersion": self.version.version,
            },
            statistic=statistic,
            label=label,
            period=ONE_MINUTE,
        )
