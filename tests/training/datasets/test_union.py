from collections.abc import Collection
from pathlib import Path

from model_bundle import Item
from training.datasets.description import DatasetDescription
from training.datasets.example import Example
from training.datasets.source import Source
from training.datasets.union import PASSAGE_WORDS, Part, passage, union

LABELS: dict[str, tuple[str, ...]] = {"sentiment": ("negative", "positive")}


def dataset_of(name: str, splits: tuple[str, ...], texts: Collection[str]) -> DatasetDescription:
    def sources(root: Path, modalities: Collection[str]) -> list[Source]:
        assert list(modalities) == ["text"]
        return [Source(root / name)]

    def read(sources: list[Source], split: str) -> list[Example]:
        assert sources[0].path.name == name
        return [Example(f"{split}/{at}", Item(text), {}, group=f"g{at}") for at, text in enumerate(texts)]

    return DatasetDescription(name, splits, LABELS, sources, read, f"Licence of {name}.", f"Authors of {name}.")


FILMS = dataset_of("films", ("train", "test", "all"), ["one", "two", "three", "four"])
POSTS = dataset_of("posts", ("train", "all"), ["five", "six"])
BOTH = union("both", "text", LABELS, [Part(FILMS, taken=lambda number: number % 2 == 0), Part(POSTS)])


def test_parts_follow_each_other_and_keep_their_names(tmp_path: Path) -> None:
    examples = BOTH.read(BOTH.sources(tmp_path, ("text", "audio")), "train")
    assert [example.item.text for example in examples] == ["one", "three", "five", "six"]
    assert examples[1].identifier == "films/train/2"
    assert examples[1].group == "films/g2"
    assert examples[2].group == "posts/g0"


def test_a_union_has_the_splits_and_the_terms_of_all_parts() -> None:
    assert BOTH.splits == ("train", "all")
    assert BOTH.licence == "Licence of films. Licence of posts."
    assert BOTH.citation == "Authors of films. Authors of posts."


def test_passages_are_an_end_of_a_review_and_half_of_them_look_like_transcripts() -> None:
    text = " ".join(f"Word{at}," for at in range(200)) + "<br /><br />The end!"
    passages = [passage(Example(str(at), Item(text, year=1999), {}, "")).item.text or "" for at in range(40)]
    assert all(len(of.split()) == PASSAGE_WORDS for of in passages)
    assert {of.split()[0].strip(",").lower() in ("word0",) for of in passages} == {True, False}
    plain = [of for of in passages if "," not in of]
    assert 0 < len(plain) < len(passages)
    assert all(of == of.lower() for of in plain)
