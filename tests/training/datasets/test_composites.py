from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets.composites import CLIPS, HELD_OUT, PARTS, SEED, composites
from training.datasets.example import Example
from training.recipe import load_recipe


def examples_of(field: str, emotions: tuple[str, ...], count: int = 200) -> list[Example]:
    examples = []
    for at in range(count):
        medium = Path(f"{at}.wav") if field == "audio" else str(at) if field == "text" else str(at).encode()
        emotion = emotions[at % len(emotions)]
        examples.append(Example(f"{field}/{at}", Item(**{field: medium}), {"emotion": emotion}, f"{field}/{at}"))  # type: ignore[arg-type]
    return examples


TEXTS = examples_of("text", ("joy", "anger", "fear"))
VOICES = examples_of("audio", ("joy", "anger"))
FACES = examples_of("image", ("joy", "anger", "fear"))
MADE = composites(TEXTS, VOICES, FACES)


def test_a_clip_has_one_emotion_in_all_that_it_is_made_of() -> None:
    emotion_of = {example.item: example.labels["emotion"] for example in [*TEXTS, *VOICES, *FACES]}
    for made in MADE:
        parts = [Item(text=made.item.text), Item(audio=made.item.audio), Item(image=made.item.image)]
        assert {emotion_of[part] for part in parts} == {made.labels["emotion"]}
    assert len(MADE) == 2 * CLIPS


def test_nothing_of_one_part_is_in_another() -> None:
    for field in ("text", "audio", "image"):
        groups: dict[object, set[str]] = {}
        for made in MADE:
            groups.setdefault(getattr(made.item, field), set()).add(made.group)
        assert all(len(of) == 1 for of in groups.values())
    assert len({made.group for made in MADE}) == PARTS


def test_each_comes_up_as_often_as_another() -> None:
    counts: dict[object, int] = {}
    for made in MADE:
        counts[made.item.image] = counts.get(made.item.image, 0) + 1
    by_group = {(made.group, made.labels["emotion"]): [] for made in MADE}  # type: ignore[var-annotated]
    for made in MADE:
        by_group[made.group, made.labels["emotion"]].append(counts[made.item.image])
    assert all(max(of) - min(of) <= 1 for of in by_group.values())


@pytest.mark.parametrize("name", ["clips_text", "clips_voice", "clips_face"])
def test_they_are_made_of_what_the_encoders_recipes_hold_out(name: str) -> None:
    recipe = load_recipe(Path(name))
    assert recipe.data.dataset == name
    assert recipe.data.validation_fraction == HELD_OUT
    assert recipe.seed == SEED
