import pytest

from training.datasets import DATASETS


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_set_says_what_its_use_asks_for(name: str) -> None:
    description = DATASETS[name]
    assert description.name == name
    assert {"train", "all"} & set(description.splits)
    assert description.licence.endswith(".")
    assert description.citation.endswith(".")
    assert all(len(labels) > 1 for labels in description.labels.values())
