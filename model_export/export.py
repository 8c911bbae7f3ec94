"""Writing a bundle: everything goes into a folder of its own, which then takes the old one's place."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from model_bundle import BundleSpec, Predictor
from model_bundle.folder import file_hashes, read_spec, verify, write_spec
from model_bundle.spec import BUNDLE_FILE, DatasetProvenance, HeadSpec, Measurement, Provenance
from model_export.behaviour import BehaviourCheck
from model_export.card import model_card
from model_export.clarity import clarity_measurements
from model_export.errors import ExportError
from model_export.gate import Comparison, Trial
from model_export.graphs import ExportedGraphs, export_graphs
from model_export.parity import check_difference
from model_export.quantisation.shrinking import Candidate, shrink
from training.behaviour.gate import Margins
from training.commands.train import VALIDATION_FILE
from training.datasets import DATASETS, Example
from training.datasets.example import read_examples
from training.datasets.splits import hold_out
from training.errors import CheckpointError
from training.fitting.assembly import build_readers, load_model
from training.fitting.batches import FeatureSet
from training.fitting.checkpoint import ModelDescription, load_checkpoint
from training.fitting.inference import Logits, predict_logits
from training.outputs import check_folder
from training.recipe import recipe_values


def baseline_shares(logits: NDArray[np.float32], labels: Sequence[str]) -> dict[str, float]:
    """Return each label's share of the answers that logits float32 [examples, labels] give."""
    counts = np.bincount(logits.argmax(axis=1), minlength=len(labels))
    return {label: round(float(count) / len(logits), 6) for label, count in zip(labels, counts, strict=True)}


CARD = "README.md"


def export_bundle(
    checkpoint: Path,
    folder: Path,
    quantise: bool,
    measurements: Sequence[Measurement],
    margins: Margins | None = None,
) -> list[str]:
    """Export a checkpoint as the bundle `folder`, and return what was found on the way, a line each.

    The validation examples beside the checkpoint are what graphs are checked on. With `margins` the bundle goes through
    the behaviour suite too, and may not do worse there than the old one by more. ExportError leaves the old bundle.
    """
    _check_replaceable(folder)
    _check_name(checkpoint, folder)
    check_folder(folder.parent)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as workplace:
        partial = Path(workplace) / folder.name
        partial.mkdir()
        check = BehaviourCheck(folder, margins) if margins else None
        lines, agreement = _export(checkpoint, partial, quantise, measurements, check)
        _replace(folder, partial, Path(workplace) / "old")
    return [*lines, f"{folder}: {_megabytes(folder):.1f} MB, same label as torch on {agreement:.2%}"]


def _replace(folder: Path, new: Path, old: Path) -> None:
    """Move `new` to where `folder` is, and what is there to `old`; back again if that fails."""
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise


def _check_replaceable(folder: Path) -> None:
    is_empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not is_empty and not (folder / BUNDLE_FILE).is_file():
        raise ExportError(f"{folder} is there already and no bundle, so it is not replaced. Name another folder.")


def _check_name(checkpoint: Path, folder: Path) -> None:
    name = load_checkpoint(checkpoint)[0].recipe.name
    if folder.resolve().name != name:
        raise ExportError(f"A bundle's folder has its name: {folder} would have to be {folder.with_name(name)}.")


def _export(
    checkpoint: Path,
    partial: Path,
    quantise: bool,
    measurements: Sequence[Measurement],
    behaviour: BehaviourCheck | None,
) -> tuple[list[str], float]:
    description, model = load_model(checkpoint)
    examples = _validation_examples(checkpoint)
    readers = build_readers(description)
    graphs = export_graphs(model, readers, examples, partial)
    expected = predict_logits(model, FeatureSet(examples, readers, description.labels))
    figures = [*measurements, *clarity_measurements(description, expected, examples)]
    spec = _write(description, graphs, figures, expected, partial)
    lines = [f"{name}.onnx: at most {difference:.1e} from torch" for name, difference in graphs.differences.items()]
    whole = Trial(examples, expected)
    comparison = whole.compare(partial, spec)
    check_difference(f"{partial.name} in float32", comparison.difference)
    lines.append(f"float32 logits of {len(examples)} examples: at most {comparison.difference:.1e} from torch")
    if quantise:
        calibration, others = hold_out(examples, 0.5, description.recipe.seed)
        trial = Trial(others, predict_logits(model, FeatureSet(others, readers, description.labels)))
        shrunk = shrink(Candidate(partial, spec, comparison), model, readers, calibration, trial)
        spec, comparison = shrunk.candidate.spec, whole.compare(partial, shrunk.candidate.spec)
        lines += shrunk.lines
    if behaviour:
        spec, line = behaviour.measure(partial, spec)
        lines.append(line)
    _finish(spec, comparison, partial)
    return lines, comparison.agreement


def _validation_examples(checkpoint: Path) -> list[Example]:
    path = checkpoint.parent / VALIDATION_FILE
    try:
        return read_examples(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{path}, on which the graphs are checked, can't be read ({error}). `python -m training train` writes it."
        ) from error


def _write(
    description: ModelDescription,
    graphs: ExportedGraphs,
    measurements: Sequence[Measurement],
    expected: Logits,
    folder: Path,
) -> BundleSpec:
    recipe = description.recipe
    modalities = [
        encoder.describe(description.learned[name], graphs.encoders[name], folder)
        for name, encoder in recipe.encoders.items()
    ]
    spec = BundleSpec(
        name=recipe.name,
        version=recipe.version,
        description=recipe.card.description,
        intended_use=recipe.card.intended_use,
        licence=" ".join(dict.fromkeys(DATASETS[name].licence for name, _ in _origins(description))),
        modalities=tuple(modalities),
        fusion=graphs.fusion,
        heads=tuple(
            HeadSpec(
                name=head,
                labels=labels,
                temperature=description.temperatures[head],
                unclear_below=recipe.unclear_below.get(head),
                baseline_shares=baseline_shares(expected[head], labels),
            )
            for head, labels in description.labels.items()
        ),
        text_min_words=recipe.text_min_words,
        provenance=_provenance(description),
        measurements=tuple(measurements),
        files=file_hashes(folder),
    )
    write_spec(folder, spec)
    return spec


def _provenance(description: ModelDescription) -> Provenance:
    return Provenance(
        recipe=recipe_values(description.recipe),
        datasets=tuple(
            DatasetProvenance(
                name=name,
                fingerprint=fingerprint,
                licence=DATASETS[name].licence,
                citation=DATASETS[name].citation,
            )
            for name, fingerprint in _origins(description)
        ),
        commit=description.commit,
        seed=description.recipe.seed,
        command=description.command,
    )


def _origins(description: ModelDescription) -> list[tuple[str, str]]:
    """Return name and fingerprint of all data that the model learned from, its own first."""
    earlier = [(ancestor.dataset, ancestor.fingerprint) for ancestor in description.ancestors]
    return [(description.recipe.data.dataset, description.fingerprint), *earlier]


def _finish(spec: BundleSpec, comparison: Comparison, partial: Path) -> None:
    (partial / CARD).write_text(model_card(spec, comparison), encoding="utf-8")
    write_spec(partial, spec.model_copy(update={"files": file_hashes(partial)}))
    verify(partial, read_spec(partial))
    Predictor.open(partial).warm_up()


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
