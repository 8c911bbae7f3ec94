"""Common log queries, saved under the stack's name in CloudWatch Logs Insights."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

_SERVICE: Final = {
    "errors by code": "filter message = 'request' and ispresent(code) | stats count(*) as errors by code, path",
    "slowest requests": "filter message = 'request' | sort duration_ms desc"
    " | display @timestamp, request_id, path, model, duration_ms, cold_start | limit 20",
    "one request": "filter request_id = 'PUT THE REQUEST ID HERE' | sort @timestamp asc | display @timestamp, @message",
    "failures with their traces": "filter level in ['ERROR', 'CRITICAL'] | sort @timestamp desc"
    " | display @timestamp, request_id, message, exception | limit 50",
    "cold starts": "filter type = 'platform.report' and ispresent(record.metrics.initDurationMs)"
    " | stats count(*) as starts, pct(record.metrics.initDurationMs, 95) as p95_ms by bin(1h)",
    "memory": "filter type = 'platform.report'"
    " | stats max(record.metrics.maxMemoryUsedMB) as used_mb, max(record.metrics.memorySizeMB) as has_mb by bin(1h)",
}
_ACCESS: Final = {
    "refused requests": "filter status >= 400 | stats count(*) as refused by status, refusal, route",
    "traffic by key": "stats count(*) as requests, pct(latency_ms, 99) as p99_ms by key_id | sort requests desc",
}


class SavedQueries(Construct):
    """The queries on the function's log and those on the API's access log."""

    def __init__(self, scope: Construct, name: str, *, service: logs.ILogGroup, access: logs.ILogGroup) -> None:
        super().__init__(scope, name)
        for queries, log in ((_SERVICE, service), (_ACCESS, access)):
            for question, query in queries.items():
                self._add(question, query, log)

    def _add(self, question: str, query: str, log: logs.ILogGroup) -> None:
        logs.CfnQueryDefinition(
            self,
            question.title().replace(" ", ""),
            name=f"{Stack.of(self).stack_name}/{question}",
            query_string="\n| ".join(query.split(" | ")),
            log_group_names=[log.log_group_name],
        )
