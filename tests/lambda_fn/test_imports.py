import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny_bundle import CLIP, write_tiny_bundle

FORBIDDEN = ("torch", "transformers", "librosa", "scipy", "sklearn", "matplotlib", "onnx", "training", "model_export")

SCRIPT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {forbidden}:
            raise AssertionError(f"{{name}} was imported")

sys.meta_path.insert(0, Blocker())
import lambda_fn.application
import lambda_fn.__main__
import lambda_fn.handler
import model_bundle
assert {{"mangum", "onnxruntime", "starlette", "tokenizers", "uvicorn"}} <= sys.modules.keys()
response = lambda_fn.handler.handler({event}, None)
assert response["statusCode"] == 200, response
assert not {{"fastapi", "boto3", "botocore.session", "aws_xray_sdk", "httpcore2", "PIL"}} & sys.modules.keys()
"""

EVENT = {
    "resource": "/{proxy+}",
    "path": "/v1/predict",
    "httpMethod": "POST",
    "headers": {"Content-Type": "application/json"},
    "requestContext": {},
    "body": '{"text": "A great film!", "year": 1994}',
}


@pytest.mark.slow
def test_a_prediction_needs_nothing_that_only_training_or_the_description_needs(models_folder: Path) -> None:
    script = SCRIPT.format(forbidden=set(FORBIDDEN), event=EVENT)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"VALENCE_MODELS": str(models_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


CLIPS_SCRIPT = """
import sys
import lambda_fn.handler
response = lambda_fn.handler.handler({event}, None)
assert response["statusCode"] == 200, response
assert '"emotion"' in response["body"], response
late = {{"av", "PIL", "model_bundle.decoding.clip", "model_bundle.decoding.clip_decoder"}}
assert not late & sys.modules.keys(), late & sys.modules.keys()
"""


def test_a_text_for_a_model_of_clips_needs_nothing_that_only_clips_need(tmp_path: Path) -> None:
    write_tiny_bundle(tmp_path, "clips", CLIP)
    event = EVENT | {"body": '{"text": "A great film!", "context": [{"text": "Well?"}]}'}
    done = subprocess.run(
        [sys.executable, "-c", CLIPS_SCRIPT.format(event=event)],
        env={"VALENCE_MODELS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
