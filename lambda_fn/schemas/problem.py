"""What an error looks like (RFC 9457)."""

from pydantic import BaseModel, ConfigDict

from lambda_fn.schemas import example


class FieldProblem(BaseModel):
    """One field that can't be used."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    field: str
    """Where it is, such as `year` or `genre.2`; `body` for the request as a whole."""
    message: str


class Problem(BaseModel):
    """Why there is no answer. Programs go by `code`, people by `detail`."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"examples": [example.PROBLEM]})

    type: str
    """Identifies the kind of problem; it goes with `code`."""
    title: str
    """The kind of problem, in words. The same for every problem of this kind."""
    status: int
    """HTTP status; in a batch, the one that the item would have had alone."""
    detail: str
    """What is wrong with this request, and where there is one, the remedy."""
    code: str
    """Stable name of the kind of problem, such as `text_too_long`."""
    request_id: str | None = None
    """Also in the header `X-Request-ID`. Left out inside a batch, which has its own."""
    errors: list[FieldProblem] | None = None
    """Every field that is wrong; only with the code `invalid_request`."""
