"""How long a post takes in the predictor, and in PyTorch on the same architecture, in turns in one run."""

from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.eager import EagerModel
from benchmarks.latency import Latency, measure
from benchmarks.post import SIDE, TEXT, posts
from model_bundle import Predictor

REPETITIONS: Final = 100
MOST_MILLISECONDS: Final = 25
LARGEST_RATIO: Final = 0.4
"""Both of a whole post."""
Pairs = dict[str, tuple[Latency, Latency]]
"""The predictor's latency and PyTorch's, by part of the post."""


def measure_posts(folder: Path, eager: EagerModel, repetitions: int = REPETITIONS) -> Pairs:
    """Time a whole post, its text alone and its image alone, each on both sides."""
    predictor, pairs = Predictor.open(folder, threads=1), {}
    for name, item in posts().items():
        both = measure({name: partial(predictor.predict, item), "eager": partial(eager.judge, item)}, repetitions)
        pairs[name] = (both[0], both[1])
    return pairs


def print_posts(folder: Path, checkpoint: Path | None) -> None:
    """Measure the bundle in `folder` and print a table; without a checkpoint, PyTorch's weights are random."""
    if not folder.is_dir():
        print(f"Posts are not measured: there is no bundle {folder}. Name one with --posts.")
        return
    eager = EagerModel.trained(checkpoint) if checkpoint else EagerModel.untrained(folder)
    weights = f"of {checkpoint}" if checkpoint else "random, as time does not depend on them"
    print(f"One post, {len(TEXT.split())} words and a JPEG of {SIDE} x {SIDE}, {folder}, one thread, milliseconds")
    print(f"(PyTorch's weights: {weights}; a whole post may take {MOST_MILLISECONDS} ms and {LARGEST_RATIO} of it):\n")
    print(f"  {'':<20}{'predictor':>16}{'PyTorch, eager':>20}{'ratio':>8}")
    print(f"  {'':<20}{'median':>8}{'p95':>8}{'median':>12}{'p95':>8}")
    for name, (ours, theirs) in measure_posts(folder, eager).items():
        times = f"{ours.median:8.2f}{ours.p95:8.2f}{theirs.median:12.2f}{theirs.p95:8.2f}"
        print(f"  {name:<20}{times}{ours.median / theirs.median:8.2f}")
