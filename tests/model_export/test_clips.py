"""Every recipe for clips, small and on made clips: trained for a few steps, exported and asked."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item, Prediction, Predictor, Turn
from model_bundle.folder import read_spec
from model_export.export import export_bundle
from tests.drawn_clips import clip, recording, shades, tone
from tests.pictures import encoded, halves
from tests.small_meld import write_small_meld
from tests.training.tiny import CPU, TINY_CLIPS, tiny_clips_recipe
from training.commands.train import write_run
from training.datasets import load_dataset
from training.fitting.fit import fit
from training.recipe import Recipe

pytestmark = pytest.mark.slow  # each recipe is trained and traced

Exported = tuple[Path, list[str]]


@pytest.fixture(scope="session")
def meld(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("meld")
    write_small_meld(root)
    return root


def train(recipe: Recipe, root: Path, run: Path) -> Path:
    write_run(fit(recipe, load_dataset("meld", root, "train", recipe.encoders), [], run, CPU), run)
    return run / "best.pt"


def export(recipe: Recipe, root: Path, place: Path) -> Exported:
    checkpoint = train(recipe, root, place / "run")
    folder = place / "models" / recipe.name
    return folder, export_bundle(checkpoint, folder, quantise=True, measurements=[])


@pytest.fixture(scope="session", params=sorted(TINY_CLIPS))
def exported(request: pytest.FixtureRequest, meld: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(tiny_clips_recipe(request.param), meld, tmp_path_factory.mktemp(request.param))


def scores(predictor: Predictor, item: Item) -> list[float]:
    prediction = predictor.predict(item)
    assert isinstance(prediction, Prediction)
    return [score for head in ("emotion", "sentiment") for score in prediction.heads[head].scores.values()]


def test_every_graph_is_within_a_thousandth_of_torch(exported: Exported) -> None:
    differences = re.findall(r"^(\w+)\.onnx: at most (\S+) from torch$", "\n".join(exported[1]), re.MULTILINE)
    kinds = [modality.kind for modality in read_spec(exported[0]).modalities]
    assert [name for name, _ in differences] == [*kinds, "fusion"]
    assert all(float(difference) <= 1e-3 for _, difference in differences)


def test_a_clip_is_answered_with_each_of_its_modalities(exported: Exported, meld: Path) -> None:
    predictor = Predictor.open(exported[0])
    kinds = {modality.kind for modality in predictor.spec.modalities}
    video = meld / "MELD/train_splits/dia0_utt0.mp4"
    item = Item("I say good", video=video, speaker="A", context=(Turn("well no", "B"),))
    prediction = predictor.predict(item)
    assert prediction.modalities == dict.fromkeys(prediction.modalities, True)
    assert {head: len(of.scores) for head, of in prediction.heads.items()} == {"emotion": 7, "sentiment": 3}
    parts = {"text": Item("I say good"), "audio": Item(video=video), "video": Item(video=video)}
    for kind in kinds:
        present = predictor.predict(parts[kind]).modalities
        assert present[kind]
    if len(kinds) > 1:
        assert np.abs(np.subtract(scores(predictor, item), scores(predictor, Item("I say good")))).max() > 1e-6


def test_an_answer_does_not_depend_on_its_company(exported: Exported, meld: Path) -> None:
    predictor = Predictor.open(exported[0])
    kinds = [modality.kind for modality in predictor.spec.modalities]
    items = [example.item for example in load_dataset("meld", meld, "train", kinds)[4:10]]
    for together, item in zip(predictor.predict_batch(items), items, strict=True):
        assert isinstance(together, Prediction)
        answers = [list(of.heads["emotion"].scores.values()) for of in (together, predictor.predict(item))]
        assert np.allclose(answers[0], answers[1], rtol=0, atol=1e-5)


CASES: Mapping[str, tuple[Item, set[str], set[str]]] = {
    "text": (Item("I say good"), {"text"}, set()),
    "silent video": (Item(video=clip(shades(3))), {"video"}, {"no_audio_track"}),
    "sound as video": (Item(video=recording(tone(1.0))), {"audio"}, {"no_video_track"}),
    "image": (Item(image=encoded(halves(200, 200), "PNG")), {"video"}, {"no_face"}),
    "recording": (Item(audio=recording(tone(1.0))), {"audio"}, set()),
}
"""An item, the modalities that it has, and the warnings that it gets."""


def test_what_an_item_lacks_is_absent(exported: Exported) -> None:
    predictor = Predictor.open(exported[0])
    if predictor.spec.name != "clips":
        pytest.skip("only the shipped model reads all of them, and looks for faces")
    for item, modalities, warnings in CASES.values():
        answer = predictor.predict(item)
        assert {name for name, is_present in answer.modalities.items() if is_present} == modalities
        assert {warning.code for warning in answer.warnings} == warnings


def test_clips_go_on_from_the_encoders_of_the_recipes_before(meld: Path, tmp_path: Path) -> None:
    start = train(tiny_clips_recipe("clips_text_start"), meld, tmp_path / "start")
    runs = {
        "text": train(tiny_clips_recipe("clips_text", f"encoders.text.start_from={start}"), meld, tmp_path / "text"),
        "audio": train(tiny_clips_recipe("clips_voice"), meld, tmp_path / "audio"),
        "video": train(tiny_clips_recipe("clips_face"), meld, tmp_path / "video"),
    }
    changes = [f"encoders.{kind}.start_from={run}" for kind, run in runs.items()]
    listed = ", ".join(f"{kind}: {run}" for kind, run in runs.items())
    folder, _ = export(tiny_clips_recipe("clips", *changes, f"fusion.start_from={{{listed}}}"), meld, tmp_path)
    assert read_spec(folder).files.keys() >= {"text.onnx", "audio.onnx", "video.onnx", "faces.onnx", "fusion.onnx"}
