"""Emoji and emoticons, written out as the words that name them."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from model_bundle.errors import BundleError

JOINER: Final = "\u200d"
MODIFIERS: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""Presentation selectors and skin tones: names leave them out."""

_BASE: Final = (
    "[\u203c\u2049\u2139\u2190-\u21ff\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_MODIFIED: Final = f"{_BASE}[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_EMOJI: Final = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_MODIFIED}(?:{JOINER}{_MODIFIED})*|[\U0001f1e6-\U0001f1ff]"
)
_FIRST: Final = re.compile(f"{_BASE[:-1]}\u20e3\U0001f1e6-\U0001f1ff]")
_RUN: Final = re.compile(rf"(?:(?:{_EMOJI.pattern})\s*)+")


class Pictographs:
    """Names by emoji and by emoticon, such as `broken heart` for U+1F494."""

    def __init__(self, emoji: Mapping[str, str], emoticons: Mapping[str, str]) -> None:
        """Take names by emoji, without the characters of `MODIFIERS`, and by emoticon."""
        self._emoji = emoji
        self._emoticons = emoticons
        self._emoticon_pattern = _emoticon_pattern(emoticons)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file that `to_json` filled; BundleError where it can't be read."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, AttributeError) as error:
            raise BundleError(
                f"{path} has no names of emoji and emoticons ({error!r}). Export the bundle again."
            ) from error

    @classmethod
    def from_json(cls, content: str) -> Self:
        """Build from what `to_json` returned; ValueError or AttributeError for anything else."""
        tables = json.loads(content)
        if not isinstance(tables, dict) or tables.keys() != {"emoji", "emoticons"}:
            raise ValueError("it is not an object of `emoji` and `emoticons`")
        for table in tables.values():
            if not all(isinstance(name, str) for name in table.values()):
                raise ValueError("a name is not a text")
        return cls(**tables)

    def to_json(self) -> str:
        """Return both tables as JSON."""
        return json.dumps({"emoji": dict(self._emoji), "emoticons": dict(self._emoticons)}, ensure_ascii=False)

    @property
    def emoticons(self) -> Collection[str]:
        """All known emoticons."""
        return self._emoticons.keys()

    def name_emoji(self, text: str) -> str:
        """Write each emoji out in brackets; one that is repeated is named once, and an unknown one stays."""
        if not _FIRST.search(text):
            return text
        return _RUN.sub(lambda run: self._names(_EMOJI.findall(run[0])), text)

    def name_emoticons(self, text: str) -> str:
        """Write each emoticon out that stands apart from letters."""
        return self._emoticon_pattern.sub(lambda match: f" {_marked(self._emoticons[match[0]])} ", text)

    def _names(self, emoji: list[str]) -> str:
        names = dict.fromkeys(name for one in emoji for name in self._names_of(MODIFIERS.sub("", one)))
        return f" {' '.join(names)} " if names else " "

    def _names_of(self, emoji: str) -> Iterator[str]:
        if emoji in self._emoji:
            yield _marked(self._emoji[emoji])
        elif len(emoji) > 1:  # a sequence newer than the table, or of none: its parts may be known
            for part in emoji.replace(JOINER, ""):
                yield from self._names_of(part)
        elif emoji:
            yield emoji


def _marked(name: str) -> str:
    return f"({name})"


def _emoticon_pattern(emoticons: Mapping[str, str]) -> re.Pattern[str]:
    """Return a pattern for emoticons that are no part of a word, a number, a ratio or an address."""
    by_first: dict[str, list[str]] = {}
    for emoticon in sorted(emoticons, key=len, reverse=True):
        by_first.setdefault(emoticon[0], []).append(emoticon)
    return re.compile("|".join(_beginning(first, of) for first, of in by_first.items()) or r"(?!)")


def _beginning(first: str, emoticons: list[str]) -> str:
    """Return a pattern that looks at what stands before only where the first character fits, as few do."""
    before = r"[^\W_]" if first.isalnum() else r"[\d:;=]"
    rests = "|".join(re.escape(emoticon[1:]) + _end(emoticon) for emoticon in emoticons)
    return f"{re.escape(first)}(?<!{before}{re.escape(first)})(?:{rests})"


def _end(emoticon: str) -> str:
    return r"(?![\d/])" if emoticon.endswith(")") else r"(?![^\W_]|/)"
