from pathlib import Path

from lambda_fn.schemas.model_card import ModelCard
from model_bundle.catalog import Catalog
from model_bundle.folder import read_spec
from tests.tiny_bundle import MOST_PIXELS


def test_a_card_tells_callers_what_the_bundle_says(tiny_bundle: Path) -> None:
    card = ModelCard.of(read_spec(tiny_bundle))
    assert (card.name, card.licence, card.intended_use) == ("reviews", "MIT", "Tests.")
    assert card.modalities == ["text", "metadata"]
    assert card.heads == {"sentiment": ["negative", "positive"]}
    assert card.genres == ["Comedy", "Drama", "Horror"]
    assert [(figure.name, figure.value) for figure in card.measurements[0].figures] == [("accuracy", 1.0)]
    assert card.datasets[0].licence == "MIT"


def test_a_card_tells_how_large_images_may_be(both_models: Catalog) -> None:
    posts, reviews = (ModelCard.of(both_models.specs[name]) for name in ("posts", "reviews"))
    assert (posts.max_image_pixels, posts.max_image_side) == (MOST_PIXELS, 16_384)
    assert (reviews.max_image_pixels, reviews.max_image_side) == (None, None)
