import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.datasets import Example, load_dataset
from training.datasets.ferplus_votes import CHOICES
from training.errors import DatasetError

FACES = {
    "train/angry/00001": 1,
    "train/happy/00002": 2,
    "train/happy/00003": 2,
    "train/surprise/00004": 30,
    "validation/sad/00021": 21,
    "test/fear/00030": 30,
    "test/neutral/00031": 31,
    "test/disgust/00032": 32,
}
"""Number of the image by name: one stands twice in train, one in train and in test."""
VOTES = {
    "test/fear/00030": {"fear": 6, "surprise": 4},
    "test/neutral/00031": {"neutral": 4, "sadness": 4, "contempt": 2},
    "test/disgust/00032": {"unknown": 4, "anger": 3, "disgust": 3},
}


def png(seed: int, compress_level: int = 6) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (48, 48), np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", compress_level=compress_level)
    return content.getvalue()


def write_faces(root: Path, faces: dict[str, int] = FACES) -> None:
    with zipfile.ZipFile(root / "fer2013.zip", "w") as archive:
        for at, (name, seed) in enumerate(faces.items()):
            archive.writestr(f"fer2013/{name}.png", png(seed, compress_level=at % 10))


def write_votes(root: Path, votes: dict[str, dict[str, int]] = VOTES) -> None:
    (root / "ferplus").mkdir(exist_ok=True)
    with (root / "ferplus/ferplus_fer2013_test.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(["file", "fer2013_label", "fer_row", "rmse", *CHOICES])
        for name, by_choice in votes.items():
            writer.writerow([f"fer2013/{name}.png", "angry", 1, 0.5, *(by_choice.get(choice, 0) for choice in CHOICES)])


def labels_of(examples: list[Example]) -> dict[str, str | None]:
    return {example.identifier: example.labels.get("emotion") for example in examples}


def test_faces_have_an_emotion_and_a_sentiment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_faces(tmp_path)
    examples = load_dataset("fer2013", tmp_path, "train")
    assert labels_of(examples) == {
        "train/angry/00001": "anger",
        "train/happy/00002": "joy",
        "train/happy/00003": "joy",
    }
    assert examples[0].item.image == png(1, 0)
    assert examples[0].labels["sentiment"] == "negative"
    assert "labels of 'train' are those of 2013, as there are no FER+ votes on it. Place" in capsys.readouterr().err


def test_equal_images_are_one_group_and_none_is_on_two_sides(tmp_path: Path) -> None:
    write_faces(tmp_path)
    everything = load_dataset("fer2013_original", tmp_path, "all")
    groups = {example.identifier: example.group for example in everything}
    assert "train/surprise/00004" not in groups
    assert groups["train/happy/00002"] == groups["train/happy/00003"]
    assert len(set(groups.values())) == len(groups) - 1


def test_the_folder_is_read_as_the_archive_is(tmp_path: Path) -> None:
    write_faces(tmp_path)
    from_zip = load_dataset("fer2013_original", tmp_path, "all")
    with zipfile.ZipFile(tmp_path / "fer2013.zip") as archive:
        archive.extractall(tmp_path)
    assert load_dataset("fer2013_original", tmp_path, "all") == from_zip


def test_a_test_with_votes_has_the_label_with_strictly_the_most(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_faces(tmp_path)
    write_votes(tmp_path)
    assert labels_of(load_dataset("fer2013", tmp_path, "test")) == {"test/fear/00030": "fear"}
    assert "1 of 3 images of 'test' have a label by FER+; the others go" in capsys.readouterr().err
    assert len(load_dataset("fer2013_original", tmp_path, "test")) == 3
    assert labels_of(load_dataset("fer2013", tmp_path, "validation")) == {"validation/sad/00021": "sadness"}


def test_the_shares_of_the_votes_are_kept(tmp_path: Path) -> None:
    write_faces(tmp_path)
    write_votes(tmp_path)
    tied, clear = sorted(load_dataset("ferplus", tmp_path, "test"), key=lambda example: len(example.labels))
    assert (clear.identifier, clear.labels) == ("test/fear/00030", {"emotion": "fear", "sentiment": "negative"})
    assert clear.soft_labels == {"emotion": {"fear": 0.6, "surprise": 0.4}}
    assert (tied.identifier, tied.labels) == ("test/neutral/00031", {})
    assert tied.soft_labels == {"emotion": {"neutral": 0.5, "sadness": 0.5}}


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no fer2013 and no fer2013.zip. Kaggle gives it out"):
        load_dataset("fer2013", tmp_path, "test")
    write_faces(tmp_path, {"train/angry/00001": 1})
    with pytest.raises(DatasetError, match=r"has no images of 'test'"):
        load_dataset("fer2013", tmp_path, "test")
    with pytest.raises(DatasetError, match=r"has no ferplus and no ferplus.zip. Place ferplus.zip"):
        load_dataset("ferplus", tmp_path, "train")
    write_votes(tmp_path)
    with pytest.raises(DatasetError, match=r"ferplus has no votes on the split 'train'"):
        load_dataset("ferplus", tmp_path, "train")
    write_votes(tmp_path, {})
    with pytest.raises(DatasetError, match=r"ferplus has no votes. Place"):
        load_dataset("ferplus", tmp_path, "train")


@pytest.mark.parametrize("votes", [{"fear": -1, "anger": 11}, {}, {"fear": "six"}])
def test_damaged_votes_are_told_with_the_line(tmp_path: Path, votes: dict[str, int]) -> None:
    write_faces(tmp_path)
    write_votes(tmp_path, {"test/fear/00030": votes})
    with pytest.raises(DatasetError, match=r"ferplus_fer2013_test.csv, line 2 is not a file and ten numbers of votes"):
        load_dataset("fer2013", tmp_path, "test")


def test_a_damaged_image_is_told_by_its_name(tmp_path: Path) -> None:
    for content in (b"", b"no image", png(1)[:200]):
        with zipfile.ZipFile(tmp_path / "fer2013.zip", "w") as archive:
            archive.writestr("fer2013/test/sad/1.png", content)
        with pytest.raises(DatasetError, match=r"fer2013/test/sad/1.png is no image that can be read"):
            load_dataset("fer2013", tmp_path, "test")
