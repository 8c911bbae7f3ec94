from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_mvsa import SmallPost, make_picture, make_posts, pack, write_posts, write_published
from training.datasets import DATASETS, load_dataset
from training.errors import DatasetError

POSTS = make_posts(9)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_posts(tmp_path, POSTS)
    return tmp_path


def test_posts_are_read_to_the_letter_in_the_tables_order(root: Path) -> None:
    examples = load_dataset("mvsa", root, "all")
    read = [
        SmallPost(example.identifier, example.labels["sentiment"], example.item.text or "", example.item.image)
        for example in examples
    ]
    assert read == POSTS


def test_every_split_is_every_post(root: Path) -> None:
    assert load_dataset("mvsa", root, "train") == load_dataset("mvsa", root, "all")


def test_folder_and_archive_read_the_same(root: Path, tmp_path: Path) -> None:
    from_folder = load_dataset("mvsa", root, "all")
    pack(root / "mvsa_single")
    assert load_dataset("mvsa", root, "all") == from_folder


def test_nothing_is_copied_into_the_cache(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "cache"))
    load_dataset("mvsa", root, "all")
    assert not (tmp_path / "cache").exists()


def test_the_binary_set_is_the_same_without_neutral(root: Path) -> None:
    polar = [example for example in load_dataset("mvsa", root, "all") if example.labels["sentiment"] != "neutral"]
    assert load_dataset("mvsa_binary", root, "all") == polar
    assert len(polar) == 6
    assert DATASETS["mvsa_binary"].labels == {"sentiment": ("negative", "positive")}


def test_duplicates_share_a_group_and_others_do_not(tmp_path: Path) -> None:
    posts = make_posts(6)
    posts[3] = SmallPost("900", "neutral", f"RT @someone: {posts[0].text.upper()}!! http://t.co/abc", make_picture(50))
    posts[4] = SmallPost("901", "negative", "quite another text", posts[3].image)
    write_posts(tmp_path, posts)
    groups = [example.group for example in load_dataset("mvsa", tmp_path, "all")]
    assert groups == ["100", "101", "102", "100", "100", "105"]


def test_a_missing_or_damaged_picture_leaves_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = POSTS[0].image or b""
    damaged = [None, b"", b"no picture", whole[: len(whole) // 2], POSTS[4].image]
    posts = [SmallPost(post.identifier, post.label, post.text, image) for post, image in zip(POSTS, damaged)]  # noqa: B905
    write_posts(tmp_path, posts)
    examples = load_dataset("mvsa", tmp_path, "all")
    assert [example.item.image for example in examples] == [None, None, None, None, POSTS[4].image]
    assert [example.item.text for example in examples] == [post.text for post in posts]
    assert "4 of 5 pictures are missing or damaged. Their posts keep their text." in capsys.readouterr().err


def test_a_post_without_text_has_none(tmp_path: Path) -> None:
    write_posts(tmp_path, [SmallPost("1", "neutral", "", POSTS[0].image), SmallPost("2", "neutral", " ", None)])
    assert [example.item.text for example in load_dataset("mvsa", tmp_path, "all")] == [None, None]


def test_without_the_image_modality_no_picture_is_needed(tmp_path: Path) -> None:
    write_posts(tmp_path, [SmallPost(post.identifier, post.label, post.text, None) for post in POSTS])
    texts = [example.item.text for example in load_dataset("mvsa", tmp_path, "all", modalities=["text"])]
    assert texts == [post.text for post in POSTS]
    with pytest.raises(DatasetError, match=r"mvsa_single has no picture images/ID.jpg.*--without image"):
        load_dataset("mvsa", tmp_path, "all")


PUBLISHED = {"100": "negative,negative", "101": "neutral,positive", "102": "positive,negative"}


@pytest.mark.parametrize("archived", [False, True])
def test_the_published_layout_is_read_too(tmp_path: Path, archived: bool) -> None:
    folder = write_published(tmp_path, POSTS[:3], PUBLISHED)
    if archived:
        pack(folder)
    examples = load_dataset("mvsa", tmp_path, "all")
    assert [(example.identifier, example.labels["sentiment"]) for example in examples] == [
        ("100", "negative"),
        ("101", "positive"),
    ]
    assert [(example.item.text, example.item.image) for example in examples] == [
        (post.text, post.image) for post in POSTS[:2]
    ]


def test_a_published_text_may_be_of_an_older_encoding(tmp_path: Path) -> None:
    post = SmallPost("100", "negative", "caf\xe9 \x93noir\x94", POSTS[0].image)
    write_published(tmp_path, [post], PUBLISHED, encoding="latin-1")
    assert load_dataset("mvsa", tmp_path, "all")[0].item.text == "café “noir”"


def _rewrite(table: Path, old: str, new: str) -> None:
    content = table.read_bytes().decode()
    assert old in content
    table.write_bytes(content.replace(old, new, 1).encode("latin-1"))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no table": (lambda folder: (folder / "labels.csv").unlink(), "has no labels.csv and no labelResultAll.txt"),
    "other columns": (
        lambda folder: _rewrite(folder / "labels.csv", "sentiment", "label"),
        "labels.csv has not the columns id, sentiment, text",
    ),
    "a short row": (
        lambda folder: _rewrite(folder / "labels.csv", f",{POSTS[0].text}", ""),
        "labels.csv has not the columns id, sentiment, text",
    ),
    "unknown label": (
        lambda folder: _rewrite(folder / "labels.csv", "100,negative", "100,angry"),
        "labels.csv: '100' has the unknown label 'angry'; known: negative, neutral, positive",
    ),
    "no label": (lambda folder: _rewrite(folder / "labels.csv", "100,negative", "100,"), "has the unknown label ''"),
    "an id twice": (lambda folder: _rewrite(folder / "labels.csv", "101,", "100,"), "labels.csv lists '100' 2 times"),
    "not UTF-8": (
        lambda folder: _rewrite(folder / "labels.csv", POSTS[0].text, "caf\xe9"),
        r"labels.csv, line \d, byte \d+: 0xe9 is",
    ),
    "no rows": (lambda folder: (folder / "labels.csv").write_text("id,sentiment,text\n"), "labels.csv lists no post"),
    "no zip": (lambda folder: pack(folder).write_bytes(b"<html>404</html>"), "mvsa_single.zip is damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told(root: Path, damage: str) -> None:
    spoil, message = DAMAGES[damage]
    spoil(root / "mvsa_single")
    with pytest.raises(DatasetError, match=message):
        load_dataset("mvsa", root, "all")


PUBLISHED_DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no text": (lambda folder: (folder / "data/101.txt").unlink(), "lists '101', but there is no MVSA_Single/data/101"),
    "three annotators": (
        lambda folder: (folder / "labelResultAll.txt").write_text("100\tneutral,neutral\tneutral,neutral\n"),
        "labelResultAll.txt: '100.tneutral,neutral.tneutral,neutral' is not an id",
    ),
    "unknown label": (
        lambda folder: _rewrite(folder / "labelResultAll.txt", "neutral,", "mixed,"),
        "'101' has the unknown label 'mixed'",
    ),
}


@pytest.mark.parametrize("damage", PUBLISHED_DAMAGES)
def test_damage_of_the_published_layout_is_told(tmp_path: Path, damage: str) -> None:
    spoil, message = PUBLISHED_DAMAGES[damage]
    spoil(write_published(tmp_path, POSTS[:3], PUBLISHED))
    with pytest.raises(DatasetError, match=message):
        load_dataset("mvsa", tmp_path, "all")


def test_where_there_is_nothing_the_message_says_what_to_place(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no mvsa_single and no mvsa_single.zip .*give it out at http"):
        load_dataset("mvsa", tmp_path, "all")
