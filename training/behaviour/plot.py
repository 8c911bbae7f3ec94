"""The chart of failure rates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from training.evaluation.plots import ACCENT, PALE, STYLE


def plot_failure_rates(figures: Mapping[str, Any], before: Mapping[str, Any] | None, path: Path) -> None:
    """Draw a bar by capability, and a paler one for another bundle."""
    bundles = {f"{given['bundle']} {given['version']}{note}": given for given, note in _named(figures, before)}
    names = list(figures["capabilities"])
    places, height = np.arange(len(names)), 0.8 / len(bundles)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7.5, 0.34 * len(names) + 1.2), layout="constrained")
        for at, ((label, given), colour) in enumerate(zip(bundles.items(), (ACCENT, PALE), strict=False)):
            rates = [given["capabilities"][name]["failure_rate"] for name in names]
            bars = axis.barh(places + at * height, rates, height, color=colour, label=label)
            axis.bar_label(bars, [f"{rate:.0%}" for rate in rates], padding=2, fontsize=7)
        axis.set(title="Cases that fail, by capability", xlim=(0, 1.08))
        axis.margins(y=0.01)
        axis.set_yticks(places + 0.4 - height / 2, names)
        axis.xaxis.set_major_formatter("{x:.0%}")
        axis.invert_yaxis()
        if before:
            axis.legend(frameon=False, loc="lower right")
        figure.savefig(path, dpi=130)
        plt.close(figure)


def _named(figures: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[tuple[Mapping[str, Any], str]]:
    return [(figures, ""), *([(before, ", before")] if before else [])]
