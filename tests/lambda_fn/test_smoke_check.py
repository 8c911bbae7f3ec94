"""The smoke check, with the real handler in the place of the new version."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lambda_fn import smoke_check
from lambda_fn.http.gateway import create_handler
from model_bundle import Predictor

HOOK = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "h-1"}


class Aws:
    """Both of boto3's clients that the check uses."""

    def __init__(self) -> None:
        self.handler = create_handler()
        self.called: list[str] = []
        self.told: list[dict[str, str]] = []

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803  # boto3's names
        self.called.append(FunctionName)
        try:
            answer: Any = self.handler(json.loads(Payload), None)
        except RuntimeError as error:
            crash = json.dumps({"errorType": type(error).__name__}).encode()
            return {"FunctionError": "Unhandled", "Payload": BytesIO(crash)}
        return {"Payload": BytesIO(json.dumps(answer).encode())}

    def put_lifecycle_event_hook_execution_status(self, **said: str) -> None:
        self.told.append(said)


@pytest.fixture
def aws(both_models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("VALENCE_MODELS", str(both_models_folder))
    monkeypatch.setenv("NEW_VERSION", "arn:version:7")
    made = Aws()
    monkeypatch.setattr(smoke_check, "_clients", lambda: (made, made))
    return made


def test_a_sound_version_predicts_with_every_model(aws: Aws) -> None:
    assert smoke_check.handler(HOOK, None) == "Succeeded"
    assert aws.called == ["arn:version:7"] * 2
    assert aws.told == [
        {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "h-1", "status": "Succeeded"},
    ]


def test_a_version_that_fails_gets_no_traffic(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(Predictor, "predict_batch", broken)
    assert smoke_check.handler(HOOK, None) == "Failed"
    assert [said["status"] for said in aws.told] == ["Failed"]


def test_a_version_that_crashes_gets_no_traffic(aws: Aws) -> None:
    def crash(event: Any, context: Any) -> Any:
        raise RuntimeError

    aws.handler = crash
    assert smoke_check.handler(HOOK, None) == "Failed"
