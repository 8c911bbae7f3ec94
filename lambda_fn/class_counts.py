"""How often each label was answered, from CloudWatch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from lambda_fn import metrics

PERIOD: Final = timedelta(hours=1)


def class_counts(client: Any, model: str, labels: Sequence[str], since: datetime, until: datetime) -> dict[str, float]:
    """Sum the metric `PredictedClass` of each label; `client` is boto3's for CloudWatch."""
    queries = [_query(f"label{number}", model, label) for number, label in enumerate(labels)]
    counts = dict.fromkeys(labels, 0.0)
    pages = client.get_paginator("get_metric_data").paginate(MetricDataQueries=queries, StartTime=since, EndTime=until)
    for page in pages:
        for result in page["MetricDataResults"]:
            counts[labels[int(result["Id"].removeprefix("label"))]] += sum(result["Values"])
    return counts


def _query(name: str, model: str, label: str) -> dict[str, Any]:
    values = {metrics.SERVICE_DIMENSION: metrics.SERVICE, metrics.MODEL: model, metrics.LABEL: label}
    metric = {
        "Namespace": metrics.NAMESPACE,
        "MetricName": metrics.PREDICTED_CLASS,
        "Dimensions": [{"Name": key, "Value": values[key]} for key in metrics.DIMENSIONS[metrics.PREDICTED_CLASS]],
    }
    stat = {"Metric": metric, "Period": int(PERIOD.total_seconds()), "Stat": "Sum"}
    return {"Id": name, "MetricStat": stat, "ReturnData": True}
