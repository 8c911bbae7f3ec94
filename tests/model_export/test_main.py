import json
from pathlib import Path

import pytest

from model_bundle import Predictor
from model_export.__main__ import main
from tests.small_imdb import write_small_imdb
from training.__main__ import main as train_main


def test_the_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main(["--help"])
    assert exit_status.value.code == 0
    assert "python -m model_export runs/reviews/best.pt models/reviews" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.pt", "reviews"], "There is no checkpoint none.pt"),
        ([".", "reviews"], "is damaged or no checkpoint"),
        (["none.pt", "reviews", "--figures", "none.json"], "none.json was not written by"),
    ],
)
def test_a_users_error_is_one_line_and_status_2(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("python -m model_export: ")
    assert message in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_from_training_to_the_figures_of_a_bundle(
    finished_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, figures = tmp_path / "models/reviews", tmp_path / "test.json"
    assert main([str(finished_run / "best.pt"), str(bundle)]) == 0
    root = write_small_imdb(tmp_path / "root", parts=["test"])
    evaluate = ["evaluate", "--bundle", str(bundle), "--dataset", "imdb", "--data-root", str(root)]
    assert train_main([*evaluate, "--json", str(figures), "--report", str(tmp_path / "report")]) == 0
    accuracy = json.loads(figures.read_text(encoding="utf-8"))["heads"]["sentiment"]["accuracy"]
    assert accuracy > 0.8
    assert (tmp_path / "report/sentiment.png").exists()
    assert main([str(finished_run / "best.pt"), str(bundle), "--float32", "--figures", str(figures)]) == 0
    assert f"| sentiment | accuracy | text, metadata | {accuracy:.4f} |" in (bundle / "README.md").read_text(
        encoding="utf-8"
    )
    measurement, clarity, behaviour = Predictor.open(bundle).spec.measurements
    assert measurement.figures[0].value == accuracy
    assert clarity.split.startswith("validation")
    assert behaviour.dataset == "behaviour suite"
    assert "int8" not in capsys.readouterr().out.splitlines()[-1]
