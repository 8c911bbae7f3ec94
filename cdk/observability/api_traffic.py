"""API Gateway's and Lambda's own metrics of the service."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from cdk.observability.figures import FIVE_MINUTES
from cdk.observability.prices import API_REQUEST, LAMBDA_GB_SECOND, LAMBDA_REQUEST


@dataclass(frozen=True, slots=True)
class ApiTraffic:
    """What passes through one stage to one function.

    The API goes by its name here. A reference to it would be a circle: an update of the function waits for its alarms,
    those would wait for the API, and the API for the function.
    """

    api: str
    stage: str
    function: lambda_.Function
    memory_mb: int

    def requests(self, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
        """Return the number of requests, refused ones included."""
        return self._gateway("Count", "Sum", "requests", period)

    def client_errors(self) -> cloudwatch.Metric:
        """Return the number of responses with a 4xx status."""
        return self._gateway("4XXError", "Sum", "4xx")

    def server_errors(self) -> cloudwatch.Metric:
        """Return the number of responses with a 5xx status."""
        return self._gateway("5XXError", "Sum", "5xx")

    def server_error_percent(self) -> cloudwatch.MathExpression:
        """Return the share of 5xx. A single one is no rate: it counts from the second in five minutes."""
        return cloudwatch.MathExpression(
            expression="IF(errors > 1, 100 * errors / requests, 0)",
            using_metrics={"errors": self.server_errors(), "requests": self.requests()},
            label="5xx (%)",
            period=FIVE_MINUTES,
        )

    def latency(self, statistic: str) -> cloudwatch.Metric:
        """Return what callers wait for, API Gateway's own part included."""
        return self._gateway("Latency", statistic, f"{statistic} (ms)")

    def throttles(self) -> cloudwatch.Metric:
        """Return the number of invocations for which there was no execution environment."""
        return self.function.metric_throttles(statistic="Sum", period=FIVE_MINUTES, label="throttles")

    def concurrency(self) -> cloudwatch.Metric:
        """Return the number of busy execution environments."""
        return self.function.metric(
            "ConcurrentExecutions", statistic="Maximum", period=FIVE_MINUTES, label="concurrent executions"
        )

    def cost(self, period: Duration) -> cloudwatch.MathExpression:
        """Return an estimate in USD: requests and processing, without logs, metrics and traffic."""
        gigabyte_ms = LAMBDA_GB_SECOND * self.memory_mb / 1024 / 1000
        return cloudwatch.MathExpression(
            expression=f"requests * {API_REQUEST:.10f} + calls * {LAMBDA_REQUEST:.10f} + duration * {gigabyte_ms:.14f}",
            using_metrics={
                "requests": self.requests(period),
                "calls": self.function.metric_invocations(statistic="Sum", period=period),
                "duration": self.function.metric_duration(statistic="Sum", period=period),
            },
            label="USD",
            period=period,
        )

    def _gateway(self, name: str, statistic: str, label: str, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiName": self.api, "Stage": self.stage},
            statistic=statistic,
            label=label,
            period=period,
        )
