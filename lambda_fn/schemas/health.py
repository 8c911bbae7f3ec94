"""What `GET /healthz` says."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Health(BaseModel):
    """The service is up."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    status: Literal["ok"]
    models: list[str]
    """Names of the models that it has."""
