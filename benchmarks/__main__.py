"""Size, cold start, latency of a review and of a post on one thread, and accuracy, beside others in the same run.

make bench                              all but accuracy, without any data
make bench BENCH="--data-root data"     and accuracy against latency, on the data that each bundle learned from
make bench BENCH="--checkpoint runs/posts/best.pt"     PyTorch with the weights of the posts' model
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import post, review
from benchmarks.cold_start import print_cold_starts
from benchmarks.front import above_and_left, front, held_out, plot_front, table
from benchmarks.latency import kept_alive, measure, service_calls, unwritten
from benchmarks.posts import print_posts
from benchmarks.serving_size import print_serving_size
from model_bundle import Predictor
from training.errors import DatasetError

MODELS = Path(__file__).parent.parent / "models"
TEXTS = {"reviews": review.TEXT, "posts": post.TEXT}
"""What latency is measured on, by bundle."""


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the bundles (default: the shipped ones)")
    parser.add_argument("--posts", type=Path, help="bundle of posts to measure (default: posts among the models)")
    parser.add_argument("--checkpoint", type=Path, help="best.pt that this bundle comes from; else weights are random")
    parser.add_argument("--data-root", type=Path, help="folder of the data sets, for accuracy too")
    parser.add_argument("--float32", type=Path, help="folder of the same bundles, exported with --float32")
    parser.add_argument("--frozen", type=Path, help="folder of a published encoder, such as all-MiniLM-L6-v2")
    parser.add_argument(
        "--plots", type=Path, default=Path("runs/bench"), help="folder to draw into (default: %(default)s)"
    )
    arguments = parser.parse_args()
    calls = service_calls(arguments.models)
    if arguments.data_root:
        for name, text in TEXTS.items():
            print_front(name, text, arguments)
    print_serving_size()
    print_cold_starts(arguments.models)
    with kept_alive(arguments.models) as call:
        print_latencies({**calls, "HTTP (kept-alive connection)": call})
    print()
    print_posts(arguments.posts or arguments.models / "posts", arguments.checkpoint)


def print_front(name: str, text: str, arguments: argparse.Namespace) -> None:
    """Print accuracy and latency of a bundle and of other systems, and draw them."""
    folders = {f"Valence {name}": arguments.models / name}
    if arguments.float32:
        folders[f"Valence {name}, float32"] = arguments.float32 / name
    bundles = {label: Predictor.open(folder, threads=1) for label, folder in folders.items()}
    try:
        data = held_out(next(iter(bundles.values())), arguments.data_root)
    except DatasetError as error:
        print(f"Accuracy of {name} is not measured. {error}\n")
        return
    points = front(bundles, data, text, arguments.frozen)
    print(
        f"Text alone, {name}: accuracy on {data.split}, n = {len(data.judged)}; latency of {len(text.split())} words:\n"
    )
    print(table(points))
    better = ", ".join(point.name for point in above_and_left(points)) or "none"
    print(f"\n  More accurate and faster than ours: {better}\n")
    plot_front(points, f"{name}: accuracy against latency", arguments.plots / f"front_{name}.png")


def print_latencies(calls: dict[str, Callable[[], object]]) -> None:
    """Measure the calls and print a table; the ratio is to the predictor's median."""
    with unwritten():
        latencies = measure(calls)
    unit = latencies[0].median
    print(f"One review of {len(review.TEXT.split())} words, one thread, milliseconds:\n")
    print(f"  {'':<32}{'median':>8}{'p95':>8}{'ratio':>8}")
    for latency in latencies:
        print(f"  {latency.name:<32}{latency.median:8.2f}{latency.p95:8.2f}{latency.median / unit:8.2f}")


if __name__ == "__main__":
    main()
