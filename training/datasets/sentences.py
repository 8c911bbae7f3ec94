"""Reviews cut into sentences."""

import re
from typing import Final

_BREAK: Final = re.compile(r"(?<=[.!?])\s+|(?:<br\s*/?>\s*)+")
SHORTEST_WORDS: Final = 3


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, those of fewer than SHORTEST_WORDS words left out."""
    parts = (part.strip() for part in _BREAK.split(text))
    return [part for part in parts if len(part.split()) >= SHORTEST_WORDS]
