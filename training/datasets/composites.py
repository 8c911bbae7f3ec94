"""Clips that never were: a face, a voice and an utterance of one emotion, put together; and MOSI's, which are real.

They are made of what the recipes `clips_text`, `clips_voice` and `clips_face` held out, as an encoder is surer of what
it learned from than of anything else. Nothing of one part is in another part's clips, so a part is a group.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.datasets.description import DatasetDescription
from training.datasets.emotions import EMOTIONS, LABELS
from training.datasets.example import Example
from training.datasets.source import Source
from training.datasets.splits import hold_out

HELD_OUT = 0.1
SEED = 5
"""Of the recipes of the encoders: with these, they hold out just what is put together here."""
PARTS = 10
CLIPS = 600
"""Of each emotion, in all parts together."""
REPEATED = 6
"""How often each of MOSI's clips is in it, as real ones are few."""

ByEmotion = Mapping[str, Sequence[Example]]


def composites(texts: Sequence[Example], voices: Sequence[Example], faces: Sequence[Example]) -> list[Example]:
    """Return CLIPS clips of each emotion that all three have; each face, voice and text comes up equally often."""
    clips = []
    for part in range(PARTS):
        columns = [_by_emotion(examples, part) for examples in (texts, voices, faces)]
        for emotion in EMOTIONS:
            pools = [column.get(emotion, ()) for column in columns]
            if all(pools):
                clips += _put_together(part, emotion, pools)
    return clips


def _by_emotion(examples: Sequence[Example], part: int) -> ByEmotion:
    found = defaultdict(list)
    for example in examples:
        if "emotion" in example.labels and _part_of(example) == part:
            found[example.labels["emotion"]].append(example)
    return found


def _part_of(example: Example) -> int:
    """Return the part that an example is in: by group, but for voices, of whose speakers there are too few."""
    name = example.group if example.item.audio is None else example.identifier
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % PARTS


def _put_together(part: int, emotion: str, pools: Sequence[Sequence[Example]]) -> list[Example]:
    generator = np.random.default_rng([SEED, part, EMOTIONS.index(emotion)])
    count = CLIPS // PARTS
    rows = zip(*(np.resize(generator.permutation(len(pool)), count).tolist() for pool in pools), strict=True)
    chosen = ([pool[row] for pool, row in zip(pools, of, strict=True)] for of in rows)
    return [_clip(f"composite/{part}/{emotion}/{at}", part, *clip) for at, clip in enumerate(chosen)]


def _clip(identifier: str, part: int, text: Example, voice: Example, face: Example) -> Example:
    item = replace(text.item, audio=voice.item.audio, image=face.item.image)
    return Example(identifier, item, _emotion(text), group=f"composite/{part}")


def _emotion(example: Example) -> dict[str, str]:
    """Return the emotion alone: what a face or voice of an emotion says of an opinion, only real clips can tell."""
    return {head: label for head, label in example.labels.items() if head == "emotion"}


def clips(
    texts: DatasetDescription, voices: DatasetDescription, faces: DatasetDescription, mosi: DatasetDescription
) -> DatasetDescription:
    """Return the data set of composites of the first three, of single texts, voices and faces, and of MOSI's clips."""
    made_of = ((texts, "text"), (voices, "audio"), (faces, "video"))
    parts = [of for of, _ in made_of]

    def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
        own = [source for of, modality in made_of for source in of.sources(root, (modality,))]
        return [*own, *mosi.sources(root, ("text", "audio", "video"))]

    def read(sources: list[Source], split: str) -> list[Example]:
        root = sources[0].path.parent
        held_out = [_held_out(of, root, modality, split) for of, modality in made_of]
        natural = mosi.read(mosi.sources(root, ("text", "audio", "video")), split)
        return [*composites(*held_out), *_single(held_out), *natural * REPEATED]

    return DatasetDescription(
        name="clips",
        splits=("train",),
        labels=LABELS,
        sources=sources,
        read=read,
        licence=" ".join(of.licence for of in (*parts, mosi)),
        citation=" ".join(of.citation for of in (*parts, mosi)),
        is_cached=False,
    )


def _held_out(of: DatasetDescription, root: Path, modality: str, split: str) -> list[Example]:
    examples = of.read(of.sources(root, (modality,)), split)
    return hold_out(examples, HELD_OUT, SEED)[1]


def _single(held_out: Sequence[Sequence[Example]]) -> list[Example]:
    """Return each text, voice and face on its own, in the part of the composites that it is in."""
    return [replace(example, group=f"composite/{_part_of(example)}") for examples in held_out for example in examples]
