"""The response of `GET /v1/models`."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from model_bundle.decoding.image_container import MAX_SIDE
from model_bundle.spec import BundleSpec, DatasetProvenance, Measurement, MetadataSpec


class ModelCard(BaseModel):
    """One model: inputs, labels, metrics, licence and training data."""

    name: Annotated[str, Field(description="The value of `model` in a request.")]
    version: str
    description: str
    intended_use: str
    licence: str
    modalities: list[str]
    heads: Annotated[dict[str, list[str]], Field(description="The labels of every head.")]
    genres: Annotated[list[str], Field(description="The genres that it knows, if it reads metadata.")]
    max_image_pixels: Annotated[
        int | None, Field(description="The most pixels that an image may have; absent if it reads no images.")
    ] = None
    max_image_side: Annotated[int | None, Field(description="The longest side that an image may have, in pixels.")] = (
        None
    )
    measurements: Annotated[list[Measurement], Field(description="Metrics, and the data they were measured on.")]
    datasets: Annotated[list[DatasetProvenance], Field(description="The data it was trained on.")]

    @classmethod
    def of(cls, spec: BundleSpec) -> Self:
        """Build the card from a bundle's description."""
        limits = [modality.max_image_pixels for modality in spec.modalities]
        pixels = [limit for limit in limits if limit is not None]
        return cls(
            name=spec.name,
            version=spec.version,
            description=spec.description,
            intended_use=spec.intended_use,
            licence=spec.licence,
            modalities=[modality.kind for modality in spec.modalities],
            heads={head.name: list(head.labels) for head in spec.heads},
            genres=[genre for part in spec.modalities if isinstance(part, MetadataSpec) for genre in part.genres],
            max_image_pixels=min(pixels, default=None),
            max_image_side=MAX_SIDE if pixels else None,
            measurements=list(spec.measurements),
            datasets=list(spec.provenance.datasets),
        )


class ModelList(BaseModel):
    """All models of this service."""

    models: list[ModelCard]
