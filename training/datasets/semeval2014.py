"""SemEval-2014 task 4 (Pontiki et al. 2014, "Aspect Based Sentiment Analysis"): sentences about laptops and meals.

The task labels aspects. A sentence has a label here if all of its aspects agree; the others are left out.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.near_duplicates import words_of
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import shortened
from training.errors import DatasetError

FOLDERS = ("semeval2014", "semeval2014.zip", "text_sets", "text_sets.zip", "text")
LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "all")
REMEDY = (
    "Place Laptops_Train_v2.xml and Restaurants_Train_v2.xml of https://alt.qcri.org/semeval2014/task4/ in the folder "
    "semeval2014 there, or text_sets.zip."
)
MOST_BYTES = 50_000_000
"""The files have less than two megabytes: more is none of them."""
_FILE = re.compile(r"(?:.*/)?(?P<part>Laptops|Restaurants)_Train_v2\.xml")
_ASPECTS = ("aspectTerm", "aspectCategory")


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, FOLDERS, REMEDY)]


def read(sources: list[Source], _split: str) -> list[Example]:
    """Read the sentences whose aspects agree, laptops first."""
    source = sources[0]
    files = dict(source.files(lambda name: _FILE.fullmatch(name) is not None, "reading sentences"))
    if not files:
        raise DatasetError(f"{source.path} has no Laptops_Train_v2.xml and no Restaurants_Train_v2.xml. {REMEDY}")
    return [example for name in sorted(files) for example in _sentences(source, name, files[name])]


def _sentences(source: Source, name: str, content: bytes) -> Iterator[Example]:
    part = Path(name).name.partition("_")[0].lower()
    for sentence in _parsed(source, name, content).iter("sentence"):
        text = (sentence.findtext("text") or "").strip()
        labels = {str(aspect.get("polarity")) for tag in _ASPECTS for aspect in sentence.iter(tag)}
        if text and len(labels) == 1 and labels <= set(LABELS):
            group = f"words/{words_of(text)}"
            yield Example(f"{part}/{sentence.get('id')}", Item(text=text), {"sentiment": min(labels)}, group)


def _parsed(source: Source, name: str, content: bytes) -> ET.Element:
    place = shortened(f"{source.path}: {name}")
    # A document type could define entities that grow without end; the task's files have none.
    if len(content) > MOST_BYTES or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DatasetError(f"{place} is not the task's file: it is too large or defines entities. {REMEDY}")
    try:
        return ET.fromstring(content)
    except ET.ParseError as error:
        raise DatasetError(f"{place} is damaged ({error}). {REMEDY}") from error
