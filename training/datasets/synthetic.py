"""Posts made on the fly, to try a recipe for text and images without a download.

The sentiment is drawn first. Then text and image, each for itself, speak of it (CLEAR_SHARE) or of nothing; a few
(WRONG_SHARE of those that speak) speak of any sentiment, and a few posts lack one of the two. So who reads one modality
must guess where it is silent, and who reads both guesses less than half as often.
"""

import io
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.source import Source

SIZES = {"train": 600, "test": 200}
SPLITS = (*SIZES, "all")
LABELS = ("negative", "neutral", "positive")
CLEAR_SHARE = 0.6
WRONG_SHARE = 0.05
ABSENT_SHARE = 0.1
"""Of posts without text, and as many without an image."""
SIDE = 96
"""Pixels."""
SEED = 2016
WORDS = {
    "negative": ("awful", "terrible", "sad", "horrible", "angry", "disappointing", "ruined", "hate"),
    "neutral": ("ordinary", "average", "usual", "standard", "scheduled", "routine", "regular", "normal"),
    "positive": ("wonderful", "lovely", "happy", "great", "beautiful", "delicious", "thrilled", "love"),
}
SILENT_WORDS = ("recent", "second", "local", "whole", "early", "little", "new", "long")
TEMPLATES = (
    "what a {} day in the {}, more of it {}",
    "a {} {} again {} http://t.co/x",
    "RT @friend: {} {} pictures, seen {}",
    "the {} {} we had {} #photo",
    "our {} trip to the {} {}",
)
PLACES = ("park", "city", "office", "station", "garden", "museum", "kitchen", "harbour")
TIMES = ("today", "yesterday", "this morning", "last week", "on monday", "tonight")
COLOURS = {"negative": (40, 45, 110), "neutral": (128, 128, 122), "positive": (245, 190, 60)}


def sources(_root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return nothing: no file is read."""
    return []


def read(_sources: list[Source], split: str) -> list[Example]:
    """Make the posts of a split, the same every time."""
    parts = tuple(SIZES) if split == "all" else (split,)
    return [example for part in parts for example in _make_part(part)]


def _make_part(part: str) -> list[Example]:
    generator = np.random.default_rng([SEED, *part.encode()])
    return [_make_example(generator, f"{part}/{number:03}") for number in range(SIZES[part])]


def _make_example(generator: np.random.Generator, identifier: str) -> Example:
    label = _one_of(generator, LABELS)
    text = _make_text(generator, _told(generator, label))
    image = _make_picture(generator, _told(generator, label))
    absent = generator.choice(["text", "image", ""], p=[ABSENT_SHARE, ABSENT_SHARE, 1 - 2 * ABSENT_SHARE])
    item = Item(text=text, image=image)
    return Example(identifier, item.without(absent) if absent else item, {"sentiment": label}, group=identifier)


def _told(generator: np.random.Generator, label: str) -> str | None:
    """Return what one modality says of a post: most often its label or nothing."""
    if generator.random() >= CLEAR_SHARE:
        return None
    return _one_of(generator, LABELS) if generator.random() < WRONG_SHARE else label


def _make_text(generator: np.random.Generator, told: str | None) -> str:
    word = _one_of(generator, WORDS[told] if told else SILENT_WORDS)
    return _one_of(generator, TEMPLATES).format(word, _one_of(generator, PLACES), _one_of(generator, TIMES))


def _make_picture(generator: np.random.Generator, told: str | None) -> bytes:
    """Draw a shape in the colour of a sentiment, or none, on a background of any colour; under noise."""
    picture = Image.new("RGB", (SIDE, SIDE), tuple(int(value) for value in generator.integers(60, 200, 3)))
    if told:
        _draw_shape(ImageDraw.Draw(picture), generator, told)
    pixels = np.asarray(picture, np.float64) + generator.normal(0, 20, (SIDE, SIDE, 3))
    return _jpeg(np.clip(pixels, 0, 255).astype(np.uint8))


def _draw_shape(draw: ImageDraw.ImageDraw, generator: np.random.Generator, told: str) -> None:
    """Draw a disc for positive, a square for neutral, a triangle for negative, somewhere, of some size."""
    radius = int(generator.integers(20, 36))
    x, y = (int(value) for value in generator.integers(radius, SIDE - radius, 2))
    box = (x - radius, y - radius, x + radius, y + radius)
    if told == "positive":
        draw.ellipse(box, fill=COLOURS[told])
    elif told == "neutral":
        draw.rectangle(box, fill=COLOURS[told])
    else:
        draw.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], fill=COLOURS[told])


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG", quality=90)
    return content.getvalue()


def _one_of(generator: np.random.Generator, choices: Collection[str]) -> str:
    return list(choices)[generator.integers(len(choices))]
