"""Making a bundle smaller: each graph in int8, as boldly as the gate allows."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from model_bundle import BundleSpec
from model_bundle.folder import file_hashes, write_spec
from model_bundle.readers.reader import Arrays, ModalityReader
from model_export.gate import Comparison, Trial
from model_export.graphs import readings_of
from model_export.quantisation import Quantisation, quantisations
from training.datasets import Example
from training.fitting.model import MultimodalModel


@dataclass(frozen=True)
class Candidate:
    """A bundle in a folder, and how it compares with torch."""

    folder: Path
    spec: BundleSpec
    comparison: Comparison


@dataclass
class Shrunk:
    """The smallest bundle that passed, and what was found on the way, a line each."""

    candidate: Candidate
    lines: list[str] = field(default_factory=list)


def shrink(
    candidate: Candidate,
    model: MultimodalModel,
    readers: Mapping[str, ModalityReader],
    calibration: Sequence[Example],
    trial: Trial,
) -> Shrunk:
    """Quantise one graph after the other, in place; what the gate refuses stays as it was.

    Ranges come from the examples of `calibration`; those of `trial` are others, or the gate would be lenient.
    """
    shrunk = Shrunk(candidate)
    for name, encoder in model.by_modality.items():
        arrays = readings_of(readers[name], calibration, name)
        for way in quantisations(encoder):
            tried = _tried(shrunk.candidate, name, way, arrays, trial)
            if tried is None:
                continue
            comparison = tried.comparison
            verdict = f"same label as torch on {comparison.agreement:.2%}, accuracy {-comparison.accuracy_loss:+.2%}"
            shrunk.lines.append(f"{name}, {way.precision}: {'kept' if comparison.passes else 'refused'}, {verdict}")
            if comparison.passes:
                shrunk.candidate = _adopted(tried, candidate.folder)
                break
            shutil.rmtree(tried.folder)
    return shrunk


def _tried(
    before: Candidate, modality: str, way: Quantisation, arrays: Sequence[Arrays], trial: Trial
) -> Candidate | None:
    """Return the bundle with one graph quantised, in a folder beside; None where there was nothing to quantise."""
    folder = before.folder / "quantised"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(before.folder, folder)
    file = next(spec.graph.file for spec in before.spec.modalities if spec.kind == modality)
    way.apply(folder / file, arrays)
    hashes = file_hashes(folder)
    if hashes == before.spec.files:
        shutil.rmtree(folder)
        return None
    spec = before.spec.model_copy(update={"modalities": _marked(before.spec, modality, way), "files": hashes})
    write_spec(folder, spec)
    return Candidate(folder, spec, trial.compare(folder, spec))


def _marked(spec: BundleSpec, modality: str, way: Quantisation) -> tuple[object, ...]:
    precision = {"precision": way.precision}
    return tuple(
        of.model_copy(update={"graph": of.graph.model_copy(update=precision)}) if of.kind == modality else of
        for of in spec.modalities
    )


def _adopted(tried: Candidate, folder: Path) -> Candidate:
    shutil.copytree(tried.folder, folder, dirs_exist_ok=True)
    shutil.rmtree(tried.folder)
    return Candidate(folder, tried.spec, tried.comparison)
