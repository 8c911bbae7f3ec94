"""The dashboard of the service: is it up, is it quick, is it dear?"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.api.routes import ROUTES
from cdk.observability.api_traffic import ApiTraffic
from cdk.observability.figures import every_figure, figure
from cdk.observability.widgets import graph, limit, number
from cdk.settings import DeploymentSettings
from lambda_fn.observability.metrics import (
    COLD_STARTS,
    ERRORS,
    INIT_DURATION,
    PICTURES_LEFT_OUT,
    REQUEST_LATENCY,
    REQUESTS,
)

_DAY: Final = Duration.days(1)
_PREDICTING: Final = [path for method, path in ROUTES if method == "POST"]


class ServiceDashboard(Construct):
    """Traffic, errors, latency, throttling, memory, cold starts and cost."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        traffic: ApiTraffic,
        memory: cloudwatch.Metric,
        alarms: Sequence[cloudwatch.Alarm],
        settings: DeploymentSettings,
    ) -> None:
        super().__init__(scope, name)
        self._traffic = traffic
        self._memory = memory
        self._settings = settings
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{Stack.of(self).stack_name}-service",
            default_interval=_DAY,
            widgets=[
                [self._today(), _alarm_states(alarms)],
                [self._requests(), self._errors(), self._codes()],
                [self._latency(), self._latency_of_routes(), self._limits()],
                [self._cold_starts(), self._memory_used(), self._cost()],
                [self._left_out()],
            ],
        )

    def _today(self) -> cloudwatch.IWidget:
        traffic = self._traffic
        return number("Last five minutes", [traffic.requests(), traffic.server_error_percent(), traffic.latency("p99")])

    def _requests(self) -> cloudwatch.IWidget:
        routes = dict.fromkeys(path for _, path in ROUTES)
        return graph("Requests", [figure(REQUESTS, "Sum", caption=path, route=path) for path in routes], stacked=True)

    def _errors(self) -> cloudwatch.IWidget:
        return graph("4xx and 5xx", [self._traffic.client_errors(), self._traffic.server_errors()])

    def _codes(self) -> cloudwatch.IWidget:
        return graph("Errors by code", [every_figure(ERRORS, "Sum")], stacked=True)

    def _left_out(self) -> cloudwatch.IWidget:
        return graph("Answered without their picture, by code", [every_figure(PICTURES_LEFT_OUT, "Sum")], stacked=True)

    def _latency(self) -> cloudwatch.IWidget:
        return graph("Latency (ms)", [self._traffic.latency(statistic) for statistic in ("p50", "p90", "p99")])

    def _latency_of_routes(self) -> cloudwatch.IWidget:
        figures = [
            figure(REQUEST_LATENCY, statistic, caption=f"{path} {statistic}", route=path)
            for path in _PREDICTING
            for statistic in ("p50", "p99")
        ]
        return graph("Latency inside the function (ms)", figures)

    def _limits(self) -> cloudwatch.IWidget:
        return graph("Concurrency and throttles", [self._traffic.concurrency()], right=[self._traffic.throttles()])

    def _cold_starts(self) -> cloudwatch.IWidget:
        durations = [figure(INIT_DURATION, statistic, caption=f"{statistic} (ms)") for statistic in ("p50", "p95")]
        return graph("Cold starts", [figure(COLD_STARTS, "Sum", caption="cold starts")], right=durations)

    def _memory_used(self) -> cloudwatch.IWidget:
        return graph("Memory (MB)", [self._memory], limits=[limit(self._settings.memory_mb, "what the function has")])

    def _cost(self) -> cloudwatch.IWidget:
        return graph("Cost estimate (USD an hour)", [self._traffic.cost(Duration.hours(1))])


def _alarm_states(alarms: Sequence[cloudwatch.Alarm]) -> cloudwatch.IWidget:
    return cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=16, height=4)
