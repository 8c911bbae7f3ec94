from lambda_fn.inference.prediction_service import choose_model
from lambda_fn.schemas.request import PredictionRequest


def test_text_and_metadata_go_to_the_reviews_model() -> None:
    assert choose_model(PredictionRequest(text="Good.")) == "reviews"
    assert choose_model(PredictionRequest(genre=["Drama"], year=1994)) == "reviews"


def test_a_picture_goes_to_the_posts_model_whatever_is_with_it() -> None:
    assert choose_model(PredictionRequest(image_url="https://example.com/a.png")) == "posts"
    assert choose_model(PredictionRequest(text="Good.", year=1994, image_base64="AAAA")) == "posts"


def test_a_named_model_is_taken_at_its_word() -> None:
    assert choose_model(PredictionRequest(text="Good.", model="posts")) == "posts"
    assert choose_model(PredictionRequest(image_url="https://example.com/a.png", model="reviews")) == "reviews"
