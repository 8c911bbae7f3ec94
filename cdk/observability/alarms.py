"""The alarms. docs/operations.md explains each and lists the first steps."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.observability.api_traffic import ApiTraffic
from cdk.observability.figures import FIVE_MINUTES, ServiceFigures
from cdk.observability.served_models import ServedHead, ServedModel
from cdk.observability.version_traffic import VersionTraffic
from cdk.settings import DeploymentSettings
from lambda_fn.observability.metrics import CLASS_SHARE_DRIFT, CONFIDENCE, INIT_DURATION

_ABOVE: Final = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_BREACHING: Final = cloudwatch.TreatMissingData.BREACHING


class Alarms(Construct):
    """The alarms, each of which notifies the topic when it goes off and when it clears."""

    def __init__(self, scope: Construct, name: str, *, topic: sns.ITopic, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._figure = ServiceFigures(Stack.of(self).stack_name).figure
        self._action = actions.SnsAction(topic)
        self.every: list[cloudwatch.Alarm] = []

    def watch_traffic(self, traffic: ApiTraffic) -> None:
        """Watch what callers get."""
        settings = self._settings
        self._add(
            "ServerErrors",
            "The service responds with errors",
            traffic.server_error_percent(),
            settings.server_error_percent,
            of=3,
            at_least=2,
        )
        self._add("Latency", "One request in a hundred is slow", traffic.latency("p99"), settings.latency_p99_ms, of=3)
        self._add("Throttles", "Lambda rejects requests", traffic.throttles(), 0)
        if settings.lean:
            return
        start = self._figure(INIT_DURATION, "p95", period=Duration.minutes(15))
        self._add("ColdStart", "Cold starts take long", start, settings.init_p95_ms, of=2)

    def watch_new_version(self, version: VersionTraffic) -> Sequence[cloudwatch.Alarm]:
        """Watch the version that an update brings in, minute by minute. Each of these rolls the update back."""
        settings = self._settings
        percent = settings.server_error_percent
        return (
            self._add("NewVersionCrashes", "The new version crashes or times out", version.crash_percent(), percent),
            self._add("NewVersionErrors", "The new version responds with 5xx", version.error_percent(), percent),
            self._add("NewVersionLatency", "The new version is slow", version.latency(), settings.latency_p99_ms),
        )

    def watch_drift_check(self, function: lambda_.IFunction) -> None:
        """Watch a function that should run every day."""
        runs = function.metric_invocations(statistic="Sum", period=Duration.days(1))
        self._add("DriftCheck", "The drift check did not run", runs, 1, comparison=_BELOW, missing=_BREACHING)

    def watch_reachability(self, traffic: ApiTraffic) -> None:
        """Watch for an API that even the probe can't reach."""
        requests = traffic.requests()
        self._add("Unreached", "No request arrives", requests, 1, of=3, comparison=_BELOW, missing=_BREACHING)

    def watch_model(self, model: ServedModel) -> None:
        """Watch the predictions of one model."""
        for head in model.heads:
            self._watch_head(model.name, head)

    def _watch_head(self, model: str, head: ServedHead) -> None:
        title = f"{model.title()}{head.name.title()}"
        drift = self._figure(CLASS_SHARE_DRIFT, "Maximum", period=Duration.days(1), model=model, head=head.name)
        meaning = f"{model}, {head.name}: the shares of the classes have shifted"
        self._add(f"{title}Drift", meaning, drift, self._settings.class_share_drift)
        min_confidence = head.min_confidence(self._settings.confidence_percent)
        if min_confidence is None or self._settings.lean:
            return
        confidence = self._figure(CONFIDENCE, "Average", period=Duration.hours(1), model=model, head=head.name)
        meaning = f"{model}, {head.name}: confidence is lower than the measured accuracy promises"
        self._add(f"{title}Confidence", meaning, confidence, min_confidence, of=3, comparison=_BELOW)

    def watch_dead_letters(self, queue: sqs.IQueue) -> None:
        """Watch a queue that should be empty."""
        depth = queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES)
        self._add("DeadLetters", "A scheduled check failed after all retries", depth, 0)

    def _add(
        self,
        name: str,
        meaning: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        *,
        of: int = 1,
        at_least: int | None = None,
        comparison: cloudwatch.ComparisonOperator = _ABOVE,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_description=f"{meaning}. First steps: docs/operations.md, {name}.",
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=of,
            datapoints_to_alarm=at_least or of,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.every.append(alarm)
        return alarm
