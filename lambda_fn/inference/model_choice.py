"""Which model predicts for a request that doesn't name one."""

from collections.abc import Mapping, Set
from typing import Final

from lambda_fn.schemas.request import PredictionRequest
from model_bundle.spec import BundleSpec

MOST_TELLING_FIRST: Final = ("video", "audio", "image", "metadata", "text")
"""The first of these that a request has decides: few models read it, and it costs the caller most to send."""


def choose_model(request: PredictionRequest, specs: Mapping[str, BundleSpec]) -> str:
    """Return the model that the request names, else the one for its fields among the bundles at hand.

    A modality that no bundle reads is passed over, so a missing bundle gives way to the next that reads the fields.
    Several bundles that read the text of a request with nothing else share the texts by their `text_min_words`.
    """
    if request.model is not None:
        return request.model
    sent = request.modalities
    for modality in MOST_TELLING_FIRST:
        reading = _readers_of(modality, specs) if modality in sent else {}
        if reading:
            return _for_text(request, reading) if modality == "text" else _with_most(sent, reading)
    return next(iter(specs))


def _readers_of(modality: str, specs: Mapping[str, BundleSpec]) -> dict[str, BundleSpec]:
    return {name: spec for name, spec in specs.items() if modality in _kinds(spec)}


def _with_most(sent: Set[str], specs: Mapping[str, BundleSpec]) -> str:
    """Return the model that reads most of what was sent, and little else."""
    return min(specs, key=lambda name: (-len(_kinds(specs[name]) & sent), len(_kinds(specs[name]))))


def _for_text(request: PredictionRequest, specs: Mapping[str, BundleSpec]) -> str:
    words = len((request.text or "").split())
    fitting = {name: spec for name, spec in specs.items() if spec.text_min_words <= words} or specs
    return max(fitting, key=lambda name: (fitting[name].text_min_words, -len(_kinds(fitting[name]))))


def _kinds(spec: BundleSpec) -> set[str]:
    return {modality.kind for modality in spec.modalities}
