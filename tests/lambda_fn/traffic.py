"""Requests of every kind, and what the handler writes about them under Lambda's real runtime client."""

import json
from pathlib import Path

from tests.lambda_fn.events import rest_event
from tests.lambda_fn.runtime_api import lambda_runtime, runtime_api

MARKER = "xylophonemarker"
LONG = f"good {MARKER} " * 100
ITEM = {"text": f"A great film! {MARKER}", "genre": MARKER, "year": 1950}
PICTURE = {"text": "good", "image_url": f"https://{MARKER}.example/", "model": "reviews", "on_media_error": "degrade"}
REQUESTS = [
    ("POST", "/v1/predict", json.dumps(ITEM)),
    ("POST", "/v1/predict", json.dumps({"year": 1994})),
    ("POST", "/v1/predict", json.dumps({"text": LONG})),
    ("POST", "/v1/predict/batch", json.dumps({"items": [ITEM, {"text": 3}, {"text": "bad"}, {"genre": MARKER}]})),
    ("POST", "/invocations", json.dumps(ITEM)),
    ("POST", "/v1/predict", json.dumps(PICTURE)),
    ("POST", "/v1/predict", json.dumps({"image_url": f"https://{MARKER}@example.com/", "model": "reviews"})),
    ("POST", "/v1/predict", json.dumps({"text": MARKER, MARKER: 1})),
    ("POST", "/v1/predict", f"{{{MARKER}"),
    ("POST", "/v1/predict", json.dumps({"text": "good", "model": MARKER})),
    ("GET", f"/{MARKER}", None),
    ("GET", "/v1/predict", None),
    ("GET", "/ping", None),
]


def written_under_traffic(models: Path, log: Path) -> str:
    """Send the requests, with the marker wherever a caller can put something, and return what was written."""
    with runtime_api() as api, lambda_runtime(api, models, log):
        for method, path, body in REQUESTS:
            event = rest_event(method, path, body, queryStringParameters={"key": MARKER})
            event["headers"]["X-Api-Key"] = MARKER
            api.invoke(event)
    return log.read_text(encoding="utf-8")
