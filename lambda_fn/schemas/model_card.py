"""The response of `GET /v1/models`."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

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
    measurements: Annotated[list[Measurement], Field(description="Metrics, and the data they were measured on.")]
    datasets: Annotated[list[DatasetProvenance], Field(description="The data it was trained on.")]

    @classmethod
    def of(cls, spec: BundleSpec) -> Self:
        """Build the card from a bundle's description."""
        return cls(
            name=spec.name,
            version=spec.version,
            description=spec.description,
            intended_use=spec.intended_use,
            licence=spec.licence,
            modalities=[modality.kind for modality in spec.modalities],
            heads={head.name: list(head.labels) for head in spec.heads},
            genres=[genre for part in spec.modalities if isinstance(part, MetadataSpec) for genre in part.genres],
            measurements=list(spec.measurements),
            datasets=list(spec.provenance.datasets),
        )


class ModelList(BaseModel):
    """All models of this service."""

    models: list[ModelCard]
