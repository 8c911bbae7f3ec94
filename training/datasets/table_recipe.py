"""Which columns of one's own table mean what."""

from collections.abc import Iterator
from dataclasses import field
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class TableRecipe:
    """A table of the data set kind `table`, and its columns."""

    path: str
    """File below the data root: .csv, .tsv, .jsonl (or .ndjson) or .parquet."""
    labels: Annotated[dict[str, str], Field(min_length=1)]
    """Column by head: `{sentiment: label}`. A head may have any name; its labels are what the column holds."""
    text: str | None = None
    """Column of texts."""
    image: str | None = None
    """Column of images, as paths within `media`."""
    audio: str | None = None
    """Column of recordings, as paths within `media`."""
    video: str | None = None
    """Column of clips, as paths within `media`."""
    media: str | None = None
    """Folder or zip below the data root that images, recordings and clips lie in; by default the table's folder."""
    group: str | None = None
    """Column of what must stay together: speaker, customer, film. By default rows of the same words stay together."""
    split: str | None = None
    """Column of train, validation and test; without it every row is `train`."""
    split_names: dict[str, str] = field(default_factory=dict)
    """Split by another name of it: `{dev: validation}`."""

    @property
    def media_columns(self) -> dict[str, str]:
        """Column by field of an item, of those that name a file."""
        columns = {"image": self.image, "audio": self.audio, "video": self.video}
        return {name: column for name, column in columns.items() if column is not None}

    @property
    def modalities(self) -> set[str]:
        """What the table has a column for."""
        return {*self.media_columns, *(["text"] if self.text is not None else [])}

    def columns(self) -> Iterator[str]:
        """Yield every column that must be there."""
        yield from self.labels.values()
        yield from self.media_columns.values()
        yield from (column for column in (self.text, self.group, self.split) if column is not None)
