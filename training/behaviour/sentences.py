"""Templates to sentences."""

import re
from collections.abc import Mapping
from random import Random
from typing import Final

from training.behaviour.changes import CHANGES
from training.behaviour.suite import Words
from training.errors import BehaviourError

SLOT: Final = re.compile(r"\{(?:(?P<article>[aA]) )?(?P<slot>(?P<words>[a-z_]+)\d?)(?:\|(?P<change>[a-z -]+))?\}")
_SPOKEN_VOWEL: Final = re.compile(r"(?!uni[^n]|use|uga|uru|eu|one)[aeiou]", re.IGNORECASE)


class Sentences:
    """Fills the templates of one case: a slot keeps its word in all of them."""

    def __init__(self, classes: Mapping[str, Words], random: Random) -> None:
        self._classes = classes
        self._random = random
        self._chosen: dict[str, str] = {}
        self._changed: dict[str, str] = {}

    def fill(self, template: str, term: str | None = None) -> str:
        """Return the template with a word in each slot, and `term` in the slot of that name."""
        if term is not None:
            self._chosen["term"] = term
        return SLOT.sub(self._filling, template)

    def _filling(self, found: re.Match[str]) -> str:
        word = self._word(found["slot"], found["words"])
        if found["change"]:
            word = self._altered(word, found["change"])
        if found["article"]:
            word = f"{found['article']}{'n' if _SPOKEN_VOWEL.match(word) else ''} {word}"
        return word

    def _word(self, slot: str, name: str) -> str:
        if slot not in self._chosen:
            if name not in self._classes:
                known = ", ".join(sorted(self._classes))
                raise BehaviourError(f"A template has the slot {{{slot}}}, and there are only words for {known}.")
            used = set(self._chosen.values())
            self._chosen[slot] = self._random.choice([word for word in self._classes[name] if word not in used])
        return self._chosen[slot]

    def _altered(self, word: str, change: str) -> str:
        if change not in CHANGES:
            raise BehaviourError(f"A slot has the unknown change {change!r}; choose from {', '.join(CHANGES)}.")
        return self._changed.setdefault(f"{word}|{change}", CHANGES[change](word, self._random))
