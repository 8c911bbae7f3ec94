"""What somebody should look at. docs/operations.md says of each what it means and what to do first."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.observability.api_traffic import ApiTraffic
from cdk.observability.figures import FIVE_MINUTES, figure
from cdk.observability.served_models import ServedHead, ServedModel
from cdk.settings import DeploymentSettings
from lambda_fn.observability.metrics import CLASS_SHARE_DRIFT, CONFIDENCE, INIT_DURATION

_ABOVE: Final = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_BELOW: Final = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class Alarms(Construct):
    """The alarms, each of which tells the topic when it goes off and when it is over."""

    def __init__(self, scope: Construct, name: str, *, topic: sns.ITopic, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._action = actions.SnsAction(topic)
        self.every: list[cloudwatch.Alarm] = []

    def watch_traffic(self, traffic: ApiTraffic) -> Sequence[cloudwatch.Alarm]:
        """Watch what callers see. The alarms that are returned speak against an update."""
        settings = self._settings
        errors = self._add(
            "ServerErrors",
            "The service fails to answer",
            traffic.server_error_percent(),
            settings.server_error_percent,
            of=3,
            at_least=2,
        )
        slow = self._add(
            "Latency", "One request in a hundred is slow", traffic.latency("p99"), settings.latency_p99_ms, of=3
        )
        self._add("Throttles", "Lambda turns requests away", traffic.throttles(), 0)
        start = figure(INIT_DURATION, "p95", period=Duration.minutes(15))
        self._add("ColdStart", "Cold starts take long", start, settings.init_p95_ms, of=2)
        return (errors, slow)

    def watch_model(self, model: ServedModel) -> None:
        """Watch what one model answers."""
        for head in model.heads:
            self._watch_head(model.name, head)

    def _watch_head(self, model: str, head: ServedHead) -> None:
        title = f"{model.title()}{head.name.title()}"
        drift = figure(CLASS_SHARE_DRIFT, "Maximum", period=Duration.days(1), model=model, head=head.name)
        meaning = f"{model}, {head.name}: the shares of the classes have shifted"
        self._add(f"{title}Drift", meaning, drift, self._settings.class_share_drift)
        min_confidence = head.min_confidence(self._settings.confidence_percent)
        if min_confidence is None:
            return
        confidence = figure(CONFIDENCE, "Average", period=Duration.hours(1), model=model, head=head.name)
        meaning = f"{model}, {head.name}: confidence is lower than the measured accuracy promises"
        self._add(f"{title}Confidence", meaning, confidence, min_confidence, of=3, comparison=_BELOW)

    def watch_dead_letters(self, queue: sqs.IQueue) -> None:
        """Watch a queue that should be empty."""
        depth = queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=FIVE_MINUTES)
        self._add("DeadLetters", "A scheduled check failed for good", depth, 0)

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
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.every.append(alarm)
        return alarm
