"""The requests of the prediction routes."""

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from lambda_fn.media.medium import Medium
from lambda_fn.schemas import example
from model_bundle.decoding.file_type import MediaKind
from model_bundle.item import Item, Turn
from model_bundle.prediction import Explain

MIN_YEAR: Final = 1870
MAX_YEAR: Final = 2100
MAX_GENRES: Final = 10
MAX_GENRE_LENGTH: Final = 40
MAX_MODEL_NAME_LENGTH: Final = 64
MAX_CONTEXT_TURNS: Final = 20
MAX_TURN_CHARACTERS: Final = 2_000
MAX_SPEAKER_LENGTH: Final = 100
MEDIA_KINDS: Final[tuple[MediaKind, ...]] = ("image", "audio", "video")


def _without_nul(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise PydanticCustomError("nul_character", "must not contain the character U+0000")
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _numeric(value: Any) -> Any:
    # Left to itself, pydantic would take true for 1 and "1994" for 1994.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("not_a_number", "must be a whole number, such as 1994")


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("no_base64", "must be a string in base64")
    if value.startswith("data:"):
        raise PydanticCustomError(
            "data_url", "must be the base64 alone: leave out what comes before it, comma included"
        )
    try:
        return a2b_base64(value, strict_mode=True)
    except (Base64Error, ValueError):
        raise PydanticCustomError("no_base64", "must be base64 (RFC 4648, section 4), padded, in one line") from None


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _repaired(value: Any) -> Any:
    if isinstance(value, list):
        return [_repaired(part) if isinstance(part, str) else part for part in value]
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _unchanged(value: Any) -> Any:
    return value


_YearRange = Annotated[int, Field(ge=MIN_YEAR, le=MAX_YEAR)]
Text = Annotated[str, BeforeValidator(_without_nul, json_schema_input_type=str)]
Genre = Annotated[str, Field(max_length=MAX_GENRE_LENGTH), BeforeValidator(_without_nul, json_schema_input_type=str)]
GenreList = Annotated[list[Genre], Field(max_length=MAX_GENRES)]
Genres = Annotated[GenreList, BeforeValidator(_listed, json_schema_input_type=Genre | GenreList | None)]
Year = Annotated[_YearRange, BeforeValidator(_numeric, json_schema_input_type=_YearRange)]
Speaker = Annotated[
    str, Field(max_length=MAX_SPEAKER_LENGTH), BeforeValidator(_without_nul, json_schema_input_type=str)
]
TurnText = Annotated[
    str, Field(max_length=MAX_TURN_CHARACTERS), BeforeValidator(_without_nul, json_schema_input_type=str)
]
MediaFile = Annotated[bytes, BeforeValidator(_decoded, json_schema_input_type=str)]
_OnMediaError = Literal["fail", "degrade"]
OnMediaError = Annotated[_OnMediaError, BeforeValidator(_unchanged, json_schema_input_type=_OnMediaError | None)]
_Explains = Annotated[list[Explain], Field(max_length=2)]
Explains = Annotated[_Explains, BeforeValidator(_unchanged, json_schema_input_type=_Explains | None)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    _repaired: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _tidied(cls, raw: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Leave out what is null or blank, and repair what JSON can spell and Unicode can't."""
        if not isinstance(raw, dict):
            return validate(raw)
        given = {name: value for name, value in raw.items() if name not in cls.model_fields or not _is_blank(value)}
        repaired = {_repaired(name): _repaired(value) for name, value in given.items()}
        request = validate(repaired)
        request._repaired = tuple(name for name, value in given.items() if repaired[_repaired(name)] != value)
        return request

    @property
    def repaired_fields(self) -> tuple[str, ...]:
        """The fields that had lone surrogates, such as half an emoji, which are U+FFFD now."""
        return self._repaired


class ContextTurn(_Request):
    """Something that was said earlier in the same conversation."""

    text: Annotated[TurnText, Field(description="What was said: at most 2,000 characters.")]
    speaker: Annotated[Speaker | None, Field(description="Who said it.")] = None


_Context = Annotated[list[ContextTurn], Field(max_length=MAX_CONTEXT_TURNS)]
Context = Annotated[_Context, BeforeValidator(_unchanged, json_schema_input_type=_Context | None)]


class PredictionRequest(_Request):
    """One item. Every field is optional, but the item must have something that the model reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.ITEM]})

    text: Annotated[
        Text | None,
        Field(description="The review or post: at most 50,000 characters by default."),
    ] = None
    speaker: Annotated[
        Speaker | None,
        Field(description="Who says the text, for a model that reads conversations: the same name as in `context`."),
    ] = None
    context: Annotated[
        Context,
        Field(
            description="What was said before the text, oldest first, for a model that reads conversations. It may "
            "read less of it than this, which gives a warning.",
        ),
    ] = []
    genre: Annotated[
        Genres,
        Field(
            description="Genres by name, one or several, in any case. One that the model doesn't know gives a warning."
        ),
    ] = []
    year: Annotated[Year | None, Field(description="Release year.")] = None
    image_url: Annotated[
        Text | None,
        Field(
            description="Where an image is: an `https://` URL on the public internet, or `s3://bucket/key` in a "
            "bucket that the service reads. JPEG, PNG, WebP or GIF, at most 10 MB (unless set otherwise)."
        ),
    ] = None
    image_base64: Annotated[MediaFile | None, Field(description="The image itself, in base64, instead of its URL.")] = (
        None
    )
    audio_url: Annotated[
        Text | None,
        Field(
            description="Where audio is, as for `image_url`. WAV, FLAC, Ogg, MP3, AAC, MP4 or WebM, at most 25 MB and "
            "60 seconds (unless set otherwise). Beside a video it replaces the video's own sound."
        ),
    ] = None
    audio_base64: Annotated[
        MediaFile | None, Field(description="The audio file itself, in base64, instead of its URL.")
    ] = None
    video_url: Annotated[
        Text | None,
        Field(
            description="Where a video is, as for `image_url`. MP4, MOV, WebM, Matroska, Ogg or MPEG, at most 100 MB "
            "and 60 seconds (unless set otherwise)."
        ),
    ] = None
    video_base64: Annotated[
        MediaFile | None, Field(description="The video file itself, in base64, instead of its URL.")
    ] = None
    on_media_error: Annotated[
        OnMediaError,
        Field(
            description="What to do about an image, audio or video that can't be fetched or decoded: `fail`, or "
            "`degrade`, which predicts from the other fields, with the problem's code among the warnings."
        ),
    ] = "fail"
    explain: Annotated[
        Explains,
        Field(
            description="What to explain: `modalities` is what each contributed to the prediction, `words` what each "
            "part of the text did."
        ),
    ] = []
    model: Annotated[
        str | None,
        Field(
            max_length=MAX_MODEL_NAME_LENGTH,
            description="Name of the model; `GET /v1/models` lists them. By default the other fields decide.",
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_each_kind(self) -> Self:
        for kind in MEDIA_KINDS:
            if getattr(self, f"{kind}_url") is not None and getattr(self, f"{kind}_base64") is not None:
                raise PydanticCustomError(
                    "two_media", "{kind}_url and {kind}_base64 are two of a kind: send one of them", {"kind": kind}
                )
        return self

    @property
    def repaired_fields(self) -> tuple[str, ...]:
        """The fields that had lone surrogates, those of earlier turns among them."""
        own = super().repaired_fields
        return (*own, "context") if any(turn.repaired_fields for turn in self.context) else own

    @property
    def media(self) -> tuple[Medium, ...]:
        """The image, audio and video that it holds or points at."""
        found = (Medium(k, getattr(self, f"{k}_url"), getattr(self, f"{k}_base64")) for k in MEDIA_KINDS)
        return tuple(medium for medium in found if medium.url is not None or medium.content is not None)

    @property
    def has_image(self) -> bool:
        """Whether it holds an image or says where one is."""
        return self.image_url is not None or self.image_base64 is not None

    @property
    def modalities(self) -> set[str]:
        """The modalities that it has something for."""
        sent = {
            "text": self.text is not None and bool(self.text.strip()),
            "metadata": self.year is not None or any(genre.strip() for genre in self.genre),
        }
        return {modality for modality, is_there in sent.items() if is_there} | {medium.kind for medium in self.media}

    def to_item(self, media: Mapping[str, Any] | None = None) -> Item:
        """Return what a predictor takes, with these media by kind.

        Blank genres, such as those of an empty table cell, are left out.
        """
        genres = tuple(genre for genre in self.genre if genre.strip())
        context = tuple(Turn(turn.text, turn.speaker) for turn in self.context)
        return Item(
            text=self.text,
            genres=genres,
            year=self.year,
            speaker=self.speaker,
            context=context,
            **(media or {}),
        )


RawItem = Annotated[Any, BeforeValidator(_unchanged, json_schema_input_type=PredictionRequest)]
"""Described as a PredictionRequest, but validated later and alone, so that a bad item doesn't fail its batch."""


class BatchRequest(_Request):
    """Several items, each predicted as if it were alone."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.BATCH]})

    items: Annotated[
        list[RawItem],
        Field(
            min_length=1,
            description="At most 100 items, with 20 images and 4 audio or video files among them (unless set "
            "otherwise); a bad one is an error in its place.",
        ),
    ]
