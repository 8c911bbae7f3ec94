from pathlib import Path

import pytest

import lambda_fn
from lambda_fn.settings import OTHER_VARIABLES, Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VALENCE_{name.upper()}", raising=False)


def test_the_models_are_beside_the_package_unless_told_otherwise() -> None:
    assert read_settings().models == Path(lambda_fn.__file__).parent.parent / "models"


def test_a_relative_models_folder_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALENCE_MODELS", "mine")
    assert read_settings().models == tmp_path.resolve() / "mine"


def test_the_environment_sets_and_an_override_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_PORT", "9000")
    assert read_settings().port == 9000
    assert read_settings(port=None).port == 9000
    assert read_settings(port="9001").port == 9001


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_THREADS", "")
    assert read_settings().threads == 1


def test_log_levels_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_LOG_LEVEL", "warning")
    assert read_settings().log_level == "WARNING"


def test_every_wrong_value_is_named_with_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_PORT", "eighty")
    monkeypatch.setenv("VALENCE_THREADS", "0")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    message = str(raised.value)
    assert "VALENCE_PORT can't be 'eighty'" in message
    assert "VALENCE_THREADS can't be '0': Input should be greater than or equal to 1" in message


def test_several_values_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_MEDIA_BUCKETS", "ours, theirs,")
    monkeypatch.setenv("VALENCE_MEDIA_PORTS", "443,8443")
    settings = read_settings()
    assert settings.media_buckets == {"ours", "theirs"}
    assert settings.media_ports == {443, 8443}
    monkeypatch.setenv("VALENCE_MEDIA_PORTS", "443,https")
    with pytest.raises(SettingsError, match="VALENCE_MEDIA_PORTS can't be 'https'"):
        read_settings()


def test_pictures_come_from_nowhere_near_unless_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().allow_loopback_media is False
    assert read_settings().media_buckets == frozenset()
    monkeypatch.setenv("VALENCE_ALLOW_LOOPBACK_MEDIA", "true")
    assert read_settings().allow_loopback_media is True


@pytest.mark.parametrize("value", ["inf", "nan", "-inf", "1e308", "0", "-1"])
@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith("_seconds")])
def test_time_limits_are_finite(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"VALENCE_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"VALENCE_{name.upper()} can't be '{value}'"):
        read_settings()


def test_a_misspelt_variable_is_told_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_MAX_BODY_BYTE", "5")
    monkeypatch.setenv("VALENCE_LEAST_DRIFT_PREDICTIONS", "5")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert sorted(str(raised.value).splitlines()) == [
        "There is no setting VALENCE_LEAST_DRIFT_PREDICTIONS. Did you mean VALENCE_MIN_DRIFT_PREDICTIONS?",
        "There is no setting VALENCE_MAX_BODY_BYTE. Did you mean VALENCE_MAX_BODY_BYTES?",
    ]


def test_variables_of_training_are_none_of_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OTHER_VARIABLES:
        monkeypatch.setenv(f"VALENCE_{name}", "x")
    read_settings()
