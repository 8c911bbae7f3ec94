import json
import os
import subprocess
import sys
from typing import Any

import pytest
from aws_cdk import App
from pydantic import ValidationError

from cdk.settings import ContextError, DeploymentSettings, read_settings
from tests.cdk.synthesis import ROOT


def read(**context: Any) -> DeploymentSettings:
    return read_settings(App(context={f"valence:{name}": value for name, value in context.items()}).node)


def test_without_context_the_defaults_hold() -> None:
    assert read() == DeploymentSettings()


def test_values_may_be_text_as_the_command_line_gives_them() -> None:
    settings = read(memory_mb="3008", waf="true", log_days="90", requests_per_second="0.5")
    assert (settings.memory_mb, settings.waf, settings.log_days) == (3008, True, 90)
    assert settings.requests_per_second == 0.5


def test_a_domain_may_be_json_or_text() -> None:
    domain = '{"host": "api.example.com", "certificate_arn": "arn:aws:acm:eu-central-1:1:certificate/2"}'
    found = read(custom_domain=domain).custom_domain
    assert found is not None
    assert found.host == "api.example.com"
    assert read(custom_domain=found.model_dump()).custom_domain == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_mb", 100),
        ("timeout_seconds", 30),
        ("log_days", 31),
        ("cors_origin", "*"),
        ("environment", "v1/x"),
        ("alarm_email", "nobody"),
        ("server_error_percent", 0),
        ("canary", "half"),
        ("custom_domain", {"host": "a.example.com", "certificate_arn": "arn:aws:acm:x", "zone_id": "Z1"}),
    ],
)
def test_a_wrong_value_is_named(name: str, value: Any) -> None:
    with pytest.raises(ContextError, match=f"^valence:{name}"):
        read(**{name: value})


def test_every_wrong_value_is_listed_at_once_and_so_is_a_name_that_is_unknown() -> None:
    with pytest.raises(ContextError) as failure:
        read(memory_mb=1, burst=0, memroy=512)
    lines = str(failure.value).splitlines()
    assert len(lines) == 3
    assert "valence:memroy is not a setting. Did you mean valence:memory_mb?" in str(failure.value)


@pytest.mark.parametrize("name", ["memory_mb", "valence.memory_mb", "Valence:memory_mb", "valence:memory-mb", "memory"])
def test_a_misspelt_name_is_refused_and_the_nearest_is_named(name: str) -> None:
    with pytest.raises(ContextError, match=r"^[\w.:-]+ is not a setting. Did you mean valence:memory_mb\?"):
        read_settings(App(context={name: 3008}).node)


def test_names_of_cdks_own_are_none_of_ours() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    others = {"aws:cdk:enable-path-metadata": True, "acknowledged-issue-numbers": [1], "cli-telemetry": False}
    lookups = {"availability-zones:account=111122223333:region=eu-central-1": ["eu-central-1a"]}
    assert read_settings(App(context=context | others | lookups).node) == DeploymentSettings()


def test_another_stage_would_replace_the_deployed_one_and_needs_a_flag() -> None:
    with pytest.raises(ContextError, match="set valence:environment=dev instead") as failure:
        read(stage="dev")
    assert len(str(failure.value).splitlines()) == 1
    assert read(stage="v2", allow_replacement="true").stage_name == "v2"
    assert read(environment="dev").stage_name == "dev"


def test_what_is_wrong_is_printed_without_a_traceback() -> None:
    environment = os.environ | {"CDK_CONTEXT_JSON": json.dumps({"valence:memory_mb": 1})}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("valence:memory_mb can't be 1: ")
    assert len(done.stderr.splitlines()) == 1


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        DeploymentSettings().memory_mb = 512  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for name, field in DeploymentSettings.model_fields.items():
        assert field.description, name
        assert f"`{name}`" in guide, name


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"provisioned_concurrency": 5, "reserved_concurrency": 4}, "is more than valence:reserved_concurrency=4"),
        ({"reserved_concurrency": 901}, "can reserve 900"),
        ({"reserved_concurrency": 5, "account_concurrency": 10}, "can reserve 0"),
        ({"waf": True, "waf_requests_per_5_minutes": 2999}, "own plan allows: 3000"),
        ({"memory_mb": 512}, "an image of 25 megapixels"),
        ({"base_image": "public.ecr.aws/lambda/python:3.12"}, "valence:base_image"),
    ],
)
def test_what_aws_would_refuse_while_deploying_is_refused_at_once(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContextError, match=reason) as failure:
        read(**settings)
    assert len(str(failure.value).splitlines()) == 1


def test_the_defaults_fit_together_with_the_firewall() -> None:
    assert read(waf="true", provisioned_concurrency=4, reserved_concurrency=4).waf is True
