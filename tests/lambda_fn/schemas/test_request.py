from typing import Any

import pytest
from pydantic import ValidationError

from lambda_fn.schemas.request import MEDIA_KINDS, BatchRequest, PredictionRequest
from model_bundle.item import Item, Turn


def _wrong_fields(request: Any) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        PredictionRequest.model_validate(request)
    return [".".join(map(str, error["loc"])) for error in raised.value.errors()]


def test_a_full_request_becomes_an_item() -> None:
    request = PredictionRequest.model_validate({"text": "Good.", "genre": ["Drama", "Horror"], "year": 1994})
    assert request.to_item() == Item(text="Good.", genres=("Drama", "Horror"), year=1994)


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_null_and_blank_mean_absent_in_every_field(nothing: Any) -> None:
    empty = dict.fromkeys(PredictionRequest.model_fields, nothing)
    assert PredictionRequest.model_validate(empty) == PredictionRequest()


@pytest.mark.parametrize("nothing", [None, "", []])
def test_an_unknown_field_is_refused_even_if_it_is_empty(nothing: Any) -> None:
    assert _wrong_fields({"txt": nothing}) == ["txt"]


def test_a_lone_surrogate_is_repaired_and_told_of() -> None:
    request = PredictionRequest.model_validate({"text": "a film \ud83d", "genre": ["Drama", "\udc00"], "year": 1994})
    assert (request.text, request.genre) == ("a film \ufffd", ["Drama", "\ufffd"])
    assert request.repaired_fields == ("text", "genre")


@pytest.mark.parametrize("text", ["plain", "caf\u00e9", "\U0001f600", "\ufffd"])
def test_what_is_whole_needs_no_repair(text: str) -> None:
    request = PredictionRequest.model_validate({"text": text})
    assert (request.text, request.repaired_fields) == (text, ())


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


def test_a_picture_may_be_inline() -> None:
    request = PredictionRequest.model_validate({"image_base64": "/9j/4A=="})
    assert (request.image_base64, request.has_image) == (b"\xff\xd8\xff\xe0", True)
    assert request.to_item({"image": request.image_base64}) == Item(image=b"\xff\xd8\xff\xe0")


@pytest.mark.parametrize(
    "value",
    [
        "/9j/4A",
        "/9j/4A=",
        "/9j/4A===",
        "=AAA",
        "AAAA\n",
        "AA AA",
        "AAAA AAAA",
        "_9j_4A==",
        "\u00c4AAA",
        "\ud800",
        "data:image/png;base64,AAAA",
        3,
        ["AAAA"],
        {},
        True,
    ],
)
def test_base64_is_strict(value: Any) -> None:
    assert _wrong_fields({"image_base64": value}) == ["image_base64"]


def test_a_data_url_is_told_what_to_leave_out() -> None:
    with pytest.raises(ValidationError, match="leave out what comes before it, comma included"):
        PredictionRequest.model_validate({"image_base64": "data:image/png;base64,AAAA"})


def test_two_pictures_are_one_too_many() -> None:
    assert _wrong_fields({"image_url": "https://example.com/a.png", "image_base64": "AAAA"}) == [""]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"image_url": 3}, "image_url"),
        ({"image_url": "https://example.com/\0"}, "image_url"),
        ({"on_media_error": "ignore"}, "on_media_error"),
        ({"explain": "words"}, "explain"),
        ({"explain": ["pictures"]}, "explain.0"),
        ({"explain": ["words"] * 3}, "explain"),
        ({"image": "AAAA"}, "image"),
    ],
)
def test_what_is_said_about_a_picture_is_checked(request_: dict[str, Any], field: str) -> None:
    assert _wrong_fields(request_) == [field]


def test_a_batch_keeps_its_items_for_later() -> None:
    items = [{"text": "Good."}, 3, None]
    assert BatchRequest.model_validate({"items": items}).items == items


def test_a_batch_has_an_item() -> None:
    with pytest.raises(ValidationError):
        BatchRequest.model_validate({"items": []})


@pytest.mark.parametrize("kind", MEDIA_KINDS)
def test_media_of_every_kind_come_by_url_or_inline(kind: str) -> None:
    by_url = PredictionRequest.model_validate({f"{kind}_url": "https://example.com/"})
    inline = PredictionRequest.model_validate({f"{kind}_base64": "/9j/4A=="})
    assert [(medium.kind, medium.url, medium.content) for medium in (*by_url.media, *inline.media)] == [
        (kind, "https://example.com/", None),
        (kind, None, b"\xff\xd8\xff\xe0"),
    ]
    both = {f"{kind}_url": "https://example.com/", f"{kind}_base64": "/9j/4A=="}
    with pytest.raises(ValidationError, match=f"{kind}_url and {kind}_base64 are two of a kind"):
        PredictionRequest.model_validate(both)


def test_one_of_each_kind_may_come_together() -> None:
    request = PredictionRequest.model_validate({f"{kind}_url": f"https://example.com/{kind}" for kind in MEDIA_KINDS})
    assert [medium.kind for medium in request.media] == ["image", "audio", "video"]
    assert PredictionRequest(text="good").media == ()


def test_a_conversation_becomes_part_of_the_item() -> None:
    context = [{"text": "Hello.", "speaker": "Ann"}, {"text": "Hm.", "speaker": None}]
    request = PredictionRequest.model_validate({"text": "Good.", "speaker": "Ben", "context": context})
    assert request.to_item() == Item("Good.", speaker="Ben", context=(Turn("Hello.", "Ann"), Turn("Hm.")))
    assert request.modalities == {"text"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"context": [{"text": "a"}] * 21}, "context"),
        ({"context": [{"text": "a" * 2001}]}, "context.0.text"),
        ({"context": [{"text": " "}]}, "context.0.text"),
        ({"context": [{"speaker": "Ann"}]}, "context.0.text"),
        ({"context": [{"text": "a"}, {"text": "a", "speaker": "a" * 101}]}, "context.1.speaker"),
        ({"context": [{"text": "a", "mood": "good"}]}, "context.0.mood"),
        ({"context": [{"text": "a\0"}]}, "context.0.text"),
        ({"context": ["a"]}, "context.0"),
        ({"context": "a"}, "context"),
        ({"speaker": "a" * 101}, "speaker"),
        ({"speaker": 1}, "speaker"),
    ],
)
def test_a_conversation_has_limits(body: dict[str, Any], field: str) -> None:
    assert _wrong_fields(body) == [field]


def test_a_conversation_at_its_limits_is_taken() -> None:
    context = [{"text": "a" * 2000, "speaker": "b" * 100}] * 20
    assert len(PredictionRequest.model_validate({"text": "Good.", "context": context}).to_item().context) == 20


def test_half_an_emoji_in_a_conversation_is_repaired_too() -> None:
    request = PredictionRequest.model_validate({"text": "a", "context": [{"text": "b \ud83d"}]})
    assert (request.context[0].text, request.repaired_fields) == ("b \ufffd", ("context",))
