"""Dashboards and alarms watch what is really emitted: names, dimensions and values."""

import pytest

from cdk.api.routes import ROUTES
from cdk.observability import figures as platform_figures
from cdk.observability.figures import ServiceFigures, UnknownFigureError
from cdk.observability.served_models import served_models
from lambda_fn.observability import metrics
from lambda_fn.observability.metrics import DIMENSIONS, NAMESPACE
from tests.cdk.dashboards import watched
from tests.cdk.synthesis import Synthesis

AMAZONS = {
    "AWS/ApiGateway": {"Count", "4XXError", "5XXError", "Latency"},
    "AWS/Lambda": {"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible"},
}
ASSERTED_DIMENSIONS = {
    "AWS/ApiGateway": [{"ApiName", "Stage"}],
    "AWS/Lambda": [{"FunctionName"}, {"FunctionName", "Resource", "ExecutedVersion"}],
    "AWS/SQS": [{"QueueName"}],
}


def test_every_metric_of_ours_is_emitted_with_these_dimensions(synthesis: Synthesis) -> None:
    ours = [found for found in watched(synthesis) if found.namespace == NAMESPACE]
    assert {found.name for found in ours} == set(DIMENSIONS)
    for found in ours:
        assert set(found.dimensions) == set(DIMENSIONS[found.name]), found


def test_the_values_of_dimensions_are_ones_that_occur(synthesis: Synthesis) -> None:
    models = served_models()
    occurring = {
        metrics.SERVICE_DIMENSION: {metrics.SERVICE},
        metrics.DEPLOYMENT: {"Valence"},
        metrics.CODE: {"*", "timeout", "job_required"},
        metrics.MODEL: {model.name for model in models},
        metrics.HEAD: {head.name for model in models for head in model.heads},
        metrics.LABEL: {label for model in models for head in model.heads for label in head.labels},
        metrics.MODALITY: {modality for model in models for modality in model.modalities},
        metrics.STAGE: set(metrics.STAGES),
    }
    for found in watched(synthesis):
        for dimension, value in found.dimensions.items():
            if found.namespace == NAMESPACE and value != "*" and dimension not in {metrics.ROUTE, metrics.VERSION}:
                assert value in occurring[dimension], found


def test_every_other_metric_is_one_of_amazons_or_read_from_the_log(synthesis: Synthesis) -> None:
    [read] = synthesis.the("AWS::Logs::MetricFilter")["MetricTransformations"]
    known = {**AMAZONS, f"{platform_figures.PLATFORM_NAMESPACE}/Valence": {read["MetricName"]}}
    for found in watched(synthesis):
        if found.namespace != NAMESPACE:
            assert found.name in known[found.namespace], found
            assert set(found.dimensions) in ASSERTED_DIMENSIONS.get(found.namespace, [set()]), found


def test_memory_is_read_from_lambdas_reports(synthesis: Synthesis) -> None:
    reports = synthesis.the("AWS::Logs::MetricFilter")
    assert reports["FilterPattern"] == '{ $.type = "platform.report" }'
    [read] = reports["MetricTransformations"]
    assert (read["MetricNamespace"], read["MetricName"]) == ("Valence/Platform/Valence", "MaxMemoryUsed")
    assert read["MetricValue"] == "$.record.metrics.maxMemoryUsedMB"
    assert reports["LogGroupName"]["Ref"].startswith("ModelServiceLog")


def test_api_gateways_metrics_go_by_the_names_that_the_api_and_the_stage_have(synthesis: Synthesis) -> None:
    api = synthesis.the("AWS::ApiGateway::RestApi")["Name"]
    stage = synthesis.the("AWS::ApiGateway::Stage")["StageName"]
    for found in watched(synthesis):
        if found.namespace == "AWS/ApiGateway":
            assert found.dimensions == {"ApiName": api, "Stage": stage}


def test_a_metric_that_is_never_emitted_so_cannot_be_watched() -> None:
    with pytest.raises(UnknownFigureError, match="Requests has the dimensions"):
        ServiceFigures("Valence").figure("Requests", "Sum", model="reviews")


def test_routes_that_are_drawn_are_routes_of_the_api(synthesis: Synthesis) -> None:
    drawn = {found.dimensions[metrics.ROUTE] for found in watched(synthesis) if metrics.ROUTE in found.dimensions}
    assert drawn == {path for _, path in ROUTES}
