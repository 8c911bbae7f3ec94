import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from model_bundle import Item, Prediction, Predictor
from model_bundle.folder import read_spec
from model_export import export as bundle_module
from model_export.errors import ExportError
from model_export.export import export_bundle
from model_export.gate import Trial
from model_export.quantisation.shrinking import Candidate, Shrunk
from tests.training.tiny import CPU, tiny_recipe
from training.commands.train import write_run
from training.datasets import DATASETS, Example
from training.datasets.example import read_examples
from training.errors import CheckpointError
from training.fitting.fit import fit
from training.fitting.inference import predict_logits
from training.recipe import recipe_values

pytestmark = pytest.mark.slow  # each export traces three graphs

LONG = Item("A wonderful film " * 700, ("Drama",), 1999)
ITEMS = [
    Item("A wonderful and moving film.", ("Drama",), 1980),
    Item("Tedious."),
    Item(genres=("Horror",), year=1954),
    Item(year=2001),
    LONG,
]


@pytest.fixture(scope="session")
def checkpoint(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reviews recipe, shrunk but for a table of word vectors large enough for int8, and trained."""
    folder = tmp_path_factory.mktemp("run")
    recipe = tiny_recipe("encoders.text.word_dimension=2048", "encoders.text.tokenizer.minimum_count=1")
    write_run(fit(recipe, examples, [], folder, CPU), folder)
    return folder / "best.pt"


@pytest.fixture(scope="session")
def exported(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The bundle, and what the export said. Not to be changed: copy it first."""
    folder = tmp_path_factory.mktemp("models") / "reviews"
    return folder, export_bundle(checkpoint, folder, quantise=True, measurements=[])


@pytest.fixture(scope="session")
def bundle(exported: tuple[Path, list[str]]) -> Path:
    return exported[0]


@pytest.fixture(scope="session")
def predictor(bundle: Path) -> Predictor:
    return Predictor.open(bundle)


def scores(answer: object) -> list[float]:
    assert isinstance(answer, Prediction)
    return [score for head in answer.heads.values() for score in head.scores.values()]


def test_every_graph_is_within_a_ten_thousandth_of_torch(exported: tuple[Path, list[str]]) -> None:
    differences = re.findall(r"^(\w+)\.onnx: at most (\S+) from torch$", "\n".join(exported[1]), re.MULTILINE)
    assert [name for name, _ in differences] == ["text", "metadata", "fusion"]
    assert all(float(difference) <= 1e-4 for _, difference in differences)
    assert any(
        line.startswith("text, stored in int8, computed in float32: kept, same label as torch on ")
        for line in exported[1]
    )


def test_the_bundle_answers_as_the_trained_model_does(
    predictor: Predictor, examples: list[Example], tmp_path: Path
) -> None:
    recipe = tiny_recipe("encoders.text.word_dimension=2048", "encoders.text.tokenizer.minimum_count=1")
    fitted = fit(recipe, examples, [], tmp_path, CPU)
    expected = predict_logits(fitted.model, fitted.validation)["sentiment"]
    actual = predictor.logits([example.item for example in fitted.validation.examples])["sentiment"]
    assert np.abs(actual - expected).max() < 0.05  # what int8 word vectors cost
    assert np.array_equal(actual.argmax(axis=1), expected.argmax(axis=1))


def test_the_model_learned(predictor: Predictor) -> None:
    good, bad = (predictor.predict(Item(text)) for text in ("a superb and wonderful story", "a dreadful tedious story"))
    assert (good.heads["sentiment"].label, bad.heads["sentiment"].label) == ("positive", "negative")


def test_an_answer_does_not_depend_on_its_company(predictor: Predictor) -> None:
    together = [scores(answer) for answer in predictor.predict_batch(ITEMS)]
    alone = [scores(predictor.predict(item)) for item in ITEMS]
    beside_long = [scores(predictor.predict_batch([LONG, item])[1]) for item in ITEMS]
    assert np.allclose(together, alone, rtol=0, atol=1e-5)
    assert np.allclose(beside_long, alone, rtol=0, atol=1e-5)


def test_any_modality_may_be_absent(predictor: Predictor) -> None:
    assert predictor.predict(Item("superb")).modalities == {"text": True, "metadata": False}
    assert predictor.predict(Item(genres=("Comedy",))).modalities == {"text": False, "metadata": True}


def test_the_description_says_where_the_model_comes_from(bundle: Path, examples: list[Example]) -> None:
    spec = read_spec(bundle)
    recipe = tiny_recipe("encoders.text.word_dimension=2048", "encoders.text.tokenizer.minimum_count=1")
    assert spec.provenance.recipe == recipe_values(recipe)
    assert spec.provenance.datasets[0].licence == spec.licence == DATASETS["imdb"].licence
    assert [head.labels for head in spec.heads] == [("negative", "positive")]
    assert spec.heads[0].temperature != 1
    assert {modality.kind: modality.graph.precision for modality in spec.modalities} == {
        "text": "stored in int8, computed in float32",
        "metadata": "float32",
    }
    assert {path.name for path in bundle.iterdir()} == {*spec.files, "bundle.json"}


def test_int8_word_vectors_are_a_quarter_and_answer_alike(
    bundle: Path, predictor: Predictor, checkpoint: Path, tmp_path: Path
) -> None:
    export_bundle(checkpoint, tmp_path / "reviews", quantise=False, measurements=[])
    whole = Predictor.open(tmp_path / "reviews")
    assert read_spec(tmp_path / "reviews").modalities[0].graph.precision == "float32"
    assert (bundle / "text.onnx").stat().st_size < 0.7 * (tmp_path / "reviews/text.onnx").stat().st_size
    differences = [np.abs(np.subtract(scores(predictor.predict(i)), scores(whole.predict(i)))).max() for i in ITEMS]
    assert 0 < max(differences) < 0.02


def test_activations_are_never_quantised(bundle: Path) -> None:
    operators = {node.op_type for node in onnx.load(str(bundle / "text.onnx")).graph.node}
    assert not {operator for operator in operators if "Quantize" in operator or "Integer" in operator}
    assert "LSTM" in operators


def test_the_card_says_what_one_should_know(bundle: Path) -> None:
    card = (bundle / "README.md").read_text(encoding="utf-8")
    recipe = tiny_recipe()
    assert card.startswith(f"# {recipe.name} {recipe.version}\n\n{recipe.card.description}\n")
    assert DATASETS["imdb"].licence in card
    assert DATASETS["imdb"].citation in card
    assert all(f"- {limit}" in card for limit in recipe.card.limits)
    assert recipe.card.intended_use in card
    assert "unclear (confidence below" in card
    assert "`text.onnx`: stored in int8, computed in float32" in card


def _copy(bundle: Path, target: Path) -> dict[str, bytes]:
    shutil.copytree(bundle, target)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_an_export_that_fails_leaves_the_old_bundle_and_nothing_else(
    bundle: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _copy(bundle, tmp_path / "models/reviews")

    def fail(*arguments: object) -> str:
        raise ExportError("no card")

    monkeypatch.setattr(bundle_module, "model_card", fail)
    with pytest.raises(ExportError, match="no card"):
        export_bundle(checkpoint, tmp_path / "models/reviews", quantise=False, measurements=[])
    assert {path.name: path.read_bytes() for path in (tmp_path / "models/reviews").iterdir()} == before
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["reviews"]


def test_a_new_export_replaces_the_old_bundle(bundle: Path, checkpoint: Path, tmp_path: Path) -> None:
    _copy(bundle, tmp_path / "models/reviews")
    (tmp_path / "models/reviews/leftover.onnx").write_bytes(b"old")
    export_bundle(checkpoint, tmp_path / "models/reviews", quantise=True, measurements=[])
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["reviews"]
    assert not (tmp_path / "models/reviews/leftover.onnx").exists()
    assert Predictor.open(tmp_path / "models/reviews").spec == read_spec(bundle)


def test_a_bundle_that_cannot_take_the_old_ones_place_leaves_it(
    bundle: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models/reviews"
    before = _copy(bundle, folder)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if target == folder and path.name == folder.name:
            raise OSError("read-only file system")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="read-only"):
        export_bundle(checkpoint, folder, quantise=False, measurements=[])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["reviews"]


def test_a_folder_that_is_no_bundle_is_never_replaced(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(ExportError, match="is there already and no bundle"):
        export_bundle(checkpoint, tmp_path, quantise=False, measurements=[])
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("damage", ["", "{}\n", "half"])
def test_without_sound_validation_examples_nothing_is_exported(checkpoint: Path, tmp_path: Path, damage: str) -> None:
    shutil.copy(checkpoint, tmp_path / "best.pt")
    if damage:
        (tmp_path / "validation.jsonl").write_text(damage, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"validation.jsonl, on which the graphs are checked, can't be read"):
        export_bundle(tmp_path / "best.pt", tmp_path / "reviews", quantise=False, measurements=[])
    assert not (tmp_path / "reviews").exists()


def test_the_gate_sees_no_example_that_calibrated(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []

    def watched(
        candidate: Candidate, model: object, readers: object, calibration: list[Example], trial: Trial
    ) -> Shrunk:
        seen.extend({example.group for example in part} for part in (calibration, trial.examples))
        return Shrunk(candidate)

    monkeypatch.setattr(bundle_module, "shrink", watched)
    export_bundle(checkpoint, tmp_path / "reviews", quantise=True, measurements=[])
    validation = {example.group for example in read_examples(checkpoint.parent / "validation.jsonl")}
    assert seen[0]
    assert seen[0] == validation - seen[1]


def test_what_the_gate_refuses_ships_as_float32(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_export.gate.MIN_AGREEMENT", 1.1)
    lines = export_bundle(checkpoint, tmp_path / "reviews", quantise=True, measurements=[])
    assert any(line.startswith("text, stored in int8, computed in float32: refused, ") for line in lines)
    assert read_spec(tmp_path / "reviews").modalities[0].graph.precision == "float32"
    assert json.loads((tmp_path / "reviews/bundle.json").read_text(encoding="utf-8"))["name"] == "reviews"
