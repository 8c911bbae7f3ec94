"""What is done to a text that must not change its meaning."""

import re
from collections.abc import Callable
from random import Random
from string import ascii_letters, capwords
from typing import Final

Change = Callable[[str, Random], str]

_CYRILLIC: Final = str.maketrans("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ")  # noqa: RUF001 look-alikes are the point
_GREEK: Final = str.maketrans("aiopvABEHIKMNOPTXYZ", "αιορνΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")  # noqa: RUF001
_FULL_WIDTH: Final = str.maketrans({letter: chr(ord(letter) + 0xFEE0) for letter in ascii_letters})
_SOFT_HYPHEN, _ZERO_WIDTH_SPACE = "\u00ad", "\u200b"
_LONG_WORD: Final = re.compile(r"[A-Za-z]{5,}")
_FINAL_Y_OR_FIRST_VOWEL: Final = re.compile(r"y$|^[^aeiou]*[aeiou](?!.*y$)")
_KEY_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _in_a_long_word(alter: Callable[[str, int, Random], str]) -> Change:
    """Alter one word of five letters and more at a place inside it."""

    def change(text: str, random: Random) -> str:
        words = list(_LONG_WORD.finditer(text))
        if not words:
            return text
        found = random.choice(words)
        word = found.group()
        return text[: found.start()] + alter(word, random.randrange(1, len(word) - 2), random) + text[found.end() :]

    return change


def _swapped(word: str, at: int, _: Random) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _missing(word: str, at: int, _: Random) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int, _: Random) -> str:
    return word[: at + 1] + word[at:]


def _slipped(word: str, at: int, random: Random) -> str:
    row = next(row for row in _KEY_ROWS if word[at].lower() in row)
    place = row.index(word[at].lower())
    return word[:at] + random.choice(row[max(place - 1, 0) : place] + row[place + 1 : place + 2]) + word[at + 1 :]


def _split_by(mark: str) -> Change:
    """Put an invisible character into the middle of every long word."""

    def inside(found: re.Match[str]) -> str:
        middle = len(found.group()) // 2
        return found.group()[:middle] + mark + found.group()[middle:]

    return lambda text, _: _LONG_WORD.sub(inside, text)


def _stretched(text: str, random: Random) -> str:
    """Repeat a `y` at the end, or the first vowel: funnyyyy, boooooring."""
    more = random.randint(3, 5)
    return _FINAL_Y_OR_FIRST_VOWEL.sub(lambda found: found.group() + found.group()[-1] * more, text, count=1)


CHANGES: Final[dict[str, Change]] = {
    "lower case": lambda text, _: text.lower(),
    "upper case": lambda text, _: text.upper(),
    "title case": lambda text, _: capwords(text),
    "swapped letters": _in_a_long_word(_swapped),
    "missing letter": _in_a_long_word(_missing),
    "doubled letter": _in_a_long_word(_doubled),
    "neighbouring key": _in_a_long_word(_slipped),
    "cyrillic letters": lambda text, _: text.translate(_CYRILLIC),
    "greek letters": lambda text, _: text.translate(_GREEK),
    "full-width letters": lambda text, _: text.translate(_FULL_WIDTH),
    "soft hyphens": _split_by(_SOFT_HYPHEN),
    "zero-width spaces": _split_by(_ZERO_WIDTH_SPACE),
    "stretched": _stretched,
}
"""By the name that a test or a slot calls it by."""
