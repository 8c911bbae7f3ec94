"""Words that are drawn out, such as "sooo", in their usual spelling."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

import numpy as np

Rank = Callable[[str], int | None]
"""A word's place in the vocabulary, the frequent ones first; None for one that is not there."""

COMMON: Final = 6_000
"""Words of a lower rank are common enough to be what was meant: "so" rather than "soo", but "too" and not "to"."""
MOST_RUNS: Final = 4
"""Drawn-out letters of one word that are tried in both ways; a word of more has each of them once."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_RUN: Final = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)


def shortened(text: str, rank: Rank) -> str:
    """Return the text with each letter that stands three times or more once or twice: whichever makes a known word."""
    if not has_triple(text):
        return text
    return _WORD.sub(lambda word: _usual_spelling(word[0], rank) if _RUN.search(word[0]) else word[0], text)


def has_triple(text: str) -> bool:
    """Whether any character, in either case, stands three times in a row: the quick question before the slow ones."""
    codes = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
    return bool(((codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2])).any())


def _usual_spelling(word: str, rank: Rank) -> str:
    ranked = [(spelling, rank(spelling.lower())) for spelling in _spellings(word)]
    known = [(spelling, place) for spelling, place in ranked if place is not None]
    common = [spelling for spelling, place in known if place < COMMON]
    return next(iter([*common, *(spelling for spelling, _ in known), ranked[-1][0]]))


def _spellings(word: str) -> Iterator[str]:
    """Yield the spellings with each drawn-out letter twice or once, the longest first."""
    pieces = _RUN.split(word)
    letters = pieces[1::2]
    counts = product((2, 1), repeat=len(letters)) if len(letters) <= MOST_RUNS else [(1,) * len(letters)]
    for chosen in counts:
        runs = [letter * count for letter, count in zip(letters, chosen, strict=True)]
        yield "".join(part for pair in zip(pieces[::2], [*runs, ""], strict=True) for part in pair)
