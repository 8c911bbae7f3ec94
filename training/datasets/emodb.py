"""EMO-DB (Burkhardt et al. 2005, "A Database of German Emotional Speech"): ten sentences, ten speakers."""

import re

from training.datasets.recordings import ENDINGS, Recordings

_NAME = rf"(?P<id>(?P<speaker>\d\d)[ab]\d\d(?P<emotion>[A-Z])[a-z]){ENDINGS}"
_WHOLE = re.compile(rf"(?:.*/)?(?:EMO-DB|emodb|wav)/{_NAME}")
_CUT = re.compile(rf"(?:.*/)?cut2s/{_NAME}")

EMODB = Recordings(
    name="emodb",
    folders=("EMO-DB", "EMO-DB.zip", "emodb", "emodb.zip", "voices", "voices.zip"),
    patterns={"train": _WHOLE, "all": _WHOLE, "cut": _CUT},
    emotions={
        "W": "anger",
        "L": None,  # boredom
        "E": "disgust",
        "A": "fear",
        "F": "joy",
        "T": "sadness",
        "N": "neutral",
    },
    remedy="It is at http://emodb.bilderbar.info/; place EMO-DB.zip with wav/03a01Fa.wav, or voices.zip with "
    "EMO-DB/03a01Fa.opus, there.",
)
