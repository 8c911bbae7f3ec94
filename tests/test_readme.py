"""What the README shows is what happens."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.http.problems import KINDS
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODELS = ROOT / "models"


def shown_request() -> dict[str, Any]:
    match = re.search(r"curl .*?-d '(\{.*?\})'", README, re.DOTALL)
    assert match, "the README shows a request"
    body: dict[str, Any] = json.loads(match[1])
    return body


def shown_answer() -> dict[str, Any]:
    match = re.search(r"```json\n(\{.*?\n\})\n```", README, re.DOTALL)
    assert match, "the README shows an answer"
    answer: dict[str, Any] = json.loads(match[1])
    return answer


def test_the_request_that_is_shown_gets_the_answer_that_is_shown() -> None:
    application = create_application(Settings(models=MODELS), Catalog(MODELS))
    answer = TestClient(application).post("/v1/predict", json=shown_request()).json()
    shown = shown_answer()
    assert answer.keys() == shown.keys()
    varying = {"timing_ms", "request_id", "sentiment", "heads"}
    assert {name: answer[name] for name in answer.keys() - varying} == {
        name: shown[name] for name in shown.keys() - varying
    }
    assert answer["sentiment"]["label"] == shown["sentiment"]["label"]
    assert answer["sentiment"]["scores"] == pytest.approx(shown["sentiment"]["scores"], abs=1e-4)
    assert answer["heads"] == {"sentiment": answer["sentiment"]}
    assert shown["heads"] == {"sentiment": shown["sentiment"]}


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_file_that_the_architecture_names_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|html|txt))`", (ROOT / "docs/architecture.md").read_text()))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_problem_is_in_the_apis_table() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+) \|$", page, re.MULTILINE)
    assert {code: (int(status), title) for code, status, title in rows} == KINDS


def test_the_limits_that_the_api_shows_are_the_settings() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`VALENCE_([A-Z_]+)[`=]", page)) <= {name.upper() for name in Settings.model_fields}
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]*`VALENCE_[^|]*) \|$", page, re.MULTILINE)
    assert len(rows) > 10
    for shown, names in rows:
        for value, name in zip(shown.split(", "), re.findall(r"`VALENCE_([A-Z_]+)`", names), strict=False):
            assert (name, _parsed(value)) == (name, _default(name.lower()))


def _parsed(shown: str) -> float | None:
    """Read a value as the page writes it, such as `5 MB`; None if it is words."""
    match = re.fullmatch(r"([\d,.]+)(?: (KB|MB|s))?", shown)
    if match is None:
        return None
    return float(match[1].replace(",", "")) * {"KB": 1024, "MB": 1024**2}.get(match[2], 1)


def _default(name: str) -> float | None:
    field = Settings.model_fields[name]
    return None if field.default_factory is not None or field.default is None else float(field.default)
