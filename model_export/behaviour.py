"""The behaviour suite in an export: its figures go into the card, and a bundle that got worse is refused."""

from dataclasses import dataclass
from pathlib import Path

from model_bundle import BundleSpec, Predictor, ValenceError
from model_bundle.spec import Figure, Measurement
from model_export.errors import ExportError
from training.behaviour import load_suite, measure_behaviour
from training.behaviour.answers import why_unsuited
from training.behaviour.figures import Figures
from training.behaviour.gate import Margins, worsened

THREADS = 2


@dataclass(frozen=True)
class BehaviourCheck:
    """What a new bundle is held against."""

    replaced: Path
    """Folder of the bundle whose place it takes; there may be none yet."""
    margins: Margins

    def measure(self, folder: Path, spec: BundleSpec) -> tuple[BundleSpec, str]:
        """Return the description with the failure rates of the bundle in `folder`, and what was found in a line.

        ExportError if it got worse than the bundle that it replaces by more than the margins. A bundle that the suite
        doesn't suit comes back as it is.
        """
        reason = why_unsuited(spec)
        if reason:
            return spec, f"behaviour suite: left out. {reason}"
        figures = measure_behaviour(Predictor.open(folder, THREADS), load_suite())
        before = self._before()
        if before:
            self._refuse_worse(figures, before)
        recorded = spec.model_copy(update={"measurements": (*spec.measurements, self._measurement(figures))})
        compared = f" ({before['failure_rate']:.1%} of the bundle that it replaces)" if before else ""
        return recorded, f"behaviour suite: {figures['failure_rate']:.1%} fail{compared}"

    def _before(self) -> Figures | None:
        try:
            predictor = Predictor.open(self.replaced, THREADS)
        except ValenceError:  # none yet, or none that still runs
            return None
        return None if why_unsuited(predictor.spec) else measure_behaviour(predictor, load_suite())

    def _refuse_worse(self, figures: Figures, before: Figures) -> None:
        worse = worsened(figures, before, self.margins)
        if worse:
            raise ExportError(
                f"In the behaviour suite the bundle is worse than {self.replaced}, which stays: {'; '.join(worse)}. "
                "`python -m training behave` shows the failures of a bundle. Raise --margin or --capability-margin to "
                "replace it nevertheless."
            )

    def _measurement(self, figures: Figures) -> Measurement:
        rates = {name: capability["failure_rate"] for name, capability in figures["capabilities"].items()}
        rates["mean of the capabilities"] = figures["failure_rate"]
        folder = self.replaced.name if self.replaced.is_absolute() else self.replaced
        return Measurement(
            dataset=figures["dataset"],
            split=figures["split"],
            n=figures["n"],
            command=f"python -m training behave {folder}",
            figures=tuple(
                Figure(head="sentiment", name=f"failure rate, {name}", modalities=("text",), value=rate)
                for name, rate in rates.items()
            ),
        )
