"""Examples for the API's description."""

from typing import Any, Final

ITEM: Final[dict[str, Any]] = {
    "text": "A quiet, perfect film with a wonderful cast.",
    "genre": ["Drama", "Romance"],
    "year": 1994,
}
BATCH: Final[dict[str, Any]] = {"items": [ITEM, {"year": 12}]}
SENTIMENT: Final[dict[str, Any]] = {
    "label": "positive",
    "confidence": 0.97,
    "scores": {"negative": 0.03, "positive": 0.97},
}
PREDICTION: Final[dict[str, Any]] = {
    "model": "reviews",
    "version": "2.0.0",
    "heads": {"sentiment": SENTIMENT},
    "sentiment": SENTIMENT,
    "modalities": {"text": {"present": True}, "metadata": {"present": True}},
    "warnings": [],
}
REQUEST_ID: Final = "5d1c1f2e-6f0e-4f5b-9c1e-0d9f7a3b2c11"
RECEIPT: Final[dict[str, Any]] = {
    "timing_ms": {"read": 0.2, "encode": 1.4, "fuse": 0.1, "total": 1.7},
    "request_id": REQUEST_ID,
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "urn:problem-type:valence:invalid_request",
    "title": "The request is not valid",
    "status": 422,
    "detail": "year: Input should be greater than or equal to 1870",
    "code": "invalid_request",
    "errors": [{"field": "year", "message": "Input should be greater than or equal to 1870"}],
}
BATCH_RESPONSE: Final[dict[str, Any]] = {
    "results": [{"index": 0, "prediction": PREDICTION}, {"index": 1, "error": PROBLEM}],
    **RECEIPT,
}
