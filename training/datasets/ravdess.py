"""RAVDESS (Livingstone and Russo 2018): two sentences, spoken by 24 actors in eight emotions; its speech, as sound."""

import re

from training.datasets.emotions import emotion_named
from training.datasets.recordings import ENDINGS, Recordings

CODES = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
"""Emotions, numbered from 01."""
# Modality 03 is sound alone, vocal channel 01 is speech; the public files of songs and clips are named alike.
_NAME = re.compile(rf"(?:.*/)?(?P<id>Actor_(?P<speaker>\d\d)/03-01-(?P<emotion>\d\d)(?:-\d\d){{4}}){ENDINGS}")

RAVDESS = Recordings(
    name="ravdess",
    folders=(
        "ravdess",
        "ravdess.zip",
        "ravdess_speech",
        "ravdess_speech.zip",
        "Audio_Speech_Actors_01-24",
        "Audio_Speech_Actors_01-24.zip",
    ),
    patterns=dict.fromkeys(("train", "all"), _NAME),
    emotions={f"{number:02}": emotion_named(name) for number, name in enumerate(CODES, 1)},
    remedy="It is at https://zenodo.org/records/1188976; place Audio_Speech_Actors_01-24.zip, or ravdess_speech.zip "
    "with ravdess/Actor_NN/03-01-EE-II-SS-RR-AA.wav (FLAC and Opus will do), there.",
)
