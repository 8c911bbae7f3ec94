import pytest
from pydantic import ValidationError

from model_bundle.spec import HeadSpec


def test_a_head_may_have_a_baseline_or_none() -> None:
    assert HeadSpec(name="sentiment", labels=("a", "b")).baseline_shares is None
    assert HeadSpec(name="sentiment", labels=("a", "b"), baseline_shares={"a": 0.4, "b": 0.6}).baseline_shares


@pytest.mark.parametrize("shares", [{"a": 1.0}, {"a": 0.5, "b": 0.4, "c": 0.1}, {"a": -0.1, "b": 1.1}])
def test_a_baseline_that_does_not_fit_the_labels_is_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        HeadSpec(name="sentiment", labels=("a", "b"), baseline_shares=shares)
