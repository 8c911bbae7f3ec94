"""The dashboard of the service: availability, latency and cost."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.api.routes import ROUTES
from cdk.compute.drift_check import DriftCheck
from cdk.observability.api_traffic import ApiTraffic
from cdk.observability.version_traffic import VersionTraffic
from cdk.observability.widgets import HEIGHT, WIDTH, graph, limit, number
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
        new_version: VersionTraffic,
        checks: DriftCheck,
        access_log: logs.ILogGroup,
        memory: cloudwatch.Metric,
        alarms: Sequence[cloudwatch.Alarm],
        settings: DeploymentSettings,
    ) -> None:
        super().__init__(scope, name)
        self._traffic = traffic
        self._new_version = new_version
        self._checks = checks
        self._access_log = access_log
        self._figures = new_version.figures
        self._figure = new_version.figures.figure
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
                [self._update(), self._update_latency(), self._timeouts()],
                [self._quota(), self._check_health(), *self._extra()],
            ],
        )

    def _today(self) -> cloudwatch.IWidget:
        traffic = self._traffic
        return number("Last five minutes", [traffic.requests(), traffic.server_error_percent(), traffic.latency("p99")])

    def _requests(self) -> cloudwatch.IWidget:
        routes = dict.fromkeys(path for _, path in ROUTES)
        return graph(
            "Requests",
            [self._figure(REQUESTS, "Sum", caption=path, route=path) for path in routes],
            stacked=True,
        )

    def _errors(self) -> cloudwatch.IWidget:
        return graph(
            "4xx and 5xx",
            [self._traffic.client_errors(), self._traffic.server_errors()],
            right=[self._traffic.server_error_percent()],
            right_limits=[limit(self._settings.server_error_percent, "alarm: 5xx (%)")],
            right_unit="%",
        )

    def _codes(self) -> cloudwatch.IWidget:
        return graph("Errors by code", [self._figures.every(ERRORS, "Sum")], stacked=True)

    def _left_out(self) -> cloudwatch.IWidget:
        return graph(
            "Predicted without a medium, by code", [self._figures.every(PICTURES_LEFT_OUT, "Sum")], stacked=True
        )

    def _latency(self) -> cloudwatch.IWidget:
        return graph(
            "Latency",
            [self._traffic.latency(statistic) for statistic in ("p50", "p90", "p99")],
            limits=[limit(self._settings.latency_p99_ms, "alarm: p99")],
            unit="ms",
        )

    def _latency_of_routes(self) -> cloudwatch.IWidget:
        figures = [
            self._figure(REQUEST_LATENCY, statistic, caption=f"{path} {statistic}", route=path)
            for path in _PREDICTING
            for statistic in ("p50", "p99")
        ]
        return graph("Latency inside the function", figures, unit="ms")

    def _limits(self) -> cloudwatch.IWidget:
        return graph("Concurrency and throttles", [self._traffic.concurrency()], right=[self._traffic.throttles()])

    def _cold_starts(self) -> cloudwatch.IWidget:
        starts = self._figure(COLD_STARTS, "Sum", caption="cold starts")
        if self._settings.lean:
            return graph("Cold starts", [starts])
        durations = [
            self._figure(INIT_DURATION, statistic, caption=f"{statistic} (ms)") for statistic in ("p50", "p95")
        ]
        alarm = limit(self._settings.init_p95_ms, "alarm: p95")
        return graph("Cold starts", [starts], right=durations, right_limits=[alarm], right_unit="ms")

    def _memory_used(self) -> cloudwatch.IWidget:
        return graph(
            "Memory", [self._memory], limits=[limit(self._settings.memory_mb, "what the function has")], unit="MB"
        )

    def _cost(self) -> cloudwatch.IWidget:
        return graph("Cost estimate", [self._traffic.cost(Duration.hours(1))], unit="USD an hour")

    def _update(self) -> cloudwatch.IWidget:
        version = self._new_version
        return graph(
            "New version during an update",
            [version.requests()],
            right=[version.crash_percent(), version.error_percent()],
            right_limits=[limit(self._settings.server_error_percent, "rolls back")],
            unit="requests a minute",
            right_unit="%",
        )

    def _update_latency(self) -> cloudwatch.IWidget:
        rolls_back = limit(self._settings.latency_p99_ms, "rolls back")
        return graph("New version: latency", [self._new_version.latency()], limits=[rolls_back], unit="ms")

    def _timeouts(self) -> cloudwatch.IWidget:
        codes = ("timeout", "job_required")
        return graph("Timeouts, and work refused beforehand", [self._of_code(code) for code in codes])

    def _of_code(self, code: str) -> cloudwatch.Metric:
        return self._figure(ERRORS, "Sum", caption=code, code=code)

    def _quota(self) -> cloudwatch.IWidget:
        return cloudwatch.LogQueryWidget(
            title=f"Requests by key (the first key's quota is {self._settings.monthly_quota:,} a month)",
            log_group_names=[self._access_log.log_group_name],
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            query_lines=[
                "stats count(*) as requests, sum(strcontains(refusal, 'QUOTA_EXCEEDED')) as over_quota, "
                "sum(strcontains(refusal, 'THROTTLED')) as throttled by key_id",
                "sort requests desc",
            ],
            width=WIDTH,
            height=HEIGHT,
        )

    def _check_health(self) -> cloudwatch.IWidget:
        function, queue = self._checks.function, self._checks.dead_letters
        return graph(
            "Drift check",
            [
                function.metric_invocations(statistic="Sum", period=_DAY, label="runs a day"),
                function.metric_errors(statistic="Sum", period=_DAY, label="errors a day"),
            ],
            right=[queue.metric_approximate_number_of_messages_visible(statistic="Maximum", label="dead letters")],
        )

    def _extra(self) -> list[cloudwatch.IWidget]:
        return [] if self._settings.lean else [self._left_out()]


def _alarm_states(alarms: Sequence[cloudwatch.Alarm]) -> cloudwatch.IWidget:
    return cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=16, height=4)
