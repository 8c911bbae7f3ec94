"""IMDB reviews with words exchanged as the writers of `imdb_revised` did it: "boring" for "gripping", "no" for "many".

Which label such a review deserves nobody has said: it is for teachers to answer.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from model_bundle import Item
from training.datasets import imdb, imdb_revised
from training.datasets.example import Example
from training.datasets.source import Source

SPLITS: Final = ("train", "unlabelled")
SHARE: Final = 0.25
"""Of the reviews that are edited."""
CHANCES: Final = (0.4, 0.7, 1.0, 1.0)
"""That a word which has been exchanged before is exchanged; drawn for each review."""
FEWEST: Final = 3
"""Exchanged words in a review."""
LONGEST: Final = 2
"""Words that are exchanged for one another at once."""
OFTEN: Final = 3
"""How many writers must have made an exchange."""
TELLING: Final = 0.12
"""Share of a word's occurrences that were exchanged, from which it tells something: "the" and "but" don't."""
_WORD: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]")

Exchanges = Mapping[str, Sequence[str]]
"""What a word was exchanged for, as often as it was."""


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    pairs = imdb_revised.sources(root, modalities)[0]
    return [pairs, *imdb.sources(root, ("text",))]


def read(sources: list[Source], split: str) -> list[Example]:
    """Edit some of the reviews of a split, the same every time."""
    pairs, *reviews = sources
    exchanges = learn_exchanges(imdb_revised.read([pairs], "all"))
    known = _any_of(exchanges)
    edited = (_edited(review, exchanges, known) for review in imdb.read(reviews, split))
    return [example for example in edited if example is not None]


def learn_exchanges(pairs: Sequence[Example]) -> Exchanges:
    """Return which words the writers of `pairs` exchanged, in both directions."""
    counts = Counter(exchange for before, after in _pairs(pairs) for exchange in _exchanges(before, after))
    exchanged = Counter(word for word, _ in counts.elements())
    occurring = Counter(phrase for pair in pairs for phrase in _phrases(_words(pair.item.text or "")))
    telling = {word for word, count in exchanged.items() if count >= TELLING * occurring[word]}
    exchanges: dict[str, list[str]] = defaultdict(list)
    for (word, other), count in counts.items():
        if count >= OFTEN and {word, other} <= telling:
            exchanges[word] += [other] * count
    return dict(exchanges)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("<br />", " ").lower())


def _phrases(words: Sequence[str]) -> Iterator[str]:
    """Yield every phrase of up to LONGEST words."""
    for length in range(1, LONGEST + 1):
        yield from (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))


def _pairs(examples: Sequence[Example]) -> Iterator[tuple[str, str]]:
    originals = {example.identifier.removesuffix("/original"): example.item.text or "" for example in examples}
    for example in examples:
        pair, _, kind = example.identifier.rpartition("/")
        if kind == "revised" and pair in originals:
            yield originals[pair], example.item.text or ""


def _exchanges(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = _words(before), _words(after)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and end - start <= LONGEST and new_end - new_start <= LONGEST:
            one, other = " ".join(old[start:end]), " ".join(new[new_start:new_end])
            if re.search(r"[a-z]", one) and re.search(r"[a-z]", other):
                yield one, other
                yield other, one


def _any_of(exchanges: Exchanges) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(exchanges, key=len, reverse=True))
    return re.compile(rf"\b(?:{words})\b" if words else r"(?!)", re.IGNORECASE)


def _edited(review: Example, exchanges: Exchanges, known: re.Pattern[str]) -> Example | None:
    generator = random.Random(f"edit {review.identifier}")
    if generator.random() >= SHARE:
        return None
    chance, count = generator.choice(CHANCES), 0

    def exchange(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0]
        if generator.random() >= chance:
            return word
        count += 1
        other = generator.choice(exchanges[word.lower()])
        return other.capitalize() if word[0].isupper() else other

    text = known.sub(exchange, review.item.text or "")
    return Example(f"{review.identifier}/edited", Item(text), {}, review.group) if count >= FEWEST else None
