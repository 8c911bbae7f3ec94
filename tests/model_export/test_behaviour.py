from pathlib import Path

import pytest

from model_bundle.folder import read_spec
from model_export.behaviour import BehaviourCheck
from model_export.card import model_card
from model_export.errors import ExportError
from model_export.gate import Comparison
from tests.tiny_bundle import write_tiny_bundle
from training.behaviour.gate import Margins


def test_the_card_carries_failure_rates(tiny_bundle: Path, tmp_path: Path) -> None:
    check = BehaviourCheck(tmp_path / "models/reviews", Margins())
    spec, line = check.measure(tiny_bundle, read_spec(tiny_bundle))
    assert spec.measurements[0] == read_spec(tiny_bundle).measurements[0]
    rates = {figure.name: figure.value for figure in spec.measurements[1].figures}
    assert rates["failure rate, case"] < rates["failure rate, mean of the capabilities"]
    assert 0 < rates["failure rate, mean of the capabilities"] < 1
    assert spec.measurements[1].command == "python -m training behave reviews"
    recipe = spec.provenance.model_copy(update={"recipe": {"card": {}}})
    card = model_card(spec.model_copy(update={"provenance": recipe}), Comparison(1.0, 0.0))
    assert "**behaviour suite, seed 0**" in card
    assert f"| sentiment | failure rate, negation, near | text | {rates['failure rate, negation, near']:.4f} |" in card
    assert line == f"behaviour suite: {rates['failure rate, mean of the capabilities']:.1%} fail"


def test_a_bundle_as_good_as_the_old_one_passes(tiny_bundle: Path) -> None:
    _, line = BehaviourCheck(tiny_bundle, Margins(0.0, 0.0)).measure(tiny_bundle, read_spec(tiny_bundle))
    assert line.endswith("of the bundle that it replaces)")


def test_a_worse_bundle_is_refused(tiny_bundle: Path) -> None:
    check = BehaviourCheck(tiny_bundle, Margins(overall=-0.01))
    with pytest.raises(ExportError, match=r"worse than .*, which stays: all capabilities: .* Raise --margin"):
        check.measure(tiny_bundle, read_spec(tiny_bundle))


def test_a_bundle_without_text_is_left_out(tmp_path: Path) -> None:
    folder = write_tiny_bundle(tmp_path, "posts", ("image",))
    spec, line = BehaviourCheck(folder, Margins()).measure(folder, read_spec(folder))
    assert spec == read_spec(folder)
    assert line.startswith("behaviour suite: left out. 'posts' reads no text")


def test_a_damaged_old_bundle_is_no_measure(tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text("{", encoding="utf-8")
    _, line = BehaviourCheck(tmp_path, Margins()).measure(tiny_bundle, read_spec(tiny_bundle))
    assert line.endswith("fail")
