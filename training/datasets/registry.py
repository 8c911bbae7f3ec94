"""The data sets there are."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from model_bundle.item import MODALITY_FIELDS
from model_bundle.registry import Registry, UnknownEntryError
from training.datasets import (
    cifar100,
    composites,
    emodb,
    emotions,
    fer2013,
    goemotions,
    imdb,
    imdb_edited,
    imdb_passages,
    imdb_revised,
    imdb_statements,
    meld,
    mosi,
    mvsa,
    mvsa_tables,
    nemo,
    ravdess,
    review_sentences,
    revised_sentences,
    semeval2014,
    semeval2017,
    statements,
    synthetic,
    table,
    tweets,
    umsab,
    variants,
)
from training.datasets.cache import cached_examples
from training.datasets.description import DatasetDescription, without_neutral
from training.datasets.example import Example
from training.datasets.table_recipe import TableRecipe
from training.datasets.union import Part, passage, unchanged, union
from training.errors import DatasetError

IMDB_TEXTS = "IMDB reviews: research use, citation asked."
IMDB = DatasetDescription(
    name="imdb",
    splits=tuple(imdb.SPLITS),
    labels={"sentiment": ("negative", "positive")},
    sources=imdb.sources,
    read=imdb.read,
    licence="Reviews: research use, citation asked. Genres and years from MovieLens 25M: "
    "non-commercial without GroupLens's permission.",
    citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis (ACL); "
    "Harper and Konstan 2015, The MovieLens Datasets (ACM TiiS 5:4).",
)
MVSA = DatasetDescription(
    name="mvsa",
    splits=mvsa.SPLITS,
    labels={"sentiment": mvsa_tables.LABELS},
    sources=mvsa.sources,
    read=mvsa.read,
    licence="MVSA-Single: research use.",
    citation="Niu et al. 2016, Sentiment Analysis on Multi-View Social Data (MMM).",
    is_cached=False,
)
MELD = DatasetDescription(
    name="meld",
    splits=meld.SPLITS,
    labels=meld.LABELS,
    sources=meld.sources,
    read=meld.read,
    licence="MELD: GPL-3.0.",
    citation="Poria et al. 2019, MELD: A Multimodal Multi-Party Dataset for Emotion Recognition in Conversations "
    "(ACL).",
    is_cached=False,
)
CIFAR100 = DatasetDescription(
    name="cifar100",
    splits=tuple(cifar100.SPLITS),
    labels={"sentiment": cifar100.LABELS},
    sources=cifar100.sources,
    read=cifar100.read,
    licence="CIFAR-100: no licence is stated; citation asked. The pictures are from the web, of unknown owners.",
    citation="Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images.",
    is_cached=False,
)
SYNTHETIC = DatasetDescription(
    name="synthetic",
    splits=synthetic.SPLITS,
    labels={"sentiment": synthetic.LABELS},
    sources=synthetic.sources,
    read=synthetic.read,
    licence="Made by this repository's code: MIT.",
    citation="None: the posts are made up.",
    is_cached=False,
)
SEMEVAL2017 = DatasetDescription(
    name="semeval2017",
    splits=semeval2017.SPLITS,
    labels={"sentiment": semeval2017.LABELS},
    sources=semeval2017.sources,
    read=semeval2017.read,
    licence="SemEval-2017 task 4: research use. The tweets are their authors', under Twitter's terms.",
    citation="Rosenthal et al. 2017, SemEval-2017 Task 4: Sentiment Analysis in Twitter (SemEval).",
)
IMDB_REVISED = DatasetDescription(
    name="imdb_revised",
    splits=imdb_revised.SPLITS,
    labels={"sentiment": imdb_revised.LABELS},
    sources=imdb_revised.sources,
    read=imdb_revised.read,
    licence="Counterfactually augmented data: Apache-2.0. Its originals are IMDB reviews: research use, citation "
    "asked.",
    citation="Kaushik et al. 2020, Learning the Difference That Makes a Difference with Counterfactually-Augmented "
    "Data (ICLR).",
)
IMDB_PASSAGES = replace(
    IMDB,
    name="imdb_passages",
    splits=imdb_passages.SPLITS,
    sources=imdb_passages.sources,
    read=imdb_passages.read,
    licence=IMDB_TEXTS,
)
IMDB_STATEMENTS = replace(
    IMDB_PASSAGES,
    name="imdb_statements",
    splits=imdb_statements.SPLITS,
    sources=imdb_statements.sources,
    read=imdb_statements.read,
)
IMDB_EDITED = replace(
    IMDB_REVISED, name="imdb_edited", splits=imdb_edited.SPLITS, sources=imdb_edited.sources, read=imdb_edited.read
)
GOEMOTIONS = DatasetDescription(
    name="goemotions",
    splits=goemotions.SPLITS,
    labels=emotions.LABELS,
    sources=goemotions.sources,
    read=goemotions.read,
    licence="GoEmotions: Apache-2.0. The comments are Reddit users'.",
    citation="Demszky et al. 2020, GoEmotions: A Dataset of Fine-Grained Emotions (ACL).",
)
UMSAB = DatasetDescription(
    name="umsab",
    splits=umsab.SPLITS,
    labels={"sentiment": umsab.LABELS},
    sources=umsab.sources,
    read=umsab.reader(umsab.LANGUAGES),
    licence="UMSAB: research use. The tweets are their authors', under Twitter's terms.",
    citation="Barbieri et al. 2022, XLM-T: Multilingual Language Models in Twitter for Sentiment Analysis and Beyond "
    "(LREC).",
)
FER2013 = DatasetDescription(
    name="fer2013",
    splits=fer2013.SPLITS,
    labels=emotions.LABELS,
    sources=fer2013.sources,
    read=fer2013.read,
    licence="FER2013: no licence is stated; research use. The images are from the web, of unknown owners. FER+ votes: "
    "MIT.",
    citation="Goodfellow et al. 2013, Challenges in Representation Learning: A Report on Three Machine Learning "
    "Contests (ICONIP); Barsoum et al. 2016, Training Deep Networks for Facial Expression Recognition with "
    "Crowd-Sourced Label Distribution (ICMI).",
    is_cached=False,
)
SEMEVAL2014 = DatasetDescription(
    name="semeval2014",
    splits=semeval2014.SPLITS,
    labels={"sentiment": semeval2014.LABELS},
    sources=semeval2014.sources,
    read=semeval2014.read,
    licence="SemEval-2014 task 4: research use.",
    citation="Pontiki et al. 2014, SemEval-2014 Task 4: Aspect Based Sentiment Analysis (SemEval).",
)
REVIEW_SENTENCES = DatasetDescription(
    name="review_sentences",
    splits=review_sentences.SPLITS,
    labels={"sentiment": review_sentences.LABELS},
    sources=review_sentences.sources,
    read=review_sentences.read,
    licence="IMDB reviews: research use, citation asked.",
    citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis (ACL).",
)
REVISED_SENTENCES = DatasetDescription(
    name="revised_sentences",
    splits=revised_sentences.SPLITS,
    labels={"sentiment": revised_sentences.LABELS},
    sources=revised_sentences.sources,
    read=revised_sentences.read,
    licence=IMDB_REVISED.licence,
    citation=IMDB_REVISED.citation,
)
STATEMENTS = DatasetDescription(
    name="statements",
    splits=statements.SPLITS,
    labels={"sentiment": statements.LABELS},
    sources=statements.sources,
    read=statements.read,
    licence="Statements made by this repository's code: MIT.",
    citation="None: the statements are made up.",
    is_cached=False,
)
TWEETS = DatasetDescription(
    name="tweets",
    splits=tweets.SPLITS,
    labels={"sentiment": tweets.LABELS},
    sources=tweets.sources,
    read=tweets.read,
    licence=f"{SEMEVAL2017.licence} {UMSAB.licence}",
    citation=f"{SEMEVAL2017.citation} {UMSAB.citation}",
)
VARIANTS = DatasetDescription(
    name="variants",
    splits=variants.SPLITS,
    labels={"sentiment": variants.LABELS},
    sources=variants.sources,
    read=variants.read,
    licence=f"{SEMEVAL2017.licence} {SEMEVAL2014.licence} {IMDB_REVISED.licence}",
    citation=f"Changed by rule: {SEMEVAL2017.citation} {SEMEVAL2014.citation} {IMDB_REVISED.citation}",
)
RAVDESS = DatasetDescription(
    name="ravdess",
    splits=tuple(ravdess.RAVDESS.patterns),
    labels=emotions.LABELS,
    sources=ravdess.RAVDESS.sources,
    read=ravdess.RAVDESS.read,
    licence="RAVDESS: CC BY-NC-SA 4.0, non-commercial.",
    citation="Livingstone and Russo 2018, The Ryerson Audio-Visual Database of Emotional Speech and Song "
    "(PLoS ONE 13:5).",
    is_cached=False,
)
EMODB = DatasetDescription(
    name="emodb",
    splits=tuple(emodb.EMODB.patterns),
    labels=emotions.LABELS,
    sources=emodb.EMODB.sources,
    read=emodb.EMODB.read,
    licence="EMO-DB: research use.",
    citation="Burkhardt et al. 2005, A Database of German Emotional Speech (Interspeech).",
    is_cached=False,
)
NEMO = DatasetDescription(
    name="nemo",
    splits=tuple(nemo.NEMO.patterns),
    labels=emotions.LABELS,
    sources=nemo.NEMO.sources,
    read=nemo.NEMO.read,
    licence="nEMO: CC BY-NC-SA 4.0, non-commercial.",
    citation="Christop 2024, nEMO: Dataset of Emotional Speech in Polish (LREC-COLING).",
    is_cached=False,
)
MOSI = DatasetDescription(
    name="mosi",
    splits=mosi.SPLITS,
    labels={"sentiment": mosi.LABELS},
    sources=mosi.sources,
    read=mosi.read,
    licence="CMU-MOSI: research use only, not to be given on. The clips are their makers'.",
    citation="Zadeh et al. 2016, MOSI: Multimodal Corpus of Sentiment Intensity and Subjectivity Analysis in Online "
    "Opinion Videos.",
    is_cached=False,
)
FERPLUS = replace(FER2013, name="ferplus", sources=fer2013.voted_sources, read=fer2013.read_voted)
PASSAGES = replace(
    IMDB,
    licence="IMDB reviews: research use, citation asked.",
    citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis (ACL).",
)
WRITTEN = ((GOEMOTIONS, unchanged), (SEMEVAL2017, unchanged), (PASSAGES, passage), (IMDB_REVISED, passage))
"""What a text encoder learns from before and beside what is said in conversations."""
CLIPS_TEXT_START = union(
    "clips_text_start",
    "text",
    emotions.LABELS,
    [Part(of, change, lambda number: number % 6 > 0) for of, change in WRITTEN],
)
CLIPS_TEXT = union(
    "clips_text",
    "text",
    emotions.LABELS,
    [Part(MELD), *(Part(of, change, lambda number: number % 6 == 0) for of, change in WRITTEN)],
)
VOICES = (RAVDESS, EMODB, NEMO)
CLIPS_VOICE = union("clips_voice", "audio", emotions.LABELS, [Part(of) for of in VOICES], is_cached=False)
VOICES_BUT_ONE = [
    union(
        f"clips_voice/without_{left_out.name}",
        "audio",
        emotions.LABELS,
        [Part(of) for of in VOICES if of is not left_out],
        is_cached=False,
    )
    for left_out in VOICES
]
CLIPS_FACE = union("clips_face", "video", emotions.LABELS, [Part(FERPLUS)], is_cached=False)
CLIPS = composites.clips(CLIPS_TEXT, CLIPS_VOICE, CLIPS_FACE, MOSI)
_BUILT_IN = {
    description.name: description
    for description in (
        IMDB,
        MVSA,
        without_neutral(MVSA),
        MELD,
        CIFAR100,
        SEMEVAL2017,
        UMSAB,
        *(replace(UMSAB, name=f"umsab/{language}", read=umsab.reader([language])) for language in umsab.LANGUAGES),
        IMDB_REVISED,
        IMDB_EDITED,
        IMDB_PASSAGES,
        IMDB_STATEMENTS,
        GOEMOTIONS,
        RAVDESS,
        EMODB,
        NEMO,
        MOSI,
        SEMEVAL2014,
        REVIEW_SENTENCES,
        REVISED_SENTENCES,
        STATEMENTS,
        TWEETS,
        VARIANTS,
        FER2013,
        replace(FER2013, name="fer2013_original", sources=fer2013.original_sources, read=fer2013.read_original),
        FERPLUS,
        CLIPS_TEXT_START,
        CLIPS_TEXT,
        CLIPS_VOICE,
        *VOICES_BUT_ONE,
        CLIPS_FACE,
        CLIPS,
        SYNTHETIC,
        without_neutral(SYNTHETIC),
        table.description_of(None),
    )
}
DATASETS: Final = Registry[DatasetDescription]("data set", "valence.datasets", _BUILT_IN)
"""The data sets, by name; another package's by its entry point or as `module:attribute`."""


def describe_dataset(name: str) -> DatasetDescription:
    """Return a data set's description; DatasetError if there is none of this name."""
    try:
        return DATASETS[name]
    except UnknownEntryError as error:
        raise DatasetError(str(error)) from error


def load_dataset(
    name: str,
    root: Path,
    split: str,
    modalities: Collection[str] = tuple(MODALITY_FIELDS),
    columns: TableRecipe | None = None,
) -> list[Example]:
    """Load a split, from the cache where it has been read before; DatasetError names file and remedy.

    What only other modalities than the wanted ones need may be absent. The data set `table` needs its `columns`.
    """
    description = table.description_of(columns) if name == "table" else describe_dataset(name)
    if split not in description.splits:
        raise DatasetError(f"{name} has no split {split!r}; choose from {', '.join(description.splits)}.")
    sources = description.sources(root, modalities)
    if not description.is_cached:
        return description.read(sources, split)
    key = [name, split, *(source.stamp for source in sources)]
    return cached_examples(key, lambda: description.read(sources, split))
