"""Plain statements, made by rule from IMDB's labelled reviews, and turned: denied, doubted, wished, asked.

A short sentence such as "The acting was superb." counts as praise if its last word is mostly said in positive reviews.
What it becomes when it is denied is then known too. Facts, such as where a film was shot, say neither.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import yaml

from model_bundle import Item
from training.datasets import imdb
from training.datasets.example import Example
from training.datasets.sentences import sentences_of
from training.datasets.source import Source

SPLITS: Final = ("train",)
PLAIN, DENIED_PRAISE, DENIED_COMPLAINT, WISHED, NEITHER = 0.95, 0.12, 0.75, 0.15, 0.5
"""Share of `positive`: a complaint that is denied is not yet praise."""
STRONG: Final = 0.9
"""Log ratio of positive to negative reviews from which a word is praise, and under minus which it is a complaint."""
FEWEST_REVIEWS: Final = 15
"""That use a word after a copula."""
LONGEST: Final = 160
"""Characters of a sentence."""
FACTS: Final = 3000
KNOWN_NAMES: Final = 100
"""Places, persons and occupations each that facts are about: those that reviews name most."""
_TEMPLATES: Final[Mapping[str, Sequence[str]]] = yaml.safe_load(
    (Path(__file__).parent / "statements.yaml").read_text(encoding="utf-8")
)
_ADVERB: Final = r"(?: (?:very|really|so|quite|pretty|absolutely|just|simply|truly|extremely|totally))?"
_SAID: Final = re.compile(rf"\b(?:is|was|are|were){_ADVERB} ([a-z]+)\b")
_SIMPLE: Final = re.compile(
    rf"(?P<subject>(?:[A-Za-z']+ ){{1,5}}?)(?P<copula>is|was|are|were)(?P<adverb>{_ADVERB}) (?P<word>[a-z]+)[.!]+"
)
_ATTITUDE: Final = re.compile(
    r"(?P<subject>I|We)(?: (?:really|absolutely|truly|thoroughly|just|simply))? "
    r"(?P<verb>loved|liked|enjoyed|recommend|hated|disliked|regretted)(?P<rest>(?: [A-Za-z']+){1,9})[.!]+"
)
_BASES: Final = {"recommend": "recommend", "liked": "like", "loved": "love", "enjoyed": "enjoy"} | {
    "hated": "hate",
    "disliked": "dislike",
    "regretted": "regret",
}
_COMPLAINING: Final = {"hated", "disliked", "regretted"}
_TURNED: Final = re.compile(
    r"\b(?:not|never|no|nothing|nor|hardly|but|if|though|than|would|could)\b|n't", re.IGNORECASE
)
_PLACE: Final = re.compile(r"\bin ([A-Z][a-z]{3,})\b(?! [A-Z])")
_PERSON: Final = re.compile(r"\bby ([A-Z][a-z]+ [A-Z][a-z]+)\b")
_OCCUPATION: Final = re.compile(
    r"\b(?:plays|works as) an? "
    r"([a-z]*(?:cher|wyer|octor|armer|ilor|tective|artist|scientist|dentist|journalist|musician|librarian))\b"
)
Made = tuple[str, float]
"""A sentence, and its share of `positive`."""


@dataclass(frozen=True)
class _Simple:
    """A sentence whose last word says what its subject is like."""

    text: str
    subject: str
    copula: str
    adverb: str
    word: str
    is_praise: bool


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return imdb.sources(root, ("text",))


def read(sources: list[Source], split: str) -> list[Example]:
    """Make the statements, each in the group of the film that its sentence is about; the same every time."""
    reviews = imdb.read(sources, split)
    words = polar_words(reviews)
    made = [example for review in reviews for example in _of_review(review, words)]
    return made + _facts(reviews)


def polar_words(reviews: Sequence[Example]) -> dict[str, bool]:
    """Return the words after a copula that positive reviews use far more than negative ones (True), or far less."""
    counts: dict[str, Counter[str]] = {"positive": Counter(), "negative": Counter()}
    for review in reviews:
        counts[review.labels["sentiment"]].update(set(_SAID.findall((review.item.text or "").lower())))
    positive, negative = counts["positive"], counts["negative"]
    ratios = {
        word: math.log((positive[word] + 1) / (negative[word] + 1))
        for word in [*positive, *(negative.keys() - positive.keys())]
        if positive[word] + negative[word] >= FEWEST_REVIEWS
    }
    return {word: ratio > 0 for word, ratio in sorted(ratios.items()) if abs(ratio) >= STRONG}


def _of_review(review: Example, words: Mapping[str, bool]) -> Iterator[Example]:
    generator = random.Random(f"statements {review.identifier}")
    number = 0
    for sentence in sentences_of(review.item.text or ""):
        for text, positive in _turned(sentence, words, generator):
            yield _example(f"{review.identifier}/statement{number}", text, positive, review.group)
            number += 1


def _turned(sentence: str, words: Mapping[str, bool], generator: random.Random) -> list[Made]:
    if len(sentence) > LONGEST or _TURNED.search(sentence):
        return []
    if attitude := _ATTITUDE.fullmatch(sentence):
        return _denied_attitude(sentence, attitude, generator)
    match = _SIMPLE.fullmatch(sentence)
    if match is None or match["word"] not in words:
        return []
    parts = {name: match[name].strip() for name in ("subject", "copula", "adverb", "word")}
    return _turns(_Simple(sentence, **parts, is_praise=words[match["word"]]), words, generator)


def _denied_attitude(sentence: str, match: re.Match[str], generator: random.Random) -> list[Made]:
    complains = match["verb"] in _COMPLAINING
    auxiliaries = ["don't", "do not", "can't", "would not"] if match["verb"] == "recommend" else ["didn't", "did not"]
    denied = f"{match['subject']} {generator.choice(auxiliaries)} {_BASES[match['verb']]}{match['rest']}."
    plain = 1 - PLAIN if complains else PLAIN
    return [(sentence, plain), (denied, DENIED_COMPLAINT if complains else DENIED_PRAISE)]


def _turns(simple: _Simple, words: Mapping[str, bool], generator: random.Random) -> list[Made]:
    plain = PLAIN if simple.is_praise else 1 - PLAIN
    denied = DENIED_PRAISE if simple.is_praise else DENIED_COMPLAINT
    opposites = [word for word, is_praise in words.items() if is_praise != simple.is_praise]
    slots = {
        "sentence": _lower(simple.text).rstrip(".!"),
        "subject": _lower(simple.subject),
        "copula": simple.copula,
        "word": simple.word,
        "opposite": generator.choice(opposites) if opposites else simple.word,
    }
    negation = generator.choice(_TEMPLATES["negations"]).format(**slots)
    made = [(simple.text, plain), (f"{simple.subject} {negation} {simple.word}.", denied)]
    made += [(_filled("denials", slots, generator), denied) for _ in range(2)]
    if opposites:
        made.append((_filled("reversals", slots, generator), plain))
    if simple.is_praise:
        made.append((_filled("wishes", slots, generator), WISHED))
    return [*made, (_filled("questions", slots, generator), NEITHER)]


def _filled(kind: str, slots: Mapping[str, str], generator: random.Random) -> str:
    text = generator.choice(_TEMPLATES[kind]).format(**slots)
    return text[0].upper() + text[1:]


def _lower(text: str) -> str:
    return text if text.startswith(("I ", "I'")) else text[:1].lower() + text[1:]


def _facts(reviews: Sequence[Example]) -> list[Example]:
    generator = random.Random("facts")
    texts = [review.item.text or "" for review in reviews]
    named = {"place": _PLACE, "person": _PERSON, "occupation": _OCCUPATION}
    known = {name: _most_common(pattern, texts) for name, pattern in named.items()}
    if not all(known.values()):
        return []
    facts = []
    for number in range(FACTS):
        slots = {name: generator.choice(values) for name, values in known.items()}
        slots |= {"year": str(generator.randrange(1930, 2020)), "number": str(generator.randrange(3, 180))}
        facts.append(_example(f"fact/{number}", _filled("facts", slots, generator), NEITHER, f"fact/{number}"))
    return facts


def _most_common(pattern: re.Pattern[str], texts: Sequence[str]) -> list[str]:
    counts = Counter(name for text in texts for name in pattern.findall(text))
    small = Counter(word for text in texts for word in re.findall(r"\b[a-z]+\b", text))
    names = (name for name, count in counts.most_common() if name.islower() or small[name.lower()] < count)
    return list(islice(names, KNOWN_NAMES))


def _example(identifier: str, text: str, positive: float, group: str) -> Example:
    soft_labels = {"sentiment": {"negative": 1 - positive, "positive": positive}}
    return Example(identifier, Item(text), {}, group, soft_labels)
