"""How many of our files a plain review's request enters: what someone has to read to follow one."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_FILES = 20
TRACED = """
import json, sys, threading
from pathlib import Path
from starlette.testclient import TestClient
from lambda_fn.application import create_application
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog

root, models = Path(sys.argv[1]), Path(sys.argv[2])
entered = set()


def note(frame, event, argument):
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_name != "<module>" and path.is_relative_to(root) and ".venv" not in path.parts:
        entered.add(str(path.relative_to(root)))


threading.setprofile(note)  # the application runs on threads of the client's
with TestClient(create_application(read_settings(models=models), Catalog(models))) as client:
    for _ in range(2):  # the second request opens no graph
        entered.clear()
        response = client.post("/v1/predict", json={"text": "good film", "genre": ["Drama"], "year": 1994})
    assert response.status_code == 200, response.text
    print(json.dumps(sorted(entered)), file=sys.stderr)
"""


def test_a_plain_review_enters_few_files(models_folder: Path) -> None:
    command = [sys.executable, "-c", TRACED, str(ROOT), str(models_folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    entered = json.loads(run.stderr.splitlines()[-1])
    assert "model_bundle/predictor.py" in entered
    assert len(entered) <= MAX_FILES, "\n".join(entered)
