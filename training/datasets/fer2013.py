"""FER2013 (Goodfellow et al. 2013, "Challenges in Representation Learning"): faces of 48 by 48 grey pixels.

Its labels of 2013 are wrong in a third of all cases. Where the votes of FER+ cover a split, its labels are theirs.
"""

import hashlib
import io
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from model_bundle import Item
from training.datasets.emotions import emotion_labels, emotion_named
from training.datasets.example import Example
from training.datasets.ferplus_votes import FOLDERS as VOTE_FOLDERS
from training.datasets.ferplus_votes import REMEDY as VOTE_REMEDY
from training.datasets.ferplus_votes import Votes, image_key, read_votes
from training.datasets.source import Source, find_source
from training.errors import DatasetError

FOLDERS = ("fer2013", "fer2013.zip")
PARTS = ("train", "validation", "test")
SPLITS = (*PARTS, "all")
REMEDY = (
    "Kaggle gives it out (https://www.kaggle.com/datasets/msambare/fer2013); place fer2013.zip or the folder fer2013 "
    "with train/angry/NAME.png, validation/ and test/ there."
)
_IMAGE = re.compile(
    r"(?:.*/)?(?P<part>train|validation|test)/(?P<emotion>angry|disgust|fear|happy|neutral|sad|surprise)/"
    r"(?P<name>[^/]+)\.(?:png|jpe?g)"
)


def original_sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return where the images are; DatasetError says what to place where."""
    return [find_source(root, FOLDERS, REMEDY)]


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return where the images are and, if it is there, FER+."""
    votes = [Source(root / name) for name in VOTE_FOLDERS if (root / name).exists()]
    return [*original_sources(root, modalities), *votes[:1]]


def voted_sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return where the images and FER+ are; DatasetError says what to place where."""
    return [*original_sources(root, modalities), find_source(root, VOTE_FOLDERS, VOTE_REMEDY)]


def read_original(sources: list[Source], split: str) -> list[Example]:
    """Read the faces of a split in the order of their names, with the labels of 2013.

    Equal images are one group; those of `train` that are in `validation` or `test` too are left out.
    """
    source = sources[0]
    # All of them for `train`, which must know what is held out of it.
    parts = PARTS if split in ("train", "all") else (split,)
    files = source.files(lambda name: _is_in(name, parts), "reading faces")
    faces = [_face(source, name, content) for name, content in files]
    faces.sort(key=lambda face: (PARTS.index(_part(face)), face.identifier))
    held_out = {face.group for face in faces if _part(face) != "train"}
    kept = [face for face in faces if _part(face) != "train" or face.group not in held_out]
    examples = kept if split == "all" else [face for face in kept if _part(face) == split]
    if not examples:
        raise DatasetError(f"{source.path} has no images of {split!r}. {REMEDY}")
    return examples


def read_voted(sources: list[Source], split: str) -> list[Example]:
    """Read the faces that FER+ covers, with the shares of the votes as `soft_labels`.

    The label is the emotion with strictly the most of the ten votes; where two have as many, there are only shares. A
    face is left out where contempt, unknown or not-a-face has the most.
    """
    images, votes = sources
    voted = _voted(read_original([images], split), read_votes(votes))
    if not voted:
        raise DatasetError(f"{votes.path} has no votes on the split {split!r} of {images.path}. {VOTE_REMEDY}")
    return voted


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the faces of a split: those that have a label by FER+ where it covers the split, or else all of 2013."""
    images, *votes = sources
    faces = read_original([images], split)
    voted = _voted(faces, read_votes(votes[0])) if votes else []
    labelled = [face for face in voted if face.labels]
    if not labelled:
        _tell(f"{images.path}: labels of {split!r} are those of 2013, as there are no FER+ votes on it. {VOTE_REMEDY}")
        return faces
    _tell(f"{images.path}: {len(labelled)} of {len(faces)} images of {split!r} have a label by FER+; the others go.")
    return labelled


def _is_in(name: str, parts: Sequence[str]) -> bool:
    match = _IMAGE.fullmatch(name)
    return match is not None and match["part"] in parts


def _part(face: Example) -> str:
    return face.identifier.partition("/")[0]


def _face(source: Source, name: str, content: bytes) -> Example:
    emotion = emotion_named(name.split("/")[-2])
    labels = emotion_labels(emotion) if emotion else {}
    return Example(image_key(name), Item(image=content), labels, group=_pixels(source, name, content))


def _pixels(source: Source, name: str, content: bytes) -> str:
    """Return a digest of what is to be seen, whatever the file's compression."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{source.path}: {name} is no image that can be read ({error}). Fetch it again.") from error
    return hashlib.blake2b(repr(grey.size).encode() + grey.tobytes(), digest_size=8).hexdigest()


def _voted(faces: Collection[Example], votes: Mapping[str, Votes]) -> list[Example]:
    pairs = [(face, votes[face.identifier]) for face in faces if face.identifier in votes]
    return [_with_votes(face, found) for face, found in pairs if not found.is_rejected]


def _with_votes(face: Example, votes: Votes) -> Example:
    labels = emotion_labels(votes.emotion) if votes.emotion else {}
    return replace(face, labels=labels, soft_labels={"emotion": votes.shares})


def _tell(message: str) -> None:
    print(message, file=sys.stderr)
