"""Made-up conversations in MELD's layout, with a clip for each utterance."""

import csv
from pathlib import Path
from typing import Final

from tests.drawn_clips import clip, drawn_face, shades, tone
from training.datasets.emotions import EMOTIONS, SENTIMENTS

COLUMNS: Final = ("Sr No.", "Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID")
DIALOGUES: Final = 8
UTTERANCES: Final = 3
"""Of each dialogue."""
WORDS: Final = ("well", "good", "bad", "look", "no", "yes", "there")


def write_small_meld(root: Path) -> None:
    """Write the training part: its table, and clips with sound, every third with a drawn face."""
    clips = root / "MELD" / "train_splits"
    clips.mkdir(parents=True)
    rows = []
    for number in range(DIALOGUES * UTTERANCES):
        dialogue, utterance = divmod(number, UTTERANCES)
        emotion, sentiment = EMOTIONS[number % len(EMOTIONS)], SENTIMENTS[number % len(SENTIMENTS)]
        text = " ".join((WORDS[number % len(WORDS)], WORDS[dialogue % len(WORDS)], "I say", str(number)))
        rows.append((number, text, "AB"[utterance % 2], emotion, sentiment, dialogue, utterance))
        pictures = [drawn_face()] * 2 if number % 3 == 0 else shades(4)
        name = f"dia{dialogue}_utt{utterance}.mp4"
        (clips / name).write_bytes(clip(pictures, tone(0.5 + number / 40, 200 + 40 * number)))
    with (root / "MELD/train_sent_emo.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerows([COLUMNS, *rows])
