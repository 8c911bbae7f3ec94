from pathlib import Path
from typing import Any

import pytest

from model_bundle.spec import ImageSpec
from model_export.card import model_card
from model_export.gate import Comparison
from tests.tiny_bundle import IMAGE_GRAPH, POST, tiny_spec, write_tiny_bundle


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"resize": "crop", "shorter_side": 256}, "cropped to its middle"),
        ({"resize": "stretch"}, "stretched to"),
        ({"resize": "pad"}, "fitted into"),
    ],
)
def test_the_card_says_what_becomes_of_a_picture(tmp_path: Path, policy: dict[str, Any], words: str) -> None:
    tiny = tiny_spec(write_tiny_bundle(tmp_path, "posts", POST), "posts", POST)
    image = ImageSpec(graph=IMAGE_GRAPH, height=224, width=200, max_pixels=1, **policy)
    recipe = tiny.provenance.model_copy(update={"recipe": {"card": {}}})
    spec = tiny.model_copy(update={"modalities": (tiny.modalities[0], image), "provenance": recipe})
    card = model_card(spec, Comparison(agreement=1.0, accuracy_loss=0.0))
    assert f"- In: an image (JPEG, PNG, WebP or GIF), {words} 200 x 224 pixels." in card
