from pathlib import Path

import pytest
from tokenizers import Tokenizer, processors

from model_bundle import BundleError, Item
from model_bundle.cleaning import Pictographs
from model_bundle.readers.text import TextReader, load_tokenizer


@pytest.fixture
def tokenizer(tiny_bundle: Path) -> Tokenizer:
    return load_tokenizer(tiny_bundle / "tokenizer.json")


def read(tokenizer: Tokenizer, text: str, max_tokens: int = 6, head_tokens: int = 4) -> tuple[list[str], list[str]]:
    reading = TextReader(tokenizer, max_tokens, head_tokens).read(Item(text=text))
    assert reading.arrays is not None
    words = [str(tokenizer.id_to_token(number)) for number in reading.arrays["token_ids"]]
    return words, [warning.code for warning in reading.warnings]


def test_a_short_text_is_read_whole(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "A GREAT film!") == (["a", "great", "film", "!"], [])


def test_a_text_of_just_the_limit_is_not_cut(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "good film " * 3)[1] == []


def test_a_long_text_loses_its_middle_and_says_so(tokenizer: Tokenizer) -> None:
    words, warnings = read(tokenizer, "the film was good " + "awful " * 50 + "it is")
    assert words == ["the", "film", "was", "good", "it", "is"]
    assert warnings == ["text_truncated"]


def test_only_the_head_is_kept_when_it_takes_all(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "good bad film was it is the", max_tokens=3, head_tokens=3)[0] == ["good", "bad", "film"]


def test_only_the_tail_is_kept_when_the_head_takes_nothing(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "good bad film was it is the", max_tokens=3, head_tokens=0)[0] == ["it", "is", "the"]


def test_a_text_of_unknown_words_says_so(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "ein guter Film")[1] == ["text_mostly_unknown"]


def test_punctuation_makes_no_text_known(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "ein guter Film!, . .")[1] == ["text_mostly_unknown"]


@pytest.mark.parametrize("text", ["\U0001f621", "ein guter Abend", "ein!!!", "\U0001f92e , ."])
def test_a_wholly_unknown_text_is_absent(tokenizer: Tokenizer, text: str) -> None:
    reading = TextReader(tokenizer, 6, 4).read(Item(text=text))
    assert reading.arrays is None
    assert [warning.code for warning in reading.warnings] == ["text_mostly_unknown"]


def test_tokens_that_every_text_has_are_no_known_words(tokenizer: Tokenizer) -> None:
    tokenizer.post_processor = processors.TemplateProcessing(single="a $A a", special_tokens=[("a", 10)])
    assert TextReader(tokenizer, 6, 4).read(Item(text="\U0001f621")).arrays is None


def test_punctuation_alone_is_read(tokenizer: Tokenizer) -> None:
    assert read(tokenizer, "! . !") == (["!", ".", "!"], [])


def test_a_text_is_cleaned_where_emoji_have_names(tokenizer: Tokenizer) -> None:
    reader = TextReader(tokenizer, 6, 4, Pictographs({"\U0001f621": "awful"}, {":)": "good"}))
    arrays = reader.read(Item(text="gooood f\u00adilm :) \U0001f621")).arrays
    assert arrays is not None
    words = [tokenizer.id_to_token(number) for number in arrays["token_ids"]]
    assert [word for word in words if word != "[UNK]"] == ["good", "film", "good", "awful"]


def test_a_text_of_which_cleaning_leaves_nothing_is_absent(tokenizer: Tokenizer) -> None:
    reading = TextReader(tokenizer, 6, 4, Pictographs({}, {})).read(Item(text="http://t.co/x @bob"))
    assert reading.arrays is None
    assert [warning.code for warning in reading.warnings] == ["text_without_words"]


@pytest.mark.parametrize("text", [None, "", "  \n\t"])
def test_no_text_is_an_absent_modality(tokenizer: Tokenizer, text: str | None) -> None:
    reading = TextReader(tokenizer, 6, 4).read(Item(text=text))
    assert reading.arrays is None
    assert reading.warnings == ()


def test_padding_goes_up_to_the_longest_text(tokenizer: Tokenizer) -> None:
    reader = TextReader(tokenizer, 6, 4)
    arrays = [reader.read(Item(text=text)).arrays for text in ("good", "good film")]
    stacked = reader.stack([values for values in arrays if values is not None])
    assert stacked["token_ids"].shape == (2, 2)
    assert stacked["token_ids"][0, 1] == 0
    assert stacked["token_counts"].tolist() == [1, 2]


def test_a_damaged_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(BundleError, match=r"tokenizer\.json is no tokenizer"):
        load_tokenizer(tmp_path / "tokenizer.json")


def test_many_are_read_as_one_by_one(tokenizer: Tokenizer) -> None:
    reader = TextReader(tokenizer, 6, 4)
    items = [Item(text=text) for text in ("A great film!", None, "  ", "the film was " * 9, "ein guter Film", "zzz")]
    for many, one in zip(reader.read_many(items), map(reader.read, items), strict=True):
        assert many.warnings == one.warnings
        assert (many.arrays is None) == (one.arrays is None)
        for name, values in (one.arrays or {}).items():
            assert many.arrays is not None
            assert many.arrays[name].tolist() == values.tolist()
    assert reader.read_many([]) == []
