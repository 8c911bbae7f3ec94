import sys
from pathlib import Path

import pytest

from cdk.costs import Traffic, alarm_metrics, custom_metrics, fixed_costs, main, traffic_costs
from tests.cdk.synthesis import ROOT, Synthesis


def test_x_ray_samples_the_first_request_of_each_second() -> None:
    assert Traffic(1_000_000, 12).traced / 1_000_000 == pytest.approx(0.838, abs=0.001)
    many = Traffic(1_000_000_000, 12)
    assert many.traced / many.requests == pytest.approx(0.05, abs=0.003)


def test_every_request_costs_what_the_list_says(synthesis: Synthesis) -> None:
    costs = {cost.what: cost.dollars for cost in traffic_costs(synthesis.template, Traffic(1_000_000, 12))}
    assert costs["API Gateway"] == pytest.approx(3.50)
    assert costs["Lambda, processing"] == pytest.approx(0.3455, abs=0.001)
    assert costs["X-Ray, 84% of the requests"] == pytest.approx(4.19, abs=0.01)


def test_metrics_and_alarms_are_counted_from_the_template(synthesis: Synthesis) -> None:
    metrics = custom_metrics(synthesis.template)
    labels = [metric for metric in metrics if "PredictedClass" in metric]
    assert len(labels) == len({metric[-1] + metric[-3] + metric[-5] for metric in labels})
    assert 60 <= len(metrics) <= 100
    alarms = synthesis.of_type("AWS::CloudWatch::Alarm").values()
    assert alarm_metrics(synthesis.template) == sum(
        1 if "MetricName" in alarm else sum("MetricStat" in part for part in alarm["Metrics"]) for alarm in alarms
    )


def test_options_are_on_the_bill(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    def names(found: Synthesis) -> set[str]:
        return {cost.what for cost in fixed_costs(found.template)}

    assert names(full_synthesis) - names(synthesis) == {"Environments kept warm", "Firewall"}


def test_the_guide_has_the_tables_as_they_are_printed(
    synthesis: Synthesis, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["costs", "--template", str(synthesis.template_file)])
    assert main() == 0
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() in guide


def test_without_a_template_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["costs", "--template", str(tmp_path / "none.json")])
    assert main() == 1
    assert "Run `make synth` first" in capsys.readouterr().err
