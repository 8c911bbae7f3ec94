"""What the prediction routes take."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from lambda_fn.schemas import example
from model_bundle.item import Item

OLDEST_YEAR: Final = 1870
LATEST_YEAR: Final = 2100
MOST_GENRES: Final = 10
LONGEST_GENRE: Final = 40
LONGEST_MODEL_NAME: Final = 64


def _without_nul(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise PydanticCustomError("nul_character", "must not contain the character U+0000")
    return value


def _listed(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _numeric(value: Any) -> Any:
    # Left to itself, pydantic would take true for 1 and "1994" for 1994.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("not_a_number", "must be a whole number, such as 1994")


def _unchanged(value: Any) -> Any:
    return value


_YearRange = Annotated[int, Field(ge=OLDEST_YEAR, le=LATEST_YEAR)]
Text = Annotated[str, BeforeValidator(_without_nul, json_schema_input_type=str)]
Genre = Annotated[str, Field(max_length=LONGEST_GENRE), BeforeValidator(_without_nul, json_schema_input_type=str)]
GenreList = Annotated[list[Genre], Field(max_length=MOST_GENRES)]
Genres = Annotated[GenreList, BeforeValidator(_listed, json_schema_input_type=Genre | GenreList | None)]
Year = Annotated[_YearRange, BeforeValidator(_numeric, json_schema_input_type=_YearRange)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PredictionRequest(_Request):
    """One item to judge. Every field is optional, but there must be something in it that the model reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.ITEM]})

    text: Annotated[
        Text | None,
        Field(description="The review, in full: at most 50,000 characters (where the service is not set otherwise)."),
    ] = None
    genre: Annotated[
        Genres,
        Field(
            description="Genres by name, one or several, in any case. One that the model doesn't know gives a warning."
        ),
    ] = []
    year: Annotated[Year | None, Field(description="Release year.")] = None
    model: Annotated[
        str | None,
        Field(
            max_length=LONGEST_MODEL_NAME,
            description="Name of the model to ask; `GET /v1/models` lists them. Without it, the other fields decide.",
        ),
    ] = None

    def to_item(self) -> Item:
        """Return what a predictor takes. Blank genres, such as those of an empty table cell, are left out."""
        genres = tuple(genre for genre in self.genre if genre.strip())
        return Item(text=self.text, genres=genres, year=self.year)


RawItem = Annotated[Any, BeforeValidator(_unchanged, json_schema_input_type=PredictionRequest)]
"""Described as a PredictionRequest, but validated later and alone, so that a bad item doesn't fail its batch."""


class BatchRequest(_Request):
    """Several items to judge, each as if it were alone."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.BATCH]})

    items: Annotated[
        list[RawItem],
        Field(
            min_length=1,
            description="At most 100 items, where the service isn't set otherwise; a bad one is an error in its place.",
        ),
    ]
