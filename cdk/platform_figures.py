"""What only Lambda knows of the function's process, read from its reports in the log."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

NAMESPACE: Final = "Valence/Platform"


class PlatformFigures(Construct):
    """The memory that requests took: CloudWatch has no metric of it, but Lambda logs it after every request."""

    def __init__(self, scope: Construct, name: str, *, log: logs.ILogGroup) -> None:
        super().__init__(scope, name)
        memory = logs.MetricFilter(
            self,
            "Memory",
            log_group=log,
            filter_pattern=logs.FilterPattern.string_value("$.type", "=", "platform.report"),
            metric_namespace=NAMESPACE,
            metric_name="MaxMemoryUsed",
            metric_value="$.record.metrics.maxMemoryUsedMB",
            unit=cloudwatch.Unit.MEGABYTES,
        )
        self.memory: cloudwatch.Metric = memory.metric(label="used", statistic="Maximum")
