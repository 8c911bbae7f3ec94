"""The dashboard of the models: what they answer, how surely, from what, and where the time goes."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.observability.figures import figure
from cdk.observability.served_models import ServedHead, ServedModel
from cdk.observability.widgets import graph, limit
from cdk.settings import DeploymentSettings
from lambda_fn.observability import metrics

_HOUR: Final = Duration.hours(1)


class ModelDashboard(Construct):
    """A few rows for each model."""

    def __init__(
        self, scope: Construct, name: str, *, models: Sequence[ServedModel], settings: DeploymentSettings
    ) -> None:
        super().__init__(scope, name)
        self._settings = settings
        rows = [row for model in models for row in self._rows(model)]
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{Stack.of(self).stack_name}-models",
            default_interval=Duration.days(7),
            widgets=rows,
        )

    def _rows(self, model: ServedModel) -> list[list[cloudwatch.IWidget]]:
        return [
            [cloudwatch.TextWidget(markdown=f"# {model.name}", width=24, height=1)],
            *(
                [_class_shares(model, head), self._confidence(model, head), self._drift(model, head)]
                for head in model.heads
            ),
            [_stages(model), _modality_latency(model), _modalities(model)],
            [_truncation(model)],
        ]

    def _head(self, model: ServedModel, head: ServedHead) -> list[cloudwatch.IWidget]:
        return [_class_shares(model, head), self._confidence(model, head), self._drift(model, head)]

    def _confidence(self, model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
        figures = [
            figure(metrics.CONFIDENCE, statistic, caption=caption, period=_HOUR, model=model.name, head=head.name)
            for statistic, caption in (("Average", "mean"), ("p10", "p10"))
        ]
        min_confidence = head.min_confidence(self._settings.confidence_percent)
        limits = [] if min_confidence is None else [limit(min_confidence, "alarm: mean")]
        return graph(f"Confidence: {head.name}", figures, limits=limits, highest=1)

    def _drift(self, model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
        drift = figure(
            metrics.CLASS_SHARE_DRIFT,
            "Maximum",
            caption="PSI of a day",
            period=Duration.days(1),
            model=model.name,
            head=head.name,
        )
        return graph(
            f"Class-share drift: {head.name}", [drift], limits=[limit(self._settings.class_share_drift, "alarm")]
        )


def _class_shares(model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
    counts = {
        f"n{place}": figure(metrics.PREDICTED_CLASS, "Sum", period=_HOUR, model=model.name, head=head.name, label=label)
        for place, label in enumerate(head.labels)
    }
    shares = [_percent(key, "+".join(counts), counts, label) for key, label in zip(counts, head.labels, strict=True)]
    return graph(f"Predicted classes: {head.name} (%)", shares, stacked=True, highest=100)


def _stages(model: ServedModel) -> cloudwatch.IWidget:
    figures = [
        figure(metrics.STAGE_LATENCY, "Average", caption=stage, period=_HOUR, model=model.name, stage=stage)
        for stage in metrics.STAGES
    ]
    return graph("Mean latency by stage (ms)", figures, stacked=True)


def _modality_latency(model: ServedModel) -> cloudwatch.IWidget:
    figures = [
        figure(metrics.MODALITY_LATENCY, "Average", caption=modality, period=_HOUR, model=model.name, modality=modality)
        for modality in model.modalities
    ]
    return graph("Mean encoding time by modality (ms)", figures, stacked=True)


def _modalities(model: ServedModel) -> cloudwatch.IWidget:
    rates = []
    for place, modality in enumerate(model.modalities):
        counts = {
            f"there{place}": _modality(metrics.MODALITY_PRESENT, model, modality),
            f"missing{place}": _modality(metrics.MODALITY_MISSING, model, modality),
        }
        rates.append(_percent(f"missing{place}", "+".join(counts), counts, f"without {modality}"))
    return graph("Missing modalities (%)", rates)


def _modality(name: str, model: ServedModel, modality: str) -> cloudwatch.Metric:
    return figure(name, "Sum", period=_HOUR, model=model.name, modality=modality)


def _truncation(model: ServedModel) -> cloudwatch.IWidget:
    counts = {
        "cut": figure(metrics.TEXT_TRUNCATED, "Sum", period=_HOUR, model=model.name),
        "all": figure(metrics.PREDICTIONS, "Sum", period=_HOUR, model=model.name),
    }
    predictions = figure(metrics.PREDICTIONS, "Sum", caption="predictions an hour", period=_HOUR, model=model.name)
    cut = _percent("cut", "all", counts, "texts cut (%)")
    return graph("Predictions, and texts that were cut", [predictions], right=[cut])


def _percent(part: str, whole: str, counts: dict[str, cloudwatch.Metric], label: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"100 * {part} / ({whole})", using_metrics=dict(counts), label=label, period=_HOUR
    )
