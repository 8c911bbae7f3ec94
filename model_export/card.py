"""The model card: what someone should know before trusting a bundle."""

from collections.abc import Mapping
from typing import Final

from model_bundle import BundleSpec
from model_bundle.spec import ImageSpec, MetadataSpec, ModalitySpec, TextSpec
from model_export.figures import DEVIATION, MEAN
from model_export.gate import Comparison

_RESIZING: Final = {"crop": "cropped to its middle", "stretch": "stretched to", "pad": "fitted into"}


def model_card(spec: BundleSpec, comparison: Comparison) -> str:
    """Return the card in Markdown, made from the description and from what the export measured."""
    sections = [
        f"# {spec.name} {spec.version}\n\n{spec.description}",
        f"## Intended use\n\n{spec.intended_use}",
        _interface(spec),
        _limits(spec),
        _measurements(spec),
        _export(spec, comparison),
        _provenance(spec),
        f"## Licence\n\n{spec.licence}",
        *_attributions(spec),
    ]
    return "\n\n".join(sections) + "\n"


def _interface(spec: BundleSpec) -> str:
    lines = ["## What goes in and what comes out", ""]
    lines += [f"- In: {_input(modality)}" for modality in spec.modalities]
    lines += [f"- Out: `{head.name}`, one of {', '.join(head.labels)}." for head in spec.heads]
    return "\n".join([*lines, "", "Any modality may be absent."])


def _input(modality: ModalitySpec) -> str:
    if isinstance(modality, TextSpec):
        tail = modality.max_tokens - modality.head_tokens
        head = modality.head_tokens
        return f"text; of more than {modality.max_tokens} tokens the first {head} and the last {tail} are read."
    if isinstance(modality, ImageSpec):
        resizing = _RESIZING[modality.resize]
        return f"a picture (JPEG, PNG, WebP or GIF), {resizing} {modality.width} x {modality.height} pixels."
    assert isinstance(modality, MetadataSpec)  # the other member of the union
    return f"release year, and genres among {', '.join(modality.genres)}."


def _limits(spec: BundleSpec) -> str:
    return "\n".join(["## Limits", "", *(f"- {limit}" for limit in _said(spec, "limits"))])


def _attributions(spec: BundleSpec) -> list[str]:
    said = _said(spec, "attributions")
    return ["\n".join(["## Attribution", "", *(f"- {attribution}" for attribution in said)])] if said else []


def _said(spec: BundleSpec, key: str) -> list[str]:
    """Return what the recipe's card says under `key`."""
    card = spec.provenance.recipe["card"]
    assert isinstance(card, dict)
    said = card.get(key, [])
    assert isinstance(said, list)
    return [str(line) for line in said]


def _measurements(spec: BundleSpec) -> str:
    lines = ["## Figures", ""]
    for measurement in spec.measurements:
        lines += [f"**{measurement.dataset}, {measurement.split}** (n = {measurement.n}):", "", "| figure | value |"]
        lines += ["|---|---|", *(f"| {name} | {value} |" for name, value in _rows(measurement.values).items())]
        lines += ["", f"`{measurement.command}`", ""]
    return "\n".join(lines).rstrip() if spec.measurements else "## Figures\n\nNone were recorded with this export."


def _rows(values: Mapping[str, float]) -> dict[str, str]:
    """Return each figure as text; a mean and its deviation become one."""
    rows = {}
    for name, value in values.items():
        stem, _, statistic = name.rpartition(", ")
        if statistic == MEAN:
            rows[stem] = f"{value:.4f} ± {values[f'{stem}, {DEVIATION}']:.4f}"
        elif statistic != DEVIATION:
            rows[name] = f"{value:.4f}"
    return rows


def _export(spec: BundleSpec, comparison: Comparison) -> str:
    precisions = ", ".join(f"`{modality.graph.file}`: {modality.graph.precision}" for modality in spec.modalities)
    return (
        f"## Export\n\nWeights are stored as {precisions}. On the validation examples these graphs give the same label "
        f"as the trained model in {comparison.agreement:.2%} of all cases. Confidence is calibrated by temperature "
        f"({', '.join(f'{head.name}: {head.temperature:.3f}' for head in spec.heads)}), fitted on the same examples."
    )


def _provenance(spec: BundleSpec) -> str:
    origin = spec.provenance
    lines = ["## Provenance", "", f"`{origin.command}`, seed {origin.seed}, commit `{origin.commit}`.", ""]
    for dataset in origin.datasets:
        lines += [f"- {dataset.name}: {dataset.citation} Fingerprint `{dataset.fingerprint[:16]}`."]
    return "\n".join(lines)
