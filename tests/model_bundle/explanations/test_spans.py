from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_bundle.explanations.spans import MOST_SPANS, spans_of, without


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in spans_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('I can\'t (really) "love" it...', ["I", "can't", "really", "love", "it"]),
        ("It\u2019s well-made: 3.5 of 1,000,5!", ["It\u2019s", "well-made", "3.5", "of", "1,000,5"]),
        ("good,bad—ugly.<br /><br />The", ["good", "bad", "ugly", "br", "br", "The"]),
        ("#this_film by @someone!", ["#this_film", "by", "@someone"]),
        ("wow😀😀 👍🏽👨‍👩‍👧🇩🇪 1️⃣ ♥️", ["wow", "😀", "😀", "👍🏽", "👨‍👩‍👧", "🇩🇪", "1️⃣", "♥️"]),
        ("see https://x.y/z?q=(1) :) !!! -", ["see", "https://x.y/z?q=(1)", ":)", "!!!"]),
        ("这部电影好。", ["这", "部", "电", "影", "好"]),
        ("とても面白いラーメン", ["とても", "面", "白", "い", "ラーメン"]),
        ("좋은 영화, नमस्ते दुनिया।", ["좋은", "영화", "नमस्ते", "दुनिया"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_words_of_all_kinds(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_a_long_text_is_taken_apart_by_sentence() -> None:
    text = 'He said "Why?" twice... No!! It was 3.5 of 5\nNew line.<br />The end  ' + "word " * 60
    assert parts(text) == [
        'He said "Why?"',
        "twice...",
        "No!!",
        "It was 3.5 of 5",
        "New line.",
        "<br />The end  " + ("word " * 60).strip(),
    ]


def test_wide_punctuation_ends_a_sentence_without_a_space() -> None:
    assert parts("好" * 40 + "。" + "坏" * 40 + "。」" + "嗯") == ["好" * 40 + "。", "坏" * 40 + "。」", "嗯"]


def test_just_the_limit_is_still_words() -> None:
    assert len(spans_of("word " * MOST_SPANS)) == MOST_SPANS
    assert parts("word " * (MOST_SPANS + 1))[0] == "word"


def test_many_sentences_are_grouped() -> None:
    text = "One two. " * 1000
    spans = spans_of(text)
    assert len(spans) == MOST_SPANS
    assert (spans[0][0], spans[-1][1]) == (0, len(text.rstrip()))
    assert {text[start:end].count(".") for start, end in spans} == {15, 16}


def test_one_long_sentence_is_taken_apart_by_groups_of_words() -> None:
    found = parts("word " * 640)
    assert len(found) == MOST_SPANS
    assert set(found) == {" ".join(["word"] * 10)}


@given(st.text(max_size=400))
def test_parts_are_apart_in_order_and_within_the_text(text: str) -> None:
    spans = spans_of(text)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)
    assert len(spans) <= MOST_SPANS
    assert not edges or edges[-1] <= len(text)
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    ("text", "start", "end", "rest"),
    [
        ("a b c", 2, 3, "a c"),
        ("a b c", 0, 1, "b c"),
        ("a b c", 4, 5, "a b "),
        ("(a) b", 1, 2, "() b"),
        ("好看", 0, 1, "看"),
        ("a", 0, 1, ""),
    ],
)
def test_what_is_left_out_leaves_no_doubled_space(text: str, start: int, end: int, rest: str) -> None:
    assert without(text, start, end) == rest


@pytest.mark.parametrize(
    "unit",
    [".", ".'", "a.", "https://(", "(:", "1,", "1\ufe0f", "\u0301", "#", "👨\u200d", "。", "\n", " ", "." * 300 + "x"],
)
def test_no_text_takes_long(unit: str) -> None:
    started = process_time()
    spans_of(unit * (50_000 // len(unit)))
    assert process_time() - started < 1  # 0.1 s
