"""Text to token ids."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from model_bundle.errors import BundleError
from model_bundle.item import Item, Turn
from model_bundle.prediction import Notice
from model_bundle.readers.reader import ABSENT, Arrays, Reading, Stage
from model_bundle.spec import ContextSpec, TextSpec

UNKNOWN_TOKEN = "[UNK]"
SEPARATOR = "[SEP]"
"""Ends the text, and each part of what was said before."""
MOSTLY_UNKNOWN = 0.5
"""From this share of unknown words on, a text is likely in a language that the model never saw."""


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
        self, tokenizer: Tokenizer, max_tokens: int, head_tokens: int, context: ContextSpec | None = None
    ) -> None:
        self._tokenizer = tokenizer
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
        return cls(load_tokenizer(folder / spec.tokenizer), spec.max_tokens, spec.head_tokens, spec.context)

    def read(self, item: Item) -> Reading:
        """Tokenise, and cut the middle out of a text that is too long."""
        if item.text is None or not item.text.strip():
            return ABSENT
        ids = self._tokenizer.encode(self._said(Turn(item.text, item.speaker))).ids
        if len(ids) <= self._added_tokens:
            return Reading(None, (Notice("text_without_words", "The text has no words, so it was left out."),))
        earlier, notices = self._earlier(item.context)
        kept = self._cut(ids) + earlier
        arrays = {"token_ids": np.array(kept, np.int64), "token_counts": np.array(len(kept), np.int64)}
        return Reading(arrays, self._notices(ids) + notices)

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

    def _earlier(self, turns: Sequence[Turn]) -> tuple[list[int], tuple[Notice, ...]]:
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
        return ids, (Notice("context_truncated", message),)

    def _cut(self, ids: list[int]) -> list[int]:
        if len(ids) <= self._max_tokens:
            return ids
        tail_tokens = self._max_tokens - self._head_tokens
        return ids[: self._head_tokens] + ids[len(ids) - tail_tokens :]

    def _notices(self, ids: list[int]) -> tuple[Notice, ...]:
        notices = []
        if len(ids) > self._max_tokens:
            message = f"The text has {len(ids)} tokens; the model read {self._max_tokens} of them, without the middle."
            notices.append(Notice("text_truncated", message))
        if ids.count(self._unknown_id) > MOSTLY_UNKNOWN * len(ids):
            message = "The model knows fewer than half of these words: the text may be in another language."
            notices.append(Notice("text_mostly_unknown", message))
        return tuple(notices)


def _separator(tokenizer: Tokenizer) -> int:
    token = tokenizer.token_to_id(SEPARATOR)
    if token is None:
        raise BundleError(f"The tokenizer has no {SEPARATOR} token, which a text with context needs.")
    return int(token)
