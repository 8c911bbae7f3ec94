import json
import shutil
from pathlib import Path

import pytest

from model_bundle import BundleError, Item, Predictor
from model_bundle.folder import read_spec, verify


@pytest.fixture
def bundle(tiny_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle, tmp_path / "reviews"))


def change_spec(bundle: Path, **changes: object) -> None:
    path = bundle / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes), encoding="utf-8")


def test_a_sound_bundle_is_read(bundle: Path) -> None:
    assert read_spec(bundle).name == "reviews"


def test_a_folder_without_description_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no bundle.*python -m model_export"):
        read_spec(tmp_path)


def test_a_changed_file_is_named(bundle: Path) -> None:
    with (bundle / "text.onnx").open("ab") as file:
        file.write(b"\0")
    spec = read_spec(bundle)
    with pytest.raises(BundleError, match=r"text\.onnx is damaged"):
        verify(bundle, spec)
    with pytest.raises(BundleError, match=r"text\.onnx is damaged"):
        Predictor.open(bundle).predict(Item(text="good"))


def test_a_file_that_no_item_needs_is_not_read(bundle: Path) -> None:
    (bundle / "metadata.onnx").write_bytes(b"nonsense")
    assert Predictor.open(bundle).predict(Item(text="good")).heads


def test_a_missing_file_is_named(bundle: Path) -> None:
    (bundle / "fusion.onnx").unlink()
    with pytest.raises(BundleError, match=r"fusion\.onnx is missing"):
        read_spec(bundle)


def test_an_unknown_field_is_refused(bundle: Path) -> None:
    change_spec(bundle, surprise=1)
    with pytest.raises(BundleError, match="surprise"):
        read_spec(bundle)


def test_heads_must_be_the_outputs_of_the_fusion(bundle: Path) -> None:
    change_spec(bundle, heads=[{"name": "emotion", "labels": ["a", "b"]}])
    with pytest.raises(BundleError, match="heads"):
        read_spec(bundle)


def test_every_file_needs_a_hash(bundle: Path) -> None:
    change_spec(bundle, files={})
    with pytest.raises(BundleError, match="no sha256 for"):
        read_spec(bundle)


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        (b"{}", "name: Field required"),
        (b"{", "Invalid JSON"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b'{"name": 3, "secret": 4}', "name: "),
    ],
)
def test_a_bad_description_is_explained_in_one_line(bundle: Path, description: bytes, reason: str) -> None:
    (bundle / "bundle.json").write_bytes(description)
    with pytest.raises(BundleError, match=f"bundle.json is not a valid bundle description: .*{reason}") as raised:
        read_spec(bundle)
    message = str(raised.value)
    assert "\n" not in message
    assert "pydantic" not in message
