"""Characters that are not what they seem: letters that only look Latin, and marks that don't show."""

import re
import unicodedata
from typing import Final

_LETTERS: Final = {
    "A": "\u0410\u0391\u13aa",
    "B": "\u0412\u0392\u13f4",
    "C": "\u0421\u13df",
    "D": "\u13a0",
    "E": "\u0415\u0395\u13ac",
    "H": "\u041d\u0397\u13bb",
    "I": "\u0406\u0399",
    "J": "\u0408\u13ab",
    "K": "\u041a\u039a\u13e6",
    "L": "\u13de",
    "M": "\u041c\u039c\u13b7",
    "N": "\u039d",
    "O": "\u041e\u039f",
    "P": "\u0420\u03a1\u13e2",
    "Q": "\u051a",
    "R": "\u13a1",
    "S": "\u0405\u13da",
    "T": "\u0422\u03a4\u13a2",
    "V": "\u13d9",
    "W": "\u051c\u13b3",
    "X": "\u0425\u03a7",
    "Y": "\u04ae\u03a5",
    "Z": "\u0396\u13c3",
    "a": "\u0430\u03b1\u1d00",
    "b": "\u0299",
    "c": "\u0441\u03f2\u1d04",
    "d": "\u0501\u1d05",
    "e": "\u0435\u1d07",
    "g": "\u050d\u0261\u0262",
    "h": "\u04bb\u029c",
    "i": "\u0456\u03b9\u0131\u0269\u026a",
    "j": "\u0458\u1d0a",
    "k": "\u03ba\u1d0b",
    "l": "\u04cf\u029f",
    "m": "\u1d0d",
    "n": "\u0274",
    "o": "\u043e\u03bf\u1d0f",
    "p": "\u0440\u03c1\u1d18",
    "q": "\u051b",
    "r": "\u0280",
    "s": "\u0455",
    "t": "\u1d1b",
    "u": "\u03c5\u1d1c",
    "v": "\u03bd\u1d20",
    "w": "\u051d\u03c9\u1d21",
    "x": "\u0445",
    "y": "\u0443\u04af\u03b3\u028f",
    "z": "\u1d22",
}
"""Cyrillic, Greek, Cherokee and small capital letters by the Latin letter that they look like, after Unicode's
confusables.txt (UTS 39). Compatibility normalisation leaves them alone."""
_PUNCTUATION: Final = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4",
    '"': "\u201c\u201d\u201e\u201f\u2033",
    "-": "\u2013\u2014\u2012\u2015\u2010\u2011",
}
_LATIN: Final = str.maketrans({alike: letter for letter, found in _LETTERS.items() for alike in found})
_PLAIN: Final = str.maketrans({alike: sign for sign, found in _PUNCTUATION.items() for alike in found})
_INVISIBLE_MARKS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
"""Joiners, fillers and variation selectors, which show as little as format characters and have other categories."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def without_invisible(text: str) -> str:
    """Leave out format characters, controls and their relatives; a lone surrogate becomes U+FFFD."""
    found = set(text)
    changes: dict[int, str | None] = {ord(mark): None for mark in found if _is_invisible(mark)}
    changes |= {ord(mark): "\ufffd" for mark in found if "\ud800" <= mark <= "\udfff"}
    return text.translate(changes) if changes else text


def with_latin_letters(text: str) -> str:
    """Replace compatibility forms such as full-width letters, and the look-alikes in words that are meant as Latin."""
    normalised = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    if normalised.isascii():
        return normalised
    latin = sum(letter.isascii() and letter.isalpha() for letter in normalised)
    is_latin = 2 * latin > sum(map(str.isalpha, normalised))
    return _WORD.sub(lambda word: _in_latin(word[0], is_latin), normalised)


def _in_latin(word: str, text_is_latin: bool) -> str:
    """Return a word in Latin letters if it has some already, or all of it looks like that within a Latin text."""
    if word.isascii():
        return word
    replaced = word.translate(_LATIN)
    is_meant = text_is_latin or any(letter.isascii() for letter in word)
    return replaced if is_meant and _is_basic(replaced) else word


def _is_basic(word: str) -> bool:
    return all(letter < "\u0250" for letter in word)


def _is_invisible(mark: str) -> bool:
    category = unicodedata.category(mark)
    return category == "Cf" or (category == "Cc" and not mark.isspace()) or mark in _INVISIBLE_MARKS
