import pytest

from training.datasets.emotions import EMOTIONS, LABELS, emotion_labels, emotion_named


@pytest.mark.parametrize(
    ("name", "emotion"),
    [
        ("happy", "joy"),
        ("happiness", "joy"),
        ("angry", "anger"),
        ("calm", "neutral"),
        ("fear", "fear"),
        ("boredom", None),
    ],
)
def test_other_names_are_mapped(name: str, emotion: str | None) -> None:
    assert emotion_named(name) == emotion


def test_every_emotion_but_surprise_has_a_sentiment() -> None:
    for emotion in EMOTIONS:
        labels = emotion_labels(emotion)
        assert ("sentiment" in labels) == (emotion != "surprise")
        assert all(label in LABELS[head] for head, label in labels.items())
    assert emotion_labels("joy") == {"emotion": "joy", "sentiment": "positive"}
    assert emotion_labels("disgust")["sentiment"] == "negative"
