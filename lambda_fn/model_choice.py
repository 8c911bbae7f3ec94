"""Which model answers a request that doesn't name one."""

from typing import Final

from lambda_fn.schemas.request import PredictionRequest

REVIEWS: Final = "reviews"
POSTS: Final = "posts"


def choose_model(request: PredictionRequest) -> str:
    """Return the name of the model to ask: the one that the request names, or the one for its fields."""
    return request.model or (POSTS if request.has_picture else REVIEWS)
