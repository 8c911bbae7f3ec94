from pathlib import Path

import pytest

from model_bundle.cleaning import Pictographs
from training.encoders.pictographs import cleaned, learn_pictographs, learned_pictographs, write_pictographs


@pytest.fixture(scope="module")
def pictographs() -> Pictographs:
    found = learned_pictographs(learn_pictographs())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("emoji", "name"),
    [
        ("\U0001f621", "enraged face"),
        ("\U0001f92e", "face vomiting"),
        ("\U0001f44e\U0001f3ff", "thumbs down"),
        ("\U0001f494", "broken heart"),
        ("\u2764\ufe0f", "red heart"),
        ("\u2665", "red heart"),
        ("\U0001f60d", "smiling face with heart eyes"),
        ("\U0001f937\U0001f3fd\u200d\u2640\ufe0f", "woman shrugging"),
        ("\U0001f1e8\U0001f1e6", "Canada"),
        ("5\ufe0f\u20e3", "5"),
    ],
)
def test_emoji_have_the_names_of_unicode(pictographs: Pictographs, emoji: str, name: str) -> None:
    assert pictographs.name_emoji(emoji).strip() == f"({name})"


@pytest.mark.parametrize("sign", ["\u00a9", "\u00ae", "5", "#", "\u2192"])
def test_signs_stay_signs(pictographs: Pictographs, sign: str) -> None:
    assert pictographs.name_emoji(sign).strip() == sign


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why :(", "why (frowning face)"),
        ("why :'(", "why (crying face)"),
        ("lol xD", "lol (grinning squinting face)"),
        ("at 8:30, or 3:0 (home)", "at 8:30, or 3:0 (home)"),
        ("grade D: poor; note: (one)", "grade D: poor; note: (one)"),
        ("Torso, XDR, o_Oo", "Torso, XDR, o_Oo"),
    ],
)
def test_emoticons_have_the_names_of_emoji(pictographs: Pictographs, text: str, expected: str) -> None:
    assert pictographs.name_emoticons(text).split() == expected.split()


def test_a_vocabulary_is_learned_from_cleaned_texts() -> None:
    texts = ["soooo \U0001f621"]
    assert [text.split() for text in cleaned(texts, learn_pictographs())] == [["so", "(enraged", "face)"]]
    assert list(cleaned(texts, {})) == texts


def test_only_what_was_learned_is_written(tmp_path: Path) -> None:
    assert write_pictographs({}, tmp_path) is None
    assert not list(tmp_path.iterdir())
    name = write_pictographs(learn_pictographs(), tmp_path)
    assert name is not None
    assert Pictographs.open(tmp_path / name).to_json() == learn_pictographs()["pictographs"]
