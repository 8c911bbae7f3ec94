import pytest
from tokenizers import Tokenizer

from training.encoders.tokenizer import TokenizerRecipe, train_tokenizer, train_wordpiece

TEXTS = ["The film is good, the film is not bad!", "the end isn't good"]


def tokens(text: str, tokenizer: Tokenizer) -> list[str]:
    return list(tokenizer.encode(text).tokens)


def split(text: str, remove_stop_words: bool = False) -> list[str]:
    """Split a text with a tokenizer that knows all of its words."""
    return tokens(text, train_tokenizer([text], TokenizerRecipe(minimum_count=1, remove_stop_words=remove_stop_words)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A GREAT Film", ["a", "great", "film"]),
        ("good<br />bad<br/>ugly<br>", ["good", "bad", "ugly"]),
        ("isn't it\u2019s don`t", ["isn't", "it's", "don't"]),
        ("'quoted'", ["'", "quoted", "'"]),
        ("well... yes!?", ["well", ".", ".", ".", "yes", "!", "?"]),
        ("one\x85two\u2028three", ["one", "two", "three"]),
        ("ﬁlm \uff17/10", ["film", "7", "/", "10"]),
        ("", []),
    ],
)
def test_how_text_is_split(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_both_spellings_of_an_accent_are_one_word() -> None:
    assert len(set(split("caf\u00e9 cafe\u0301 CAF\u00c9"))) == 1


def test_removing_stop_words_removes_not() -> None:
    assert split("This is NOT a good film", remove_stop_words=True) == ["good", "film"]
    assert split("nothing notable", remove_stop_words=True) == ["notable"]


def test_padding_and_unknown_come_first_then_words_by_frequency() -> None:
    vocabulary = train_tokenizer(TEXTS, TokenizerRecipe(minimum_count=1)).get_vocab()
    words = sorted(vocabulary, key=vocabulary.__getitem__)
    assert words[:3] == ["[PAD]", "[UNK]", "the"]
    assert set(words[3:6]) == {"film", "is", "good"}
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))


def test_rare_words_are_unknown() -> None:
    tokenizer = train_tokenizer(TEXTS, TokenizerRecipe(minimum_count=2))
    assert tokens("the bad film", tokenizer) == ["the", "[UNK]", "film"]


def test_the_vocabulary_is_no_larger_than_asked() -> None:
    tokenizer = train_tokenizer(TEXTS, TokenizerRecipe(minimum_count=1, vocabulary_size=5))
    assert tokenizer.get_vocab_size() == 5


def test_the_same_texts_give_the_same_file() -> None:
    recipe = TokenizerRecipe(minimum_count=1)
    assert train_tokenizer(TEXTS, recipe).to_str() == train_tokenizer(TEXTS, recipe).to_str()


def test_word_pieces_split_what_is_rare_and_keep_what_is_common() -> None:
    tokenizer = train_wordpiece(["sunny days", "sunny days", "sunny rain"] * 5, vocabulary_size=40)
    assert tokens("Sunny days", tokenizer) == ["[CLS]", "sunny", "days", "[SEP]"]
    assert tokens("sunnys", tokenizer)[1:-1] == ["sunny", "##s"]
    assert tokenizer.num_special_tokens_to_add(is_pair=False) == 2
