"""The seven emotions, what other data sets call them, and the sentiment that goes with each."""

EMOTIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
"""Ekman's six and none of them, as in MELD."""
SENTIMENTS = ("negative", "neutral", "positive")
LABELS = {"emotion": EMOTIONS, "sentiment": SENTIMENTS}
SENTIMENT_OF = {
    "anger": "negative",
    "disgust": "negative",
    "fear": "negative",
    "joy": "positive",
    "neutral": "neutral",
    "sadness": "negative",
}
"""Surprise is not in it: it may be pleasant or not."""
OTHER_NAMES = {
    "angry": "anger",
    "calm": "neutral",
    "fearful": "fear",
    "happiness": "joy",
    "happy": "joy",
    "sad": "sadness",
    "surprised": "surprise",
}


def emotion_named(name: str) -> str | None:
    """Return the emotion that a data set calls `name`; None for what is none of the seven, such as boredom."""
    emotion = OTHER_NAMES.get(name, name)
    return emotion if emotion in EMOTIONS else None


def emotion_labels(emotion: str) -> dict[str, str]:
    """Return the labels of an item with this emotion: `emotion`, and `sentiment` where one goes with it."""
    sentiment = SENTIMENT_OF.get(emotion)
    return {"emotion": emotion} | ({"sentiment": sentiment} if sentiment else {})
