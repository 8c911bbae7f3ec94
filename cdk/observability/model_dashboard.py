"""The dashboard of the models: predictions, confidence, inputs and where the time goes."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.observability.figures import ServiceFigures
from cdk.observability.served_models import ServedHead, ServedModel
from cdk.observability.widgets import graph, limit
from cdk.settings import DeploymentSettings
from lambda_fn.observability import metrics

_HOUR: Final = Duration.hours(1)
_MEDIA: Final = frozenset({"image", "audio", "video"})
_OF_MEDIA: Final = frozenset({"fetch", "decode"})


class ModelDashboard(Construct):
    """A few rows for each model."""

    def __init__(
        self, scope: Construct, name: str, *, models: Sequence[ServedModel], settings: DeploymentSettings
    ) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._figure = ServiceFigures(Stack.of(self).stack_name).figure
        rows = [row for model in models for row in self._rows(model)]
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{Stack.of(self).stack_name}-models",
            default_interval=Duration.days(7),
            widgets=rows,
        )

    def _rows(self, model: ServedModel) -> list[list[cloudwatch.IWidget]]:
        heading: list[cloudwatch.IWidget] = [cloudwatch.TextWidget(markdown=f"# {model.name}", width=24, height=1)]
        if self._settings.lean:
            heads = [[self._class_shares(model, head), self._drift(model, head)] for head in model.heads]
            return [heading, *heads]
        return [
            heading,
            *(
                [self._class_shares(model, head), self._confidence(model, head), self._drift(model, head)]
                for head in model.heads
            ),
            [self._stages(model), self._modality_latency(model), self._modalities(model)],
            [self._truncation(model), self._first_uses(model)],
        ]

    def _confidence(self, model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
        figures = [
            self._figure(metrics.CONFIDENCE, statistic, caption=caption, period=_HOUR, model=model.name, head=head.name)
            for statistic, caption in (("Average", "mean"), ("p10", "p10"))
        ]
        min_confidence = head.min_confidence(self._settings.confidence_percent)
        limits = [] if min_confidence is None else [limit(min_confidence, "alarm: mean")]
        return graph(f"Confidence: {head.name}", figures, limits=limits, max_value=1, unit="probability")

    def _drift(self, model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
        drift = self._figure(
            metrics.CLASS_SHARE_DRIFT,
            "Maximum",
            caption="PSI of a day",
            period=Duration.days(1),
            model=model.name,
            head=head.name,
        )
        return graph(
            f"Class-share drift: {head.name}",
            [drift],
            limits=[limit(self._settings.class_share_drift, "alarm")],
            unit="PSI",
        )

    def _class_shares(self, model: ServedModel, head: ServedHead) -> cloudwatch.IWidget:
        counts = {
            f"n{place}": self._figure(
                metrics.PREDICTED_CLASS, "Sum", period=_HOUR, model=model.name, head=head.name, label=label
            )
            for place, label in enumerate(head.labels)
        }
        shares = [
            _percent(key, "+".join(counts), counts, label) for key, label in zip(counts, head.labels, strict=True)
        ]
        return graph(f"Predicted classes: {head.name}", shares, stacked=True, unit="%", max_value=100)

    def _of_label(self, model: ServedModel, head: ServedHead, label: str) -> cloudwatch.Metric:
        dimensions = {"model": model.name, "head": head.name, "label": label}
        return self._figure(metrics.PREDICTED_CLASS, "Sum", period=_HOUR, **dimensions)

    def _stages(self, model: ServedModel) -> cloudwatch.IWidget:
        figures = [
            self._figure(metrics.STAGE_LATENCY, "Average", caption=stage, period=_HOUR, model=model.name, stage=stage)
            for stage in _stages_of(model)
        ]
        return graph("Mean latency by stage", figures, stacked=True, unit="ms")

    def _modality_latency(self, model: ServedModel) -> cloudwatch.IWidget:
        figures = [
            self._figure(
                metrics.MODALITY_LATENCY, "Average", caption=modality, period=_HOUR, model=model.name, modality=modality
            )
            for modality in model.modalities
        ]
        return graph("Mean encoding time by modality", figures, stacked=True, unit="ms")

    def _first_uses(self, model: ServedModel) -> cloudwatch.IWidget:
        figures = [
            self._figure(
                metrics.FIRST_USE, "Maximum", caption=modality, period=_HOUR, model=model.name, modality=modality
            )
            for modality in model.modalities
        ]
        return graph("Slowest first use in a process", figures, unit="ms")

    def _modalities(self, model: ServedModel) -> cloudwatch.IWidget:
        rates = []
        for place, modality in enumerate(model.modalities):
            counts = {
                f"there{place}": self._modality(metrics.MODALITY_PRESENT, model, modality),
                f"missing{place}": self._modality(metrics.MODALITY_MISSING, model, modality),
            }
            rates.append(_percent(f"missing{place}", "+".join(counts), counts, f"without {modality}"))
        return graph("Missing modalities", rates, unit="%")

    def _modality(self, name: str, model: ServedModel, modality: str) -> cloudwatch.Metric:
        return self._figure(name, "Sum", period=_HOUR, model=model.name, modality=modality)

    def _truncation(self, model: ServedModel) -> cloudwatch.IWidget:
        counts = {
            "cut": self._figure(metrics.TEXT_TRUNCATED, "Sum", period=_HOUR, model=model.name),
            "all": self._figure(metrics.PREDICTIONS, "Sum", period=_HOUR, model=model.name),
        }
        predictions = self._figure(
            metrics.PREDICTIONS, "Sum", caption="predictions an hour", period=_HOUR, model=model.name
        )
        cut = _percent("cut", "all", counts, "texts cut (%)")
        return graph("Predictions, and texts that were cut", [predictions], right=[cut], right_unit="%")


def _percent(part: str, whole: str, counts: dict[str, cloudwatch.Metric], label: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"100 * {part} / ({whole})", using_metrics=dict(counts), label=label, period=_HOUR
    )


def _stages_of(model: ServedModel) -> list[str]:
    """Return the stages that a model's predictions can have: only media are fetched and decoded."""
    has_media = bool(_MEDIA & set(model.modalities))
    return [stage for stage in metrics.STAGES if has_media or stage not in _OF_MEDIA]
