"""What `GET /healthz` says."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """The service is up."""

    status: Literal["ok"]
    models: Annotated[list[str], Field(description="Names of the models that it has.")]
