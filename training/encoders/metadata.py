"""Genres and release year to one vector."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.readers.metadata import UNKNOWN_YEAR, MetadataReader
from model_bundle.spec import GraphSpec, MetadataSpec, TensorSpec
from training.encoders.encoder import Encoder, Learned
from training.fitting.material import Material

YEAR_CENTRE = 1990.0
YEAR_SCALE = 20.0
"""Most rated films are from within two such spans of the centre; the network only needs numbers near 1."""

GENRE_ALIASES = {
    "children's": "Children",
    "family": "Children",
    "film noir": "Film-Noir",
    "music": "Musical",
    "noir": "Film-Noir",
    "science fiction": "Sci-Fi",
    "science-fiction": "Sci-Fi",
    "scifi": "Sci-Fi",
}
"""Other common names, IMDb's among them, of MovieLens's genres."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class MetadataRecipe:
    """A small network over genres, year, and what is unknown of them."""

    kind: Literal["metadata"] = "metadata"
    hidden: Annotated[int, Field(gt=0)] = 32
    minimum_genre_count: Annotated[int, Field(gt=0)] = 100
    """Rarer genres of the training data are left out of the vocabulary."""

    def learn(self, material: Material) -> Learned:
        """Learn which genres there are."""
        counts = Counter(genre for example in material.examples for genre in example.item.genres)
        return {"genres": tuple(sorted(genre for genre, count in counts.items() if count >= self.minimum_genre_count))}

    def reader(self, learned: Learned) -> MetadataReader:
        """Return the reader."""
        return MetadataReader(learned["genres"], _aliases(learned))

    def build(self, learned: Learned, dimension: int) -> "MetadataEncoder":
        """Return the encoder."""
        return MetadataEncoder(self, len(learned["genres"]), dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """All weights start at random."""

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> MetadataSpec:  # noqa: ARG002  # no files
        """Return the bundle's description."""
        return MetadataSpec(graph=graph, genres=tuple(learned["genres"]), genre_aliases=_aliases(learned))


def _aliases(learned: Learned) -> dict[str, str]:
    return {alias: genre for alias, genre in GENRE_ALIASES.items() if genre in learned["genres"]}


class MetadataEncoder(Encoder):
    """Normalises the year and flags the unknown inside the graph, so that training and serving can't disagree."""

    def __init__(self, recipe: MetadataRecipe, genres: int, dimension: int) -> None:
        super().__init__()
        self.inputs = (
            TensorSpec(name="genres", dtype="uint8", shape=("batch", genres)),
            TensorSpec(name="year", dtype="int64", shape=("batch",)),
        )
        features = genres + 3
        self.layers = nn.Sequential(nn.Linear(features, recipe.hidden), nn.ReLU(), nn.Linear(recipe.hidden, dimension))

    def forward(self, genres: Tensor, year: Tensor) -> Tensor:
        """Encode `genres` uint8 [B, genres] (multi-hot) and `year` int64 [B] (0: unknown) into float32 [B, D]."""
        known_year = (year != UNKNOWN_YEAR).float()[:, None]
        scaled_year = (year.float()[:, None] - YEAR_CENTRE) / YEAR_SCALE * known_year
        multi_hot = genres.float()
        known_genres = (multi_hot.sum(dim=1, keepdim=True) > 0).float()
        embedding: Tensor = self.layers(torch.cat([multi_hot, scaled_year, known_year, known_genres], dim=1))
        return embedding
