"""Which posts are the same in other words: reposts, series of an advertisement, one image under several texts.

They go into one group, since a model that was trained on one of them has seen the other.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import radius_neighbors_graph

from training.datasets.picture_hash import BITS

TEXT_DISTANCE = 0.2
"""Cosine distance of two texts' weighted letter 4-grams, up to which one is a variation of the other."""
PICTURE_DISTANCE = 10
"""Bits of an image's hash that a new size or another compression may turn; different images share fewer."""
_NAMES = re.compile(r"https?:\S*|@\w+|\bRT\b")
_NO_LETTERS = re.compile(r"[\W\d_]+")

Links = list[tuple[int, int]]


def near_duplicate_groups(texts: Sequence[str | None], hashes: Sequence[NDArray[np.bool_] | None]) -> list[int]:
    """Return each post's group, as the row of the group's first: near in text, in image, or through others.

    `hashes` are `picture_hash`es; None is a post without text or without an image. Every pair is compared, in time
    that grows with the square of the posts: seconds for a few thousand.
    """
    links = [*_text_links(texts), *_picture_links(hashes)]
    rows, columns = np.array(links, np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(links), np.bool_), (rows, columns)), shape=(len(texts), len(texts)))
    _, component = connected_components(graph, directed=False)
    _, first, group = np.unique(component, return_index=True, return_inverse=True)
    return [int(row) for row in first[group]]


def words_of(text: str) -> str:
    """Return the words alone, in lower case: without links, mentions, `RT`, digits and punctuation."""
    return _NO_LETTERS.sub(" ", _NAMES.sub(" ", text)).casefold().strip()


def _text_links(texts: Sequence[str | None]) -> Links:
    words = {row: found for row, text in enumerate(texts) if text and (found := words_of(text))}
    if not words:
        return []
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4)).fit_transform(words.values())
    return _links(list(words), grams, TEXT_DISTANCE, "cosine")


def _picture_links(hashes: Sequence[NDArray[np.bool_] | None]) -> Links:
    found = {row: bits for row, bits in enumerate(hashes) if bits is not None}
    return _links(list(found), np.array(list(found.values())), PICTURE_DISTANCE / BITS, "hamming") if found else []


def _links(rows: Sequence[int], vectors: NDArray[np.bool_], distance: float, metric: str) -> Links:
    graph = radius_neighbors_graph(vectors, distance, metric=metric).tocoo()
    return [(rows[left], rows[right]) for left, right in zip(graph.row, graph.col, strict=True)]
