r"""SemEval-2017 task 4 A (Rosenthal et al. 2017, "Sentiment Analysis in Twitter"): tweets of 2013 to 2016 and the test.

The tables are those of the task: an id, a label and a text by line. Their texts went through several hands: some are
quoted as in CSV, once or twice, some spell out a comma as `\u002c`, some have HTML's `&amp;`. Here they are as typed.
"""

import html
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.near_duplicates import words_of
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

FOLDERS = (
    "semeval2017_task4a",
    "semeval2017_task4a.zip",
    "2017_English_final",
    "2017_English_final.zip",
    "semeval2017",
    "semeval2017.zip",
)
LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "validation", "test", "all")
VALIDATION = "twitter-2016devtest-A"
"""The part that is held out from `train`: the task's own, 2,000 tweets of 2016."""
REMEDY = (
    "The task gives its tables out at https://alt.qcri.org/semeval2017/task4/; place semeval2017_task4a.zip, or a "
    "folder of that name with the files twitter-YEARPART-A.tsv, there."
)
TEST_REMEDY = (
    "Place SemEval2017-task4-test.subtask-A.english.txt or twitter-2017test-A.tsv in that folder; "
    "`--split validation` needs neither."
)
_TABLE = re.compile(r"(?:.*/)?(?P<part>twitter-20\d\d[a-z]+-A)\.(?:tsv|txt)")
_TEST = re.compile(r"(?:.*/)?(?:SemEval2017-task4-test\.subtask-A\.english\.txt|twitter-2017test-A\.(?:tsv|txt))")
_SPELLED_OUT = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED_QUOTES = re.compile(r'\\"+|""+')


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, FOLDERS, REMEDY)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the tweets of a split, in the order of the files' names and lines.

    The test stays as published. The others have each tweet once: one whose id or text came before, in the test, in
    `validation` or earlier in `train`, is left out.
    """
    source = sources[0]
    tables = dict(source.files(lambda name: _is_wanted(name, split), "reading tweets"))
    parts = {name: list(_tweets(f"{source.path.parent / name}", name, tables[name])) for name in sorted(tables)}
    by_split: dict[str, list[Example]] = {"test": [], "validation": [], "train": []}
    for name, tweets in parts.items():
        by_split[_split_of(name)].extend(tweets)
    seen: set[str] = set()
    once = {part: _without_repetitions(tweets, seen) for part, tweets in by_split.items()}
    examples = [*once["train"], *once["validation"], *once["test"]] if split == "all" else once[split]
    _check(source, split, examples)
    return by_split["test"] if split == "test" else examples


def _split_of(name: str) -> str:
    return "test" if _TEST.fullmatch(name) else "validation" if VALIDATION in name else "train"


def _is_wanted(name: str, split: str) -> bool:
    if _TEST.fullmatch(name):
        return True
    # All of them for `train`, which must know what is held out of it.
    return _TABLE.fullmatch(name) is not None and (split in ("train", "all") or _split_of(name) == split)


def _check(source: Source, split: str, examples: Collection[Example]) -> None:
    if examples:
        return
    if split == "test":
        raise DatasetError(f"{source.path} has no test of 2017. {TEST_REMEDY}")
    wanted = f"{VALIDATION}.tsv" if split == "validation" else "twitter-YEARPART-A.tsv"
    raise DatasetError(f"{source.path} has no tweets of {wanted}. {REMEDY}")


def _tweets(place: str, name: str, table: bytes) -> Iterator[Example]:
    part = Path(name).stem
    # Not splitlines: tweets hold other characters that it takes for ends of lines.
    for number, line in enumerate(decode_utf8(place, table, "Fetch it again.").split("\n"), 1):
        if not line.strip():
            continue
        identifier, label, text = _columns(place, number, line)
        words = words_of(text)
        yield Example(
            identifier=f"{part}/{identifier}",
            item=Item(text=text),
            labels={"sentiment": label},
            group=f"words/{words}" if words else f"tweet/{identifier}",
        )


def _columns(place: str, number: int, line: str) -> tuple[str, str, str]:
    identifier, _, rest = line.rstrip("\r").partition("\t")
    label, separator, text = rest.partition("\t")
    if label not in LABELS or not separator:
        raise DatasetError(
            f"{shortened(place)}, line {number} is not an id, a tab, one of {', '.join(LABELS)}, a tab and a text. "
            "Fetch the file again."
        )
    return identifier, label, as_typed(text)


def as_typed(text: str) -> str:
    r"""Return the text of a tweet without what the tables' makers added: CSV's quotes, `\u002c`, `&amp;`."""
    text = text.strip()
    inner = text[1:-1]
    # A tweet that is a quotation from end to end looks alike, and loses nothing that is told; one that only begins and
    # ends with one has other quotes within.
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in _ESCAPED_QUOTES.sub("", inner):
        text = inner
    text = _SPELLED_OUT.sub(lambda match: chr(int(match[1], 16)), _ESCAPED_QUOTES.sub('"', text))
    return html.unescape(text).strip()


def _without_repetitions(tweets: Collection[Example], seen: set[str]) -> list[Example]:
    kept = []
    for tweet in tweets:
        marks = {tweet.identifier.rpartition("/")[2], tweet.item.text or ""}
        if seen.isdisjoint(marks):
            kept.append(tweet)
        seen |= marks
    return kept
