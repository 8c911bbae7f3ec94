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
        ("stage", "v1/x"),
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
    assert "valence:memroy is not a setting" in str(failure.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        DeploymentSettings().memory_mb = 512  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for name, field in DeploymentSettings.model_fields.items():
        assert field.description, name
        assert f"`{name}`" in guide, name
