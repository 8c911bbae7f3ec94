from pathlib import Path

import pytest

from model_bundle import BundleError
from model_bundle.cleaning import Pictographs

PICTOGRAPHS = Pictographs(
    {
        "\U0001f621": "enraged face",
        "\U0001f44d": "thumbs up",
        "\u2764": "red heart",
        "\U0001f468\u200d\U0001f680": "man astronaut",
        "\U0001f468": "man",
        "\U0001f680": "rocket",
        "\U0001f1e8\U0001f1e6": "Canada",
    },
    {":)": "smile", ":-)": "smile", ":/": "doubt", "xD": "laugh", "(:": "smile", "<3": "heart"},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\U0001f44d\U0001f3fd", "(thumbs up)"),  # a skin tone
        ("\u2764\ufe0f", "(red heart)"),  # a presentation selector
        ("\U0001f468\U0001f3fd\u200d\U0001f680", "(man astronaut)"),
        ("\U0001f468\u200d\U0001f621", "(man) (enraged face)"),  # no sequence of the table: its parts
        ("\U0001f1e8\U0001f1e6", "(Canada)"),
        ("\U0001f621\U0001f621 \U0001f44d\U0001f621", "(enraged face) (thumbs up)"),
        ("\U0001f9ff", "\U0001f9ff"),  # unknown
        ("a \u2192 b", "a \u2192 b"),
    ],
)
def test_emoji_are_named(text: str, expected: str) -> None:
    assert PICTOGRAPHS.name_emoji(text).split() == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":) great:-)", "(smile) great (smile)"),
        ("xD", "(laugh)"),
        ("boxDay xDay", "boxDay xDay"),
        ("10:30 3:) http://a", "10:30 3:) http://a"),
        ("either:/or", "either:/or"),
        ("well :/", "well (doubt)"),
        ("<3 <3", "(heart) (heart)"),
        ("<30", "<30"),
    ],
)
def test_emoticons_are_named_where_they_stand_apart(text: str, expected: str) -> None:
    assert PICTOGRAPHS.name_emoticons(text).split() == expected.split()


def test_the_table_goes_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pictographs.json"
    path.write_text(PICTOGRAPHS.to_json(), encoding="utf-8")
    assert Pictographs.open(path).to_json() == PICTOGRAPHS.to_json()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"emoji": {}}', '{"emoji": {}, "emoticons": []}', '{"emoji": {"a": 1}, "emoticons": {}}']
)
def test_a_damaged_table_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pictographs.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BundleError, match=r"pictographs\.json has no names"):
        Pictographs.open(path)
