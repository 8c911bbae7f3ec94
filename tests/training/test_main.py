from pathlib import Path

import pytest

from tests.training.tiny import tiny_arguments
from training.__main__ import COMMANDS, main
from training.fitting.interruption import TrainingInterruptedError


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main([command, "--help"])
    assert exit_status.value.code == 0
    page = capsys.readouterr().out
    assert f"usage: python -m training {command}" in page
    assert f"python -m training {command} " in page.partition("options:")[0]


def test_the_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main(["--help"])
    assert exit_status.value.code == 0
    page = capsys.readouterr().out
    assert all(f"    {command}" in page for command in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["fly"], ["train"], ["evaluate", "--bundle", "x", "--dataset", "yelp"]])
def test_a_command_that_is_not_understood_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main(arguments)
    assert exit_status.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m training")


ERRORS = {
    "no data": (["train", "reviews", "--data-root", "EMPTY"], "no aclImdb and no aclImdb_v1.tar.gz"),
    "no recipe": (["train", "tweets", "--data-root", "DATA"], "There is no recipe tweets"),
    "wrong key": (["train", "reviews", "--set", "epochs=1"], "the recipe has no epochs"),
    "wrong value": (["train", "reviews", "--set", "seed=x"], "seed=x does not fit the recipe: seed: Input should be"),
    "unknown head": (
        ["train", "reviews", "--data-root", "DATA", *tiny_arguments("heads=[emotion]")],
        "imdb has no labels for 'emotion'; it has sentiment",
    ),
    "unknown data set": (
        ["train", "reviews", "--data-root", "DATA", *tiny_arguments("data.dataset=yelp")],
        "There is no data set 'yelp'",
    ),
    "no bundle": (["evaluate", "--bundle", "EMPTY", "--dataset", "imdb"], "is no bundle"),
    "one fold": (
        ["cross-validate", "reviews", "--data-root", "DATA", "--folds", "1", *tiny_arguments()],
        "1 folds can't be made",
    ),
    "too many folds": (
        ["ablate", "reviews", "--data-root", "DATA", "--folds", "99", *tiny_arguments()],
        "99 folds can't be made",
    ),
    "a variation of nothing": (["ablate", "reviews", "--vary", "x.y=1"], "the recipe has no x.y"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_users_error_is_one_line_and_status_2(
    case: str, data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, message = ERRORS[case]
    monkeypatch.chdir(tmp_path)
    places = {"DATA": str(data_root), "EMPTY": str(tmp_path)}
    assert main([places.get(argument, argument) for argument in arguments]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("python -m training")]
    assert len(told) == 1
    assert told[0].startswith(f"python -m training {arguments[0]}: ")
    assert message in told[0]


def test_an_interrupted_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(arguments: object) -> None:
        raise TrainingInterruptedError("Stopped; `--resume` goes on.")

    monkeypatch.setattr(COMMANDS["train"], "run", interrupted)
    assert main(["train", "reviews"]) == 130
    assert capsys.readouterr().err == "Stopped; `--resume` goes on.\n"
