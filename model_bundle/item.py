"""One thing to predict, as it comes in: nothing is decoded or tokenised yet."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Union

if TYPE_CHECKING:
    from model_bundle.decoding.clip import DecodedClip

ClipSource = Union[bytes, Path, "DecodedClip"]
"""A file's content, its path, or what was decoded from it."""

MODALITY_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("text", "speaker", "context"),
    "metadata": ("genres", "year"),
    "image": ("image",),
    "audio": ("audio",),
    "video": ("video",),
}
"""Which fields of an Item make up each modality."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said earlier in the same conversation."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item. Whatever is left at its default is absent, and that is a valid input."""

    text: str | None = None
    """The review or post, in full."""
    genres: tuple[str, ...] = ()
    """Genres by name, in any case and order: `("Comedy", "sci-fi")`."""
    year: int | None = None
    """Release year."""
    image: bytes | None = None
    """An image as it lies in its file: JPEG, PNG, WebP or GIF."""
    audio: ClipSource | None = None
    """A recording as it lies in its file, or the file: whatever FFmpeg reads; or decoded."""
    video: ClipSource | None = None
    """A clip as it lies in its file, or the file, with or without an audio track; or decoded, once for all readers."""
    speaker: str | None = None
    """Who says the text."""
    context: tuple[Turn, ...] = ()
    """What was said before the text, oldest first."""

    def without(self, modality: str) -> "Item":
        """Return this item with one modality taken away; ValueError for a modality that doesn't exist."""
        if modality not in MODALITY_FIELDS:
            raise ValueError(f"unknown modality {modality!r}; choose from {', '.join(MODALITY_FIELDS)}")
        empty = Item()
        return replace(self, **{name: getattr(empty, name) for name in MODALITY_FIELDS[modality]})
