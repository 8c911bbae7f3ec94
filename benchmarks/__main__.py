"""Size, cold start, latency of a review and of a post on one thread, and accuracy, beside baselines in the same run.

make bench                              all but accuracy, without any data
make bench BENCH="--data-root data"     and accuracy, on IMDB
make bench BENCH="--checkpoint runs/posts/best.pt"     PyTorch with the weights of the posts' model
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.accuracy import accuracies, fitted_linear, reviews
from benchmarks.baselines import Vader, judge_linear
from benchmarks.cold_start import print_cold_starts
from benchmarks.latency import kept_alive, measure, service_calls, unwritten
from benchmarks.posts import print_posts
from benchmarks.review import TEXT
from benchmarks.serving_size import print_serving_size
from model_bundle import Predictor

MODELS = Path(__file__).parent.parent / "models"


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the bundles (default: the shipped ones)")
    parser.add_argument("--posts", type=Path, help="bundle of posts to measure (default: posts among the models)")
    parser.add_argument("--checkpoint", type=Path, help="best.pt that this bundle comes from; else weights are random")
    parser.add_argument("--data-root", type=Path, help="folder with aclImdb and ml-25m, for accuracy too")
    arguments = parser.parse_args()
    calls = service_calls(arguments.models)
    vader = Vader()
    calls["VADER"] = lambda: vader.judge([TEXT])
    if arguments.data_root:
        _compare(arguments.models, arguments.data_root, calls)
    print_serving_size()
    print_cold_starts(arguments.models)
    with kept_alive(arguments.models) as call:
        print_latencies({**calls, "HTTP (kept-alive connection)": call})
    print()
    print_posts(arguments.posts or arguments.models / "posts", arguments.checkpoint)


def _compare(models: Path, root: Path, calls: dict[str, Callable[[], object]]) -> None:
    predictor = Predictor.open(models / "reviews", threads=1)
    data = reviews(predictor, root)
    linear = fitted_linear(data.fitting)
    calls["TF-IDF + logistic regression"] = lambda: judge_linear(linear, [TEXT])
    print(f"Accuracy on IMDB, split {data.split}, n = {len(data.judged)}:\n")
    for name, value in accuracies(predictor, linear, data.judged).items():
        print(f"  {name:<32}{value:8.4f}")
    print()


def print_latencies(calls: dict[str, Callable[[], object]]) -> None:
    """Measure the calls and print a table; the ratio is to the predictor's median."""
    with unwritten():
        latencies = measure(calls)
    unit = latencies[0].median
    print(f"One review of {len(TEXT.split())} words, one thread, milliseconds:\n")
    print(f"  {'':<32}{'median':>8}{'p95':>8}{'ratio':>8}")
    for latency in latencies:
        print(f"  {latency.name:<32}{latency.median:8.2f}{latency.p95:8.2f}{latency.median / unit:8.2f}")


if __name__ == "__main__":
    main()
