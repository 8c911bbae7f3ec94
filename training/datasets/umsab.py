"""UMSAB (Barbieri et al. 2022, "XLM-T: Multilingual Language Models in Twitter"): tweets in eight languages."""

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.near_duplicates import words_of
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

FOLDERS = ("umsab", "umsab.zip", "text_sets", "text_sets.zip", "text")
LANGUAGES = ("arabic", "english", "french", "german", "hindi", "italian", "portuguese", "spanish")
PARTS = {"train": "train", "validation": "val", "test": "test"}
SPLITS = (*PARTS, "all")
LABELS = ("negative", "neutral", "positive")
"""By number, as in the tables."""
REMEDY = (
    "Place the folders of https://github.com/cardiffnlp/xlm-t/tree/main/data/sentiment in the folder umsab there, such "
    "as umsab/english/train_text.txt and train_labels.txt, or text_sets.zip."
)
_FILE = re.compile(r"(?:.*/)?umsab/(?P<language>[a-z]+)/(?P<part>train|val|test)_(?P<column>text|labels)\.txt")
_LINK = re.compile(r"\bhttp\b")
"""What stands for every link."""

Tables = dict[tuple[str, str, str], bytes]
"""Content by language, part and column."""


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, FOLDERS, REMEDY)]


def reader(languages: Collection[str]) -> Callable[[list[Source], str], list[Example]]:
    """Return what reads the tweets of some languages."""

    def read(sources: list[Source], split: str) -> list[Example]:
        source = sources[0]
        parts = list(PARTS.values()) if split == "all" else [PARTS[split]]
        tables = _tables(source, languages)
        wanted = [(language, part) for language in languages for part in parts]
        found = [pair for pair in wanted if any(key[:2] == pair for key in tables)]
        missing = {language for language, _ in wanted} - {language for language, _ in found}
        if missing:
            raise DatasetError(f"{source.path} has no umsab/{min(missing)}/{parts[0]}_text.txt. {REMEDY}")
        return [example for language, part in found for example in _tweets(source, tables, language, part)]

    return read


def _tables(source: Source, languages: Collection[str]) -> Tables:
    def is_wanted(name: str) -> bool:
        match = _FILE.fullmatch(name)
        return match is not None and match["language"] in languages

    tables = {}
    for name, content in source.files(is_wanted, "reading tweets"):
        if match := _FILE.fullmatch(name):
            tables[match["language"], match["part"], match["column"]] = content
    return tables


def _tweets(source: Source, tables: Tables, language: str, part: str) -> Iterator[Example]:
    texts, labels = (_lines(source, tables, language, part, column) for column in ("text", "labels"))
    place = shortened(f"{source.path}: umsab/{language}/{part}_labels.txt")
    if len(texts) != len(labels):
        raise DatasetError(f"{place} has {len(labels)} labels for {len(texts)} texts. Download both files again.")
    for number, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if label.strip() not in {"0", "1", "2"}:
            raise DatasetError(f"{place}, line {number + 1}: {label!r} is not 0, 1 or 2. Download it again.")
        identifier = f"{language}/{part}/{number}"
        words = words_of(_LINK.sub(" ", text))
        group = f"words/{words}" if words else identifier
        yield Example(identifier, Item(text=text.strip()), {"sentiment": LABELS[int(label)]}, group)


def _lines(source: Source, tables: Tables, language: str, part: str, column: str) -> list[str]:
    name = f"umsab/{language}/{part}_{column}.txt"
    if (language, part, column) not in tables:
        raise DatasetError(f"{source.path} has no {name}, which belongs to the file beside it. {REMEDY}")
    text = decode_utf8(f"{source.path}: {name}", tables[language, part, column], "Download it again.")
    # Not splitlines: tweets hold other characters that it takes for ends of lines.
    return text.removesuffix("\n").split("\n")
