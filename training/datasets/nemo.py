"""NEMO (Christop 2024, "nEMO: Dataset of Emotional Speech in Polish"): ninety sentences, nine speakers."""

import re

from training.datasets.emotions import emotion_named
from training.datasets.recordings import ENDINGS, Recordings

CODES = ("anger", "fear", "happiness", "neutral", "sadness", "surprised", "surprise")
_NAME = re.compile(rf"(?:.*/)?(?:nEMO|nemo|samples)/(?P<id>(?P<speaker>[A-Z]{{2}}\d)_(?P<emotion>[a-z]+)_\d+){ENDINGS}")

NEMO = Recordings(
    name="nemo",
    folders=("nEMO", "nEMO.zip", "nemo", "nemo.zip", "voices", "voices.zip"),
    patterns=dict.fromkeys(("train", "all"), _NAME),
    emotions={name: emotion_named(name) for name in CODES},
    remedy="It is at https://huggingface.co/datasets/amu-cai/nEMO; place nEMO.zip with samples/SP0_anger_1.wav, or "
    "voices.zip with nEMO/SP0_anger_1.opus, there.",
)
