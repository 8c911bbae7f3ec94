from typing import Any

import pytest
from pydantic import ValidationError

from lambda_fn.schemas.request import BatchRequest, PredictionRequest
from model_bundle.item import Item


def _wrong_fields(request: Any) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        PredictionRequest.model_validate(request)
    return [".".join(map(str, error["loc"])) for error in raised.value.errors()]


def test_a_full_request_becomes_an_item() -> None:
    request = PredictionRequest.model_validate({"text": "Good.", "genre": ["Drama", "Horror"], "year": 1994})
    assert request.to_item() == Item(text="Good.", genres=("Drama", "Horror"), year=1994)


@pytest.mark.parametrize("empty", [{}, {"text": None, "genre": None, "year": None, "model": None}])
def test_an_empty_request_becomes_an_empty_item(empty: dict[str, Any]) -> None:
    assert PredictionRequest.model_validate(empty).to_item() == Item()


def test_one_genre_needs_no_list() -> None:
    assert PredictionRequest.model_validate({"genre": "Drama"}).to_item().genres == ("Drama",)


@pytest.mark.parametrize("genre", ["", " ", ["", " "]])
def test_blank_genres_are_absent(genre: Any) -> None:
    assert PredictionRequest.model_validate({"genre": genre}).to_item() == Item()


def test_a_whole_number_may_have_a_decimal_point() -> None:
    assert PredictionRequest.model_validate({"year": 1994.0}).year == 1994


@pytest.mark.parametrize("year", [True, "1994", 1994.5, 1869, 2101, float("inf"), 10**4000, [], {}])
def test_a_year_is_a_whole_number_in_range(year: Any) -> None:
    assert _wrong_fields({"year": year}) == ["year"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"text": 3}, "text"),
        ({"text": ["Good."]}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"genre": 3}, "genre"),
        ({"genre": {"name": "Drama"}}, "genre"),
        ({"genre": ["Drama", 3]}, "genre.1"),
        ({"genre": ["x" * 41]}, "genre.0"),
        ({"genre": ["Dra\0ma"]}, "genre.0"),
        ({"genre": ["Drama"] * 11}, "genre"),
        ({"model": 3}, "model"),
        ({"model": "m" * 65}, "model"),
        ({"txt": "Good."}, "txt"),
    ],
)
def test_each_wrong_field_is_named(request_: dict[str, Any], field: str) -> None:
    assert _wrong_fields(request_) == [field]


def test_every_wrong_field_is_named_at_once() -> None:
    assert _wrong_fields({"text": 3, "year": True, "colour": 1}) == ["text", "year", "colour"]


def test_a_batch_keeps_its_items_for_later() -> None:
    items = [{"text": "Good."}, 3, None]
    assert BatchRequest.model_validate({"items": items}).items == items


def test_a_batch_has_an_item() -> None:
    with pytest.raises(ValidationError):
        BatchRequest.model_validate({"items": []})
