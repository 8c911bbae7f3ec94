"""The words and sentences of a text, by their place in it."""

from functools import cache
from itertools import pairwise
from typing import Final

from tokenizers import Regex, pre_tokenizers

MOST_SPANS: Final = 64
"""Longer texts are taken apart by sentence, and texts of more sentences by groups of them."""

_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}"
_LETTER: Final = rf"[\p{{L}}\p{{M}}\p{{N}}_&&[^{_UNSPACED}]]"
_JOINT: Final = r"(?:['\x{2019}.\-/&@:]|(?<=[0-9]),(?=[0-9])|\p{Cf}++)"
_WORD: Final = "|".join(
    [
        r"(?=\p{Extended_Pictographic}|[\x{1F1E6}-\x{1F1FF}]|[0-9#*]\x{FE0F}?\x{20E3})\X",  # an emoji, with modifiers
        r"\p{Han}|\p{Hiragana}+|[\p{Katakana}\x{30FC}]+",
        r"https?://\S++",
        rf"[#@]?{_LETTER}+(?:{_JOINT}{_LETTER}+)*",
        r"(?<!\S)(?>[\p{P}\p{S}]{2,})(?!\S)",  # an emoticon
    ]
)
_STOP: Final = r"[\p{Sentence_Terminal}\x{2026}]"
_WIDE_STOP: Final = r"[\x{3002}\x{FF01}\x{FF1F}]"
_CLOSING: Final = r"[\p{Pe}\p{Pf}\"']"
_SENTENCE: Final = (
    rf"\S(?:.*?(?:(?<!{_STOP}){_STOP}++{_CLOSING}*+(?:(?=[\s<]|$)|(?<={_WIDE_STOP})|(?<={_WIDE_STOP}{_CLOSING}))|$))"
)
# Both read a text in time linear in its length, whatever it is: nothing that may repeat is tried again from within.


def spans_of(text: str) -> list[tuple[int, int]]:
    """Return start and end of each part of a text that is weighed on its own, in characters: `MOST_SPANS` at most.

    Parts are words: letters and digits, with a # or @ before them and without the punctuation around them; each emoji,
    each address, each Chinese character and each run of hiragana or of katakana; and punctuation that stands alone,
    such as `:)`. In a text of more than `MOST_SPANS` words they are sentences, or groups of words where it is only one.
    """
    words = _matches(_WORD, text)
    if len(words) <= MOST_SPANS:
        return words
    sentences = _matches(_SENTENCE, text)
    return _grouped(sentences if len(sentences) > 1 else words)


def without(text: str, start: int, end: int) -> str:
    """Return the text without `text[start:end]`, nor the space that this would leave doubled."""
    before, after = text[:start], text[end:]
    doubled = (not before or before[-1].isspace()) and after[:1].isspace()
    return before + after[1:] if doubled else before + after


def _matches(pattern: str, text: str) -> list[tuple[int, int]]:
    pieces = _splitter(pattern).pre_tokenize_str(text)
    return [(start, start + len(piece.rstrip())) for piece, (start, _) in pieces]


@cache
def _splitter(pattern: str) -> pre_tokenizers.PreTokenizer:
    # The tokenizers' regular expressions know scripts and emoji, which Python's don't.
    return pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True)


def _grouped(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    groups = min(len(spans), MOST_SPANS)
    edges = [group * len(spans) // groups for group in range(groups + 1)]
    return [(spans[first][0], spans[end - 1][1]) for first, end in pairwise(edges)]
