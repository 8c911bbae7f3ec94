import json
from pathlib import Path

import pytest

from cdk.observability.served_models import ServedModel, served_models
from model_bundle.folder import read_specs


def test_the_shipped_bundles_are_read_as_the_service_reads_them() -> None:
    specs = read_specs(Path(__file__).parents[3] / "models")
    assert [model.name for model in served_models()] == sorted(specs)
    for model in served_models():
        assert model.modalities == tuple(modality.kind for modality in specs[model.name].modalities)


def test_a_models_least_confidence_goes_by_its_measured_accuracy() -> None:
    for spec in read_specs(Path(__file__).parents[3] / "models").values():
        (model,) = (model for model in served_models() if model.name == spec.name)
        whole = "+".join(model.modalities)
        assert model.accuracy == spec.measurements[0].values[f"sentiment accuracy, {whole}, mean"]
        assert model.least_confidence(75) == pytest.approx(0.75 * model.accuracy, abs=0.005)


def test_labels_are_those_of_the_sentiment(tmp_path: Path) -> None:
    heads = [{"name": "emotion", "labels": ["joy"]}, {"name": "sentiment", "labels": ["negative", "positive"]}]
    (tmp_path / "clips").mkdir()
    description = json.dumps({"name": "clips", "heads": heads, "modalities": [{"kind": "text"}, {"kind": "audio"}]})
    (tmp_path / "clips" / "bundle.json").write_text(description, encoding="utf-8")
    assert served_models(tmp_path) == (ServedModel("clips", ("negative", "positive"), ("text", "audio")),)
