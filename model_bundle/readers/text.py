"""Text to token ids."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from model_bundle.cleaning import Pictographs, TextCleaner
from model_bundle.errors import BundleError
from model_bundle.item import Item, Turn
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.reader import ABSENT, Arrays, Reading, Stage
from model_bundle.spec import ContextSpec, TextSpec

UNKNOWN_TOKEN = "[UNK]"
SEPARATOR = "[SEP]"
"""Ends the text, and each part of what was said before."""
MOSTLY_UNKNOWN = 0.5
"""Above this share of unknown words, a text is likely in a language that the model never saw."""
WITHOUT_WORDS = PredictionWarning("text_without_words", "The text has no words, so it was left out.")
WHOLLY_UNKNOWN = "The model knows none of the text's words, so it was left out: it may be in another language."


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a `tokenizers` file; BundleError where it can't be read."""
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a bare Exception for every kind of damage
        raise BundleError(f"{path} is no tokenizer file: {error}") from error


class TextReader:
    """Reads a text into `token_ids` int64 [tokens] and `token_counts` int64 [].

    With a `context`, what was said before follows the text, each turn with a separator behind it.
    """

    stage: ClassVar[Stage] = "read"

    def __init__(
        self,
        tokenizer: Tokenizer,
        max_tokens: int,
        head_tokens: int,
        pictographs: Pictographs | None = None,
        context: ContextSpec | None = None,
    ) -> None:
        """Read with a tokenizer; with the names of emoji, a text is cleaned first. BundleError without `[UNK]`."""
        self._tokenizer = tokenizer
        self._cleaner = TextCleaner(pictographs, tokenizer.token_to_id) if pictographs is not None else None
        self._context = context
        self._max_tokens = max_tokens
        self._head_tokens = min(head_tokens, max_tokens)
        self._added_tokens = tokenizer.num_special_tokens_to_add(is_pair=False)
        """Tokens that even a text without words has, such as [CLS] and [SEP]."""
        unknown_id = tokenizer.token_to_id(UNKNOWN_TOKEN)
        if unknown_id is None:
            raise BundleError(f"The tokenizer has no {UNKNOWN_TOKEN} token.")
        self._unknown_id = unknown_id
        self._separator = _separator(tokenizer) if context is not None else unknown_id

    @classmethod
    def open(cls, spec: TextSpec, folder: Path) -> "TextReader":
        """Open the reader that a bundle describes."""
        pictographs = Pictographs.open(folder / spec.pictographs) if spec.pictographs is not None else None
        tokenizer = load_tokenizer(folder / spec.tokenizer)
        return cls(tokenizer, spec.max_tokens, spec.head_tokens, pictographs, spec.context)

    def read(self, item: Item) -> Reading:
        """Tokenise, and cut the middle out of a text that is too long."""
        if item.text is None or not item.text.strip():
            return ABSENT
        text = self._said(Turn(self._cleaned(item.text), item.speaker))
        return self._reading(item, text, self._tokenizer.encode(text))

    def read_many(self, items: Sequence[Item]) -> list[Reading]:
        """Read items as `read` does, with every processor that there is."""
        present = {
            row: self._said(Turn(self._cleaned(item.text), item.speaker))
            for row, item in enumerate(items)
            if item.text and item.text.strip()
        }
        encodings = self._tokenizer.encode_batch(list(present.values()))
        read = {
            row: self._reading(items[row], text, encoding)
            for (row, text), encoding in zip(present.items(), encodings, strict=True)
        }
        return [read.get(row, ABSENT) for row in range(len(items))]

    def _cleaned(self, text: str) -> str:
        return self._cleaner.clean(text) if self._cleaner is not None else text

    def _reading(self, item: Item, text: str, encoding: Encoding) -> Reading:
        ids = encoding.ids
        if len(ids) <= self._added_tokens:
            return Reading(
                None, (PredictionWarning("text_without_words", "The text has no words, so it was left out."),)
            )
        unknown_share = self._unknown_share(text, encoding, len(self._said(Turn("", item.speaker))))
        if unknown_share == 1:
            return Reading(None, (PredictionWarning("text_mostly_unknown", WHOLLY_UNKNOWN),))
        earlier, warnings = self._earlier(item.context)
        kept = self._cut(ids) + earlier
        arrays = {"token_ids": np.array(kept, np.int64), "token_counts": np.array(len(kept), np.int64)}
        return Reading(arrays, self._warnings(len(ids), unknown_share) + warnings)

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Pad with token 0 up to the longest text; the graph reads `token_counts` and ignores the padding."""
        counts = np.array([row["token_counts"] for row in arrays], np.int64)
        token_ids = np.zeros((len(arrays), counts.max()), np.int64)
        for padded, row in zip(token_ids, arrays, strict=True):
            padded[: row["token_ids"].size] = row["token_ids"]
        return {"token_ids": token_ids, "token_counts": counts}

    def length(self, arrays: Arrays) -> int:
        """Number of tokens."""
        return int(arrays["token_counts"])

    def _said(self, turn: Turn) -> str:
        named = self._context is not None and self._context.speakers and turn.speaker
        return f"{turn.speaker}: {turn.text}" if named else turn.text

    def _earlier(self, turns: Sequence[Turn]) -> tuple[list[int], tuple[PredictionWarning, ...]]:
        """Return the tokens of what was said before, the latest first."""
        if self._context is None or not turns:
            return [], ()
        read = turns[-self._context.turns :]
        parts = [self._tokenizer.encode(self._said(turn), add_special_tokens=False).ids for turn in reversed(read)]
        ids = [token for part in parts for token in [*part[: self._context.turn_tokens], self._separator]]
        if len(read) == len(turns) and all(len(part) <= self._context.turn_tokens for part in parts):
            return ids, ()
        message = (
            f"Of the {len(turns)} turns of the context the last {len(read)} were read, "
            f"each up to {self._context.turn_tokens} tokens."
        )
        return ids, (PredictionWarning("context_truncated", message),)

    def _cut(self, ids: list[int]) -> list[int]:
        if len(ids) <= self._max_tokens:
            return ids
        tail_tokens = self._max_tokens - self._head_tokens
        return ids[: self._head_tokens] + ids[len(ids) - tail_tokens :]

    def _unknown_share(self, text: str, encoding: Encoding, begin: int) -> float:
        """Return the share of unknown words from the character `begin` on, where the speaker's name has ended.

        Neither tokens that every text has nor known punctuation are words.
        """
        if self._unknown_id not in encoding.ids:
            return 0.0
        words: dict[int, bool] = {}
        for token, word, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
            is_unknown = token == self._unknown_id
            if start >= begin and word is not None and (is_unknown or any(map(str.isalnum, text[start:end]))):
                words[word] = words.get(word, False) or is_unknown
        return sum(words.values()) / max(1, len(words))

    def _warnings(self, tokens: int, unknown_share: float) -> tuple[PredictionWarning, ...]:
        warnings = []
        if tokens > self._max_tokens:
            message = f"The text has {tokens} tokens; the model read {self._max_tokens} of them, without the middle."
            warnings.append(PredictionWarning("text_truncated", message))
        if unknown_share > MOSTLY_UNKNOWN:
            message = "The model knows fewer than half of these words: the text may be in another language."
            warnings.append(PredictionWarning("text_mostly_unknown", message))
        return tuple(warnings)


def _separator(tokenizer: Tokenizer) -> int:
    token = tokenizer.token_to_id(SEPARATOR)
    if token is None:
        raise BundleError(f"The tokenizer has no {SEPARATOR} token, which a text with context needs.")
    return int(token)
