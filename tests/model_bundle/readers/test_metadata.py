import pytest

from model_bundle import Item
from model_bundle.readers.metadata import MetadataReader
from model_bundle.readers.reader import Reading


@pytest.fixture
def reader() -> MetadataReader:
    return MetadataReader(("Comedy", "Drama", "Sci-Fi"), {"science fiction": "Sci-Fi"})


def multi_hot(reading: Reading) -> list[int]:
    assert reading.arrays is not None
    values: list[int] = reading.arrays["genres"].tolist()
    return values


def test_genres_are_found_in_any_case_and_order(reader: MetadataReader) -> None:
    assert multi_hot(reader.read(Item(genres=("sci-fi", " COMEDY ")))) == [1, 0, 1]


def test_another_name_stands_for_its_genre(reader: MetadataReader) -> None:
    assert multi_hot(reader.read(Item(genres=("Science Fiction",)))) == [0, 0, 1]


def test_an_unknown_genre_is_left_out_and_said(reader: MetadataReader) -> None:
    reading = reader.read(Item(genres=("Drama", "Telenovela")))
    assert multi_hot(reading) == [0, 1, 0]
    assert [warning.code for warning in reading.warnings] == ["genre_unknown"]
    assert "Telenovela" in reading.warnings[0].message


def test_an_item_with_neither_genre_nor_year_is_absent(reader: MetadataReader) -> None:
    assert reader.read(Item(text="Good.")) == Reading(None)


def test_only_unknown_genres_are_absent_too(reader: MetadataReader) -> None:
    reading = reader.read(Item(genres=("Telenovela",)))
    assert reading.arrays is None
    assert len(reading.warnings) == 1


def test_an_unknown_year_is_zero(reader: MetadataReader) -> None:
    known, unknown = reader.read(Item(year=1994)).arrays, reader.read(Item(genres=("Drama",))).arrays
    assert known is not None
    assert unknown is not None
    assert [int(known["year"]), int(unknown["year"])] == [1994, 0]
