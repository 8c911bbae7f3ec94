"""What `GET /v1/models` says about a model."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from model_bundle.spec import BundleSpec, DatasetProvenance, Measurement, MetadataSpec


class ModelCard(BaseModel):
    """One model: what it takes, what it answers, how good it is and where it comes from."""

    name: Annotated[str, Field(description="What `model` in a request may be.")]
    version: str
    description: str
    intended_use: str
    licence: str
    modalities: list[str]
    heads: Annotated[dict[str, list[str]], Field(description="The labels of every head.")]
    genres: Annotated[list[str], Field(description="The genres that it knows, if it takes metadata.")]
    measurements: Annotated[list[Measurement], Field(description="Figures, and what they were measured on.")]
    datasets: Annotated[list[DatasetProvenance], Field(description="What it was trained on.")]

    @classmethod
    def of(cls, spec: BundleSpec) -> Self:
        """Take from a bundle's description what callers need."""
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
    """Every model that this service has."""

    models: list[ModelCard]
