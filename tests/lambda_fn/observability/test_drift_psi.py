import pytest

from lambda_fn.observability.drift import population_stability_index


@pytest.mark.parametrize(
    ("baseline", "actual", "expected"),
    [
        ((0.5, 0.5), (0.5, 0.5), 0.0),
        # (0.6 - 0.5) ln 1.2 + (0.4 - 0.5) ln 0.8 = 0.1 * 0.182322 + 0.1 * 0.223144
        ((0.5, 0.5), (0.6, 0.4), 0.0405465),
        # 0.25 ln 1.5 + -0.25 ln 0.5 = 0.101366 + 0.173287
        ((0.5, 0.5), (0.75, 0.25), 0.2746531),
        # 0.1 ln 1.5 + 0 + -0.1 ln (2/3)
        ((0.2, 0.5, 0.3), (0.3, 0.5, 0.2), 0.0810930),
        # (1 - 0.5) ln 2 + (0.0001 - 0.5) ln 0.0002
        ((0.5, 0.5), (1.0, 0.0), 4.6043186),
    ],
)
def test_it_is_what_a_hand_computes(baseline: tuple[float, ...], actual: tuple[float, ...], expected: float) -> None:
    before, now = dict(zip("abc", baseline, strict=False)), dict(zip("abc", actual, strict=False))
    assert population_stability_index(before, now) == pytest.approx(expected, abs=1e-6)
    assert population_stability_index(now, before) == pytest.approx(expected, abs=1e-6)


def test_a_label_that_only_one_side_has_counts() -> None:
    assert population_stability_index({"a": 1.0}, {"a": 0.5, "b": 0.5}) > 1
