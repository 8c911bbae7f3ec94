import json
import random
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lambda_fn.__main__ import main
from model_bundle import Item, Predictor
from tests.tiny_bundle import GENRES, NEGATIVE_WORDS, NEUTRAL_WORDS, POSITIVE_WORDS
from training.commands.live_service import live_service

CLIENTS = 8
REQUESTS_PER_CLIENT = 125
MALFORMED = (
    (b"{", 400),
    (b'{"text": "\xff"}', 400),
    (b'{"text": 3}', 422),
    (b"{}", 422),
    (b'{"text": "good", "model": "none"}', 404),
)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_main(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["lambda_fn", *arguments])
        return main(), capsys.readouterr().err

    return run_main


def test_a_wrong_setting_is_explained(run: Run) -> None:
    code, message = run("--port", "eighty", "--threads", "0")
    assert code == 2
    assert "VALENCE_PORT can't be 'eighty'" in message
    assert "VALENCE_THREADS can't be '0'" in message


def test_a_folder_without_bundles_is_explained(run: Run, tmp_path: Path) -> None:
    code, message = run("--models", str(tmp_path))
    assert (code, message) == (
        2,
        f"{tmp_path} holds no bundle. Make one with `python -m model_export`, or name another folder.\n",
    )


def test_a_port_that_is_taken_is_explained(run: Run, models_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, message = run("--port", port, "--models", str(models_folder))
    assert code == 2
    assert message.startswith(f"Can't listen on 127.0.0.1:{port}: ")


def test_the_help_names_the_options_and_their_defaults(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--help")
    shown = " ".join(capsys.readouterr().out.split())
    for option in ("--host", "--port", "--models", "--threads", "(default: 8000)", "VALENCE_PORT"):
        assert option in shown


@pytest.mark.slow
def test_many_clients_at_once_get_right_answers(models_folder: Path, predictor: Predictor, tmp_path: Path) -> None:
    with (
        live_service(models_folder, tmp_path / "log") as address,
        ThreadPoolExecutor(CLIENTS) as threads,
    ):
        for answered in threads.map(lambda seed: _client(address, predictor, seed), range(CLIENTS)):
            assert answered == REQUESTS_PER_CLIENT
    written = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    lines = [line for line in written if "_aws" not in line]
    assert len(lines) == CLIENTS * REQUESTS_PER_CLIENT
    assert len({line["request_id"] for line in lines}) == len(lines)


def _client(address: str, predictor: Predictor, seed: int) -> int:
    chance = random.Random(seed)
    with httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:
        for number in range(REQUESTS_PER_CLIENT):
            if number % 5 == 0:
                _send_malformed(client, chance)
            elif number % 5 == 1:
                _send_batch(client, predictor, [_random_item(chance) for _ in range(5)])
            else:
                _send_item(client, predictor, _random_item(chance))
    return REQUESTS_PER_CLIENT


def _random_item(chance: random.Random) -> dict[str, Any]:
    words = chance.choices((*POSITIVE_WORDS, *NEGATIVE_WORDS, *NEUTRAL_WORDS, "unheard"), k=chance.randint(1, 60))
    item = {"text": " ".join(words), "genre": chance.sample(GENRES, 2), "year": chance.randint(1900, 2020)}
    return {name: value for name, value in item.items() if name == "text" or chance.random() < 0.5}


def _send_malformed(client: httpx2.Client, chance: random.Random) -> None:
    body, status = chance.choice(MALFORMED)
    response = client.post("/v1/predict", content=body)
    assert (response.status_code, response.json()["status"]) == (status, status)


def _send_item(client: httpx2.Client, predictor: Predictor, item: dict[str, Any]) -> None:
    response = client.post("/v1/predict", json=item)
    assert response.status_code == 200
    _check(response.json(), predictor, item)


def _send_batch(client: httpx2.Client, predictor: Predictor, items: list[dict[str, Any]]) -> None:
    response = client.post("/v1/predict/batch", json={"items": items})
    assert response.status_code == 200
    for item, result in zip(items, response.json()["results"], strict=True):
        _check(result["prediction"], predictor, item)


def _check(answer: dict[str, Any], predictor: Predictor, item: dict[str, Any]) -> None:
    own = predictor.predict(Item(text=item["text"], genres=tuple(item.get("genre", ())), year=item.get("year")))
    assert answer["sentiment"]["scores"] == pytest.approx(dict(own.heads["sentiment"].scores), abs=1e-5)
    assert [warning["code"] for warning in answer["warnings"]] == [warning.code for warning in own.warnings]
