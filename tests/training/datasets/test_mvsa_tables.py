import pytest

from training.datasets.mvsa_tables import combined_label


@pytest.mark.parametrize(
    ("text", "image", "expected"),
    [
        ("negative", "negative", "negative"),
        ("neutral", "neutral", "neutral"),
        ("neutral", "positive", "positive"),
        ("negative", "neutral", "negative"),
        ("positive", "negative", None),
        ("negative", "positive", None),
    ],
)
def test_two_labels_become_one_unless_they_contradict(text: str, image: str, expected: str | None) -> None:
    assert combined_label(text, image) == expected
