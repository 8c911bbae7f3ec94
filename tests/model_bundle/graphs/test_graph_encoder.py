from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from model_bundle.folder import file_hashes
from model_bundle.graphs.graph import BATCH_SIZE, LENGTH_RATIO, ModalityEncoder
from model_bundle.item import Item
from model_bundle.readers.reader import Arrays, Reading
from tests.tiny_bundle import SPECS, TEXT_GRAPH


class Recorder:
    """A reader and a graph in one: its arrays are lengths, its embedding is the length, and it remembers batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def read(self, item: Item) -> Reading:
        raise NotImplementedError

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, np.ndarray]:
        return {"lengths": np.array([int(row["length"]) for row in arrays])}

    def length(self, arrays: Arrays) -> int:
        return int(arrays["length"])

    def run(self, inputs: Arrays) -> list[np.ndarray]:
        self.batches.append(inputs["lengths"].tolist())
        return [inputs["lengths"][:, None].astype(np.float32)]


def encode(lengths: list[int | None]) -> tuple[list[float], list[list[int]]]:
    recorder = Recorder()
    readings = [Reading(None if length is None else {"length": np.array(length)}) for length in lengths]
    vectors = ModalityEncoder(recorder, recorder, 1).encode(readings)  # type: ignore[arg-type]
    return vectors[:, 0].tolist(), recorder.batches


def test_every_item_gets_its_own_vector_back() -> None:
    lengths: list[int | None] = [300, 10, 11, 290, 12]
    assert encode(lengths)[0] == [300, 10, 11, 290, 12]


def test_absent_items_are_not_run() -> None:
    vectors, batches = encode([None, 7, None])
    assert vectors == [0, 7, 0]
    assert batches == [[7]]


def test_items_of_very_different_length_do_not_share_a_batch() -> None:
    for batch in encode([10, 2000, 12, 11, 1900])[1]:
        assert max(batch) <= LENGTH_RATIO * min(batch)


def test_no_batch_is_larger_than_the_limit() -> None:
    assert [len(batch) for batch in encode([5] * (BATCH_SIZE + 3))[1]] == [BATCH_SIZE, 3]


def test_items_of_a_graph_that_runs_alone_share_no_batch(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = TEXT_GRAPH.model_copy(update={"runs_alone": True})
    spec = SPECS["text"].model_copy(update={"graph": graph})
    encoder = ModalityEncoder.open(spec, tiny_bundle, file_hashes(tiny_bundle), threads=1)
    shapes: list[tuple[int, ...]] = []
    run = encoder.graph.run

    def noted(inputs: Arrays) -> list[np.ndarray]:
        shapes.append(inputs["token_ids"].shape)
        return run(inputs)

    monkeypatch.setattr(encoder.graph, "run", noted)
    vectors = encoder.encode([encoder.reader.read(Item(text=text)) for text in ("good film", "good", "bad film")])
    assert sorted(shapes) == [(1, 1), (1, 2), (1, 2)]
    assert vectors[:, 0].tolist() == [0.5, 1.0, -0.5]
