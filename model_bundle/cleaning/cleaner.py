"""Posts, comments and reviews as people write them, to plain words."""

import html
import re
from typing import Final

from model_bundle.cleaning.elongation import Rank, has_triple, shortened
from model_bundle.cleaning.look_alikes import with_latin_letters, without_invisible
from model_bundle.cleaning.pictographs import Pictographs

MOST_UNESCAPING: Final = 2
"""Texts that went through two programs have `&amp;lt;3` for `<3`."""
_TAG: Final = re.compile(
    r"</?(?:a|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|small|span|strong|sub|sup|table|td|tr|u|ul)"
    r"(?:\s[^<>]*|\s*/)?>",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"\bhttps?(?::\S*|(?=\s|$))"
    r"|\b(?:www\.|pic\.twitter\.com/)\S+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:co|com|edu|gl|gov|io|ly|me|net|org|tv|uk|us)/\S*"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<![^\W_])@\w+:?|\bRT\b\s*:?(?=\s*(?:@|$))|^\s*RT\b\s*:?")
_SIGNS_OF_NAMES: Final = ("/", "@", "http", "HTTP", "www.", "WWW.", "RT")
"""One of them is in whatever the two patterns above match; to look for them is quicker."""
_HASHTAG: Final = re.compile(r"#(?=\w)(\w*)")
_CAPITALS: Final = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|_")
_NOTEWORTHY: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f@#&</:;=^_]")
_NOTEWORTHY_LETTERS: Final = ("http", "HTTP", "www.", "WWW.", "RT")


class TextCleaner:
    """Names emoji, undoes disguises and drawn-out words, and leaves out what says nothing of a text's opinion.

    Training and serving clean alike, before the tokenizer. What is cut out of a text by its place, as explanations do,
    is cut out of the text as it was sent, and the rest cleaned again: no offset refers to the cleaned text.
    """

    def __init__(self, pictographs: Pictographs, rank: Rank) -> None:
        """Take names of emoji, and where the tokenizer's vocabulary has a word."""
        self._pictographs = pictographs
        self._rank = rank
        self._noteworthy = (
            *_NOTEWORTHY_LETTERS,
            *(emoticon for emoticon in pictographs.emoticons if not _NOTEWORTHY.search(emoticon)),
        )

    def clean(self, text: str) -> str:
        """Return the text in plain words; it may be empty. Plain ASCII comes back as it is, and soon."""
        if text.isascii():
            return self._clean_ascii(text) if self._is_noteworthy(text) else text
        unescaped = _without_tags(_unescaped(text))
        visible = without_invisible(self._pictographs.name_emoji(unescaped))
        return self._in_words(with_latin_letters(visible))

    def _clean_ascii(self, text: str) -> str:
        unescaped = _unescaped(text)
        if not unescaped.isascii():
            return self.clean(unescaped)
        return self._in_words(without_invisible(_without_tags(unescaped)))

    def _in_words(self, text: str) -> str:
        if any(sign in text for sign in _SIGNS_OF_NAMES):
            text = _NAME.sub(" ", _ADDRESS.sub(" ", text))
        if "#" in text:
            text = _HASHTAG.sub(lambda tag: _CAPITALS.sub(" ", tag[1]), text)
        return shortened(self._pictographs.name_emoticons(text), self._rank)

    def _is_noteworthy(self, text: str) -> bool:
        return (
            _NOTEWORTHY.search(text) is not None
            or any(letters in text for letters in self._noteworthy)
            or has_triple(text)
        )


def _unescaped(text: str) -> str:
    for _ in range(MOST_UNESCAPING):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text


def _without_tags(text: str) -> str:
    return _TAG.sub(" ", text) if "<" in text else text
