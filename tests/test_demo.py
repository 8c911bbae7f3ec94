"""`make demo-train`, each of its commands, with a smaller model."""

import re
import shlex
from pathlib import Path

import pytest

import model_export.__main__
import training.__main__
from tests.training.tiny import tiny_posts_arguments

MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
PROGRAMS = {"training": training.__main__.main, "model_export": model_export.__main__.main}


def commands() -> list[list[str]]:
    rule = re.search(r"^demo-train:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert rule, "the Makefile has the target"
    return [shlex.split(line.removeprefix("\t$(RUN) ")) for line in rule[1].splitlines()]


@pytest.mark.slow
def test_every_step_of_the_demo_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for program, *arguments in commands():
        smaller = tiny_posts_arguments("demo") if arguments[0] == "train" else []
        assert PROGRAMS[program]([*arguments, *smaller]) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("n = ")] == [
        "n = 150, modalities: text, image",  # validation
        "n = 200, modalities: text, image",
        "n = 200, modalities: text",
        "n = 200, modalities: image",
    ]
    assert said.count('"model": "demo"') == 4  # two requests and their answers
