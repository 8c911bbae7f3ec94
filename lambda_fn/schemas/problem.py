"""The response for an error (RFC 9457)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lambda_fn.schemas import example


class FieldProblem(BaseModel):
    """One field that is not valid."""

    field: Annotated[
        str, Field(description="Where it is, such as `year` or `genre.2`; `body` for the request as a whole.")
    ]
    message: str


class Problem(BaseModel):
    """Why the request failed. Programs go by `code`, people by `detail`."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.PROBLEM]})

    type: Annotated[str, Field(description="A URN for the kind of problem; it corresponds to `code`.")]
    title: Annotated[str, Field(description="The kind of problem in words, the same for every problem of this kind.")]
    status: Annotated[int, Field(description="HTTP status; in a batch, the one that the item would have had alone.")]
    detail: Annotated[str, Field(description="What is wrong with this request, and the remedy if there is one.")]
    code: Annotated[str, Field(description="Stable name of the kind of problem, such as `text_too_long`.")]
    request_id: Annotated[
        str | None, Field(description="Also in the header `X-Request-ID`. Left out inside a batch, which has its own.")
    ] = None
    errors: Annotated[
        list[FieldProblem] | None, Field(description="Every invalid field; only with the code `invalid_request`.")
    ] = None
