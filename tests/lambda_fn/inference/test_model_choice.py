import pytest

from lambda_fn.inference.model_choice import choose_model
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.folder import read_specs
from model_bundle.spec import BundleSpec
from tests.tiny_bundle import write_tiny_bundle

IMAGE = "https://example.com/a.png"


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BundleSpec]:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_bundle(folder, "posts", ("text", "image"))
    write_tiny_bundle(folder, "reviews")
    specs = read_specs(folder)
    return specs | {"reviews": specs["reviews"].model_copy(update={"text_min_words": 3})}


def test_genre_or_year_decide_for_the_model_that_reads_them(specs: dict[str, BundleSpec]) -> None:
    assert choose_model(PredictionRequest(genre=["Drama"], year=1994), specs) == "reviews"
    assert choose_model(PredictionRequest(text="Good.", year=1994), specs) == "reviews"


def test_an_image_decides_whatever_is_with_it(specs: dict[str, BundleSpec]) -> None:
    assert choose_model(PredictionRequest(image_url=IMAGE), specs) == "posts"
    assert choose_model(PredictionRequest(text="Good.", year=1994, image_base64="AAAA"), specs) == "posts"


def test_a_text_alone_goes_by_its_length(specs: dict[str, BundleSpec]) -> None:
    assert choose_model(PredictionRequest(text="Good film."), specs) == "posts"
    assert choose_model(PredictionRequest(text="A good film.", genre=[" "]), specs) == "reviews"


def test_a_missing_bundle_gives_way_to_the_next_that_reads_the_fields(specs: dict[str, BundleSpec]) -> None:
    for name in specs:
        alone = {name: specs[name]}
        for request in (PredictionRequest(text="Good."), PredictionRequest(text="Good.", image_url=IMAGE, year=1994)):
            assert choose_model(request, alone) == name


def test_a_named_model_is_taken_as_it_is(specs: dict[str, BundleSpec]) -> None:
    assert choose_model(PredictionRequest(text="Good.", model="posts"), specs) == "posts"
    assert choose_model(PredictionRequest(image_url=IMAGE, model="reviews"), specs) == "reviews"


def test_a_request_with_nothing_in_it_still_has_a_model_to_say_so(specs: dict[str, BundleSpec]) -> None:
    assert choose_model(PredictionRequest(), specs) in specs
