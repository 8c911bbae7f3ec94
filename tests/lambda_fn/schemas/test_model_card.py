from pathlib import Path

from lambda_fn.schemas.model_card import ModelCard
from model_bundle.folder import read_spec


def test_a_card_tells_callers_what_the_bundle_says(tiny_bundle: Path) -> None:
    card = ModelCard.of(read_spec(tiny_bundle))
    assert (card.name, card.licence, card.intended_use) == ("reviews", "MIT", "Tests.")
    assert card.modalities == ["text", "metadata"]
    assert card.heads == {"sentiment": ["negative", "positive"]}
    assert card.genres == ["Comedy", "Drama", "Horror"]
    assert [(figure.name, figure.value) for figure in card.measurements[0].figures] == [("accuracy", 1.0)]
    assert card.datasets[0].licence == "MIT"
