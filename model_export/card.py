"""The model card: what someone should know before trusting a bundle."""

from model_bundle import BundleSpec
from model_bundle.spec import Figure, Measurement
from model_export.gate import Comparison


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
    lines += [f"- In: {modality.card_line()}" for modality in spec.modalities]
    lines += [f"- Out: `{head.name}`, one of {', '.join(head.labels)}." for head in spec.heads]
    return "\n".join([*lines, "", "Any modality may be absent."])


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
    tables = [line for measurement in spec.measurements for line in _table(measurement)]
    lines = tables or ["None were recorded with this export."]
    return "\n".join(["## Figures", "", *lines]).rstrip()


def _table(measurement: Measurement) -> list[str]:
    lines = [f"**{measurement.dataset}, {measurement.split}** (n = {measurement.n}):", ""]
    lines += ["| head | figure | from | value |", "|---|---|---|---|"]
    lines += [
        f"| {figure.head} | {figure.name} | {', '.join(figure.modalities)} | {_value(figure)} |"
        for figure in measurement.figures
    ]
    return [*lines, "", f"`{measurement.command}`", ""]


def _value(figure: Figure) -> str:
    spread = "" if figure.deviation is None else f" ± {figure.deviation:.4f}"
    return f"{figure.value:.4f}{spread}"


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
