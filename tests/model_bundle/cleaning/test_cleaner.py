import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_bundle.cleaning import Pictographs, TextCleaner

PICTOGRAPHS = Pictographs(
    {"\U0001f621": "enraged face", "\U0001f494": "broken heart", "\u2764": "red heart"},
    {":)": "smiling face", "<3": "red heart", "xD": "laughing face"},
)
VOCABULARY = {"so": 60, "good": 200, "too": 210, "to": 3}
CLEANER = TextCleaner(PICTOGRAPHS, VOCABULARY.get)


def words(text: str) -> list[str]:
    return CLEANER.clean(text).split()


@pytest.mark.parametrize(
    "text",
    [
        "A plain sentence, with a comma. What else?",
        "It was shot in 2003 - twice!",
        'He said "no" (and left).',
        "",
        "two\nlines\tand a tab",
    ],
)
def test_plain_text_comes_back_as_it_is(text: str) -> None:
    assert CLEANER.clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monday again \U0001f621\U0001f621\U0001f621", "monday again (enraged face)"),
        ("monday again :)", "monday again (smiling face)"),
        ("I &lt;3 it &amp; you", "I (red heart) it & you"),
        ("I &amp;lt;3 it", "I (red heart) it"),
        ("great<br />film<br>a <b>must</b>", "great film a must"),
        ("1 < 2 and 3 > 2 <3 <unknown>", "1 < 2 and 3 > 2 (red heart) <unknown>"),
        ("RT @bob: so good http://t.co/x1", "so good"),
        ("so good via @bob https://a.example/b?c=d www.example.org/x pic.twitter.com/xyz", "so good via"),
        ("so good, mail me@example.org or see bit.ly/2abc", "so good, mail or see"),
        ("so good http", "so good"),
        ("#GoodMorning #so_good #1day", "Good Morning so good 1day"),
        ("soooo gooood", "so good"),
        ("SOOOO GOOOOD", "SO GOOD"),
        ("so g\u00adoo\u200bd\ufeff", "so good"),
        ("so&shy; good", "so good"),
        ("so\x00 g\x08ood", "so good"),
        ("\uff47\uff4f\uff4f\uff44 \U0001d4f0\U0001d4f8\U0001d4f8\U0001d4ed", "good good"),
        ("g\u043e\u043ed", "good"),
        ("it\u2019s \u201cgood\u201d", 'it\'s "good"'),
        ("so good \ud83d", "so good \ufffd"),
    ],
)
def test_what_people_write_becomes_plain_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    "text", ["http://t.co/x", "@bob", "RT @bob: https://t.co/x", "<br/>", "\u200b\u00ad", "www.example.org"]
)
def test_nothing_is_left_of_what_says_nothing(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("added", [" http://t.co/x1", " @bob", " https://example.org/a?b=c", " @bob @al http"])
def test_links_and_names_beside_a_text_change_nothing(added: str) -> None:
    assert words("so good" + added) == words(added + " so good") == words("so good")


def test_other_scripts_stay() -> None:
    russian = "\u042d\u0442\u043e \u0445\u043e\u0440\u043e\u0448\u0438\u0439 \u0444\u0438\u043b\u044c\u043c"
    assert words(russian) == russian.split()


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    CLEANER.clean(text).encode()


@given(st.text(alphabet="so god!?,.\n"))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert CLEANER.clean(CLEANER.clean(text)) == CLEANER.clean(text)


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "a-",
        "a@",
        "<a ",
        ":",
        "\U0001f621",
        "\U0001f621\u200d",
        "&amp;",
        "a.",
        "#a",
        "a\u200b",
        "sooo",
        "\u0430",
        "@",
    ],
)
def test_long_texts_take_time_in_proportion(part: str) -> None:
    start = time.perf_counter()
    CLEANER.clean(part * 20_000)
    assert time.perf_counter() - start < 2
