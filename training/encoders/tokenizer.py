"""Tokenizers that are trained on the training text and kept as one `tokenizers` file."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from model_bundle.readers.text import UNKNOWN_TOKEN

TOKENIZER_FILE = "tokenizer.json"
PADDING_TOKEN, MASK_TOKEN = "[PAD]", "[MASK]"
START_TOKEN, END_TOKEN = "[CLS]", "[SEP]"


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class TokenizerRecipe:
    """How text becomes tokens."""

    vocabulary_size: Annotated[int, Field(gt=2)] = 30_000
    minimum_count: Annotated[int, Field(gt=0)] = 2
    """Words that are rarer in the training text are unknown."""
    remove_stop_words: bool = False
    """Leave out scikit-learn's English stop words, "not" among them."""
    max_tokens: Annotated[int, Field(gt=0)] = 400
    """Longer texts lose their middle."""
    head_tokens: Annotated[int, Field(ge=0)] = 200
    """How many of `max_tokens` come from the beginning of a longer text."""


def train_tokenizer(texts: Iterable[str], recipe: TokenizerRecipe) -> Tokenizer:
    """Build the vocabulary of `texts`; the most frequent words come first, after padding and unknown."""
    tokenizer = Tokenizer(models.WordLevel({PADDING_TOKEN: 0, UNKNOWN_TOKEN: 1}, unk_token=UNKNOWN_TOKEN))
    tokenizer.normalizer = _normalizer(recipe.remove_stop_words)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\w+(?:'\w+)?|[^\w\s]"), "removed", invert=True)
    trainer = trainers.WordLevelTrainer(
        vocab_size=recipe.vocabulary_size,
        min_frequency=recipe.minimum_count,
        special_tokens=[PADDING_TOKEN, UNKNOWN_TOKEN],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train_wordpiece(texts: Iterable[str], vocabulary_size: int) -> Tokenizer:
    """Build a vocabulary of word pieces as BERT uses them; every text starts with [CLS] and ends with [SEP]."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN_TOKEN))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [PADDING_TOKEN, UNKNOWN_TOKEN, START_TOKEN, END_TOKEN, MASK_TOKEN]
    trainer = trainers.WordPieceTrainer(vocab_size=vocabulary_size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START_TOKEN} $A {END_TOKEN}",
        special_tokens=[(token, special.index(token)) for token in (START_TOKEN, END_TOKEN)],
    )
    return tokenizer


def _normalizer(remove_stop_words: bool) -> normalizers.Normalizer:
    steps = [
        normalizers.Replace(Regex(r"<br\s*/?>"), " "),
        normalizers.NFKC(),
        normalizers.Replace(Regex("[\u2018\u2019\u0060\u00b4]"), "'"),
        normalizers.Lowercase(),
        normalizers.StripAccents(),  # of marks that stand alone: after NFKC, letters keep their accents
    ]
    if remove_stop_words:
        words = "|".join(sorted(ENGLISH_STOP_WORDS, key=len, reverse=True))
        steps.append(normalizers.Replace(Regex(rf"\b(?:{words})\b"), " "))
    return normalizers.Sequence(steps)
