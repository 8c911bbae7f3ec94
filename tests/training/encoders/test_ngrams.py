import math
from collections import Counter

import pytest
import torch
from torch import Tensor

from training.encoders.ngrams import MULTIPLIER, NgramRecipe, NgramSums, ngram_rows

VOCABULARY = 50
RECIPE = NgramRecipe(buckets=(1009, 2003), dropout=0.5)


def sums_of(*texts: list[int], learning: bool = False) -> Tensor:
    torch.manual_seed(0)
    module = NgramSums(RECIPE, VOCABULARY).train(learning)
    for weights in module.weights.parameters():
        torch.nn.init.normal_(weights)
    sums: Tensor = module(*padded(*texts))
    return sums


def padded(*texts: list[int]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, texts))
    ids = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    return ids, torch.tensor([len(text) for text in texts])


def test_rows_are_those_of_the_hash() -> None:
    words, pairs, triples = ngram_rows(*padded([7, 8, 9]), [VOCABULARY, 1009, 2003])
    assert words.tolist() == [[7, 8, 9]]
    assert pairs.tolist() == [[(7 * MULTIPLIER + 8) % 1009, (8 * MULTIPLIER + 9) % 1009, 1009]]
    assert triples.tolist() == [[((7 * MULTIPLIER + 8) * MULTIPLIER + 9) % 2003, 2003, 2003]]


def test_no_hash_of_the_largest_vocabulary_overflows() -> None:
    largest = 2**20 - 1
    *_, triples = ngram_rows(torch.full((1, 3), largest), torch.tensor([3]), [largest + 1, 524_287, 1_048_573])
    assert triples[0, 0].item() == ((largest * MULTIPLIER + largest) * MULTIPLIER + largest) % 1_048_573


def test_a_text_is_summed_as_if_it_were_alone() -> None:
    texts = [3], [3, 4], [5, 6, 7, 8, 9, 3]
    together = sums_of(*texts)
    for row, text in enumerate(texts):
        assert torch.equal(together[row], sums_of(text)[0])


def test_what_comes_again_counts_once() -> None:
    once, twice = sums_of([3, 4, 5])[0], sums_of([3, 4, 5, 3, 4, 5])[0]
    assert once[0].item() == pytest.approx(twice[0].item())
    assert once[1].item() != pytest.approx(twice[1].item())  # the pair (5, 3) is new


def test_order_matters_to_pairs_and_not_to_words() -> None:
    one, other = sums_of([3, 4])[0], sums_of([4, 3])[0]
    assert one[0].item() == pytest.approx(other[0].item())
    assert one[1].item() != pytest.approx(other[1].item())


def test_a_part_is_left_out_in_training_and_the_rest_made_up_for_it() -> None:
    texts = [[word] for word in range(1, VOCABULARY)] * 40
    ratios = (sums_of(*texts, learning=True)[:, 0] / sums_of(*texts)[:, 0]).round(decimals=3)
    counts = Counter(ratios.tolist())
    assert counts.keys() == {0.0, 2.0}
    assert counts[0.0] / len(texts) == pytest.approx(RECIPE.dropout, abs=0.05)


def test_ratios_say_which_label_has_an_ngram_more_often() -> None:
    module = NgramSums(RECIPE, VOCABULARY)
    ids, counts = padded([3, 4], [3, 5], [3, 4])
    module.fit_ratios([(ids[:2], counts[:2], torch.tensor([1.0, 0.0])), (ids[2:], counts[2:], torch.tensor([0.75]))])
    ratios = module._ratios[0].weight[:, 0]
    assert ratios[3] == pytest.approx(
        math.log((1 + 1.75) / (VOCABULARY + 1 + 3.5) / ((1 + 1.25) / (VOCABULARY + 1 + 2.5)))
    )
    assert ratios[4] > 0 > ratios[5]
    assert module._ratios[1].weight.std() > 0
    assert not any(parameter.requires_grad for parameter in module.ratios.parameters())


def test_folded_sums_are_the_same() -> None:
    torch.manual_seed(0)
    module = NgramSums(RECIPE, VOCABULARY).eval()
    for table in module.parameters():
        torch.nn.init.normal_(table)
    texts = padded([3, 4, 5, 3, 4], [7])
    assert torch.allclose(module(*texts), module.folded()(*texts), atol=1e-6)
