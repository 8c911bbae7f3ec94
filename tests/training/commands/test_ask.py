from base64 import b64decode
from pathlib import Path

import pytest

from model_bundle import Item
from tests.tiny_bundle import POST, write_tiny_bundle
from training.__main__ import main
from training.commands.ask import requests_about
from training.datasets import Example, load_dataset

ASK = ("--dataset", "synthetic", "--data-root", "none")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_bundle(folder, "posts", POST)
    return folder


def test_a_post_is_asked_about_whole_and_by_its_text() -> None:
    post = Example("1", Item(text="a day", image=b"\xff\xd8"), {"sentiment": "positive"}, group="1")
    whole, text = requests_about(post, "demo")
    assert b64decode(whole.pop("image_base64")) == b"\xff\xd8"
    assert whole == {"model": "demo", "text": "a day", "explain": ["modalities"]}
    assert text == {"model": "demo", "text": "a day"}


@pytest.mark.slow
def test_the_service_is_asked_and_stopped(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "posts", "--models", str(models), *ASK]) == 0
    said = capsys.readouterr().out
    posts = load_dataset("synthetic", Path("none"), "test")
    post = next(example for example in posts if example.item.text and example.item.image)
    assert f"The post {post.identifier} of synthetic is labelled {post.labels['sentiment']}." in said
    assert said.count("POST /v1/predict") == said.count('"sentiment": {\n    "label": ') == 2
    assert said.count('"image": {\n      "present": true') == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("posts", "--models", "EMPTY"), "holds no bundle"),
        (("tweets", "--models", "MODELS"), "The service answered 404: "),
        (("posts", "--models", "MODELS", "--split", "dev"), "synthetic has no split 'dev'"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    arguments: tuple[str, ...], message: str, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"MODELS": str(models), "EMPTY": str(tmp_path)}
    assert main(["ask", *(places.get(argument, argument) for argument in arguments), *ASK]) == 2
    told = capsys.readouterr().err
    assert told.startswith("python -m training ask: ")
    assert message in told
    assert len(told.splitlines()) == 1
