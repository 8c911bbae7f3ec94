from cdk.api.public_api import FIELDS
from tests.cdk.synthesis import ROOT, Synthesis


def test_queries_are_saved_under_the_stacks_name_on_logs_of_the_stack(synthesis: Synthesis) -> None:
    logs = synthesis.of_type("AWS::Logs::LogGroup")
    queries = synthesis.of_type("AWS::Logs::QueryDefinition").values()
    assert len(queries) == 8
    for query in queries:
        assert query["Name"].startswith("Valence/")
        [log] = query["LogGroupNames"]
        assert log["Ref"] in logs


def test_queries_on_the_access_log_name_fields_that_it_has(synthesis: Synthesis) -> None:
    queries = synthesis.of_type("AWS::Logs::QueryDefinition").values()
    refused, by_key = (
        query["QueryString"] for query in queries if query["LogGroupNames"][0]["Ref"].startswith("PublicAccessLog")
    )
    assert {"status", "refusal", "route", "key_id", "latency_ms"} <= set(FIELDS)
    assert "by status, refusal, route" in refused
    assert "pct(latency_ms, 99)" in by_key


def test_the_operations_guide_names_each(synthesis: Synthesis) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for query in synthesis.of_type("AWS::Logs::QueryDefinition").values():
        assert query["Name"].removeprefix("Valence/") in guide
