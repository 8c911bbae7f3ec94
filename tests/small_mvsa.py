"""A small MVSA-Single, in both of its layouts."""

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

WORDS = {
    "negative": ["awful", "sad", "terrible", "gloomy", "angry", "horrid"],
    "neutral": ["train", "report", "table", "monday", "update", "map"],
    "positive": ["lovely", "happy", "great", "sunny", "joy", "delight"],
}


@dataclass(frozen=True)
class SmallPost:
    """One post, to be written."""

    identifier: str
    label: str
    text: str
    image: bytes | None


def make_picture(seed: int, size: tuple[int, int] = (64, 48), format_name: str = "JPEG") -> bytes:
    """Return a file of random colours that run into each other."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return encode_picture(Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC), format_name)


def encode_picture(picture: Image.Image, format_name: str = "JPEG") -> bytes:
    """Return an image as a file."""
    content = io.BytesIO()
    picture.save(content, format_name)
    return content.getvalue()


def make_posts(count: int, seed: int = 0) -> list[SmallPost]:
    """Return posts with words of their label, and images that nothing can be told from."""
    generator = np.random.default_rng(seed)
    labels = [tuple(WORDS)[number % len(WORDS)] for number in range(count)]
    texts = [f"{' '.join(generator.permutation(WORDS[label])[:3])} {_nonsense(generator)}" for label in labels]
    return [
        SmallPost(str(100 + number), label, text, make_picture(seed + number))
        for number, (label, text) in enumerate(zip(labels, texts, strict=True))
    ]


def write_posts(root: Path, posts: Sequence[SmallPost]) -> Path:
    """Write `mvsa_single/labels.csv` and `mvsa_single/images/`, and return the folder."""
    folder = root / "mvsa_single"
    (folder / "images").mkdir(parents=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as table:
        rows = [(post.identifier, post.label, post.text) for post in posts]
        csv.writer(table).writerows([("id", "sentiment", "text"), *rows])
    for post in posts:
        if post.image is not None:
            (folder / f"images/{post.identifier}.jpg").write_bytes(post.image)
    return folder


def write_published(root: Path, posts: Sequence[SmallPost], labels: dict[str, str], encoding: str = "utf-8") -> Path:
    """Write the posts as published, with `text label,image label` by id, and return the folder."""
    folder = root / "MVSA_Single"
    (folder / "data").mkdir(parents=True)
    lines = [f"{post.identifier}\t{labels[post.identifier]}" for post in posts]
    (folder / "labelResultAll.txt").write_text("\n".join(["ID\ttext,image", *lines, ""]), encoding="utf-8")
    for post in posts:
        (folder / f"data/{post.identifier}.txt").write_bytes(f"{post.text}\r\n".encode(encoding))
        (folder / f"data/{post.identifier}.jpg").write_bytes(post.image or b"")
    return folder


def pack(folder: Path) -> Path:
    """Put a folder into the zip of its name, and remove it."""
    shutil.make_archive(str(folder), "zip", folder.parent, folder.name)
    shutil.rmtree(folder)
    return folder.with_suffix(".zip")


def _nonsense(generator: np.random.Generator) -> str:
    letters = generator.choice(list("abcdefghijklmnoprstuvw"), 24)
    return "".join(letters[:12]) + " " + "".join(letters[12:])
