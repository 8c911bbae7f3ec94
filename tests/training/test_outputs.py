from pathlib import Path

import pytest

from training.__main__ import main
from training.errors import OutputError
from training.outputs import check_file, check_folder, check_run


def test_an_earlier_run_is_not_lost_by_mistake(tmp_path: Path) -> None:
    check_run(tmp_path / "run", resume=False, overwrite=False)
    (tmp_path / "run" / "last.pt").touch()
    with pytest.raises(OutputError, match=r"holds a run already\. Continue it with --resume, replace it"):
        check_run(tmp_path / "run", resume=False, overwrite=False)
    check_run(tmp_path / "run", resume=True, overwrite=False)
    check_run(tmp_path / "run", resume=False, overwrite=True)


def test_a_stage_of_an_earlier_run_counts_too(tmp_path: Path) -> None:
    (tmp_path / "stages" / "teacher").mkdir(parents=True)
    (tmp_path / "stages" / "teacher" / "last.pt").touch()
    with pytest.raises(OutputError, match="holds a run already"):
        check_run(tmp_path, resume=False, overwrite=False)


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no checkpoint to resume from\. Leave --resume out"):
        check_run(tmp_path, resume=True, overwrite=False)


def test_a_place_under_a_file_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for check in (check_folder, check_file):
        with pytest.raises(OutputError, match=r"Can't create the folder .* Choose another place"):
            check(tmp_path / "file" / "deeper" / "x.json")
    with pytest.raises(OutputError, match=r"is a folder\. Name a file in it"):
        check_file(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["evaluate", "--bundle", "models/reviews", "--dataset", "imdb", "--json", "FILE/x.json"],
        ["behave", "models/reviews", "--json", "FILE/x.json"],
        ["cross-validate", "reviews", "--json", "FILE/x.json"],
        ["train", "reviews", "--output", "FILE/run"],
    ],
    ids=lambda command: command[0],
)
def test_commands_say_so_in_one_line(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main([argument.replace("FILE", str(tmp_path / "file")) for argument in command]) == 2
    assert "Can't create the folder" in capsys.readouterr().err
