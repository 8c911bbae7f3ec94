import json
from pathlib import Path

import pytest

from cdk.observability.served_models import ServedHead, ServedModel, served_models
from model_bundle.folder import read_specs

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_bundles_are_read_as_the_service_reads_them() -> None:
    specs = read_specs(MODELS)
    assert [model.name for model in served_models()] == sorted(specs)
    for model in served_models():
        assert model.modalities == tuple(modality.kind for modality in specs[model.name].modalities)
        assert [(head.name, head.labels) for head in model.heads] == [
            (head.name, head.labels) for head in specs[model.name].heads
        ]


def test_the_min_confidence_follows_the_measured_accuracy() -> None:
    specs = read_specs(MODELS)
    for model in served_models():
        for head in model.heads:
            accuracy = specs[model.name].figure(head.name, "accuracy", model.modalities)
            assert accuracy is not None
            assert head.min_confidence(75) == pytest.approx(0.75 * accuracy, abs=0.005)


def test_a_bundle_without_figures_promises_no_confidence(tmp_path: Path) -> None:
    heads = [{"name": "emotion", "labels": ["joy"]}, {"name": "sentiment", "labels": ["negative", "positive"]}]
    (tmp_path / "clips").mkdir()
    description = json.dumps({"name": "clips", "heads": heads, "modalities": [{"kind": "text"}, {"kind": "audio"}]})
    (tmp_path / "clips" / "bundle.json").write_text(description, encoding="utf-8")
    expected = (ServedHead("emotion", ("joy",)), ServedHead("sentiment", ("negative", "positive")))
    assert served_models(tmp_path) == (ServedModel("clips", expected, ("text", "audio")),)
    assert expected[0].min_confidence(75) is None
